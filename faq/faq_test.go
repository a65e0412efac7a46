package faq

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestShippedLibrary keeps the promises the pages make about the sample: enough
// of it, every topic, all of it marked as unreviewed, nothing without a basis.
func TestShippedLibrary(t *testing.T) {
	t.Parallel()
	lib, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if len(lib.Entries) < 150 {
		t.Errorf("%d entries, at least 150 promised", len(lib.Entries))
	}
	categories := map[string]int{}
	for _, e := range lib.Entries {
		categories[e.Category]++
		if !e.Sample {
			t.Errorf("%s is not marked as a sample", e.Path)
		}
	}
	if len(categories) < 11 {
		t.Errorf("categories are %v", slices.Sorted(maps.Keys(categories)))
	}
}

// valid is a minimal library that passes; each test breaks one thing.
func valid(t *testing.T) fstest.MapFS {
	t.Helper()
	return fstest.MapFS{
		"library/dogs/dog-permit.yaml": file(`id: dog-permit
version: 1
question: 养狗要办什么证？
variants: [养犬登记怎么办, 狗证去哪办, 养狗需要什么手续, 给狗上户口, 犬证办理]
answer: 先给犬只接种狂犬病疫苗，再凭免疫证明到当地登记机关办理养犬登记。
category: 养犬
audience: person
basis: [{document: law-a, article: 第三十条}]
owner: patrol
valid_from: 2021-05-01
review_by: 2027-06-30
certainty: A
sample: true
`),
		"documents/law-a.yaml": file(`id: law-a
title: 某某法
number: 主席令第1号
issuer: 全国人民代表大会常务委员会
index: 无
topic: 公安
written: 2021-01-22
published: 2021-01-22
validity: in_force
`),
		"lines.yaml": file("- {id: emergency.fire, gate: emergency, text: 请立即拨打119。, hotlines: ['119']}\n" +
			"- {id: none.tax, gate: none, text: 请拨打12345。, hotlines: ['12345']}\n"),
		"topics.yaml":   file("- {line: none.tax, words: [纳税, 发票]}\n- {line: none.tax, words: [报税]}\n"),
		"hotlines.yaml": file(hotlines()),
	}
}

func hotlines() string {
	var b strings.Builder
	for _, c := range []string{"gang", "guns", "fraud", "smuggling", "drugs", "vice", "economic", "food-drug-environment"} {
		b.WriteString("- {category: " + c + ", number: '', name: 举报, use: 举报, scope: local}\n")
	}
	b.WriteString("- {number: '119', name: 火警, use: 火灾, scope: national}\n- {number: '12345', name: 热线, use: 咨询, scope: national}\n")
	return b.String()
}

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	const entry, document = "library/dogs/dog-permit.yaml", "documents/law-a.yaml"
	if _, err := Load(valid(t)); err != nil {
		t.Fatalf("the valid library does not pass: %v", err)
	}
	for name, test := range map[string]struct{ path, old, new, says string }{
		"id is not the file name":    {entry, "id: dog-permit", "id: dog", "must equal the file name"},
		"unknown key":                {entry, "owner: patrol", "ownr: patrol", "ownr"},
		"too few variants":           {entry, ", 犬证办理", "", "minItems"},
		"variant asked twice":        {entry, "犬证办理", "养狗要办什么证", "already asked"},
		"unknown basis":              {entry, "law-a", "law-b", "not in documents"},
		"basis repealed":             {document, "in_force", "repealed", "only a document in force"},
		"document field missing":     {document, "issuer: 全国人民代表大会常务委员会\n", "", "issuer"},
		"no such day":                {entry, "2027-06-30", "2027-06-31", "YYYY-MM-DD"},
		"review before valid":        {entry, "2027-06-30", "2020-06-30", "review_by"},
		"unknown category":           {entry, "category: 养犬", "category: 养猫", "category"},
		"emergency without number":   {"lines.yaml", "请立即拨打119。", "请离开。", "first sentence"},
		"number not in the registry": {"lines.yaml", "hotlines: ['12345']", "hotlines: ['12345', '10000']", "10000 is not in hotlines.yaml"},
		"topic without a line":       {"topics.yaml", "line: none.tax, words: [报税]", "line: none.gone, words: [报税]", "none.gone is not in lines.yaml"},
		"topic of an emergency":      {"topics.yaml", "line: none.tax, words: [报税]", "line: emergency.fire, words: [报税]", "not none"},
		"topic line, number unsaid":  {"lines.yaml", "请拨打12345。", "请问税务局。", "must name the first"},
		"topic word leads twice":     {"topics.yaml", "[报税]", "[纳税]", "already"},
		"topic word too short":       {"topics.yaml", "[报税]", "[税]", "too short"},
		"topic without words":        {"topics.yaml", "[报税]", "[]", "no words"},
		"report category missing":    {"hotlines.yaml", "category: gang", "category: other", `"gang"`},
		"national line, no number":   {"hotlines.yaml", "scope: local", "scope: national", "only a local line"},
		"not yaml":                   {entry, "id: dog-permit", "id: [", entry},
		"version must be positive":   {entry, "version: 1", "version: 0", "version"},
		"control character":          {entry, "犬证办理", "\"犬证\\u0007办理\"", entry},
		"answer without any content": {entry, "先给犬只接种狂犬病疫苗，再凭免疫证明到当地登记机关办理养犬登记。", "办证。", "answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := valid(t)
			before := string(files[test.path].Data)
			after := strings.Replace(before, test.old, test.new, 1)
			if before == after {
				t.Fatal("the test breaks nothing")
			}
			files[test.path] = file(after)
			_, err := Load(files)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("Load says %v, wanted something with %q", err, test.says)
			}
		})
	}
}

// TestGoldenQuestionsPointAtEntries keeps the golden set and the library in step.
func TestGoldenQuestionsPointAtEntries(t *testing.T) {
	t.Parallel()
	lib, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, e := range lib.Entries {
		ids[e.ID] = true
	}
	asked, qids := 0, map[string]bool{}
	files, err := fs.Glob(os.DirFS("golden"), "questions-*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile("golden/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); asked++ {
			var q struct {
				QID      string   `json:"qid"`
				Query    string   `json:"query"`
				EntryIDs []string `json:"entry_ids"`
			}
			if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if qids[q.QID] || q.Query == "" || len(q.EntryIDs) == 0 {
				t.Errorf("%s: %s is incomplete or appears twice", name, q.QID)
			}
			qids[q.QID] = true
			for _, id := range q.EntryIDs {
				if !ids[id] {
					t.Errorf("%s: %s wants %s, which does not exist", name, q.QID, id)
				}
			}
		}
	}
	if asked < 400 {
		t.Errorf("%d golden questions, at least 400 promised", asked)
	}
}

// TestTopicsMayBeLeftOut: a bureau's own library from before there were topics
// still loads.
func TestTopicsMayBeLeftOut(t *testing.T) {
	t.Parallel()
	files := valid(t)
	delete(files, "topics.yaml")
	if lib, err := Load(files); err != nil || len(lib.Topics) != 0 {
		t.Errorf("%v, %v", lib, err)
	}
}
