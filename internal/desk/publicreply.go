package desk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// Limits of a list of published replies.
const (
	maxReplies    = 50
	fewestLetters = 2 // of a query
	mostLetters   = 100
)

// PublicReply is the reply to a letter as everybody reads it. Nothing in it is
// personal.
type PublicReply struct {
	ID        string // of the text that was reviewed; a lasting address
	Ticket    string // id; the public never sees it
	Kind      channel.Kind
	Category  string // code; empty: none
	Unit      string // id
	Received  time.Time
	Answered  time.Time
	Published time.Time // this version
	Version   int       // of the text
	Redacted  bool      // something was hidden
	Title     string
	Asked     string // empty: its writer did not agree to have it published
	Text      string
}

// PublicReplyView is a published reply with the names of what its codes mean.
type PublicReplyView struct {
	PublicReply

	CategoryName string
	UnitName     string
}

// ReplyFilter chooses published replies, the newest first.
type ReplyFilter struct {
	Category string // empty: any
	Query    string // words that are in them, apart by blanks; empty: any
	After    string // Next of the page before
	Limit    int

	Before   time.Time // published before it, or then with a smaller BeforeID; zero: any. It is read from After
	BeforeID string
}

// next is where the page after p begins.
func (p *PublicReply) next() string {
	return strconv.FormatInt(p.Published.UnixMicro(), 10) + "." + p.ID
}

// check tidies f and reports what nobody can look for.
func (f *ReplyFilter) check() error {
	if f.Query = strings.TrimSpace(f.Query); f.Query != "" {
		if n := len([]rune(f.Query)); n < fewestLetters || n > mostLetters {
			const message = "请输入两个以上、一百个以内的字来搜索。"
			return problem.New(problem.Invalid, "replies.query", message).With(problem.Field{Pointer: "/text", Code: "length", Message: message})
		}
	}
	if f.After != "" {
		at, id, _ := strings.Cut(f.After, ".")
		n, err := strconv.ParseInt(at, 10, 64)
		if err != nil || id == "" {
			return problem.New(problem.Invalid, "replies.after", "翻页位置无效，请回到第一页。")
		}
		f.Before, f.BeforeID = time.UnixMicro(n).UTC(), id
	}
	if f.Limit <= 0 || f.Limit > maxReplies {
		f.Limit = maxReplies
	}
	return nil
}

// ReplyPage is a page of published replies.
type ReplyPage struct {
	Replies []PublicReplyView
	Next    string // where the next page begins; empty: no more
}

// ReplyCategory says how many replies of a category are published.
type ReplyCategory struct {
	Code string
	Name string
	N    int
}

// PublicReplyReader reads what was published of replies, and who decided that.
type PublicReplyReader interface {
	DisclosureReader
	// PublicReply is NotFound where it was withdrawn.
	PublicReply(ctx context.Context, id string) (PublicReply, error)
	// PublicReplyTo finds what was published of the reply to a ticket.
	PublicReplyTo(ctx context.Context, ticketID string) (PublicReply, error)
	PublicReplies(ctx context.Context, f ReplyFilter) ([]PublicReply, error)
	// ReplyCategories counts them, without names, by code.
	ReplyCategories(ctx context.Context) ([]ReplyCategory, error)
	// CountMessages counts letters of some kinds by when they came in.
	CountMessages(ctx context.Context, kinds []channel.Kind, from, until time.Time) (MessageCounts, error)
}

// PublicReplyWriter publishes replies and takes them back.
type PublicReplyWriter interface {
	DisclosureWriter
	SavePublicReply(ctx context.Context, p PublicReply) error // instead of an earlier version
	// RemovePublicReply reports whether there was one.
	RemovePublicReply(ctx context.Context, id string) (bool, error)
}

// PublicReplies lists replies that everybody may read.
func (d *Desk) PublicReplies(ctx context.Context, f ReplyFilter) (ReplyPage, error) {
	if err := f.check(); err != nil {
		return ReplyPage{}, err
	}
	asked := f
	asked.Limit++
	found, err := d.Store.PublicReplies(ctx, asked)
	if err != nil {
		return ReplyPage{}, err
	}
	var page ReplyPage
	if len(found) > f.Limit {
		found = found[:f.Limit]
		page.Next = found[f.Limit-1].next()
	}
	for i := range found {
		page.Replies = append(page.Replies, d.replyView(found[i]))
	}
	return page, nil
}

// PublicReply is one of them.
func (d *Desk) PublicReply(ctx context.Context, id string) (PublicReplyView, error) {
	p, err := d.Store.PublicReply(ctx, id)
	return d.replyView(p), err
}

// ReplyCategories are the categories replies were published of, those with most
// first.
func (d *Desk) ReplyCategories(ctx context.Context) ([]ReplyCategory, error) {
	found, err := d.Store.ReplyCategories(ctx)
	for i := range found {
		found[i].Name = d.categoryName(found[i].Code)
	}
	return found, err
}

func (d *Desk) replyView(p PublicReply) PublicReplyView {
	u, _ := d.Tree.ByID(p.Unit)
	return PublicReplyView{PublicReply: p, CategoryName: d.categoryName(p.Category), UnitName: u.Name}
}

func (d *Desk) categoryName(code string) string {
	if name := d.Router.CategoryName(code); name != "" {
		return name
	}
	return "其他"
}

// publishedOf is the id of what was published of the reply to a ticket; empty:
// nothing was.
func publishedOf(ctx context.Context, r PublicReplyReader, ticketID string) (string, error) {
	p, err := r.PublicReplyTo(ctx, ticketID)
	if problem.KindOf(err) == problem.NotFound {
		return "", nil
	}
	return p.ID, err
}
