package desk_test

import (
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
)

// TestABlockedReplyNeedsAReason: what a machine blocks stays with the unit until
// it is changed or somebody answers for it.
func TestABlockedReplyNeedsAReason(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	v := s.do(s.handler, desk.Command{Move: ticket.Draft, Text: "请于2026年2月30日前来领取，电话13800138000。", Outcome: reply.Resolved})
	if !proof.Blocks(v.Findings) || len(v.Findings) != 2 || !proof.Blocks(s.view().Findings) {
		t.Fatalf("the draft is shown with %+v", v.Findings)
	}
	s.refused(s.handler, desk.Command{Move: ticket.Submit}, "reply.blocked")
	s.refused(s.handler, desk.Command{Move: ticket.Submit, Override: "  "}, "reply.blocked")
	s.refused(s.handler, desk.Command{Move: ticket.Submit, Override: strings.Repeat("长", 501)}, "reply.override")
	s.do(s.handler, desk.Command{Move: ticket.Submit, Override: "引用来信原文，13800138000已核实"})
	act := lastAct(t, s.house, "ticket/"+v.Ticket.ID, "ticket.submit")
	if act.Detail["override"] != "引用来信原文，【电话号码】已核实" || act.Detail["findings"] != "date.impossible" || act.Detail["lexicon"] == "" {
		t.Errorf("the override is audited as %+v", act.Detail)
	}
	s.do(s.house.head("head", "traffic"), passes())
	s.do(s.force, passes())
	if v := s.do(s.force, desk.Command{Move: ticket.Release}); len(v.Findings) != 0 {
		t.Errorf("a released reply is still proofread: %+v", v.Findings)
	}
}

// TestAReplyToAReportNamesNobody: not even the one who reported.
func TestAReplyToAReportNamesNobody(t *testing.T) {
	t.Parallel()
	l := letter()
	l.Kind = "report"
	s := begin(t, open(t), desk.Opening{Letter: l})
	s.toHandling()
	s.do(s.handler, desk.Command{Move: ticket.Draft, Text: "王丽华女士：举报人是该店员工，情况属实。", Outcome: reply.Resolved})
	s.refused(s.handler, desk.Command{Move: ticket.Submit}, "reply.blocked")
	s.do(s.handler, desk.Command{Move: ticket.Draft, Text: "您举报的情况已经核实处理。", Outcome: reply.Resolved})
	if v := s.do(s.handler, desk.Command{Move: ticket.Submit}); len(v.Findings) != 0 {
		t.Errorf("nothing is wrong, and %+v", v.Findings)
	}
}
