package desk

import (
	"context"
	"hash/maphash"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/webhooks/mailbox"
)

// Waker is told what happened in conversations, after it is stored.
type Waker interface {
	// Wake tells that a conversation has new messages. It may lose calls: the
	// database is the truth, and clients see its head in every ping.
	Wake(conversationID string)
	// Decided tells what a question ended in.
	Decided(decision knowledge.Kind)
}

// Parts is what a Desk is made of; every field is needed but the last three.
type Parts struct {
	Store     Store
	Library   *knowledge.Library     // as its files have it; [Desk.Library] is the one in use
	Index     knowledge.Index        // of the Matcher, filled anew with every library; nil: nobody asks
	Scratch   func() knowledge.Index // an empty one, for trying out a library
	Golden    knowledge.Golden       // what a library is measured by before it is released; empty: nothing
	Rules     knowledge.ReleaseRules
	Matcher   *knowledge.Matcher
	Lines     []conversation.Line
	Topics    []conversation.Topic
	Hotlines  []channel.Hotline
	Router    *assignment.Router
	Tree      *assignment.Tree
	Calendar  *deadline.Calendar // as shipped; [Desk.Calendar] is the one in use
	Profile   *deadline.Profile
	Chains    *review.Rules     // who reads a text before it reaches anybody
	Signs     *signal.Watchlist // what is taken for a weak signal; nil: nothing is
	Gaps      *gap.Rules        // when questions become a task; nil: none are kept
	Platforms []Platform        // 12345 platforms whose orders are handled
	FetchFile FetchFile         // from such a platform; nil: nothing is fetched
	CodeKey   []byte            // keys the hashes of query codes
	Random    io.Reader         // cryptographic
	Now       func() time.Time
	Log       *slog.Logger

	// Rights is what roles allow in the unit at path: moves, scope, and what of
	// texts for the public. Deputies act with the rights of whom they stand in for;
	// nil: nobody stands in.
	Rights func(roles []string, path string) Actor

	Mailboxes []mailbox.Source // that others run and letters come from
	// Reach says why the house may not send to an address; nil: it may send nowhere.
	Reach func(ctx context.Context, url string) error

	// AutoDispatch is the probability from which the desk dispatches a letter
	// without a person, where the rules allow it; 0: never.
	AutoDispatch float64

	// WeChat are the accounts people write to, by their names with us; none: nobody
	// does.
	WeChat     map[string]WeChatAccount
	FetchMedia FetchMedia // from WeChat

	Chat ChatRules // how people answer in chats

	Scan ScanFile // of uploads; nil: nobody looks

	Keeping *retention.Rules // how long everything is kept

	// NewID makes the ids of letters, tickets and what belongs to them; they grow
	// with time. nil: UUIDs of version 7.
	NewID func() string
}

// Desk runs the use cases. It is safe for concurrent use.
type Desk struct {
	Parts
	lines  map[string]conversation.Line
	topics *conversation.Topics
	waker  Waker
	past   past
	surges surges
	sorter sorter
	tally  tally
	inUse  inUse
	books  books
	memo   memo
	fresh  fresh
	people atomic.Pointer[assignment.Directory] // as last learnt
	board  atomic.Pointer[board]

	registry  atomic.Pointer[channel.Directory] // of hotlines, as last learnt
	endpoints atomic.Pointer[[]Endpoint]        // as last learnt

	counted figureBoard

	assistance Assistance
	reach      Reach
}

// New returns a desk made of parts.
func New(p Parts) *Desk {
	d := &Desk{Parts: p, lines: make(map[string]conversation.Line, len(p.Lines)), topics: conversation.NewTopics(p.Topics), waker: deaf{}}
	if p.Library != nil {
		d.books.shelf.Store(knowledge.NewShelf(p.Library.Entries(), p.Library.Documents(), p.Rules.Due))
		d.books.library.Store(d.beside(p.Library))
	}
	d.fresh.seed = maphash.MakeSeed()
	if d.NewID == nil {
		d.NewID = newID
	}
	d.inUse.calendar.Store(p.Calendar)
	d.registry.Store(channel.NewDirectory(p.Hotlines, nil))
	for _, l := range p.Lines {
		d.lines[l.ID] = l
	}
	return d
}

// WakeWith tells the desk whom to wake after a commit. Call it before serving.
func (d *Desk) WakeWith(w Waker) { d.waker = w }

// Ready reports whether the desk can answer and store.
func (d *Desk) Ready(ctx context.Context) error {
	_, err := d.Store.Units(ctx)
	return err
}

// at is now as the store keeps it.
func (d *Desk) at() time.Time { return d.Now().UTC().Truncate(time.Microsecond) }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

type deaf struct{}

func (deaf) Wake(string) {}

func (deaf) Decided(knowledge.Kind) {}
