package search

// Standing is how a remote engine stands with a process.
type Standing string

// What a remote engine may be.
const (
	None      Standing = "none"        // the embedded index is alone
	Asked     Standing = "asked"       // it gets the questions
	Failing   Standing = "failing"     // it failed too often, one question tries from time to time
	OutOfStep Standing = "out_of_step" // it was not seen to hold the library
)

// Standings lists what a remote engine that there is may be.
func Standings() []Standing { return []Standing{Asked, Failing, OutOfStep} }

// Standing is how the remote engine stands now.
func (g *Guarded) Standing() Standing {
	if g.o.Remote == nil {
		return None
	}
	return g.gate.standing()
}

// Repairs counts what was done to bring the remote engine into step: indexes
// built anew, and indexes changed in place.
func (g *Guarded) Repairs() (rebuilt, amended int64) { return g.rebuilt.Load(), g.amended.Load() }

// repaired counts a repair.
func (g *Guarded) repaired(did Synced) {
	if did.Rebuilt {
		g.rebuilt.Add(1)
	} else {
		g.amended.Add(1)
	}
}
