package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/gap"
	"jiesu/internal/problem"
)

// GapMove is what somebody does with a gap (the wire values of POST …/moves).
type GapMove string

// The moves of a gap.
const (
	AssignGap  GapMove = "assign"  // to another unit
	DeclineGap GapMove = "decline" // nothing will be written
	MergeGap   GapMove = "merge"   // it is the same as another one
	DraftGap   GapMove = "draft"   // write what answers it; a route of its own
)

// GapCommand asks for a move.
type GapCommand struct {
	Move    GapMove
	Version int64  // the version the actor saw
	Unit    string // assign
	Reason  string // decline: a code
	Words   string // decline
	Into    string // merge: id of the other gap
}

// gapMoves are the moves a may make with g now.
func (a *Actor) gapMoves(g *gap.Gap) []GapMove {
	var moves []GapMove
	if a.keepsGaps() {
		if g.State == gap.Open {
			moves = append(moves, AssignGap)
		}
		if g.State == gap.Open || g.State == gap.Watched {
			moves = append(moves, DeclineGap)
		}
		if g.State != gap.Drafted && g.State != gap.Merged {
			moves = append(moves, MergeGap)
		}
	}
	if g.State == gap.Open && a.writesFor(g) {
		moves = append(moves, DraftGap)
	}
	return moves
}

// MoveGap lets a do something with a gap. A refusal changes nothing and is
// audited.
func (d *Desk) MoveGap(ctx context.Context, a Actor, id string, c GapCommand) (GapView, error) {
	a = d.deputed(a)
	err := d.changeGap(ctx, a, id, c.Version, string(c.Move), func(ctx context.Context, tx Tx, g *gap.Gap) error {
		if !a.keepsGaps() {
			return gapDenied()
		}
		switch c.Move {
		case AssignGap:
			return d.assignGap(ctx, tx, a, g, c.Unit)
		case DeclineGap:
			was := g.Version
			if err := g.Decline(d.Gaps, c.Reason, c.Words, a.ID); err != nil {
				return err
			}
			return d.keepGap(ctx, tx, a, "decline", g, was, map[string]string{"reason": c.Reason})
		case MergeGap:
			return d.mergeGap(ctx, tx, a, g, c.Into)
		case DraftGap:
		}
		return problem.New(problem.Invalid, "gap.move", "不能这样处理。")
	})
	if err != nil {
		return GapView{}, err
	}
	return d.Gap(ctx, a, id)
}

// changeGap loads a gap a may see and lets fn change it. It refuses who saw an
// older version, and audits every refusal.
func (d *Desk) changeGap(ctx context.Context, a Actor, id string, version int64, move string, fn func(context.Context, Tx, *gap.Gap) error) error {
	known := false
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.NextPlace(ctx); err != nil { // nothing is gathered meanwhile
			return err
		}
		g, err := tx.Gap(ctx, id)
		if err != nil {
			return err
		}
		known = true
		switch {
		case !a.seesGap(&g):
			return noGap()
		case g.Version != version:
			return problem.New(problem.Conflict, "gap.stale", "这个问题刚刚有了变化，请刷新后再试。")
		}
		return fn(ctx, tx, &g)
	})
	if err == nil || !known {
		return err
	}
	if lost := d.recordRefusal(ctx, a, gapRefused, "gap/"+id, map[string]string{"move": move}, err); lost != nil {
		return lost
	}
	return err
}

func gapDenied() error {
	return problem.New(problem.Denied, "gap.denied", "您的岗位不能进行这项操作。")
}

// keepGap stores what was decided, with its audit entry.
func (d *Desk) keepGap(ctx context.Context, tx Tx, a Actor, action string, g *gap.Gap, was int64, detail map[string]string) error {
	if err := tx.UpdateGap(ctx, *g, was); err != nil {
		return err
	}
	return d.recordGap(ctx, tx, a.ID, action, g, detail)
}

func (d *Desk) assignGap(ctx context.Context, tx Tx, a Actor, g *gap.Gap, unit string) error {
	path, from, was := d.Tree.Path(unit), g.Unit, g.Version
	if path == "" {
		return problem.New(problem.Invalid, "gap.invalid", "没有这个单位。").With(problem.Field{Pointer: "/unit", Code: "unknown", Message: "没有这个单位。"})
	}
	if err := g.Assign(unit, path); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, gapNotices(g, "gap.open", d.at(), hearer{unit, toHandler}, hearer{unit, toHead})...); err != nil {
		return err
	}
	return d.keepGap(ctx, tx, a, "assign", g, was, map[string]string{"from": from})
}

// mergeGap gives the questions of g to another gap, and its task where that has
// none.
func (d *Desk) mergeGap(ctx context.Context, tx Tx, a Actor, g *gap.Gap, into string) error {
	other, err := tx.Gap(ctx, into)
	if err != nil {
		return notFoundAs(err, problem.New(problem.Invalid, "gap.invalid", "没有要并入的问题。").
			With(problem.Field{Pointer: "/into", Code: "unknown", Message: "没有要并入的问题。"}))
	}
	was, otherWas := g.Version, other.Version
	if err := g.Merge(&other, a.ID); err != nil {
		return err
	}
	if err := d.keepGap(ctx, tx, a, "merge", g, was, map[string]string{"into": into}); err != nil {
		return err
	}
	if other.Version != otherWas { // it takes over the task, which goes on being awaited
		if err := d.keepGap(ctx, tx, a, "open", &other, otherWas, map[string]string{"from": g.ID}); err != nil {
			return err
		}
		late := taskAwaited{Gap: other.ID, Due: other.DueAt, Round: lateRound}.job(other.DueAt.Add(time.Microsecond), d.at())
		if err := tx.Enqueue(ctx, late); err != nil {
			return err
		}
	}
	if err := tx.MoveAsked(ctx, g.ID, into); err != nil {
		return err
	}
	return d.ripen(ctx, tx, into, d.at())
}
