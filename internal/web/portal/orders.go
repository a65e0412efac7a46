package portal

import "time"

// Orders is what there is to do about orders of 12345 platforms.
type Orders struct {
	Platform, State string       // of the orders that are listed; empty: all
	Platforms       []ShelfState // chips
	States          []ShelfState
	Orders          []OrderRow
	Proposed        []OpRow // wait for a second person
	ToType          []OpRow
	Differences     []DifferenceRow
	Unreadable      int      // messages that could not be taken
	All, Manual     []Choice // platforms; those without a connection
	Push            PushForm // a letter that is to be given to one
	Errors          Problems
}

// PushForm gives a letter to a platform.
type PushForm struct {
	Ticket, Platform, Opinion, Suggest string
}

// OrderRow is one order in a list. Outward it is a letter of ours, and theirs the
// platform's number.
type OrderRow struct {
	ID, Number, Dispatch, Platform, State, Title, Ticket string
	Outward                                              bool
	Theirs                                               string
	ReplyBy                                              time.Time // zero: the platform gives none
	Late                                                 bool
	Urges                                                int
}

// OpRow is one operation in a list.
type OpRow struct {
	Order, Number, Platform, What, Title string // order: id
	At                                   time.Time
}

// DifferenceRow is what a platform and the desk do not agree on.
type DifferenceRow struct {
	Order, Number, Platform, What, Ours, Theirs string // order: id, may be empty
	Since                                       time.Time
}

// OrderPage is one order.
type OrderPage struct {
	OrderRow

	Version             int64
	Status              string // of the ticket
	SignBy              time.Time
	Type, Content       string
	Opinion             string
	Acts                []SignalAct
	Ops                 []OpCard
	Files               []Named
	Failed              bool // some file could not be fetched
	Manual              bool
	MayReturn, MayUndo  bool
	ReturnReasons, Said []Choice      // said: what a platform may have told staff
	Evidence            *EvidenceForm // with a return; nil: none may
	Errors              Problems
}

// OpCard is an operation with what may be done with it.
type OpCard struct {
	ID, What, State, By, Confirmed string
	Version                        int64
	At                             time.Time
	Facts                          []Named
	MayConfirm, MayDrop, MayType   bool
	Adopts                         bool   // nobody drafted it: the first to confirm takes it on
	Replaces                       bool   // what the platform refused
	Edit, EditName                 string // what saving its form does, and what the form is called
	Evidence                       *EvidenceForm
	Return                         *ReturnForm
	Result                         *ResultForm
}

// EvidenceForm chooses files that go with an operation. Its prefix tells the fields of
// several on a page apart.
type EvidenceForm struct {
	Prefix string
	Files  []Ticked
}

// ReturnForm is a return that may be changed.
type ReturnForm struct {
	Reasons              []Ticked
	Text, Basis, Suggest string
}

// ResultForm is a result that may be changed.
type ResultForm struct {
	Results, Truths           []Ticked
	Exceeded                  bool
	Contacted                 string // as the browser writes a moment; empty: nobody was spoken to
	Content, Public, Unsolved string
}

// OrderImport is what becomes of the rows of a sheet.
type OrderImport struct {
	File, Platform, PlatformName string
	Applied                      bool
	Rows                         []OrderImportRow
	Kept                         string // the file, to be sent again; empty: there is nothing to import
}

// OrderImportRow is one of them.
type OrderImportRow struct {
	N                                int
	Number, Outcome, Ticket, Message string
}

func (Orders) name() string      { return "staff_orders" }
func (OrderPage) name() string   { return "staff_order" }
func (OrderImport) name() string { return "staff_order_import" }

func (o Orders) title() string    { return withErrors("12345工单", o.Errors) }
func (o OrderPage) title() string { return withErrors("12345工单"+o.Number, o.Errors) }
func (OrderImport) title() string { return "导入12345工单" }

func (Orders) nav() string      { return "/staff/orders" }
func (OrderPage) nav() string   { return "/staff/orders" }
func (OrderImport) nav() string { return "/staff/orders" }
