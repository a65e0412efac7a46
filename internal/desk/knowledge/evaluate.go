package knowledge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Query is one labelled question of an evaluation set.
type Query struct {
	ID   string   // for reports only
	Text string   //
	Gold []string // entries that truly answer it, at least one
}

// Ask is what is measured: a decision for a text and the entries by rank.
type Ask func(ctx context.Context, text string) (Decision, []string, error)

// Report tells how good the answers to a set of questions are. Shares are in
// [0,1]; where nothing was counted they are 0.
type Report struct {
	Queries    int     `json:"queries"`
	OutOfScope int     `json:"out_of_scope"`
	Recall1    float64 `json:"recall_at_1"`
	Recall3    float64 `json:"recall_at_3"`
	Recall5    float64 `json:"recall_at_5"`
	MRR        float64 `json:"mrr"`

	Answered     float64 `json:"answered"`       // share of queries that got an answer
	Precision    float64 `json:"precision"`      // share of answers that were right
	Clarified    float64 `json:"clarified"`      // share of queries that were asked back
	ClarifyGold  float64 `json:"clarify_gold"`   // share of those with a right option
	FalseAnswers float64 `json:"false_answers"`  // share of out-of-scope texts that got an answer
	FalseClarify float64 `json:"false_clarify"`  // share of out-of-scope texts that were asked back
	AUROC        float64 `json:"auroc"`          // confidence: queries against out-of-scope texts
	ECE          float64 `json:"ece"`            // expected calibration error of the confidence, ten bins
	Reliability  []Bin   `json:"reliability"`    // by confidence
	P50          Millis  `json:"latency_p50_ms"` //
	P99          Millis  `json:"latency_p99_ms"` //
	Index        Millis  `json:"index_ms"`       // set by the caller: how long the index took
}

// Bin is the texts whose confidence lies in one tenth of the scale.
type Bin struct {
	From  float64 `json:"from"`  // and up to a tenth more
	Texts int     `json:"texts"` //
	Said  float64 `json:"said"`  // their mean confidence
	Right float64 `json:"right"` // share whose first entry is right
}

// Millis is a duration that reads as milliseconds.
type Millis time.Duration

// MarshalJSON writes the milliseconds as a number.
func (m Millis) MarshalJSON() ([]byte, error) { return json.Marshal(m.float()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Millis) UnmarshalJSON(data []byte) error {
	var ms float64
	if err := json.Unmarshal(data, &ms); err != nil {
		return err
	}
	*m = Millis(ms * float64(time.Millisecond))
	return nil
}

func (m Millis) float() float64 { return float64(m) / float64(time.Millisecond) }

// outcome is what came of one text.
type outcome struct {
	decision Decision
	sure     float64 // how sure the library was; a gate does not ask it
	rank     int     // of the first right entry, from 0; -1: not found, or out of scope
	right    bool
	offered  bool // a right entry is among the options
	took     time.Duration
}

// Evaluate asks every query and every out-of-scope text, one after the other,
// and measures what comes back. now is the clock latencies are taken from.
func Evaluate(ctx context.Context, ask Ask, queries []Query, outOfScope []string, now func() time.Time) (Report, error) {
	in := make([]outcome, 0, len(queries))
	for _, q := range queries {
		o, err := try(ctx, ask, q, now)
		if err != nil {
			return Report{}, err
		}
		in = append(in, o)
	}
	out := make([]outcome, 0, len(outOfScope))
	for _, text := range outOfScope {
		o, err := try(ctx, ask, Query{ID: "out of scope", Text: text}, now)
		if err != nil {
			return Report{}, err
		}
		out = append(out, o)
	}
	r := Report{Queries: len(in), OutOfScope: len(out), AUROC: auroc(in, out)}
	r.Reliability, r.ECE = calibration(in, out)
	r.retrieval(in)
	r.decisions(in, out)
	r.latency(append(in, out...))
	return r, nil
}

func try(ctx context.Context, ask Ask, q Query, now func() time.Time) (outcome, error) {
	start := now()
	d, ids, err := ask(ctx, q.Text)
	if err != nil {
		return outcome{}, fmt.Errorf("knowledge: evaluate %s: %w", q.ID, err)
	}
	o := outcome{decision: d, took: now().Sub(start)}
	if d.Kind == Answer || d.Kind == Clarify || d.Kind == None {
		o.sure = d.Confidence
	}
	o.rank = slices.IndexFunc(ids, func(id string) bool { return slices.Contains(q.Gold, id) })
	o.right = d.Kind == Answer && d.Answer != nil && slices.Contains(q.Gold, d.Answer.Entry)
	o.offered = slices.ContainsFunc(d.Options, func(p Option) bool { return slices.Contains(q.Gold, p.Entry) })
	return o, nil
}

func (r *Report) retrieval(in []outcome) {
	within := func(n int) float64 {
		return share(in, func(o outcome) bool { return o.rank >= 0 && o.rank < n })
	}
	r.Recall1, r.Recall3, r.Recall5 = within(1), within(3), within(5)
	for _, o := range in {
		if o.rank >= 0 {
			r.MRR += 1 / float64(o.rank+1) / float64(len(in))
		}
	}
}

func (r *Report) decisions(in, out []outcome) {
	answered := func(o outcome) bool { return o.decision.Kind == Answer }
	asked := func(o outcome) bool { return o.decision.Kind == Clarify }
	r.Answered, r.Clarified = share(in, answered), share(in, asked)
	r.FalseAnswers, r.FalseClarify = share(out, answered), share(out, asked)
	r.Precision = share(only(in, answered), func(o outcome) bool { return o.right })
	r.ClarifyGold = share(only(in, asked), func(o outcome) bool { return o.offered })
}

func (r *Report) latency(all []outcome) {
	if len(all) == 0 {
		return
	}
	took := make([]time.Duration, len(all))
	for i, o := range all {
		took[i] = o.took
	}
	slices.Sort(took)
	at := func(q float64) Millis { return Millis(took[int(q*float64(len(took)-1)+0.5)]) }
	r.P50, r.P99 = at(0.50), at(0.99)
}

// only keeps the outcomes that keep says.
func only(all []outcome, keep func(outcome) bool) []outcome {
	var kept []outcome
	for _, o := range all {
		if keep(o) {
			kept = append(kept, o)
		}
	}
	return kept
}

func share(all []outcome, counts func(outcome) bool) float64 {
	if len(all) == 0 {
		return 0
	}
	return float64(len(only(all, counts))) / float64(len(all))
}

// auroc is the chance that a query has more confidence than an out-of-scope
// text; ties count half.
func auroc(in, out []outcome) float64 {
	if len(in) == 0 || len(out) == 0 {
		return 0
	}
	sum := 0.0
	for _, a := range in {
		for _, b := range out {
			switch {
			case a.sure > b.sure:
				sum++
			case a.sure == b.sure:
				sum += 0.5
			}
		}
	}
	return sum / float64(len(in)*len(out))
}

// calibration sorts all texts into tenths of confidence, and tells how far
// confidence is from the share of first entries that are right (expected
// calibration error).
func calibration(in, out []outcome) ([]Bin, float64) {
	const bins = 10
	total := len(in) + len(out)
	if total == 0 {
		return nil, 0
	}
	curve := make([]Bin, bins)
	for b := range curve {
		curve[b].From = float64(b) / bins
	}
	for _, o := range slices.Concat(in, out) {
		b := &curve[min(bins-1, int(o.sure*bins))]
		b.Texts++
		b.Said += o.sure
		if o.rank == 0 {
			b.Right++
		}
	}
	off := 0.0
	for i := range curve {
		b := &curve[i]
		off += math.Abs(b.Said - b.Right)
		if b.Texts > 0 {
			b.Said, b.Right = b.Said/float64(b.Texts), b.Right/float64(b.Texts)
		}
	}
	return curve, off / float64(total)
}

// Table writes the report for people.
func (r *Report) Table(w io.Writer) error {
	rows := []struct {
		name  string
		value float64
	}{
		{"queries", float64(r.Queries)},
		{"out of scope", float64(r.OutOfScope)},
		{"recall@1", r.Recall1},
		{"recall@3", r.Recall3},
		{"recall@5", r.Recall5},
		{"MRR", r.MRR},
		{"answered", r.Answered},
		{"precision of answered", r.Precision},
		{"clarified", r.Clarified},
		{"right option in clarified", r.ClarifyGold},
		{"false answers, out of scope", r.FalseAnswers},
		{"asked back, out of scope", r.FalseClarify},
		{"AUROC", r.AUROC},
		{"calibration error", r.ECE},
		{"latency p50, ms", r.P50.float()},
		{"latency p99, ms", r.P99.float()},
		{"index, ms", r.Index.float()},
	}
	for _, row := range rows {
		if _, err := fmt.Fprintf(w, "%-28s %9.3f\n", row.name, row.value); err != nil {
			return fmt.Errorf("knowledge: report: %w", err)
		}
	}
	for _, b := range r.Reliability {
		if _, err := fmt.Fprintf(w, "sure %.1f to %.1f: %5d texts, said %.3f, right %.3f\n", b.From, b.From+0.1, b.Texts, b.Said, b.Right); err != nil {
			return fmt.Errorf("knowledge: report: %w", err)
		}
	}
	return nil
}
