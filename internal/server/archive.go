package server

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/web/dossier"
)

type archiveInput struct {
	Number string `path:"number" maxLength:"64"`
	Reason string `query:"reason" required:"true" enum:"filing,review,litigation,inspection,handover" doc:"why the file is taken out, a code of …/reasons; kept in the audit trail"`
}

// download is an answer that is sent while it is made.
type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        func(huma.Context)
}

func (s *Server) archiveRoutes() {
	register(s, operation{
		id: "archive", method: http.MethodGet, path: "/api/v1/staff/tickets/{number}/archive", tag: "tickets", status: http.StatusOK,
		summary:  "The file of a request for information that is over, as a ZIP; it names who asked, and the look is audited",
		problems: []int{http.StatusNotFound, http.StatusConflict}, audience: staffOnly,
	}, func(ctx context.Context, in *archiveInput) (*download, error) {
		file, err := s.desk.Archive(ctx, actorOf(ctx), in.Number, in.Reason)
		if err != nil {
			return nil, err
		}
		return &download{
			ContentType: "application/zip", Disposition: `attachment; filename="` + file.Ticket.Number + `.zip"`,
			Body: func(c huma.Context) { s.writeArchive(ctx, c.BodyWriter(), &file) },
		}, nil
	})
}

// writeArchive sends the file while it is written: its attachments are in memory
// one at a time. What fails now can no longer be a problem document; the ZIP
// then has no end and does not open.
func (s *Server) writeArchive(ctx context.Context, w io.Writer, file *desk.Archive) {
	err := dossier.Write(w, newDossier(file), func(i int) ([]byte, error) { return s.desk.ArchivedFile(ctx, file, i) })
	if err != nil {
		s.log.ErrorContext(ctx, "archive not written", "error", err)
	}
}

func newDossier(a *desk.Archive) dossier.Dossier {
	t, l := &a.Ticket, &a.Letter
	d := dossier.Dossier{
		Number: t.Number, Title: l.Title, Text: l.Text, Applicant: applicant(&a.Contact), Channel: t.Source.Name(), Unit: a.Units[t.Lead],
		Status: string(t.Status), End: t.Status.Name(), Reason: reasonName(t.Reason), ReceivedAt: shown(t.CreatedAt), EndedAt: shown(a.EndedAt),
		Fields: list(newFields(l), func(f fieldView) dossier.Pair { return dossier.Pair{Label: f.Label, Value: f.Value} }),
		Clocks: list(a.Dates, newDossierClock), Files: make([]dossier.File, 0, len(a.Files)), Third: []dossier.Event{}, Trail: list(a.Trail, newTrailEntry),
		Replies: list(a.Drafts, func(r reply.Draft) dossier.Reply { return newDossierReply(a, &r) }),
	}
	for i := range a.Events {
		d.Stages = staged(d.Stages, a, &a.Events[i])
		if m := a.Events[i].Move; m == ticket.ConsultThird || m == ticket.ThirdReplied || m == ticket.ThirdSilent {
			d.Third = append(d.Third, newDossierEvent(a, &a.Events[i]))
		}
	}
	for i, f := range a.Files {
		d.Files = append(d.Files, dossier.File{Path: "attachments/" + strconv.Itoa(i+1) + channel.Ending(f.Type), Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256})
	}
	return d
}

// staged adds an event to the stage it leads to.
func staged(stages []dossier.Stage, a *desk.Archive, e *ticket.Event) []dossier.Stage {
	now := e.To.Stage()
	if n := len(stages); n == 0 || stages[n-1].Stage != string(now) {
		stages = append(stages, dossier.Stage{Stage: string(now), Name: now.Name(), From: shown(e.At)})
	}
	last := &stages[len(stages)-1]
	last.Events = append(last.Events, newDossierEvent(a, e))
	return stages
}

func newDossierEvent(a *desk.Archive, e *ticket.Event) dossier.Event {
	reason := ""
	for _, r := range e.Move.Reasons() {
		if r.Code == e.Reason {
			reason = r.Name
		}
	}
	return dossier.Event{
		Seq: e.Seq, At: shown(e.At), Move: string(e.Move), Name: e.Move.Name(), From: string(e.From), To: string(e.To), Actor: e.Actor, Person: a.People[e.Actor],
		Unit: a.Units[e.Unit], Reason: reason, Note: e.Note, Public: e.Public,
	}
}

func reasonName(code string) string {
	for _, reasons := range [][]ticket.Reason{ticket.DeclineReasons(), ticket.TransferReasons()} {
		for _, r := range reasons {
			if r.Code == code {
				return r.Name
			}
		}
	}
	return ""
}

func newDossierClock(c desk.ExplainedClock) dossier.Clock {
	out := dossier.Clock{
		Purpose: string(c.Purpose), Name: c.By.Name, Rule: c.Rule, Version: c.RuleVersion, Basis: c.By.Basis, Budget: c.Budget.Text(), Unit: c.Owner, Calendar: c.Calendar,
		StartedAt: shown(c.StartedAt), DueAt: shown(c.DueAt), Superseded: c.SupersededBy != "",
		Explain: list(c.Explain, func(l deadline.Line) dossier.Line { return dossier.Line(l) }),
		Pauses: list(c.Pauses, func(p deadline.Pause) dossier.Pause {
			pause := dossier.Pause{Reason: p.Reason.Name(), From: shown(p.From)}
			if !p.To.IsZero() {
				pause.To = shown(p.To)
			}
			return pause
		}),
		Changes: list(c.History, func(h deadline.Change) dossier.Change {
			return dossier.Change{At: shown(h.At), Kind: string(h.Kind), Reason: h.Reason, Before: shown(h.Before), After: shown(h.After)}
		}),
	}
	if !c.MetAt.IsZero() {
		out.MetAt = shown(c.MetAt)
	}
	if !c.BreachedAt.IsZero() {
		out.BreachedAt = shown(c.BreachedAt)
	}
	return out
}

func newDossierReply(a *desk.Archive, r *reply.Draft) dossier.Reply {
	out := dossier.Reply{
		Round: r.Round, Revision: r.Revision, Outcome: string(r.Outcome), Name: r.Outcome.Name(), Basis: r.Outcome.Basis(), Text: r.Text, Remedies: []string{},
		Author: nameOf(a, r.Author), At: shown(r.At),
	}
	for _, words := range channel.Disclosure.Profile().RemedyWords {
		if strings.Contains(r.Text, words) {
			out.Remedies = append(out.Remedies, words)
		}
	}
	if r.Approved() {
		out.Approver, out.ApprovedAt = nameOf(a, r.ApprovedBy), shown(r.ApprovedAt)
	}
	if !r.ReleasedAt.IsZero() {
		out.ReleasedAt = shown(r.ReleasedAt)
	}
	return out
}

func nameOf(a *desk.Archive, user string) string {
	if name := a.People[user]; name != "" {
		return name
	}
	return user
}

func newTrailEntry(e audit.Entry) dossier.Entry {
	return dossier.Entry{
		Lane: e.Lane, Seq: e.Seq, At: e.At, Actor: e.Actor, Action: e.Action, Detail: e.Detail, Prev: hex.EncodeToString(e.Prev), Hash: hex.EncodeToString(e.Hash),
	}
}

func applicant(c *channel.Contact) dossier.Applicant {
	return dossier.Applicant{Name: c.Name, Phone: c.Phone, IDNumber: c.IDNumber, Address: c.Address, Email: c.Email}
}
