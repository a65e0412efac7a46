package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// around is how many characters are shown on either side of a passage.
const around = 20

// undisclosed lists the replies somebody has to decide about, or goes to the one
// that was asked for.
func (p staffPages) undisclosed(c *gin.Context) {
	if number := c.Query("number"); number != "" {
		c.Redirect(http.StatusSeeOther, replyPage(ticket.NormaliseNumber(number)))
		return
	}
	ctx := c.Request.Context()
	found, err := p.desk.Undisclosed(ctx, actorOf(ctx), c.Query("after"))
	if err != nil {
		p.fail(c, err)
		return
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	brief := func(t ticket.Ticket) portal.DisclosureBrief { return disclosureLine(&t, names) }
	p.show(c, http.StatusOK, portal.Disclosures{
		Undecided: list(found.Undecided, brief), Unfinished: list(found.Unfinished, brief), Paged: c.Query("after") != "", Next: found.Next,
	})
}

// replyPage is where it is decided about the reply to a ticket.
func replyPage(number string) string { return disclosuresPage + "/" + url.PathEscape(number) }

func disclosureLine(t *ticket.Ticket, names map[string]string) portal.DisclosureBrief {
	return portal.DisclosureBrief{Number: t.Number, Kind: t.Kind.Name(), Title: t.Title, Unit: names[t.Lead], Received: t.CreatedAt}
}

func (p staffPages) releasedReply(c *gin.Context) {
	v, err := p.replyView(c.Request.Context(), c.Param("number"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, v)
}

func (p staffPages) replyView(ctx context.Context, number string) (portal.Disclosure, error) {
	r, err := p.desk.ReleasedReply(ctx, actorOf(ctx), number)
	if err != nil {
		return portal.Disclosure{}, err
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		return portal.Disclosure{}, err
	}
	v := portal.Disclosure{
		DisclosureBrief: disclosureLine(&r.Ticket, names), Consent: r.Consent, Asked: r.Asked, Reply: r.Reply, Public: r.Public, Decides: r.Decides, Redacts: r.Redacts,
	}
	chosen := ""
	if d := r.Disclosure; d != nil {
		v.Decided, v.At, v.Outdated = (&review.Disclosure{Decision: d.Decision, Reason: d.Reason}).Words(), d.At, d.Round != r.Ticket.Round
		v.Form = portal.DisclosureForm{Version: d.Version, Title: d.Source.Title, Asked: d.Source.Asked, Note: d.Note}
		v.Unseen, chosen = d.Source == review.Source{}, decisionValue(d.Decision, d.Reason)
		if d.Text != nil {
			v.Text, v.TextState = d.Text.ID, d.Text.State.Name()
		}
		for i := range d.Redactions {
			v.Passages = append(v.Passages, passageView(&d.Source, &d.Redactions[i]))
		}
	}
	choose(&v.Form, chosen)
	return v, nil
}

func decisionValue(d review.Decision, reason string) string { return string(d) + "/" + reason }

// choose offers every decision, and selects one.
func choose(f *portal.DisclosureForm, chosen string) {
	f.Groups = list(review.Decisions(), func(d review.Decision) portal.DecisionGroup {
		return portal.DecisionGroup{Name: d.Name(), Reasons: list(d.Reasons(), func(r review.Reason) portal.Ticked {
			value := decisionValue(d, r.Code)
			return ticked(value, d.Name()+"："+r.Name, value == chosen)
		})}
	})
}

func passageView(s *review.Source, r *review.Redaction) portal.Passage {
	v := portal.Passage{Part: sourcePart(r.Part), Words: r.Passage(s), Why: r.Why, With: r.With, Confirmed: r.By != ""}
	// Whoever sends the form has seen this very passage, and what was done with it.
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v\n%s", *r, v.Words))
	v.Key = hex.EncodeToString(sum[:8])
	if text := []rune(s.Part(r.Part)); v.Words != "" {
		v.Before, v.Behind = string(text[max(r.From-around, 0):r.From]), string(text[r.To:min(r.To+around, len(text))])
	}
	switch {
	case r.Keep:
		v.Do = "keep"
	case v.Confirmed:
		v.Do = "hide"
	}
	return v
}

func sourcePart(p review.Part) string {
	switch p {
	case review.TitlePart:
		return "标题"
	case review.AskedPart:
		return "来信"
	case review.BodyPart:
		return "答复"
	}
	return ""
}

// decideDisclosure decides who may read a reply.
func (p staffPages) decideDisclosure(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	why := field(c, "why")
	decision, reason, _ := strings.Cut(why, "/")
	typed := portal.DisclosureForm{Title: field(c, "title"), Asked: field(c, "asked"), Note: field(c, "note")}
	_, err := p.desk.Disclose(ctx, actorOf(ctx), c.Param("number"), desk.DisclosureCommand{
		Version: formVersion(c), Decision: review.Decision(decision), Reason: reason, Note: typed.Note, Title: typed.Title, Asked: typed.Asked,
	})
	p.disclosed(c, err, func(v *portal.Disclosure) {
		typed.Version = v.Form.Version
		v.Form = typed
		choose(&v.Form, why)
	})
}

// formVersion is the version a form was filled in for; of no number nothing has it.
func formVersion(c *gin.Context) int64 {
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		return -1
	}
	return version
}

// redactReply keeps what was chosen for passages. Nothing is confirmed that was
// not chosen: there is no button for all.
func (p staffPages) redactReply(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	v, err := p.replyView(ctx, c.Param("number"))
	if err != nil {
		p.fail(c, err)
		return
	}
	command, err := readPassages(c, &v)
	if err == nil {
		_, err = p.desk.ConfirmRedactions(ctx, actorOf(ctx), c.Param("number"), command)
	}
	p.disclosed(c, err, func(v *portal.Disclosure) {
		v.PassageErrors = true
		_, _ = readPassages(c, v) // what is wrong with it was found above
	})
}

// readPassages takes in what was chosen, and shows it in v.
func readPassages(c *gin.Context, v *portal.Disclosure) (desk.RedactionCommand, error) {
	command := desk.RedactionCommand{Version: formVersion(c)}
	var missing []problem.Field
	for i := range v.Passages {
		p := &v.Passages[i]
		was := p.Do
		if p.Do = field(c, "do-"+p.Key); p.Do == "" {
			p.Do = was
		}
		p.Instead = field(c, "instead-"+p.Key)
		switch {
		case p.Do == "words" && p.Instead == "":
			missing = append(missing, problem.Field{Pointer: "/instead-" + p.Key, Code: "required", Message: "请填写“" + p.Words + "”改写成什么。"})
		case p.Do == "words":
			command.Confirm = append(command.Confirm, desk.Confirmation{N: i + 1, With: p.Instead})
		case p.Do != was:
			command.Confirm = append(command.Confirm, desk.Confirmation{N: i + 1, Keep: p.Do == "keep"})
		}
	}
	v.MoreWords, v.MoreWith, v.MoreWhy = field(c, "words"), field(c, "with"), field(c, "because")
	if v.MoreWords != "" {
		command.Hide = []desk.Phrase{{Words: v.MoreWords, With: v.MoreWith, Why: v.MoreWhy}}
	}
	switch {
	case missing != nil:
	case command.Version == v.Form.Version && len(command.Confirm)+len(command.Hide) == 0: // else nothing of it may be left
		missing = []problem.Field{{Pointer: "/words", Code: "required", Message: "请至少选择一处，或者输入还要隐去的字。"}}
	default:
		return command, nil
	}
	return command, problem.New(problem.Invalid, "disclosure.redaction", missing[0].Message).With(missing...)
}

// disclosed goes back to the reply, or shows again what was typed, beside what is
// true now.
func (p staffPages) disclosed(c *gin.Context, err error, typed func(*portal.Disclosure)) {
	ctx, number := c.Request.Context(), c.Param("number")
	if err == nil {
		c.Redirect(http.StatusSeeOther, replyPage(number))
		return
	}
	problems, ok := p.mendable(ctx, err, disclosureField)
	v, failed := p.replyView(ctx, number)
	if !ok || failed != nil {
		p.fail(c, err)
		return
	}
	typed(&v)
	v.Errors = problems
	p.show(c, p.problemOf(ctx, err).Status, v)
}

// disclosureField is the field of the forms a problem is about.
func disclosureField(pointer string) string {
	switch name := pointer[strings.LastIndexByte(pointer, '/')+1:]; name {
	case "decision", "reason":
		return "why"
	case "attributes":
		return "asked"
	case "title", "asked", "note", "words":
		return name
	default:
		if strings.HasPrefix(name, "instead-") {
			return name
		}
	}
	return ""
}
