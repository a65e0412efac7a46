package hotline_test

import (
	"errors"
	"strings"
	"testing"

	"jiesu/webhooks/hotline"
)

func TestPoliceMessagesAreActs(t *testing.T) {
	t.Parallel()
	p := hotline.Platform{Lock: open{}, Dialect: must(hotline.Police())}
	for raw, want := range map[string]func(a *hotline.Act) bool{
		`{"JJDBH":"J1","RECEIVE":"1","RECEIVETIME":"2025-09-12 09:00:00"}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActReceipt && a.OrderNo == "J1" && a.Receipt.Taken && !a.At.IsZero()
		},
		`{"JJDBH":"J1","RECEIVE":0}`: func(a *hotline.Act) bool { return a.Kind == hotline.ActReceipt && !a.Receipt.Taken },
		`{"JJDBH":"J1","FLOWID":77,"TSSJ":"2025-09-12 09:00:00","DYYY":"1","CJCZQK":"已到场","JQCLJGSM":"已劝离"}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActSuppl && a.OrderNo == "J1" && a.Supplement.Content == "已到场\n已劝离"
		},
		`{"JJDBH":"J1","FLOWID":77,"DYYY":2,"HANDLEOPINION":"不属于"}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActReceipt && !a.Receipt.Taken && a.Receipt.Message == "不属于" && a.Receipt.OrderNo == "77"
		},
		`{"JJDBH":"J1","FLOWID":77,"DYYY":"3","CLJGDM":"1","DHHFHSQK":"很好","HFSJ":"2025-09-12 09:00:00"}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActVisit && a.Visit.SatisfactionResult == 5 && a.Visit.Solved && a.Visit.Content == "很好"
		},
		`{"node_type":"2","flowid":"F1","runid":"R1","handle_opinion":"请办","BJNR":"噪音扰民","SFBM":"1","BJRXBDM":"1","Title":"噪音","JQLBMC":"治安"}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActDispatch && a.Key() == "F1|R1|dispatch|" && a.Order.Content == "噪音扰民" && a.Order.Appellant.Secret && a.Order.Dispatch.Opinion == "请办"
		},
		`{"node_type":3,"flowid":"F1"}`:                       func(a *hotline.Act) bool { return a.Kind == hotline.ActComplete && !a.Decision.Granted },
		`{"node_type":4,"flowid":"F1"}`:                       func(a *hotline.Act) bool { return a.Kind == hotline.ActComplete && a.Decision.Granted },
		`{"node_type":5,"flowid":"F1"}`:                       func(a *hotline.Act) bool { return a.Kind == hotline.ActArchive },
		`{"node_type":7,"flowid":"F1","handle_opinion":"特提"}`: func(a *hotline.Act) bool { return a.Kind == hotline.ActUrge && a.Opinion == "特提" },
		`{"node_type":8,"flowid":"F1","runid":"R2","handle_opinion":"重办"}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActReopen && a.DispatchNo == "R2" && a.Order == nil
		},
		`{"visitid":"V1","flowid":"F1","visit_method":"2","seats_result":1,"bm_result":4}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActVisit && a.ID == "V1" && a.Visit.SatisfactionStaff == 5 && a.Visit.SatisfactionResult == 2 && !a.Visit.Solved
		},
		`{"fpid":"E1","flowid":"F1","apply_bm_name":"城管","apply_content":"待鉴定","apply_time_limit":"3"}`: func(a *hotline.Act) bool {
			return a.Kind == hotline.ActSuppl && strings.Contains(a.Supplement.Content, "待鉴定")
		},
	} {
		if a, err := p.Read([]byte(raw)); err != nil || !want(&a) {
			t.Errorf("%s: %+v, %v", raw, a, err)
		}
	}
	for _, raw := range []string{`{"DYYY":"4","JJDBH":"1"}`, `{"node_type":9,"flowid":"1"}`, `{"JJDBH":"1"}`, `{"node_type":"1","flowid":"1"}`, `{"DYYY":"3","JJDBH":"1","CLJGDM":"6"}`} {
		if _, err := p.Read([]byte(raw)); err == nil {
			t.Errorf("%s was read", raw)
		}
	}
}

func TestPoliceOperationsHaveTheFieldsOfTheLink(t *testing.T) {
	t.Parallel()
	m := must(hotline.Police())
	who := hotline.Operator{Name: "李四", Code: "044001", UnitCode: "4406", UnitName: "桂城所"}
	for _, c := range []struct {
		op   hotline.Op
		path string
		want string
	}{
		{
			hotline.Op{Kind: hotline.OpReturn, OrderNo: "F1", At: signedAt(), Operator: who, Return: &hotline.Return{Reason: hotline.NotOurDuty, Text: "非职责"}},
			"/deal12345/returnJjd",
			`{"FLOWID":"F1","HANDLEBMNAME":"桂城所","HANDLEOPINION":"非职责","HANDLETIME":"2025-09-12 09:00:00","HANDLEUSERNAME":"李四","JJDBH":"F1","result":"2"}`,
		},
		{
			hotline.Op{Kind: hotline.OpComplete, OrderNo: "F1", At: signedAt(), Operator: who, Complete: &hotline.Complete{Result: hotline.Solved, Content: "已劝离", PublicReply: "已处理"}},
			"/deal12345/feedback",
			`{"CJCZQK":"已劝离","FKDWDM":"4406","FKDWMC":"桂城所","FKSJ":"2025-09-12 09:00:00","FKYBH":"044001","FKYXM":"李四","FLOWID":"F1","JJDBH":"F1","JQCLJGSM":"已处理","result":"1"}`,
		},
		{
			hotline.Op{Kind: hotline.OpPush, At: signedAt(), Push: &hotline.Order{OrderNo: "J1", Title: "噪音", Content: "扰民", Appellant: hotline.Appellant{Phone: "13800000000", Secret: true}}},
			"/deal12345/pushJjd",
			`{"BJDH":"13800000000","BJNR":"扰民","JJDBH":"J1","LXDH":"13800000000","SFBM":"1","Title":"噪音"}`,
		},
	} {
		path, body, err := m.Write(&c.op)
		if err != nil || path != c.path || string(body) != c.want {
			t.Errorf("%s %s %v", path, body, err)
		}
	}
	if _, _, err := m.Write(&hotline.Op{Kind: hotline.OpSign}); !errors.Is(err, hotline.ErrUnspoken) {
		t.Errorf("the link has no message for signing: %v", err)
	}
	if a := m.Answer([]byte(`{"code":"200","data":null,"message":"ok"}`)); a.Outcome != hotline.Arrived {
		t.Errorf("%+v", a)
	}
}
