package job

import (
	"sync/atomic"
	"time"
)

// beat tells that a loop is alive. Its times are those of the loop's own steps,
// counted by whoever watches: a wall clock that jumps changes nothing.
type beat struct {
	moves  atomic.Int64 // steps of the work done so far
	rounds atomic.Int64 // times nothing was left to do
}

func (b *beat) moved()   { b.moves.Add(1) }
func (b *beat) rounded() { b.rounds.Add(1) }

// pulse follows a beat.
type pulse struct {
	moves, rounds    int64
	movedAt, roundAt time.Duration
}

// feel notes how the beat stands after so much time.
func (p *pulse) feel(b *beat, at time.Duration) {
	if n := b.moves.Load(); n != p.moves {
		p.moves, p.movedAt = n, at
	}
	if n := b.rounds.Load(); n != p.rounds {
		p.rounds, p.roundAt = n, at
	}
}
