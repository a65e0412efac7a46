package search

import (
	"sync"
	"time"
)

const (
	tooMany   = 3                // failures in a row
	closedFor = 15 * time.Second // after them, before one question tries again
)

// gate decides which questions a remote engine gets.
type gate struct {
	mu      sync.Mutex
	trusted bool // the engine holds the library
	library int  // which one, counted
	failing int  // failures in a row
	closed  bool
	until   time.Time // while closed: when one may try
	trying  bool      // one is on its way
}

// renew says that the library is another one now, so that nobody trusts the
// engine before somebody looked again.
func (g *gate) renew() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.library++
	g.trusted = false
}

// looking returns which library is being looked for.
func (g *gate) looking() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.library
}

// trust says whether the engine was found to hold that library, and reports
// whether questions go to it now.
func (g *gate) trust(yes bool, library int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trusted = yes && library == g.library
	return g.trusted && !g.closed
}

// standing is how the engine stands with us now.
func (g *gate) standing() Standing {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case !g.trusted:
		return OutOfStep
	case g.closed:
		return Failing
	}
	return Asked
}

// enter reports whether a question may go to the engine. Each that may must be
// followed by succeeded, failed or abandoned.
func (g *gate) enter(at time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case !g.trusted:
		return false
	case !g.closed:
		return true
	case g.trying || at.Before(g.until):
		return false
	}
	g.trying = true
	return true
}

// open reports whether questions go to the engine, but for those that try.
func (g *gate) open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.trusted && !g.closed
}

// succeeded opens the gate and reports whether it was closed.
func (g *gate) succeeded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	was := g.closed
	g.failing, g.closed, g.trying = 0, false, false
	return was
}

// failed counts a failure and reports whether it closed the gate.
func (g *gate) failed(at time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failing++
	g.trying = false
	if g.failing < tooMany && !g.closed {
		return false
	}
	was := g.closed
	g.closed, g.until = true, at.Add(closedFor)
	return !was
}

// abandoned says that a question went away before there was an answer.
func (g *gate) abandoned() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trying = false
}
