package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiesu/internal/server"
)

// TestReports: a report is read, opened and taken away; bad questions are told
// so, and change nothing.
func TestReports(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	leader := "Bearer " + h.signIn(t, "lingdao")
	h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","category":"traffic","title":"路灯不亮","text":"中山路的路灯坏了。"}`).want(t, http.StatusCreated, "")
	year := h.Now().Format("2006")
	for path, want := range map[string]string{
		"":                                  `"name":"收到","formula":"登记的来信件数`,
		"?by=category":                      `"value":"traffic"`,
		"/tickets?figure=received&limit=1":  `"step":"received"`,
		"/tickets?figure=website.messages":  `"step":"received"`,
		"/tickets?figure=received&value=no": `"tickets":[]`,
		"/tickets?figure=received&by=category&value=-": `"tickets":[]`,
		"/tickets?figure=received&by=district&value=-": `"step":"received"`,
		"/recount":   `"months":[]`,
		"/table.csv": "\xEF\xBB\xBF统计期间," + year,
	} {
		got := h.call(t, http.MethodGet, "/api/v1/staff/reports/"+year+path, "", "Authorization", leader)
		got.want(t, http.StatusOK, "")
		if !strings.Contains(got.Body, want) {
			t.Errorf("%s lacks %s: %s", path, want, got.Body)
		}
	}
	for path, want := range map[string]struct {
		status int
		code   string
	}{
		"2026-13":                     {http.StatusBadRequest, "report.period"},
		"2026-Q0":                     {http.StatusBadRequest, "report.period"},
		"all":                         {http.StatusBadRequest, "report.period"},
		"9999":                        {http.StatusBadRequest, "report.future"},
		year + "?by=weather":          {http.StatusUnprocessableEntity, "request.invalid"},
		year + "/tickets?figure=luck": {http.StatusBadRequest, "report.figure"},
		year + "/tickets?figure=received&cursor=x": {http.StatusBadRequest, "tickets.cursor"},
		year + "/tickets?figure=website.opinions":  {http.StatusBadRequest, "report.figure"},
	} {
		h.call(t, http.MethodGet, "/api/v1/staff/reports/"+path, "", "Authorization", leader).want(t, want.status, want.code)
	}
	if exports := h.acts(t, "supervision.export"); len(exports) != 1 {
		t.Errorf("%d exports are in the trail", len(exports))
	}
	page := h.asks(t, "lingdao", http.MethodGet, "/staff/print/reports/"+year+"?by=category", "")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "<td>1</td>") || !strings.Contains(page.Body, "<svg") || strings.Contains(page.Body, "路灯") || strings.Contains(page.Body, `href="/staff`) {
		t.Errorf("the sheet: %d %s", page.Status, page.Body)
	}
	h.asks(t, "lingdao", http.MethodGet, "/staff/print/reports/soon", "").want(t, http.StatusBadRequest, "report.period")
}

// TestWorkbooksHoldNoFormulas: what looks like a formula is text.
func TestWorkbooksHoldNoFormulas(t *testing.T) {
	t.Parallel()
	cells := []string{"=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)", "12", "66.67%"}
	file, err := server.Workbook(cells)
	check(t, err)
	book, err := excelize.OpenReader(bytes.NewReader(file))
	check(t, err)
	defer func() { check(t, book.Close()) }()
	sheet := book.GetSheetName(0)
	for i, want := range cells {
		place, err := excelize.CoordinatesToCellName(i+1, 1)
		check(t, err)
		value, err := book.GetCellValue(sheet, place)
		check(t, err)
		formula, err := book.GetCellFormula(sheet, place)
		check(t, err)
		if value != want || formula != "" {
			t.Errorf("%q is %q, formula %q", want, value, formula)
		}
	}
}
