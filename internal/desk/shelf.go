package desk

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"jiesu/internal/desk/knowledge"
)

// LibraryEvery is how often a process looks for what others have published or
// withdrawn.
const LibraryEvery = 2 * time.Second

// ShelfReader reads what changed the library since its files.
type ShelfReader interface {
	// LibraryActs returns the acts behind a number, in order.
	LibraryActs(ctx context.Context, after int64) ([]knowledge.Act, error)
	// Gated returns what the golden set said of a version of a text, newest first.
	Gated(ctx context.Context, reviewID, hash string) ([]Gate, error)
	// Given returns at most limit answers in chats that pinned a version of an entry,
	// newest first, and how many there are.
	Given(ctx context.Context, entry string, version, limit int) ([]GivenAnswer, int, error)
	// QuotingReplies returns at most limit tickets whose released reply quotes a version
	// of an entry, the latest first.
	QuotingReplies(ctx context.Context, entry string, version, limit int) ([]QuotingReply, error)
}

// ShelfWriter adds to it.
type ShelfWriter interface {
	// InsertLibraryAct gives the act the next number and stores it. Others who want
	// to add one wait until the end of the transaction.
	InsertLibraryAct(ctx context.Context, a knowledge.Act) (knowledge.Act, error)
	// InsertGate keeps what the golden set said; what is known is skipped silently.
	InsertGate(ctx context.Context, g Gate) error
}

// books are the library this process answers from.
type books struct {
	library  atomic.Pointer[knowledge.Library]
	shelf    atomic.Pointer[knowledge.Shelf]
	changing sync.Mutex
	read     bool      // under changing: the acts were read
	next     time.Time // under changing: when the edition is over by itself; zero: never
	renewed  func(*knowledge.Library)
}

// Library is the library in use: its files, and what was published, stopped and
// repealed since. It may be another one at the next call.
func (d *Desk) Library() *knowledge.Library { return d.books.library.Load() }

// RenewWith tells the desk whom to tell of another library. Call it before serving.
func (d *Desk) RenewWith(renewed func(*knowledge.Library)) { d.books.renewed = renewed }

// beside is lib among those who answer for other things.
func (d *Desk) beside(lib *knowledge.Library) *knowledge.Library {
	return lib.Beside(func(text string) string { _, word := d.topics.Find(text); return word })
}

// ReloadLibrary takes what was published, withdrawn or repealed since into use.
// What was stopped stops answering before anything else is done.
func (d *Desk) ReloadLibrary(ctx context.Context) error {
	d.books.changing.Lock()
	defer d.books.changing.Unlock()
	shelf, at := d.books.shelf.Load(), d.at()
	acts, err := d.Store.LibraryActs(ctx, shelf.Seq())
	if err != nil {
		return err
	}
	if len(acts) == 0 && d.books.read && (d.books.next.IsZero() || at.Before(d.books.next)) {
		return nil
	}
	shelf = shelf.With(acts...)
	e, old := shelf.At(at), d.Library()
	lib, same := old.Again(e)
	if !same {
		d.books.library.Store(old.Stopping(e))
		if lib, err = d.analysed(e); err != nil {
			return err
		}
	}
	d.books.library.Store(lib)
	if !same { // the library first: what the index finds and the library does not have answers nothing
		if d.Index != nil {
			if err := d.Index.Replace(ctx, lib.Entries()); err != nil {
				return err
			}
		}
		if d.books.renewed != nil {
			d.books.renewed(lib)
		}
	}
	d.books.shelf.Store(shelf)
	d.books.read, d.books.next = true, e.Next
	if same {
		return nil
	}
	return d.LearnPopularity(ctx)
}

// analysed is an edition made ready to be compared with questions.
func (d *Desk) analysed(e knowledge.Edition) (*knowledge.Library, error) {
	lib, err := knowledge.NewLibrary(e.Entries, e.Documents)
	if err != nil {
		return nil, err
	}
	return d.beside(lib.With(d.Library().Model())), nil
}
