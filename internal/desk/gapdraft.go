package desk

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// Removed is a passage that told who somebody is, and what stands there instead.
type Removed struct {
	Field       string // body, or variants
	From, To    int    // characters of what it was removed from
	Kind        string // of the personal data, a code
	Passage     string // masked
	Placeholder string
}

// GapProposal is what an entry may begin with. It is shown and not kept: a person
// reads it, and sends what is to be the draft.
type GapProposal struct {
	Content review.Content
	Removed []Removed
}

// GapText is the text a person wants to answer a gap with.
type GapText struct {
	Version int64  // of the gap as it was seen
	Subject string // id of the entry; empty: one of its own
	Ticket  string // number of the letter whose reply it was made from; empty: none
	Content review.Content
}

// ProposeEntry makes the beginning of an entry for a gap of the ways people put
// it and, where a ticket is named, of the reply that was released: personal data
// is removed, and every removal told.
func (d *Desk) ProposeEntry(ctx context.Context, a Actor, id, number string) (GapProposal, error) {
	v, err := d.Gap(ctx, a, id)
	if err != nil {
		return GapProposal{}, err
	}
	if a = d.deputed(a); !a.writesFor(&v.Gap) {
		return GapProposal{}, gapDenied()
	}
	var p GapProposal
	e := entryText{Entry: knowledge.Entry{Category: v.Category, Audience: "both", Certainty: "B", ValidFrom: d.at()}}
	if number != "" {
		reply, err := releasedReply(ctx, d.Store, a, number)
		if err != nil {
			return p, err
		}
		e.Basis = d.citedIn(reply)
		if e.Answer, err = d.anonymous("body", reply, &p.Removed); err != nil {
			return p, err
		}
	}
	wordings, err := d.anonymous(entryVariants, strings.Join(v.Wordings, "\n"), &p.Removed)
	if err != nil {
		return p, err
	}
	if ways := lines(wordings); len(ways) > 0 {
		e.Question, e.Variants = clip(ways[0], maxQuestion), ways[1:]
	}
	p.Content = e.content(review.Disclosure{Decision: review.Full, Reason: "concern"})
	return p, nil
}

// releasedReply is the reply to a letter a may see, once it has left the house. A
// report (举报) teaches nobody anything.
func releasedReply(ctx context.Context, r Reader, a Actor, number string) (string, error) {
	t, err := seen(ctx, r, a, number)
	if err != nil {
		return "", err
	}
	drafts, err := r.Drafts(ctx, t.ID)
	if err != nil {
		return "", err
	}
	reply := released(drafts)
	if reply == nil || t.Restricted() || t.Kind.Profile().Consulted || !replied(t.Status) {
		return "", problem.New(problem.Conflict, "gap.reply", "只能采用已经发出的答复；举报的答复、征求意见的意见不能采用。").
			With(problem.Field{Pointer: "/ticket", Code: "not_released", Message: "这件来信没有可以采用的答复。"})
	}
	return reply.Text, nil
}

// replied reports whether a letter in state s has had its reply.
func replied(s ticket.Status) bool { return s == ticket.Answered || s == ticket.Closed }

// article is what may follow a document's title.
var article = regexp.MustCompile(`^第[一二三四五六七八九十百零〇0-9]+条(?:第[一二三四五六七八九十0-9]+款)?`)

// citedIn lists the documents of the library a text names, with the article that
// is named first. What is over is no basis any more.
func (d *Desk) citedIn(text string) []knowledge.Basis {
	var found []knowledge.Basis
	for _, doc := range d.Library().Documents() {
		_, after, named := strings.Cut(text, "《"+doc.Title+"》")
		if named && !doc.Over() {
			found = append(found, knowledge.Basis{Document: doc.ID, Article: article.FindString(after)})
		}
	}
	return found
}

// anonymous replaces personal data in a text, and adds what it replaced to removed.
func (d *Desk) anonymous(field, text string, removed *[]Removed) (string, error) {
	found, err := d.identifying(text)
	if err != nil {
		return "", err
	}
	var hidden []review.Redaction
	for _, f := range found {
		r := hiding(review.BodyPart, &f)
		hidden = append(hidden, r)
		*removed = append(*removed, Removed{
			Field: field, From: f.From, To: f.To, Kind: strings.TrimPrefix(f.Code, personal), Passage: f.Excerpt, Placeholder: r.With,
		})
	}
	return (&review.Source{Body: text}).Redact(hidden).Body, nil
}

// identifying lists what tells who somebody is, in order. An office's telephone does
// not.
func (d *Desk) identifying(text string) ([]proof.Finding, error) {
	found, err := d.personalIn(text)
	return slices.DeleteFunc(found, func(f proof.Finding) bool { return f.Code == personal+"line" }), err
}

// DraftForGap begins the text that is to answer a gap: an entry of its unit, which
// others read before it is published. Personal data is refused, wherever it comes
// from. A refusal changes nothing and is audited.
func (d *Desk) DraftForGap(ctx context.Context, a Actor, id string, t GapText) (TextView, error) {
	a = d.deputed(a)
	var view TextView
	err := d.changeGap(ctx, a, id, t.Version, string(DraftGap), func(ctx context.Context, tx Tx, g *gap.Gap) error {
		if !a.writesFor(g) {
			return gapDenied()
		}
		detail := map[string]string{}
		if t.Ticket != "" {
			if _, err := releasedReply(ctx, tx, a, t.Ticket); err != nil {
				return err
			}
			detail["ticket"] = ticket.NormaliseNumber(t.Ticket)
		}
		if err := d.nobodyIn(&t.Content); err != nil {
			return err
		}
		it, err := d.beginText(ctx, tx, a, review.Item{Kind: review.Entry, Subject: t.Subject, Audience: review.Public, Unit: g.Unit, UnitPath: g.UnitPath}, t.Content)
		if err != nil {
			return err
		}
		was := g.Version
		if err := g.Draft(it.ID); err != nil {
			return err
		}
		detail["review"] = it.ID
		if err := d.keepGap(ctx, tx, a, "draft", g, was, detail); err != nil {
			return err
		}
		view, err = d.textView(ctx, &a, &it)
		return err
	})
	return view, err
}

// nobodyIn refuses a text that tells who somebody is.
func (d *Desk) nobodyIn(c *review.Content) error {
	found, err := d.identifying(c.All())
	if err != nil {
		return err
	}
	var fields []problem.Field
	for _, f := range found {
		if f.Severity == proof.Block {
			fields = append(fields, problem.Field{Pointer: "/content", Code: f.Code, Message: "第" + strconv.Itoa(f.From+1) + "字起：" + f.Message})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return problem.New(problem.Invalid, "gap.personal", "内容中还有个人信息，请删去后再保存。").With(fields...)
}
