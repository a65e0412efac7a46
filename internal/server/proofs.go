package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/ticket/reply"
)

type proofInput struct {
	Body struct {
		Text    string        `json:"text" doc:"1 to 5,000 characters"`
		Public  bool          `json:"public,omitempty" doc:"everybody will read it, not only whom it answers: personal data then blocks"`
		Number  string        `json:"number,omitempty" maxLength:"64" doc:"the ticket it answers"`
		Kind    channel.Kind  `json:"kind,omitempty" doc:"what it answers, where it answers no ticket"`
		Outcome reply.Outcome `json:"outcome,omitempty" doc:"one that refuses needs the remedies; which ones fit a kind, see …/reasons"`
	}
}

type proofBody struct {
	Lexicon  string       `json:"lexicon" example:"2026.11" doc:"version of the words it was held against"`
	Blocked  bool         `json:"blocked" doc:"something in it must not go out"`
	Findings []remarkBody `json:"findings" doc:"in the order of the text"`
}

type remarkBody struct {
	Code       string         `json:"code" example:"person.phone" doc:"stable, for programs"`
	Severity   proof.Severity `json:"severity" enum:"block,warn,note"`
	From       int            `json:"from" doc:"its first character, counted from 0 in Unicode code points"`
	To         int            `json:"to" doc:"behind its last one; equals from where something is missing"`
	Excerpt    string         `json:"excerpt" doc:"the passage, personal data masked"`
	Message    string         `json:"message" doc:"what to do, for people"`
	Suggestion string         `json:"suggestion,omitempty" doc:"what may stand there instead"`
}

func newProof(p desk.Proofread) proofBody {
	return proofBody{
		Lexicon: p.Lexicon, Blocked: proof.Blocks(p.Findings),
		Findings: list(p.Findings, newRemark),
	}
}

func newRemark(f proof.Finding) remarkBody { return remarkBody(f) }

func (s *Server) proofRoutes() {
	register(s, operation{
		id: "proof", method: http.MethodPost, path: "/api/v1/staff/proofs", tag: "proofs", status: http.StatusOK, audience: staffOnly,
		summary: "Personal data, bases, words, links, remedies, dates and sums in a text; nothing is kept", problems: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *proofInput) (*body[proofBody], error) {
		b := in.Body
		p, err := s.desk.Proof(ctx, actorOf(ctx), desk.ProofRequest{Text: b.Text, Public: b.Public, Number: b.Number, Kind: b.Kind, Outcome: b.Outcome})
		return respond(newProof(p), err)
	})
}
