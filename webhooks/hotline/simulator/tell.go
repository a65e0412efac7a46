package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"jiesu/webhooks/hotline"
)

// dispatch makes up an order and gives it to the desk, and presses it at once.
func (c *City) dispatch(ctx context.Context, n int) error {
	now := c.o.Now()
	number := hotline.ID(fmt.Sprintf("%s%03d", now.Format("20060102150405"), n+1))
	f := &file{order: made(number, n, now), state: hotline.ToSign}
	c.mu.Lock()
	c.orders[number], c.numbers = f, append(c.numbers, number)
	c.mu.Unlock()
	order := hotline.Act{Kind: hotline.ActDispatch, Order: &f.order}
	urge := hotline.Act{Kind: hotline.ActUrge, Opinion: "请尽快签收办理。"}
	if c.o.Faults.Shuffled { // the numbers stay those of the right order
		late, early := c.stamp(f, &order), c.stamp(f, &urge)
		if err := c.send(ctx, early); err != nil {
			return err
		}
		if err := c.wait(ctx); err != nil {
			return err
		}
		return c.send(ctx, late)
	}
	return c.tell(ctx, f, order, urge)
}

// made is an order nobody placed.
func made(number hotline.ID, n int, now time.Time) hotline.Order {
	titles := []string{"夜间施工噪音扰民", "办证窗口排队时间长", "路口信号灯时长不合理"}
	texts := []string{
		"小区旁的工地连续三晚施工到凌晨两点，影响休息，希望有人处理。",
		"上午到出入境窗口办理护照，等了两个小时，希望增加窗口。",
		"学校门口的路口早高峰绿灯太短，孩子来不及过马路，希望调整。",
	}
	const day = 24 * time.Hour
	return hotline.Order{
		OrderNo: number, DispatchSeq: 1, Level: "city", Source: "phone", AppealType: hotline.Help, Urgency: hotline.Normal,
		Title: titles[n%len(titles)] + "（演示）", Content: texts[n%len(texts)], AcceptedAt: now, DispatchedAt: now,
		Appellant: hotline.Appellant{Name: "演示人", Phone: "13800000000", Kind: "person", WantCallback: true},
		Dispatch:  hotline.Dispatch{LeadUnit: hotline.UnitRef{Name: "市公安局"}, Mode: hotline.Assign, Opinion: "请核实办理并答复诉求人。"},
		Deadlines: hotline.Deadlines{SignBy: now.Add(day), ReturnBy: now.Add(2 * day), ReplyBy: now.Add(10 * day), Unit: hotline.Workday},
	}
}

// tell gives acts to the desk, one after the other.
func (c *City) tell(ctx context.Context, f *file, acts ...hotline.Act) error {
	for i := range acts {
		if err := c.send(ctx, c.stamp(f, &acts[i])); err != nil {
			return err
		}
	}
	return nil
}

// stamp numbers an act.
func (c *City) stamp(f *file, a *hotline.Act) hotline.Act {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.acts++
	a.ID = hotline.ID(fmt.Sprintf("%s-%d", f.order.OrderNo, f.acts))
	a.OrderNo, a.DispatchSeq, a.At = f.order.OrderNo, f.order.DispatchSeq, c.o.Now()
	c.figures.Acts++
	return *a
}

// send gives an act to the desk until it has taken it: what is not taken for
// certain is sent again, as platforms do.
func (c *City) send(ctx context.Context, a hotline.Act) error {
	c.say("%s 第%d次派单：平台%s", a.OrderNo, a.DispatchSeq, a.Kind.Title())
	body, err := json.Marshal(&a)
	if err != nil {
		return err
	}
	times := 1
	if c.o.Faults.Twice {
		times = 2
	}
	for times > 0 {
		status, err := c.post(ctx, body)
		switch {
		case err == nil && status == http.StatusOK:
			times--
		case err == nil && status < http.StatusInternalServerError:
			return fmt.Errorf("the desk refuses what the city says: status %d", status)
		default:
			if err := c.wait(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *City) post(ctx context.Context, body []byte) (status int, err error) {
	c.mu.Lock()
	c.figures.ActTries++
	c.mu.Unlock()
	r := hotline.Request{
		Method: http.MethodPost, Path: c.desk.Path, Query: c.desk.RawQuery,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}
	if err := c.o.Lock.Seal(ctx, &r, c.o.Now()); err != nil {
		return 0, err
	}
	q, err := http.NewRequestWithContext(ctx, r.Method, c.desk.String(), bytes.NewReader(r.Body))
	if err != nil {
		return 0, err
	}
	q.Header = r.Header
	answer, err := c.o.HTTP.Do(q)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
