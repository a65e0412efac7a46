package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
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
	return d.proofread(proof.Text{Text: r.Text, Public: r.Public, Report: r.Kind == channel.Report, Remedy: remedy(r.Kind, r.Outcome)})
}

func (d *Desk) proofread(text proof.Text) (Proofread, error) {
	checker, err := proof.Shipped()
	if err != nil {
		return Proofread{}, err
	}
	return Proofread{Lexicon: checker.Lexicon(), Findings: checker.Check(text, d.proofSources())}, nil
}

// remedy is what a reply has to hold where it refuses.
func remedy(k channel.Kind, o reply.Outcome) []string {
	if !k.Refuses(string(o)) {
		return nil
	}
	return k.Profile().RemedyWords
}

// proofreadDraft adds what a machine notices in the latest reply, as long as it
// was not released.
func (d *Desk) proofreadDraft(v TicketView) (TicketView, error) {
	latest := latestDraft(&v.Ticket, v.Drafts)
	if latest.Text == "" || !latest.ReleasedAt.IsZero() {
		return v, nil
	}
	p, err := d.proofread(proof.Text{Text: latest.Text, Report: v.Ticket.Restricted(), Remedy: remedy(v.Ticket.Kind, latest.Outcome)})
	v.Findings = p.Findings
	return v, err
}

// maxOverride is the longest reason for an override, in characters.
const maxOverride = 500

// hold keeps a reply with a blocking finding from being submitted without a
// reason, and returns what the audit trail says of one. That remedies are named
// is the ticket's own rule, which no reason overrides.
func (d *Desk) hold(t *ticket.Ticket, c *ticket.Command, override string) (map[string]string, error) {
	if c.Move != ticket.Submit || c.Draft == nil {
		return nil, nil
	}
	return d.heldBack(proof.Text{Text: c.Draft.Text, Report: t.Restricted()}, override, "reply", "答复中有必须修改的内容。请修改后再提交；确需保留的，请写明理由。")
}

// heldBack refuses a text with a blocking finding, unless there is a reason for it:
// that is what the audit trail says then.
func (d *Desk) heldBack(text proof.Text, override, room, refusal string) (map[string]string, error) {
	p, err := d.proofread(text)
	if err != nil || !proof.Blocks(p.Findings) {
		return nil, err
	}
	fields, codes := blocking(p.Findings, "/text")
	if override = strings.TrimSpace(override); override == "" {
		return nil, problem.New(problem.Invalid, room+".blocked", refusal).With(fields...)
	}
	if f := channel.CheckText("/override", "理由", override, maxOverride); f != nil {
		return nil, problem.New(problem.Invalid, room+".override", f.Message).With(*f)
	}
	return map[string]string{"override": seal.Mask(override), "findings": strings.Join(codes, ","), "lexicon": p.Lexicon}, nil
}

// blocking are the findings that must not go out, as fields at pointer and by
// their codes.
func blocking(findings []proof.Finding, pointer string) (fields []problem.Field, codes []string) {
	for _, f := range findings {
		if f.Severity == proof.Block {
			codes = append(codes, f.Code)
			fields = append(fields, problem.Field{Pointer: pointer, Code: f.Code, Message: "第" + strconv.Itoa(f.From+1) + "字起：" + f.Message})
		}
	}
	return fields, codes
}

func badProof(f problem.Field) error {
	return problem.New(problem.Invalid, "proof.invalid", f.Message).With(f)
}

// proofSources is what the desk knows on the day of the check.
func (d *Desk) proofSources() proof.Sources {
	s := proof.Sources{
		Calendar: d.Calendar(), At: d.at(),
		// Sites of the government, and the two reporting centres outside of it.
		Domains: []string{"gov.cn", "12377.cn", "12321.cn"},
	}
	if d.Library() != nil {
		s.Documents = d.Library().Documents()
	}
	for _, l := range d.HotlinesOn(s.At) {
		s.Lines = append(s.Lines, l.Number)
	}
	return s
}
