package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

const (
	maxPhrase      = 1000 // characters
	maxPhraseTitle = 50
	mostPhrases    = 500 // of one owner
)

// ChatPhrase (口径) is a canned reply.
type ChatPhrase struct {
	ID        string
	Owner     string // user id; empty: everybody's
	Category  string // code; empty: for all
	Title     string
	Text      string
	Retired   bool
	UpdatedBy string // user id
	UpdatedAt time.Time
	Version   int64
}

// PhraseReader reads canned replies.
type PhraseReader interface {
	// Phrases returns everybody's and those of a user, by title and id.
	Phrases(ctx context.Context, user string) ([]ChatPhrase, error)
	Phrase(ctx context.Context, id string) (ChatPhrase, error)
}

// PhraseWriter writes them.
type PhraseWriter interface {
	InsertPhrase(ctx context.Context, p ChatPhrase) error
	// UpdatePhrase stores p where the row still has version was; otherwise it is a
	// Conflict "phrase.stale".
	UpdatePhrase(ctx context.Context, p ChatPhrase, was int64) error
}

// PhraseFilter chooses canned replies.
type PhraseFilter struct {
	Category string // with those for all; empty: any
	Text     string // that title or text hold; empty: any
	Retired  bool   // those as well
}

// phrasing reports whether a puts canned replies to use: in chats, or in replies to
// letters. Those keep their own; everybody's are kept by whoever answers for everything.
func phrasing(a *Actor) bool {
	return a.any(func(a *Actor) bool { return a.Chats != "" || a.May(ticket.Draft) })
}

// Phrases lists everybody's canned replies and a's own.
func (d *Desk) Phrases(ctx context.Context, a Actor, f PhraseFilter) ([]ChatPhrase, error) {
	if a = d.deputed(a); !phrasing(&a) {
		return nil, notPhrasing()
	}
	all, err := d.Store.Phrases(ctx, a.ID)
	return slices.DeleteFunc(all, func(p ChatPhrase) bool {
		return p.Retired && !f.Retired || f.Category != "" && p.Category != "" && p.Category != f.Category ||
			!strings.Contains(p.Title+"\n"+p.Text, strings.TrimSpace(f.Text))
	}), err
}

// AddPhrase keeps a new canned reply, a's own or, where a answers for everything,
// everybody's.
func (d *Desk) AddPhrase(ctx context.Context, a Actor, p ChatPhrase, shared bool) (ChatPhrase, error) {
	a = d.deputed(a)
	p.ID, p.Owner, p.Retired, p.Version = d.NewID(), a.ID, false, 1
	if shared {
		p.Owner = ""
	}
	if err := d.checkPhrase(&a, &p); err != nil {
		return p, err
	}
	p.UpdatedBy, p.UpdatedAt = a.ID, d.at()
	return p, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		known, err := tx.Phrases(ctx, a.ID)
		if err != nil {
			return err
		}
		if n := len(slices.DeleteFunc(known, func(k ChatPhrase) bool { return k.Owner != p.Owner || k.Retired })); n >= mostPhrases {
			return problem.New(problem.Conflict, "phrase.many", "常用口径太多，请先停用不再使用的。")
		}
		if err := tx.InsertPhrase(ctx, p); err != nil {
			return err
		}
		return recordPhrase(ctx, tx, &p, "phrase.add")
	})
}

// ChangePhrase changes a canned reply, or retires it: it stays in the trail.
func (d *Desk) ChangePhrase(ctx context.Context, a Actor, p ChatPhrase) (ChatPhrase, error) {
	a = d.deputed(a)
	var next ChatPhrase
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		was, err := tx.Phrase(ctx, p.ID)
		if err == nil && was.Owner != "" && was.Owner != a.ID {
			err = problem.New(problem.NotFound, "phrase.not_found", "没有这条口径。")
		}
		if err != nil {
			return err
		}
		next = was
		next.Retired, next.UpdatedBy, next.UpdatedAt, next.Version = p.Retired, a.ID, d.at(), p.Version+1
		action := "phrase.retire"
		if !p.Retired {
			next.Category, next.Title, next.Text, action = p.Category, p.Title, p.Text, "phrase.change"
		}
		if err := d.checkPhrase(&a, &next); err != nil {
			return err
		}
		if err := tx.UpdatePhrase(ctx, next, p.Version); err != nil {
			return err
		}
		return recordPhrase(ctx, tx, &next, action)
	})
	return next, err
}

// checkPhrase says what is wrong with a canned reply. What goes to many people is
// read by the machine before; nothing overrides that.
func (d *Desk) checkPhrase(a *Actor, p *ChatPhrase) error {
	if !phrasing(a) {
		return notPhrasing()
	}
	if p.Owner == "" && a.Chats != "*" {
		return problem.New(problem.Denied, "phrase.denied", "共用口径由信箱专班维护，您可以添加自己的口径。")
	}
	if p.Retired {
		return nil
	}
	p.Title, p.Text = strings.TrimSpace(p.Title), strings.TrimSpace(p.Text)
	var fields []problem.Field
	for _, f := range []*problem.Field{channel.CheckText("/title", "标题", p.Title, maxPhraseTitle), channel.CheckText("/text", "口径", p.Text, maxPhrase)} {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	if p.Category != "" && d.Router.CategoryName(p.Category) == "" {
		fields = append(fields, problem.Field{Pointer: "/category", Code: "unknown", Message: "没有这种类别。"})
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "phrase.invalid", "口径有几处需要修改。").With(fields...)
	}
	read, err := d.proofread(proof.Text{Text: p.Text, Public: true})
	if err != nil {
		return err
	}
	if fields, _ = blocking(read.Findings, "/text"); len(fields) > 0 {
		return problem.New(problem.Invalid, "phrase.blocked", "口径中有必须修改的内容。").With(fields...)
	}
	return nil
}

func recordPhrase(ctx context.Context, tx Tx, p *ChatPhrase, action string) error {
	return tx.Record(ctx, audit.Entry{At: p.UpdatedAt, Actor: p.UpdatedBy, Action: action, Object: "phrase/" + p.ID, Detail: map[string]string{
		"version": strconv.FormatInt(p.Version, 10), "owner": p.Owner, "category": p.Category, "title": p.Title, "text": p.Text,
	}})
}

func notPhrasing() error {
	return problem.New(problem.Denied, "phrase.denied", "您的岗位不使用常用口径。")
}

func notChatting() error {
	return problem.New(problem.Denied, "chat.denied", "您的岗位不接待在线咨询。")
}
