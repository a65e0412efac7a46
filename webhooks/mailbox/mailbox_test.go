package mailbox_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/goccy/go-yaml"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiesu/webhooks"
	"jiesu/webhooks/mailbox"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func mayor(tb testing.TB, more string) *mailbox.Source {
	tb.Helper()
	s, err := decode(`
title: 市长留言信箱
channel: mailbox
list: data.rows
auth: {way: hmac}
fields: {id: [letterId, 信件编号], title: [title, 标题], text: [content, 内容], kind: [type, 类型], category: area, about: target,
  name: [writer.name, 姓名], phone: [writer.phone, 电话], written: [at, 写信时间], due: [limit, 办理时限]}
extra: {page: url}
also: [{label: 附件, from: [files.url, 附件]}]
codes: {kind: {"1": consult, 投诉: complaint}, category: {"07": traffic}}
default: {kind: consult}
` + more)
	if err != nil {
		tb.Fatal(err)
	}
	s.Name, s.Auth.Secret = "mayor", secret
	return &s
}

// decode reads a mapping as the file of channels is read.
func decode(text string) (s mailbox.Source, err error) {
	var raw map[string]any
	if err = yaml.Unmarshal([]byte(text), &raw); err != nil {
		return s, err
	}
	d, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{Result: &s, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true})
	if err != nil {
		return s, err
	}
	return s, d.Decode(raw)
}

func known() mailbox.Known {
	return mailbox.Known{Kinds: []string{"consult", "complaint"}, Channels: []string{"mailbox"}, Extra: []string{"page"}}
}

func TestALetterIsReadByItsMapping(t *testing.T) {
	t.Parallel()
	s := mayor(t, "")
	if err := s.Check(known()); err != nil {
		t.Fatal(err)
	}
	all, err := s.Split([]byte(`{"data":{"rows":[
		{"letterId":9007199254740993,"title":"路灯","content":" 不亮 ","type":1,"area":"07","target":"交警支队、张三","writer":{"name":"王小明","phone":"13800138000"},
		 "at":"2026-09-01 08:30:00","limit":"2026-09-04","url":"/a","files":[{"url":"https://x/1"},{"url":"https://x/2"}]},
		{"letterId":"b","content":"没有标题","type":"投诉","at":1788220800000}]}}`))
	if err != nil || len(all) != 2 {
		t.Fatal(len(all), err)
	}
	l, faults := s.Read(all[0])
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if l.ID != "9007199254740993" || l.Kind != "consult" || l.Category != "traffic" || l.Name != "王小明" || len(l.About) != 2 || l.Extra["page"] != "/a" {
		t.Errorf("read %+v", l)
	}
	if l.Text != "不亮\n\n附件：https://x/1\nhttps://x/2" {
		t.Errorf("text %q", l.Text)
	}
	if got := l.Written.Format(time.RFC3339); got != "2026-09-01T00:30:00Z" {
		t.Errorf("written %s, want Beijing's half past eight", got)
	}
	if got := l.Due.Format(time.RFC3339); got != "2026-09-03T16:00:00Z" || !l.DueDay {
		t.Errorf("due %s, want that day", got)
	}
	if _, faults := s.Read(all[1]); len(faults) != 1 || faults[0].Field != "written" {
		t.Errorf("milliseconds are not among the usual forms: %v", faults)
	}
	if l, faults := mayor(t, "times: [unix_ms]").Read(all[1]); len(faults) > 0 || l.Written.IsZero() || l.Kind != "complaint" {
		t.Errorf("with unix_ms: %+v %v", l, faults)
	}
}

func TestWhatCannotBeTakenIsNamed(t *testing.T) {
	t.Parallel()
	s := mayor(t, "")
	for body, want := range map[string]string{
		`{"content":"a"}`:  "id missing",
		`{"letterId":"1"}`: "text missing",
		`{"letterId":"1","content":"a","type":"表扬信"}`:   "kind unknown",
		`{"letterId":"1","content":"a","limit":"soon"}`: "due time",
		`[1]`:  " json",
		`null`: " json",
		`{"letterId":"` + strings.Repeat("9", 65) + `","content":"a"}`: "id format",
	} {
		_, faults := s.Read([]byte(body))
		if len(faults) != 1 || faults[0].Field+" "+faults[0].Code != want {
			t.Errorf("%s: %v, want %s", body, faults, want)
		}
	}
	for _, body := range []string{`{`, `{"data":{}}`, `[]`, `"a"`} {
		if _, err := s.Split([]byte(body)); err == nil {
			t.Errorf("letters found in %s", body)
		}
	}
}

func TestAMappingThatCannotWorkIsNamed(t *testing.T) {
	t.Parallel()
	s := mayor(t, "")
	s.Codes.Kind["9"], s.Extra["colour"], s.Times, s.Channel = "nonsense", mailbox.Paths{"x"}, []string{"HH:mm"}, "pigeon"
	s.Auth.From, s.Auth.Secret = []string{"10.0.0.0/99"}, "short"
	s.Reply = mailbox.Reply{Way: "push", URL: "ftp://x", Names: map[string]string{"a": "b"}}
	err := s.Check(known())
	for _, where := range []string{"codes.kind.9", "extra.colour", "times[0]", "channel", "auth.from", "auth.secret", "reply.url", "reply.names.a"} {
		if err == nil || !strings.Contains(err.Error(), "mailboxes.mayor."+where+": ") {
			t.Errorf("%s is not named in %v", where, err)
		}
	}
	if _, err = decode("title: a\nfields: {titel: [x]}\n"); err == nil || !strings.Contains(err.Error(), "'fields' has invalid keys: titel") {
		t.Errorf("an unknown field is not named: %v", err)
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	s := mayor(t, "")
	text := "信件编号,标题,内容,类型,电话,写信时间\r\n7,路灯,\"不亮，\n两天了\",投诉,13800138000,2026/9/1 8:30\r\n\r\n8,,养犬,其他,,\r\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"UTF-8": text, "with a mark": "\xEF\xBB\xBF" + text, "GBK": gbk, "tabs": strings.ReplaceAll(text, ",", "\t"),
	} {
		table, err := mailbox.ReadCSV([]byte(content))
		if err != nil {
			t.Fatal(name, err)
		}
		rows, err := s.Rows(table)
		if err != nil || len(rows) != 2 {
			t.Fatal(name, rows, err)
		}
		if l := rows[0].Letter; l.Text != "不亮，\n两天了" || l.Kind != "complaint" || l.Written.IsZero() || rows[0].N != 2 {
			t.Errorf("%s: %+v", name, rows[0])
		}
		if r := rows[1]; r.N != 4 || len(r.Faults) != 1 || r.Faults[0].Value != "其他" {
			t.Errorf("%s: the second is row %d with %v", name, r.N, r.Faults)
		}
	}
	for content, code := range map[string]string{
		"": "empty", "\xFF\xFEa\x00": "encoding", "a\xFF\xFFb": "encoding", "信件编号\n1": "missing_column", "信件编号,内容\n1,\"a\n": "format",
		"信件编号,内容\n" + strings.Repeat("1,a\n", mailbox.MaxRows+1): "too_many_rows",
	} {
		table, err := mailbox.ReadCSV([]byte(content))
		if err == nil {
			_, err = s.Rows(table)
		}
		if f, ok := err.(mailbox.TableError); !ok || f.Code != code { //nolint:errorlint // returned as it is
			t.Errorf("%.20q: %v, want %s", content, err, code)
		}
	}
	rows, err := s.Rows(mailbox.Table{Head: []string{"信件编号", "内容", "办理时限"}, Rows: [][]string{{"1", "a", "46266.5"}}, Workbook: true})
	if err != nil || rows[0].Letter.Due.Format(time.RFC3339) != "2026-09-01T04:00:00Z" {
		t.Errorf("a day of a workbook: %v %v", rows, err)
	}
}

func TestTheSameLetterHasTheSameDigest(t *testing.T) {
	t.Parallel()
	s := mayor(t, "")
	one, _ := s.Read([]byte(`{"letterId":"1","content":"a","seen":1}`))
	again, _ := s.Read([]byte(`{"seen":2, "content":"a ","letterId":"1"}`))
	other, _ := s.Read([]byte(`{"letterId":"1","content":"b"}`))
	if one.Digest() != again.Digest() || one.Digest() == other.Digest() {
		t.Error("the digest follows something else than what a letter says")
	}
	s.Fields.ID = nil
	one, _ = s.Read([]byte(`{"content":"a"}`))
	other, _ = s.Read([]byte(`{"content":"b"}`))
	if one.ID == "" || one.ID == other.ID || len(one.ID) > 64 {
		t.Errorf("without numbers of their own they are called %q and %q", one.ID, other.ID)
	}
}

func TestWhoCalls(t *testing.T) {
	t.Parallel()
	at, body := time.Unix(1614265330, 0), []byte(`{}`)
	shared, err := webhooks.ParseSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := webhooks.Sign("msg_1", at, body, shared)
	if err != nil {
		t.Fatal(err)
	}
	right := http.Header{}
	right.Set(webhooks.HeaderID, signed.ID)
	right.Set(webhooks.HeaderTimestamp, signed.Timestamp)
	right.Set(webhooks.HeaderSignature, signed.Signature)
	key := http.Header{"X-Api-Key": {"0123456789abcdef"}}
	near, far := netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("192.0.2.1")
	for name, c := range map[string]struct {
		auth mailbox.Auth
		call mailbox.Call
		want bool
	}{
		"signed":            {mailbox.Auth{Way: mailbox.HMAC, Secret: secret}, mailbox.Call{Header: right, Body: body, At: at, From: far}, true},
		"another body":      {mailbox.Auth{Way: mailbox.HMAC, Secret: secret}, mailbox.Call{Header: right, Body: []byte(`{} `), At: at}, false},
		"stale":             {mailbox.Auth{Way: mailbox.HMAC, Secret: secret}, mailbox.Call{Header: right, Body: body, At: at.Add(time.Hour)}, false},
		"from elsewhere":    {mailbox.Auth{Way: mailbox.HMAC, Secret: secret, From: []string{"10.0.0.0/8"}}, mailbox.Call{Header: right, Body: body, At: at, From: far}, false},
		"key":               {mailbox.Auth{Way: mailbox.StaticKey, Secret: "0123456789abcdef"}, mailbox.Call{Header: key}, true},
		"no key":            {mailbox.Auth{Way: mailbox.StaticKey, Secret: "0123456789abcdef"}, mailbox.Call{Header: http.Header{}}, false},
		"no key configured": {mailbox.Auth{Way: mailbox.StaticKey}, mailbox.Call{Header: http.Header{}}, false},
		"address":           {mailbox.Auth{Way: mailbox.ByAddress, From: []string{"10.1.2.3"}}, mailbox.Call{From: near}, true},
		"mapped address":    {mailbox.Auth{Way: mailbox.ByAddress, From: []string{"10.1.2.3"}}, mailbox.Call{From: netip.MustParseAddr("::ffff:10.1.2.3")}, true},
		"no addresses":      {mailbox.Auth{Way: mailbox.ByAddress}, mailbox.Call{From: near}, false},
		"no hook":           {mailbox.Auth{}, mailbox.Call{Header: key, From: near}, false},
	} {
		s := mailbox.Source{Auth: c.auth}
		if got := s.Verify(c.call) == nil; got != c.want {
			t.Errorf("%s: let in %v, want %v", name, got, c.want)
		}
	}
}

func TestAnAnswerGoesBackSigned(t *testing.T) {
	t.Parallel()
	s := mayor(t, "reply: {way: push, names: {letterId: id, content: text, time: at}, accepted: {at: code, values: ['0']}}")
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	body, err := s.Body(mailbox.Answer{ID: "7", Text: "已修好", Number: "never told", At: at})
	if err != nil || string(body) != `{"content":"已修好","letterId":"7","time":"2026-09-01 16:00:00"}` {
		t.Fatal(string(body), err)
	}
	for says, want := range map[string]bool{`{"code":0}`: true, `{"code":"500","message":"x"}`: false, `ok`: false} {
		peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, _ := io.ReadAll(r.Body)
			c := mailbox.Call{Header: r.Header, Body: got, At: at}
			if err := mayor(t, "").Verify(c); err != nil || !bytes.Equal(got, body) || r.Header.Get(webhooks.HeaderID) != "d-1" {
				t.Errorf("the other side gets %s: %v", got, err)
			}
			_, _ = io.WriteString(w, says)
		}))
		s.Reply.URL = peer.URL
		pushed, err := s.Push(t.Context(), peer.Client(), "d-1", at, body)
		if err != nil || pushed.Taken != want || pushed.Status != http.StatusOK {
			t.Errorf("%s: %+v %v", says, pushed, err)
		}
		peer.Close()
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"data":{"rows":[{"letterId":1,"content":"a","at":"2026-09-01"}]}}`))
	f.Add([]byte(`{"data":{"rows":{"letterId":[[1]],"files":[{"url":null}]}}}`))
	s := mayor(f, "")
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := s.Split(body)
		if err != nil {
			return
		}
		for _, raw := range all {
			l, faults := s.Read(raw)
			if len(faults) == 0 && (l.ID == "" || len(l.ID) > 64 || l.Text == "" || l.Kind == "") {
				t.Errorf("taken without a fault: %+v", l)
			}
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("信件编号,内容\n1,a\n"))
	f.Add([]byte("\xEF\xBB\xBF信件编号;内容\n1;\"a\nb\"\n"))
	s := mayor(f, "")
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := mailbox.ReadCSV(content)
		if err != nil {
			return
		}
		rows, err := s.Rows(table)
		if err == nil && len(rows) > mailbox.MaxRows {
			t.Errorf("%d rows", len(rows))
		}
	})
}
