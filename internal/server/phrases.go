package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
)

type phrasesInput struct {
	Category string `query:"category" maxLength:"64" doc:"with those for all categories"`
	Text     string `query:"q" maxLength:"100" doc:"that title or text hold"`
	Retired  bool   `query:"retired" doc:"those as well"`
}

type addPhraseInput struct {
	Body struct {
		Category string `json:"category,omitempty" maxLength:"64" doc:"none: for all"`
		Title    string `json:"title" doc:"1 to 50 characters"`
		Text     string `json:"text" doc:"1 to 1,000 characters; what a machine would keep from the public is refused"`
		Shared   bool   `json:"shared,omitempty" doc:"everybody's, which the task force keeps"`
	}
}

type changePhraseInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Category string `json:"category,omitempty" maxLength:"64" doc:"none: for all"`
		Title    string `json:"title" doc:"1 to 50 characters"`
		Text     string `json:"text" doc:"as of a new one"`
		Version  int64  `json:"version" doc:"of the phrase as it was seen; a newer one is a conflict"`
	}
}

type retirePhraseInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64 `json:"version" doc:"of the phrase as it was seen; a newer one is a conflict"`
	}
}

type phrasesBody struct {
	Phrases []phraseBody `json:"phrases" nullable:"false" doc:"everybody's and the own, by title"`
}

type phraseBody struct {
	ID        string    `json:"id"`
	Shared    bool      `json:"shared"`
	Category  string    `json:"category,omitempty"`
	Title     string    `json:"title"`
	Text      string    `json:"text"`
	Retired   bool      `json:"retired"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int64     `json:"version"`
}

func newPhrase(p desk.ChatPhrase) phraseBody {
	return phraseBody{
		ID: p.ID, Shared: p.Owner == "", Category: p.Category, Title: p.Title, Text: p.Text, Retired: p.Retired, UpdatedAt: shown(p.UpdatedAt), Version: p.Version,
	}
}

// phraseRoutes are the canned replies (口径) of those who answer in chats.
func (s *Server) phraseRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{id: id, method: method, path: "/api/v1/staff/phrases" + path, tag: "chat desk", summary: summary, status: status, problems: problems, audience: staffOnly}
	}
	register(s, op("phrases", http.MethodGet, "", "Canned replies: everybody's and the own", http.StatusOK),
		func(ctx context.Context, in *phrasesInput) (*body[phrasesBody], error) {
			all, err := s.desk.Phrases(ctx, actorOf(ctx), desk.PhraseFilter{Category: in.Category, Text: in.Text, Retired: in.Retired})
			return respond(phrasesBody{Phrases: list(all, newPhrase)}, err)
		})
	register(s, op("add-phrase", http.MethodPost, "", "Keep a canned reply", http.StatusCreated, http.StatusConflict),
		func(ctx context.Context, in *addPhraseInput) (*body[phraseBody], error) {
			b := in.Body
			p, err := s.desk.AddPhrase(ctx, actorOf(ctx), desk.ChatPhrase{Category: b.Category, Title: b.Title, Text: b.Text}, b.Shared)
			return respond(newPhrase(p), err)
		})
	register(s, op("change-phrase", http.MethodPost, "/{id}", "Change a canned reply", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *changePhraseInput) (*body[phraseBody], error) {
			b := in.Body
			return s.changePhrase(ctx, desk.ChatPhrase{ID: in.ID, Category: b.Category, Title: b.Title, Text: b.Text, Version: b.Version})
		})
	register(s, op("retire-phrase", http.MethodPost, "/{id}/retire", "Offer a canned reply no more", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *retirePhraseInput) (*body[phraseBody], error) {
			return s.changePhrase(ctx, desk.ChatPhrase{ID: in.ID, Retired: true, Version: in.Body.Version})
		})
}

func (s *Server) changePhrase(ctx context.Context, p desk.ChatPhrase) (*body[phraseBody], error) {
	next, err := s.desk.ChangePhrase(ctx, actorOf(ctx), p)
	return respond(newPhrase(next), err)
}
