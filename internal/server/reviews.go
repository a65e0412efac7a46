package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
)

type textsInput struct {
	State   review.State `query:"state" enum:"draft,in_review,returned,approved,published,withdrawn" doc:"none: any"`
	Kind    review.Kind  `query:"kind" enum:"entry,published_reply,notice,consultation" doc:"none: any"`
	Subject string       `query:"subject" maxLength:"100" doc:"what it belongs to: the id of an entry, a consultation"`
	Mine    bool         `query:"mine" doc:"only those whose step the caller may take"`
}

type draftTextInput struct {
	Body struct {
		Kind    review.Kind     `json:"kind" enum:"entry,published_reply,notice,consultation"`
		Subject string          `json:"subject,omitempty" maxLength:"100" doc:"what it belongs to, where its kind needs that"`
		Unit    string          `json:"unit,omitempty" maxLength:"64" doc:"unit id; empty: the own one"`
		Content textContentBody `json:"content"`
	}
}

type textInput struct {
	ID string `path:"id" maxLength:"64"`
}

type textVersionInput struct {
	ID string `path:"id" maxLength:"64"`
	N  int    `path:"n" minimum:"1" maximum:"1000000"`
}

type textChangesInput struct {
	ID   string `path:"id" maxLength:"64"`
	From int    `query:"from" required:"true" minimum:"1" maximum:"1000000"`
	To   int    `query:"to" required:"true" minimum:"1" maximum:"1000000"`
}

type moveTextInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Move     review.Move      `json:"move" enum:"edit,submit,pass,send_back,resume,publish,withdraw"`
		Hash     string           `json:"hash" maxLength:"64" doc:"of the version that was read; another one is a conflict"`
		Content  *textContentBody `json:"content,omitempty" doc:"edit: all of it; every edit begins the chain anew"`
		Step     string           `json:"step,omitempty" maxLength:"64" doc:"pass, send_back: id of the step"`
		Gates    []review.Gate    `json:"gates,omitempty" maxItems:"5" enum:"political,legal,policy,secrecy,wording" doc:"pass: what was ticked"`
		Gate     review.Gate      `json:"gate,omitempty" enum:"political,legal,policy,secrecy,wording" doc:"send_back: where it does not pass"`
		Reason   string           `json:"reason,omitempty" maxLength:"64" doc:"send_back, withdraw: a code, see GET …/reviews/reasons"`
		Words    string           `json:"words,omitempty" doc:"send_back, resume, withdraw; submit: why what blocks may stay"`
		Comments []commentBody    `json:"comments,omitempty" maxItems:"100" doc:"send_back: about passages of the body"`
	}
}

func (s *Server) reviewRoutes() {
	s.textFieldRoutes()
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/reviews" + path, tag: "reviews", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, op("reviews", http.MethodGet, "", "Texts for the public with who waits for whom: the newest, or those the caller may take, the longest wait first", http.StatusOK),
		func(ctx context.Context, in *textsInput) (*body[textsBody], error) {
			f := desk.ReviewFilter{Kind: in.Kind, Subject: in.Subject}
			if in.State != "" {
				f.States = append(f.States, in.State)
			}
			found, err := s.desk.Texts(ctx, actorOf(ctx), f, in.Mine)
			return respond(textsBody{Texts: list(found, newTextSummary)}, err)
		})
	register(s, op("draft-text", http.MethodPost, "", "Begin a text for the public; others read it before it is published", http.StatusCreated),
		func(ctx context.Context, in *draftTextInput) (*body[textBody], error) {
			b := in.Body
			v, err := s.desk.DraftText(ctx, actorOf(ctx), desk.TextDraft{Kind: b.Kind, Subject: b.Subject, Unit: b.Unit, Content: b.Content.content()})
			return respond(newText(ctx, v), err)
		})
	register(s, op("review-reasons", http.MethodGet, "/reasons", "The codes a text can be sent back, withdrawn, and its disclosure decided by", http.StatusOK),
		func(context.Context, *nothing) (*body[reviewReasonsBody], error) {
			return respond(newReviewReasons(), nil)
		})
	register(s, op("text", http.MethodGet, "/{id}", "A text with its versions, who did what with it, and what a machine noticed", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *textInput) (*body[textBody], error) {
			v, err := s.desk.Text(ctx, actorOf(ctx), in.ID)
			return respond(newText(ctx, v), err)
		})
	register(s, op("move-text", http.MethodPost, "/{id}/moves", "Do something with a text", http.StatusOK, http.StatusNotFound, http.StatusConflict), s.moveText)
	register(s, op("text-changes", http.MethodGet, "/{id}/changes", "What changed from one version to another, side by side", http.StatusOK, http.StatusNotFound), s.textChanges)
	register(s, op("text-form", http.MethodGet, "/{id}/versions/{n}/form", "The secrecy-review form of a version (政府信息公开保密审查表)", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *textVersionInput) (*body[formBody], error) {
			v, err := s.desk.Text(ctx, actorOf(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			f, err := v.Form(in.N)
			return respond(newForm(f), err)
		})
	register(s, op("text-ledger", http.MethodGet, "/{id}/ledger.csv", "Who did what with a text, in order (信息发布台账)", http.StatusOK, http.StatusNotFound), s.textLedger)
}

func (s *Server) moveText(ctx context.Context, in *moveTextInput) (*body[textBody], error) {
	b := in.Body
	c := desk.TextCommand{
		Move: b.Move, Hash: b.Hash, Step: b.Step, Gates: b.Gates, Gate: b.Gate, Reason: b.Reason, Words: b.Words,
		Comments: list(b.Comments, func(c commentBody) review.Comment { return review.Comment(c) }),
	}
	if b.Content != nil {
		c.Content = b.Content.content()
	}
	v, err := s.desk.MoveText(ctx, actorOf(ctx), in.ID, c)
	return respond(newText(ctx, v), err)
}

func (s *Server) textChanges(ctx context.Context, in *textChangesInput) (*body[changesBody], error) {
	v, err := s.desk.Text(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	before, err := v.At(in.From)
	if err != nil {
		return nil, err
	}
	after, err := v.At(in.To)
	if err != nil {
		return nil, err
	}
	return respond(changesBody{Changes: list(review.Compare(&before.Content, &after.Content), newChange)}, nil)
}
