package app

import "testing"

// TestMemoryIsGivenBackAtRest: after the start and after a storm, not during it, and not
// again while nothing happens.
func TestMemoryIsGivenBackAtRest(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	var made uint64
	given := 0
	r := &rest{made: func() uint64 { return made }, give: func() { given++ }}
	for i, step := range []struct {
		made uint64
		want int
	}{
		{90 * mib, 0}, // the start
		{mib, 1},
		{mib, 1},
		{mib, 1}, // resting
		{40 * mib, 1},
		{40 * mib, 1}, // a storm
		{mib, 2},
		{3 * mib, 2},
		{mib, 2}, // too little to be worth it
	} {
		made += step.made
		if err := r.look(t.Context()); err != nil || given != step.want {
			t.Errorf("step %d: given back %d times, want %d (%v)", i, given, step.want, err)
		}
	}
}

// TestWhatWasMadeIsCounted: the runtime still has the figure that is asked for.
func TestWhatWasMadeIsCounted(t *testing.T) {
	t.Parallel()
	before := bytesMade()
	kept := make([]byte, 8<<20)
	if after := bytesMade(); before == 0 || after-before < uint64(len(kept)) {
		t.Errorf("%d bytes were made, then %d", before, after)
	}
}
