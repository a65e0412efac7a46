package desk_test

import (
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
)

func TestPeopleAnswerOnWeChat(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	f.answersChats(t)
	f.say("我想了解一下你们的工作")
	if got := f.say("转人工"); !strings.Contains(got, "您排在第1位") {
		t.Errorf("asked for a person: %s", got)
	}
	if got := f.say("人工"); !strings.Contains(got, "您排在第1位") {
		t.Errorf("asked again where they stand: %s", got)
	}
	ana := f.taskForce("ana")
	b, err := f.ChatBoard(t.Context(), ana)
	must(t, err)
	id := b.Queued[0].ID
	must(t, f.TakeChat(t.Context(), ana, id))
	if got := f.say("身份证丢了怎么补办"); got != "" {
		t.Errorf("the robot talks over a person: %s", got)
	}
	reply := func(cid string) error {
		_, err := f.ReplyInChat(t.Context(), ana, id, desk.ChatReply{ClientID: cid, Text: "请带户口簿来。"})
		return err
	}
	must(t, reply("s1"))
	_, ps := f.parcels(desk.DeliveryWaiting)
	if last := ps[len(ps)-1].Text; !strings.HasPrefix(last, "【") || !strings.HasSuffix(last, "专班1号】\n请带户口簿来。") {
		t.Errorf("the citizen is sent %q", last)
	}
	f.pass(49 * time.Hour)
	refusedWith(t, "a reply WeChat does not let through", reply("s2"), "chat.wechat_closed")
}
