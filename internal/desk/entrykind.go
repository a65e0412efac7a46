package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"jiesu/internal/audit"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// entryKind is what entries of the library mean to the desk. Its subject is the
// entry's id; its unit owns the entry.
type entryKind struct{ desk *Desk }

func (k entryKind) suits(ctx context.Context, tx Tx, it *review.Item) error {
	act := &it.Ledger[len(it.Ledger)-1]
	if act.Move == review.Withdraw {
		return nil
	}
	if act.Move == review.Write {
		if err := k.begins(ctx, tx, it); err != nil {
			return err
		}
	}
	t := k.read(it, len(it.Versions))
	if act.Move != review.Write && act.Move != review.Edit {
		t.measure()
	}
	k.inTime(&t, act)
	k.grounded(&t)
	t.unclaimed(k.asked())
	if len(t.fields) > 0 {
		return problem.New(problem.Invalid, "entry.invalid", "问答有几处需要修改。").With(t.fields...)
	}
	return nil
}

// begins refuses a second text about an entry that has one already.
func (k entryKind) begins(ctx context.Context, tx Tx, it *review.Item) error {
	if it.Subject == "" {
		it.Subject = "entry-" + it.ID
	}
	if !isEntryID(it.Subject) {
		return problem.New(problem.Invalid, "entry.id", "问答编号只能用小写字母、数字和短横线。").
			With(problem.Field{Pointer: "/subject", Code: "format", Message: "问答编号只能用小写字母、数字和短横线。"})
	}
	other, err := findText(ctx, tx, review.Entry, it.Subject)
	if err != nil || other == nil {
		return err
	}
	return problem.New(problem.Conflict, "entry.under_work", "这条问答已有稿件，请在原稿件上修改。").
		With(problem.Field{Pointer: "/subject", Code: "under_work", Message: "原稿件编号：" + other.ID})
}

// read is version n of a text as an entry.
func (k entryKind) read(it *review.Item, n int) entryText {
	t := readEntry(&it.Versions[n-1].Content)
	t.ID, t.Owner = it.Subject, it.Unit
	return t
}

// inTime finds days that have passed. What was in time when it was written may
// be published later than it said, but not when it is over already.
func (k entryKind) inTime(t *entryText, act *review.Act) {
	at := k.desk.at()
	if writes := act.Move == review.Write || act.Move == review.Edit; writes && !t.PublishAt.IsZero() && t.PublishAt.Before(act.At) {
		t.fault(entryPublishAt, "past", "发布时间已经过去；需要立即发布的，不填写发布时间。")
	}
	if dayOver(t.ValidTo, at) {
		t.fault(entryValidTo, "past", "失效日期已经过去。")
	}
	if dayOver(t.ReviewBy, at) {
		t.fault(entryReviewBy, "past", "最迟复核日期已经过去。")
	}
}

// dayOver reports whether a day has passed; none has not.
func dayOver(day, at time.Time) bool { return !day.IsZero() && !at.Before(day.AddDate(0, 0, 1)) }

// grounded completes the basis, and finds what must not be cited: what is not
// published is no basis (未向社会公布的，不得作为实施行政管理的依据).
func (k entryKind) grounded(t *entryText) {
	for i := range t.Basis {
		b := &t.Basis[i]
		d, known := k.desk.Library().Document(b.Document)
		switch {
		case !known:
			t.fault(entryBasis, "unknown", "文件库里没有“"+b.Document+"”。")
		case d.Over():
			t.fault(entryBasis, "over", "《"+d.Title+"》已经废止或者失效，不能作为依据。")
		case d.Published > k.desk.at().Format(time.DateOnly):
			t.fault(entryBasis, "unpublished", "《"+d.Title+"》还没有公布，不能作为依据。")
		}
		b.Title, b.Number = d.Title, d.Number
	}
}

// asked are the wordings of the library, folded, with the entry that asks so.
func (k entryKind) asked() map[string]string {
	asked := map[string]string{}
	for _, e := range k.desk.Library().Entries() {
		if e.Stopped != knowledge.Withdrawn && e.Stopped != knowledge.Retired {
			claim(asked, &e)
		}
	}
	return asked
}

// claim notes the wordings of an entry.
func claim(asked map[string]string, e *knowledge.Entry) {
	for _, q := range append([]string{e.Question}, e.Variants...) {
		asked[folded(q)] = e.ID
	}
}

// unclaimed finds wordings that another entry asks already: nobody could tell
// which answer is meant.
func (t *entryText) unclaimed(asked map[string]string) {
	mine := map[string]bool{}
	for _, q := range append([]string{t.Question}, t.Variants...) {
		key := folded(q)
		if mine[key] {
			t.fault(entryVariants, "duplicate", "“"+q+"”写了两次。")
		}
		mine[key] = true
		if other := asked[key]; other != "" && other != t.ID {
			t.fault(entryVariants, "taken", "“"+q+"”已经是问答“"+other+"”的问法。")
		}
	}
}

// folded keeps letters and digits only, in lower case.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// published puts the version on the shelf, if the golden set has nothing against it.
func (k entryKind) published(ctx context.Context, tx Tx, a Actor, it *review.Item) error {
	last, act := it.Latest(), &it.Ledger[len(it.Ledger)-1]
	t := k.read(it, last.N)
	k.grounded(&t)
	acts, err := tx.LibraryActs(ctx, 0)
	if err != nil {
		return err
	}
	shelf := k.desk.files().With(acts...)
	if err := k.desk.passGate(ctx, tx, it, shelf.Seq()); err != nil {
		return err
	}
	versions := shelf.Versions(t.ID)
	t.Version = 1
	if n := len(versions); n > 0 {
		t.Version = versions[n-1].Entry.Version + 1
	}
	from := later(later(act.At, t.PublishAt), t.ValidFrom).UTC()
	if err := k.desk.answerTask(ctx, tx, a, it.ID, t.ID, from); err != nil {
		return err
	}
	return k.desk.putAct(ctx, tx, knowledge.Act{
		Kind: knowledge.Release, Entry: t.ID, Version: t.Version, Text: t.Entry, Review: it.ID, From: from, By: a.ID, At: act.At,
	}, "version "+strconv.Itoa(last.N))
}

// withdrawn stops the version that answers.
func (k entryKind) withdrawn(ctx context.Context, tx Tx, a Actor, it *review.Item) error {
	act := &it.Ledger[len(it.Ledger)-1]
	if err := k.desk.reopenTask(ctx, tx, a, it.ID); err != nil {
		return err
	}
	acts, err := tx.LibraryActs(ctx, 0)
	if err != nil {
		return err
	}
	versions := k.desk.files().With(acts...).Versions(it.Subject)
	i := slices.IndexFunc(versions, func(p knowledge.Published) bool { return p.Review == it.ID })
	if i < 0 { // it was never published
		return nil
	}
	last := versions[len(versions)-1]
	return k.desk.putAct(ctx, tx, knowledge.Act{
		Kind: knowledge.Withdraw, Entry: it.Subject, Version: last.Entry.Version, Reason: act.Reason, Words: act.Words, By: a.ID, At: act.At,
	}, "")
}

// files is the shelf as the files have it.
func (d *Desk) files() *knowledge.Shelf {
	return knowledge.NewShelf(d.Parts.Library.Entries(), d.Parts.Library.Documents(), d.Rules.Due)
}

// putAct stores an act with its audit entry. Every process takes it into use
// within [LibraryEvery].
func (d *Desk) putAct(ctx context.Context, tx Tx, a knowledge.Act, what string) error {
	a, err := tx.InsertLibraryAct(ctx, a)
	if err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, gateJob(strconv.FormatInt(a.Seq, 10), a.At)); err != nil { // what waits is measured beside another library now
		return err
	}
	object := "entry/" + a.Entry
	if a.Document != "" {
		object = "document/" + a.Document
	}
	return tx.Record(ctx, audit.Entry{At: a.At, Actor: a.By, Action: "library." + string(a.Kind), Object: object, Detail: map[string]string{
		"version": strconv.Itoa(a.Version), "review": a.Review, "reviewed": what, "reason": a.Reason, "validity": a.Validity, "from": a.From.Format(time.RFC3339),
	}})
}
