package desk

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const (
	maxGold   = 5 // entries that may answer one question
	labelPage = 100
)

// Objection is what a clerk knows better: the entry a question should have been
// answered by; an empty entry means that nothing of the library answers it.
type Objection struct {
	Question string
	Entry    string
}

// LabelDecision is what an editor makes of a label.
type LabelDecision struct {
	Version int64 // of the label as it was seen
	State   LabelState
	Entries []string // confirmed: what answers it; none: nothing of the library does
}

// Correct proposes a label; an editor decides. It is audited.
func (d *Desk) Correct(ctx context.Context, a Actor, o Objection) (Label, error) {
	if !a.Correct {
		return Label{}, denied()
	}
	if f := channel.CheckText("/question", "问题", o.Question, conversation.MaxText); f != nil {
		return Label{}, problem.New(problem.Invalid, "label.invalid", f.Message).With(*f)
	}
	if err := d.checkEntry("/entry", o.Entry); o.Entry != "" && err != nil {
		return Label{}, err
	}
	var l Label
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		id, err := d.addVotes(ctx, tx, seal.Mask(o.Question), Vote{Entry: o.Entry, Kind: Correction, Agrees: true})
		if err != nil {
			return err
		}
		if id == "" {
			return problem.New(problem.Invalid, "label.invalid", "问题里没有文字。").
				With(problem.Field{Pointer: "/question", Code: "empty", Message: "问题里没有文字。"})
		}
		if l, err = tx.Label(ctx, id); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{
			At: d.at(), Actor: a.ID, Action: "label.propose", Object: "label/" + id, Detail: map[string]string{"entry": o.Entry},
		})
	})
	return l, err
}

// Labels lists what waits for an editor, or was decided.
func (d *Desk) Labels(ctx context.Context, a Actor, f LabelFilter) ([]Label, error) {
	if !a.Edits {
		return nil, denied()
	}
	if !slices.Contains([]LabelState{LabelWaiting, LabelConfirmed, LabelRejected}, f.State) {
		return nil, problem.New(problem.Invalid, "label.state", "不认识这种状态。").
			With(problem.Field{Pointer: "state", Code: "unknown", Message: "不认识这种状态。"})
	}
	f.Limit, f.After = min(max(1, f.Limit), labelPage), max(0, f.After)
	return d.Store.Labels(ctx, f)
}

// LabelCounts counts labels by state.
func (d *Desk) LabelCounts(ctx context.Context, a Actor) (map[LabelState]int, error) {
	if !a.Edits {
		return nil, denied()
	}
	return d.Store.LabelCounts(ctx)
}

// DecideLabel confirms or rejects a label, in one transaction with its audit
// entry. A decision may be changed; whoever saw an older one gets
// "label.stale".
func (d *Desk) DecideLabel(ctx context.Context, a Actor, id string, c LabelDecision) (Label, error) {
	if !a.Edits {
		return Label{}, denied()
	}
	entries, err := d.checkLabel(c)
	if err != nil {
		return Label{}, err
	}
	var l Label
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		before, err := tx.Label(ctx, id)
		if err != nil {
			return err
		}
		l = before
		l.State, l.Entries, l.DecidedBy, l.DecidedAt, l.Version = c.State, entries, a.ID, d.at(), c.Version+1
		if err := tx.UpdateLabel(ctx, l, c.Version); err != nil {
			return err
		}
		return d.recordLabel(ctx, tx, before, l)
	})
	return l, err
}

// recordLabel audits a decision, and counts a correction when it is confirmed.
func (d *Desk) recordLabel(ctx context.Context, tx Tx, before, after Label) error {
	action, category := "label.confirm", ""
	if after.State == LabelRejected {
		action = "label.reject"
	}
	err := tx.Record(ctx, audit.Entry{
		At: after.DecidedAt, Actor: after.DecidedBy, Action: action, Object: "label/" + after.ID,
		Detail: map[string]string{"from": string(before.State), "entries": strings.Join(after.Entries, ",")},
	})
	if err != nil || before.State == LabelConfirmed || after.State != LabelConfirmed || !before.corrected() {
		return err
	}
	if len(after.Entries) > 0 {
		category = d.category(after.Entries[0])
	}
	return d.count(ctx, tx, after.ID, category, Corrected)
}

func (d *Desk) checkLabel(c LabelDecision) ([]string, error) {
	if c.State != LabelConfirmed && c.State != LabelRejected {
		return nil, problem.New(problem.Invalid, "label.state", "请选择确认或者不采用。").
			With(problem.Field{Pointer: "/state", Code: "unknown", Message: "请选择确认或者不采用。"})
	}
	entries := []string{}
	if c.State == LabelRejected {
		return entries, nil
	}
	for _, e := range c.Entries {
		if err := d.checkEntry("/entries", e); err != nil {
			return nil, err
		}
		if !slices.Contains(entries, e) {
			entries = append(entries, e)
		}
	}
	if len(entries) > maxGold {
		return nil, problem.New(problem.Invalid, "label.entries", "最多选5条问答。").
			With(problem.Field{Pointer: "/entries", Code: "too_many", Message: "最多选5条问答。"})
	}
	return entries, nil
}

// corrected reports whether a clerk has spoken.
func (l *Label) corrected() bool {
	return slices.ContainsFunc(l.Votes, func(v Vote) bool { return v.Kind == Correction })
}

// LearnPopularity lets the library know what editors have confirmed. It may be
// called while serving.
func (d *Desk) LearnPopularity(ctx context.Context) error {
	labels, err := d.Taught(ctx)
	if err != nil {
		return err
	}
	confirmed := map[string]int{}
	for _, l := range labels {
		for _, entry := range l.Entries {
			confirmed[entry] += l.Count
		}
	}
	d.Library().Learn(confirmed)
	return nil
}

// Taught lists every confirmed label, for whoever measures or fits. Questions
// may hold names: it is for the operator's own machine.
func (d *Desk) Taught(ctx context.Context) ([]Label, error) {
	var taught []Label
	for {
		some, err := d.Store.Labels(ctx, LabelFilter{State: LabelConfirmed, After: len(taught), Limit: labelPage})
		taught = append(taught, some...)
		if err != nil || len(some) < labelPage {
			return taught, err
		}
	}
}

func (d *Desk) checkEntry(pointer, entry string) error {
	if _, ok := d.Library().Entry(entry); !ok {
		return problem.New(problem.Invalid, "label.entry", "问答库里没有这个编号。").
			With(problem.Field{Pointer: pointer, Code: "unknown", Message: "问答库里没有这个编号。"})
	}
	return nil
}

func denied() error {
	return problem.New(problem.Denied, "answers.denied", "您的岗位不能查看或者修改这些内容。")
}
