package simulator

import (
	"cmp"
	"context"
	"time"

	"jiesu/webhooks/hotline"
)

// react does what the city does once it has taken an operation.
func (c *City) react(ctx context.Context, op *hotline.Op) error {
	c.mu.Lock()
	f := c.orders[cmp.Or(c.ops[op.ID].number, op.OrderNo)]
	c.mu.Unlock()
	switch op.Kind {
	case hotline.OpSign:
		return c.press(ctx, f)
	case hotline.OpReturn:
		return c.decideReturn(ctx, f, op)
	case hotline.OpExtend:
		by := op.Extend.NewReplyBy
		if by.IsZero() {
			by = f.order.Deadlines.ReplyBy.AddDate(0, 0, op.Extend.Amount)
		}
		c.move(f, hotline.Handling, func() { f.order.Deadlines.ReplyBy = by })
		return c.tell(ctx, f, hotline.Act{Kind: hotline.ActExtend, Opinion: "同意延期。", Decision: &hotline.Decision{OpID: op.ID, Granted: true, NewReplyBy: by}})
	case hotline.OpComplete:
		return c.decideResult(ctx, f, op)
	case hotline.OpPush:
		return c.deal(ctx, f)
	case hotline.OpProgress, hotline.OpWithdraw:
	}
	return nil
}

// deal is what becomes of what the desk gave to the city.
func (c *City) deal(ctx context.Context, f *file) error {
	err := c.tell(
		ctx, f,
		hotline.Act{Kind: hotline.ActSuppl, Supplement: &hotline.Suppl{Content: "已派市城管局办理。"}},
		hotline.Act{Kind: hotline.ActArchive, Opinion: "已办结。"},
	)
	c.move(f, hotline.Archived, func() {})
	return err
}

// move changes what is known of an order.
func (c *City) move(f *file, to hotline.State, also func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.state = to
	also()
	switch to {
	case hotline.Archived:
		c.figures.Archived++
	case hotline.Returned:
		c.figures.Returned++
	case hotline.ToSign, hotline.Handling, hotline.ReturnAsked, hotline.ExtendAsked, hotline.InReview, hotline.Visiting, hotline.ClosedByPlatform:
	}
}

// press is what follows once an order is signed for the first time.
func (c *City) press(ctx context.Context, f *file) error {
	if f.order.DispatchSeq > 1 {
		return nil
	}
	return c.tell(
		ctx, f,
		hotline.Act{Kind: hotline.ActSupervise, Opinion: "领导批示：请重点督办。"},
		hotline.Act{Kind: hotline.ActSuppl, Supplement: &hotline.Suppl{Content: "诉求人补充：昨晚又发生了一次。"}},
	)
}

func (c *City) decideReturn(ctx context.Context, f *file, op *hotline.Op) error {
	if f.returns < c.o.RefuseReturns {
		c.move(f, hotline.Handling, func() { f.returns++ })
		return c.tell(ctx, f, hotline.Act{Kind: hotline.ActReturn, Opinion: "属于公安机关职责，请继续办理。", Decision: &hotline.Decision{OpID: op.ID}})
	}
	err := c.tell(ctx, f, hotline.Act{Kind: hotline.ActReturn, Opinion: "同意退单，改派其他单位。", Decision: &hotline.Decision{OpID: op.ID, Granted: true}})
	c.move(f, hotline.Returned, func() {})
	return err
}

func (c *City) decideResult(ctx context.Context, f *file, op *hotline.Op) error {
	if f.results < c.o.RejectResults {
		c.move(f, hotline.Handling, func() { f.results++ })
		return c.tell(ctx, f, hotline.Act{Kind: hotline.ActComplete, Opinion: "未写明处理结果，请补充后重新办结。", Decision: &hotline.Decision{OpID: op.ID}})
	}
	c.move(f, hotline.Visiting, func() { f.visits++ })
	if err := c.tell(ctx, f, hotline.Act{Kind: hotline.ActComplete, Opinion: "审核通过。", Decision: &hotline.Decision{OpID: op.ID, Granted: true}}); err != nil {
		return err
	}
	if f.visits <= c.o.Unsatisfied {
		return c.again(ctx, f)
	}
	err := c.tell(
		ctx, f,
		hotline.Act{Kind: hotline.ActVisit, Visit: &hotline.Visit{Method: "phone", SatisfactionStaff: 5, SatisfactionResult: 5, Solved: true, Content: "诉求人满意。"}},
		hotline.Act{Kind: hotline.ActArchive},
	)
	c.move(f, hotline.Archived, func() {})
	return err
}

// again has an order done again, under the same number.
func (c *City) again(ctx context.Context, f *file) error {
	if err := c.tell(ctx, f, hotline.Act{Kind: hotline.ActVisit, Visit: &hotline.Visit{Method: "phone", SatisfactionStaff: 3, SatisfactionResult: 1, Reason: "问题没有解决", Content: "诉求人表示问题仍然存在。"}}); err != nil {
		return err
	}
	c.move(f, hotline.ToSign, func() {
		f.order.DispatchSeq++
		f.order.Deadlines.ReplyBy = c.o.Now().Add(5 * 24 * time.Hour)
	})
	order := f.order
	return c.tell(ctx, f, hotline.Act{Kind: hotline.ActReopen, Opinion: "回访不满意，请重新办理。", Order: &order})
}
