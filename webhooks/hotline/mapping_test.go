package hotline_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks/hotline"
)

const cityYAML = `
batch: data.items
in:
  - {to: act, from: lx, codes: {"1": dispatch, "2": urge, "3": visit, "4": extend_decision}}
  - {to: order_no, from: gd.bh}
  - {to: dispatch_seq, from: gd.cs}
  - {to: act_id, from: id}
  - {to: at, from: sj, time: "2006-01-02 15:04:05"}
  - {to: order.title, from: gd.bt}
  - {to: order.content, from: gd.nr gd.bz}
  - {to: order.appeal_type, from: gd.sq, codes: {"01": consult, "02": complaint, "*": suggest}}
  - {to: order.appellant.secret, from: gd.bm}
  - {to: order.place.lng, from: gd.x}
  - {to: order.deadlines.reply_by, from: gd.sx, time: unixms}
  - {to: order.category.path, from: gd.lb}
  - {to: order.attachments, from: gd.fj, each: [{to: name, from: mc}, {to: fetch_url, from: dz}, {to: size, from: dx}]}
  - {to: order.ext.yd, from: gd.yd}
  - {to: visit.satisfaction_result, from: my, codes: {"0": "5", "1": "3", "2": "1"}}
  - {to: visit.solved, from: jj}
  - {to: decision.granted, value: "true"}
  - {to: decision.new_reply_by, from: sx, time: "20060102"}
out:
  - {to: gd.bh, from: order_no}
  - {to: czid, from: op_id}
  - {to: cz, from: op, codes: {sign: "10", complete: "20", "*": "99"}}
  - {to: sj, from: at, time: "2006-01-02 15:04:05"}
  - {to: ms, from: at, time: unixms}
  - {to: jg.dm, from: complete.result, codes: {solved: "0", unsolved: "1", "*": "2"}}
  - {to: jg.ss, from: complete.is_true, codes: {"true": "Y", "false": "N"}}
  - {to: jg.nr, from: complete.content complete.public_reply}
  - {to: jg.fj, from: complete.attachments, each: [{to: mc, from: name}, {to: nr, from: data}]}
  - {to: lb, value: gongan, for: [complete]}
paths: {sign: /qs, complete: /bj}
reply: {code: code, ok: ["0000", "0001"], later: ["9000"], order_no: data.bh}
list: {path: /list, ask: {zt: open}, from: data, each: [{to: order_no, from: bh}, {to: state, from: zt, codes: {"1": handling}}, {to: reply_by, from: sx, time: "2006-01-02 15:04"}]}
ack: {code: "0000"}
`

func mapping(tb testing.TB) *hotline.Mapping {
	tb.Helper()
	return must(hotline.ParseMapping([]byte(cityYAML)))
}

// open is a lock that is none.
type open struct{ hotline.Lock }

func (open) Open(r hotline.Request, _ time.Time) ([]byte, error) { return r.Body, nil }

func TestAMappedMessageIsAnAct(t *testing.T) {
	t.Parallel()
	p := hotline.Platform{Lock: open{}, Dialect: mapping(t)}
	body := `{"data":{"items":[
	{"lx":"1","id":9007199254740993,"sj":"2025-09-12 09:00:00","my":"0","gd":{"bh":2025091200000123,"cs":"2","bt":"排队","nr":"排队两小时","bz":"请尽快","sq":"77","bm":"1","x":"113.1",
	 "sx":1758276000000,"lb":["公安","户籍"],"yd":"原单","fj":[{"mc":"1.jpg","dz":"https://f.example/1","dx":12},{"mc":"2.jpg"}]}},
	{"lx":"3","gd":{"bh":"1"},"my":2,"jj":"否"},
	{"lx":"4","gd":{"bh":"1"},"sx":"20250930"},
	{"lx":"9","gd":{"bh":"77"}}]}}`
	all, err := p.Open(hotline.Request{Body: []byte(body)}, signedAt())
	if err != nil || len(all) != 4 {
		t.Fatalf("%d, %v", len(all), err)
	}
	if all[0].Key != "2025091200000123|2|dispatch|" || all[0].Lane != "2025091200000123" || all[3].Lane != "77" || all[3].Key == "" {
		t.Errorf("%q %q, %q %q", all[0].Key, all[0].Lane, all[3].Key, all[3].Lane)
	}
	a, err := p.Read(all[0].Raw)
	if err != nil {
		t.Fatal(err)
	}
	o := a.Order
	if a.ID != "9007199254740993" || !a.At.Equal(time.Date(2025, 9, 12, 1, 0, 0, 0, time.UTC)) || a.Visit != nil ||
		o.OrderNo != "2025091200000123" || o.DispatchSeq != 2 || o.Content != "排队两小时\n请尽快" || o.AppealType != hotline.Suggest ||
		!o.Appellant.Secret || o.Place.Lng != 113.1 || !o.Deadlines.ReplyBy.Equal(time.UnixMilli(1758276000000)) ||
		!slices.Equal(o.Category.Path, []string{"公安", "户籍"}) || len(o.Attachments) != 2 || o.Attachments[0].Size != 12 || o.Ext["yd"] != "原单" {
		t.Errorf("%+v, %+v", a, o)
	}
	if v, err := p.Read(all[1].Raw); err != nil || v.Visit.SatisfactionResult != 1 || v.Visit.Solved || v.Order != nil || v.ID == "" || v.Decision != nil {
		t.Errorf("%+v, %v", v, err)
	}
	if d, err := p.Read(all[2].Raw); err != nil || !d.Decision.Granted || !d.Decision.NewReplyBy.Equal(time.Date(2025, 9, 29, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = p.Read(all[3].Raw)
	if faults, is := errors.AsType[hotline.FieldErrors](err); !is || faults[0].Field != "act" {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestARepeatHasTheSameKeyAndNewsHasAnother(t *testing.T) {
	t.Parallel()
	p := hotline.Platform{Lock: open{}, Dialect: mapping(t)}
	key := func(raw string) string {
		all := must(p.Open(hotline.Request{Body: []byte(raw)}, signedAt()))
		return all[0].Key
	}
	first := key(`{"lx":"2","gd":{"bh":"1","cs":1},"sj":"2025-09-12 09:00:00"}`)
	if again := key(`{ "sj":"2025-09-12 09:00:00", "gd":{"cs":1,"bh":"1"}, "lx":"2" }`); again != first {
		t.Errorf("%q, %q", first, again)
	}
	if other := key(`{"lx":"2","gd":{"bh":"1","cs":1},"sj":"2025-09-12 10:00:00"}`); other == first {
		t.Error("a second urge is taken for the first")
	}
	if redo := key(`{"lx":"1","gd":{"bh":"1","cs":2,"nr":"x"}}`); redo == key(`{"lx":"1","gd":{"bh":"1","cs":1,"nr":"x"}}`) {
		t.Error("an order that is to be redone is taken for the first")
	}
}

func TestAMappedMessageThatMakesNoSenseNamesTheField(t *testing.T) {
	t.Parallel()
	p := hotline.Platform{Lock: open{}, Dialect: mapping(t)}
	for raw, field := range map[string]string{
		`{"lx":"1","gd":{"bh":"1","nr":"x","cs":"1.5"}}`:        "dispatch_seq",
		`{"lx":"1","gd":{"bh":1.5,"nr":"x"}}`:                   "number",
		`{"lx":"1","gd":{"bh":"1","nr":"x","bm":"vielleicht"}}`: "order.appellant.secret",
		`{"lx":"1","gd":{"bh":"1","nr":"x","sx":"today"}}`:      "order.deadlines.reply_by",
		`{"lx":"1","gd":{"bh":"1","nr":"x","x":"east"}}`:        "order.place.lng",
		`{"lx":"1","gd":{"bh":"1","nr":"x","x":"NaN"}}`:         "json",
		`{"lx":"1","gd":{"bh":"1","nr":"x","fj":"a"}}`:          "order.attachments",
		`{"lx":"1","gd":{"bh":"1","nr":{"a":1}}}`:               "order.content",
		`{"lx":"1","gd":{"bh":"1"}}`:                            "order",
		`{"lx":"1"}`:                                            "order_no",
		`{"lx":["1"]}`:                                          "act",
		`{"lx":"1"} {}`:                                         "json",
		`{`:                                                     "json",
		``:                                                      "json",
		`null`:                                                  "act",
	} {
		_, err := p.Read([]byte(raw))
		if faults, is := errors.AsType[hotline.FieldErrors](err); !is || faults[0].Field != field || strings.Contains(err.Error(), "vielleicht") {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestAnOperationIsSaidInThePlatformsWords(t *testing.T) {
	t.Parallel()
	m := mapping(t)
	op := hotline.Op{ID: "0190", Kind: hotline.OpComplete, OrderNo: "1", At: signedAt(), Complete: &hotline.Complete{
		Result: hotline.Solved, IsTrue: new(true), Content: "已办结", PublicReply: "已解决", Attachments: []hotline.Evidence{{Kind: "doc", Name: "a.pdf", Data: []byte("%PDF")}},
	}}
	path, body, err := m.Write(&op)
	want := `{"cz":"20","czid":"0190","gd":{"bh":"1"},"jg":{"dm":"0","fj":[{"mc":"a.pdf","nr":"JVBERg=="}],"nr":"已办结\n已解决","ss":"Y"},"lb":"gongan","ms":1757638800000,"sj":"2025-09-12 09:00:00"}`
	if err != nil || path != "/bj" || string(body) != want {
		t.Errorf("%s %s %v", path, body, err)
	}
	if _, _, err := m.Write(&hotline.Op{Kind: hotline.OpWithdraw}); !errors.Is(err, hotline.ErrUnspoken) {
		t.Errorf("an operation without a path: %v", err)
	}
	police, err := hotline.Police()
	if err != nil || !m.Files(hotline.OpComplete) || m.Files(hotline.OpReturn) || police.Files(hotline.OpComplete) {
		t.Errorf("files go where a row carries them: %v", err)
	}
	if string(m.Taken()) != `{"code":"0000"}` {
		t.Errorf("%s", m.Taken())
	}
}

func TestAnAnswerIsUnderstood(t *testing.T) {
	t.Parallel()
	m := mapping(t)
	for body, want := range map[string]hotline.Answer{
		`{"code":"0000","data":{"bh":71}}`:  {Outcome: hotline.Arrived, Code: "0000", OrderNo: "71"},
		`{"code":"0001"}`:                   {Outcome: hotline.Arrived, Code: "0001"},
		`{"code":9000}`:                     {Outcome: hotline.Later, Code: "9000"},
		`{"code":"4711","message":"张三的工单"}`: {Outcome: hotline.Refused, Code: "4711"},
		`{"code":"张三的工单"}`:                  {Outcome: hotline.Refused},
		`{}`:                                {Outcome: hotline.Unknown},
		`<html>`:                            {Outcome: hotline.Unknown},
		`{"code":{}}`:                       {Outcome: hotline.Unknown},
	} {
		if got := m.Answer([]byte(body)); got != want {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

func TestTheOpenOrdersAreListed(t *testing.T) {
	t.Parallel()
	m := mapping(t)
	list, err := m.Listed([]byte(`{"data":[{"bh":1,"zt":"1","sx":"2025-09-19 18:00"},{"bh":"2"}]}`))
	if err != nil || len(list) != 2 || list[0].State != hotline.Handling || !list[0].ReplyBy.Equal(time.Date(2025, 9, 19, 10, 0, 0, 0, time.UTC)) || list[1].OrderNo != "2" {
		t.Errorf("%+v, %v", list, err)
	}
	for _, bad := range []string{`{}`, `{"data":[{"zt":"1"}]}`, `{"data":[{"bh":1,"zt":"8"}]}`, `<`} {
		if _, err := m.Listed([]byte(bad)); err == nil {
			t.Errorf("%s was listed", bad)
		}
	}
	if path, body, err := m.Query(); path != "/list" || string(body) != `{"zt":"open"}` || err != nil {
		t.Errorf("%s %s %v", path, body, err)
	}
}

func TestAMappingThatIsWrongNamesTheRow(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{`to: order.title`, `to: order.titel`, `in[5] (order.titel): order.titel is no field of ours`},
		{`"02": complaint`, `"02": complain`, `in[7] (order.appeal_type): "complain" is no word of ours`},
		{`to: order.title,`, `to: order,`, `in[5] (order): order cannot be mapped as a whole`},
		{`{to: order.title, from: gd.bt}`, `{to: order.title}`, `in[5] (order.title): a row has to, and either from or value`},
		{`{to: name, from: mc}`, `{to: nam, from: mc}`, `in[12] (order.attachments).each[0] (nam): nam is no field of ours`},
		{`from: gd.bt}`, `from: gd.bt, for: [dance]}`, `in[5] (order.title): "dance" is nothing a row can be for`},
		{`from: gd.bt}`, `from: gd.bt, time: unix}`, `in[5] (order.title): only a date has time`},
		{`time: "20060102"`, `time: "yyyymmdd"`, `in[17] (decision.new_reply_by): "yyyymmdd" writes no year`},
		{`{to: order_no, from: gd.bh}`, `{to: order.order_no, from: gd.bh}`, `in: no row fills order_no`},
		{`from: complete.content complete`, `from: complete.kontent complete`, `out[7] (jg.nr): complete.kontent is no field of ours`},
		{`codes: {sign: "10",`, `codes: {seal: "10",`, `out[2] (cz): "seal" is no word of ours`},
		{`paths: {sign: /qs`, `paths: {seal: /qs`, `paths: "seal" is no operation`},
		{`paths: {sign: /qs`, `paths: {sign: qs`, `paths.sign: a path begins with /`},
		{`reply: {code: code`, `reply: {code: ""`, `reply: code and ok say`},
		{`{"1": handling}`, `{"1": dancing}`, `list.each[1] (state): "dancing" is no word of ours`},
		{`batch:`, `batsch:`, `unknown field "batsch"`},
	} {
		text := strings.Replace(cityYAML, c[0], c[1], 1)
		if _, err := hotline.ParseMapping([]byte(text)); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: %v", c[1], err)
		}
	}
	if _, err := hotline.ParseMapping([]byte("{}")); err == nil {
		t.Error("a mapping that maps nothing")
	}
}

// FuzzMapped: what is read keeps the rules, and none of what is refused is in the
// reason.
func FuzzMapped(f *testing.F) {
	f.Add([]byte(`{"data":{"items":[{"lx":"1","gd":{"bh":1,"nr":"x","fj":[{"mc":"a"}]}}]}}`))
	f.Add([]byte(`{"DYYY":"3","JJDBH":"1","FLOWID":"2","CLJGDM":"5","HFSJ":"2025-09-12 09:00:00"}`))
	f.Add([]byte(`[{"node_type":1,"flowid":"2","BJNR":"x"}]`))
	city, police := mapping(f), must(hotline.Police())
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range []hotline.Dialect{city, police, hotline.Canonical{}} {
			p := hotline.Platform{Lock: open{}, Dialect: d}
			all, err := p.Open(hotline.Request{Body: data}, signedAt())
			if err != nil || len(all) == 0 {
				t.Fatalf("%q: %v", data, err)
			}
			for _, m := range all {
				a, err := p.Read(m.Raw)
				if _, is := errors.AsType[hotline.FieldErrors](err); err != nil && !is {
					t.Fatal(err)
				}
				a.On(signedAt())
				if err == nil && a.Key() != m.Key {
					t.Fatalf("%q, %q", a.Key(), m.Key)
				}
			}
			d.Answer(data)
			_, _ = d.Listed(data)
		}
	})
}

// FuzzParseMapping: a file is a mapping or is refused, and one that is taken reads
// whatever it is given.
func FuzzParseMapping(f *testing.F) {
	f.Add([]byte(cityYAML), []byte(`{"lx":"2","gd":{"bh":"1"}}`))
	f.Add([]byte("in: [{to: act, value: urge}, {to: order_no, from: a}]"), []byte(`{"a":1}`))
	f.Fuzz(func(t *testing.T, file, message []byte) {
		m, err := hotline.ParseMapping(file)
		if err != nil {
			return
		}
		_, err = m.Read(message)
		if _, is := errors.AsType[hotline.FieldErrors](err); err != nil && !is {
			t.Fatal(err)
		}
		if _, _, err = m.Write(&hotline.Op{ID: "1", Kind: hotline.OpSign, OrderNo: "1", At: signedAt()}); err != nil && !errors.Is(err, hotline.ErrUnspoken) && !errors.As(err, new(hotline.FieldErrors)) {
			t.Fatal(err)
		}
	})
}

func TestKeysAndLanesAreBounded(t *testing.T) {
	t.Parallel()
	p := hotline.Platform{Lock: open{}, Dialect: hotline.Canonical{}}
	n := strings.Repeat("1", 64)
	for _, body := range []string{
		`{"act":"return_decision","order_no":"` + n + `","dispatch_no":"` + n + `","act_id":"` + n + `","decision":{"granted":true}}`,
		`{"act":"urge","order_no":"` + n + n + n + n + `"}`,
	} {
		all := must(p.Open(hotline.Request{Body: []byte(body)}, signedAt()))
		if key, lane := all[0].Key, all[0].Lane; key == "" || len(key) > 200 || len(lane) > 64 {
			t.Errorf("%d bytes of a key, %d of a lane", len(key), len(lane))
		}
	}
}

func TestTheGuidesMappingWorks(t *testing.T) {
	t.Parallel()
	guide := string(must(os.ReadFile("../../deploy/hotline.zh-CN.md")))
	_, text, _ := strings.Cut(guide, "```yaml\nbatch:")
	text, _, _ = strings.Cut("batch:"+text, "```")
	m := must(hotline.ParseMapping([]byte(text)))
	a, err := m.Read([]byte(`{"lx":"1","gd":{"bh":7,"cs":1,"nr":"路灯坏了","lx":"02","sx":"2025-09-19 18:00:00","fj":[{"mc":"1.jpg","dz":"/1"}]}}`))
	if err != nil || a.OrderNo != "7" || a.Order.AppealType != hotline.Complaint || len(a.Order.Attachments) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}
