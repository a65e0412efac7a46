package desk

import (
	"context"
	"strings"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// NoticeHow is how somebody of the staff is told by e-mail of what waits.
type NoticeHow string

// The ways of telling. What waits is on the console in any case.
const (
	NoNotices     NoticeHow = "none"
	DailyNotices  NoticeHow = "daily"   // once, when the next working day begins
	NoticesAtOnce NoticeHow = "at_once" // in working hours; what is urgent at any time
)

// Name is the Chinese name of h, or empty for an unknown one.
func (h NoticeHow) Name() string {
	switch h {
	case NoNotices:
		return "不发邮件"
	case DailyNotices:
		return "每个工作日上班时汇总一次"
	case NoticesAtOnce:
		return "及时发送"
	}
	return ""
}

// NoticeHows are all of them.
func NoticeHows() []NoticeHow { return []NoticeHow{NoticesAtOnce, DailyNotices, NoNotices} }

// NoticeSetting is how one of the staff wants to be told.
type NoticeSetting struct {
	User    string
	Email   string
	How     NoticeHow
	Version int64 // 0: never set
}

// NoticeSettingOf is how a is told.
func (d *Desk) NoticeSettingOf(ctx context.Context, a Actor) (NoticeSetting, error) {
	return d.Store.NoticeSetting(ctx, a.ID)
}

// SetNotices changes how a is told. The act is audited, without the address.
func (d *Desk) SetNotices(ctx context.Context, a Actor, s NoticeSetting) error {
	s.User, s.Email = a.ID, strings.TrimSpace(s.Email)
	var fields []problem.Field
	if s.How.Name() == "" {
		fields = append(fields, problem.Field{Pointer: "/how", Code: "unknown", Message: "请选择怎么通知您。"})
	}
	if (s.Email != "" || s.How != NoNotices) && !channel.IsEmail(s.Email) {
		fields = append(fields, problem.Field{Pointer: "/email", Code: "email", Message: "请填写正确的邮箱地址，例如 name@example.com。"})
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "notice_setting.invalid", "有几处需要修改。").With(fields...)
	}
	was := s.Version
	s.Version++
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SaveNoticeSetting(ctx, s, was); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "notice_setting.change", Object: "user/" + a.ID, Detail: map[string]string{"how": string(s.How)}})
	})
}
