package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// Proposals are texts a language model proposes to staff, where the bureau has
// one.
type Proposals interface {
	ProposeReply(ctx context.Context, a desk.Actor, number string) (desk.ReplyProposal, error)
	ProposeVariants(ctx context.Context, a desk.Actor, entry string) (desk.VariantProposal, error)
}

type proposeReplyInput struct {
	Body struct {
		Number string `json:"number" maxLength:"64" doc:"of a ticket the caller may draft for"`
	}
}

type proposeVariantsInput struct {
	Body struct {
		Entry string `json:"entry" maxLength:"80" doc:"id of a library entry"`
	}
}

func (s *Server) assistRoutes() {
	propose := func(id, path, summary string) operation {
		return operation{
			id: id, method: http.MethodPost, path: "/api/v1/staff/assist" + path, tag: "assist", status: http.StatusOK, audience: staffOnly,
			summary: summary, problems: []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
		}
	}
	register(s, propose("propose-reply", "/draft", "A machine's draft of a reply, marked and citing entries; stored nowhere. 404 assist.off where no language model is set up"),
		func(ctx context.Context, in *proposeReplyInput) (*body[replyProposalBody], error) {
			if err := s.mayPropose(ctx); err != nil {
				return nil, err
			}
			p, err := s.desk.ProposeReply(ctx, actorOf(ctx), in.Body.Number)
			return respond(newReplyProposal(p), err)
		})
	register(s, propose("propose-variants", "/variants", "A machine's other ways to ask an entry's question, marked; they change nothing. 404 assist.off where no language model is set up"),
		func(ctx context.Context, in *proposeVariantsInput) (*body[variantProposalBody], error) {
			if err := s.mayPropose(ctx); err != nil {
				return nil, err
			}
			p, err := s.desk.ProposeVariants(ctx, actorOf(ctx), in.Body.Entry)
			return respond(newVariantProposal(p), err)
		})
}

// mayPropose counts one proposal of the signed-in user: a model is slow, and
// often paid by the word.
func (s *Server) mayPropose(ctx context.Context) error {
	d, err := s.limiter.Allow(ctx, "assist/"+callerOf(ctx).user.ID, s.config.Rates.Assist)
	if err != nil {
		return problem.New(problem.Unavailable, "rate.unavailable", "系统繁忙，请稍后再试。").Because(err)
	}
	if !d.Allowed {
		s.metrics.limited.WithLabelValues("assist").Inc()
		return problem.New(problem.Limited, "rate.limited", "操作太频繁，请稍后再试。").After(d.RetryAfter)
	}
	return nil
}

type replyProposalBody struct {
	Number     string      `json:"number"`
	Machine    bool        `json:"machine" doc:"always true: nobody has checked this text"`
	Mark       string      `json:"mark" example:"【机器草拟，须人工核对】" doc:"the text begins with it; a reply that still bears it is refused"`
	Text       string      `json:"text"`
	Founded    bool        `json:"founded" doc:"whether any valid entry is cited"`
	Citations  []citedBody `json:"citations" doc:"entries the text rests on"`
	Dropped    []string    `json:"dropped" doc:"citations of the machine that were not among the entries it was given"`
	Unfounded  []string    `json:"unfounded" doc:"numbers, titles and links in the text that stand in no cited entry"`
	Given      []citedBody `json:"given" doc:"entries the machine was given"`
	LetterSent bool        `json:"letter_sent" doc:"whether the machine was given the letter, masked"`
	Model      string      `json:"model"`
	Prompts    string      `json:"prompts" doc:"version of the prompts"`
}

type citedBody struct {
	Entry    string `json:"entry"`
	Version  int    `json:"version"`
	Question string `json:"question"`
}

type variantProposalBody struct {
	Entry      citedBody     `json:"entry"`
	Machine    bool          `json:"machine" doc:"always true: nobody has checked these texts"`
	Mark       string        `json:"mark" example:"【机器草拟，须人工核对】"`
	Variants   []variantBody `json:"variants"`
	Duplicates int           `json:"duplicates" doc:"proposals the entry has already"`
	Model      string        `json:"model"`
	Prompts    string        `json:"prompts" doc:"version of the prompts"`
}

type variantBody struct {
	Text     string             `json:"text"`
	Conflict *desk.AnswerOption `json:"conflict,omitempty" doc:"what else this leads to today: another entry, or a fixed line"`
}

func newReplyProposal(p desk.ReplyProposal) replyProposalBody {
	cited := func(c desk.Cited) citedBody { return citedBody(c) }
	return replyProposalBody{
		Number: p.Number, Machine: true, Mark: p.Mark, Text: p.Text, Founded: len(p.Citations) > 0,
		Citations: list(p.Citations, cited), Dropped: list(p.Dropped, same[string]), Unfounded: list(p.Unfounded, same[string]),
		Given: list(p.Given, cited), LetterSent: p.LetterSent, Model: p.Model, Prompts: p.Prompts,
	}
}

func newVariantProposal(p desk.VariantProposal) variantProposalBody {
	b := variantProposalBody{Entry: citedBody(p.Entry), Machine: true, Mark: p.Mark, Duplicates: p.Duplicates, Model: p.Model, Prompts: p.Prompts}
	b.Variants = list(p.Variants, func(v desk.Variant) variantBody {
		one := variantBody{Text: v.Text}
		if v.Conflict != nil {
			one.Conflict = &desk.AnswerOption{Entry: v.Conflict.Entry, Question: v.Conflict.Question}
		}
		return one
	})
	return b
}
