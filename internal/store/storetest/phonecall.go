package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// testPhoneCalls: a call is found by its unit, whoever took it and its number.
func testPhoneCalls(k *kit) {
	first := desk.PhoneCall{
		ID: k.id(), At: noon(), By: "u1", Unit: "traffic", Path: "bureau/traffic", Line: "12345", Number: "12345", Outcome: desk.PhoneAnswered,
		Entry: "id-card-lost", EntryVersion: 2, Warned: true, Kind: channel.Consult, Category: "traffic", District: "east", Words: "身份证丢了怎么办", Phone: "13800138000",
	}
	below, other := first, desk.PhoneCall{ID: k.id(), At: noon().Add(2 * time.Minute), By: "u2", Unit: "legal", Path: "bureau/legal", Line: "110", Number: "110", Outcome: desk.PhoneSilent}
	below.ID, below.At, below.Path, below.Phone, below.TicketID = k.id(), noon().Add(time.Minute), "bureau/traffic/squad", "13900139000", "t1"
	beside := other
	beside.ID, beside.At, beside.Path, beside.By = k.id(), noon().Add(3*time.Minute), "bureau/traffic2", "u3"
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, c := range []desk.PhoneCall{first, below, other, beside} {
			ok(k, tx.InsertPhoneCall(ctx, c))
		}
		return nil
	})
	for name, c := range map[string]struct {
		f    desk.PhoneFilter
		want []desk.PhoneCall
	}{
		"everybody's":      {desk.PhoneFilter{Limit: 9}, []desk.PhoneCall{beside, other, below, first}},
		"the newest":       {desk.PhoneFilter{Limit: 1}, []desk.PhoneCall{beside}},
		"of a unit":        {desk.PhoneFilter{Path: "bureau/traffic", Limit: 9}, []desk.PhoneCall{below, first}},
		"and the own ones": {desk.PhoneFilter{Path: "bureau/traffic", By: "u2", Limit: 9}, []desk.PhoneCall{other, below, first}},
		"of a number":      {desk.PhoneFilter{Phone: "13800138000", Limit: 9}, []desk.PhoneCall{first}},
	} {
		c.f.From, c.f.Until = noon(), noon().Add(time.Hour)
		got, err := k.PhoneCalls(k.Context(), c.f)
		ok(k, err)
		same(k, name, got, c.want)
	}
	got, err := k.PhoneCalls(k.Context(), desk.PhoneFilter{From: noon().Add(-time.Hour), Until: noon(), Limit: 9})
	ok(k, err)
	same(k, "before", got, []desk.PhoneCall{})
	for version, want := range map[int][]desk.AnsweredCall{
		1: {},
		2: {{ID: below.ID, At: below.At, Number: "12345", By: "u1", Unit: "traffic"}, {ID: first.ID, At: first.At, Number: "12345", By: "u1", Unit: "traffic"}},
	} {
		got, err := k.AnsweredCalls(k.Context(), "id-card-lost", version, 9)
		ok(k, err)
		same(k, "answered", got, want)
	}
	answered, err := k.AnsweredCalls(k.Context(), "id-card-lost", 2, 1)
	ok(k, err)
	if len(answered) != 1 || answered[0].ID != below.ID {
		k.Errorf("the newest is %+v", answered)
	}
}

// testHotlineChanges: what was proposed stays; it is decided once.
func testHotlineChanges(k *kit) {
	c := channel.HotlineChange{
		ID: k.id(), From: noon(), Reason: "换号", State: channel.ChangeProposed, ProposedBy: "u1", ProposedAt: noon(), Version: 1,
		Lines: []channel.Listing{{ID: "x", Hotline: channel.Hotline{Number: "0755-110", Name: "专线", Category: "gang"}, Hours: "全天", Unit: "traffic"}, {ID: "y", Closed: true}},
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertHotlineChange(ctx, c) })
	decided := c
	decided.State, decided.DecidedBy, decided.DecidedAt, decided.Words, decided.Version = channel.ChangeApproved, "u2", noon(), "同意", 2
	decide := func() error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.DecideHotlineChange(ctx, decided, 1) })
	}
	ok(k, decide())
	wantCode(k, decide(), problem.Conflict, "hotline.stale")
	got, err := k.HotlineChange(k.Context(), c.ID)
	ok(k, err)
	same(k, "decided", got, decided)
	all, err := k.HotlineChanges(k.Context())
	ok(k, err)
	same(k, "all", all, []channel.HotlineChange{decided})
	_, err = k.HotlineChange(k.Context(), "nothing")
	wantCode(k, err, problem.NotFound, "hotline.not_found")
}

// testAppRequests: a token and an id lead to the request, and neither to the other's.
func testAppRequests(k *kit) {
	r := desk.AppRequest{TokenHash: []byte("t"), IDHash: []byte("i"), TicketID: k.open(nil).ID, Client: "city", Service: "light", SentAt: noon()}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertAppRequest(ctx, r) })
	got, err := k.AppRequestByToken(k.Context(), r.TokenHash)
	ok(k, err)
	same(k, "by its token", got, r)
	got, err = k.AppRequestByID(k.Context(), r.IDHash)
	ok(k, err)
	same(k, "by its id", got, r)
	_, err = k.AppRequestByID(k.Context(), r.TokenHash)
	wantCode(k, err, problem.NotFound, "request.not_found")
}
