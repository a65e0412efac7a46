package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

// moveFormBody is what a move needs.
type moveFormBody struct {
	Move         ticket.Move     `json:"move"`
	Name         string          `json:"name" doc:"in Chinese, to be shown"`
	To           ticket.Status   `json:"to,omitempty" enum:"received,supplement,accepted,dispatched,handling,reviewing,answered,closed,declined,merged,withdrawn,transferred" doc:"where it leads; missing: nowhere, or where the ticket says"`
	Public       string          `json:"public,omitempty" doc:"what the citizen reads of it, beside the text somebody writes"`
	Irreversible bool            `json:"irreversible" doc:"no other move brings the ticket back, or unsays what was said: ask before"`
	Left         *int            `json:"left,omitempty" doc:"how often it may still be made; missing: as often as it fits"`
	Fields       []moveFieldBody `json:"fields"`
}

type moveFieldBody struct {
	Name     string           `json:"name" doc:"of the body of …/moves"`
	Type     ticket.FieldKind `json:"type" enum:"text,unit,units,ticket,choice,choices,number,day,flag,kind,gates,gate,comments" doc:"unit: an id of …/units; kind: one a letter may be reclassified to, see …/reasons; gate: also asks for a reason of its list"`
	Required bool             `json:"required"`
	Most     int              `json:"most,omitempty" doc:"characters, units or the largest number; missing: unbounded"`
	Unit     string           `json:"unit,omitempty" doc:"what a number counts, in Chinese"`
	Choices  []choice         `json:"choices" doc:"of a choice"`
}

func newMoveForm(f ticket.Form) moveFormBody {
	return moveFormBody{
		Move: f.Move, Name: f.Move.Name(), To: f.To, Public: f.Public, Irreversible: f.Irreversible, Left: f.Left,
		Fields: list(f.Fields, func(x ticket.Field) moveFieldBody {
			return moveFieldBody{
				Name: x.Name, Type: x.Kind, Required: x.Required, Most: x.Most, Unit: x.Unit,
				Choices: list(x.Choices, func(r ticket.Reason) choice { return choice(r) }),
			}
		}),
	}
}

type movePreviewBody struct {
	Before   ticketSummary   `json:"before"`
	After    ticketSummary   `json:"after"`
	Lead     string          `json:"lead" doc:"name of the unit that leads then"`
	Holder   string          `json:"holder,omitempty" doc:"name of who holds it then"`
	Clocks   []clockTurnBody `json:"clocks" doc:"that the move starts, stops, pauses or moves"`
	Tells    []tellingBody   `json:"tells" doc:"who is told, and who is not and why"`
	Warnings []warningBody   `json:"warnings" doc:"worth a look; none of them forbids the move"`
}

type clockTurnBody struct {
	Name   string     `json:"name" doc:"of the wait, in Chinese"`
	Owner  string     `json:"owner" doc:"name of the unit whose clock it is"`
	Rule   string     `json:"rule" doc:"its name, in Chinese"`
	Basis  string     `json:"basis,omitempty" doc:"what the rule rests on"`
	Before *clockView `json:"before,omitempty" doc:"missing: the move starts it"`
	After  clockView  `json:"after"`
	Stands bool       `json:"stands" doc:"it is paused then"`
	Moved  *time.Time `json:"moved_to,omitempty" doc:"its date, where that is another one"`
}

type tellingBody struct {
	Ticket  string `json:"ticket" doc:"number"`
	Channel string `json:"channel" enum:"desk,chat,sms,mail,wechat,robot,webhook,12345,inbound" doc:"desk: a notification; inbound: the mailbox it came from"`
	Unit    string `json:"unit,omitempty" doc:"name"`
	To      string `json:"to,omitempty" example:"handler" doc:"post, as of notifications"`
	Person  string `json:"person,omitempty" doc:"name, where it is for one of the staff"`
	Why     string `json:"why_not,omitempty" doc:"in Chinese: why nobody is told by it"`
}

type warningBody struct {
	Code    desk.WarningCode `json:"code" enum:"duplicate,late,provisional,recused"`
	Text    string           `json:"text"`
	Tickets []string         `json:"tickets" doc:"numbers"`
}

func (s *Server) previewRoutes() {
	register(s, operation{
		id: "preview-move", method: http.MethodPost, path: "/api/v1/staff/tickets/{number}/moves/preview", tag: "tickets",
		summary: "What a move would do", status: http.StatusOK, audience: staffOnly, problems: []int{http.StatusNotFound, http.StatusConflict},
		description: "Takes the body of …/moves and changes nothing: the move is made and undone. What the move would refuse is refused in the same words.",
	}, func(ctx context.Context, in *moveInput) (*body[movePreviewBody], error) {
		p, err := s.desk.PreviewMove(ctx, actorOf(ctx), in.Number, in.Body.command())
		return respond(newMovePreview(&p), err)
	})
}

func newMovePreview(p *desk.MovePreview) movePreviewBody {
	return movePreviewBody{
		Before: newSummary(p.Before), After: newSummary(p.After), Lead: p.Lead, Holder: p.Holder, Clocks: list(p.Clocks, newClockTurn),
		Tells:    list(p.Tells, func(t desk.Telling) tellingBody { return tellingBody(t) }),
		Warnings: list(p.Warnings, func(w desk.Warning) warningBody { return warningBody{w.Code, w.Text, list(w.Tickets, same[string])} }),
	}
}

func newClockTurn(c desk.ClockChange) clockTurnBody {
	b := clockTurnBody{
		Name: c.After.Purpose.Name(), Owner: c.After.Owner, Rule: c.After.By.Name, Basis: c.After.By.Basis, After: newClock(c.After.Clock), Stands: c.After.Standing(),
	}
	if c.Before != nil {
		before := newClock(c.Before.Clock)
		b.Before = &before
		if !c.Before.DueAt.Equal(c.After.DueAt) {
			b.Moved = shownOrNil(c.After.DueAt)
		}
	}
	return b
}
