package storetest

import (
	"context"
	"errors"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
)

// testPast stores letters of two people and reads them in every way.
func testPast(k *kit) {
	put := func(title, phone string, status ticket.Status, kind channel.Kind) ticket.Ticket {
		l := k.letter()
		l.Title, l.Text, l.Kind, l.Contact = title, title+"的经过", kind, nil
		if phone != "" {
			l.Contact = &channel.Contact{Name: "张三", Phone: phone}
		}
		made := k.ticket(l.ID)
		made.Status, made.Kind = status, kind
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertTicket(ctx, l, made, nil) })
		return made
	}
	a := put("甲", "13800138000", ticket.Answered, channel.Help)
	b := put("乙", "13900139000", ticket.Received, channel.Help)
	c := put("丙", "13800138000", ticket.Closed, channel.Complaint)
	put("举报", "13800138000", ticket.Closed, channel.Report)
	d := put("丁", "", ticket.Handling, channel.Consult)
	e := put("戊", "", ticket.Declined, channel.Consult)
	for name, test := range map[string]struct {
		filter desk.PastFilter
		want   []string
	}{
		"all but reports":   {desk.PastFilter{Limit: 100}, []string{a.ID, b.ID, c.ID, d.ID, e.ID}},
		"a page":            {desk.PastFilter{After: a.ID, Limit: 2}, []string{b.ID, c.ID}},
		"newest":            {desk.PastFilter{Newest: true, Limit: 2}, []string{e.ID, d.ID}},
		"released":          {desk.PastFilter{Released: true, Limit: 100}, []string{a.ID, c.ID}},
		"newest released":   {desk.PastFilter{Released: true, Newest: true, Limit: 1}, []string{c.ID}},
		"by id":             {desk.PastFilter{IDs: []string{d.ID, b.ID, "nobody"}, Limit: 100}, []string{b.ID, d.ID}},
		"of one person":     {desk.PastFilter{Writer: a.LetterID, Limit: 100}, []string{a.ID, c.ID}},
		"later of a person": {desk.PastFilter{Writer: a.LetterID, After: b.ID, Limit: 100}, []string{c.ID}},
		"nobody knows whom": {desk.PastFilter{Writer: d.LetterID, Limit: 100}, nil},
		"of no letter":      {desk.PastFilter{Writer: "x' OR 1=1", Limit: 100}, nil},
	} {
		got, err := k.Past(k.Context(), test.filter)
		ok(k, err)
		var ids []string
		for _, p := range got {
			ids = append(ids, p.Ticket.ID)
		}
		same(k, name, ids, test.want)
	}
	got, err := k.Past(k.Context(), desk.PastFilter{IDs: []string{c.ID}, Limit: 1})
	ok(k, err)
	same(k, "with its letter", got, []desk.PastTicket{{Ticket: c, Title: "丙", Text: "丙的经过", Writer: got[0].Writer}}) // whose that is, see testWriters
}

// testMadeUp tells made-up tickets from real ones.
func testMadeUp(k *kit) {
	genuine := func(want bool) {
		k.Helper()
		got, err := k.Genuine(k.Context())
		ok(k, err)
		same(k, "real letters", got, want)
	}
	genuine(false)
	k.open(func(made *ticket.Ticket) { made.Origin = channel.Origin{Platform: channel.DemoPlatform, ID: "1-1-0"} })
	genuine(false)
	k.open(nil)
	genuine(true)
}

func testLinks(k *kit) {
	a, b, c := k.open(nil), k.open(nil), k.open(nil)
	ab := desk.Link{From: b.ID, To: a.ID, Kind: desk.SamePerson, Probability: 0.75, By: "system", At: noon()}
	ac := desk.Link{From: c.ID, To: a.ID, Kind: desk.Similar, Probability: 0.8125, By: "u1", At: noon()}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertLink(ctx, ab), tx.InsertLink(ctx, ac))
	})
	again := ab
	again.Probability = 0.1
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertLink(ctx, again) })
	for id, want := range map[string][]desk.Link{a.ID: {ac, ab}, b.ID: {ab}, c.ID: {ac}} {
		got, err := k.Links(k.Context(), id)
		ok(k, err)
		same(k, "links of "+id, got, want)
	}
	got, err := k.Links(k.Context(), "nobody")
	ok(k, err)
	same(k, "no links", len(got), 0)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertLink(ctx, desk.Link{From: "nobody", To: a.ID, Kind: desk.Similar, By: "system", At: noon()})
	})
	if err == nil {
		k.Error("a link from a ticket that does not exist was stored")
	}
}
