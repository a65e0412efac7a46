package desk

import (
	"context"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/seal"
	"jiesu/webhooks/hotline"
)

const mostOrders = 200 // in one list

// OrderQuery chooses the orders of a page.
type OrderQuery struct {
	Platform string      // id; empty: all
	State    order.State // empty: every state in which something is to be done
}

// OrderBoard is what there is to do about orders.
type OrderBoard struct {
	Platforms   []Platform
	Counts      []OrderCount
	Orders      []OrderBrief
	Proposed    []OpBrief // wait for a second person
	ToType      []OpBrief
	Differences []Difference
	Unreadable  int // messages of platforms that could not be taken; at most a page of them
}

// OrderBrief is an order in a list.
type OrderBrief struct {
	Order

	Title string // of its ticket, masked
}

// OpBrief is an operation in a list, with the order it is about.
type OpBrief struct {
	OrderOp

	Order OrderBrief
}

// OrderBoard shows a what there is to do, of the tickets a may see.
func (d *Desk) OrderBoard(ctx context.Context, a Actor, q OrderQuery) (OrderBoard, error) {
	if !a.Orders {
		return OrderBoard{}, noOrders()
	}
	f := OrderFilter{Visible: a.visible(Filter{}), Platform: q.Platform, States: openStates(), Limit: mostOrders}
	if q.State != order.New {
		f.States = []order.State{q.State}
	}
	b := OrderBoard{Platforms: d.Platforms}
	var err error
	if b.Counts, err = d.Store.OrderCounts(ctx, f.Visible); err != nil {
		return b, err
	}
	orders, err := d.Store.Orders(ctx, f)
	if err != nil {
		return b, err
	}
	if b.Orders, err = d.orderBriefs(ctx, orders); err != nil {
		return b, err
	}
	if b.Proposed, b.ToType, err = d.waitingOps(ctx, f); err != nil {
		return b, err
	}
	if b.Differences, err = d.Store.Differences(ctx, f); err != nil {
		return b, err
	}
	for _, p := range d.Platforms {
		if q.Platform != "" && q.Platform != p.ID {
			continue
		}
		refused, err := d.Store.Inbounds(ctx, InboundFilter{States: []InboundState{InboundUnprocessable}, Source: HotlineCarrier + "/" + p.ID, Limit: mostArrivals})
		if err != nil {
			return b, err
		}
		b.Unreadable += len(refused)
	}
	return b, nil
}

func openStates() []order.State {
	var open []order.State
	for _, s := range order.States() {
		if s.Open() {
			open = append(open, s)
		}
	}
	return open
}

// orderBriefs are orders with the titles of their tickets.
func (d *Desk) orderBriefs(ctx context.Context, orders []Order) ([]OrderBrief, error) {
	ids := make([]string, len(orders))
	for i := range orders {
		ids[i] = orders[i].TicketID
	}
	tickets, err := d.Store.TicketsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	titles := make(map[string]string, len(tickets))
	for i := range tickets {
		titles[tickets[i].ID] = tickets[i].Title
	}
	briefs := make([]OrderBrief, len(orders))
	for i := range orders {
		briefs[i] = OrderBrief{Order: orders[i], Title: titles[orders[i].TicketID]}
	}
	return briefs, nil
}

// opBriefs are the operations in a state, with their orders.
func (d *Desk) opBriefs(ctx context.Context, f OrderFilter, state OpState) ([]OpBrief, error) {
	ops, err := d.Store.OpsIn(ctx, f, state)
	if err != nil {
		return nil, err
	}
	return d.briefsOf(ctx, f, ops)
}

// waitingOps are the operations that wait for people: for a second one, and to be
// typed.
func (d *Desk) waitingOps(ctx context.Context, f OrderFilter) (proposed, toType []OpBrief, err error) {
	first, err := d.Store.OpsIn(ctx, f, OpProposed)
	if err != nil {
		return nil, nil, err
	}
	second, err := d.Store.OpsIn(ctx, f, OpToType)
	if err != nil {
		return nil, nil, err
	}
	both, err := d.briefsOf(ctx, f, append(first, second...))
	for _, op := range both {
		if op.State == OpProposed {
			proposed = append(proposed, op)
		} else {
			toType = append(toType, op)
		}
	}
	return proposed, toType, err
}

// briefsOf are operations with their orders, which are read at once.
func (d *Desk) briefsOf(ctx context.Context, f OrderFilter, ops []OrderOp) ([]OpBrief, error) {
	if len(ops) == 0 {
		return nil, nil
	}
	f.States, f.Limit = order.States(), len(ops)
	for i := range ops {
		f.IDs = append(f.IDs, ops[i].OrderID)
	}
	orders, err := d.Store.Orders(ctx, f)
	if err != nil {
		return nil, err
	}
	briefs, err := d.orderBriefs(ctx, orders)
	if err != nil {
		return nil, err
	}
	of := make(map[string]OrderBrief, len(briefs))
	for _, o := range briefs {
		of[o.ID] = o
	}
	all := make([]OpBrief, 0, len(ops))
	for _, op := range ops {
		if o, there := of[op.OrderID]; there { // not out of sight just now
			all = append(all, OpBrief{OrderOp: op, Order: o})
		}
	}
	return all, nil
}

// OrderView is an order with what the platform did, and what it is told. Who asked
// stands behind [Desk.RevealContact]; of a report (举报) only where it stands is
// shown here.
type OrderView struct {
	Order

	PlatformName string
	Manual       bool
	Title        string // masked
	Status       ticket.Status
	Acts         []OrderAct
	Ops          []OpView
	Files        []OrderFile
	Attachments  []channel.Attachment // of the ticket's letter, which may go with what the platform is told; their names masked
	People       map[string]string    // names by user id
	FilesWith    []hotline.OpKind     // what they may go with
	MayReturn    bool
	MayWithdraw  bool
}

// OpView is an operation with how far it has come.
type OpView struct {
	OrderOp

	Delivery   DeliveryState // empty: nothing carries it
	MayRevise  bool
	MayConfirm bool
	MayDrop    bool
	MayType    bool
	MayReplace bool // the platform refused it: something else may be sent in its place
}

// Order shows one order to whoever works on orders and may see its ticket.
func (d *Desk) Order(ctx context.Context, a Actor, id string) (OrderView, error) {
	o, t, err := orderSeen(ctx, d.Store, &a, id)
	if err != nil {
		return OrderView{}, err
	}
	return d.orderView(ctx, d.Store, &a, &o, &t)
}

func (d *Desk) orderView(ctx context.Context, r Reader, a *Actor, o *Order, t *ticket.Ticket) (OrderView, error) {
	p, known := d.platform(o.Platform)
	v := OrderView{
		Order: *o, PlatformName: o.Platform, Manual: !known || p.Manual(), Title: t.Title, Status: t.Status,
		MayReturn: order.AskReturn.Allows(o.State) && t.Allows(ticket.TransferTo), MayWithdraw: order.Withdraw.Allows(o.State),
	}
	if known {
		v.PlatformName = p.Name
	}
	for _, k := range []hotline.OpKind{hotline.OpReturn, hotline.OpComplete} {
		if p.takes(k) {
			v.FilesWith = append(v.FilesWith, k)
		}
	}
	var err error
	if v.Acts, err = r.OrderActs(ctx, o.ID); err != nil {
		return v, err
	}
	if v.Files, err = r.OrderFiles(ctx, o.ID); err != nil {
		return v, err
	}
	ops, err := r.OrderOps(ctx, o.ID)
	if err != nil {
		return v, err
	}
	carried, err := carriedOps(ctx, r, ops)
	if err != nil {
		return v, err
	}
	for _, op := range ops {
		shown := opView(a, op, carried)
		v.MayReturn = v.MayReturn && op.State != OpProposed
		v.Ops = append(v.Ops, shown)
	}
	if v.Attachments, err = attachmentsOf(ctx, r, t); err != nil {
		return v, err
	}
	v.mask(t)
	v.People, err = peopleNames(ctx, r)
	return v, err
}

// attachmentsOf are the files of a ticket's letter; of a report (举报) none.
func attachmentsOf(ctx context.Context, r Reader, t *ticket.Ticket) ([]channel.Attachment, error) {
	if t.Restricted() {
		return nil, nil
	}
	l, err := r.Letter(ctx, t.LetterID)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(ctx, r, &l)
	for i := range files {
		files[i].Name = seal.Mask(files[i].Name)
	}
	return files, err
}

// carriedOps are the deliveries of operations that were sent, by id. What they bring
// is left out: files may be with it.
func carriedOps(ctx context.Context, r DeliveryReader, ops []OrderOp) (map[string]Delivery, error) {
	var ids []string
	for i := range ops {
		if ops[i].State == OpSent {
			ids = append(ids, ops[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := r.Deliveries(ctx, DeliveryFilter{IDs: ids, Limit: len(ids)})
	carried := make(map[string]Delivery, len(found))
	for i := range found {
		carried[found[i].ID] = found[i]
	}
	return carried, err
}

func opView(a *Actor, op OrderOp, carried map[string]Delivery) OpView {
	proposed := op.State == OpProposed
	v := OpView{
		OrderOp: op, MayRevise: proposed && op.Kind != hotline.OpPush, MayConfirm: proposed && op.DraftedBy != a.ID, MayDrop: proposed && op.droppable(),
		MayType: op.State == OpToType,
	}
	if d, ok := carried[op.ID]; ok {
		v.Delivery, v.MayReplace = d.State, op.replaceable(&d)
	}
	return v
}

// mask hides who asked, and everything people wrote where it is a report.
func (v *OrderView) mask(t *ticket.Ticket) {
	hide := seal.Mask
	if t.Restricted() {
		hide = func(string) string { return "" }
	}
	b := &v.Body
	b.Appellant, b.Ext = hotline.Appellant{}, nil
	b.Title, b.Content, b.Place.Address, b.Dispatch.Opinion = hide(b.Title), hide(b.Content), hide(b.Place.Address), hide(b.Dispatch.Opinion)
	for i := range v.Acts {
		a := &v.Acts[i].Act
		a.Opinion, a.Order = hide(a.Opinion), nil
		if a.Visit != nil {
			a.Visit.Reason, a.Visit.Content = hide(a.Visit.Reason), hide(a.Visit.Content)
		}
		if a.Supplement != nil {
			a.Supplement.Content = hide(a.Supplement.Content)
		}
		if a.Receipt != nil {
			a.Receipt.Message = hide(a.Receipt.Message)
		}
	}
	for i := range v.Ops {
		files := v.Ops[i].Op.Files()
		for j := range files {
			files[j].Name = hide(files[j].Name)
		}
		if p := v.Ops[i].Op.Push; p != nil {
			p.Appellant, p.Title, p.Content = hotline.Appellant{}, hide(p.Title), hide(p.Content)
		}
	}
	for i := range v.Files {
		f := &v.Files[i].File
		f.FetchURL, f.Name = "", hide(f.Name)
	}
}
