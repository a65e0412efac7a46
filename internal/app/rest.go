package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	restEvery = 2 * time.Second
	restCalm  = 2 << 20  // bytes made between two looks of a desk that rests
	restOwed  = 16 << 20 // bytes made since memory was given back that make it worth doing again
)

// rest gives memory back that a desk at rest does not need: what its start took, or a
// busy hour. By itself Go keeps twice of what lives until it is asked for more.
type rest struct {
	made func() uint64 // bytes ever made
	give func()        // memory back; takes some hundredths of a second beside other work

	seen, given uint64 // bytes ever made, at the last look and when memory was given back
}

func newRest() *rest { return &rest{made: bytesMade, give: debug.FreeOSMemory} }

// look gives memory back where little was made since the last look, and much since
// memory was given back.
func (r *rest) look(context.Context) error {
	made := r.made()
	if made-r.seen < restCalm && made-r.given > restOwed {
		r.give()
		r.given = made
	}
	r.seen = made
	return nil
}

func bytesMade() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
