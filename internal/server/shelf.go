package server

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

type versionInput struct {
	ID string `path:"id" maxLength:"80" example:"idcard-lost"`
	N  int    `path:"n" minimum:"1" maximum:"1000000"`
}

type stopVersionInput struct {
	ID   string `path:"id" maxLength:"80"`
	N    int    `path:"n" minimum:"1" maximum:"1000000"`
	Body struct {
		Retire bool   `json:"retire,omitempty" doc:"it is needed no more; nothing is wrong with it"`
		Reason string `json:"reason" enum:"wrong,outdated,disclosure,needless"`
		Words  string `json:"words" doc:"why; 1 to 1000 characters"`
	}
}

type tellInput struct {
	ID   string `path:"id" maxLength:"80"`
	N    int    `path:"n" minimum:"1" maximum:"1000000"`
	Body struct {
		Notice string `json:"notice" maxLength:"64" doc:"id of a published notice: what they are told was reviewed"`
	}
}

type documentInput struct {
	ID   string `path:"id" maxLength:"80"`
	Body struct {
		Validity string `json:"validity" enum:"in_force,amended,repealed,expired"`
		From     string `json:"from,omitempty" format:"date" doc:"the first day; none: at once"`
		Reason   string `json:"reason" doc:"1 to 1000 characters"`
		Source   string `json:"source" doc:"where that is published; 1 to 1000 characters"`
	}
}

type entryVersionBody struct {
	entryBody

	From      time.Time      `json:"from" doc:"when it began to answer"`
	Published *time.Time     `json:"published,omitempty"`
	Newest    int            `json:"newest" doc:"the version in use"`
	Stopped   knowledge.Stop `json:"stopped,omitempty" enum:"withdrawn,retired,revising" doc:"why it answers no more"`
}

type recallBody struct {
	Entry   string      `json:"entry"`
	Version int         `json:"version"`
	Stopped *time.Time  `json:"stopped,omitempty"`
	Answers []givenBody `json:"answers" nullable:"false" doc:"newest first"`
	Hidden  int         `json:"hidden" doc:"chats that became reports, and replies to reports, which only their handlers see"`
	Total   int         `json:"total" doc:"answers there are"`
	Cut     bool        `json:"cut" doc:"there are more than the 10,000 newest, which are looked at"`

	Replies []quotingBody `json:"replies" nullable:"false" doc:"released replies that quote it, the latest first"`

	Calls    []answeredCallBody `json:"calls" nullable:"false" doc:"to hotlines, answered with it, newest first; those callers can only be called back"`
	CutCalls bool               `json:"calls_cut" doc:"there are more than the 10,000 newest"`
}

type quotingBody struct {
	Ticket string    `json:"ticket" doc:"number"`
	At     time.Time `json:"at" doc:"when the reply was released"`
}

type answeredCallBody struct {
	ID       string    `json:"id" doc:"of the call"`
	At       time.Time `json:"at"`
	Number   string    `json:"number" doc:"of the line, then"`
	By       string    `json:"by" doc:"user who took it"`
	ByName   string    `json:"by_name,omitempty" doc:"none: they have no account any more"`
	Unit     string    `json:"unit" doc:"theirs, then"`
	UnitName string    `json:"unit_name,omitempty"`
}

type givenBody struct {
	Conversation string    `json:"conversation"`
	Seq          int64     `json:"seq"`
	At           time.Time `json:"at"`
	Ticket       string    `json:"ticket,omitempty" doc:"number of what the chat became"`
}

type toldBody struct {
	Chats int `json:"chats"`
}

type gatesBody struct {
	Gates []gateBody `json:"gates" nullable:"false" doc:"of the latest version, newest first"`
}

type gateBody struct {
	Library int64            `json:"library" doc:"number of the library it was measured beside"`
	Before  knowledge.Report `json:"before"`
	After   knowledge.Report `json:"after"`
	Changes []gateChangeBody `json:"changes" nullable:"false"`
	Fell    []string         `json:"fell" nullable:"false" doc:"figures that fell further than is allowed; any: it cannot be published"`
	At      time.Time        `json:"at"`
	Figures []gateFigureBody `json:"figures" nullable:"false" doc:"those that say most, for people"`
}

type gateFigureBody struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
	Fell   bool   `json:"fell" doc:"further than is allowed"`
}

type gateChangeBody struct {
	Question string `json:"question"`
	Before   string `json:"before" doc:"what was said: an entry, or a kind of decision"`
	After    string `json:"after"`
}

func newGate(g desk.Gate) gateBody {
	return gateBody{
		Library: g.Seq, Before: g.Before, After: g.After, Fell: list(g.Fell, same[string]), At: shown(g.At),
		Changes: list(g.Changes, func(c knowledge.Change) gateChangeBody { return gateChangeBody{c.Text, c.Before, c.After} }),
		Figures: gateFigures(&g),
	}
}

// gateFigures are those that say most, for people.
func gateFigures(g *desk.Gate) []gateFigureBody {
	share := func(f float64) string { return strconv.FormatFloat(100*f, 'f', 1, 64) + "%" }
	figure := func(id, name string, before, after float64) gateFigureBody {
		return gateFigureBody{Name: name, Before: share(before), After: share(after), Fell: slices.Contains(g.Fell, id)}
	}
	return []gateFigureBody{
		figure("recall_at_1", "第一条就对", g.Before.Recall1, g.After.Recall1),
		figure("answered", "直接回答", g.Before.Answered, g.After.Answered),
		figure("precision", "回答正确", g.Before.Precision, g.After.Precision),
		figure("false_answers", "不该答的答了", g.Before.FalseAnswers, g.After.FalseAnswers),
	}
}

func newRecall(r desk.Recall) recallBody {
	return recallBody{
		Entry: r.Entry, Version: r.Version, Stopped: shownOrNil(r.Stopped), Hidden: r.Hidden, Total: r.Total, Cut: r.Cut(), CutCalls: r.CutCalls,
		Calls:   list(r.Calls, func(c desk.AnsweredCall) answeredCallBody { c.At = shown(c.At); return answeredCallBody(c) }),
		Replies: list(r.Replies, func(q desk.QuotingReply) quotingBody { return quotingBody{Ticket: q.Ticket, At: shown(q.At)} }),
		Answers: list(r.Answers, func(g desk.GivenAnswer) givenBody {
			return givenBody{Conversation: g.Conversation, Seq: g.Seq, At: shown(g.At), Ticket: g.Ticket}
		}),
	}
}

// shelfRoutes are what becomes of an entry after it was published.
func (s *Server) shelfRoutes() {
	s.shelfListRoutes()
	op := func(id, method, path, summary string, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff" + path, tag: "library", summary: summary,
			status: http.StatusOK, problems: problems, audience: staffOnly,
		}
	}
	register(s, operation{
		id: "library-version", method: http.MethodGet, path: "/api/v1/library/{id}/versions/{n}", tag: "library", status: http.StatusOK,
		summary: "One version under its lasting address", problems: []int{http.StatusNotFound},
	}, func(_ context.Context, in *versionInput) (*body[entryVersionBody], error) {
		v, err := s.desk.EntryVersion(in.ID, in.N)
		return respond(entryVersionBody{
			entryBody: newEntry(v.LibraryEntry), From: shown(v.From), Published: shownOrNil(v.Published), Newest: v.Newest, Stopped: v.Entry.Stopped,
		}, err)
	})
	register(s, operation{
		id: "revise-entry", method: http.MethodPost, path: "/api/v1/staff/library/{id}/revisions", tag: "library", status: http.StatusCreated,
		summary: "Begin a text from what an entry says, shipped or stopped, as the bureau's own", problems: []int{http.StatusNotFound, http.StatusConflict}, audience: staffOnly,
	}, func(ctx context.Context, in *entryInput) (*body[textBody], error) {
		v, err := s.desk.ReviseEntry(ctx, actorOf(ctx), in.ID)
		return respond(newText(ctx, v), err)
	})
	const version = "/library/{id}/versions/{n}"
	register(s, op("stop-version", http.MethodPost, version+"/withdrawal", "Withdraw a version at once; who was given it is listed", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *stopVersionInput) (*body[recallBody], error) {
			b := in.Body
			r, err := s.desk.StopEntry(ctx, actorOf(ctx), desk.Withdrawal{Entry: in.ID, Version: in.N, Retire: b.Retire, Reason: b.Reason, Words: b.Words})
			return respond(newRecall(r), err)
		})
	register(s, op("version-recipients", http.MethodGet, version+"/recipients", "Who was given a version in a chat, and which calls were answered with it", http.StatusNotFound),
		func(ctx context.Context, in *versionInput) (*body[recallBody], error) {
			r, err := s.desk.Recalled(ctx, actorOf(ctx), in.ID, in.N)
			return respond(newRecall(r), err)
		})
	register(s, op("tell-recipients", http.MethodPost, version+"/tellings", "Send a published notice into every chat that was given a withdrawn version, and to the tickets they became", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *tellInput) (*body[toldBody], error) {
			n, err := s.desk.TellRecalled(ctx, actorOf(ctx), in.ID, in.N, in.Body.Notice)
			return respond(toldBody{Chats: n}, err)
		})
	register(s, op("document-status", http.MethodPost, "/documents/{id}/status", "Say that a document has another validity; what rests on one that is over stops answering", http.StatusNotFound), s.setDocument)
	register(s, op("text-gates", http.MethodGet, "/reviews/{id}/gates", "What the golden set says of the latest version of an entry", http.StatusNotFound),
		func(ctx context.Context, in *textInput) (*body[gatesBody], error) {
			gates, err := s.desk.Gates(ctx, actorOf(ctx), in.ID)
			return respond(gatesBody{Gates: list(gates, newGate)}, err)
		})
}

func (s *Server) setDocument(ctx context.Context, in *documentInput) (*body[entriesBody], error) {
	b := in.Body
	from, err := beginningOf(b.From, "library.status")
	if err != nil {
		return nil, err
	}
	touched, err := s.desk.SetDocument(ctx, actorOf(ctx), desk.DocumentStatus{
		Document: in.ID, Validity: b.Validity, From: from, Reason: b.Reason, Source: b.Source,
	})
	return respond(entriesBody{Entries: list(touched, newBrief)}, err)
}
