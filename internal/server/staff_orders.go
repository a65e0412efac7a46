package server

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/order"
	"jiesu/internal/web/portal"
	wire "jiesu/webhooks/hotline"
)

// orders lists what there is to do about orders.
func (p staffPages) orders(c *gin.Context) { p.showOrders(c, http.StatusOK, nil) }

func (p staffPages) showOrders(c *gin.Context, status int, problems portal.Problems) {
	ctx := c.Request.Context()
	q := desk.OrderQuery{Platform: c.Query("platform"), State: order.State(c.Query("state"))}
	if q.State.Name() == "" {
		q.State = order.New
	}
	b, err := p.desk.OrderBoard(ctx, actorOf(ctx), q)
	if err != nil {
		p.fail(c, err)
		return
	}
	names := platformNames(b.Platforms)
	v := portal.Orders{
		Platform: q.Platform, State: string(q.State), Unreadable: b.Unreadable, Errors: problems,
		Proposed: list(b.Proposed, func(op desk.OpBrief) portal.OpRow { return opRow(&op, names) }),
		ToType:   list(b.ToType, func(op desk.OpBrief) portal.OpRow { return opRow(&op, names) }),
		Orders:   list(b.Orders, func(o desk.OrderBrief) portal.OrderRow { return orderRow(&o, names, p.now()) }),
		Differences: list(b.Differences, func(d desk.Difference) portal.DifferenceRow {
			return portal.DifferenceRow{Order: d.OrderID, Number: d.Number, Platform: names(d.Platform), What: d.Kind.Name(), Ours: d.Ours, Theirs: d.Theirs, Since: d.Since}
		}),
	}
	v.Platforms, v.States = orderChips(&b, q)
	for _, known := range b.Platforms {
		one := portal.Choice{Value: known.ID, Name: known.Name}
		if v.All = append(v.All, one); known.Manual() {
			v.Manual = append(v.Manual, one)
		}
	}
	if c.Request.Method == http.MethodPost { // a form that was refused, as it was
		v.Push = portal.PushForm{Ticket: field(c, "ticket"), Platform: field(c, "platform"), Opinion: field(c, "opinion"), Suggest: field(c, "suggest")}
	}
	p.show(c, status, v)
}

// platformNames finds what a platform is called; one that is configured no more
// has its id.
func platformNames(all []desk.Platform) func(id string) string {
	names := make(map[string]string, len(all))
	for _, p := range all {
		names[p.ID] = p.Name
	}
	return func(id string) string {
		if name := names[id]; name != "" {
			return name
		}
		return id
	}
}

// orderChips are the choices of platform and state, with how many orders there are.
func orderChips(b *desk.OrderBoard, q desk.OrderQuery) (platforms, states []portal.ShelfState) {
	n, open := map[order.State]int{}, 0
	for _, c := range b.Counts {
		if q.Platform != "" && c.Platform != q.Platform {
			continue
		}
		n[c.State] += c.N
		if c.State.Open() {
			open += c.N
		}
	}
	at := func(platform string, s order.State) string {
		return staffOrdersPage + "?" + url.Values{"platform": {platform}, "state": {string(s)}}.Encode()
	}
	platforms = []portal.ShelfState{{Name: "全部平台", Path: at("", q.State)}}
	for _, p := range b.Platforms {
		platforms = append(platforms, portal.ShelfState{Value: p.ID, Name: p.Name, Path: at(p.ID, q.State)})
	}
	states = []portal.ShelfState{{Name: "没有办结", N: open, Path: at(q.Platform, order.New)}}
	for _, s := range order.States() {
		if n[s] > 0 || s == q.State {
			states = append(states, portal.ShelfState{Value: string(s), Name: s.Name(), N: n[s], Path: at(q.Platform, s)})
		}
	}
	return platforms, states
}

func orderRow(o *desk.OrderBrief, names func(string) string, now time.Time) portal.OrderRow {
	r := portal.OrderRow{
		ID: o.ID, Number: o.Number, Dispatch: o.Dispatch, Platform: names(o.Platform), Outward: o.Outward, Theirs: o.Theirs, State: o.State.Name(), Title: o.Title, Ticket: o.Ticket, ReplyBy: o.ReplyBy,
		Urges: o.Urges, Late: o.State.Ours() && !o.ReplyBy.IsZero() && now.After(o.ReplyBy),
	}
	if r.Dispatch == "1" { // the usual one needs no saying
		r.Dispatch = ""
	}
	return r
}

func opRow(op *desk.OpBrief, names func(string) string) portal.OpRow {
	return portal.OpRow{Order: op.OrderID, Number: op.Order.Number, Platform: names(op.Order.Platform), What: op.Kind.Title(), Title: op.Order.Title, At: op.CreatedAt}
}

func (p staffPages) order(c *gin.Context) { p.showOrder(c, http.StatusOK, nil) }

func (p staffPages) showOrder(c *gin.Context, status int, problems portal.Problems) {
	ctx := c.Request.Context()
	v, err := p.desk.Order(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	named := func(string) string { return v.PlatformName }
	page := portal.OrderPage{
		OrderRow: orderRow(&desk.OrderBrief{Order: v.Order, Title: v.Title}, named, p.now()), Version: v.Version, Status: v.Status.Name(), SignBy: v.SignBy,
		Type: v.Body.AppealType.Title(), Content: v.Body.Content, Opinion: v.Body.Dispatch.Opinion, Manual: v.Manual, MayReturn: v.MayReturn, MayUndo: v.MayWithdraw,
		Acts: list(v.Acts, func(a desk.OrderAct) portal.SignalAct {
			return portal.SignalAct{At: a.At, What: a.Act.Kind.Title(), Words: desk.WordsOf(&a.Act)}
		}),
		Ops:      list(v.Ops, func(op desk.OpView) portal.OpCard { return opCard(&v, &op) }),
		Evidence: evidenceForm(&v, wire.OpReturn, "return", nil),
		ReturnReasons: list(wire.ReturnReasons(), func(e wire.Entry[wire.ReturnReason]) portal.Choice {
			return portal.Choice{Value: string(e.Code), Name: e.Title}
		}),
		Errors: problems,
	}
	for _, f := range v.Files {
		page.Files = append(page.Files, portal.Named{Name: fileName(&f), Value: fileState(&f)})
		page.Failed = page.Failed || f.State == desk.FileFailed
	}
	for _, e := range wire.ActKinds() {
		if e.Code != wire.ActDispatch && e.Code != wire.ActReceipt {
			page.Said = append(page.Said, portal.Choice{Value: string(e.Code), Name: e.Title})
		}
	}
	p.show(c, status, page)
}

func fileName(f *desk.OrderFile) string {
	if f.File.Name == "" {
		return "附件" + strconv.Itoa(f.N)
	}
	return f.File.Name
}

// fileState is where a file stands, and why.
func fileState(f *desk.OrderFile) string {
	switch f.State {
	case desk.FileWaiting:
		return "正在取回"
	case desk.FileKept:
		return "已存入来信的附件"
	case desk.FileFailed:
	}
	reason := map[string]string{
		"order.file_none": "平台没有提供地址", "order.file_unreachable": "平台上无法取到", "order.file_changed": "内容与平台登记的不一致",
		"attachment.too_large": "文件太大", "attachment.type": "文件类型不支持", "attachment.empty": "文件是空的",
	}[f.Reason]
	if reason == "" {
		reason = "无法保存"
	}
	return "没有取回：" + reason
}

// opCard is an operation with what may be done with it.
func opCard(v *desk.OrderView, op *desk.OpView) portal.OpCard {
	card := portal.OpCard{
		ID: op.ID, What: op.Kind.Title(), State: op.State.Name(), By: v.People[op.DraftedBy], Confirmed: v.People[op.ConfirmedBy], Version: op.Version, At: op.CreatedAt,
		Facts: opFacts(&op.Op), MayConfirm: op.MayConfirm, MayDrop: op.MayDrop, MayType: op.MayType, Adopts: op.DraftedBy == "", Replaces: op.Supersedes != "",
		Edit: "revise", EditName: "修改",
	}
	switch op.Delivery {
	case desk.DeliverySent:
		card.State = "已送达平台"
	case desk.DeliveryDead:
		card.State = "没有送达，请在“发出的消息”中重发，或者作废后人工录入平台"
	case desk.DeliveryWaiting, desk.DeliveryDropped, desk.DeliverySkipped:
	}
	if op.MayReplace {
		card.State, card.Edit, card.EditName = "平台拒收，请改写后重新报送，或者在“发出的消息”中作废后人工录入平台", "replace", "改写后重新报送"
	}
	if !op.MayRevise && !op.MayReplace {
		return card
	}
	card.Evidence = evidenceForm(v, op.Kind, op.ID, op.Op.Files())
	if r := op.Op.Return; r != nil {
		card.Return = &portal.ReturnForm{Text: r.Text, Basis: r.Basis, Suggest: r.SuggestUnit.Name, Reasons: list(wire.ReturnReasons(), func(e wire.Entry[wire.ReturnReason]) portal.Ticked {
			return ticked(string(e.Code), e.Title, e.Code == r.Reason)
		})}
	}
	if r := op.Op.Complete; r != nil {
		card.Result = &portal.ResultForm{Truths: truths(r.IsTrue), Exceeded: r.DutyExceeded, Content: r.Content, Public: r.PublicReply, Unsolved: r.UnsolvedReason, Results: list(wire.Results(), func(e wire.Entry[wire.Result]) portal.Ticked {
			return ticked(string(e.Code), e.Title, e.Code == r.Result)
		})}
		if r.Contacted.Done {
			card.Result.Contacted = r.Contacted.At.In(beijing()).Format(inputMoment)
		}
	}
	return card
}

// opFacts is what the platform is told.
func opFacts(op *wire.Op) (facts []portal.Named) {
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, portal.Named{Name: name, Value: value})
		}
	}
	moment := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.In(beijing()).Format("2006-01-02 15:04")
	}
	if r := op.Return; r != nil {
		add("原因", r.Reason.Title())
		add("说明", r.Text)
		add("依据", r.Basis)
		add("建议承办单位", r.SuggestUnit.Name)
	}
	if e := op.Extend; e != nil {
		add("原因", e.Reason)
		add("延长", strconv.Itoa(e.Amount)+"个"+e.Unit.Title())
		add("延长到", moment(e.NewReplyBy))
	}
	if r := op.Progress; r != nil {
		add("内容", r.Content)
	}
	if o := op.Push; o != nil {
		add("标题", o.Title)
		add("内容", o.Content)
		add("推送理由", o.Dispatch.Opinion)
		add("建议承办单位", o.Dispatch.LeadUnit.Name)
	}
	for _, f := range op.Files() {
		add("附件", evidenceFact(&f))
	}
	if r := op.Complete; r != nil {
		add("办理结果", r.Result.Title())
		if r.IsTrue == nil {
			add("诉求属实", "没有填写")
		} else {
			add("诉求属实", yesOrNo(*r.IsTrue))
		}
		add("超出职责", yesOrNo(r.DutyExceeded))
		add("联系诉求人", moment(r.Contacted.At))
		add("办理情况", r.Content)
		add("公开答复", r.PublicReply)
		add("未解决的原因", r.UnsolvedReason)
	}
	return facts
}

// moveOrderPage does what one of the forms of an order asks for.
func (p staffPages) moveOrderPage(c *gin.Context) {
	ctx := c.Request.Context()
	files, err := p.opForm(c)
	if err != nil {
		p.orderRefused(c, err)
		return
	}
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		version = 0 // of nothing that is there
	}
	back := orderReturn{Reason: wire.ReturnReason(field(c, "reason")), Text: field(c, "text"), Basis: field(c, "basis"), Suggest: field(c, "suggest"), Files: files}
	switch op := field(c, "op"); op {
	case "":
		_, err = p.moveOrder(ctx, c.Param("id"), field(c, "move"), version, back.canonical(), saidOf(c).canonical())
	default:
		edit := desk.OpEdit{Complete: resultOf(c, files).canonical()}
		if field(c, "kind") == "return" {
			edit = desk.OpEdit{Return: back.canonical()}
		}
		_, err = p.moveOp(ctx, op, field(c, "move"), version, edit, momentOf(c, "typed_at"))
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, staffOrdersPage+"/"+c.Param("id"))
		return
	}
	p.orderRefused(c, err)
}

// orderRefused shows the order again, with why it is not as the form wanted.
func (p staffPages) orderRefused(c *gin.Context, err error) {
	ctx := c.Request.Context()
	if problems, ok := p.refusal(ctx, err); ok {
		p.showOrder(c, p.formStatus(ctx, err), problems)
		return
	}
	p.fail(c, err)
}

// resultOf is the form of a result.
func resultOf(c *gin.Context, files []string) *orderResult {
	return &orderResult{
		Result: wire.Result(field(c, "result")), IsTrue: truthOf(c), DutyExceeded: field(c, "exceeded") == "1", ContactedAt: momentOf(c, "contacted"),
		Content: field(c, "content"), PublicReply: field(c, "public"), UnsolvedReason: field(c, "unsolved"), Files: files,
	}
}

// truths are the choices of whether what was asked for is as it was told.
func truths(is *bool) []portal.Ticked {
	return []portal.Ticked{ticked("1", "是", is != nil && *is), ticked("0", "否", is != nil && !*is)}
}

func truthOf(c *gin.Context) *bool {
	chosen := field(c, "is_true")
	if chosen == "" {
		return nil
	}
	is := chosen == "1"
	return &is
}

// saidOf is the form of what a platform said.
func saidOf(c *gin.Context) *platformWords {
	satisfied, _ := strconv.Atoi(field(c, "satisfaction")) // what is no number was not said
	return &platformWords{
		Act: wire.ActKind(field(c, "act")), Words: field(c, "words"), Granted: field(c, "granted") == "1", ReplyBy: momentOf(c, "reply_by"), Satisfied: satisfied, Solved: field(c, "solved") == "1",
	}
}

// momentOf is a moment as a browser sends it; zero: there is none.
func momentOf(c *gin.Context, name string) time.Time {
	at, err := time.ParseInLocation(inputMoment, field(c, name), beijing())
	if err != nil {
		return time.Time{}
	}
	return at
}
