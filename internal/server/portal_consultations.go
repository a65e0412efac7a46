package server

import (
	"crypto/rand"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

func (p *publicPages) consultations(c *gin.Context) {
	all, err := p.desk.Consultations(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	var v portal.Consultations
	for i := range all {
		brief := consultationBrief(&all[i])
		switch {
		case brief.Open:
			v.Open = append(v.Open, brief)
		case !brief.Reported.IsZero():
			v.Reported = append(v.Reported, brief)
		default:
			v.Closed = append(v.Closed, brief)
		}
	}
	slices.SortStableFunc(v.Open, func(a, b portal.ConsultationBrief) int { return a.Closes.Compare(b.Closes) }) // the last chance first
	p.show(c, http.StatusOK, v)
}

func consultationBrief(v *desk.ConsultationView) portal.ConsultationBrief {
	return portal.ConsultationBrief{
		ID: v.ID, Title: v.Content.Title, Unit: v.Owner, Open: v.State == consultation.Open, Opens: v.OpensAt, Closes: v.Period.ClosesAt, Reported: v.Reported,
	}
}

func (p *publicPages) consultation(c *gin.Context) {
	v, err := p.desk.Consultation(c.Request.Context(), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, consultationView(&v, opinionForm()))
}

func consultationView(v *desk.ConsultationView, form portal.Letter) portal.Consultation {
	c := v.Content
	page := portal.Consultation{
		ConsultationBrief: consultationBrief(v), State: v.State.Name(), Text: c.Text, Explanation: c.Explanation, How: c.How, Contact: c.Contact, Ground: c.Ground,
		Days: v.Period.Days, Short: c.Short, Form: form,
	}
	for _, l := range v.Period.Explain {
		page.Explain = append(page.Explain, portal.Day(l))
	}
	for _, change := range v.Changes {
		page.Changes = append(page.Changes, portal.PeriodChange{At: change.At, Reason: change.Reason, Before: change.Before.ClosesAt, After: change.After})
	}
	if v.State == consultation.Reported {
		page.Result = consultationResult(v.Result)
	}
	return page
}

func consultationResult(r *consultation.Result) *portal.ConsultationResult {
	out := &portal.ConsultationResult{Text: r.Public(), Received: r.Tally.Received, Withdrawn: r.Tally.Withdrawn}
	for _, o := range r.Tally.Outcomes {
		shown := portal.Adoption{Name: o.Outcome.Name(), N: o.N}
		for _, reason := range o.Reasons {
			shown.Reasons = append(shown.Reasons, portal.AdoptionReason{Text: reason.Text, N: reason.N})
		}
		out.Adoptions = append(out.Adoptions, shown)
	}
	return out
}

func opinionForm() portal.Letter {
	v := portal.Letter{Key: rand.Text(), Kind: string(channel.Opinion)}
	askFor(&v, channel.Opinion)
	return v
}

// opinion takes an opinion in. One that comes too late is a suggestion already
// written: the citizen only has to send it.
func (p *publicPages) opinion(c *gin.Context) {
	if !p.form(c) {
		return
	}
	about, err := p.desk.Consultation(c.Request.Context(), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	v := filledOpinion(c, about.Content.Title)
	again := func(status int, found portal.Problems) {
		v.Errors, v.Question = found, p.asks(c.Request.Context())
		p.show(c, status, consultationView(&about, v))
	}
	if p.held(c, posted(c), again) {
		return
	}
	o := openingOf(&v)
	o.Letter.Consultation = about.ID
	receipt, err := p.desk.Open(c.Request.Context(), o)
	if err == nil {
		shown := receiptView(receipt)
		shown.Opinion = true
		p.show(c, http.StatusOK, shown)
		return
	}
	switch {
	case problem.HasCode(err, "consultation.closed"):
		p.show(c, http.StatusConflict, p.asSuggestion(&v))
		return
	case problem.HasCode(err, "idempotency.mismatch"):
		v.Key = rand.Text()
		again(http.StatusConflict, portal.Problems{{Message: "这一页上的意见已经提交过了。要把改动后的内容作为另一条意见提交，请再点一次“提交”。"}})
		return
	}
	problems, ok := fieldProblems(err, letterFieldOf(v.Kind))
	if !ok {
		p.fail(c, err)
		return
	}
	again(http.StatusUnprocessableEntity, problems)
}

func filledOpinion(c *gin.Context, title string) portal.Letter {
	v := opinionForm()
	if key := field(c, "key"); wellFormedID(key) {
		v.Key = key
	}
	v.Title, v.Text, v.Name, v.Phone = "对《"+title+"》的意见", field(c, "body"), field(c, "name"), field(c, "phone")
	for i := range v.Groups {
		for j := range v.Groups[i].Fields {
			f := &v.Groups[i].Fields[j]
			f.Value = field(c, f.Name)
		}
	}
	return v
}

// asSuggestion is the letter form with what was written as an opinion.
func (p *publicPages) asSuggestion(written *portal.Letter) portal.Letter {
	v := p.blankLetter()
	v.Kind, v.Title, v.Text, v.Name, v.Phone = string(channel.Suggestion), written.Title, written.Text, written.Name, written.Phone
	for _, g := range written.Groups {
		for _, f := range g.Fields {
			if f.Value != "" {
				v.Text = f.Label + "：" + f.Value + "\n" + v.Text
			}
		}
	}
	v.Errors = portal.Problems{{Field: "body", Message: "这一期征求意见已经截止，不能再提交意见。您写的内容已经放进“建议”，核对后提交，会有答复。"}}
	return v
}
