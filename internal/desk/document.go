package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// DocumentStatus says that a document has another validity from a day on.
type DocumentStatus struct {
	Document string
	Validity string    // in_force, amended, repealed, expired
	From     time.Time // the day; zero: today
	Reason   string    // why, in words
	Source   string    // where that is published
}

// SetDocument gives a document another validity. What rests on one that is over
// stops answering from that day on, and its units are told at once.
func (d *Desk) SetDocument(ctx context.Context, a Actor, s DocumentStatus) ([]knowledge.Entry, error) {
	var touched []knowledge.Entry
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if !a.Publishes {
			return problem.New(problem.Denied, "library.denied", "您的岗位不能变更文件的有效性。")
		}
		if err := d.checkStatus(&s); err != nil {
			return err
		}
		touched = d.resting(s.Document)
		over := knowledge.Document{Validity: s.Validity}
		if over.Over() {
			for i := range touched {
				if err := tx.Enqueue(ctx, entryNotice("library.revising", &touched[i], d.at())); err != nil {
					return err
				}
			}
		}
		return d.putAct(ctx, tx, knowledge.Act{
			Kind: knowledge.Status, Document: s.Document, Validity: s.Validity, From: s.From.UTC(), Words: s.Reason + "\n" + s.Source, By: a.ID, At: d.at(),
		}, "")
	})
	if err != nil {
		if lost := d.recordRefusal(ctx, a, "library.refused", "document/"+clip(s.Document, 80), nil, err); lost != nil {
			return nil, lost
		}
		return nil, err
	}
	return touched, d.ReloadLibrary(ctx)
}

// checkStatus completes a status, or names what of it cannot be.
func (d *Desk) checkStatus(s *DocumentStatus) error {
	if _, known := d.Library().Document(s.Document); !known {
		return problem.New(problem.NotFound, "library.no_document", "文件库里没有这份文件。")
	}
	var fields []problem.Field
	if !slices.Contains([]string{"in_force", "amended", "repealed", "expired"}, s.Validity) {
		fields = append(fields, problem.Field{Pointer: "/validity", Code: "unknown", Message: "请选择文件的有效性。"})
	}
	if f := channel.CheckText("/reason", "原因", s.Reason, review.MaxWords); f != nil {
		fields = append(fields, *f)
	}
	if f := channel.CheckText("/source", "公布的出处", s.Source, review.MaxWords); f != nil {
		fields = append(fields, *f)
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "library.status", "文件的有效性有几处需要修改。").With(fields...)
	}
	if s.From.IsZero() {
		s.From = d.at()
	}
	return nil
}

// resting are the entries in use that rest on a document.
func (d *Desk) resting(document string) []knowledge.Entry {
	return slices.DeleteFunc(d.Library().Entries(), func(e knowledge.Entry) bool {
		return !slices.ContainsFunc(e.Basis, func(b knowledge.Basis) bool { return b.Document == document })
	})
}

// TellDue tells the units of the entries that wait for a review, once a version
// and day of review.
func (d *Desk) TellDue(ctx context.Context) error {
	at := d.at()
	var jobs []Job
	for _, e := range d.Library().Entries() {
		if e.Stopped == knowledge.Withdrawn || e.Stopped == knowledge.Retired || e.ReviewBy.IsZero() || !d.Rules.Due.Due(&e, at) {
			continue
		}
		j := entryNotice("library.due", &e, e.ReviewBy)
		j.RunAt, j.CreatedAt = at, at
		jobs = append(jobs, j)
	}
	if len(jobs) == 0 {
		return nil
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return tx.Enqueue(ctx, jobs...) })
}
