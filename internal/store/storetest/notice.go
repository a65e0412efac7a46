package storetest

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

func testNotices(k *kit) {
	notice := func(year, version int) desk.ImportedNotice {
		return desk.ImportedNotice{
			Notice: deadline.Notice{
				Year: year, Status: deadline.Official, Document: "国办发明电〔2029〕7号", Published: "2029-11-04", Version: version, Note: "更正",
				Off: []deadline.Span{{Name: "元旦", From: "2030-01-01", To: "2030-01-01"}}, Work: []string{"2030-01-05"},
			},
			Reason: "更正", By: "u1", At: noon(),
		}
	}
	put := func(n desk.ImportedNotice) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertNotice(ctx, n) })
	}
	for _, n := range []desk.ImportedNotice{notice(2030, 2), notice(2030, 1), notice(2029, 3)} {
		ok(k, put(n))
	}
	again := notice(2030, 1)
	again.Reason = "another"
	wantCode(k, put(again), problem.Conflict, "calendar.changed")
	got, err := k.Notices(k.Context())
	ok(k, err)
	same(k, "notices", got, []desk.ImportedNotice{notice(2029, 3), notice(2030, 1), notice(2030, 2)})
}

// testClocksDueFrom goes through the tickets page by page.
func testClocksDueFrom(k *kit) {
	var tickets, want []string
	for i := range 5 {
		made := k.open(nil)
		tickets = append(tickets, made.ID)
		for n := range 2 {
			c := k.clock(made.ID)
			c.DueAt = noon().AddDate(0, 0, i*n) // one of each is due today
			c.StartedAt = noon().Add(time.Duration(n) * time.Minute)
			if i == 3 {
				c.MetAt = noon()
			}
			if i >= 2 && i != 3 {
				want = append(want, c.ID)
			}
			k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, c) })
		}
	}
	var got, pages []string
	for after := ""; ; {
		clocks, err := k.ClocksDueFrom(k.Context(), noon().AddDate(0, 0, 2), after, 1)
		ok(k, err)
		if len(clocks) == 0 {
			break
		}
		after = clocks[len(clocks)-1].TicketID
		pages = append(pages, after)
		for _, c := range clocks {
			got = append(got, c.ID)
		}
	}
	same(k, "clocks", got, want)
	same(k, "tickets", pages, []string{tickets[2], tickets[4]})
	all, err := k.ClocksDueFrom(k.Context(), time.Time{}, "", 100)
	ok(k, err)
	if len(all) != 8 || slices.ContainsFunc(all, func(c deadline.Clock) bool { return !c.Open() }) {
		k.Errorf("%d open clocks, want 8", len(all))
	}
}
