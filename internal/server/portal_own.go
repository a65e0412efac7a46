package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// scores are the five grades of the national rating scheme (国办发〔2019〕51号), best first.
func scores() []portal.Choice {
	return []portal.Choice{{Value: "5", Name: "很好"}, {Value: "4", Name: "好"}, {Value: "3", Name: "一般"}, {Value: "2", Name: "差"}, {Value: "1", Name: "很差"}}
}

// ratingReasons are why an answer may be rated as it is, those of chosen ticked.
func ratingReasons(chosen []string) []portal.Ticked {
	return list(ticket.RatingReasons(), func(r ticket.RatingReason) portal.Ticked {
		return portal.Ticked{Choice: portal.Choice{Value: r.Code, Name: r.Name}, On: slices.Contains(chosen, r.Code)}
	})
}

// progressOf shows where a letter stands and what its citizen may do with it.
func progressOf(l *desk.Timeline) portal.Progress {
	may := func(m ticket.Move) bool { return slices.Contains(l.Moves, m) }
	var asked string
	if n := len(l.Steps); n > 0 && l.Status == ticket.Supplement {
		asked = l.Steps[n-1].Text
	}
	return portal.Progress{Ticket: timelineView(l), Acts: portal.Acts{
		Number: l.Number, Key: rand.Text(), Asked: asked, Supply: may(ticket.Supply), Rate: may(ticket.Rate), Withdraw: may(ticket.Withdraw), Scores: scores(),
		Reasons: ratingReasons(nil), Copy: true,
	}}
}

func (p *publicPages) supply(c *gin.Context) {
	p.act(c, "supply", portal.Acts{Supply: true}, func(ctx context.Context, number, code string, a *portal.Acts) (desk.Timeline, error) {
		s := desk.Supplied{Text: a.Text}
		for _, f := range a.Files {
			s.Attachments = append(s.Attachments, f.ID)
		}
		return p.desk.Supply(ctx, number, code, s)
	})
}

func (p *publicPages) rateLetter(c *gin.Context) {
	p.act(c, "rate", portal.Acts{Rate: true}, func(ctx context.Context, number, code string, a *portal.Acts) (desk.Timeline, error) {
		score, _ := strconv.Atoi(a.Score) // what is no number is no grade, and refused as such
		var reasons []string
		for _, r := range a.Reasons {
			if r.On {
				reasons = append(reasons, r.Value)
			}
		}
		return p.desk.RateLetter(ctx, number, code, desk.LetterRating{Score: score, Solved: a.Solved, Comment: a.Text, Reasons: reasons})
	})
}

func (p *publicPages) withdraw(c *gin.Context) {
	p.act(c, "withdraw", portal.Acts{Withdraw: true}, func(ctx context.Context, number, code string, a *portal.Acts) (desk.Timeline, error) {
		return p.desk.Withdraw(ctx, number, code, a.Text)
	})
}

// act lets a citizen do something with the own letter. What was refused is shown
// in its form again, with everything that was typed but the code.
func (p *publicPages) act(c *gin.Context, name string, a portal.Acts, do func(ctx context.Context, number, code string, a *portal.Acts) (desk.Timeline, error)) {
	sent, err := p.readLetter(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	number, code := sent.field("number"), sent.field("code")
	a.Number, a.Text, a.Score, a.Solved, a.Scores = number, sent.field("text"), sent.field("score"), sent.field("solved") == "1", scores()
	a.Key, a.Reasons = sent.key(), ratingReasons(sent.fields["reason"])
	a.Files, a.Errors = sent.kept()
	again := func(status int, found portal.Problems) {
		a.Errors, a.Question = found, p.asks(c.Request.Context())
		p.show(c, status, portal.Progress{Number: number, Errors: found, Acts: a})
	}
	if len(a.Errors) > 0 { // a file was refused: nothing is sent without it
		again(http.StatusUnprocessableEntity, a.Errors)
		return
	}
	if p.held(c, sent.field, again) {
		return
	}
	line, err := do(c.Request.Context(), number, code, &a)
	if problem.HasCode(err, "ticket.not_found") {
		if limited := p.guess(c.Request.Context(), number); limited != nil {
			err = limited
		}
	}
	if err == nil {
		p.show(c, http.StatusOK, progressOf(&line))
		return
	}
	w := p.problem(c.Request.Context(), err)
	at, shown := actField(name, w)
	if !shown {
		p.failed(c, w)
		return
	}
	if w.Code == "attachment.taken" { // these cannot be sent again
		a.Files = nil
	}
	status := w.Status
	if status == http.StatusBadRequest {
		status = http.StatusUnprocessableEntity // as every form does
	}
	again(status, portal.Problems{{Field: at, Message: cmp.Or(w.Detail, w.Title)}})
}

// actField is the form field a refusal is about, empty where it is about the
// whole; false: no form shows it.
func actField(name string, w *Problem) (at string, shown bool) {
	switch w.Code {
	case "ticket.not_found":
		return name + "-code", true
	case "ticket.score":
		return "score", true
	case "ticket.rating_reasons":
		return "reasons", true
	case "letter.invalid", "rating.invalid":
		if len(w.Errors) > 0 && strings.HasPrefix(w.Errors[0].Pointer, "/attachments") {
			return "files", true
		}
		return name + "-text", true
	case "attachment.taken":
		return "files", true
	case "ticket.move", "ticket.rated", "ticket.withdraw_report", "ticket.stale":
		return "", true
	}
	return "", false
}
