package hotline

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// ID is a number of the platform's, kept as the text it is. On the wire it may be a
// JSON string or an integer of any length: read as a float, the last figures of a
// long one would be lost and two orders become one.
type ID string

var errNumber = errors.New("hotline: a number of an order is a string or an integer")

// UnmarshalJSON reads a string, an integer or null.
func (id *ID) UnmarshalJSON(data []byte) error {
	switch text := string(data); {
	case text == "null":
		return nil
	case text[0] == '"':
		return json.Unmarshal(data, (*string)(id))
	case strings.Trim(strings.TrimPrefix(text, "-"), "0123456789") != "":
		return errNumber
	default:
		*id = ID(text)
		return nil
	}
}

// Order is a work order as every platform's is read.
type Order struct {
	Platform      string            `json:"platform,omitempty"` // whose it is, as it is configured here; never the sender's word
	OrderNo       ID                `json:"order_no"`
	DispatchNo    ID                `json:"dispatch_no,omitempty"`  // of this dispatch, where the platform numbers them
	DispatchSeq   int               `json:"dispatch_seq,omitempty"` // 1, 2, … where it counts them: the same order comes again to be redone
	ParentOrderNo ID                `json:"parent_order_no,omitempty"`
	Level         string            `json:"level,omitempty"` // city, province, …
	Source        Source            `json:"source,omitempty"`
	AppealType    AppealType        `json:"appeal_type,omitempty"`
	Category      Category          `json:"category,omitzero"`
	Urgency       Urgency           `json:"urgency,omitempty"`
	Title         string            `json:"title"`
	Content       string            `json:"content"`
	OccurredAt    time.Time         `json:"occurred_at,omitzero"`
	AcceptedAt    time.Time         `json:"accepted_at,omitzero"`
	DispatchedAt  time.Time         `json:"dispatched_at,omitzero"`
	Appellant     Appellant         `json:"appellant,omitzero"`
	Place         Place             `json:"place,omitzero"`
	Dispatch      Dispatch          `json:"dispatch,omitzero"`
	Deadlines     Deadlines         `json:"deadlines,omitzero"`
	Attachments   []Attachment      `json:"attachments,omitempty"`
	Flags         Flags             `json:"flags,omitzero"`
	Ext           map[string]string `json:"ext,omitempty"` // what has no place here, under the platform's names
}

// Category is where an order stands in a catalogue.
type Category struct {
	Std  string   `json:"std,omitempty"` // which catalogue
	Code ID       `json:"code,omitempty"`
	Path []string `json:"path,omitempty"`
}

// Appellant is who asked. All of it is personal data.
type Appellant struct {
	Name         string `json:"name,omitempty"`
	Phone        ID     `json:"phone,omitempty"`
	Gender       ID     `json:"gender,omitempty"` // GB/T 2261.1: 1 男, 2 女
	Kind         string `json:"kind,omitempty"`   // person or organisation
	Secret       bool   `json:"secret,omitempty"` // wants not to be named to who is complained about
	WantCallback bool   `json:"want_callback,omitempty"`
}

// Place is where it happened. Lng and lat are both set or none.
type Place struct {
	RegionCode ID      `json:"region_code,omitempty"` // GB/T 2260
	Address    string  `json:"address,omitempty"`
	Lng        float64 `json:"lng,omitempty"`
	Lat        float64 `json:"lat,omitempty"`
	CRS        string  `json:"crs,omitempty"` // GCJ02, WGS84, CGCS2000
}

// UnitRef is a unit as the platform knows it.
type UnitRef struct {
	Code ID     `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

// Dispatch is to whom the order was given, and how.
type Dispatch struct {
	LeadUnit   UnitRef   `json:"lead_unit,omitzero"`
	CoUnits    []UnitRef `json:"co_units,omitempty"`
	Opinion    string    `json:"opinion,omitempty"`
	Mode       Mode      `json:"mode,omitempty"`
	Supervised bool      `json:"supervised,omitempty"`
	UrgeCount  int       `json:"urge_count,omitempty"`
}

// Deadlines are the platform's dates; zero is one it does not give.
type Deadlines struct {
	SignBy   time.Time `json:"sign_by,omitzero"`
	ReturnBy time.Time `json:"return_by,omitzero"`
	ReplyBy  time.Time `json:"reply_by,omitzero"`
	Unit     Unit      `json:"unit,omitempty"`
}

// Attachment is a file that lies at the platform, often for a short time only.
type Attachment struct {
	ID        ID        `json:"id,omitempty"`
	Kind      string    `json:"kind,omitempty"` // audio, image, …
	Name      string    `json:"name,omitempty"`
	Size      int64     `json:"size,omitempty"`
	SHA256    string    `json:"sha256,omitempty"`
	FetchURL  string    `json:"fetch_url,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// Flags are what the platform marks an order with.
type Flags struct {
	Repeat         bool `json:"repeat,omitempty"`
	Joint          bool `json:"joint,omitempty"`
	PublicReply    bool `json:"public_reply,omitempty"`
	ProvinceReview bool `json:"province_review,omitempty"`
}

// DispatchKey tells the dispatches of one order apart: by their count, else by
// their number.
func (o *Order) DispatchKey() string { return dispatchKey(o.DispatchSeq, o.DispatchNo) }

func dispatchKey(seq int, no ID) string {
	if seq > 0 {
		return strconv.Itoa(seq)
	}
	return string(no)
}

// Check reports every rule the order breaks, as [FieldErrors].
func (o *Order) Check() error {
	var c check
	o.check(&c, "")
	return c.faults.err()
}

func (o *Order) check(c *check, at string) {
	c.number(at+"order_no", string(o.OrderNo), true)
	c.dispatch(at, o.DispatchSeq, o.DispatchNo)
	c.number(at+"parent_order_no", string(o.ParentOrderNo), false)
	c.number(at+"level", o.Level, false)
	c.code(at+"source", o.Source, false)
	c.code(at+"appeal_type", o.AppealType, false)
	c.code(at+"urgency", o.Urgency, false)
	c.text(at+"title", o.Title, maxTitle, false)
	c.text(at+"content", o.Content, maxText, true)
	c.time(at+"occurred_at", o.OccurredAt, false)
	c.time(at+"accepted_at", o.AcceptedAt, false)
	c.time(at+"dispatched_at", o.DispatchedAt, false)
	o.Category.check(c, at+"category.")
	o.Appellant.check(c, at+"appellant.")
	o.Place.check(c, at+"place.")
	o.Dispatch.check(c, at+"dispatch.")
	o.Deadlines.check(c, at+"deadlines.")
	c.count(at+"attachments", len(o.Attachments))
	for i := range o.Attachments {
		o.Attachments[i].check(c, at+"attachments["+strconv.Itoa(i)+"].")
	}
	c.count(at+"ext", len(o.Ext))
	for name, value := range o.Ext {
		c.text(at+"ext", name, maxName, true)
		c.text(at+"ext", value, maxText, false)
	}
}

// dispatch checks which dispatch something is about.
func (c *check) dispatch(at string, seq int, no ID) {
	if seq < 0 || seq > 1_000_000 {
		c.add(at+"dispatch_seq", "超出范围")
	}
	c.number(at+"dispatch_no", string(no), false)
}

func (g *Category) check(c *check, at string) {
	c.number(at+"std", g.Std, false)
	c.number(at+"code", string(g.Code), false)
	c.count(at+"path", len(g.Path))
	for _, step := range g.Path {
		c.text(at+"path", step, maxName, false)
	}
}

func (a *Appellant) check(c *check, at string) {
	c.text(at+"name", a.Name, maxName, false)
	c.text(at+"phone", string(a.Phone), maxID, false)
	c.number(at+"gender", string(a.Gender), false)
	c.number(at+"kind", a.Kind, false)
}

func (p *Place) check(c *check, at string) {
	c.number(at+"region_code", string(p.RegionCode), false)
	c.text(at+"address", p.Address, maxTitle, false)
	c.within(at+"lng", p.Lng, -180, 180)
	c.within(at+"lat", p.Lat, -90, 90)
	c.number(at+"crs", p.CRS, false)
}

func (u *UnitRef) check(c *check, at string) {
	c.number(at+"code", string(u.Code), false)
	c.text(at+"name", u.Name, maxName, false)
}

func (d *Dispatch) check(c *check, at string) {
	d.LeadUnit.check(c, at+"lead_unit.")
	c.count(at+"co_units", len(d.CoUnits))
	for i := range d.CoUnits {
		d.CoUnits[i].check(c, at+"co_units["+strconv.Itoa(i)+"].")
	}
	c.text(at+"opinion", d.Opinion, maxText, false)
	c.code(at+"mode", d.Mode, false)
	if d.UrgeCount < 0 {
		c.add(at+"urge_count", "超出范围")
	}
}

func (d *Deadlines) check(c *check, at string) {
	c.time(at+"sign_by", d.SignBy, false)
	c.time(at+"return_by", d.ReturnBy, false)
	c.time(at+"reply_by", d.ReplyBy, false)
	c.code(at+"unit", d.Unit, false)
}

func (a *Attachment) check(c *check, at string) {
	c.number(at+"id", string(a.ID), false)
	c.number(at+"kind", a.Kind, false)
	c.text(at+"name", a.Name, maxTitle, false)
	c.text(at+"fetch_url", a.FetchURL, maxText, false)
	c.number(at+"sha256", a.SHA256, false)
	c.time(at+"expires_at", a.ExpiresAt, false)
	if a.Size < 0 || a.Size > maxBytes {
		c.add(at+"size", "超出范围")
	}
}
