package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/web/portal"
)

const notificationsPage = "/staff/notifications"

// notifications shows how the caller is told of what waits.
func (p staffPages) notifications(c *gin.Context) {
	ctx := c.Request.Context()
	s, err := p.desk.NoticeSettingOf(ctx, actorOf(ctx))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, notificationsView(&s, c.Query("saved") == "1", nil))
}

func notificationsView(s *desk.NoticeSetting, saved bool, problems portal.Problems) portal.Notifications {
	return portal.Notifications{
		Email: s.Email, Version: s.Version, Saved: saved, Errors: problems,
		Hows: list(desk.NoticeHows(), func(h desk.NoticeHow) portal.Ticked { return ticked(string(h), h.Name(), h == s.How) }),
	}
}

func (p staffPages) setNotifications(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		version = 0
	}
	s := desk.NoticeSetting{Email: field(c, "email"), How: desk.NoticeHow(field(c, "how")), Version: version}
	if err = p.desk.SetNotices(ctx, actorOf(ctx), s); err == nil {
		c.Redirect(http.StatusSeeOther, notificationsPage+"?saved=1")
		return
	}
	problems, ok := p.mendable(ctx, err, func(pointer string) string { return strings.TrimPrefix(pointer, "/") })
	if !ok {
		p.fail(c, err)
		return
	}
	p.show(c, p.problemOf(ctx, err).Status, notificationsView(&s, false, problems))
}

// told shows what whoever wrote a letter was told, or was not and why.
func (p staffPages) told(c *gin.Context) {
	ctx := c.Request.Context()
	t, all, err := p.desk.ToldOf(ctx, actorOf(ctx), c.Param("number"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.Told{
		Number: t.Number, Status: t.Status.Name(), Due: t.DueAt, Report: t.Restricted(),
		Messages: list(all, func(m desk.Told) portal.Message {
			return portal.Message{At: m.At, Ended: m.Ended, Way: wayName(m.Carrier), What: m.What, To: m.To, State: m.State.Name(), Why: m.Why}
		}),
	})
}

// wayName is what a way of telling people is called.
func wayName(carrier string) string {
	return map[string]string{desk.SMSCarrier: "短信", desk.EmailCarrier: "邮件"}[carrier]
}
