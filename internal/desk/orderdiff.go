package desk

import (
	"context"
	"strings"
	"time"

	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

const mostDifferences = 10_000 // of one platform

// Reconcile compares what a platform takes for open with what is here, and keeps
// every difference as a row. One that is there no more is closed. It returns how
// many there are.
func (d *Desk) Reconcile(ctx context.Context, platform string, listed []hotline.Listed) (int, error) {
	p, ok := d.platform(platform)
	if !ok {
		return 0, problem.New(problem.NotFound, "order.platform", "没有接入这个12345平台。")
	}
	found, err := d.differences(ctx, d.Store, platform, listed) // outside of the transaction, which others wait for
	if err != nil {
		return 0, err
	}
	return len(found), d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		fresh, err := d.keepDifferences(ctx, tx, platform, found)
		if err != nil || fresh == 0 {
			return err
		}
		return tx.Enqueue(ctx, d.channelNotice("order.differs", p.Name, platform, d.at()))
	})
}

// differences are all that is found now.
func (d *Desk) differences(ctx context.Context, r PlatformReader, platform string, listed []hotline.Listed) ([]Difference, error) {
	var found []Difference
	seen := map[string]bool{} // ids of ours that are listed
	for i := range listed {
		l := &listed[i]
		a := hotline.Act{OrderNo: l.OrderNo, DispatchNo: l.DispatchNo, DispatchSeq: l.DispatchSeq}
		o, err := orderOf(ctx, r, platform, &a)
		if problem.HasCode(err, arrivalIsUntold) {
			found = append(found, Difference{Number: string(l.OrderNo), Dispatch: l.DispatchKey(), Kind: MissingHere, Theirs: l.State.Title()})
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[o.ID] = true
		if !o.Outward { // whose states are not the platform's
			found = append(found, compare(&o, l)...)
		}
	}
	open, err := r.OpenOrders(ctx, platform)
	if err != nil {
		return nil, err
	}
	for i := range open {
		if o := &open[i]; !seen[o.ID] && o.State.Ours() {
			found = append(found, differs(o, MissingThere, o.State.Name(), ""))
		}
	}
	return found, nil
}

// compare is what o and a row of the list do not agree on. What a row leaves out
// is no difference.
func compare(o *Order, l *hotline.Listed) []Difference {
	var found []Difference
	if theirs := order.State(strings.ToLower(string(l.State))); theirs != "" && theirs != o.State {
		found = append(found, differs(o, StateDiffers, o.State.Name(), l.State.Title()))
	}
	if !l.ReplyBy.IsZero() && !l.ReplyBy.Equal(o.ReplyBy) {
		found = append(found, differs(o, DeadlineDiffers, dateTime(o.ReplyBy), dateTime(l.ReplyBy)))
	}
	return found
}

func differs(o *Order, kind DifferenceKind, ours, theirs string) Difference {
	return Difference{Number: o.Number, Dispatch: o.Dispatch, OrderID: o.ID, Kind: kind, Ours: ours, Theirs: theirs}
}

// keepDifferences stores what was found in place of what was found before, and
// returns how many are new.
func (d *Desk) keepDifferences(ctx context.Context, tx Tx, platform string, found []Difference) (fresh int, err error) {
	at := d.at()
	before, err := tx.Differences(ctx, OrderFilter{Visible: Filter{Reports: true}, Platform: platform, Limit: mostDifferences})
	if err != nil {
		return 0, err
	}
	same := func(f *Difference) string { return string(f.Kind) + "/" + f.Number + "/" + f.Dispatch }
	gone := make(map[string]Difference, len(before))
	for i := range before {
		gone[same(&before[i])] = before[i]
	}
	for i := range found {
		f := &found[i]
		was, known := gone[same(f)]
		delete(gone, same(f))
		switch {
		case !known:
			fresh++
			f.ID, f.Platform, f.Since = d.NewID(), platform, at
		case was.Ours == f.Ours && was.Theirs == f.Theirs:
			continue
		default:
			f.ID, f.Platform, f.Since = was.ID, platform, was.Since
		}
		if err := tx.SaveDifference(ctx, *f); err != nil {
			return fresh, err
		}
	}
	for _, was := range gone {
		was.ClosedAt = at
		if err := tx.SaveDifference(ctx, was); err != nil {
			return fresh, err
		}
	}
	return fresh, nil
}

// dateTime is a moment as staff read it; empty for none.
func dateTime(at time.Time) string {
	if at.IsZero() {
		return "未定"
	}
	return at.In(deadline.Beijing()).Format("2006-01-02 15:04")
}

// Unreconciled tells the task force that a platform could not be compared with,
// once a day.
func (d *Desk) Unreconciled(ctx context.Context, platform string) error {
	name := platform
	if p, ok := d.platform(platform); ok {
		name = p.Name
	}
	day := d.at().In(deadline.Beijing())
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Enqueue(ctx, d.channelNotice("order.unreconciled", name, platform, day))
	})
}
