package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// Limits of what is hidden in one text.
const (
	maxRedactions = 300
	maxInstead    = 200 // characters of what stands instead of a passage
)

// RedactionCommand says of passages what the public reads instead.
type RedactionCommand struct {
	Version int64 // of the decision the actor saw
	Confirm []Confirmation
	Add     []review.Redaction // Part, From, To, With and Why
	Hide    []Phrase
}

// Phrase is a further passage to hide, by its exact words.
type Phrase struct {
	Words string
	With  string // empty: a placeholder
	Why   string
}

// Confirmation is what somebody thinks of one passage that is to be hidden.
type Confirmation struct {
	N    int    // from 1
	With string // what the public reads instead; empty: as it was suggested
	Keep bool   // it stays as it is
}

// ConfirmRedactions confirms or changes what is hidden in a text for the public,
// passage by passage, and hides more. Until all are confirmed the text cannot be
// submitted.
func (d *Desk) ConfirmRedactions(ctx context.Context, a Actor, number string, c RedactionCommand) (DisclosureView, error) {
	return d.disclosing(ctx, a, number, "confirm", c.Version, func(ctx context.Context, tx Tx, a *Actor, _ *ticket.Ticket, decided *Disclosure) error {
		it, err := findText(ctx, tx, review.PublishedReply, decided.Ticket)
		if err != nil {
			return err
		}
		if it == nil || !decided.Decision.Public() {
			return problem.New(problem.Conflict, "disclosure.none", "还没有决定公开这件来信的答复。")
		}
		if own := decided.content(); own.Sum() != it.Latest().Hash {
			return problem.New(problem.Conflict, "disclosure.edited", "稿件已经另行修改，请在稿件中继续修改，或者重新作出公开决定。")
		}
		decided.Redactions = slices.Clone(decided.Redactions)
		return c.apply(decided, a.ID)
	})
}

// apply makes the confirmations of c.
func (c *RedactionCommand) apply(decided *Disclosure, by string) error {
	bad := func(message string) error {
		return problem.New(problem.Invalid, "disclosure.redaction", message).With(problem.Field{Pointer: "/confirm", Code: "unknown", Message: message})
	}
	for _, f := range c.Confirm {
		if f.N < 1 || f.N > len(decided.Redactions) {
			return bad("没有这一处。")
		}
		r := &decided.Redactions[f.N-1]
		r.With, r.Keep, r.By = cmp.Or(strings.TrimSpace(f.With), r.With), f.Keep, by
		if err := fits(r); err != nil {
			return err
		}
	}
	add := slices.Clone(c.Add)
	for _, p := range c.Hide {
		r, err := decided.Source.Find(p.Words, decided.Redactions)
		if err != nil {
			return err
		}
		r.With, r.Why = p.With, p.Why
		add = append(add, r)
	}
	for _, r := range add {
		r.Code, r.Keep, r.By = "", false, by
		r.With, r.Why = cmp.Or(strings.TrimSpace(r.With), review.Placeholder("")), cmp.Or(strings.TrimSpace(r.Why), "人工标出")
		if err := fits(&r); err != nil {
			return err
		}
		decided.Redactions = append(decided.Redactions, r)
	}
	if len(decided.Redactions) > maxRedactions {
		return bad("隐去的地方太多，请改为仅答复本人，或者另写一份概要。")
	}
	return review.CheckRedactions(&decided.Source, decided.Redactions)
}

func fits(r *review.Redaction) error {
	for pointer, text := range map[string]string{"/with": r.With, "/why": r.Why} {
		if f := channel.CheckText(pointer, "替换的文字或者理由", text, maxInstead); f != nil {
			return problem.New(problem.Invalid, "disclosure.redaction", f.Message).With(*f)
		}
	}
	return nil
}

// suggestRedactions is what a machine would hide in s: everything personal it
// finds, and the name of whoever wrote.
func (d *Desk) suggestRedactions(s *review.Source, writer string) ([]review.Redaction, error) {
	var all []review.Redaction
	for _, part := range review.Parts() {
		text := s.Part(part)
		found, err := d.personalIn(text)
		if err != nil {
			return nil, err
		}
		var here []review.Redaction
		for i := range found {
			here = append(here, hiding(part, &found[i]))
		}
		here = append(here, named(part, text, writer, here)...)
		slices.SortFunc(here, func(a, b review.Redaction) int { return cmp.Compare(a.From, b.From) })
		all = append(all, here...)
	}
	return all, nil
}

// personal begins the codes of findings about people.
const personal = "person."

// personalIn lists what a machine takes for personal in a text, in order.
func (d *Desk) personalIn(text string) ([]proof.Finding, error) {
	p, err := d.proofread(proof.Text{Text: text, Public: true})
	return slices.DeleteFunc(p.Findings, func(f proof.Finding) bool { return !strings.HasPrefix(f.Code, personal) || f.From >= f.To }), err
}

// hiding puts what stands for such a datum in its place.
func hiding(part review.Part, f *proof.Finding) review.Redaction {
	return review.Redaction{Part: part, From: f.From, To: f.To, Code: f.Code, Why: f.Message, With: review.Placeholder(f.Code)}
}

// named are the places where a text names its writer and nothing else was found.
// They read like any other name: who wrote is nobody's business here either.
func named(part review.Part, text, writer string, found []review.Redaction) []review.Redaction {
	rs, name := []rune(text), []rune(writer)
	if len(name) < 2 {
		return nil
	}
	var here []review.Redaction
	for i := 0; i+len(name) <= len(rs); i++ {
		r := review.Redaction{
			Part: part, From: i, To: i + len(name), Code: "person.name", Why: "这里有姓名，请删去或者隐去。", With: review.Placeholder("person.name"),
		}
		known := slices.ContainsFunc(found, func(f review.Redaction) bool { return f.From < r.To && r.From < f.To })
		if !known && slices.Equal(rs[i:i+len(name)], name) {
			here = append(here, r)
			i = r.To - 1
		}
	}
	return here
}
