package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
)

type noticeSettingBody struct {
	How     desk.NoticeHow `json:"how" enum:"at_once,daily,none" doc:"whether what waits is sent by e-mail too, and when"`
	Email   string         `json:"email" maxLength:"254"`
	Version int64          `json:"version" doc:"0: never set"`
}

type setNoticesInput struct {
	Body struct {
		How     desk.NoticeHow `json:"how" enum:"at_once,daily,none"`
		Email   string         `json:"email,omitempty" maxLength:"254" doc:"not needed for none"`
		Version int64          `json:"version" doc:"of the setting as it was seen; a newer one is a conflict"`
	}
}

type ticketMessagesInput struct {
	Number string `path:"number" maxLength:"64"`
}

type ticketMessagesBody struct {
	Messages []ticketMessageBody `json:"messages" doc:"newest first; of a report (举报) none: nobody is told of it"`
}

type ticketMessageBody struct {
	At    time.Time          `json:"at"`
	Ended *time.Time         `json:"ended_at,omitempty" doc:"without: it waits"`
	Way   string             `json:"way" enum:"sms,mail"`
	What  string             `json:"what" doc:"Chinese"`
	To    string             `json:"to,omitempty" doc:"masked; empty: to nobody"`
	State desk.DeliveryState `json:"state" enum:"waiting,sent,dead,dropped,skipped"`
	Why   string             `json:"why,omitempty" doc:"Chinese: why it was not sent"`
}

// messageRoutes are how staff are told, and what those who wrote were told, outside
// of the pages.
func (s *Server) messageRoutes() {
	const setting = "/api/v1/staff/notifications/setting"
	register(s, operation{
		id: "notice-setting", method: http.MethodGet, path: setting, tag: "session", status: http.StatusOK, audience: staffOnly,
		summary: "Whether and when the caller is told by e-mail of what waits",
	}, func(ctx context.Context, _ *nothing) (*body[noticeSettingBody], error) {
		v, err := s.desk.NoticeSettingOf(ctx, actorOf(ctx))
		return respond(noticeSettingBody{How: v.How, Email: v.Email, Version: v.Version}, err)
	})
	register(s, operation{
		id: "set-notices", method: http.MethodPost, path: setting, tag: "session", status: http.StatusOK, audience: staffOnly,
		summary: "Change it; the address is not written into the audit trail", problems: []int{http.StatusConflict},
	}, func(ctx context.Context, in *setNoticesInput) (*body[noticeSettingBody], error) {
		a := actorOf(ctx)
		err := s.desk.SetNotices(ctx, a, desk.NoticeSetting{How: in.Body.How, Email: in.Body.Email, Version: in.Body.Version})
		if err != nil {
			return nil, err
		}
		v, err := s.desk.NoticeSettingOf(ctx, a)
		return respond(noticeSettingBody{How: v.How, Email: v.Email, Version: v.Version}, err)
	})
	register(s, operation{
		id: "ticket-messages", method: http.MethodGet, path: "/api/v1/staff/tickets/{number}/messages", tag: "tickets", status: http.StatusOK, audience: staffOnly,
		summary: "What whoever wrote was told by SMS and e-mail, or was not and why", problems: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *ticketMessagesInput) (*body[ticketMessagesBody], error) {
		_, all, err := s.desk.ToldOf(ctx, actorOf(ctx), in.Number)
		return respond(ticketMessagesBody{Messages: list(all, newTicketMessage)}, err)
	})
}

func newTicketMessage(m desk.Told) ticketMessageBody {
	return ticketMessageBody{At: shown(m.At), Ended: shownOrNil(m.Ended), Way: m.Carrier, What: m.What, To: m.To, State: m.State, Why: m.Why}
}
