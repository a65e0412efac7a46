package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"jiesu/webhooks/wechat/wechattest"
)

// weChatStoryKey is the EncodingAESKey of both accounts.
const weChatStoryKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// weChat plays WeChat in a story, by the specification alone:
//
//	wechat serve                     its servers, and the file of channels: an Official Account main, a mini program mini
//	wechat say ACCOUNT OPENID ID TEXT  push a text, encrypted and signed; stdout is what is answered at once,
//	                                 $number and $code are those of a receipt
//	wechat photo OPENID ID           push a picture to main, which its servers give out; stdout is what is answered at once
//	wechat event ACCOUNT OPENID NAME   push an event
//	wechat clear ACCOUNT OPENID ID TEXT  push a text in the clear
//	wechat code CODE OPENID          what wx.login gives to somebody
//	wechat phone CODE…               the example of a mini program on a phone, see testdata/miniprogram.cjs
//	wechat sent PATTERN              wait until such a message was sent; it becomes stdout
func weChat(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "serve" {
		serveWeChat(ts)
		return
	}
	switch args[0] {
	case "say", "clear":
		pushWeChat(ts, args[0] == "clear", args[1], fmt.Sprintf(
			`<xml><ToUserName><![CDATA[gh_x]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%s</MsgId></xml>`,
			args[2], args[4], args[3]))
	case "photo":
		var photo bytes.Buffer
		ts.Check(png.Encode(&photo, image.NewGray(image.Rect(0, 0, 8, 8))))
		in(ts).weChat[0].Media("media-"+args[2], photo.Bytes())
		pushWeChat(ts, false, "main", fmt.Sprintf(`{"ToUserName":"gh_x","FromUserName":%q,"CreateTime":1348831860,"MsgType":"image","PicUrl":"","MediaId":"media-%[2]s","MsgId":%[2]s}`, args[1], args[2]))
	case "event":
		pushWeChat(ts, false, args[1], fmt.Sprintf(`{"ToUserName":"gh_x","FromUserName":%q,"CreateTime":1348831860,"MsgType":"event","Event":%q,"List":{"TemplateId":"T","SubscribeStatusString":"accept"}}`, args[2], args[3]))
	case "code":
		in(ts).weChat[1].Code(args[1], args[2])
	case "phone":
		script, err := filepath.Abs(filepath.Join("testdata", "miniprogram.cjs"))
		ts.Check(err)
		ts.Check(ts.Exec("node", append([]string{script, in(ts).address}, args[1:]...)...))
	case "sent":
		waitForWeChat(ts, in(ts).weChat, regexp.MustCompile(args[1]))
	default:
		ts.Fatalf("wechat %s is unknown", args[0])
	}
}

func serveWeChat(ts *testscript.TestScript) {
	official, mini := wechattest.New("wxmain", "main secret"), wechattest.New("wxmini", "mini secret")
	ts.Defer(official.Close)
	ts.Defer(mini.Close)
	in(ts).weChat = []*wechattest.Server{official, mini}
	path := filepath.Join(ts.Getenv("WORK"), "channels.yaml")
	ts.Check(os.WriteFile(path, []byte(fmt.Sprintf(`outbound: {allow: [127.0.0.1]}
wechat:
  main: {kind: official, appid: wxmain, secret: main secret, token: token, aes_key: %[1]s, mode: safe, api: %[2]q, site: https://www.example.gov.cn}
  mini:
    {kind: mini, appid: wxmini, secret: mini secret, token: token, aes_key: %[1]s, mode: safe, api: %[3]q,
     progress: {template: T, number: character_string1, state: phrase2, page: pages/progress/progress}}
`, weChatStoryKey, official.URL, mini.URL)), 0o600))
	ts.Setenv("JIESU_CHANNELS", path)
}

// pushWeChat sends a message; what is answered at once becomes stdout, and of a
// receipt $number and $code are kept.
func pushWeChat(ts *testscript.TestScript, plain bool, account, message string) {
	h := in(ts)
	p := wechattest.Pusher{AppID: "wx" + account, Token: "token", Key: weChatStoryKey}
	if plain {
		p.Key = ""
	}
	q, body := p.Push(message, storyTime(ts.Getenv("JIESU_TEST_CLOCK"))())
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, h.address+"/webhooks/wechat/"+account+"?"+q.Encode(), strings.NewReader(body))
	ts.Check(err)
	got, err := http.DefaultClient.Do(r)
	ts.Check(err)
	raw, err := io.ReadAll(got.Body)
	ts.Check(errors.Join(err, got.Body.Close()))
	if h.status = got.StatusCode; h.status != http.StatusOK {
		return
	}
	answer, err := p.Read(string(raw))
	ts.Check(err)
	_, err = ts.Stdout().Write([]byte(answer.Content))
	ts.Check(err)
	if receipt := regexp.MustCompile(`编号：(\S+)\n查询码：([0-9A-Z-]+)`).FindStringSubmatch(answer.Content); receipt != nil {
		ts.Setenv("number", receipt[1])
		ts.Setenv("code", receipt[2])
	}
}

func waitForWeChat(ts *testscript.TestScript, servers []*wechattest.Server, want *regexp.Regexp) {
	const patience = 2 * time.Minute
	for tick, end := time.Tick(100*time.Millisecond), time.After(patience); ; {
		var all []string
		for _, s := range servers {
			for _, m := range s.Sent() {
				raw, err := json.Marshal(m)
				ts.Check(err)
				all = append(all, string(raw))
			}
		}
		if sent := strings.Join(all, "\n"); want.MatchString(sent) {
			_, err := ts.Stdout().Write([]byte(sent))
			ts.Check(err)
			return
		}
		select {
		case <-tick:
		case <-end:
			ts.Fatalf("%s was not sent; sent was %v", want, all)
		}
	}
}
