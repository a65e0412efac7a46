package server

import (
	"cmp"
	"context"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

const auditPath = "/api/v1/staff/audit"

// AuditQuery chooses entries of the trail.
type AuditQuery struct {
	Subject string    `query:"subject" maxLength:"100" doc:"what they are about: the number of a ticket, the login or name of somebody, or kind and id as an entry has them, such as review/0194…"`
	Actor   string    `query:"actor" maxLength:"64" doc:"user id, or a code of audit_actors"`
	Actions []string  `query:"action" maxItems:"20" doc:"one or more codes of audit_actions, separated by commas"`
	From    time.Time `query:"from" doc:"RFC 3339: then or later"`
	To      time.Time `query:"to" doc:"earlier"`
}

type auditInput struct {
	AuditQuery

	Cursor string `query:"cursor" maxLength:"100" doc:"next of the page before, of the same query"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type auditBody struct {
	Entries []entryOfTrail `json:"entries" doc:"newest first"`
	Next    string         `json:"next,omitempty" doc:"cursor of the next page; missing: this was the last"`
}

// entryOfTrail is an entry with the names of what it tells of.
type entryOfTrail struct {
	Lane     int           `json:"lane" doc:"chain it stands in"`
	Seq      int64         `json:"seq" doc:"number within the chain"`
	At       time.Time     `json:"at"`
	Actor    string        `json:"actor" doc:"user id, or a code of audit_actors"`
	By       string        `json:"by" doc:"name of the actor"`
	Action   string        `json:"action" doc:"a code of audit_actions"`
	Subject  auditSubject  `json:"subject"`
	Withheld bool          `json:"withheld" doc:"it is about what the reader may not know: subject and details are left out"`
	Details  []auditDetail `json:"details"`
	Hash     string        `json:"hash"`
}

type auditSubject struct {
	Kind   string `json:"kind" doc:"a code of audit_subjects; empty: withheld"`
	ID     string `json:"id,omitempty"`
	Number string `json:"number,omitempty" doc:"of a ticket"`
	Name   string `json:"name,omitempty" doc:"of somebody"`
}

type auditDetail struct {
	Code  string `json:"code"`
	Name  string `json:"name" doc:"of the code"`
	Value string `json:"value" doc:"as the trail has it"`
	Text  string `json:"text" doc:"the value in words"`
}

type verificationInput struct {
	Body struct {
		Begin bool `json:"begin,omitempty" doc:"from the first entry, whatever was checked before"`
	}
}

type verificationBody struct {
	State    string         `json:"state" enum:"none,running,done" doc:"running: ask to go on until it is done"`
	By       string         `json:"by,omitempty" doc:"name of who began it"`
	BeganAt  *time.Time     `json:"began_at,omitempty"`
	DoneAt   *time.Time     `json:"done_at,omitempty"`
	Entries  int            `json:"entries" doc:"checked so far"`
	Total    int64          `json:"total" doc:"there are now"`
	Findings []faultOfTrail `json:"findings" doc:"in the order of chains, the first broken entry of each first; empty: nothing is wrong"`
	Cut      bool           `json:"cut" doc:"there were more findings than are listed"`
	Digest   string         `json:"digest,omitempty" doc:"one hash of where all chains end, of a check that is done"`
	Lanes    []laneBody     `json:"lanes" doc:"where the chains that were checked end: an anchor for jiesu audit verify"`
}

type faultOfTrail struct {
	Lane int    `json:"lane"`
	Seq  int64  `json:"seq"`
	Code string `json:"code"`
	Text string `json:"text"`
}

type laneBody struct {
	Lane    int    `json:"lane"`
	Entries int64  `json:"entries"`
	Hash    string `json:"hash"`
}

func (s *Server) auditRoutes() {
	op := func(id, method, path, summary string, problems ...int) operation {
		return operation{
			id: id, method: method, path: auditPath + path, tag: "audit", summary: summary, status: http.StatusOK, problems: problems, audience: staffOnly,
			description: "For auditors. Of what the reader may not know, such as reports, only who did what and when is told.",
		}
	}
	register(s, op("audit", http.MethodGet, "", "Who did what, newest first"),
		func(ctx context.Context, in *auditInput) (*body[auditBody], error) {
			q, reading, err := s.auditQuery(ctx, in.AuditQuery)
			if err != nil {
				return nil, err
			}
			q.Cursor, q.Limit = in.Cursor, in.Limit
			page, err := s.desk.AuditTrail(ctx, actorOf(ctx), q)
			return respond(auditBody{Entries: list(page.Rows, reading.entry), Next: page.Next}, err)
		})
	register(s, op("export-audit", http.MethodGet, "/export", "What was found, as a table; at most 10,000 entries; that it leaves is audited"),
		func(ctx context.Context, in *AuditQuery) (*tableFile, error) {
			q, reading, err := s.auditQuery(ctx, *in)
			if err != nil {
				return nil, err
			}
			rows, err := s.desk.ExportAudit(ctx, actorOf(ctx), q)
			if err != nil {
				return nil, err
			}
			return newTableFile("audit", reading.table(rows))
		})
	register(s, op("audit-verification", http.MethodGet, "/verification", "What the latest check of the chains has found"),
		func(ctx context.Context, _ *nothing) (*body[verificationBody], error) {
			c, err := s.desk.AuditChecked(ctx, actorOf(ctx))
			return s.verification(ctx, c, err)
		})
	register(s, op("verify-audit", http.MethodPost, "/verification", "Check the chains, or go on with it: 50,000 entries at a time", http.StatusConflict),
		func(ctx context.Context, in *verificationInput) (*body[verificationBody], error) {
			c, err := s.desk.CheckAudit(ctx, actorOf(ctx), in.Body.Begin)
			return s.verification(ctx, c, err)
		})
}

// auditQuery is what is asked for in the trail's own terms, and what reads the answer.
func (s *Server) auditQuery(ctx context.Context, in AuditQuery) (desk.AuditQuery, *auditReading, error) {
	q := desk.AuditQuery{AuditFilter: desk.AuditFilter{Actor: in.Actor, Actions: in.Actions, From: in.From, Until: in.To}}
	reading := &auditReading{words: newWords(s.desk.Catalogue()), names: map[string]string{}, units: map[string]string{}}
	users, err := s.access.Users(ctx)
	if err != nil {
		return q, nil, err
	}
	units, err := s.desk.Units(ctx)
	for _, u := range units {
		reading.units[u.ID] = u.Name
	}
	subject := strings.TrimSpace(in.Subject)
	for i := range users {
		u := &users[i]
		reading.names[u.ID] = u.Name
		if subject != "" && (u.Login == strings.ToLower(subject) || u.Name == subject) {
			q.Objects = append(q.Objects, "staff/"+u.ID, "user/"+u.ID)
		}
	}
	switch {
	case subject == "", len(q.Objects) > 0:
	case strings.Contains(subject, "/"):
		q.Objects = []string{subject}
	default:
		q.Ticket = cmp.Or(ticket.NormaliseNumber(subject), subject)
	}
	return q, reading, err
}

func (r *auditReading) entry(e desk.AuditRow) entryOfTrail {
	kind, id, _ := strings.Cut(e.Object, "/")
	keys := auditKeys()
	place := func(key string) int { return slices.IndexFunc(keys, func(c choice) bool { return c.Code == key }) }
	inOrder := slices.SortedFunc(maps.Keys(e.Detail), func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	return entryOfTrail{
		Lane: e.Lane, Seq: e.Seq, At: shown(e.At), Actor: e.Actor, By: r.actor(e.Actor), Action: e.Action,
		Subject:  auditSubject{Kind: kind, ID: id, Number: e.Numbers[id], Name: r.names[id]},
		Withheld: e.Withheld, Hash: hex.EncodeToString(e.Hash),
		Details: list(inOrder, func(key string) auditDetail {
			value, name := e.Detail[key], nameIn(keys, key)
			if key == "from" && strings.HasPrefix(e.Action, "session.") {
				name = "网段"
			}
			return auditDetail{Code: key, Name: name, Value: value, Text: r.value(key, value, e.Numbers)}
		}),
	}
}

// table is what was found for a spreadsheet.
func (r *auditReading) table(rows []desk.AuditRow) [][]string {
	table := [][]string{{"时间", "操作人", "操作", "对象", "编号", "详情", "链", "序号", "校验值"}}
	for _, row := range rows {
		e := r.entry(row)
		subject := nameIn(r.words.AuditSubjects, e.Subject.Kind)
		if e.Withheld {
			subject = "不显示"
		}
		var details []string
		for _, d := range e.Details {
			if d.Text != "" {
				details = append(details, d.Name+"："+d.Text)
			}
		}
		table = append(table, []string{
			e.At.Format(time.DateTime), e.By, r.action(e.Action), subject, cmp.Or(e.Subject.Number, e.Subject.Name, e.Subject.ID), strings.Join(details, "；"),
			strconv.Itoa(e.Lane), strconv.FormatInt(e.Seq, 10), e.Hash,
		})
	}
	return table
}

func (s *Server) verification(ctx context.Context, c desk.AuditCheck, err error) (*body[verificationBody], error) {
	if err != nil {
		return nil, err
	}
	users, err := s.access.Users(ctx)
	b := verificationBody{
		State: "none", BeganAt: shownOrNil(c.BeganAt), DoneAt: shownOrNil(c.DoneAt), Entries: c.Entries, Total: c.Total, Cut: c.Cut,
		Findings: list(c.Findings, func(f audit.Finding) faultOfTrail {
			return faultOfTrail{Lane: f.Lane, Seq: f.Seq, Code: string(f.Fault), Text: f.Fault.Name()}
		}),
		Lanes: list(c.Heads, func(h audit.Head) laneBody { return laneBody{h.Lane, h.Seq, hex.EncodeToString(h.Hash)} }),
	}
	for _, u := range users {
		if u.ID == c.By {
			b.By = u.Name
		}
	}
	switch {
	case c.Done:
		b.State, b.Digest = "done", hex.EncodeToString(audit.Digest(c.Heads))
	case c.Version > 0:
		b.State = "running"
	}
	return respond(b, err)
}

// Trail is what the desk tells auditors.
type Trail interface {
	AuditTrail(ctx context.Context, a desk.Actor, q desk.AuditQuery) (desk.AuditPage, error)
	ExportAudit(ctx context.Context, a desk.Actor, q desk.AuditQuery) ([]desk.AuditRow, error)
	AuditChecked(ctx context.Context, a desk.Actor) (desk.AuditCheck, error)
	CheckAudit(ctx context.Context, a desk.Actor, begin bool) (desk.AuditCheck, error)
}
