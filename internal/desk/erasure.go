package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

const mostErasures = 200 // of one list

// ErasureState is where a person's request to be erased stands.
type ErasureState string

// The states of an erasure.
const (
	ErasurePending ErasureState = "pending"
	ErasureDone    ErasureState = "erased"
	ErasureRefused ErasureState = "refused"
)

// Name is s in Chinese.
func (s ErasureState) Name() string {
	return map[ErasureState]string{ErasurePending: "待第二人决定", ErasureDone: "已清除", ErasureRefused: "不予清除"}[s]
}

// ErasureGrounds are why a request is refused, by law.
func ErasureGrounds() []ticket.Reason {
	return []ticket.Reason{
		{Code: "duty", Name: "履行法定职责所必需（个人信息保护法第十三条第一款第三项）"},
		{Code: "period", Name: "法律、行政法规规定的保存期限未届满（个人信息保护法第四十七条第二款）"},
		{Code: "evidence", Name: "正在进行的复议、诉讼、办案需要作为证据"},
		{Code: "secret", Name: "告知或者清除会妨碍履行法定职责（个人信息保护法第三十五条）"},
		{Code: "identity", Name: "不能确认请求人就是来信人"},
	}
}

// Erasure is a person's request that what the desk holds of them goes (个人信息保护法
// 第四十七条), as one member of staff took it and another decided. It is kept.
type Erasure struct {
	ID          string
	TicketID    string
	Ticket      string // number
	Requester   string // user id of who took the request
	Reason      string // how it was made and verified; sealed at rest
	State       ErasureState
	Ground      string // refused: a code of ErasureGrounds
	RequestedAt time.Time
	DecidedBy   string
	DecidedAt   time.Time
	Decision    string // words to it; sealed at rest
	Version     int64
}

// ErasureReader reads requests to be erased.
type ErasureReader interface {
	Erasure(ctx context.Context, id string) (Erasure, error)
	// Erasures returns at most limit in a state, the newest first.
	Erasures(ctx context.Context, s ErasureState, limit int) ([]Erasure, error)
	// ErasuresOf returns those of a ticket, oldest first.
	ErasuresOf(ctx context.Context, ticketID string) ([]Erasure, error)
}

// ErasureWriter writes them.
type ErasureWriter interface {
	InsertErasure(ctx context.Context, e Erasure) error
	// UpdateErasure is guarded as UpdateTicket is: "erasure.stale".
	UpdateErasure(ctx context.Context, e Erasure, was int64) error
}

// RequestErasure takes a person's request. phone is what the person says they left,
// and must be what the letter has; an anonymous letter is proved by its query code.
func (d *Desk) RequestErasure(ctx context.Context, a Actor, number, phone, code, reason string) (Erasure, error) {
	if f := channel.CheckText("/reason", "请求的经过", reason, maxWhy); f != nil {
		return Erasure{}, problem.New(problem.Invalid, "erasure.reason", f.Message).With(*f)
	}
	e := Erasure{ID: newID(), Requester: a.ID, Reason: reason, State: ErasurePending, RequestedAt: d.at(), Version: 1}
	err := d.keeping(ctx, a, number, func(ctx context.Context, tx Tx, t *ticket.Ticket) error {
		e.TicketID, e.Ticket = t.ID, t.Number
		if err := d.erasable(ctx, tx, t); err != nil {
			return err
		}
		earlier, err := tx.ErasuresOf(ctx, t.ID)
		if err == nil && slices.ContainsFunc(earlier, func(e Erasure) bool { return e.State == ErasurePending }) {
			err = problem.New(problem.Conflict, "erasure.pending", "这件来信已有清除的请求，等待第二人决定。")
		}
		if err == nil {
			err = d.proved(ctx, tx, t, phone, code)
		}
		if err != nil {
			return err
		}
		if err := tx.InsertErasure(ctx, e); err != nil {
			return err
		}
		return tx.Record(ctx, d.erasureEntry(&e, a.ID, "erasure.request"))
	})
	if problem.HasCode(err, "erasure.unproved") { // an attempt to be somebody else is not forgotten
		failed := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			return tx.Record(ctx, d.erasureEntry(&e, a.ID, "erasure.unproved"))
		})
		if failed != nil {
			return Erasure{}, failed
		}
	}
	return e, err
}

// proved is nil where whoever asks is who wrote.
func (d *Desk) proved(ctx context.Context, tx Tx, t *ticket.Ticket, phone, code string) error {
	unproved := problem.New(problem.Invalid, "erasure.unproved", "核对不上：手机号要与来信时留下的一致；没有留手机号的，核对查询码。")
	c, err := tx.Contact(ctx, t.LetterID)
	switch {
	case err != nil && problem.KindOf(err) != problem.NotFound:
		return err
	case err == nil && c.Phone != "":
		if channel.NormalisePhone(phone) != channel.NormalisePhone(c.Phone) {
			return unproved
		}
		return nil
	}
	_, hash, err := tx.TicketCode(ctx, t.Number)
	if err == nil && !ticket.CodeMatches(d.CodeKey, hash, t.Number, ticket.NormaliseCode(code)) {
		err = unproved
	}
	return err
}

// DecideErasure erases the ticket, or refuses that with its ground in law. Whoever
// took the request does not decide about it.
func (d *Desk) DecideErasure(ctx context.Context, a Actor, number, id string, erase bool, ground, words string) (Erasure, error) {
	if f := channel.CheckText("/words", "决定的说明", words, maxWhy); f != nil {
		return Erasure{}, problem.New(problem.Invalid, "erasure.words", f.Message).With(*f)
	}
	if known := slices.ContainsFunc(ErasureGrounds(), func(r ticket.Reason) bool { return r.Code == ground }); known == erase || erase && ground != "" {
		return Erasure{}, problem.New(problem.Invalid, "erasure.ground", "不予清除的，请从列表中选择法律依据；予以清除的不用选择。").
			With(problem.Field{Pointer: "/ground", Code: "unknown", Message: "请选择不予清除的依据。"})
	}
	var e Erasure
	err := d.keeping(ctx, a, number, func(ctx context.Context, tx Tx, t *ticket.Ticket) (err error) {
		if e, err = tx.Erasure(ctx, id); err != nil {
			return err
		}
		switch {
		case e.TicketID != t.ID:
			return problem.New(problem.NotFound, "erasure.not_found", "没有这项请求。")
		case e.State != ErasurePending:
			return problem.New(problem.Conflict, "erasure.decided", "这项请求已经决定。")
		case e.Requester == a.ID:
			return problem.New(problem.Denied, "erasure.own", "登记请求的人不能自己决定，请由另一人决定。")
		}
		was := e.Version
		e.State, e.Ground, e.DecidedBy, e.DecidedAt, e.Decision, e.Version = ErasureRefused, ground, a.ID, d.at(), words, was+1
		if erase {
			e.State = ErasureDone
			if err := d.erasable(ctx, tx, t); err != nil {
				return err
			}
			if err := d.erase(ctx, tx, t, ByRequest, a.ID); err != nil {
				return err
			}
		}
		if err := tx.UpdateErasure(ctx, e, was); err != nil {
			return err
		}
		return tx.Record(ctx, d.erasureEntry(&e, a.ID, "erasure."+string(e.State)))
	})
	return e, err
}

// Erasures lists the requests of a state about tickets a may see.
func (d *Desk) Erasures(ctx context.Context, a Actor, s ErasureState) ([]Erasure, error) {
	if !a.Keeps {
		return nil, problem.New(problem.Denied, "retention.denied", "您的岗位不能查看清除的请求。")
	}
	all, err := d.Store.Erasures(ctx, s, mostErasures)
	return ofSeen(ctx, d.Store, &a, all, err, func(e *Erasure) string { return e.TicketID })
}

func (d *Desk) erasureEntry(e *Erasure, actor, action string) audit.Entry {
	detail := map[string]string{"erasure": e.ID}
	if e.Ground != "" {
		detail["ground"] = e.Ground
	}
	return audit.Entry{At: d.at(), Actor: actor, Action: action, Object: "ticket/" + e.TicketID, Detail: detail}
}
