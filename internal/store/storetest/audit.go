package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// testAuditSearch looks for ten acts, a minute apart, the last two of one moment.
func testAuditSearch(k *kit) {
	minute := func(n int) time.Time { return noon().Add(time.Duration(n) * time.Minute) }
	acts := []struct {
		minute                int
		actor, action, object string
	}{
		{0, "citizen", "ticket.open", "ticket/1"},
		{1, "u1", "ticket.accept", "ticket/1"},
		{2, "u1", "ticket.dispatch", "ticket/1"},
		{3, "system", "clock.warn", "ticket/1"},
		{4, "u2", "contact.reveal", "ticket/1"},
		{5, "u2", "ticket.accept", "ticket/2"},
		{6, "u1", "session.open", "staff/u1"},
		{7, "job", "ticket.link", "ticket/2"},
		{8, "u1", "contact.reveal", "ticket/3"},
		{8, "u2", "contact.reveal", "ticket/4"},
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		var err error
		for _, a := range acts {
			err = errors.Join(err, tx.Record(ctx, audit.Entry{At: minute(a.minute), Actor: a.actor, Action: a.action, Object: a.object}))
		}
		return err
	})
	found := func(f desk.AuditFilter) string {
		if f.Limit == 0 {
			f.Limit = 100
		}
		entries, err := k.AuditEntries(k.Context(), f)
		ok(k, err)
		var minutes []string
		for _, e := range entries {
			minutes = append(minutes, strconv.Itoa(int(e.At.Sub(noon()).Minutes())))
		}
		return strings.Join(minutes, " ")
	}
	for what, c := range map[string]struct {
		f    desk.AuditFilter
		want string
	}{
		"all":                {desk.AuditFilter{}, "8 8 7 6 5 4 3 2 1 0"},
		"some":               {desk.AuditFilter{Limit: 3}, "8 8 7"},
		"of one":             {desk.AuditFilter{Actor: "u1"}, "8 6 2 1"},
		"of staff":           {desk.AuditFilter{Actor: desk.ByStaff}, "8 8 6 5 4 2 1"},
		"of a machine":       {desk.AuditFilter{Actor: "system"}, "3"},
		"one action":         {desk.AuditFilter{Actions: []string{"contact.reveal"}}, "8 8 4"},
		"two actions":        {desk.AuditFilter{Actions: []string{"contact.reveal", "ticket.accept"}, Limit: 4}, "8 8 5 4"},
		"about one":          {desk.AuditFilter{Objects: []string{"ticket/2"}}, "7 5"},
		"about two":          {desk.AuditFilter{Objects: []string{"ticket/2", "staff/u1"}}, "7 6 5"},
		"in a span":          {desk.AuditFilter{From: minute(2), Until: minute(5)}, "4 3 2"},
		"everything at once": {desk.AuditFilter{From: minute(1), Until: minute(9), Actor: "u2", Actions: []string{"contact.reveal"}, Objects: []string{"ticket/1", "ticket/4"}}, "8 4"},
		"nothing":            {desk.AuditFilter{Actor: "u3"}, ""},
	} {
		same(k, what, found(c.f), c.want)
	}
	auditPageByPage(k, len(acts))
}

// auditPageByPage sees every act once.
func auditPageByPage(k *kit, acts int) {
	var pages []string
	for after := (desk.AuditPlace{}); ; {
		entries, err := k.AuditEntries(k.Context(), desk.AuditFilter{After: after, Limit: 3})
		ok(k, err)
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			pages = append(pages, e.Object+" "+e.Action)
		}
		last := entries[len(entries)-1]
		after = desk.AuditPlace{At: last.At, Lane: last.Lane, Seq: last.Seq}
	}
	once := slices.Clone(pages)
	slices.Sort(once)
	same(k, "each once, page by page", []int{len(pages), len(slices.Compact(once))}, []int{acts, acts})
}

func testAuditCheck(k *kit) {
	save := func(c desk.AuditCheck, was int64) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveAuditCheck(ctx, c, was) })
	}
	none, err := k.AuditCheck(k.Context())
	ok(k, err)
	same(k, "nobody has checked", none.Version, int64(0))
	c := desk.AuditCheck{Check: *audit.NewCheck(), By: "u1", BeganAt: noon(), Version: 1}
	ok(k, save(c, 0))
	wantCode(k, save(c, 0), problem.Conflict, "audit.stale")
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.Record(ctx, act("ticket/1")) })
	ok(k, c.Go(k.Context(), k.Store, nil, 0))
	c.Version = 2
	c.Findings = []audit.Finding{{Lane: 3, Seq: 17, Fault: audit.Changed}}
	ok(k, save(c, 1))
	wantCode(k, save(c, 1), problem.Conflict, "audit.stale")
	got, err := k.AuditCheck(k.Context())
	ok(k, err)
	same(k, "what was kept", got, c)
}
