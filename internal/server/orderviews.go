package server

import (
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	wire "jiesu/webhooks/hotline"
)

type orderBoardBody struct {
	Platforms   []platformBody   `json:"platforms"`
	Counts      []orderCountBody `json:"counts"`
	Orders      []OrderBriefBody `json:"orders" doc:"the platform's date soonest first"`
	Proposed    []opBriefBody    `json:"proposed" doc:"wait for a second person"`
	ToType      []opBriefBody    `json:"to_type" doc:"wait to be typed at a platform"`
	Differences []differenceBody `json:"differences" doc:"what the last comparison with a platform found"`
	Unreadable  int              `json:"unprocessable" doc:"messages of platforms that could not be taken; at most 100 a platform"`
}

type platformBody struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Manual bool   `json:"manual" doc:"people carry everything there and back"`
}

type orderCountBody struct {
	Platform string      `json:"platform"`
	State    order.State `json:"state"`
	N        int         `json:"n"`
}

// OrderBriefBody is an order in a list.
type OrderBriefBody struct {
	ID       string      `json:"id"`
	Platform string      `json:"platform"`
	Number   string      `json:"order_no" doc:"the platform's; outward: ours"`
	Outward  bool        `json:"outward,omitempty" doc:"a letter of ours that the platform deals with"`
	Theirs   string      `json:"platform_no,omitempty" doc:"outward: the platform's number, once it has said so"`
	Dispatch string      `json:"dispatch" doc:"which one of the number: it comes again to be redone"`
	State    order.State `json:"state" enum:"to_sign,handling,return_asked,extend_asked,review,visiting,returned,archived,closed_by_platform,push_offered,push_dropped,pushed,push_rejected"`
	Ticket   string      `json:"ticket" doc:"number"`
	Title    string      `json:"title" doc:"personal data masked"`
	SignBy   *time.Time  `json:"sign_by,omitempty"`
	ReplyBy  *time.Time  `json:"reply_by,omitempty" doc:"the platform's date"`
	Urges    int         `json:"urges"`
	Version  int64       `json:"version"`
}

type opBriefBody struct {
	ID        string         `json:"id"`
	Kind      wire.OpKind    `json:"kind" enum:"sign,return,extend,progress,complete,withdraw,push"`
	State     desk.OpState   `json:"state" enum:"proposed,sent,to_type,typed,dropped"`
	DraftedBy string         `json:"drafted_by,omitempty" doc:"user id; empty: it followed from something, the first to confirm takes it on"`
	CreatedAt time.Time      `json:"created_at"`
	Version   int64          `json:"version"`
	Order     OrderBriefBody `json:"order"`
}

type differenceBody struct {
	Platform string              `json:"platform"`
	Number   string              `json:"order_no"`
	Dispatch string              `json:"dispatch,omitempty"`
	Kind     desk.DifferenceKind `json:"kind" enum:"missing_here,missing_there,state,deadline"`
	Order    string              `json:"order,omitempty" doc:"id; empty: it is not here"`
	Ours     string              `json:"ours,omitempty"`
	Theirs   string              `json:"theirs,omitempty"`
	Since    time.Time           `json:"since"`
}

type orderBody struct {
	OrderBriefBody

	Status      ticket.Status   `json:"ticket_status"`
	Manual      bool            `json:"manual"`
	Type        string          `json:"appeal_type,omitempty"`
	Content     string          `json:"content,omitempty" doc:"as it was dispatched, personal data masked; of a report nothing. Who asked: see …/contact of the ticket"`
	Opinion     string          `json:"opinion,omitempty"`
	Acts        []orderActBody  `json:"acts" doc:"what the platform did, oldest first"`
	Operations  []orderOpBody   `json:"operations" doc:"what it is told, oldest first"`
	Files       []orderFileBody `json:"files"`
	Attachments []opAttachment  `json:"attachments" doc:"files of the letter, which may go with what the platform is told; of a report none"`
	FilesWith   []wire.OpKind   `json:"files_with" doc:"the operations whose files the platform takes"`
	MayReturn   bool            `json:"may_return"`
	MayWithdraw bool            `json:"may_withdraw"`
}

type opAttachment struct {
	ID   string `json:"id"`
	Name string `json:"name" doc:"personal data masked"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

type orderActBody struct {
	At    time.Time    `json:"at"`
	Act   wire.ActKind `json:"act"`
	Words string       `json:"words,omitempty"`
}

type orderOpBody struct {
	ID          string             `json:"id"`
	Kind        wire.OpKind        `json:"kind" enum:"sign,return,extend,progress,complete,withdraw,push"`
	State       desk.OpState       `json:"state" enum:"proposed,sent,to_type,typed,dropped"`
	Delivery    desk.DeliveryState `json:"delivery,omitempty" doc:"of what was sent"`
	DraftedBy   string             `json:"drafted_by,omitempty"`
	ConfirmedBy string             `json:"confirmed_by,omitempty"`
	CreatedAt   time.Time          `json:"created_at"`
	Content     opContent          `json:"content" doc:"frozen once it is confirmed"`
	Supersedes  string             `json:"supersedes,omitempty" doc:"id of what the platform refused, whose place it takes"`
	MayConfirm  bool               `json:"may_confirm"`
	MayDrop     bool               `json:"may_drop"`
	MayType     bool               `json:"may_type"`
	MayRevise   bool               `json:"may_revise"`
	MayReplace  bool               `json:"may_replace" doc:"the platform refused it: something else may be sent in its place"`
	Version     int64              `json:"version"`
}

// opContent is what a platform is told; of its parts the operation's own is there.
type opContent struct {
	Return   *orderReturn `json:"return,omitempty"`
	Extend   *orderExtend `json:"extend,omitempty"`
	Progress string       `json:"progress,omitempty"`
	Complete *orderResult `json:"complete,omitempty"`
	Push     *orderGiven  `json:"push,omitempty"`
	Files    []opFile     `json:"files,omitempty" doc:"what goes with it"`
}

// orderGiven is a letter a platform is given, without who wrote it.
type orderGiven struct {
	Title   string `json:"title" doc:"personal data masked, as in content"`
	Content string `json:"content"`
	Opinion string `json:"opinion"`
	Suggest string `json:"suggest_unit,omitempty"`
}

type opFile struct {
	ID     string `json:"id"`
	Kind   string `json:"kind" enum:"contact,evidence,doc"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// orderExtend asks for more time.
type orderExtend struct {
	Reason  string     `json:"reason"`
	Amount  int        `json:"amount"`
	Unit    wire.Unit  `json:"unit" enum:"workday,day,hour"`
	ReplyBy *time.Time `json:"new_reply_by,omitempty"`
}

func newOpContent(op *wire.Op) (c opContent) {
	if r := op.Return; r != nil {
		c.Return = &orderReturn{Reason: r.Reason, Text: r.Text, Basis: r.Basis, Suggest: r.SuggestUnit.Name}
	}
	if e := op.Extend; e != nil {
		c.Extend = &orderExtend{Reason: e.Reason, Amount: e.Amount, Unit: e.Unit, ReplyBy: shownOrNil(e.NewReplyBy)}
	}
	if p := op.Progress; p != nil {
		c.Progress = p.Content
	}
	if p := op.Push; p != nil {
		c.Push = &orderGiven{Title: p.Title, Content: p.Content, Opinion: p.Dispatch.Opinion, Suggest: p.Dispatch.LeadUnit.Name}
	}
	c.Files = list(op.Files(), func(f wire.Evidence) opFile {
		return opFile{ID: f.ID, Kind: f.Kind, Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256}
	})
	if r := op.Complete; r != nil {
		c.Complete = &orderResult{
			Result: r.Result, IsTrue: r.IsTrue, DutyExceeded: r.DutyExceeded, ContactedAt: r.Contacted.At, Content: r.Content, PublicReply: r.PublicReply, UnsolvedReason: r.UnsolvedReason,
		}
	}
	return c
}

type orderFileBody struct {
	N          int            `json:"n"`
	State      desk.FileState `json:"state" enum:"waiting,kept,failed"`
	Attachment string         `json:"attachment,omitempty" doc:"id, once it is kept with the letter"`
	Name       string         `json:"name,omitempty"`
	Reason     string         `json:"reason,omitempty" doc:"code of the last failure"`
}

func newOrderBrief(o *desk.OrderBrief) OrderBriefBody {
	return OrderBriefBody{
		ID: o.ID, Platform: o.Platform, Number: o.Number, Outward: o.Outward, Theirs: o.Theirs, Dispatch: o.Dispatch, State: o.State, Ticket: o.Ticket, Title: o.Title, SignBy: shownOrNil(o.SignBy),
		ReplyBy: shownOrNil(o.ReplyBy), Urges: o.Urges, Version: o.Version,
	}
}

func newOpBrief(op desk.OpBrief) opBriefBody {
	return opBriefBody{
		ID: op.ID, Kind: op.Kind, State: op.State, DraftedBy: op.DraftedBy, CreatedAt: shown(op.CreatedAt), Version: op.Version, Order: newOrderBrief(&op.Order),
	}
}

func newOrderBoard(b *desk.OrderBoard) orderBoardBody {
	return orderBoardBody{
		Platforms: list(b.Platforms, func(p desk.Platform) platformBody { return platformBody{ID: p.ID, Name: p.Name, Manual: p.Manual()} }),
		Counts:    list(b.Counts, func(c desk.OrderCount) orderCountBody { return orderCountBody(c) }),
		Orders:    list(b.Orders, func(o desk.OrderBrief) OrderBriefBody { return newOrderBrief(&o) }),
		Proposed:  list(b.Proposed, newOpBrief), ToType: list(b.ToType, newOpBrief), Unreadable: b.Unreadable,
		Differences: list(b.Differences, func(d desk.Difference) differenceBody {
			return differenceBody{Platform: d.Platform, Number: d.Number, Dispatch: d.Dispatch, Kind: d.Kind, Order: d.OrderID, Ours: d.Ours, Theirs: d.Theirs, Since: shown(d.Since)}
		}),
	}
}

func newOrder(v *desk.OrderView) orderBody {
	return orderBody{
		OrderBriefBody: newOrderBrief(&desk.OrderBrief{Order: v.Order, Title: v.Title}), Status: v.Status, Manual: v.Manual, Type: string(v.Body.AppealType),
		Content: v.Body.Content, Opinion: v.Body.Dispatch.Opinion, MayReturn: v.MayReturn, MayWithdraw: v.MayWithdraw,
		Acts: list(v.Acts, func(a desk.OrderAct) orderActBody {
			return orderActBody{At: shown(a.At), Act: a.Act.Kind, Words: desk.WordsOf(&a.Act)}
		}),
		Operations: list(v.Ops, func(op desk.OpView) orderOpBody {
			return orderOpBody{
				ID: op.ID, Kind: op.Kind, State: op.State, Delivery: op.Delivery, DraftedBy: op.DraftedBy, ConfirmedBy: op.ConfirmedBy,
				CreatedAt: shown(op.CreatedAt), Content: newOpContent(&op.Op), Supersedes: op.Supersedes, MayConfirm: op.MayConfirm, MayDrop: op.MayDrop, MayType: op.MayType, MayRevise: op.MayRevise, MayReplace: op.MayReplace, Version: op.Version,
			}
		}),
		Attachments: list(v.Attachments, func(a channel.Attachment) opAttachment {
			return opAttachment{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size}
		}),
		FilesWith: append([]wire.OpKind{}, v.FilesWith...),
		Files: list(v.Files, func(f desk.OrderFile) orderFileBody {
			return orderFileBody{N: f.N, State: f.State, Attachment: f.Attachment, Name: f.File.Name, Reason: f.Reason}
		}),
	}
}
