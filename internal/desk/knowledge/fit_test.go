package knowledge_test

import (
	"bytes"
	"testing"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

// corpus is a small library with questions whose right entries are known.
func corpus(t *testing.T) []knowledge.Corpus {
	t.Helper()
	entries, docs := library()
	lib, err := knowledge.NewLibrary(entries, docs)
	if err != nil {
		t.Fatal(err)
	}
	index := search.NewEmbedded()
	if err := index.Replace(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
	c := knowledge.Corpus{Name: "small", Library: lib, Index: index, Outside: []string{"今天天气怎么样", "红烧肉怎么做", "房产证丢了"}}
	for _, e := range entries {
		c.Queries = append(c.Queries,
			knowledge.Query{ID: e.ID + "-1", Text: e.Question, Gold: []string{e.ID}},
			knowledge.Query{ID: e.ID + "-2", Text: "请问" + e.Question, Gold: []string{e.ID}})
	}
	return []knowledge.Corpus{c}
}

func TestFitGivesAModelThatCanBeReadBack(t *testing.T) {
	t.Parallel()
	learnt := func() []byte {
		m, err := knowledge.Fit(t.Context(), corpus(t), knowledge.Fitting{Price: 3, At: today})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := m.YAML()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	first := learnt()
	if again := learnt(); !bytes.Equal(first, again) {
		t.Errorf("equal questions gave two models:\n%s\n%s", first, again)
	}
	m, err := knowledge.ParseModel(first)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := m.YAML(); err != nil || !bytes.Equal(raw, first) {
		t.Errorf("read back and written again: %v\n%s", err, raw)
	}
	if !bytes.Contains(first, []byte("answer: 0.75")) {
		t.Errorf("a wrong answer at the price of three right ones is not risked below 0.75:\n%s", first)
	}
}

func TestFitRefusesWhatItCannotLearnFrom(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][]knowledge.Corpus{"nothing": nil, "no question": {{Name: "empty"}}} {
		if _, err := knowledge.Fit(t.Context(), c, knowledge.Fitting{Price: 1, At: today}); err == nil {
			t.Errorf("%s: a model came out", name)
		}
	}
}

func TestModelWithUnknownWeightsIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := knowledge.ParseModel([]byte("rank: {luck: 1}")); err == nil {
		t.Error("an unknown feature was accepted")
	}
}

func TestAblationLeavesOutOneGroupAtATime(t *testing.T) {
	t.Parallel()
	rows, err := knowledge.Ablate(t.Context(), corpus(t), knowledge.Fitting{Price: 1, At: today})
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := knowledge.AblationTable(&table, rows); err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(table.Bytes(), []byte("\n")); rows[0].Without != "nothing" || lines != len(rows)+2 {
		t.Errorf("%d rows, table:\n%s", len(rows), &table)
	}
}
