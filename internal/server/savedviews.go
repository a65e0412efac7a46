package server

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

// savedView is a list of tickets with a name. What it counts and what the client
// asks for are the same input.
type savedView struct {
	id, name string
	query    ticketsInput
	hidden   bool // from this reader
}

// savedViews are the lists of somebody's inbox, in the order they are shown.
func savedViews(a *desk.Actor) []savedView {
	whole := a.Scope == "*"
	return []savedView{
		{id: "mine", name: "我的", query: ticketsInput{Mine: true, Aspect: desk.StillOpen}},
		{id: "unit", name: "本单位", query: ticketsInput{Lead: a.Unit, Aspect: desk.StillOpen}},
		{id: "opinions", name: "请我单位会办", query: ticketsInput{Co: true, Aspect: desk.StillOpen}},
		{id: "screening", name: "待派单", query: ticketsInput{Status: []string{string(ticket.Received), string(ticket.Accepted)}}, hidden: !whole},
		{id: "unassigned", name: "无人认领", query: ticketsInput{Unassigned: true}},
		{id: "due_today", name: "今日到期", query: ticketsInput{Aspect: desk.DueToday}},
		{id: "overdue", name: "超期", query: ticketsInput{Aspect: desk.PastDue}},
		{id: "supervised", name: "督办", query: ticketsInput{Supervised: true, Aspect: desk.StillOpen}},
		{id: "open", name: "全部在办", query: ticketsInput{Aspect: desk.StillOpen}},
	}
}

// queueNames are the lists beside tickets, in the order they are shown.
func queueNames() []struct {
	queue desk.Queue
	name  string
} {
	return []struct {
		queue desk.Queue
		name  string
	}{
		{desk.SignalQueue, "弱信号"}, {desk.ReviewQueue, "待我审核"}, {desk.CallbackQueue, "待回访"}, {desk.GapQueue, "待补知识"},
	}
}

type viewsBody struct {
	Views []viewBody `json:"views"`
}

type viewBody struct {
	ID    string `json:"id" enum:"mine,unit,opinions,screening,unassigned,due_today,overdue,supervised,open,signals,reviews,callbacks,gaps"`
	Name  string `json:"name" doc:"in Chinese, to be shown"`
	Count int    `json:"count" maximum:"1000"`
	More  bool   `json:"more" doc:"there are more than count says: shown as 1000+"`
	Query string `json:"query,omitempty" example:"aspect=open&mine=true" doc:"what to ask GET /api/v1/staff/tickets for; missing: a list that is not of tickets"`
}

func newView(id, name string, n int, query string) viewBody {
	return viewBody{ID: id, Name: name, Count: min(n, desk.MostCounted), More: n > desk.MostCounted, Query: query}
}

func (s *Server) viewRoutes() {
	register(s, operation{
		id: "views", method: http.MethodGet, path: "/api/v1/staff/views", tag: "tickets", status: http.StatusOK, audience: staffOnly,
		summary:     "What waits for the caller, list by list, with counts",
		description: "Lists the caller has no part in are missing. A count is of what the caller may see, as the list itself; above 1,000 it stops.",
	}, s.views)
}

func (s *Server) views(ctx context.Context, _ *nothing) (*body[viewsBody], error) {
	a := actorOf(ctx)
	var shown []savedView
	var filters []desk.Filter
	for _, v := range savedViews(&a) {
		if a.Scope != "" && !v.hidden {
			shown, filters = append(shown, v), append(filters, s.filterOf(&v.query))
		}
	}
	counts, err := s.desk.Counts(ctx, a, filters)
	if err != nil {
		return nil, err
	}
	b := viewsBody{Views: make([]viewBody, 0, len(shown))}
	for i, v := range shown {
		b.Views = append(b.Views, newView(v.id, v.name, counts.Tickets[i], v.query.encoded()))
	}
	for _, q := range queueNames() {
		if n, ok := counts.Queues[q.queue]; ok {
			b.Views = append(b.Views, newView(string(q.queue), q.name, n, ""))
		}
	}
	return respond(b, nil)
}

// encoded is a saved list as a query of GET …/tickets.
func (in *ticketsInput) encoded() string {
	q := url.Values{}
	set := func(name, value string, wanted bool) {
		if wanted {
			q.Set(name, value)
		}
	}
	set("status", strings.Join(in.Status, ","), len(in.Status) > 0)
	set("lead", in.Lead, in.Lead != "")
	set("aspect", string(in.Aspect), in.Aspect != "")
	set("mine", "true", in.Mine)
	set("co", "true", in.Co)
	set("supervised", "true", in.Supervised)
	set("unassigned", "true", in.Unassigned)
	return q.Encode()
}
