package robot_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks/robot"
)

func newRobot(t *testing.T, kind robot.Kind, address, secret string) *robot.Robot {
	t.Helper()
	r, err := robot.New(kind, address, secret)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRobotsAreSignedToAsTheyAsk(t *testing.T) {
	t.Parallel()
	ding := newRobot(t, robot.DingTalk, "https://oapi.dingtalk.com/robot/send?access_token=T", "SECtest")
	got, err := ding.Text("来信 J1 快到期。", time.UnixMilli(1700000000000))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(got.URL)
	if err != nil || u.Query().Get("sign") != "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=" || u.Query().Get("timestamp") != "1700000000000" || u.Query().Get("access_token") != "T" {
		t.Errorf("%s, %v", got.URL, err)
	}
	if string(got.Body) != `{"msgtype":"text","text":{"content":"来信 J1 快到期。"}}` {
		t.Errorf("%s", got.Body)
	}
	feishu := newRobot(t, robot.Feishu, "https://open.feishu.cn/open-apis/bot/v2/hook/ID", "testsecret")
	got, err = feishu.Text("好", time.Unix(1700000000, 0))
	if err != nil || got.URL != "https://open.feishu.cn/open-apis/bot/v2/hook/ID" ||
		string(got.Body) != `{"timestamp":"1700000000","sign":"AOc8oJ7//5OlQlfWC3nRL0R+IkuzcD1FKcAyibRK9Q8=","msg_type":"text","content":{"text":"好"}}` {
		t.Errorf("%s %s, %v", got.URL, got.Body, err)
	}
	wecom := newRobot(t, robot.WeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K", "")
	got, err = wecom.Text("好", time.Time{})
	if err != nil || got.URL != "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K" || string(got.Body) != `{"msgtype":"text","text":{"content":"好"}}` {
		t.Errorf("%s %s, %v", got.URL, got.Body, err)
	}
	for _, text := range []string{"", strings.Repeat("长", 683)} {
		if _, err := wecom.Text(text, time.Time{}); err == nil {
			t.Errorf("%d bytes are taken", len(text))
		}
	}
}

func TestWhatARobotAnswersIsRead(t *testing.T) {
	t.Parallel()
	addresses := map[robot.Kind]string{robot.WeCom: "https://a/?key=K", robot.DingTalk: "https://a/?access_token=T", robot.Feishu: "https://a/ID"}
	for _, c := range []struct {
		kind   robot.Kind
		answer string
		want   *robot.AnswerError
	}{
		{robot.WeCom, `{"errcode":0,"errmsg":"ok"}`, nil},
		{robot.WeCom, `{"errcode":45009,"errmsg":"api freq out of limit"}`, &robot.AnswerError{Kind: robot.WeCom, Code: 45009, Busy: true}},
		{robot.WeCom, `{"errcode":93000}`, &robot.AnswerError{Kind: robot.WeCom, Code: 93000}},
		{robot.DingTalk, `{"errcode":130101}`, &robot.AnswerError{Kind: robot.DingTalk, Code: 130101, Busy: true}},
		{robot.DingTalk, `{"errcode":310000}`, &robot.AnswerError{Kind: robot.DingTalk, Code: 310000}},
		{robot.Feishu, `{"code":0,"msg":"success"}`, nil},
		{robot.Feishu, `{"code":11232}`, &robot.AnswerError{Kind: robot.Feishu, Code: 11232, Busy: true}},
		{robot.Feishu, `{"errcode":0}`, &robot.AnswerError{Kind: robot.Feishu}},
		{robot.WeCom, `<html>bad gateway</html>`, &robot.AnswerError{Kind: robot.WeCom}},
		{robot.WeCom, ``, &robot.AnswerError{Kind: robot.WeCom}},
	} {
		err := newRobot(t, c.kind, addresses[c.kind], "").Check([]byte(c.answer))
		got, failed := errors.AsType[*robot.AnswerError](err)
		if failed != (c.want != nil) || failed && *got != *c.want {
			t.Errorf("%s %s: %v", c.kind, c.answer, err)
		}
	}
}

// What is wrong with an address is told without its key.
func TestARobotIsSetUpWithoutTellingItsKey(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://a/?key=SECRETKEY", "https:///?key=SECRETKEY", "https://u:SECRETKEY@a/", "https://a/#SECRETKEY", "https://a/%zz?key=SECRETKEY", "SECRETKEY"} {
		if _, err := robot.New(robot.WeCom, address, ""); err == nil || strings.Contains(err.Error(), "SECRETKEY") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := robot.New("irc", "https://a/", ""); err == nil {
		t.Error("an unknown kind is taken")
	}
	if _, err := robot.New(robot.WeCom, "https://a/?key=K", "secret"); err == nil {
		t.Error("a secret for a robot that does not sign is taken")
	}
}

// FuzzCheck: whatever a robot answers is taken, or a failure.
func FuzzCheck(f *testing.F) {
	f.Add(`{"errcode":0}`)
	f.Add(`{"errcode":1e99}`)
	r, err := robot.New(robot.WeCom, "https://a/?key=K", "")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		err := r.Check([]byte(answer))
		if _, failed := errors.AsType[*robot.AnswerError](err); err != nil && !failed {
			t.Errorf("%v", err)
		}
		if err == nil && !json.Valid([]byte(answer)) {
			t.Errorf("%q is taken", answer)
		}
	})
}
