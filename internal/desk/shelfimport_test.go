package desk_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// exported is the library as a file, with changes of the row of an entry.
func (h *house) exported(t *testing.T, entry string, change map[string]string) sheet.File {
	t.Helper()
	rows, err := h.ExportLibrary(t.Context(), h.releaser())
	must(t, err)
	for i := range rows {
		if rows[i].Cells["id"] == entry {
			maps.Copy(rows[i].Cells, change)
		}
	}
	raw, err := sheet.Workbook(rows)
	must(t, err)
	return sheet.File{Name: "library.xlsx", Content: raw}
}

// yamlOf is brake as a file, with changes.
func yamlOf(t *testing.T, id string, change map[string]string) sheet.File {
	t.Helper()
	c := brake()
	r := sheet.Row{Cells: map[string]string{"id": id, "owner": "traffic", "question": c.Title, "answer": c.Body}}
	for _, a := range c.Attributes {
		r.Cells[a.Name] = a.Value
	}
	maps.Copy(r.Cells, change)
	raw, err := sheet.YAML(r)
	must(t, err)
	return sheet.File{Name: id + ".yaml", Content: raw}
}

func (h *house) imports(t *testing.T, a desk.Actor, apply bool, files ...sheet.File) desk.LibraryImport {
	t.Helper()
	plan, err := h.ImportLibrary(t.Context(), a, files, apply)
	must(t, err)
	return plan
}

func TestTheLibraryGoesOutAndComesBackAsItWas(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Index = nil // whoever only imports and exports has none
	h.released(t, "brake", brake())
	plan := h.imports(t, h.writer(), true, h.exported(t, "", nil))
	if plan.Counts[desk.ImportSame] != 5 || len(plan.Rows) != 5 || len(plan.Faults) > 0 || len(h.items(t, "")) != 1 {
		t.Errorf("%+v", plan)
	}
}

// TestAnImportMakesDrafts: nothing of it answers before others have read it, and
// what was imported once is not imported twice.
func TestAnImportMakesDrafts(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.released(t, "brake", brake())
	changed := h.exported(t, "brake", map[string]string{"answer": brake().Body + "以窗口告知为准。"})
	fresh := yamlOf(t, "helmet", map[string]string{
		"question": "骑电动车不戴头盔罚多少钱？", "variants": "没戴头盔被拦了\n头盔必须戴吗\n不戴头盔扣分吗\n坐后座要不要头盔\n头盔罚款标准",
	})
	for _, apply := range []bool{false, true} {
		plan := h.imports(t, h.writer(), apply, changed, fresh)
		if plan.Applied != apply || plan.Counts[desk.ImportChanged] != 1 || plan.Counts[desk.ImportNew] != 1 || plan.Counts[desk.ImportSame] != 4 {
			t.Errorf("apply %v: %+v", apply, plan)
		}
		if i := slices.IndexFunc(plan.Rows, func(r desk.ImportRow) bool { return r.Entry == "brake" }); !slices.Equal(plan.Rows[i].Fields, []string{"answer"}) {
			t.Errorf("what changes: %v", plan.Rows[i].Fields)
		}
		if n := len(h.items(t, "helmet")); n != map[bool]int{true: 1}[apply] {
			t.Errorf("apply %v: %d texts", apply, n)
		}
	}
	text := h.items(t, "brake")[0]
	if text.State != review.Draft || len(text.Versions) != 2 || text.Live != 1 || text.Latest().Content.Body != brake().Body+"以窗口告知为准。" {
		t.Errorf("its text is %+v", text)
	}
	if e, err := h.Entry("brake"); err != nil || e.Entry.Version != 1 {
		t.Errorf("%+v %v", e.Entry, err)
	}
	again := h.imports(t, h.writer(), true, changed, fresh)
	if again.Counts[desk.ImportDrafted] != 2 || len(h.items(t, "brake")[0].Versions) != 2 {
		t.Errorf("once more: %+v", again.Counts)
	}
	h.approved(t, text.ID)
	must(t, h.release(t, text.ID))
	if e, err := h.Entry("brake"); err != nil || e.Entry.Version != 2 || !strings.HasSuffix(e.Entry.Answer, "以窗口告知为准。") {
		t.Errorf("published: %+v %v", e.Entry, err)
	}
	if plan := h.imports(t, h.writer(), true, changed); plan.Counts[desk.ImportSame] != 5 {
		t.Errorf("after it was published: %+v", plan)
	}
}

// TestWhatCannotBeImported: any of it, and nothing is.
func TestWhatCannotBeImported(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.released(t, "brake", brake())
	other := map[string]string{"question": "骑电动车不戴头盔罚多少钱？", "variants": "没戴头盔被拦了\n头盔必须戴吗\n不戴头盔扣分吗\n坐后座要不要头盔\n头盔罚款标准"}
	with := func(more map[string]string) map[string]string {
		m := maps.Clone(other)
		maps.Copy(m, more)
		return m
	}
	for name, c := range map[string]struct {
		files []sheet.File
		want  []string // column and code
	}{
		"no id":                      {[]sheet.File{yamlOf(t, "", with(nil))}, []string{"id format"}},
		"the same id twice":          {[]sheet.File{yamlOf(t, "a", with(nil)), yamlOf(t, "a", with(nil))}, []string{"id duplicate_id"}},
		"a unit nobody has":          {[]sheet.File{yamlOf(t, "a", with(map[string]string{"owner": "moon"}))}, []string{"owner unknown"}},
		"another unit's":             {[]sheet.File{yamlOf(t, "a", with(map[string]string{"owner": "cyber"}))}, []string{"owner denied"}},
		"another unit's entry":       {[]sheet.File{yamlOf(t, "id-card-lost", with(nil))}, []string{"owner denied"}},
		"a category nobody has":      {[]sheet.File{yamlOf(t, "a", with(map[string]string{"category": "月球"}))}, []string{"category unknown"}},
		"a document nobody has":      {[]sheet.File{yamlOf(t, "a", with(map[string]string{"basis": "law-none"}))}, []string{"basis unknown"}},
		"a day nobody can read":      {[]sheet.File{yamlOf(t, "a", with(map[string]string{"valid_from": "明天"}))}, []string{"valid_from date", "valid_from required"}},
		"a question without answer":  {[]sheet.File{yamlOf(t, "a", with(map[string]string{"answer": "不知道"}))}, []string{"answer length"}},
		"what another entry asks":    {[]sheet.File{yamlOf(t, "a", nil)}, slices.Repeat([]string{"variants taken"}, 6)},
		"what another row asks":      {[]sheet.File{yamlOf(t, "a", with(nil)), yamlOf(t, "b", with(nil))}, slices.Repeat([]string{"variants taken"}, 6)},
		"an older version":           {[]sheet.File{yamlOf(t, "brake", map[string]string{"version": "7", "local": "本市"})}, []string{"version stale"}},
		"what cannot even be read":   {[]sheet.File{{Content: []byte("id: a\ncolour: red")}}, []string{" unknown_column"}},
		"good rows beside a bad one": {[]sheet.File{yamlOf(t, "a", with(nil)), {Content: []byte("id: [")}}, []string{" yaml"}},
	} {
		plan := h.imports(t, h.writer(), false, c.files...)
		var got []string
		for _, f := range plan.Faults {
			got = append(got, f.Column+" "+f.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		_, err := h.ImportLibrary(t.Context(), h.writer(), c.files, true)
		wantCode(t, err, problem.Invalid, "library.import")
	}
	if n := len(h.items(t, "")); n != 1 {
		t.Errorf("%d texts after nothing was imported", n)
	}
}

// TestAnImportOverwritesNobodysWork: only the own draft is gone on with.
func TestAnImportOverwritesNobodysWork(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.draftEntry(t, "brake", brake())
	mine := yamlOf(t, "brake", map[string]string{"local": "本市"})
	if plan := h.imports(t, h.writer(), true, mine); plan.Counts[desk.ImportNew] != 1 || len(h.items(t, "brake")[0].Versions) != 2 {
		t.Errorf("the own draft: %+v", plan)
	}
	theirs := yamlOf(t, "brake", map[string]string{"local": "别处"})
	if plan := h.imports(t, h.releaser(), false, theirs); len(plan.Faults) != 1 || plan.Faults[0].Code != "under_work" || plan.Rows[0].Text != v.ID {
		t.Errorf("somebody's draft: %+v", plan)
	}
	if plan := h.imports(t, h.person("other", "cyber", access.Handler), false, theirs); len(plan.Faults) != 2 || plan.Rows[0].Text != "" {
		t.Errorf("another unit reads of it: %+v", plan)
	}
	_, err := h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Withdraw, Reason: "needless", Words: "不再需要。"})
	must(t, err)
	if plan := h.imports(t, h.writer(), false, mine); len(plan.Faults) != 1 || plan.Faults[0].Code != "withdrawn" {
		t.Errorf("what was withdrawn: %+v", plan)
	}
	admin := h.person("admin", "traffic", access.Admin)
	_, err = h.ImportLibrary(t.Context(), admin, []sheet.File{mine}, false)
	wantCode(t, err, problem.Denied, "library.denied")
	_, err = h.ExportLibrary(t.Context(), admin)
	wantCode(t, err, problem.Denied, "library.denied")
	_, err = h.OnShelf(t.Context(), admin, desk.ShelfFilter{})
	wantCode(t, err, problem.Denied, "library.denied")
}

// TestTheShelfShowsHowEntriesStand: what is not published yet, to whoever may
// read the text about it alone.
func TestTheShelfShowsHowEntriesStand(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.draftEntry(t, "brake", brake())
	list := func(a desk.Actor, f desk.ShelfFilter) string {
		t.Helper()
		shelf, err := h.OnShelf(t.Context(), a, f)
		must(t, err)
		var ids []string
		for _, e := range shelf.Entries {
			ids = append(ids, e.ID+":"+string(e.State))
		}
		return strings.Join(ids, " ")
	}
	other := h.person("other", "cyber", access.Handler)
	if got := list(h.writer(), desk.ShelfFilter{State: desk.EntryInWork}); got != "brake:in_work" {
		t.Errorf("its writer sees %s", got)
	}
	if got := list(other, desk.ShelfFilter{Text: "刹车"}); got != "" {
		t.Errorf("another unit sees %s", got)
	}
	if _, err := h.EntryOnShelf(t.Context(), other, "brake"); !problem.HasCode(err, "library.not_found") {
		t.Errorf("another unit opens it: %v", err)
	}
	h.approved(t, v.ID)
	must(t, h.release(t, v.ID))
	_, err := h.StopEntry(t.Context(), h.releaser(), desk.Withdrawal{Entry: "passport-first", Version: 2, Reason: "needless", Words: "不再需要。", Retire: true})
	must(t, err)
	for f, want := range map[desk.ShelfFilter]string{
		{Text: "刹车 坏了"}:              "brake:published",
		{Owner: "traffic"}:           "brake:published",
		{State: desk.EntryExpired}:   "dog-old:expired",
		{State: desk.EntryRetired}:   "passport-first:retired",
		{State: desk.EntryInWork}:    "",
		{Text: "身份证", Owner: "moon"}: "",
	} {
		if got := list(other, f); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
	e, err := h.EntryOnShelf(t.Context(), h.releaser(), "brake")
	if err != nil || e.Text == nil || len(e.Past) != 1 {
		t.Errorf("%+v %v", e, err)
	}
}
