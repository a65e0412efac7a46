package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/web/portal"
)

// signals lists what has to be looked at, or what is over.
func (p staffPages) signals(c *gin.Context) {
	ctx, finished := c.Request.Context(), c.Query("finished") != ""
	found, err := p.desk.Signals(ctx, actorOf(ctx), finished)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.Signals{Finished: finished, Signals: list(found, signalBrief)})
}

func signalBrief(v desk.SignalView) portal.SignalBrief {
	return portal.SignalBrief{
		ID: v.ID, Level: v.Level.Name(), Category: v.CategoryName, Pattern: v.Pattern.Name(), Unit: v.Owner, State: v.State.Name(),
		Major: v.Level == signal.Major, Late: v.Late, Waits: v.Waits, Raised: v.RaisedAt, Letters: len(v.Letters),
	}
}

func (p staffPages) signal(c *gin.Context) { p.showSignal(c, http.StatusOK, nil) }

func (p staffPages) showSignal(c *gin.Context, status int, problems portal.Problems) {
	ctx := c.Request.Context()
	v, err := p.desk.Signal(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	units, err := p.desk.Units(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	page := p.signalView(&v, units)
	page.Errors = problems
	p.show(c, status, page)
}

func (p staffPages) signalView(v *desk.SignalView, units []assignment.Unit) portal.Signal {
	numbers, names := numbersOf(v.Letters), map[string]string{}
	may := func(m signal.Move) bool { return slices.Contains(v.Allowed, m) }
	page := portal.Signal{
		SignalBrief: signalBrief(*v), Version: v.Version, Disposition: v.Disposition.Name(), Answer: v.Answer,
		Numbers: list(v.Letters, func(t ticket.Ticket) string { return t.Number }),
		Because: list(v.Evidence, func(e signal.Evidence) portal.Named {
			return portal.Named{Name: because(e), Value: numbers[e.Ticket]}
		}),
		Releases: list(v.Releases, func(r signal.Published) portal.SignalAct {
			return portal.SignalAct{At: r.At, What: r.Channel.Name(), By: v.People[r.By], Words: r.Text + " " + r.Words}
		}),
		Ledger: list(v.Ledger, func(a signal.Act) portal.SignalAct {
			return portal.SignalAct{At: a.At, What: a.Move.Name(), By: v.People[a.By], Words: a.Words}
		}),
		Assess: may(signal.Assess), Respond: may(signal.Respond), Release: may(signal.Release), Close: may(signal.Close), Merge: may(signal.Merge),
		Levels: list(signal.Levels(), func(l signal.Level) portal.Ticked { return ticked(string(l), l.Name(), l == v.Level) }),
		Categories: list(v.Categories, func(c signal.Category) portal.Ticked {
			return ticked(c.ID, c.Name, c.ID == v.Category)
		}),
		Units: list(units, func(u assignment.Unit) portal.Ticked {
			names[u.ID] = u.Name
			return ticked(u.ID, u.Name, u.ID == v.Unit)
		}),
	}
	for i, t := range v.Told {
		page.Told = append(page.Told, portal.SignalTold{
			Post: names[t.Unit] + " " + postName(t.To), By: v.People[t.By], At: t.At, Due: t.DueAt, Acked: t.AckedAt, Overdue: p.now().After(t.DueAt),
			Escalated: slices.ContainsFunc(v.Told[:i], func(before signal.Told) bool { return before.Chain == t.Chain }),
		})
	}
	return page
}

func ticked(value, name string, on bool) portal.Ticked {
	return portal.Ticked{Choice: portal.Choice{Value: value, Name: name}, On: on}
}

// because says why a letter drew attention.
func because(e signal.Evidence) string {
	switch e.Pattern {
	case signal.Lexicon:
		return "“" + e.Passage + "”"
	case signal.Repeated:
		return fmt.Sprintf("同一来信人近来写了%d件", e.Count)
	case signal.ManyPeople:
		return fmt.Sprintf("%d人反映同一事项", e.Count)
	case signal.Surging:
		return fmt.Sprintf("近来%d件，明显多于以往", e.Count)
	}
	return ""
}

// postName is what a role that is told is called.
func postName(to string) string {
	return map[string]string{"head": "负责人", "taskforce": "专班人员", "leader": "局领导"}[to]
}

// moveSignal makes the move of one of the page's forms.
func (p staffPages) moveSignal(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		version = 0 // of no signal; acknowledging needs none
	}
	_, err = p.desk.MoveSignal(ctx, actorOf(ctx), c.Param("id"), desk.SignalCommand{
		Move: signal.Move(field(c, "move")), Version: version, Words: field(c, "words"), Level: signal.Level(field(c, "level")), Category: field(c, "category"),
		Unit: field(c, "unit"), Ticket: field(c, "ticket"), Title: field(c, "title"), Text: field(c, "text"), Channel: signal.Channel(field(c, "channel")),
		Published: field(c, "published"), Disposition: signal.Disposition(field(c, "disposition")), Into: field(c, "into"),
	})
	if err == nil {
		c.Redirect(http.StatusSeeOther, signalsPage+"/"+c.Param("id"))
		return
	}
	if problems, ok := p.refusal(ctx, err); ok {
		p.showSignal(c, p.problemOf(ctx, err).Status, problems)
		return
	}
	p.fail(c, err)
}
