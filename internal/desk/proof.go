package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// ProofRequest is a text that is about to go out. Kind and Outcome say what it
// answers; where it answers a ticket, the ticket's kind counts.
type ProofRequest struct {
	Text    string
	Public  bool // everybody will read it
	Number  string
	Kind    channel.Kind
	Outcome reply.Outcome
}

// Proofread is what a machine noticed in a text.
type Proofread struct {
	Lexicon  string // version of the words
	Findings []proof.Finding
}

// Proof reads a text before people do. Nothing of it is kept.
func (d *Desk) Proof(ctx context.Context, a Actor, r ProofRequest) (Proofread, error) {
	if f := channel.CheckText("/text", "内容", r.Text, reply.MaxText); f != nil {
		return Proofread{}, badProof(*f)
	}
	if r.Number != "" {
		t, err := seen(ctx, d.Store, a, r.Number)
		if err != nil {
			return Proofread{}, err
		}
		r.Kind = t.Kind
	}
	if r.Kind != "" && r.Kind.Name() == "" {
		return Proofread{}, badProof(problem.Field{Pointer: "/kind", Code: "unknown", Message: "没有这一类来信。"})
	}
	if r.Outcome != "" && !slices.Contains(ticket.Outcomes(r.Kind), r.Outcome) {
		return Proofread{}, badProof(problem.Field{Pointer: "/outcome", Code: "unknown", Message: "请选择这类来信的办理结果。"})
	}
	text := proof.Text{Text: r.Text, Public: r.Public, Report: r.Kind == channel.Report}
	if r.Kind.Refuses(string(r.Outcome)) {
		text.Remedy = r.Kind.Profile().RemedyWords
	}
	checker, err := proof.Shipped()
	if err != nil {
		return Proofread{}, err
	}
	return Proofread{Lexicon: checker.Lexicon(), Findings: checker.Check(text, d.proofSources())}, nil
}

func badProof(f problem.Field) error {
	return problem.New(problem.Invalid, "proof.invalid", f.Message).With(f)
}

// proofSources is what the desk knows on the day of the check.
func (d *Desk) proofSources() proof.Sources {
	s := proof.Sources{
		Documents: d.Library.Documents(), Calendar: d.Calendar(), At: d.at(),
		// Sites of the government, and the two reporting centres outside of it.
		Domains: []string{"gov.cn", "12377.cn", "12321.cn"},
	}
	for _, h := range d.Hotlines() {
		s.Lines = append(s.Lines, h.Number)
	}
	return s
}
