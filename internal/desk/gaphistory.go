package desk

import (
	"context"
	"strings"
	"time"
)

// gapRefused is what the trail calls a move that was refused.
const gapRefused = "gap.refused"

// GapAct is one thing that became of a gap.
type GapAct struct {
	At     time.Time
	Action string // open, assign, decline, merge, draft, answer or reopen
	By     string // shown name; empty: by the rules
	Unit   string // shown name of whose task it was from then on
	Reason string // decline: a code
}

// gapHistory reads in the trail what became of a gap. Who was refused what is for
// those who read the trail.
func (d *Desk) gapHistory(ctx context.Context, id string) ([]GapAct, error) {
	trail, err := d.Store.Trail(ctx, "gap/"+id)
	if err != nil {
		return nil, err
	}
	var acts []GapAct
	for i := range trail {
		e := &trail[i]
		if e.Action == gapRefused {
			continue
		}
		u, _ := d.Tree.ByID(e.Detail["unit"])
		act := GapAct{At: e.At, Action: strings.TrimPrefix(e.Action, "gap."), Unit: u.Name, Reason: e.Detail["reason"], By: d.nameOf(e.Actor)}
		acts = append(acts, act)
	}
	return acts, nil
}
