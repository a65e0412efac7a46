package demo

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
)

// handle is one thing the unit does about it, or somebody about the unit.
func (l *life) handle(ctx context.Context) {
	t := l.ticket()
	switch {
	case t.Holder == "":
		if l.work(ctx, l.between(0.2, 4)) {
			l.do(ctx, l.handler(), desk.Command{Move: ticket.Take})
		}
	case t.Third != "":
		if l.once("third", 0.7) {
			l.after(ctx, l.between(40, 250), l.handler(), desk.Command{Move: ticket.ThirdReplied, Note: pick(l.rand, l.made.Thirds)})
			return
		}
		l.rest(ctx, l.between(12, 24))
	case t.Extension != nil && l.once("decide", 1):
		l.decide(ctx)
	case slices.ContainsFunc(t.Co, ticket.CoHandler.Pending):
		l.opine(ctx)
	case !l.detour(ctx):
		l.answer(ctx)
	}
}

// after is a move somebody at work makes after a while.
func (l *life) after(ctx context.Context, d time.Duration, a desk.Actor, c desk.Command) {
	if l.work(ctx, d) {
		l.do(ctx, a, c)
	}
}

// decide is a leader's decision on more time.
func (l *life) decide(ctx context.Context) {
	c := desk.Command{Move: ticket.Grant}
	if l.chance(0.2) {
		c = desk.Command{Move: ticket.Refuse, Note: pick(l.rand, l.made.Refusals)}
	}
	if l.work(ctx, l.between(0.3, 3)) && !l.now.After(l.ticket().DueAt) {
		l.do(ctx, l.above(), c)
	}
}

// opine is the opinion of a unit that was asked, or none in time.
func (l *life) opine(ctx context.Context) {
	co := l.ticket().Co
	unit := co[slices.IndexFunc(co, ticket.CoHandler.Pending)].Unit
	if !l.once("opine "+unit, 0.8) {
		l.rest(ctx, l.between(12, 24))
		return
	}
	if l.work(ctx, l.between(3, 30)) && slices.ContainsFunc(l.ticket().Co, func(c ticket.CoHandler) bool { return c.Unit == unit && !c.Given }) {
		l.do(ctx, l.somebody(unit, "handler", 1), desk.Command{Move: ticket.Opine, Note: pick(l.rand, l.made.Opinions)})
	}
}

// detour is something beside the straight way; false: nothing.
func (l *life) detour(ctx context.Context) bool {
	t, soon := l.ticket(), l.between(1, 8)
	early := l.now.Add(48 * time.Hour).Before(t.DueAt)
	switch {
	case l.once("note", 0.2):
		l.after(ctx, soon, l.handler(), desk.Command{Move: ticket.Note, Note: pick(l.rand, l.made.Notes)})
	case early && t.Asks == 0 && !t.Kind.Profile().Restarts && l.once("ask unit", 0.04):
		l.after(ctx, soon, l.handler(), desk.Command{Move: ticket.Ask, Text: pick(l.rand, l.made.Asks)})
	case early && t.Kind != channel.Praise && t.Kind != channel.SiteError && l.once("extend", 0.06):
		l.after(ctx, soon, l.handler(), desk.Command{Move: ticket.Extend, Reason: l.reason(ticket.Extend), Days: 1 + l.rand.IntN(3)})
	case t.Kind == channel.Disclosure && l.once("consult", 0.25):
		l.after(ctx, soon, l.handler(), desk.Command{Move: ticket.ConsultThird, Reason: l.reason(ticket.ConsultThird)})
	case l.once("involve", 0.03):
		if co := l.helper(t.Lead); co != nil {
			l.after(ctx, soon, l.handler(), desk.Command{Move: ticket.Involve, Co: co})
		}
	case l.once("urge", 0.03):
		l.after(ctx, soon, l.force(), desk.Command{Move: ticket.Urge, Note: pick(l.rand, l.made.Urges)})
	case l.once("supervise", 0.03):
		l.after(ctx, soon, l.above(), desk.Command{Move: ticket.Supervise, Note: pick(l.rand, l.made.Supervisions)})
	case l.merges() && l.once("merge", 0.08):
		l.again(ctx)
	default:
		return false
	}
	return true
}

// again is a second letter about the matter, answered together with this one.
func (l *life) again(ctx context.Context) {
	if !l.rest(ctx, l.between(1, 20)) {
		return
	}
	r, err := l.open(ctx, l.made.letter(l.rand, l.ticket().Kind, l.about, l.next))
	if l.fail(err); l.over {
		return
	}
	second := *l
	second.number, second.code = r.Number, r.QueryCode
	if l.work(ctx, l.between(0.5, 6)) {
		second.do(ctx, l.force(), desk.Command{Move: ticket.Merge, Into: l.number})
	}
	l.fail(second.err)
}

// answer is the reply, in time or not.
func (l *life) answer(ctx context.Context) {
	due := l.ticket().DueAt
	planned := l.began.Add(time.Duration(l.pace * float64(due.Sub(l.began))))
	if !l.work(ctx, max(planned.Sub(l.now), l.between(0.5, 3))) {
		return
	}
	if l.now.After(due) && l.once("circular", 0.4) {
		l.do(ctx, l.above(), desk.Command{Move: ticket.Circular, Note: pick(l.rand, l.made.Circulars)})
	}
	l.write(ctx)
	if l.once("revise", 0.1) && l.work(ctx, l.between(0.5, 3)) {
		l.write(ctx)
	}
	l.do(ctx, l.handler(), desk.Command{Move: ticket.Submit})
	delete(l.had, "approve")
}
