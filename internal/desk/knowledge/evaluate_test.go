package knowledge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/knowledge"
)

// scripted answers from a table: what an engine with known faults would say.
func scripted(ctx context.Context, text string) (knowledge.Decision, []string, error) {
	answer := func(id string, p float64) knowledge.Decision {
		return knowledge.Decision{Kind: knowledge.Answer, Confidence: p, Answer: &knowledge.Reply{Entry: id}}
	}
	switch text {
	case "right":
		return answer("a", 0.95), []string{"a", "b"}, ctx.Err()
	case "wrong":
		return answer("b", 0.85), []string{"b", "c", "a"}, nil
	case "choose":
		d := knowledge.Decision{Kind: knowledge.Clarify, Confidence: 0.5, Options: []knowledge.Option{{Entry: "b"}, {Entry: "a"}}}
		return d, []string{"b", "a"}, nil
	case "lost":
		return knowledge.Decision{Kind: knowledge.None, Confidence: 0.2}, []string{"x"}, nil
	case "fooled":
		return answer("a", 0.6), []string{"a"}, nil
	case "calm":
		return knowledge.Decision{Kind: knowledge.None, Confidence: 0.1}, nil, nil
	}
	return knowledge.Decision{}, nil, errors.New("engine is down")
}

func clock() func() time.Time {
	at := today
	return func() time.Time { at = at.Add(time.Millisecond); return at }
}

func queries(texts ...string) []knowledge.Query {
	var qs []knowledge.Query
	for _, s := range texts {
		qs = append(qs, knowledge.Query{ID: s, Text: s, Gold: []string{"a"}})
	}
	return qs
}

func TestEvaluateMeasures(t *testing.T) {
	t.Parallel()
	r, err := knowledge.Evaluate(t.Context(), scripted, queries("right", "wrong", "choose", "lost"), []string{"fooled", "calm"}, clock())
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]float64{
		"recall@1":      {r.Recall1, 1. / 4},
		"recall@3":      {r.Recall3, 3. / 4},
		"recall@5":      {r.Recall5, 3. / 4},
		"MRR":           {r.MRR, (1 + 1./3 + 1./2) / 4},
		"answered":      {r.Answered, 2. / 4},
		"precision":     {r.Precision, 1. / 2},
		"clarified":     {r.Clarified, 1. / 4},
		"clarify gold":  {r.ClarifyGold, 1},
		"false answers": {r.FalseAnswers, 1. / 2},
		"false clarify": {r.FalseClarify, 0},
		"AUROC":         {r.AUROC, 6. / 8},
		"ECE":           {r.ECE, (0.05 + 0.85 + 0.5 + 0.2 + 0.6 + 0.1) / 6},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s = %v, want %v", name, pair[0], pair[1])
		}
	}
	if r.P50 != knowledge.Millis(time.Millisecond) || r.P99 != knowledge.Millis(time.Millisecond) {
		t.Errorf("latency %v, %v", r.P50, r.P99)
	}
}

// A gate is sure of itself, not of the library: its confidence must not stand
// among those of the answers.
func TestEvaluateLeavesGatesOutOfTheConfidence(t *testing.T) {
	t.Parallel()
	gated := func(ctx context.Context, text string) (knowledge.Decision, []string, error) {
		switch text {
		case "emergency", "restricted", "smalltalk":
			return knowledge.Decision{Kind: knowledge.Kind(text), Confidence: 1, Answer: &knowledge.Reply{Entry: "line:" + text}}, []string{"x"}, nil
		}
		return scripted(ctx, text)
	}
	r, err := knowledge.Evaluate(t.Context(), gated, queries("right", "choose"), []string{"emergency", "restricted", "smalltalk"}, clock())
	if err != nil {
		t.Fatal(err)
	}
	if r.AUROC != 1 || r.FalseAnswers != 0 || math.Abs(r.ECE-(0.05+0.5)/5) > 1e-9 {
		t.Errorf("AUROC %v, false answers %v, ECE %v; want 1, 0, 0.11", r.AUROC, r.FalseAnswers, r.ECE)
	}
}

func TestEvaluateWithNothingToMeasure(t *testing.T) {
	t.Parallel()
	r, err := knowledge.Evaluate(t.Context(), scripted, nil, nil, clock())
	if err != nil || !reflect.DeepEqual(r, knowledge.Report{}) {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestEvaluateSaysWhichQuestionFailed(t *testing.T) {
	t.Parallel()
	_, err := knowledge.Evaluate(t.Context(), scripted, queries("right", "q-17"), nil, clock())
	if err == nil || !strings.Contains(err.Error(), "q-17") {
		t.Errorf("got %v", err)
	}
}

func TestReportPrints(t *testing.T) {
	t.Parallel()
	r := knowledge.Report{Queries: 3, Recall1: 0.5, Index: knowledge.Millis(1500 * time.Microsecond)}
	var table bytes.Buffer
	if err := r.Table(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"recall@1                         0.500", "index, ms                        1.500"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	raw, err := json.Marshal(r)
	if err != nil || !bytes.Contains(raw, []byte(`"index_ms":1.5`)) || !bytes.Contains(raw, []byte(`"recall_at_1":0.5`)) {
		t.Errorf("got %s, %v", raw, err)
	}
}

// TestAReportIsReadAsItWasWritten: figures that are kept are compared later.
func TestAReportIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	was := knowledge.Report{Queries: 3, Recall1: 0.5, P50: knowledge.Millis(1500 * time.Microsecond), Index: knowledge.Millis(2 * time.Second)}
	text, err := json.Marshal(was)
	if err != nil {
		t.Fatal(err)
	}
	var now knowledge.Report
	if err := json.Unmarshal(text, &now); err != nil || now.P50 != was.P50 || now.Index != was.Index || now.Recall1 != was.Recall1 {
		t.Errorf("%s is read as %+v, %v", text, now, err)
	}
}
