package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/server/live"
)

type entriesForBody struct {
	Entries []entryFor `json:"entries" nullable:"false" doc:"the nearest first"`
}

type entryFor struct {
	Entry    entryBody          `json:"entry"`
	Score    float64            `json:"score" doc:"comparable within the list"`
	Features []contributionBody `json:"features" nullable:"false" doc:"what the score is made of, the weightiest first"`
}

// quoteBody is a version of an entry a reply quotes.
type quoteBody struct {
	Entry   string `json:"entry" maxLength:"80"`
	Version int    `json:"version"`
}

type talkBody struct {
	Messages []live.Message `json:"messages" nullable:"false" doc:"oldest first"`
	Cut      bool           `json:"cut" doc:"there was more before"`
}

// replyHelpRoutes are what whoever writes a reply reads beside it.
func (s *Server) replyHelpRoutes() {
	op := func(id, path, summary string) operation {
		return operation{
			id: id, method: http.MethodGet, path: "/api/v1/staff/tickets/{number}" + path, tag: "tickets", summary: summary,
			status: http.StatusOK, problems: []int{http.StatusNotFound}, audience: staffOnly,
		}
	}
	register(s, op("ticket-entries", "/entries", "Entries of the library that may answer a letter; not of a report"),
		func(ctx context.Context, in *ticketInput) (*body[entriesForBody], error) {
			found, err := s.desk.EntriesFor(ctx, actorOf(ctx), in.Number)
			return respond(entriesForBody{Entries: list(found, func(e desk.EntrySuggestion) entryFor {
				return entryFor{Entry: newEntry(e.LibraryEntry), Score: rounded(e.Score), Features: list(e.Features, newContribution)}
			})}, err)
		})
	register(s, op("ticket-conversation", "/conversation", "What was said in the chat a ticket came from, of its matter alone"),
		func(ctx context.Context, in *ticketInput) (*body[talkBody], error) {
			talk, err := s.desk.TalkOf(ctx, actorOf(ctx), in.Number)
			return respond(talkBody{Messages: list(talk.Messages, live.NewMessage), Cut: talk.Cut}, err)
		})
}
