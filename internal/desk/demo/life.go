package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// life is what becomes of one letter.
type life struct {
	*world

	number, code string
	kind         channel.Kind
	about        *matter
	unit         string // the rules lead it to
	hand         int    // which of the unit's handlers takes it
	pace         float64
	began        time.Time // the round
	had          map[string]bool
	over         bool
	err          error
}

// live opens a letter at a time and lets everything happen to it that happens
// before the world ends.
func (w *world) live(ctx context.Context, at time.Time) error {
	k, about := w.made.matter(w.rand)
	w.now, w.last = at, 0
	r, err := w.open(ctx, w.made.letter(w.rand, k, about, w.next))
	if err != nil {
		return err
	}
	l := &life{world: w, number: r.Number, code: r.QueryCode, kind: k, about: about, hand: 1 + w.rand.IntN(3)}
	l.unit = l.ticket().Lead
	l.round()
	for !l.over {
		switch l.ticket().Status {
		case ticket.Received, ticket.Accepted:
			l.screen(ctx)
		case ticket.Supplement:
			l.supply(ctx)
		case ticket.Dispatched:
			l.sign(ctx)
		case ticket.Handling:
			l.handle(ctx)
		case ticket.Reviewing:
			l.review(ctx)
		case ticket.Answered:
			l.rate(ctx)
		case ticket.Closed, ticket.Declined, ticket.Merged, ticket.Withdrawn, ticket.Transferred:
			l.over = true
		}
	}
	return l.err
}

// round draws how quick the unit is: most are in time.
func (l *life) round() {
	l.began, l.had = l.now, map[string]bool{}
	l.pace = 0.15 + 0.65*l.rand.Float64()
	if l.chance(0.07) {
		l.pace = 1.05 + l.rand.ExpFloat64()
	}
}

func (l *life) ticket() *ticket.Ticket {
	f, _ := l.shelf.find(func(f *file) bool { return f.ticket.Number == l.number }) // it was opened above
	return &f.ticket
}

func (l *life) chance(p float64) bool { return l.rand.Float64() < p }

// once is whether something happens that happens at most once a round.
func (l *life) once(what string, p float64) bool {
	if l.had[what] {
		return false
	}
	l.had[what] = true
	return l.chance(p)
}

// work lets time pass until somebody at work gets to the ticket, rest until
// its citizen does. They report whether it still waits for that.
func (l *life) work(ctx context.Context, d time.Duration) bool {
	at, err := l.working(l.now.Add(d))
	l.fail(err)
	return l.reaches(ctx, at)
}

func (l *life) rest(ctx context.Context, d time.Duration) bool { return l.reaches(ctx, l.now.Add(d)) }

func (l *life) reaches(ctx context.Context, at time.Time) bool {
	if l.over = l.over || at.After(l.until); l.over {
		return false
	}
	was := l.ticket().Status
	l.fail(l.reach(ctx, at))
	return !l.over && l.ticket().Status == was
}

// do makes a move. One the desk refuses is a refused attempt, after which
// nobody tries again.
func (l *life) do(ctx context.Context, a desk.Actor, c desk.Command) {
	if l.over {
		return
	}
	c.Version = l.ticket().Version
	_, err := l.Move(ctx, a, l.number, c)
	l.fail(err)
}

func (l *life) fail(err error) {
	if err == nil {
		return
	}
	l.over = true
	if kind := problem.KindOf(err); kind == problem.Conflict || kind == problem.Denied || kind == problem.Invalid {
		l.refused++
		return
	}
	l.err = err
}

func (l *life) handler() desk.Actor { return l.somebody(l.ticket().Lead, "handler", l.hand) }

// above is who watches over units: a leader, or of a report the task force.
func (l *life) above() desk.Actor {
	if l.ticket().Restricted() {
		return l.force()
	}
	return l.somebody(l.Tree.Root().ID, "leader", 1)
}

// screen is what the task force does with it.
func (l *life) screen(ctx context.Context) {
	d := l.between(0.3, 9)
	if l.once("slow", 0.05) {
		d = l.between(30, 80)
	}
	if !l.work(ctx, d) {
		return
	}
	t, force := l.ticket(), l.force()
	if t.Round > 1 || t.Returns > 0 {
		l.dispatch(ctx)
		return
	}
	switch {
	case !t.Restricted() && l.once("withdraw", 0.02):
		_, err := l.Withdraw(ctx, l.number, l.code, pick(l.rand, l.made.Withdrawals))
		l.fail(err)
	case l.once("decline", 0.03):
		l.do(ctx, force, desk.Command{Move: ticket.Decline, Reason: l.reason(ticket.Decline), Text: pick(l.rand, l.made.Declines)})
	case l.once("transfer", 0.02):
		l.do(ctx, force, desk.Command{Move: ticket.TransferTo, Reason: l.reason(ticket.TransferTo), Text: pick(l.rand, l.made.Transfers)})
	case t.Kind == channel.Help && l.once("reclassify", 0.04):
		l.do(ctx, force, desk.Command{Move: ticket.Reclassify, Reason: "wrong_kind", Text: pick(l.rand, l.made.Reclassifies), Kind: channel.Consult})
	case l.once("ask", 0.06):
		l.do(ctx, force, desk.Command{Move: ticket.Ask, Text: pick(l.rand, l.made.Asks)})
	case t.Status == ticket.Received && l.once("accept", 0.3):
		l.do(ctx, force, desk.Command{Move: ticket.Accept})
	default:
		l.dispatch(ctx)
	}
}

// supply is the citizen completing the letter, or not.
func (l *life) supply(ctx context.Context) {
	if !l.once("supply", 0.75) {
		l.rest(ctx, l.between(24, 48))
		return
	}
	if l.rest(ctx, l.between(5, 120)) {
		_, err := l.Supply(ctx, l.number, l.code, desk.Supplied{Text: pick(l.rand, l.made.Supplies)})
		l.fail(err)
	}
}

// dispatch gives it to the unit the rules lead to, or to a station below; what
// came back, to somebody else.
func (l *life) dispatch(ctx context.Context) {
	c := desk.Command{Move: ticket.Dispatch, Unit: l.lead(l.ticket().Returns > 0)}
	if l.once("co", 0.08) {
		c.Co = l.helper(c.Unit)
	}
	l.do(ctx, l.force(), c)
}

func (l *life) lead(other bool) string {
	units := []string{l.unit, "office-open", "inspection", l.Tree.Root().ID}
	if other {
		units = append(units[1:3:3], units[0], units[3])
	}
	t := l.ticket()
	for _, id := range units {
		u, _ := l.Tree.ByID(id)
		if id == assignment.TaskForce || t.Avoids(u.Path) {
			continue
		}
		if below := l.Tree.Below(id); u.Level == assignment.Branch && len(below) > 1 && l.chance(0.6) {
			return pick(l.rand, below[1:]).ID
		}
		return id
	}
	return l.Tree.Root().ID
}

// helper is a unit asked for its opinion, or nobody.
func (l *life) helper(lead string) []string {
	u := pick(l.rand, l.Tree.Units())
	if t := l.ticket(); u.Level != assignment.Detachment || u.ID == lead || t.Handles(u.ID) || t.Avoids(u.Path) {
		return nil
	}
	return []string{u.ID}
}

// sign is the unit taking it, or giving it back.
func (l *life) sign(ctx context.Context) {
	d := l.between(0.5, 7)
	if l.once("late sign", 0.05) {
		d = l.between(20, 60)
	}
	if !l.work(ctx, d) {
		return
	}
	t := l.ticket()
	switch {
	case t.Returns == 0 && l.once("return", 0.04):
		l.do(ctx, l.handler(), desk.Command{Move: ticket.Return, Reason: l.reason(ticket.Return), Note: pick(l.rand, l.made.Notes)})
	case l.once("reassign", 0.015):
		if to := l.lead(true); to != t.Lead {
			l.do(ctx, l.force(), desk.Command{Move: ticket.Reassign, Unit: to, Reason: "wrong_unit"})
		}
	default:
		l.do(ctx, l.handler(), desk.Command{Move: ticket.Sign})
	}
}

// review is the way of a reply out of the house.
func (l *life) review(ctx context.Context) {
	d := l.between(0.5, 7)
	if l.once("slow review", 0.06) {
		d = l.between(24, 60)
	}
	if !l.work(ctx, d) {
		return
	}
	head := l.head(l.ticket().Lead)
	if l.once("send back", 0.08) {
		l.do(ctx, head, desk.Command{Move: ticket.SendBack, Gate: review.Legal, Reason: "no_basis", Note: "请写明依据。"})
		l.pace += 0.1
		return
	}
	if l.once("approve", 1) {
		last := l.somebody(assignment.TaskForce, "taskforce", 1)
		last.Reports = true
		for _, reader := range []desk.Actor{head, last} {
			l.do(ctx, reader, desk.Command{Move: ticket.Approve, Gates: review.Gates()})
		}
		return
	}
	l.do(ctx, l.force(), desk.Command{Move: ticket.Release})
}

// rate is what its citizen thinks of the reply; some letters are taken up again.
func (l *life) rate(ctx context.Context) {
	t := l.ticket()
	switch {
	case t.Rating > 0 && t.Rating <= 2 && t.Round < ticket.MaxRounds && l.once("redo", 0.5):
		if l.work(ctx, l.between(4, 40)) {
			l.do(ctx, l.force(), desk.Command{Move: ticket.Redo, Reason: l.reason(ticket.Redo)})
			l.round()
		}
	case t.Rating == 0 && !l.kind.Profile().Staff && l.once("rate", 0.45):
		if l.rest(ctx, l.between(2, 280)) {
			score := pick(l.rand, []int{5, 5, 5, 5, 5, 5, 4, 4, 4, 3, 2, 1, 1})
			_, err := l.RateLetter(ctx, l.number, l.code, desk.LetterRating{Score: score, Solved: score > 2, Comment: pick(l.rand, l.made.Ratings)})
			l.fail(err)
		}
	case l.once("close", 0.1):
		if l.work(ctx, l.between(48, 120)) {
			l.do(ctx, l.force(), desk.Command{Move: ticket.Close})
		}
	default:
		l.rest(ctx, l.between(24, 48))
	}
}

// write drafts a reply; half of them with the first outcome of the kind.
func (l *life) write(ctx context.Context) {
	outcomes := ticket.Outcomes(l.ticket().Kind)
	o := outcomes[0]
	if l.chance(0.5) {
		o = pick(l.rand, outcomes)
	}
	l.do(ctx, l.handler(), desk.Command{Move: ticket.Draft, Text: strings.TrimSpace(l.made.reply(l.rand, l.ticket().Kind, o)), Outcome: o})
}

// merges reports whether letters of a kind are answered together here.
func (l *life) merges() bool {
	return l.next < l.end && len(l.about.Names) == 0 && !slices.Contains([]channel.Kind{channel.Complaint, channel.Report, channel.Disclosure}, l.ticket().Kind)
}
