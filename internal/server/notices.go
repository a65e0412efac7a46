package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
)

type noticesBody struct {
	Notices []PublicNoticeBody `json:"notices" nullable:"false"`
}

// PublicNoticeBody is what the public has to know.
type PublicNoticeBody struct {
	ID        string           `json:"id"`
	Unit      string           `json:"unit" doc:"shown name"`
	Title     string           `json:"title"`
	Text      string           `json:"text"`
	Level     desk.NoticeLevel `json:"level" enum:"ordinary,emergency"`
	From      time.Time        `json:"from"`
	Until     *time.Time       `json:"until,omitempty"`
	Published time.Time        `json:"published_at" doc:"of this version"`
	Versions  int              `json:"versions" doc:"that were published; more than one: it was carried on"`
}

func newNotice(n desk.PublicNotice) PublicNoticeBody {
	return PublicNoticeBody{
		ID: n.ID, Unit: n.Unit, Title: n.Title, Text: n.Text, Level: n.Level, From: shown(n.From), Until: shownOrNil(n.Until), Published: shown(n.Published),
		Versions: n.Versions,
	}
}

func (s *Server) noticeRoutes() {
	public := func(id, path, summary string, problems ...int) operation {
		return operation{id: id, method: http.MethodGet, path: "/api/v1/notices" + path, tag: "notices", summary: summary, status: http.StatusOK, problems: problems}
	}
	register(s, public("notices", "", "What the public has to know now: emergencies first, then the newest"),
		func(ctx context.Context, _ *nothing) (*body[noticesBody], error) {
			all, err := s.desk.Notices(ctx)
			return respond(noticesBody{Notices: list(all, newNotice)}, err)
		})
	register(s, public("notice", "/{id}", "One notice", http.StatusNotFound),
		func(ctx context.Context, in *textInput) (*body[PublicNoticeBody], error) {
			n, err := s.desk.Notice(ctx, in.ID)
			return respond(newNotice(n), err)
		})
}
