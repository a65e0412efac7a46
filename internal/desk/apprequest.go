package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// AppReader reads what other systems' apps sent in.
type AppReader interface {
	AppRequestByToken(ctx context.Context, hash []byte) (AppRequest, error)
	AppRequestByID(ctx context.Context, hash []byte) (AppRequest, error)
}

// AppWriter writes it.
type AppWriter interface {
	InsertAppRequest(ctx context.Context, r AppRequest) error
}

// AppRequest is a ticket an app sent in. Its handles are kept hashed: each is all
// that is needed to read how far the matter has come.
type AppRequest struct {
	TokenHash []byte
	IDHash    []byte
	TicketID  string
	Client    string // name of the app
	Service   string // code of the service it was sent to
	SentAt    time.Time
}

// AppService is a matter apps may send in.
type AppService struct {
	Code     string
	Kind     channel.Kind
	Category string // routing category code, may be empty
}

// CheckAppService refuses what no app may offer: whatever is about people, crimes
// or the law's own ways needs a form that says what happens to it.
func CheckAppService(s AppService, categories []assignment.Category) error {
	if !slices.Contains([]channel.Kind{channel.Suggestion, channel.SiteError, channel.Help}, s.Kind) {
		return problem.New(problem.Invalid, "app.kind", "服务“"+s.Code+"”只能是建议、网站找错或者求助。")
	}
	known := slices.ContainsFunc(categories, func(c assignment.Category) bool { return c.Code == s.Category && !c.Report })
	sensitive := []string{"police-conduct", "petition", "disclosure", "case-handling"}
	if s.Category != "" && !known || slices.Contains(sensitive, s.Category) {
		return problem.New(problem.Invalid, "app.category", "服务“"+s.Code+"”的类别不存在，或者不适合由其他平台受理。")
	}
	return nil
}

// AppLetter is what an app sends in.
type AppLetter struct {
	Client  string // name of the app
	Service AppService
	Request []byte // as it came: sent again within a day it is the same request
	Title   string
	Text    string
	Contact *channel.Contact
}

// AppReceipt answers it.
type AppReceipt struct {
	Token     string
	Emergency *Emergency // what to say first
}

// ReceiveFromApp opens a ticket and gives out a token in the place of its number
// and query code, which only work together and belong in no address.
func (d *Desk) ReceiveFromApp(ctx context.Context, l AppLetter) (AppReceipt, error) {
	if l.Contact != nil { // a mailbox passes on whatever it has; an app can ask again
		if f := channel.CheckPhone("/contact/phone", channel.NormalisePhone(l.Contact.Phone)); f != nil {
			return AppReceipt{}, problem.New(problem.Invalid, "letter.invalid", f.Message).With(*f)
		}
	}
	sum := sha256.Sum256(l.Request)
	o := Opening{
		IdempotencyKey: "app/" + l.Client + "/" + base32.HexEncoding.EncodeToString(sum[:]),
		Letter: channel.Letter{
			Source: channel.Mailbox, Kind: l.Service.Kind, Category: l.Service.Category, Title: l.Title, Text: l.Text, Contact: l.Contact,
		},
	}
	o.with = func(ctx context.Context, tx Tx, n *opened) error {
		token := d.handle("token", n.receipt.Number, n.receipt.QueryCode)
		return tx.InsertAppRequest(ctx, AppRequest{
			TokenHash: handleHash(token), IDHash: handleHash(d.handle("id", token)), TicketID: n.ticket.ID, Client: l.Client, Service: l.Service.Code, SentAt: n.event.At,
		})
	}
	r, err := d.Open(ctx, o)
	if err != nil {
		return AppReceipt{}, err
	}
	return AppReceipt{Token: d.handle("token", r.Number, r.QueryCode), Emergency: r.Emergency}, nil
}

// AppRequestID is the id a token leads to; empty before somebody has accepted the
// request.
func (d *Desk) AppRequestID(ctx context.Context, token string) (string, error) {
	_, t, err := d.appTicket(ctx, d.Store.AppRequestByToken, token)
	if err != nil || t.Status == ticket.Received {
		return "", err
	}
	return d.handle("id", token), nil
}

// AppProgress is how far a request has come.
type AppProgress struct {
	Service   string // code
	Closed    bool
	Reply     string // empty: not yet
	Unit      string
	CreatedAt time.Time
	UpdatedAt time.Time
	DueAt     time.Time
}

// AppProgress shows how far the request with an id has come, and nothing of what
// was written.
func (d *Desk) AppProgress(ctx context.Context, id string) (AppProgress, error) {
	r, t, err := d.appTicket(ctx, d.Store.AppRequestByID, id)
	if err != nil {
		return AppProgress{}, err
	}
	p := AppProgress{
		Service: r.Service, Closed: !t.Status.Open(), Unit: d.shownUnit(&t), CreatedAt: t.CreatedAt, UpdatedAt: t.CreatedAt, DueAt: t.DueAt,
	}
	events, err := d.Store.Events(ctx, t.ID)
	if err != nil {
		return p, err
	}
	for _, e := range events {
		if e.Public != "" {
			p.UpdatedAt = e.At
		}
	}
	reply, err := d.replyTo(ctx, d.Store, &t)
	if reply != nil {
		p.Reply = reply.Text
	}
	return p, err
}

// appTicket is the request a handle leads to, and its ticket.
func (d *Desk) appTicket(ctx context.Context, find func(context.Context, []byte) (AppRequest, error), handle string) (AppRequest, ticket.Ticket, error) {
	r, err := find(ctx, handleHash(handle))
	if err != nil {
		return r, ticket.Ticket{}, err
	}
	t, err := d.Store.TicketByID(ctx, r.TicketID)
	if err == nil && t.Restricted() {
		err = problem.New(problem.NotFound, "request.not_found", "没有查到。")
	}
	return r, t, err
}

// handle makes an unguessable name for something out of what makes it one.
func (d *Desk) handle(kind string, parts ...string) string {
	const size = 16 // bytes: nobody guesses one in the life of the universe
	mac := hmac.New(sha256.New, d.CodeKey)
	_, _ = mac.Write([]byte("app " + kind + "\x00" + strings.Join(parts, "\x00"))) // a hash never fails to write
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:size]))
}

func handleHash(handle string) []byte {
	sum := sha256.Sum256([]byte(handle))
	return sum[:]
}
