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
	"jiesu/internal/server/live"
)

const chatDeskPath = "/api/v1/staff/chats"

type chatInput struct {
	ID string `path:"id" maxLength:"64"`
}

type transcriptInput struct {
	ID    string `path:"id" maxLength:"64"`
	After int64  `query:"after" minimum:"0" doc:"highest sequence number the client has"`
}

type chatNoteInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Note string `json:"note,omitempty" doc:"for colleagues; the citizen never reads it; up to 500 characters"`
	}
}

type chatReplyInput struct {
	ID   string `path:"id" maxLength:"64"`
	Key  string `header:"Idempotency-Key" required:"true" maxLength:"64" doc:"the client's own id for the message (cid)"`
	Body struct {
		Text     string `json:"text,omitempty" doc:"1 to 2,000 characters"`
		Entry    string `json:"entry,omitempty" maxLength:"80" doc:"instead of text: an entry of the library, which is sent as it is, with its basis"`
		Override string `json:"override,omitempty" doc:"why words stay that the machine objects to; needed after chat.blocked"`
	}
}

type chatTransferInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		To       string `json:"to,omitempty" maxLength:"64" doc:"user id of a colleague, see …/colleagues"`
		Category string `json:"category,omitempty" maxLength:"64" doc:"instead of to: whoever answers for it"`
		Note     string `json:"note" doc:"for them; the citizen never reads it; 1 to 500 characters"`
	}
}

type chatTicketInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Kind     channel.Kind    `json:"kind,omitempty" example:"consult" doc:"none: consult"`
		Title    string          `json:"title,omitempty" doc:"none: the first words"`
		Text     string          `json:"text,omitempty" doc:"none: what the citizen said"`
		Category string          `json:"category,omitempty"`
		District string          `json:"district,omitempty"`
		Urgency  channel.Urgency `json:"urgency,omitempty" enum:"urgent,emergency,"`
		Contact  *contactBody    `json:"contact,omitempty"`
		About    []string        `json:"about,omitempty" nullable:"false" maxItems:"10" doc:"units or officers a complaint or report is about: they are kept away"`
		Fields   letterFields    `json:"fields,omitempty"`
	}
}

// chatBody is a conversation with what was said and done in it.
type chatBody struct {
	live.ChatBrief

	Messages []live.Message `json:"messages" nullable:"false" doc:"masked while it is queued; at most 200"`
	More     bool           `json:"more" doc:"there are newer ones: ask again after the last"`
	Steps    []chatStepBody `json:"steps" nullable:"false" doc:"oldest first"`
}

type chatStepBody struct {
	At       time.Time         `json:"at"`
	Move     conversation.Move `json:"move" enum:"ask,leave,take,transfer,requeue,hand_back,end,ticket"`
	By       string            `json:"by" doc:"name, or citizen or system"`
	Clerk    string            `json:"clerk,omitempty" doc:"name of who has it from then on"`
	Category string            `json:"category,omitempty"`
	WaitedS  int               `json:"waited_s,omitempty" doc:"of take: seconds in the queue"`
	Note     string            `json:"note,omitempty" doc:"for colleagues"`
}

func newChat(v desk.ChatView) chatBody {
	name := func(user string) string {
		if n, ok := v.Names[user]; ok {
			return n
		}
		return user
	}
	return chatBody{
		ChatBrief: live.NewChatBrief(&v.ChatBrief), Messages: list(v.Messages, live.NewMessage), More: v.More,
		Steps: list(v.Steps, func(s desk.ChatStep) chatStepBody {
			return chatStepBody{
				At: shown(s.At), Move: s.Move, By: name(s.By), Clerk: name(s.Clerk), Category: s.Skill, WaitedS: int(s.Waited.Seconds()), Note: s.Note,
			}
		}),
	}
}

type colleaguesBody struct {
	Colleagues []colleagueBody `json:"colleagues" nullable:"false" doc:"those at the chat desk who may answer in it, with the fewest conversations first"`
}

type colleagueBody struct {
	User  string `json:"user" doc:"user id"`
	Name  string `json:"name"`
	Unit  string `json:"unit" doc:"name"`
	Shown string `json:"shown" doc:"as citizens read them"`
	Chats int    `json:"chats" doc:"they have now"`
}

type chatTicketBody struct {
	Number string `json:"number"`
}

// chatDeskRoutes are for those who answer in chats.
func (s *Server) chatDeskRoutes(r gin.IRouter) {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{id: id, method: method, path: chatDeskPath + path, tag: "chat desk", summary: summary, status: status, problems: problems, audience: staffOnly}
	}
	register(s, op("chat-board", http.MethodGet, "", "The queues one answers for, and the own conversations", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[live.ChatBoard], error) {
			b, err := s.desk.ChatBoard(ctx, actorOf(ctx))
			return respond(live.NewChatBoard(b), err)
		})
	register(s, op("chat-transcript", http.MethodGet, "/{id}", "A conversation one has, or may take", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *transcriptInput) (*body[chatBody], error) {
			v, err := s.desk.ChatOf(ctx, actorOf(ctx), in.ID, in.After)
			return respond(newChat(v), err)
		})
	register(s, op("chat-colleagues", http.MethodGet, "/{id}/colleagues", "Who a conversation one has can be given to", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *chatInput) (*body[colleaguesBody], error) {
			all, err := s.desk.ChatColleagues(ctx, actorOf(ctx), in.ID)
			return respond(colleaguesBody{Colleagues: list(all, func(c desk.ChatColleague) colleagueBody { return colleagueBody(c) })}, err)
		})
	register(s, op("take-chat", http.MethodPost, "/{id}/take", "Answer from now on; of two at once one has it", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *chatInput) (*body[chatBody], error) {
			if err := s.desk.TakeChat(ctx, actorOf(ctx), in.ID); err != nil {
				return nil, err
			}
			v, err := s.desk.ChatOf(ctx, actorOf(ctx), in.ID, 0)
			return respond(newChat(v), err)
		})
	register(s, op("reply-in-chat", http.MethodPost, "/{id}/messages", "Say something to the citizen; words that must not go out are refused with what is wrong", http.StatusCreated, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *chatReplyInput) (*body[saidBody], error) {
			said, err := s.desk.ReplyInChat(ctx, actorOf(ctx), in.ID, desk.ChatReply{ClientID: in.Key, Text: in.Body.Text, Entry: in.Body.Entry, Override: in.Body.Override})
			return respond(newSaid(said), err)
		})
	register(s, op("transfer-chat", http.MethodPost, "/{id}/transfer", "Let a colleague go on, or whoever answers for a category", http.StatusNoContent, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *chatTransferInput) (*nothing, error) {
			return &nothing{}, s.desk.TransferChat(ctx, actorOf(ctx), in.ID, desk.ChatTransfer{To: in.Body.To, Skill: in.Body.Category, Note: in.Body.Note})
		})
	register(s, op("hand-back-chat", http.MethodPost, "/{id}/hand-back", "Let the library answer again", http.StatusNoContent, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *chatNoteInput) (*nothing, error) {
			return &nothing{}, s.desk.HandBackChat(ctx, actorOf(ctx), in.ID, in.Body.Note)
		})
	register(s, op("end-chat", http.MethodPost, "/{id}/end", "End it; what the citizen says next is answered by the library", http.StatusNoContent, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *chatNoteInput) (*nothing, error) {
			return &nothing{}, s.desk.EndChat(ctx, actorOf(ctx), in.ID, in.Body.Note)
		})
	register(s, op("chat-to-ticket", http.MethodPost, "/{id}/ticket", "End it with a ticket; number, query code and date are told in the chat", http.StatusCreated, http.StatusNotFound, http.StatusConflict), s.chatToTicket)
	r.GET("/api/v1/staff/live", s.staffSocket)
	s.describeStaffSocket()
}

func (s *Server) chatToTicket(ctx context.Context, in *chatTicketInput) (*body[chatTicketBody], error) {
	b := in.Body
	l := letterBody{Kind: b.Kind, Title: b.Title, Text: b.Text, Category: b.Category, District: b.District, Contact: b.Contact, Fields: b.Fields}.letter(channel.Chat)
	l.Urgency = b.Urgency
	number, err := s.desk.ChatToTicket(ctx, actorOf(ctx), in.ID, desk.Opening{Letter: l, Names: b.About})
	return respond(chatTicketBody{Number: number}, err)
}

// staffSocket hands the connection of somebody who is signed in over to the hub. It
// counts for the person: a whole bureau may share one address.
func (s *Server) staffSocket(c *gin.Context) {
	who := callerOf(c.Request.Context())
	token := who.token
	c.Status(http.StatusSwitchingProtocols) // for the log: the hub answers past gin
	err := s.hub.ServeStaff(c.Writer, c.Request, live.Staff{Address: socketOf(who.user.ID), Session: token, Who: func(ctx context.Context) (desk.Actor, error) {
		u, err := s.access.Still(ctx, token)
		return newActor(u), err
	}})
	if err != nil {
		s.fail(c, err)
	}
}

func (s *Server) describeStaffSocket() {
	op := operation{
		id: "staff-live", method: http.MethodGet, path: "/api/v1/staff/live", tag: "chat desk", audience: staffOnly,
		summary:  "Websocket, sub-protocol " + live.StaffProtocol + ": which lists have changed, the board of the chat desk, and what is said in the own conversations",
		problems: []int{http.StatusServiceUnavailable},
	}.describe(s.api.OpenAPI().Components.Schemas)
	op.Responses["101"] = &huma.Response{Description: http.StatusText(http.StatusSwitchingProtocols)}
	s.api.OpenAPI().AddOperation(&op)
}
