package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/order"
	"jiesu/webhooks/hotline"
)

// Platform is a 12345 platform whose orders the desk handles.
type Platform struct {
	ID   string // as it is configured
	Name string // Chinese
	// Read reads a message of the platform's; nil: there are none, and nothing goes
	// there by itself. Staff type what waits for it, and enter what it says.
	Read func(raw []byte) (hotline.Act, error)
	// Files reports whether files go with an operation of a kind; nil: none do.
	Files func(k hotline.OpKind) bool
}

// Manual reports whether people carry everything to p and from it.
func (p *Platform) Manual() bool { return p.Read == nil }

// takes reports whether files may go with an operation: who types it uploads them.
func (p *Platform) takes(k hotline.OpKind) bool { return p.Manual() || p.Files != nil && p.Files(k) }

// Order is a work order a platform has dispatched to the bureau. The same order
// that comes again, to be redone, is another one with its own dispatch. One that is
// outward went the other way: a letter of ours that the platform deals with.
type Order struct {
	ID         string
	Platform   string // id
	Number     string // the platform's; outward: ours, that of the ticket
	Outward    bool
	Theirs     string // outward: the platform's number, once it has said so
	Dispatch   string // which dispatch of the number
	State      order.State
	TicketID   string
	Ticket     string // number
	SignBy     time.Time
	ReplyBy    time.Time // the platform's date; zero: it gives none
	Urges      int
	ReceivedAt time.Time
	UpdatedAt  time.Time
	Body       hotline.Order // as it was dispatched; sealed at rest
	Version    int64
}

// OrderAct is something a platform did with an order.
type OrderAct struct {
	ID       string
	OrderID  string
	Platform string // id
	Key      string // of the act among all of its platform
	At       time.Time
	Act      hotline.Act // sealed at rest
}

// OpState is where an operation stands.
type OpState string

// The states of an operation.
const (
	OpProposed OpState = "proposed" // waits for a second person
	OpSent     OpState = "sent"     // given to those who carry it there
	OpToType   OpState = "to_type"  // waits for somebody to type it at the platform
	OpTyped    OpState = "typed"
	OpDropped  OpState = "dropped" // taken back, or overtaken by what the platform did
)

// Name is the Chinese name of s, or empty for an unknown state.
func (s OpState) Name() string {
	switch s {
	case OpProposed:
		return "待第二人确认"
	case OpSent:
		return "已交发送"
	case OpToType:
		return "待录入平台"
	case OpTyped:
		return "已录入平台"
	case OpDropped:
		return "已撤销"
	}
	return ""
}

// OrderOp is something we do with an order at its platform.
type OrderOp struct {
	ID          string // also of what carries it there
	OrderID     string
	Kind        hotline.OpKind
	State       OpState
	DraftedBy   string // user id of who wrote it as it is; empty: it followed from something
	ConfirmedBy string // user id
	CreatedAt   time.Time
	ConfirmedAt time.Time
	AlarmAt     time.Time // from when somebody has to be told that it is not there
	TypedBy     string    // user id
	TypedAt     time.Time
	Supersedes  string     // id of one the platform refused, whose place it takes; empty: none
	Op          hotline.Op // frozen once it is confirmed, files without their content; sealed at rest
	Version     int64
}

// FileState is where a file of an order stands.
type FileState string

// The states of a file.
const (
	FileWaiting FileState = "waiting"
	FileKept    FileState = "kept"
	FileFailed  FileState = "failed"
)

// OrderFile is a file that lies at the platform until the desk has pulled it.
type OrderFile struct {
	OrderID    string
	N          int // in the order, and what was added later
	State      FileState
	Attachment string // id, once it is kept
	Reason     string // code of the last failure
	Tries      int
	File       hotline.Attachment // sealed at rest
}

// DifferenceKind says what a platform and the desk do not agree on.
type DifferenceKind string

// The kinds of differences.
const (
	MissingHere     DifferenceKind = "missing_here"
	MissingThere    DifferenceKind = "missing_there"
	StateDiffers    DifferenceKind = "state"
	DeadlineDiffers DifferenceKind = "deadline"
)

// Name is the Chinese name of k, or empty for an unknown kind.
func (k DifferenceKind) Name() string {
	switch k {
	case MissingHere:
		return "本系统没有"
	case MissingThere:
		return "平台没有"
	case StateDiffers:
		return "状态不一致"
	case DeadlineDiffers:
		return "期限不一致"
	}
	return ""
}

// Difference is what the last comparison with a platform found.
type Difference struct {
	ID       string
	Platform string // id
	Number   string
	Dispatch string // may be empty: the platform does not say
	Kind     DifferenceKind
	OrderID  string // empty: it is not here
	Ours     string
	Theirs   string
	Since    time.Time
	ClosedAt time.Time // zero: it is still so
}

// OrderFilter selects orders for a list.
type OrderFilter struct {
	Visible  Filter   // of whose tickets the viewer may see
	IDs      []string // empty: any
	Platform string   // id; empty: all
	States   []order.State
	Limit    int
}

// OrderCount is how many orders of a platform stand in a state.
type OrderCount struct {
	Platform string
	State    order.State
	N        int
}

// PlatformReader reads what came from 12345 platforms, and what is told to them.
type PlatformReader interface {
	OrderReader
	OrderWorkReader
}

// OrderReader reads orders.
type OrderReader interface {
	Order(ctx context.Context, id string) (Order, error)
	OrderByDispatch(ctx context.Context, platform, number, dispatch string) (Order, error)
	// LatestOrder finds by the platform's number, or by ours of what went there.
	LatestOrder(ctx context.Context, platform, number string) (Order, error)
	OrderOfTicket(ctx context.Context, ticketID string) (Order, error) // the latest
	// Orders returns those of tickets f finds, the platform's date soonest first.
	Orders(ctx context.Context, f OrderFilter) ([]Order, error)
	OrderCounts(ctx context.Context, f Filter) ([]OrderCount, error)
	OrderActs(ctx context.Context, orderID string) ([]OrderAct, error) // oldest first
	// ActKnown reports whether an act was taken before, and about which order.
	ActKnown(ctx context.Context, platform, key string) (orderID string, known bool, err error)
}

// OrderWorkReader reads what has to be done about orders.
type OrderWorkReader interface {
	OrderOp(ctx context.Context, id string) (OrderOp, error)
	OrderOps(ctx context.Context, orderID string) ([]OrderOp, error) // oldest first
	// OpsIn returns the operations in a state, of orders f finds, oldest first.
	OpsIn(ctx context.Context, f OrderFilter, state OpState) ([]OrderOp, error)
	OrderFiles(ctx context.Context, orderID string) ([]OrderFile, error)
	WaitingFiles(ctx context.Context, limit int) ([]OrderFile, error)
	// Differences returns those that are not closed; what is about a ticket only
	// where f finds it.
	Differences(ctx context.Context, f OrderFilter) ([]Difference, error)
	// OpenOrders returns every order of a platform that the desk takes for open.
	OpenOrders(ctx context.Context, platform string) ([]Order, error)
}

// OrderWriter writes orders. Updates are guarded as UpdateTicket is.
type OrderWriter interface {
	InsertOrder(ctx context.Context, o Order) error // a known dispatch is Conflict "order.known"
	UpdateOrder(ctx context.Context, o Order, was int64) error
	InsertOrderAct(ctx context.Context, a OrderAct) error
	InsertOrderOp(ctx context.Context, op OrderOp) error
	UpdateOrderOp(ctx context.Context, op OrderOp, was int64) error
	InsertOrderFiles(ctx context.Context, fs ...OrderFile) error
	// UpdateOrderFile stores what became of a file that is still in state was after
	// so many tries; otherwise it is a Conflict "order.file_taken".
	UpdateOrderFile(ctx context.Context, f OrderFile, was FileState, tries int) error
	SaveDifference(ctx context.Context, d Difference) error // inserts, or updates by ID
}
