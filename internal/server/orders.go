package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/order"
	"jiesu/internal/problem"
	wire "jiesu/webhooks/hotline"
)

const ordersPath = "/api/v1/staff/orders"

type ordersInput struct {
	Platform string      `query:"platform" maxLength:"64" doc:"id; empty: all"`
	State    order.State `query:"state" enum:"to_sign,handling,return_asked,extend_asked,review,visiting,returned,archived,closed_by_platform,push_offered,push_dropped,pushed,push_rejected" doc:"empty: every one that is not over"`
}

type orderInput struct {
	ID string `path:"id" maxLength:"64"`
}

type orderMoveInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Move    string         `json:"move" enum:"return,withdraw,pull,enter" doc:"return: propose to give it back; withdraw: take back what the platform has not decided on; pull: fetch files again that could not be; enter: what a platform without a connection has told staff"`
		Version int64          `json:"version,omitempty" doc:"return, withdraw: of the order as it was seen; a newer one is a conflict"`
		Return  *orderReturn   `json:"return,omitempty"`
		Said    *platformWords `json:"said,omitempty" doc:"enter"`
	}
}

type opMoveInput struct {
	ID   string `path:"id" maxLength:"64" doc:"of the operation"`
	Body struct {
		Move     string       `json:"move" enum:"revise,confirm,drop,type,replace" doc:"type: it was typed at the platform; replace: propose something else in place of what the platform refused"`
		Version  int64        `json:"version" doc:"of the operation as it was seen; a newer one is a conflict"`
		Return   *orderReturn `json:"return,omitempty" doc:"revise or replace a return"`
		Complete *orderResult `json:"complete,omitempty" doc:"revise or replace a result"`
		TypedAt  time.Time    `json:"typed_at,omitzero" doc:"type: when; left out: now"`
	}
}

// orderReturn asks to give an order back.
type orderReturn struct {
	Reason  wire.ReturnReason `json:"reason_code" enum:"not_our_duty,wrong_area,duplicate,insufficient_info,in_legal_procedure,emergency_to_110,other"`
	Text    string            `json:"reason"`
	Basis   string            `json:"basis,omitempty" doc:"the rule it rests on"`
	Suggest string            `json:"suggest_unit,omitempty" doc:"who should have it instead"`
	Files   []string          `json:"attachments,omitempty" maxItems:"20" doc:"ids of files that go with it: of the letter, or uploaded for it"`
}

// orderResult is what a platform is told of an answer.
type orderResult struct {
	Result         wire.Result `json:"result" enum:"solved,partly,unsolved,explained,not_ours"`
	IsTrue         *bool       `json:"is_true,omitempty" doc:"whether what was asked for is as it was told; nothing is confirmed before somebody has said, except about a report"`
	DutyExceeded   bool        `json:"duty_exceeded"`
	ContactedAt    time.Time   `json:"contacted_at,omitzero" doc:"when whoever asked was spoken to; left out: not"`
	Content        string      `json:"content"`
	PublicReply    string      `json:"public_reply,omitempty"`
	UnsolvedReason string      `json:"unsolved_reason,omitempty"`
	Files          []string    `json:"attachments,omitempty" maxItems:"20" doc:"ids of files that go with it: of the letter, or uploaded for it"`
}

type pushInput struct {
	Body struct {
		Ticket   string `json:"ticket" maxLength:"32" doc:"number"`
		Platform string `json:"platform" maxLength:"64" doc:"id"`
		Opinion  string `json:"opinion" doc:"why it is theirs"`
		Unit     string `json:"suggest_unit,omitempty" maxLength:"100" doc:"who should have it there"`
	}
}

// platformWords is what a platform has told staff.
type platformWords struct {
	Act        wire.ActKind `json:"act" enum:"urge,supervise,supplement,return_decision,extend_decision,complete_decision,visit,reopen,recall,archive"`
	Words      string       `json:"words,omitempty"`
	Granted    bool         `json:"granted,omitempty" doc:"the three decisions"`
	ReplyBy    time.Time    `json:"reply_by,omitzero" doc:"the date from now on, if there is a new one"`
	Satisfied  int          `json:"satisfaction,omitempty" minimum:"0" maximum:"5" doc:"visit: 1 (worst) to 5 (best); 0: not said"`
	Solved     bool         `json:"solved,omitempty" doc:"visit"`
	DispatchNo string       `json:"dispatch_no,omitempty" maxLength:"64" doc:"reopen: of the new dispatch, if it has one"`
}

func (r *orderReturn) canonical() *wire.Return {
	if r == nil {
		return nil
	}
	return &wire.Return{Reason: r.Reason, Text: r.Text, Basis: r.Basis, SuggestUnit: wire.UnitRef{Name: r.Suggest}, Attachments: chosen(r.Files)}
}

// chosen are files by their ids; the desk knows what they are.
func chosen(ids []string) []wire.Evidence {
	return list(ids, func(id string) wire.Evidence { return wire.Evidence{ID: id} })
}

func (r *orderResult) canonical() *wire.Complete {
	if r == nil {
		return nil
	}
	return &wire.Complete{
		Result: r.Result, IsTrue: r.IsTrue, DutyExceeded: r.DutyExceeded, Contacted: wire.Contact{Done: !r.ContactedAt.IsZero(), At: r.ContactedAt},
		Content: r.Content, PublicReply: r.PublicReply, UnsolvedReason: r.UnsolvedReason, Attachments: chosen(r.Files),
	}
}

func (w *platformWords) canonical() wire.Act {
	if w == nil {
		return wire.Act{}
	}
	a := wire.Act{Kind: w.Act, Opinion: w.Words, DispatchNo: wire.ID(w.DispatchNo)}
	//nolint:exhaustive // the others have no part of their own
	switch w.Act {
	case wire.ActReturn, wire.ActExtend, wire.ActComplete:
		a.Decision = &wire.Decision{Granted: w.Granted, NewReplyBy: w.ReplyBy}
	case wire.ActVisit:
		a.Visit = &wire.Visit{SatisfactionResult: wire.Satisfaction(w.Satisfied), Solved: w.Solved, Content: w.Words}
		a.Opinion = ""
	case wire.ActSuppl:
		a.Supplement = &wire.Suppl{Content: w.Words}
		a.Opinion = ""
	case wire.ActUrge, wire.ActSupervise, wire.ActReopen:
		if !w.ReplyBy.IsZero() {
			a.Deadlines = &wire.Deadlines{ReplyBy: w.ReplyBy}
		}
	}
	return a
}

func (s *Server) orderRoutes() {
	register(s, operation{
		id: "orders", method: http.MethodGet, path: ordersPath, tag: "orders", status: http.StatusOK, audience: staffOnly,
		summary: "What there is to do about orders of 12345 platforms, of the tickets the reader may see",
	}, func(ctx context.Context, in *ordersInput) (*body[orderBoardBody], error) {
		b, err := s.desk.OrderBoard(ctx, actorOf(ctx), desk.OrderQuery{Platform: in.Platform, State: in.State})
		return respond(newOrderBoard(&b), err)
	})
	register(s, operation{
		id: "order", method: http.MethodGet, path: ordersPath + "/{id}", tag: "orders", status: http.StatusOK, audience: staffOnly,
		summary: "One of them, with what its platform did and is told", problems: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *orderInput) (*body[orderBody], error) {
		v, err := s.desk.Order(ctx, actorOf(ctx), in.ID)
		return respond(newOrder(&v), err)
	})
	register(s, operation{
		id: "push-order", method: http.MethodPost, path: ordersPath, tag: "orders", status: http.StatusCreated, audience: staffOnly,
		summary: "Propose to give a letter to a 12345 platform: once a second person confirms it, it goes there and its ticket ends", problems: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *pushInput) (*body[orderBody], error) {
		v, err := s.desk.PushOrder(ctx, actorOf(ctx), desk.PushDraft(in.Body))
		return respond(newOrder(&v), err)
	})
	register(s, operation{
		id: "move-order", method: http.MethodPost, path: ordersPath + "/{id}/moves", tag: "orders", status: http.StatusOK, audience: staffOnly,
		summary: "Propose to give it back, take that back, fetch its files again, or enter what a platform without a connection said", problems: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *orderMoveInput) (*body[orderBody], error) {
		b := &in.Body
		v, err := s.moveOrder(ctx, in.ID, b.Move, b.Version, b.Return.canonical(), b.Said.canonical())
		return respond(newOrder(&v), err)
	})
	register(s, operation{
		id: "move-operation", method: http.MethodPost, path: ordersPath + "/operations/{id}", tag: "orders", status: http.StatusOK, audience: staffOnly,
		summary:  "Change, confirm or take back what is proposed to be told to a platform, note that it was typed there, or propose something else where the platform refused it. Nobody confirms what they wrote",
		problems: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *opMoveInput) (*body[orderBody], error) {
		b := &in.Body
		edit := desk.OpEdit{Return: b.Return.canonical(), Complete: b.Complete.canonical()}
		v, err := s.moveOp(ctx, in.ID, b.Move, b.Version, edit, b.TypedAt)
		return respond(newOrder(&v), err)
	})
}

// moveOrder lets the caller do something with an order.
func (s *Server) moveOrder(ctx context.Context, id, move string, version int64, back *wire.Return, said wire.Act) (desk.OrderView, error) {
	a := actorOf(ctx)
	switch move {
	case "return":
		if back == nil {
			back = &wire.Return{}
		}
		return s.desk.ProposeReturn(ctx, a, id, version, *back)
	case "withdraw":
		return s.desk.WithdrawAsked(ctx, a, id, version)
	case "pull":
		return s.desk.PullAgain(ctx, a, id)
	case "enter":
		return s.desk.EnterAct(ctx, a, id, said)
	}
	return desk.OrderView{}, unknownMove()
}

// moveOp lets the caller do something with an operation.
func (s *Server) moveOp(ctx context.Context, id, move string, version int64, edit desk.OpEdit, typedAt time.Time) (desk.OrderView, error) {
	a := actorOf(ctx)
	switch move {
	case "revise":
		return s.desk.ReviseOp(ctx, a, id, version, edit)
	case "confirm":
		return s.desk.ConfirmOp(ctx, a, id, version)
	case "drop":
		return s.desk.DropOp(ctx, a, id, version)
	case "replace":
		return s.desk.ReplaceOp(ctx, a, id, version, edit)
	case "type":
		return s.desk.TypeOp(ctx, a, id, version, typedAt)
	}
	return desk.OrderView{}, unknownMove()
}

func unknownMove() error {
	return problem.New(problem.Invalid, "order.unknown_move", "没有这种操作。")
}
