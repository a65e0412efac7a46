package live

import "sync"

// chore is something the writer of a connection has to do; several can wait at once.
type chore uint16

// The chores of writers.
const (
	beginning chore = 1 << iota // what the hello asks for
	replying                    // frames are queued
	listening                   // there may be news
	pinging                     // it is time for a ping
	boarding                    // staff: the board may have changed
	attending                   // staff: somebody else may have the same ticket on the screen
	checking                    // staff: they may have been signed out
	finishing                   // the connection is to end
)

// chores are what a writer has to do. The writer is a goroutine only while there is
// something: an idle connection costs one stack and not two.
type chores struct {
	mu   sync.Mutex
	todo chore
	held bool // a writer is at work, or none may be: not yet, or never again
}

// add notes a chore, and reports whether a writer has to begin.
func (c *chores) add(what chore) (begin bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.todo |= what
	begin = !c.held && c.todo != 0
	c.held = c.held || begin
	return begin
}

// take is what there is to do now. After nothing the writer is gone.
func (c *chores) take() chore {
	c.mu.Lock()
	defer c.mu.Unlock()
	todo := c.todo
	c.todo = 0
	c.held = todo != 0
	return todo
}

// release lets writers begin.
func (c *chores) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = false
}
