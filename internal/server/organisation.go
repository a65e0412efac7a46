package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

type postBody struct {
	ID   string `json:"id" maxLength:"64" example:"taskforce-duty"`
	Unit string `json:"unit" maxLength:"64"`
	Name string `json:"name" doc:"1 to 200 characters, one line"`
	Role string `json:"role" enum:"handler,head,taskforce,leader" doc:"whose notices it gets"`
}

type postsBody struct {
	Posts []postBody `json:"posts"`
}

type postInput struct{ Body postBody }

type spanInput struct {
	From  time.Time `query:"from" doc:"RFC 3339; default: now"`
	Until time.Time `query:"to" doc:"default: 31 days after from; at most a year"`
}

type termBody struct {
	ID     string     `json:"id"`
	Post   string     `json:"post,omitempty"`
	Unit   string     `json:"unit,omitempty"`
	User   string     `json:"user"`
	Deputy string     `json:"deputy,omitempty"`
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"to,omitempty" doc:"missing: until it is ended"`
	Reason string     `json:"reason,omitempty"`
}

type rosterBody struct {
	Terms []termBody `json:"terms" doc:"in order of beginning"`
	Gaps  []gapBody  `json:"gaps" doc:"duty: when nobody is, for each post and unit with a roster"`
}

type gapBody struct {
	Target string    `json:"target" doc:"unit id, or post:<id>"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"to"`
}

type holderInput struct {
	Body struct {
		Post  string    `json:"post" maxLength:"64"`
		User  string    `json:"user" maxLength:"64"`
		From  time.Time `json:"from"`
		Until time.Time `json:"to,omitzero" required:"false" doc:"missing: until it is ended"`
	}
}

type dutyInput struct {
	Body struct {
		Post  string    `json:"post,omitempty" maxLength:"64" doc:"either a post or a unit"`
		Unit  string    `json:"unit,omitempty" maxLength:"64"`
		User  string    `json:"user" maxLength:"64"`
		From  time.Time `json:"from"`
		Until time.Time `json:"to"`
	}
}

type deputyInput struct {
	Body struct {
		User   string    `json:"user" maxLength:"64" doc:"who is away"`
		Deputy string    `json:"deputy" maxLength:"64" doc:"of the same unit or one above"`
		From   time.Time `json:"from"`
		Until  time.Time `json:"to"`
		Reason string    `json:"reason" doc:"1 to 200 characters"`
	}
}

type termInput struct {
	ID string `path:"id" maxLength:"64"`
}

type recipientsInput struct {
	To   string `query:"to" required:"true" maxLength:"100" example:"head" doc:"handler, head, taskforce, leader or post:<id>"`
	Unit string `query:"unit" maxLength:"64"`
}

type recipientsBody struct {
	Recipients []recipientBody `json:"recipients"`
}

type recipientBody struct {
	User   string `json:"user"`
	For    string `json:"for,omitempty" doc:"whom they stand in for"`
	Reason string `json:"reason"`
}

type catalogueInput struct {
	At string `query:"at" maxLength:"10" example:"2026-11-25" doc:"a date in Beijing; default: now"`
}

type catalogueVersionBody struct {
	Version int        `json:"version" doc:"0: shipped"`
	From    *time.Time `json:"from,omitempty"`
	Rows    []rowBody  `json:"rows"`
}

type rowBody struct {
	Number   int      `json:"number" doc:"as reasons name it"`
	Category string   `json:"category"`
	District string   `json:"district,omitempty" doc:"*: any with a branch; missing: wherever the letter comes from"`
	Lead     string   `json:"lead" doc:"@branch: that of the district"`
	Co       []string `json:"co"`
}

func newTerm(t assignment.Term) termBody {
	return termBody{
		ID: t.ID, Post: t.Post, Unit: t.Unit, User: t.User, Deputy: t.Deputy, From: shown(t.From), Until: shownOrNil(t.Until), Reason: t.Reason,
	}
}

func organisationOp(id, method, path, summary string, status int, problems ...int) operation {
	return operation{
		id: id, method: method, path: "/api/v1/staff" + path, tag: "organisation", summary: summary,
		status: status, problems: problems, audience: staffOnly,
	}
}

func (s *Server) organisationRoutes() {
	register(s, organisationOp("posts", http.MethodGet, "/posts", "Posts of the organisation", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[postsBody], error) {
			posts, err := s.desk.Posts(ctx, actorOf(ctx))
			return respond(postsBody{Posts: list(posts, func(p assignment.Post) postBody { return postBody(p) })}, err)
		})
	register(s, organisationOp("add-post", http.MethodPost, "/posts", "Add a post", http.StatusCreated, http.StatusConflict),
		func(ctx context.Context, in *postInput) (*body[postBody], error) {
			return respond(in.Body, s.desk.AddPost(ctx, actorOf(ctx), assignment.Post(in.Body)))
		})
	s.termRoutes("holders", "holder", "who holds posts", assignment.Holding)
	s.termRoutes("duty", "duty", "who is on duty, and when nobody is", assignment.Shift)
	s.termRoutes("deputies", "deputy", "who stands in for whom", assignment.Standing)
	conflict := http.StatusConflict
	register(s, organisationOp("add-holder", http.MethodPost, "/holders", "Let somebody hold a post", http.StatusCreated, conflict),
		func(ctx context.Context, in *holderInput) (*body[termBody], error) {
			b := in.Body
			return s.addTerm(ctx, assignment.Term{Kind: assignment.Holding, Post: b.Post, User: b.User, From: b.From, Until: b.Until})
		})
	register(s, organisationOp("add-duty", http.MethodPost, "/duty", "Put somebody on duty", http.StatusCreated, conflict),
		func(ctx context.Context, in *dutyInput) (*body[termBody], error) {
			b := in.Body
			return s.addTerm(ctx, assignment.Term{Kind: assignment.Shift, Post: b.Post, Unit: b.Unit, User: b.User, From: b.From, Until: b.Until})
		})
	register(s, organisationOp("add-deputy", http.MethodPost, "/deputies", "Let somebody stand in", http.StatusCreated, conflict),
		func(ctx context.Context, in *deputyInput) (*body[termBody], error) {
			b := in.Body
			return s.addTerm(ctx, assignment.Term{Kind: assignment.Standing, User: b.User, Deputy: b.Deputy, From: b.From, Until: b.Until, Reason: b.Reason})
		})
	register(s, organisationOp("recipients", http.MethodGet, "/recipients", "Who would be told of something now, and why", http.StatusOK),
		func(ctx context.Context, in *recipientsInput) (*body[recipientsBody], error) {
			found, err := s.desk.Recipients(ctx, actorOf(ctx), in.To, in.Unit)
			return respond(recipientsBody{Recipients: list(found, func(r assignment.Recipient) recipientBody { return recipientBody(r) })}, err)
		})
	register(s, organisationOp("staff-catalogue", http.MethodGet, "/catalogue", "The responsibility catalogue in force on a date", http.StatusOK), s.catalogueAt)
}

// termRoutes lists terms of one kind and ends them.
func (s *Server) termRoutes(path, name, what string, kind assignment.TermKind) {
	register(s, organisationOp(path, http.MethodGet, "/"+path, "See "+what, http.StatusOK),
		func(ctx context.Context, in *spanInput) (*body[rosterBody], error) {
			const shownDays = 31
			from, until := in.From, in.Until
			if from.IsZero() {
				from = s.now()
			}
			if until.IsZero() {
				until = from.AddDate(0, 0, shownDays)
			}
			r, err := s.desk.Terms(ctx, actorOf(ctx), kind, from, until)
			return respond(rosterBody{
				Terms: list(r.Terms, newTerm),
				Gaps:  list(r.Gaps, func(g assignment.Gap) gapBody { return gapBody{g.Target, shown(g.From), shown(g.Until)} }),
			}, err)
		})
	register(s, organisationOp("end-"+name, http.MethodPost, "/"+path+"/{id}/end", "End it now", http.StatusNoContent, http.StatusNotFound),
		func(ctx context.Context, in *termInput) (*struct{}, error) {
			return nil, s.desk.EndTerm(ctx, actorOf(ctx), kind, in.ID)
		})
}

func (s *Server) addTerm(ctx context.Context, t assignment.Term) (*body[termBody], error) {
	t, err := s.desk.AddTerm(ctx, actorOf(ctx), t)
	return respond(newTerm(t), err)
}

func (s *Server) catalogueAt(ctx context.Context, in *catalogueInput) (*body[catalogueVersionBody], error) {
	var at time.Time
	if in.At != "" {
		day, err := time.ParseInLocation(time.DateOnly, in.At, beijing())
		if err != nil {
			return nil, problem.New(problem.Invalid, "catalogue.date", "日期不正确，请写成2026-01-31的样子。").Because(err)
		}
		at = day
	}
	v, err := s.desk.CatalogueAt(ctx, actorOf(ctx), at)
	if err != nil {
		return nil, err
	}
	b := catalogueVersionBody{Version: v.Number, From: shownOrNil(v.From), Rows: make([]rowBody, len(v.Rows))}
	for i, r := range v.Rows {
		b.Rows[i] = rowBody{Number: i + 1, Category: r.Category, District: r.District, Lead: r.Lead, Co: list(r.Co, same[string])}
	}
	return respond(b, nil)
}

// Organisation is who is where, and who is responsible for what.
type Organisation interface {
	Posts(ctx context.Context, a desk.Actor) ([]assignment.Post, error)
	AddPost(ctx context.Context, a desk.Actor, p assignment.Post) error
	Terms(ctx context.Context, a desk.Actor, kind assignment.TermKind, from, until time.Time) (desk.Roster, error)
	AddTerm(ctx context.Context, a desk.Actor, t assignment.Term) (assignment.Term, error)
	EndTerm(ctx context.Context, a desk.Actor, kind assignment.TermKind, id string) error
	Recipients(ctx context.Context, a desk.Actor, to, unit string) ([]assignment.Recipient, error)
	CatalogueAt(ctx context.Context, a desk.Actor, at time.Time) (assignment.Version, error)
}
