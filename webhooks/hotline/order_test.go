package hotline_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks/hotline"
)

const orderA = `{"order_no":"2025091200000123","dispatch_no":"R-778","dispatch_seq":2,"parent_order_no":null,"level":"city",
"source":"phone","appeal_type":"complaint","category":{"std":"GBT39666","code":"090101","path":["公共安全","户籍"]},
"urgency":"normal","title":"窗口排队","content":"办证窗口排队两小时。","occurred_at":"2025-09-12T09:00:00+08:00",
"appellant":{"name":"王*","phone":"13800000000","gender":"1","kind":"person","secret":true,"want_callback":true},
"place":{"region_code":"440605","address":"桂城街道","lng":113.1,"lat":22.8,"crs":"GCJ02"},
"dispatch":{"lead_unit":{"code":"4406","name":"市公安局"},"co_units":[],"opinion":"请核实","mode":"assign","supervised":false,"urge_count":0},
"deadlines":{"sign_by":"2025-09-12T12:00:00+08:00","reply_by":"2025-09-19T18:00:00+08:00","unit":"workday"},
"attachments":[{"id":"1","kind":"audio","name":"录音.mp3","size":123,"fetch_url":"https://files.example/1"}],
"flags":{"repeat":false,"joint":false,"public_reply":true,"province_review":false},"ext":{"raw_key":"raw value"}}`

func TestAnOrderIsReadAndWritten(t *testing.T) {
	t.Parallel()
	o, err := hotline.ParseOrder([]byte(orderA))
	if err != nil {
		t.Fatal(err)
	}
	if o.OrderNo != "2025091200000123" || o.DispatchKey() != "2" || o.AppealType != hotline.Complaint || !o.Appellant.Secret ||
		!o.Deadlines.ReplyBy.Equal(time.Date(2025, 9, 19, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", o)
	}
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := hotline.ParseOrder(text)
	if twice, _ := json.Marshal(again); err != nil || string(twice) != string(text) {
		t.Errorf("%v\n%s\n%s", err, text, twice)
	}
}

func TestALongNumberKeepsItsLastFigures(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]hotline.ID{
		`9007199254740993`: "9007199254740993", `"0071"`: "0071", `18446744073709551617`: "18446744073709551617", `null`: "",
	} {
		var id hotline.ID
		if err := json.Unmarshal([]byte(in), &id); err != nil || id != want {
			t.Errorf("%s: %q, %v", in, id, err)
		}
	}
	for _, in := range []string{`1.0`, `1e3`, `true`, `{}`, `[]`} {
		var id hotline.ID
		if err := json.Unmarshal([]byte(in), &id); err == nil {
			t.Errorf("%s was read as %q", in, id)
		}
	}
}

func TestAnOrderThatMakesNoSenseIsNamedByFieldOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, field string }{
		"no number":         {`"2025091200000123"`, `""`, "order_no"},
		"a blank in it":     {`"2025091200000123"`, `"1 2"`, "order_no"},
		"a float":           {`"2025091200000123"`, `2.5e15`, "number"},
		"an unknown code":   {`"complaint"`, `"Klage"`, "appeal_type"},
		"no content":        {`"办证窗口排队两小时。"`, `" "`, "content"},
		"a long content":    {`"办证窗口排队两小时。"`, `"` + strings.Repeat("长", 5001) + `"`, "content"},
		"a hidden sign":     {`"窗口排队"`, `"窗口\u0000排队"`, "title"},
		"outside the world": {`22.8`, `122.8`, "place.lat"},
		"a date of no use":  {`2025-09-19T18`, `0025-09-19T18`, "deadlines.reply_by"},
		"no time zone":      {`2025-09-19T18:00:00+08:00`, `2025-09-19 18:00:00`, "time"},
		"a negative size":   {`123,`, `-123,`, "attachments[0].size"},
		"a number for text": {`"窗口排队"`, `5`, "title"},
	} {
		_, err := hotline.ParseOrder([]byte(strings.Replace(orderA, c.old, c.new, 1)))
		faults, is := errors.AsType[hotline.FieldErrors](err)
		if !is || len(faults) != 1 || faults[0].Field != c.field || strings.Contains(err.Error(), "Klage") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnActSaysWhichDispatchItIsAboutAndHasItsPart(t *testing.T) {
	t.Parallel()
	visit := `{"act_id":77,"act":"visit","order_no":123,"dispatch_seq":1,"visit":{"method":"phone","satisfaction_result":2,"solved":false}}`
	a, err := hotline.ParseAct([]byte(visit))
	if err != nil || a.Key() != "123|1|visit|77" || a.Visit.SatisfactionResult != 2 {
		t.Errorf("%+v, %v", a, err)
	}
	for text, field := range map[string]string{
		`{"act":"visit","order_no":"1"}`:                                                            "visit",
		`{"act":"dispatch","order_no":"1"}`:                                                         "order",
		`{"act":"extend_decision","order_no":"1"}`:                                                  "decision",
		`{"act":"receipt","order_no":"1"}`:                                                          "receipt",
		`{"act":"supplement","order_no":"1"}`:                                                       "supplement",
		`{"act":"dance","order_no":"1"}`:                                                            "act",
		`{"act":"urge"}`:                                                                            "order_no",
		`{"act":"dispatch","order_no":"1","order":{"order_no":"2","content":"x"}}`:                  "order.order_no",
		`{"act":"visit","order_no":"1","visit":{"satisfaction_result":6,"solved":true}}`:            "visit.satisfaction_result",
		`{"act":"urge","order_no":"1","deadlines":{"unit":"year"}}`:                                 "deadlines.unit",
		`{"act":"supplement","order_no":"1","supplement":{"content":""}}`:                           "supplement.content",
		`{"act":"extend_decision","order_no":"1","decision":{"granted":true,"op_id":"a b"}}`:        "decision.op_id",
		`{"act":"receipt","order_no":"1","receipt":{"taken":true,"order_no":"` + long(65) + `"}}`:   "receipt.order_no",
		`{"act":"archive","order_no":"1","opinion":"` + strings.Repeat("长", 5001) + `"}`:            "opinion",
		`{"act":"archive","order_no":"1","dispatch_seq":-1}`:                                        "dispatch_seq",
		`{"act":"archive","order_no":"1","at":"1970-01-01T00:00:00Z"}`:                              "at",
		`{"act":"archive","order_no":"1","dispatch_no":"` + long(65) + `"}`:                         "dispatch_no",
		`{"act":"visit","order_no":"1","visit":{"method":"dream","solved":true}}`:                   "visit.method",
		`{"act":"supplement","order_no":"1","supplement":{"attachments":[{"kind":"a b"}]}}`:         "supplement.attachments.kind",
		`{"act":"dispatch","order_no":"1","dispatch_seq":1,"order":{"order_no":"1","content":"x"}}`: "order.order_no",
	} {
		_, err := hotline.ParseAct([]byte(text))
		if faults, is := errors.AsType[hotline.FieldErrors](err); !is || faults[0].Field != field {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func long(n int) string { return strings.Repeat("1", n) }

func TestAnOperationHasThePartOfItsKindOnly(t *testing.T) {
	t.Parallel()
	head := func(kind string) string {
		return `{"op_id":"0190","op":"` + kind + `","order_no":"1","at":"2025-09-12T09:00:00+08:00","operator":{"name":"李四"}`
	}
	for _, good := range []string{
		head("sign") + `}`, head("withdraw") + `}`,
		head("return") + `,"return":{"reason_code":"wrong_area","reason":"不在辖区"}}`,
		head("extend") + `,"extend":{"reason":"需要调查","amount":5,"unit":"workday"}}`,
		head("progress") + `,"progress":{"content":"已联系","contacted":true,"contact_at":"2025-09-12T09:00:00+08:00"}}`,
		head("complete") + `,"complete":{"result":"solved","is_true":true,"duty_exceeded":false,"content":"已办结"}}`,
		head("push") + `,"push":{"order_no":"J1","content":"噪音"}}`,
	} {
		if _, err := hotline.ParseOp([]byte(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, field := range map[string]string{
		head("sign") + `,"progress":{"content":"x"}}`:                                                      "progress",
		head("complete") + `}`:                                                                             "complete",
		head("complete") + `,"complete":{"result":"unsolved","content":"x"}}`:                              "complete.unsolved_reason",
		head("return") + `,"return":{"reason_code":"bored","reason":"x"}}`:                                 "return.reason_code",
		head("extend") + `,"extend":{"reason":"x","amount":0,"unit":"day"}}`:                               "extend.amount",
		head("progress") + `,"progress":{"content":"x","contacted":true}}`:                                 "progress.contact_at",
		strings.Replace(head("sign"), `"0190"`, `""`, 1) + `}`:                                             "op_id",
		strings.Replace(head("sign"), `"order_no":"1"`, `"order_no":""`, 1) + `}`:                          "order_no",
		head("complete") + `,"complete":{"result":"solved","content":"x","attachments":[{"kind":"doc"}]}}`: "complete.attachments.name",
	} {
		_, err := hotline.ParseOp([]byte(bad))
		if faults, is := errors.AsType[hotline.FieldErrors](err); !is || faults[0].Field != field {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestEveryCodeHasATitle(t *testing.T) {
	t.Parallel()
	for _, k := range hotline.ActKinds() {
		if k.Title == "" || k.Code.Title() != k.Title {
			t.Errorf("%q", k.Code)
		}
	}
	for _, k := range hotline.OpKinds() {
		if k.Title == "" || k.Code.Title() != k.Title {
			t.Errorf("%q", k.Code)
		}
	}
	if hotline.Result("fine").Title() != "" || hotline.Satisfaction(0).Title() != "" || hotline.Satisfaction(5).Title() != "非常满意" {
		t.Error("what is not in a table has no title")
	}
}

// FuzzCanonical: whatever is read passes its own check, and comes back the same.
func FuzzCanonical(f *testing.F) {
	f.Add([]byte(orderA))
	f.Add([]byte(`{"act_id":77,"act":"visit","order_no":123,"visit":{"solved":false}}`))
	f.Add([]byte(`{"op_id":"1","op":"sign","order_no":"1","at":"2025-09-12T09:00:00+08:00"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		round(t, data, hotline.ParseOrder)
		round(t, data, hotline.ParseAct)
		round(t, data, hotline.ParseOp)
	})
}

func round[T any](t *testing.T, data []byte, parse func([]byte) (T, error)) {
	t.Helper()
	v, err := parse(data)
	if err != nil {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	again, err := parse(text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if twice, _ := json.Marshal(again); string(twice) != string(text) {
		t.Fatalf("%s\n%s", text, twice)
	}
}
