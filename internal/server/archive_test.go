package server_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/web/dossier"
)

const hostile = `<script>alert(1)</script>`

// request sends a request for information with a file in.
func (h *house) requestFor(t *testing.T) (number, code string) {
	t.Helper()
	body, media := form(t, "file", "李雷的证明.txt", []byte("证明材料。"))
	a := h.call(t, http.MethodPost, "/api/v1/attachments", body, "Content-Type", media)
	a.want(t, http.StatusCreated, "")
	a = h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
		"kind": "disclosure", "category": "traffic", "title": "申请公开事故统计" + hostile, "text": "需要去年的事故统计。",
		"contact": map[string]string{"name": "李雷", "phone": "13800138000", "id_number": "11010519491231002X", "address": "幸福路1号"},
		"fields":  map[string]string{"description": "去年全市事故统计", "form": "electronic"}, "attachments": []string{a.text(t, "id")},
	}))
	a.want(t, http.StatusCreated, "")
	return a.text(t, "number"), a.text(t, "query_code")
}

// unzip reads every file of a ZIP and checks it against SHA256SUMS.
func unzip(t *testing.T, body string) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	check(t, err)
	files := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		check(t, err)
		content, err := io.ReadAll(in)
		check(t, err)
		files[f.Name] = string(content)
	}
	lines := strings.Split(strings.TrimSpace(files["SHA256SUMS"]), "\n")
	if len(lines) != len(files)-1 {
		t.Errorf("%d files, %d sums", len(files), len(lines))
	}
	for _, line := range lines {
		want, name, _ := strings.Cut(line, "  ")
		if got := sha256.Sum256([]byte(files[name])); hex.EncodeToString(got[:]) != want {
			t.Errorf("%s is not what its sum says", name)
		}
	}
	return files
}

func TestTheFileOfARequestIsWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	force, handler := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban")
	number, code := h.requestFor(t)
	path := "/api/v1/staff/tickets/" + number
	h.call(t, http.MethodGet, path+"/archive?reason=review", "", "Authorization", force).want(t, http.StatusConflict, "archive.open")
	h.walk(t, number, []step{
		{force, `"move":"ask","text":"请写明是哪几类。"`},
		{"", code},
		{force, `"move":"dispatch","unit":"traffic"`},
		{handler, `"move":"sign"`},
		{handler, `"move":"consult_third","reason":"third_party"`},
		{handler, `"move":"third_replied","note":"第三方同意。"`},
		{handler, `"move":"draft","outcome":"withheld","text":"不予公开。可以申请行政复议、提起行政诉讼。` + hostile + `"`},
		{handler, `"move":"submit"`},
		{"Bearer " + h.signIn(t, "fuzeren"), passes},
		{force, passes},
		{force, `"move":"release"`},
		{force, `"move":"close"`},
	})
	for query, want := range map[string]string{"": "request.invalid", "?reason=curiosity": "request.invalid"} {
		h.call(t, http.MethodGet, path+"/archive"+query, "", "Authorization", force).want(t, http.StatusUnprocessableEntity, want)
	}
	h.call(t, http.MethodGet, path+"/archive?reason=review", "", "Authorization", "Bearer "+h.signIn(t, "lingdao")).want(t, http.StatusForbidden, "contact.denied")
	a := h.call(t, http.MethodGet, path+"/archive?reason=review", "", "Authorization", handler)
	a.want(t, http.StatusOK, "")
	files := unzip(t, a.Body)
	if files["attachments/1.txt"] != "证明材料。" {
		t.Errorf("the applicant's file is missing in %v", len(files))
	}
	h.compare(t, number, files["archive.json"])
	page := files["index.html"]
	for _, s := range []string{"李雷", "11010519491231002X", "去年全市事故统计", "登记", "审核", "办理", "答复", "归档", "第三方同意。", "政府信息公开条例第三十六条第三项", "行政复议", "第1个工作日", "李雷的证明.txt", "ticket.consult_third"} {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %s", s)
		}
	}
	for _, bad := range []string{"<script", "src=", "href=", "url("} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	again := h.call(t, http.MethodGet, path+"/archive?reason=litigation", "", "Authorization", force)
	if again.Body != a.Body {
		t.Error("the same file in other bytes")
	}
	trail, err := h.store.Trail(t.Context(), "ticket/"+h.ticketID(t, number))
	check(t, err)
	var reasons []string
	for _, e := range trail {
		if e.Action == "archive.read" {
			reasons = append(reasons, e.Detail["reason"])
		}
	}
	if !slices.Equal(reasons, []string{"review", "litigation"}) || strings.Contains(h.log.String(), "李雷") {
		t.Errorf("the looks are noted as %v", reasons)
	}
}

// compare checks archive.json against the ticket: every event, clock and draft
// is in it, and every act of the trail with its place in the chain.
func (h *house) compare(t *testing.T, number, record string) {
	t.Helper()
	var d dossier.Dossier
	check(t, json.Unmarshal([]byte(record), &d))
	v, err := h.Ticket(t.Context(), desk.Actor{ID: "auditor", Scope: "*", Contact: true}, number)
	check(t, err)
	var moves, stages []string
	for _, s := range d.Stages {
		stages = append(stages, s.Stage)
		for _, e := range s.Events {
			moves = append(moves, e.Move)
		}
	}
	var want []string
	for _, e := range v.Events {
		want = append(want, string(e.Move))
	}
	if !slices.Equal(moves, want) || len(want) < 12 {
		t.Errorf("the events are %v, want %v", moves, want)
	}
	if !slices.Equal(stages, []string{"register", "review", "register", "process", "reply", "archive"}) {
		t.Errorf("the stages are %v", stages)
	}
	if len(d.Clocks) != len(v.Clocks) || len(d.Replies) != len(v.Drafts) || len(d.Files) != len(v.Files) || len(d.Third) != 2 {
		t.Errorf("%d of %d clocks, %d of %d drafts, %d of %d files, %d of 2 steps with a third party",
			len(d.Clocks), len(v.Clocks), len(d.Replies), len(v.Drafts), len(d.Files), len(v.Files), len(d.Third))
	}
	paused := false
	for i, c := range d.Clocks {
		paused = paused || len(c.Pauses) > 0
		if len(c.Explain) != len(v.Clocks[i].Explain) || c.Rule != v.Clocks[i].Rule || c.Basis == "" {
			t.Errorf("clock %d is %+v", i, c)
		}
	}
	if !paused {
		t.Error("no clock tells of its pause")
	}
	if r := d.Replies[0]; r.ApprovedAt.IsZero() || r.ReleasedAt.IsZero() || r.Author == "" || !slices.Equal(r.Remedies, []string{"行政复议", "行政诉讼"}) {
		t.Errorf("the reply is %+v", r)
	}
	if len(d.Trail) < len(v.Events) || len(d.Trail[0].Hash) != 64 {
		t.Errorf("%d acts, the first %+v", len(d.Trail), d.Trail[0])
	}
	if d.Applicant.IDNumber != "11010519491231002X" || d.Format != dossier.Format || d.Status != string(ticket.Closed) {
		t.Errorf("the file says %+v, %s, %s", d.Applicant, d.Format, d.Status)
	}
}

func TestOnlyWhatIsOverHasAFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	force, handler := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban")
	number, code := h.requestFor(t)
	h.call(t, http.MethodPost, "/api/v1/letters/withdrawals", fmt.Sprintf(`{"number":%q,"query_code":%q}`, number, code)).want(t, http.StatusOK, "")
	a := h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number+"/archive?reason=filing", "", "Authorization", force)
	a.want(t, http.StatusOK, "")
	if files := unzip(t, a.Body); !strings.Contains(files["archive.json"], `"stage": "archive"`) || !strings.Contains(files["index.html"], "没有答复") {
		t.Errorf("a request that was taken back: %s", files["archive.json"])
	}
	// It never was with the unit: for the unit it does not exist.
	h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number+"/archive?reason=filing", "", "Authorization", handler).want(t, http.StatusNotFound, "ticket.not_found")
	other := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","title":"求助","text":"请帮忙。"}`)
	h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+other.text(t, "number")+"/archive?reason=filing", "", "Authorization", force).want(t, http.StatusConflict, "archive.kind")
}
