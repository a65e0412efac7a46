package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// written opens letters with these titles and notes that each is about the matter
// of the one before it. It returns their numbers.
func (h *house) written(t *testing.T, kind channel.Kind, titles ...string) (ids, numbers []string) {
	t.Helper()
	for _, title := range titles {
		l := letter()
		l.Kind, l.Title = kind, title
		number := h.opened(t, l)
		v, err := h.store.TicketByNumber(t.Context(), number)
		must(t, err)
		ids, numbers = append(ids, v.ID), append(numbers, number)
	}
	for i := range len(ids) - 1 {
		h.linked(t, ids[i], ids[i+1])
	}
	return ids, numbers
}

func (h *house) linked(t *testing.T, a, b string) {
	t.Helper()
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertLink(ctx, desk.Link{From: max(a, b), To: min(a, b), Kind: desk.Similar, Probability: 0.8, By: "system", At: h.now()})
	}))
}

// TestTopicsOfAMonth: what many wrote about is told as it is counted by hand, named
// by their words without anybody's name, once for all, and to nobody who does not
// look after the whole bureau.
func TestTopicsOfAMonth(t *testing.T) {
	t.Parallel()
	h := open(t)
	leader := watcher(h.leader("director"))
	cards, numbers := h.written(t, channel.Help, "身份证等了很久，电话13800138000", "身份证还没寄到", "请快点寄身份证", "窗口说没有我的身份证", "民警李建国说身份证不归他管", "身份证寄到哪里去了")
	h.written(t, channel.Help, "广场舞太吵", "广场舞吵到深夜", "广场舞扰民", "广场舞音响太大") // four are no topic
	h.written(t, channel.Consult, "民警李建国态度恶劣甲", "民警李建国态度恶劣乙", "民警李建国态度恶劣丙", "民警李建国态度恶劣丁", "民警李建国态度恶劣戊")
	tips, _ := h.written(t, channel.Report, "秘密一", "秘密二", "秘密三", "秘密四", "秘密五")
	h.linked(t, cards[0], tips[0])
	month := h.now().Format("2006-01")
	topics := func() string {
		r, err := h.Report(t.Context(), leader, month, desk.ByUnit)
		must(t, err)
		var said strings.Builder
		for _, topic := range r.Topics {
			fmt.Fprintln(&said, topic.Label, topic.N)
		}
		return said.String()
	}
	const want = "身份证 6\n交管 5\n" // words nobody reviewed may be a name: then it is the category
	if got := topics(); got != want {
		t.Fatalf("topics are\n%swant\n%s", got, want)
	}
	first := slices.Min(cards)
	asked := desk.Figure{Period: month, By: desk.ByUnit, ID: desk.TopicFigure, Value: &first}
	p, err := h.ReportTickets(t.Context(), leader, asked)
	must(t, err)
	listed := []string{}
	for _, c := range p.Tickets {
		listed = append(listed, c.Number)
	}
	slices.Sort(numbers)
	if slices.Sort(listed); !slices.Equal(listed, numbers) {
		t.Errorf("behind the identity cards are %v, want %v", listed, numbers)
	}
	for name, a := range map[string]desk.Actor{"a unit": watcher(h.head("chief", "traffic")), "a handler": h.handler("handler", "traffic")} {
		if r, err := h.Report(t.Context(), a, month, desk.ByUnit); err == nil && r.Topics != nil {
			t.Errorf("%s is told %+v", name, r.Topics)
		}
		if p, err := h.ReportTickets(t.Context(), a, asked); err == nil {
			t.Errorf("%s is shown %+v", name, p)
		}
	}
	few := slices.Min(tips)
	asked.Value = &few
	if p, err := h.ReportTickets(t.Context(), leader, asked); !problem.HasCode(err, "report.figure") {
		t.Errorf("reports are listed: %+v, %v", p, err)
	}

	h.pass(40 * 24 * time.Hour)
	must(t, h.FreezeDue(t.Context()))
	h.pass(time.Hour)
	more, _ := h.written(t, channel.Help, "身份证第七封")
	h.linked(t, cards[5], more[0])
	h.linked(t, cards[0], cards[5])
	if got := topics(); got != want {
		t.Errorf("closed, topics are\n%s", got)
	}
	if months, err := h.RecountReport(t.Context(), leader, month); err != nil || !months[0].Recounted {
		t.Errorf("counted again: %+v, %v", months, err)
	}
}
