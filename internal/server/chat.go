package server

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
	"jiesu/internal/server/live"
)

type passInput struct {
	Body struct {
		Conversation string `json:"conversation,omitempty" maxLength:"64" doc:"continue this one; its token goes into the Authorization header"`
	}
}

type passBody struct {
	Pass         string    `json:"pass" doc:"opens one socket, once"`
	Conversation string    `json:"conversation"`
	Token        string    `json:"token,omitempty" doc:"owns the conversation; only with a new one"`
	ExpiresAt    time.Time `json:"expires_at" doc:"of the pass"`
}

type historyInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
	Epoch        string `query:"epoch" maxLength:"64" doc:"of the history the client has"`
	After        int64  `query:"after" minimum:"0" doc:"highest sequence number the client has"`
	Wait         int    `query:"wait" minimum:"0" maximum:"25" doc:"seconds to wait for news"`
	Limit        int    `query:"limit" minimum:"1" maximum:"100" default:"100"`
}

type sayInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
	Key          string `header:"Idempotency-Key" required:"true" maxLength:"64" doc:"the client's own id for the message (cid)"`
	Body         sayBody
}

// sayBody is a message of the citizen.
type sayBody struct {
	Kind conversation.MessageKind `json:"kind" enum:"text,choice,file"`
	Body messageBody              `json:"body"`
}

// messageBody holds what the kind needs: text; or entry; or attachment, with
// what was shown of the file.
type messageBody struct {
	Text       string `json:"text,omitempty"`
	Entry      string `json:"entry,omitempty"`
	Attachment string `json:"attachment,omitempty"`
	Name       string `json:"name,omitempty"`
	Type       string `json:"type,omitempty"`
	Size       int64  `json:"size,omitempty"`
}

type handOverInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
	Key          string `header:"Idempotency-Key" required:"true" maxLength:"64"`
	Body         struct {
		Kind     channel.Kind `json:"kind,omitempty"`
		Title    string       `json:"title,omitempty"`
		Text     string       `json:"text,omitempty" doc:"empty: what was asked in the conversation"`
		Contact  *contactBody `json:"contact,omitempty"`
		Category string       `json:"category,omitempty"`
		District string       `json:"district,omitempty"`
	}
}

type saidBody struct {
	Seq  int64     `json:"seq" doc:"of the message"`
	Head int64     `json:"head" doc:"highest sequence number of the conversation, after the answer"`
	At   time.Time `json:"at"`
	Dup  bool      `json:"dup" doc:"it was stored before; this is the first result again"`
}

func (s *Server) chatRoutes(r gin.IRouter) {
	register(s, operation{
		id: "chat-pass", method: http.MethodPost, path: "/api/v1/chat/passes", tag: "chat", status: http.StatusCreated,
		summary: "Start or continue a conversation", problems: []int{http.StatusUnauthorized, http.StatusForbidden},
	}, s.admit)
	register(s, operation{
		id: "chat-history", method: http.MethodGet, path: "/api/v1/chat/{conversation}/messages", tag: "chat", status: http.StatusOK,
		summary: "What a conversation has after what the client knows, waiting for news", audience: citizen,
	}, func(ctx context.Context, in *historyInput) (*body[live.History], error) {
		conv, err := s.owned(ctx, in.Conversation)
		if err != nil {
			return nil, err
		}
		return respond(s.hub.Poll(ctx, conv, live.Query{
			Epoch: in.Epoch, After: in.After, Wait: time.Duration(in.Wait) * time.Second, Limit: in.Limit,
		}))
	})
	register(s, operation{
		id: "chat-say", method: http.MethodPost, path: "/api/v1/chat/{conversation}/messages", tag: "chat", status: http.StatusCreated,
		summary: "Say something; the answer is part of the history", audience: citizen, problems: []int{http.StatusConflict},
	}, func(ctx context.Context, in *sayInput) (*body[saidBody], error) {
		return s.ofOwner(ctx, in.Conversation, func() (desk.SaidResult, error) {
			return s.hub.Say(ctx, rateKey(callerOf(ctx).address), desk.Said{
				Conversation: in.Conversation, ClientID: in.Key, Kind: in.Body.Kind,
				Text: in.Body.Body.Text, Entry: in.Body.Body.Entry, Attachment: in.Body.Body.Attachment,
			})
		})
	})
	register(s, operation{
		id: "chat-hand-over", method: http.MethodPost, path: "/api/v1/chat/{conversation}/ticket", tag: "chat", status: http.StatusCreated,
		summary: "Leave the conversation to the task force; the receipt is part of the history", audience: citizen,
		problems: []int{http.StatusConflict},
	}, s.handOver)
	register(s, operation{
		id: "chat-rate", method: http.MethodPost, path: "/api/v1/chat/{conversation}/ratings", tag: "chat", status: http.StatusCreated,
		summary: "Say whether an answer helped; the first rating of a message stays", audience: citizen,
	}, s.rate)
	s.personRoutes()
	r.GET("/api/v1/chat", s.socket)
	s.describeSocket()
}

type rateInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
	Key          string `header:"Idempotency-Key" maxLength:"64" doc:"welcome but not needed: the message tells repeats apart"`
	Body         struct {
		Seq   int64 `json:"seq" minimum:"1" doc:"of the answer"`
		Score int   `json:"score" minimum:"1" maximum:"5" doc:"1: no use, 5: helpful"`
	}
}

type ratedBody struct {
	Seq   int64     `json:"seq"`
	Score int       `json:"score" doc:"that counts: the first one"`
	At    time.Time `json:"at"`
	Dup   bool      `json:"dup" doc:"it was rated before"`
}

func (s *Server) rate(ctx context.Context, in *rateInput) (*body[ratedBody], error) {
	if _, err := s.owned(ctx, in.Conversation); err != nil {
		return nil, err
	}
	r, err := s.hub.Rate(ctx, in.Conversation, in.Body.Seq, in.Body.Score)
	return respond(ratedBody{Seq: r.Seq, Score: r.Score, At: shown(r.At), Dup: r.Duplicate}, err)
}

func (s *Server) admit(ctx context.Context, in *passInput) (*body[passBody], error) {
	if in.Body.Conversation != "" && callerOf(ctx).bearer == "" {
		return nil, noToken()
	}
	a, err := s.desk.Admit(ctx, in.Body.Conversation, callerOf(ctx).bearer)
	return respond(passBody{Pass: a.Pass, Conversation: a.Conversation, Token: a.Token, ExpiresAt: shown(a.ExpiresAt)}, err)
}

func (s *Server) handOver(ctx context.Context, in *handOverInput) (*body[saidBody], error) {
	return s.ofOwner(ctx, in.Conversation, func() (desk.SaidResult, error) {
		b := in.Body
		l := letterBody{Kind: b.Kind, Title: b.Title, Text: b.Text, Category: b.Category, District: b.District, Contact: b.Contact}.letter(channel.Chat)
		l.Conversation = in.Conversation
		return s.hub.HandOver(ctx, in.Conversation, in.Key, desk.Opening{Letter: l})
	})
}

// owned lets only the bearer of a conversation's token at it.
func (s *Server) owned(ctx context.Context, id string) (conversation.Conversation, error) {
	token := callerOf(ctx).bearer
	if token == "" {
		return conversation.Conversation{}, noToken()
	}
	return s.desk.Owned(ctx, id, token)
}

func noToken() error {
	return problem.New(problem.Unauthenticated, "chat.token", "缺少对话凭证。")
}

func newSaid(r desk.SaidResult) saidBody {
	return saidBody{Seq: r.Seq, Head: r.Head, At: shown(r.At), Dup: r.Duplicate}
}

// socket hands the connection over to the hub.
func (s *Server) socket(c *gin.Context) {
	c.Status(http.StatusSwitchingProtocols) // for the log: the hub answers past gin
	if err := s.hub.Serve(c.Writer, c.Request, rateKey(callerOf(c.Request.Context()).address)); err != nil {
		s.fail(c, err)
	}
}

func (s *Server) describeSocket() {
	op := operation{
		id: "chat-socket", method: http.MethodGet, path: "/api/v1/chat", tag: "chat",
		summary: "Websocket, sub-protocol jiesu.v1: the first frame is hello with a pass", problems: []int{http.StatusForbidden, http.StatusServiceUnavailable},
	}.describe(s.api.OpenAPI().Components.Schemas)
	op.Responses["101"] = &huma.Response{Description: http.StatusText(http.StatusSwitchingProtocols)}
	s.api.OpenAPI().AddOperation(&op)
}
