package wechat_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks/wechat"
)

// The published examples: of WeChat's documents (A) and of the tests of other
// clients (B to D).
const (
	keyB  = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	safeA = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
	safeB = "MNn4+jJ/VsFh2gUyKAaOJArwEVYCvVmyN0iXzNarP3O6vXzK62ft1/KG2/XPZ4y5bPWU/jfIfQxODRQ7sLkUsrDRqsWimuhIT8Eq+w4E/28m+XDAQKEOjWTQIOp1p6kNsIV1DdC3B+AtcKcKSNAeJDr7x7GHLx5DZYK09qQsYDOjP6R5NqebFjKt/NpEl/GU3gWFwG8LCtRNuIYdK5axbFSfmXbh5CZ6Bk5wSwj5fu5aS90cMAgUhGsxrxZTY562QR6c+3ydXxb+GHI5w+qA+eqJjrQqR7u5hS+1x5sEsA7vS+bZ5LYAR3+PZ243avQkGllQ+rg7a6TeSGDxxhvLw+mxxinyk88BNHkJnyK//hM1k9PuvuLAASdaud4vzRQlAmnYOslZl8CN7gjCjV41skUTZv3wwGPxvEqtm/nf5fQ="
)

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

func account(tb testing.TB, appID, token, key string, mode wechat.Mode) *wechat.Account {
	tb.Helper()
	a, err := wechat.NewAccount(appID, token, key, mode)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// opened is the message in a request that is verified.
func opened(a *wechat.Account, q wechat.Query, body []byte, now time.Time) (wechat.Message, error) {
	plain, err := a.Verified(q, body, now)
	if err != nil {
		return wechat.Message{}, err
	}
	return wechat.Read(plain)
}

func TestSignaturesAreThePublishedOnes(t *testing.T) {
	t.Parallel()
	for want, parts := range map[string][]string{
		"f464b24fc39322e44b38aa78f5edd27bd1441696": {"AAAAA", "1714036504", "1514711492"},
		"899cf89e464efb63f54ddac96b0a0a235f53aa78": {"AAAAA", "1714037059", "486452656"},
		"6c5c811b55cc85e0e1b54100749188c20beb3f5d": {"AAAAA", "1714112445", "415670741"},
		"046e02f8204d34f8ba5fa3b1db94908f3df2e9b3": {"AAAAA", "1714112445", "415670741", safeA},
		"35703636de2f9df2a77a662b68e521ce17c34db4": {"weixin", "1414243737", "1792106704"},
		"6147984331daf7a1a9eed6e0ec3ba69055256154": {"weixin", "1414243737", "1792106704", safeB},
		"1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1": {"AAAAA", "1713424427", "415670741", "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="},
		"5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3": {"QDG6eK", "1409659589", "263014780", "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="},
		"dd6b9c95b495b3f7e2901bfbc76c664930ffdb96": {"123456", "1411443780", "437374425", "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="},
		"c181f86196a54f1813399ddb4c36ae34af043415": {"weixin", "1366032735", "136587223"},
	} {
		if got := wechat.Signature(parts...); got != want {
			t.Errorf("%v: %s, want %s", parts[:3], got, want)
		}
	}
}

func TestACallbackAddressIsChecked(t *testing.T) {
	t.Parallel()
	a := account(t, "wxba5fad812f8e6fb9", "AAAAA", "", wechat.Plain)
	q := wechat.Query{Signature: "f464b24fc39322e44b38aa78f5edd27bd1441696", Timestamp: "1714036504", Nonce: "1514711492"}
	if got, err := a.Echo(q, "4375120948345356249", unix(1714036504)); err != nil || got != "4375120948345356249" {
		t.Errorf("%q, %v", got, err)
	}
	for name, try := range map[string]func(q *wechat.Query) time.Time{
		"another nonce": func(q *wechat.Query) time.Time { q.Nonce = "1"; return unix(1714036504) },
		"no signature":  func(q *wechat.Query) time.Time { q.Signature = ""; return unix(1714036504) },
		"an hour later": func(*wechat.Query) time.Time { return unix(1714040104) },
		"an hour early": func(*wechat.Query) time.Time { return unix(1714032904) },
	} {
		asked := q
		now := try(&asked)
		if _, err := a.Echo(asked, "1", now); !errors.Is(err, wechat.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEncryptedMessagesAreRead(t *testing.T) {
	t.Parallel()
	a := account(t, "wxba5fad812f8e6fb9", "AAAAA", strings.Repeat("A", 43), wechat.Safe)
	m, err := opened(a, wechat.Query{
		Signature: "6c5c811b55cc85e0e1b54100749188c20beb3f5d", MessageSignature: "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", Timestamp: "1714112445", Nonce: "415670741", EncryptType: "aes",
	}, []byte(`{"ToUserName":"gh_97417a04a28d","Encrypt":"`+safeA+`"}`), unix(1714112445))
	if err != nil || m.Type != "event" || m.Event.Name != "debug_demo" || m.From != "o9AgO5Kd5ggOC-bXrbNODIiE3bGY" {
		t.Errorf("in JSON: %+v, %v", m, err)
	}
	b := account(t, "wxbad0b45542aa0b5e", "weixin", keyB, wechat.Safe)
	body := []byte("<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><Encrypt><![CDATA[" + safeB + "]]></Encrypt></xml>")
	q := wechat.Query{MessageSignature: "6147984331daf7a1a9eed6e0ec3ba69055256154", Timestamp: "1414243737", Nonce: "1792106704", EncryptType: "aes"}
	now := unix(1414243800)
	m, err = opened(b, q, body, now)
	if err != nil || m.Type != "text" || m.Text != "?" || m.ID != "6074130599188426998" || m.Key() != m.ID {
		t.Errorf("in XML: %+v, %v", m, err)
	}
	for name, refused := range map[string]func() (wechat.Message, error){
		"for another account": func() (wechat.Message, error) {
			return opened(account(t, "wxba5fad812f8e6fb9", "weixin", keyB, wechat.Safe), q, body, now)
		},
		"with another key": func() (wechat.Message, error) {
			return opened(account(t, "wxbad0b45542aa0b5e", "weixin", strings.Repeat("A", 43), wechat.Safe), q, body, now)
		},
		"an hour later": func() (wechat.Message, error) { return opened(b, q, body, now.Add(time.Hour)) },
		"in the clear": func() (wechat.Message, error) {
			return opened(b, wechat.Query{Signature: "35703636de2f9df2a77a662b68e521ce17c34db4", Timestamp: q.Timestamp, Nonce: q.Nonce}, []byte(plainText), now)
		},
		"of nothing": func() (wechat.Message, error) { return opened(b, q, nil, now) },
	} {
		if _, err := refused(); !errors.Is(err, wechat.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const plainText = `<xml><ToUserName><![CDATA[gh_x]]></ToUserName><FromUserName><![CDATA[o_x]]></FromUserName><CreateTime>1348831860</CreateTime>
<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好 <!DOCTYPE> ]]></Content><MsgId>9223372036854775807</MsgId></xml>`

// received is what a plain account makes of a body that is signed.
func received(tb testing.TB, body string) (wechat.Message, error) {
	tb.Helper()
	q := wechat.Query{Signature: wechat.Signature("token", "1348831860", "7"), Timestamp: "1348831860", Nonce: "7"}
	return opened(account(tb, "wx1", "token", "", wechat.Plain), q, []byte(body), unix(1348831860))
}

func TestMessagesSayWhatWasSent(t *testing.T) {
	t.Parallel()
	in := func(rest string) string {
		return `{"ToUserName":"gh_x","FromUserName":"o_x","CreateTime":1482048670,` + rest + `}`
	}
	base := wechat.Message{Account: "gh_x", From: "o_x", At: unix(1482048670).UTC()}
	as := func(change func(*wechat.Message)) wechat.Message { m := base; change(&m); return m }
	for name, c := range map[string]struct {
		body string
		want wechat.Message
	}{
		"text":                       {in(`"MsgType":"text","Content":"你好","MsgId":9223372036854775807`), as(func(m *wechat.Message) { m.Type, m.Text, m.ID = "text", "你好", "9223372036854775807" })},
		"text with an id of letters": {in(`"MsgType":"text","Content":"a","MsgId":"m-1","bizmsgmenuid":"101"`), as(func(m *wechat.Message) { m.Type, m.Text, m.ID, m.Menu = "text", "a", "m-1", "101" })},
		"image": {in(`"MsgType":"image","PicUrl":"http://p","MediaId":"M","MsgId":1`), as(func(m *wechat.Message) {
			m.Type, m.ID, m.Media = "image", "1", wechat.Media{ID: "M", URL: "http://p"}
		})},
		"voice": {in(`"MsgType":"voice","MediaId":"M","Format":"amr","Recognition":"身份证丢了","MsgId":1`), as(func(m *wechat.Message) {
			m.Type, m.ID, m.Text, m.Media = "voice", "1", "身份证丢了", wechat.Media{ID: "M", Format: "amr"}
		})},
		"location": {in(`"MsgType":"location","Location_X":"23.134","Location_Y":113.358,"Label":"某路","MsgId":1`), as(func(m *wechat.Message) {
			m.Type, m.ID, m.Place = "location", "1", wechat.Place{Latitude: "23.134", Longitude: "113.358", Label: "某路"}
		})},
		"link": {in(`"MsgType":"link","Title":"T","Description":"D","Url":"https://u","MsgId":1`), as(func(m *wechat.Message) {
			m.Type, m.ID, m.Link = "link", "1", wechat.Link{Title: "T", Description: "D", URL: "https://u"}
		})},
		"mini program": {in(`"MsgType":"miniprogrampage","Title":"T","PagePath":"pages/a","MsgId":1`), as(func(m *wechat.Message) {
			m.Type, m.ID, m.Link = "miniprogrampage", "1", wechat.Link{Title: "T", URL: "pages/a"}
		})},
		"a session begins": {in(`"MsgType":"event","Event":"user_enter_tempsession","SessionFrom":"home"`), as(func(m *wechat.Message) {
			m.Type, m.Event = "event", wechat.Event{Name: "user_enter_tempsession", Key: "home"}
		})},
		"a code is scanned": {in(`"MsgType":"event","Event":"SCAN","EventKey":"s","Ticket":"q"`), as(func(m *wechat.Message) {
			m.Type, m.Event = "event", wechat.Event{Name: "SCAN", Key: "s", Ticket: "q"}
		})},
		"a pop-up with one answer": {in(`"MsgType":"event","Event":"subscribe_msg_popup_event","List":{"TemplateId":"T","SubscribeStatusString":"accept"}`), as(func(m *wechat.Message) {
			m.Type, m.Event, m.Grant = "event", wechat.Event{Name: "subscribe_msg_popup_event"}, []wechat.Grant{{Template: "T", Accepted: true}}
		})},
		"a pop-up with two": {in(`"MsgType":"event","Event":"subscribe_msg_popup_event","List":[{"TemplateId":"T","SubscribeStatusString":"reject"},{"TemplateId":"U","SubscribeStatusString":"accept"}]`), as(func(m *wechat.Message) {
			m.Type, m.Event, m.Grant = "event", wechat.Event{Name: "subscribe_msg_popup_event"}, []wechat.Grant{{Template: "T"}, {Template: "U", Accepted: true}}
		})},
		"a type nobody knows": {in(`"MsgType":"hologram","Depth":3`), as(func(m *wechat.Message) { m.Type = "hologram" })},
	} {
		got, err := received(t, c.body)
		if err != nil || got.Key() != c.want.Key() || same(&got) != same(&c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	popup, err := received(t, `<xml><ToUserName>gh_x</ToUserName><FromUserName>o_x</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event>
<SubscribeMsgChangeEvent><List><TemplateId>T</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>`)
	if err != nil || !slices.Equal(popup.Grant, []wechat.Grant{{Template: "T"}}) {
		t.Errorf("a change of mind in XML: %+v, %v", popup, err)
	}
	const head, item = `<xml><ToUserName>gh_x</ToUserName><FromUserName>o_x</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event>`,
		`<TemplateId>T</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>43101</ErrorCode><ErrorStatus>user refuse</ErrorStatus>`
	for _, body := range []string{
		head + `<SubscribeMsgSentEvent><List>` + item + `</List></SubscribeMsgSentEvent></xml>`,
		`{"ToUserName":"gh_x","FromUserName":"o_x","CreateTime":1,"MsgType":"event","Event":"subscribe_msg_sent_event","List":{"TemplateId":"T","MsgID":"1","ErrorCode":"43101","ErrorStatus":"user refuse"}}`,
	} {
		if sent, err := received(t, body); err != nil || !slices.Equal(sent.Grant, []wechat.Grant{{Template: "T", Failure: "43101"}}) {
			t.Errorf("what became of a message: %+v, %v", sent, err)
		}
	}
	m, err := received(t, plainText)
	if err != nil || m.Text != "你好 <!DOCTYPE> " || m.ID != "9223372036854775807" {
		t.Errorf("in XML: %+v, %v", m, err)
	}
}

// same is everything m says.
func same(m *wechat.Message) string {
	raw, err := json.Marshal(m)
	return string(raw) + strconv.FormatBool(err == nil)
}

func TestEventsOfOneSecondAreTold(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for _, rest := range []string{`"Event":"CLICK","EventKey":"a"`, `"Event":"CLICK","EventKey":"b"`, `"Event":"VIEW","EventKey":"a"`, `"Event":"CLICK","EventKey":"a"`} {
		m, err := received(t, `{"ToUserName":"gh_x","FromUserName":"o_x","CreateTime":1482048670,"MsgType":"event",`+rest+`}`)
		if err != nil {
			t.Fatal(err)
		}
		keys[m.Key()] = true
	}
	if len(keys) != 3 {
		t.Errorf("%d keys for three events, one of them sent twice", len(keys))
	}
}

func TestWhatMakesNoSenseIsKeptForPeople(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing":           "",
		"a DOCTYPE":         `<!DOCTYPE xml>` + plainText,
		"an entity bomb":    `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + strings.Replace(plainText, "你好", "&b;", 1),
		"an unknown entity": strings.Replace(plainText, "<![CDATA[你好 <!DOCTYPE> ]]>", "&b;", 1),
		"an instruction":    `<?xml-stylesheet href="x"?>` + plainText,
		"two messages":      plainText + plainText,
		"half a message":    plainText[:120],
		"another root":      strings.ReplaceAll(plainText, "xml>", "html>"),
		"no sender":         strings.Replace(plainText, "o_x", "", 1),
		"a time in words":   strings.Replace(plainText, "1348831860", "gestern", 1),
		"JSON that is not":  `{"ToUserName":"gh_x"`,
		"a number for text": `{"ToUserName":1,"FromUserName":"o_x","CreateTime":1,"MsgType":"text"}`,
		"a list for an id":  `{"ToUserName":"g","FromUserName":"o_x","CreateTime":1,"MsgType":"text","MsgId":[1]}`,
		"something else":    `hello`,
	} {
		if m, err := received(t, body); !errors.Is(err, wechat.ErrUnreadable) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

// TestRepliesAreReadByAnotherClient decrypts a reply the way the specification
// says, and compares the published one.
func TestRepliesAreReadByAnotherClient(t *testing.T) {
	t.Parallel()
	now := unix(1713424427)
	plain, err := received(t, plainText)
	if err != nil {
		t.Fatal(err)
	}
	body, err := account(t, "wx1", "token", "", wechat.Plain).Reply(&plain, "请带身份证 ]]> 来。", now, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ToUserName, FromUserName, MsgType, Content string
		CreateTime                                 int64
	}
	if err := xml.Unmarshal(body, &got); err != nil || got.ToUserName != "o_x" || got.FromUserName != "gh_x" || got.MsgType != "text" || got.Content != "请带身份证 ]]> 来。" || got.CreateTime != 1713424427 {
		t.Errorf("%s: %+v, %v", body, got, err)
	}
	safe := account(t, "wxb11529c136998cb6", "pamtest", keyB, wechat.Safe)
	m := plain
	body, err = safe.Reply(&m, "好", now, strings.NewReader("12345678aaaabbbbccccdddd"))
	if err != nil {
		t.Fatal(err)
	}
	var outer struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal(body, &outer); err != nil || outer.MsgSignature != wechat.Signature("pamtest", outer.TimeStamp, outer.Nonce, outer.Encrypt) {
		t.Fatalf("%s: %v", body, err)
	}
	if _, err := safe.Reply(&m, "好", now, strings.NewReader("1234")); err == nil {
		t.Error("a reply without enough randomness")
	}
	back := wechat.Query{MessageSignature: outer.MsgSignature, Timestamp: outer.TimeStamp, Nonce: outer.Nonce, EncryptType: "aes"}
	again, err := opened(safe, back, body, now)
	if err != nil || again.Text != "好" || again.Account != "o_x" {
		t.Errorf("opened again: %+v, %v", again, err)
	}
}

func TestAnAccountIsSetUpAsTheConsoleShowsIt(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"", "token", keyB}, {"wx", "ab", keyB}, {"wx", strings.Repeat("t", 33), keyB}, {"wx", "token", keyB[1:]}, {"wx", "token", strings.Repeat("*", 43)}, {"wx", "token", ""}} {
		if _, err := wechat.NewAccount(c[0], c[1], c[2], wechat.Safe); err == nil {
			t.Errorf("%v is taken", c)
		}
	}
	if _, err := wechat.NewAccount("wx", "token", keyB, "open"); err == nil {
		t.Error("an unknown mode is taken")
	}
}

// FuzzOpen: whatever comes, it is refused or read, and what is read can be
// answered.
func FuzzOpen(f *testing.F) {
	for _, body := range []string{plainText, `{"ToUserName":"g","FromUserName":"o","CreateTime":1,"MsgType":"text","MsgId":1e400}`, `<xml/>`, "<xml><a>&#0;</a></xml>"} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, err := received(t, body)
		if err != nil {
			if !errors.Is(err, wechat.ErrUnreadable) {
				t.Fatalf("%v", err)
			}
			return
		}
		if m.Key() == "" || m.From == "" {
			t.Fatalf("%+v", m)
		}
	})
}
