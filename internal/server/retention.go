package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/retention"
	"jiesu/internal/problem"
)

// Retentions are how long everything is kept, and who decides otherwise.
type Retentions interface {
	Keepings(ctx context.Context, a desk.Actor) (desk.Keepings, error)
	Holds(ctx context.Context, a desk.Actor) ([]desk.Hold, error)
	PlaceHold(ctx context.Context, a desk.Actor, number, reason string, until time.Time) (desk.Hold, error)
	LiftHold(ctx context.Context, a desk.Actor, number string) (desk.Hold, error)
	Erasures(ctx context.Context, a desk.Actor, s desk.ErasureState) ([]desk.Erasure, error)
	RequestErasure(ctx context.Context, a desk.Actor, number, phone, code, reason string) (desk.Erasure, error)
	DecideErasure(ctx context.Context, a desk.Actor, number, id string, erase bool, ground, words string) (desk.Erasure, error)
}

type keepingsBody struct {
	Version int        `json:"version" doc:"of the rules"`
	Classes []keptBody `json:"classes" nullable:"false"`
}

type keptBody struct {
	ID       retention.ID `json:"id"`
	Name     string       `json:"name"`
	Keep     string       `json:"keep" example:"3年"`
	From     string       `json:"from" doc:"what the time is counted from"`
	Does     string       `json:"does" doc:"what becomes of it then"`
	Basis    string       `json:"basis"`
	Certain  bool         `json:"certain" doc:"false: a house rule that has to be confirmed"`
	Due      int64        `json:"due" doc:"how many the next runs will take"`
	Erased   int64        `json:"erased" doc:"how many have gone so far"`
	ErasedAt *time.Time   `json:"erased_at,omitempty" doc:"when the last went"`
}

type holdsBody struct {
	Holds []holdBody `json:"holds" nullable:"false"`
}

type holdBody struct {
	Ticket string    `json:"ticket" doc:"number"`
	Reason string    `json:"reason,omitempty" doc:"for whoever decides about it"`
	By     string    `json:"by" doc:"user id"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
}

func newHold(h desk.Hold) holdBody {
	return holdBody{Ticket: h.Ticket, Reason: h.Reason, By: h.By, At: shown(h.At), Until: shown(h.Until)}
}

// newHoldOf is the hold of a ticket; nil: there is none.
func newHoldOf(h *desk.Hold) *holdBody {
	if h == nil {
		return nil
	}
	b := newHold(*h)
	return &b
}

type holdInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Reason string `json:"reason" doc:"1 to 200 characters; sealed"`
		Until  string `json:"until" format:"date" doc:"the last day, YYYY-MM-DD; ten years at most"`
	}
}

type liftInput struct {
	Number string `path:"number" maxLength:"64"`
}

type erasuresInput struct {
	State desk.ErasureState `query:"state" enum:"pending,erased,refused" default:"pending"`
}

type erasuresBody struct {
	Erasures []erasureBody `json:"erasures" nullable:"false"`
}

type erasureBody struct {
	ID          string            `json:"id"`
	Ticket      string            `json:"ticket" doc:"number"`
	Requester   string            `json:"requester" doc:"user id of who took the request"`
	Reason      string            `json:"reason"`
	State       desk.ErasureState `json:"state" enum:"pending,erased,refused"`
	Ground      string            `json:"ground,omitempty" doc:"why it was refused, a code of the grounds"`
	RequestedAt time.Time         `json:"requested_at"`
	DecidedBy   string            `json:"decided_by,omitempty"`
	DecidedAt   *time.Time        `json:"decided_at,omitempty"`
	Words       string            `json:"words,omitempty"`
}

func newErasure(e desk.Erasure) erasureBody {
	return erasureBody{
		ID: e.ID, Ticket: e.Ticket, Requester: e.Requester, Reason: e.Reason, State: e.State, Ground: e.Ground, RequestedAt: shown(e.RequestedAt),
		DecidedBy: e.DecidedBy, DecidedAt: shownOrNil(e.DecidedAt), Words: e.Decision,
	}
}

type requestErasureInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Phone  string `json:"phone,omitempty" maxLength:"64" doc:"as the person says it; must be the one of the letter"`
		Code   string `json:"query_code,omitempty" maxLength:"128" doc:"proves a letter without a phone"`
		Reason string `json:"reason" doc:"how the person asked and was verified; 1 to 200 characters, sealed"`
	}
}

type decideErasureInput struct {
	Number string `path:"number" maxLength:"64"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Erase  bool   `json:"erase"`
		Ground string `json:"ground,omitempty" doc:"why not, a code of the grounds"`
		Words  string `json:"words" doc:"1 to 200 characters, sealed"`
	}
}

func (s *Server) retentionRoutes() {
	op := func(id, method, path, summary string, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff" + path, tag: "retention", summary: summary, status: http.StatusOK, problems: problems, audience: staffOnly,
		}
	}
	register(s, op("retention", http.MethodGet, "/retention", "How long everything is kept, what is due and what has gone; figures only"),
		func(ctx context.Context, _ *nothing) (*body[keepingsBody], error) {
			k, err := s.desk.Keepings(ctx, actorOf(ctx))
			return respond(newKeepings(k), err)
		})
	register(s, op("holds", http.MethodGet, "/holds", "Tickets that are held: nothing of them is erased"),
		func(ctx context.Context, _ *nothing) (*body[holdsBody], error) {
			hs, err := s.desk.Holds(ctx, actorOf(ctx))
			return respond(holdsBody{Holds: list(hs, newHold)}, err)
		})
	register(s, op("place-hold", http.MethodPost, "/tickets/{number}/hold", "Hold a ticket", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *holdInput) (*body[holdBody], error) {
			until, err := time.ParseInLocation(time.DateOnly, in.Body.Until, beijing())
			if err != nil {
				return nil, problem.New(problem.Invalid, "hold.until", "日期的写法是2027-01-31。")
			}
			h, err := s.desk.PlaceHold(ctx, actorOf(ctx), in.Number, in.Body.Reason, until)
			return respond(newHold(h), err)
		})
	register(s, op("lift-hold", http.MethodDelete, "/tickets/{number}/hold", "Lift its hold", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *liftInput) (*body[holdBody], error) {
			h, err := s.desk.LiftHold(ctx, actorOf(ctx), in.Number)
			return respond(newHold(h), err)
		})
	register(s, op("erasures", http.MethodGet, "/erasures", "People's requests to be erased"),
		func(ctx context.Context, in *erasuresInput) (*body[erasuresBody], error) {
			es, err := s.desk.Erasures(ctx, actorOf(ctx), in.State)
			return respond(erasuresBody{Erasures: list(es, newErasure)}, err)
		})
	register(s, op("request-erasure", http.MethodPost, "/tickets/{number}/erasures", "Take a person's request to be erased; somebody else decides", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *requestErasureInput) (*body[erasureBody], error) {
			e, err := s.desk.RequestErasure(ctx, actorOf(ctx), in.Number, in.Body.Phone, in.Body.Code, in.Body.Reason)
			return respond(newErasure(e), err)
		})
	register(s, op("decide-erasure", http.MethodPost, "/tickets/{number}/erasures/{id}/decision", "Erase for good, or refuse with a ground in law", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *decideErasureInput) (*body[erasureBody], error) {
			e, err := s.desk.DecideErasure(ctx, actorOf(ctx), in.Number, in.ID, in.Body.Erase, in.Body.Ground, in.Body.Words)
			return respond(newErasure(e), err)
		})
}

func newKeepings(k desk.Keepings) keepingsBody {
	return keepingsBody{
		Version: k.Version,
		Classes: list(k.Classes, func(c desk.KeptClass) keptBody {
			return keptBody{
				ID: c.ID, Name: c.Name, Keep: c.Keep.Text(), From: c.From, Does: c.Does.Name(), Basis: c.Basis, Certain: c.Certain, Due: c.Due,
				Erased: c.Erased.N, ErasedAt: shownOrNil(c.Erased.At),
			}
		}),
	}
}
