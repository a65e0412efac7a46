package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

const (
	mostGaps     = 50   // of one list
	mostAsked    = 1000 // questions of a gap that are read for one view
	listedAsked  = 20   // and for a line of a list
	mostWordings = 10
)

// GapView is a gap as staff see it.
type GapView struct {
	gap.Gap

	At       time.Time
	Owner    string         // shown name of the unit
	Wordings []string       // how people put it, masked, the newest first
	Channels map[string]int // how often by which way, of the newest questions
	Disliked int            // of them: the library's answer was rated badly
	Tickets  []string       // numbers of letters that ask it
	Replied  []string       // of them: whose reply may have left the house
	Hidden   int            // letters the reader may not see
	Moves    []GapMove      // what the reader may do now
	History  []GapAct       // oldest first; a list leaves it out
}

// keepsGaps reports whether a looks after what people ask, in every unit.
func (a *Actor) keepsGaps() bool {
	return a.any(func(a *Actor) bool { return a.Drafts == "*" })
}

// seesGap reports whether a may see g: who looks after answers sees them all, a
// unit its tasks.
func (a *Actor) seesGap(g *gap.Gap) bool {
	return a.Edits || a.Scope == "*" || a.keepsGaps() || a.writesFor(g)
}

// gapScope is the path below which a sees gaps, and whether a sees any at all.
func (a *Actor) gapScope() (string, bool) {
	if a.Edits || a.Scope == "*" || a.keepsGaps() {
		return "", true
	}
	return a.Drafts, a.Drafts != ""
}

// writesFor reports whether a may write what g asks for.
func (a *Actor) writesFor(g *gap.Gap) bool {
	return g.Unit != "" && a.any(func(a *Actor) bool { return a.drafts(g.UnitPath) })
}

func noGap() *problem.Error {
	return problem.New(problem.NotFound, "gap.not_found", "没有这个问题，或不在您的权限范围内。")
}

// GapList lists gaps in a state, those first most people asked about.
func (d *Desk) GapList(ctx context.Context, a Actor, f GapFilter) ([]GapView, error) {
	a = d.deputed(a)
	var ok bool
	if f.Scope, ok = a.gapScope(); !ok {
		return nil, problem.New(problem.Denied, "gap.denied", "您的岗位不能查看群众反复询问的问题。")
	}
	if !slices.Contains(gap.States(), f.State) {
		return nil, problem.New(problem.Invalid, "gap.invalid", "不认识这种状态。").With(problem.Field{Pointer: "state", Code: "unknown", Message: "不认识这种状态。"})
	}
	f.Limit, f.After = min(max(1, f.Limit), mostGaps), max(0, f.After)
	gaps, err := d.Store.Gaps(ctx, f)
	if err != nil {
		return nil, err
	}
	views := make([]GapView, 0, len(gaps))
	for i := range gaps {
		if !a.seesGap(&gaps[i]) { // watched: nobody's task yet
			continue
		}
		v, err := d.gapView(ctx, &a, gaps[i], listedAsked)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// Gap is one gap with the questions in it.
func (d *Desk) Gap(ctx context.Context, a Actor, id string) (GapView, error) {
	a = d.deputed(a)
	g, err := d.Store.Gap(ctx, id)
	if err != nil {
		return GapView{}, err
	}
	if !a.seesGap(&g) {
		return GapView{}, noGap()
	}
	v, err := d.gapView(ctx, &a, g, mostAsked)
	if err != nil {
		return v, err
	}
	v.History, err = d.gapHistory(ctx, g.ID)
	return v, err
}

// gapView adds what a may know of the questions. The words of a letter are for
// whoever may see the letter; of the others it is only told how many there are.
func (d *Desk) gapView(ctx context.Context, a *Actor, g gap.Gap, limit int) (GapView, error) {
	u, _ := d.Tree.ByID(g.Unit)
	v := GapView{Gap: g, At: d.at(), Owner: u.Name, Channels: map[string]int{}, Moves: a.gapMoves(&g)}
	questions, err := d.Store.AskedIn(ctx, g.ID, limit)
	if err != nil {
		return v, err
	}
	var ids []string
	for i := range questions {
		if id := questions[i].Ticket; id != "" {
			ids = append(ids, id)
		}
	}
	letters, err := d.pastByID(ctx, ids)
	if err != nil {
		return v, err
	}
	for i := range questions {
		q := &questions[i]
		v.Channels[q.Channel]++
		if q.Cause == CauseDisliked {
			v.Disliked++
		}
		if letter, known := letters[q.Ticket]; q.Ticket != "" && !v.addLetter(a, &letter.Ticket, known) {
			continue
		}
		if len(v.Wordings) < mostWordings && !slices.Contains(v.Wordings, q.Text) && !d.isAbout(a, q.Text) {
			v.Wordings = append(v.Wordings, q.Text)
		}
	}
	return v, nil
}

// addLetter notes a letter that asks for what v is about. It reports whether a may
// see the letter.
func (v *GapView) addLetter(a *Actor, t *ticket.Ticket, known bool) bool {
	if !known || !a.MaySee(t) {
		v.Hidden++
		return false
	}
	v.Tickets = append(v.Tickets, t.Number)
	if replied(t.Status) {
		v.Replied = append(v.Replied, t.Number)
	}
	return true
}
