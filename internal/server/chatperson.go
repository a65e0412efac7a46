package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
)

type personInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
	Key          string `header:"Idempotency-Key" required:"true" maxLength:"64" doc:"the client's own id for it (cid)"`
	Body         struct {
		Category string `json:"category,omitempty" maxLength:"64" doc:"what it is about, see the catalogue; none: what was talked about last"`
	}
}

type leaveInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
	Key          string `header:"Idempotency-Key" required:"true" maxLength:"64"`
}

// personRoutes let citizens ask for a person.
func (s *Server) personRoutes() {
	op := func(id, path, summary string) operation {
		return operation{
			id: id, method: http.MethodPost, path: "/api/v1/chat/{conversation}/" + path, tag: "chat", status: http.StatusCreated,
			summary: summary, audience: citizen, problems: []int{http.StatusNotFound, http.StatusConflict},
		}
	}
	register(s, op("chat-person", "person", "Ask for a person; where nobody is on duty, what was said becomes a ticket. What comes of it is part of the history"),
		func(ctx context.Context, in *personInput) (*body[saidBody], error) {
			return s.ofOwner(ctx, in.Conversation, func() (desk.SaidResult, error) {
				return s.hub.AskPerson(ctx, rateKey(callerOf(ctx).address), in.Conversation, in.Key, in.Body.Category)
			})
		})
	register(s, op("chat-leave", "leave", "Wait for a person no longer"),
		func(ctx context.Context, in *leaveInput) (*body[saidBody], error) {
			return s.ofOwner(ctx, in.Conversation, func() (desk.SaidResult, error) { return s.hub.LeaveQueue(ctx, in.Conversation, in.Key) })
		})
}

// ofOwner does something for the bearer of a conversation's token.
func (s *Server) ofOwner(ctx context.Context, conversation string, do func() (desk.SaidResult, error)) (*body[saidBody], error) {
	if _, err := s.owned(ctx, conversation); err != nil {
		return nil, err
	}
	said, err := do()
	return respond(newSaid(said), err)
}
