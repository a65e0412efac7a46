package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
)

type callInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64           `json:"version" doc:"of the call-back as it was seen; a newer one is a conflict"`
		Result  desk.CallResult `json:"result" enum:"reached,no_answer,unwanted"`
		Score   int             `json:"score,omitempty" maximum:"5" doc:"reached: 1 (worst) to 5 (best); not for a bad rating, which stands"`
		Solved  bool            `json:"solved,omitempty" doc:"reached: whether the matter is solved, as the citizen sees it"`
		Reasons []string        `json:"reasons,omitempty" nullable:"false" maxItems:"5" doc:"why; codes that fit the score"`
		Words   string          `json:"words,omitempty" doc:"what the citizen said; up to 2,000 characters"`
		Then    desk.AfterCall  `json:"then,omitempty" enum:"redo,explain" doc:"needed where the citizen is not content or the matter not solved"`
		Note    string          `json:"note,omitempty" doc:"internal: why; explain needs it"`
	}
}

type callbacksBody struct {
	At        time.Time      `json:"at"`
	Overdue   int            `json:"overdue"`
	Callbacks []callbackBody `json:"callbacks" nullable:"false" doc:"due soonest first; who it is, see …/contact"`
}

type callbackBody struct {
	ID        string             `json:"id"`
	Ticket    string             `json:"ticket" doc:"number"`
	Round     int                `json:"round"`
	Unit      string             `json:"unit" doc:"unit id of who led the ticket then"`
	Cause     desk.CallbackCause `json:"cause" enum:"answered,bad_rating"`
	State     desk.CallbackState `json:"state" enum:"waiting,reached,unwanted,unreachable,over"`
	DueAt     time.Time          `json:"due_at"`
	RectifyAt *time.Time         `json:"rectify_by,omitempty" doc:"bad rating: until when it is put right or explained"`
	Attempts  int                `json:"attempts" doc:"a bounded number of which nobody answers"`
	CalledBy  string             `json:"called_by,omitempty" doc:"user id"`
	CalledAt  *time.Time         `json:"called_at,omitempty"`
	Version   int64              `json:"version"`
}

func newCallback(c desk.Callback) callbackBody {
	return callbackBody{
		ID: c.ID, Ticket: c.Ticket, Round: c.Round, Unit: c.Unit, Cause: c.Cause, State: c.State, DueAt: shown(c.DueAt), RectifyAt: shownOrNil(c.RectifyAt),
		Attempts: c.Attempts, CalledBy: c.CalledBy, CalledAt: shownOrNil(c.CalledAt), Version: c.Version,
	}
}

func (s *Server) callbackRoutes() {
	register(s, operation{
		id: "callbacks", method: http.MethodGet, path: "/api/v1/staff/callbacks", tag: "tickets", status: http.StatusOK, audience: staffOnly,
		summary: "Whom to call back: the working day after an answer, and after every bad rating",
	}, func(ctx context.Context, _ *nothing) (*body[callbacksBody], error) {
		l, err := s.desk.Callbacks(ctx, actorOf(ctx))
		return respond(callbacksBody{At: shown(l.At), Overdue: l.Overdue, Callbacks: list(l.Callbacks, newCallback)}, err)
	})
	register(s, operation{
		id: "record-call", method: http.MethodPost, path: "/api/v1/staff/callbacks/{id}/calls", tag: "tickets", status: http.StatusOK, audience: staffOnly,
		summary: "Keep what came of a call: a rating, nobody there, or nothing wanted", problems: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *callInput) (*body[callbackBody], error) {
		b := in.Body
		c, err := s.desk.RecordCall(ctx, actorOf(ctx), in.ID, desk.Called{
			Version: b.Version, Result: b.Result, Score: b.Score, Solved: b.Solved, Reasons: b.Reasons, Words: b.Words, Then: b.Then, Note: b.Note,
		})
		return respond(newCallback(c), err)
	})
}
