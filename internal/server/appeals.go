package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
)

type appealsInput struct {
	State desk.AppealState `query:"state" enum:"waiting,upheld,dismissed" default:"waiting"`
}

type fileAppealInput struct {
	Body struct {
		Ticket string `json:"ticket" maxLength:"64" doc:"number; its latest rating is meant"`
		Reason string `json:"reason" maxLength:"64" doc:"a code, see appeal in GET …/reasons"`
		Words  string `json:"words" doc:"internal: facts and grounds; up to 1,000 characters"`
	}
}

type decideAppealInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64  `json:"version" doc:"of the appeal as it was seen; a newer one is a conflict"`
		Uphold  bool   `json:"uphold"`
		Words   string `json:"words" doc:"internal: why; up to 1,000 characters"`
	}
}

type appealsBody struct {
	Appeals []appealBody `json:"appeals" nullable:"false" doc:"oldest first"`
}

type appealBody struct {
	ID        string           `json:"id"`
	Ticket    string           `json:"ticket" doc:"number"`
	Seq       int64            `json:"seq" doc:"of the step that is the rating"`
	Unit      string           `json:"unit" doc:"unit id of whose work was rated"`
	Score     int              `json:"score" doc:"1 to 5"`
	Solved    bool             `json:"solved"`
	RatedAt   time.Time        `json:"rated_at"`
	Reason    string           `json:"reason"`
	Words     string           `json:"words"`
	State     desk.AppealState `json:"state" enum:"waiting,upheld,dismissed"`
	Appellant string           `json:"appellant" doc:"user id"`
	FiledAt   time.Time        `json:"filed_at"`
	DueAt     *time.Time       `json:"due_at,omitempty" doc:"until when it is decided; then it goes up"`
	DecidedBy string           `json:"decided_by,omitempty" doc:"user id"`
	DecidedAt *time.Time       `json:"decided_at,omitempty"`
	Decision  string           `json:"decision,omitempty" doc:"why"`
	Struck    bool             `json:"struck" doc:"upheld before the month of the rating was closed: no figure counts it"`
	Version   int64            `json:"version"`
	MayDecide bool             `json:"may_decide,omitempty" doc:"in …/appeals: the caller may decide it"`
}

func newAppeal(a desk.Appeal) appealBody {
	return appealBody{
		ID: a.ID, Ticket: a.Ticket, Seq: a.Seq, Unit: a.Unit, Score: a.Score, Solved: a.Solved, RatedAt: shown(a.RatedAt), Reason: a.Reason, Words: a.Words,
		State: a.State, Appellant: a.Appellant, FiledAt: shown(a.FiledAt), DueAt: shownOrNil(a.DueAt), DecidedBy: a.DecidedBy, DecidedAt: shownOrNil(a.DecidedAt),
		Decision: a.Decision, Struck: a.Struck, Version: a.Version,
	}
}

func (s *Server) appealRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/appeals" + path, tag: "tickets", summary: summary, status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, op("appeals", http.MethodGet, "", "Appeals against ratings, of tickets one may see", http.StatusOK),
		func(ctx context.Context, in *appealsInput) (*body[appealsBody], error) {
			actor := actorOf(ctx)
			all, err := s.desk.Appeals(ctx, actor, in.State)
			return respond(appealsBody{Appeals: list(all, func(a desk.Appeal) appealBody {
				b := newAppeal(a)
				b.MayDecide = actor.MayDecide(&a)
				return b
			})}, err)
		})
	register(s, op("file-appeal", http.MethodPost, "", "Appeal against the latest rating of a ticket, for the unit whose work it is; once, and in time",
		http.StatusCreated, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *fileAppealInput) (*body[appealBody], error) {
			a, err := s.desk.FileAppeal(ctx, actorOf(ctx), in.Body.Ticket, in.Body.Reason, in.Body.Words)
			return respond(newAppeal(a), err)
		})
	register(s, op("decide-appeal", http.MethodPost, "/{id}/decision", "Uphold or dismiss an appeal: somebody of neither the unit nor who made it",
		http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *decideAppealInput) (*body[appealBody], error) {
			a, err := s.desk.DecideAppeal(ctx, actorOf(ctx), in.ID, in.Body.Version, in.Body.Uphold, in.Body.Words)
			return respond(newAppeal(a), err)
		})
}
