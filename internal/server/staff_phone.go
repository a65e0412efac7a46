package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// phonePages are the pages of whoever answers the bureau's lines.
func (p staffPages) phonePages(r gin.IRouter) {
	r.GET(phonePage, p.ownPassword, p.phoneLog)
	r.GET(phonePage+"/new", p.ownPassword, p.newCall)
	r.POST(phonePage+"/new", p.ownPassword, p.registerCall)
	r.GET(hotlinesPage, p.ownPassword, p.hotlines)
	r.POST(hotlinesPage, p.ownPassword, p.proposeHotline)
	r.POST(hotlinesPage+"/import", p.ownPassword, p.importHotlineFile)
	r.POST(hotlinesPage+"/changes/:id", p.ownPassword, p.decideHotlines)
	r.GET(hotlinesPage+"/:id", p.ownPassword, p.hotlineHistory)
}

// phoneTiles lead there.
func phoneTiles(g *access.Grant) []portal.Tile {
	var tiles []portal.Tile
	if g.Scope != "" {
		tiles = append(tiles, portal.Tile{Path: phonePage, Name: "来电登记", Hint: "登记打进热线的电话，当场答复或者转为工单；看当天的登记簿。"})
	}
	if g.Scope != "" || g.Organise {
		tiles = append(tiles, portal.Tile{Path: hotlinesPage, Name: "热线目录", Hint: "看哪一天哪个号码由谁接听；提出、审定号码变更。"})
	}
	return tiles
}

// phoneLog lists the calls of a day.
func (p staffPages) phoneLog(c *gin.Context) {
	ctx := c.Request.Context()
	day, err := beginningOf(c.Query("on"), "hotline.day")
	if err != nil {
		p.fail(c, err)
		return
	}
	l, err := p.desk.PhoneLog(ctx, actorOf(ctx), day)
	if err != nil {
		p.fail(c, err)
		return
	}
	categories := p.categoryNames()
	v := portal.PhoneLog{
		Day: l.Day, Total: len(l.Calls), Cut: l.Cut, Takes: access.GrantOf(callerOf(ctx).user).Open,
		Outcomes: list(desk.PhoneOutcomes(), desk.PhoneOutcome.Name),
		Calls:    list(l.Calls, func(k desk.PhoneView) portal.PhoneRow { return phoneRow(&k, categories) }),
		Counts: list(l.Counts, func(n desk.PhoneCount) portal.PhoneCount {
			return portal.PhoneCount{
				Name: n.Name, Number: n.Number, Total: n.Total, N: list(desk.PhoneOutcomes(), func(o desk.PhoneOutcome) int { return n.Outcomes[o] }),
			}
		}),
	}
	p.show(c, http.StatusOK, v)
}

func (p staffPages) categoryNames() map[string]string {
	names := map[string]string{}
	for _, o := range p.desk.Catalogue().Categories {
		names[o.Code] = o.Name
	}
	return names
}

func phoneRow(k *desk.PhoneView, categories map[string]string) portal.PhoneRow {
	return portal.PhoneRow{
		At: k.At, Line: k.Number, Outcome: k.Outcome.Name(), Kind: k.Kind.Name(), Phone: k.Phone, Ticket: k.Ticket, Title: k.Title, Words: k.Words,
		Entry: k.Entry, Version: k.EntryVersion, Warned: k.Warned, Category: categories[k.Category],
	}
}

// newCall is the empty form.
func (p staffPages) newCall(c *gin.Context) {
	ctx := c.Request.Context()
	if !actorOf(ctx).Opens {
		p.fail(c, problem.New(problem.Denied, "call.denied", "您的岗位不能登记来电。"))
		return
	}
	p.showCallForm(c, http.StatusOK, portal.PhoneForm{Line: c.Query("line")})
}

// showCallForm shows the form with what was typed into it.
func (p staffPages) showCallForm(c *gin.Context, status int, v portal.PhoneForm) {
	blank := p.pages.blankLetter()
	v.Kinds, v.Categories, v.Districts = blank.Kinds, blank.Categories, blank.Districts
	v.Key = cmp.Or(v.Key, rand.Text())
	for _, l := range p.desk.HotlinesOn(p.now()) {
		if l.Number != "" {
			v.Lines = append(v.Lines, portal.Choice{Value: l.ID, Name: l.Number + " " + l.Name})
		}
	}
	v.Outcomes = list(desk.PhoneOutcomes(), func(o desk.PhoneOutcome) portal.Choice {
		return portal.Choice{Value: string(o), Name: o.Name(), Hint: outcomeHint(o)}
	})
	v.Urgencies = list([]channel.Urgency{channel.Ordinary, channel.Urgent, channel.Critical}, func(u channel.Urgency) portal.Choice {
		return portal.Choice{Value: string(u), Name: u.Name()}
	})
	p.show(c, status, v)
}

func outcomeHint(o desk.PhoneOutcome) string {
	switch o {
	case desk.PhoneTicket:
		return "投诉、举报一律登记为工单"
	case desk.PhoneAnswered:
		return "照着问答库的一条答复，记下是哪一版"
	case desk.PhoneReferred, desk.PhoneSilent, desk.PhoneAbusive, desk.PhoneWrong:
	}
	return ""
}

// registerCall records a call, or shows what helps while the caller is on the line.
// Nothing that was typed is lost.
func (p staffPages) registerCall(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	a := actorOf(ctx)
	v := filledCall(c)
	draft := callDraft(&v)
	if field(c, "hint") != "" {
		h, err := p.desk.HintCall(ctx, a, draft)
		if err == nil {
			p.hint(&v, &h)
			p.showCallForm(c, http.StatusOK, v)
			return
		}
		p.callAgain(c, err, v)
		return
	}
	r, err := p.desk.RegisterCall(ctx, a, draft)
	if err == nil {
		done := portal.PhoneDone{Outcome: r.Outcome.Name()}
		if r.Ticket != nil {
			t := receiptView(*r.Ticket)
			done.Ticket = &t
		}
		p.showCallForm(c, http.StatusOK, portal.PhoneForm{Done: &done, Line: v.Line})
		return
	}
	if h, err := p.desk.HintCall(ctx, a, draft); err == nil { // what it cannot say does not keep the form back
		p.hint(&v, &h)
	}
	p.callAgain(c, err, v)
}

// callAgain shows a call that was refused, with everything that was typed.
func (p staffPages) callAgain(c *gin.Context, err error, v portal.PhoneForm) {
	ctx := c.Request.Context()
	problems, ok := p.mendable(ctx, err, letterField)
	if !ok {
		p.fail(c, err)
		return
	}
	v.Errors = problems
	if problem.HasCode(err, "idempotency.mismatch") {
		v.Key = rand.Text()
		v.Errors = portal.Problems{{Message: "这一页上的电话已经登记过了。要把改动后的内容作为另一个电话登记，请再点一次“登记”。"}}
	}
	p.showCallForm(c, p.formStatus(ctx, err), v)
}

// formStatus is the status of a form that comes back to be mended.
func (s *Server) formStatus(ctx context.Context, err error) int {
	status := s.problemOf(ctx, err).Status
	if status == http.StatusBadRequest {
		return http.StatusUnprocessableEntity
	}
	return status
}

func filledCall(c *gin.Context) portal.PhoneForm {
	return portal.PhoneForm{
		Key: field(c, "key"), Line: field(c, "line"), Outcome: field(c, "outcome"), Kind: field(c, "kind"), Category: field(c, "category"),
		District: field(c, "district"), Urgency: field(c, "urgency"), Text: field(c, "body"), About: field(c, "about"),
		Name: field(c, "name"), Phone: field(c, "phone"), Entry: field(c, "entry"), Warned: field(c, "warned") == "1", BySMS: field(c, "by_sms") == "1",
	}
}

func callDraft(v *portal.PhoneForm) desk.PhoneDraft {
	d := desk.PhoneDraft{
		IdempotencyKey: "page/" + v.Key, Line: v.Line, Outcome: desk.PhoneOutcome(v.Outcome), Entry: v.Entry, Warned: v.Warned,
		Letter: channel.Letter{
			Source: channel.Phone, Kind: channel.Kind(v.Kind), Text: v.Text, Category: v.Category, District: v.District, Urgency: channel.Urgency(v.Urgency),
		},
	}
	if v.Phone != "" || v.Name != "" || v.BySMS {
		d.Letter.Contact = &channel.Contact{Name: v.Name, Phone: v.Phone, BySMS: v.BySMS}
	}
	if v.About != "" {
		d.Names = []string{v.About}
	}
	return d
}

// hint fills in what helps. A category that was not chosen is.
func (p staffPages) hint(v *portal.PhoneForm, h *desk.PhoneHints) {
	categories := p.categoryNames()
	shown := portal.PhoneHints{
		Unit: h.Unit, Reason: h.Reason, Known: v.Phone != "",
		Entries: list(h.Entries, func(e desk.PhoneAnswer) portal.PhoneEntry {
			return portal.PhoneEntry{ID: e.ID, Version: e.Version, Question: e.Question, Text: e.Text}
		}),
		Earlier: list(h.Earlier, func(k desk.PhoneView) portal.PhoneRow { return phoneRow(&k, categories) }),
	}
	if v.Category == "" && h.Category != "" {
		v.Category, shown.Category = h.Category, categories[h.Category]
	}
	if h.Emergency != nil {
		v.Caution = h.Emergency.Text
		v.Urgency = cmp.Or(v.Urgency, string(channel.Critical))
	}
	v.Hints = &shown
}
