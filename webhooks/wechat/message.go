package wechat

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrUnreadable is a message that WeChat sent and that cannot be read. It is to be
// kept for people and acknowledged: sent again it would be the same.
var ErrUnreadable = errors.New("wechat: the message cannot be read")

// text is a value that comes as text or as a number. A number keeps its digits: a
// 64-bit one is not what a float makes of it.
type text string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*t = text(s)
		return err
	}
	var n json.Number
	err := json.Unmarshal(raw, &n)
	*t = text(n)
	return err
}

// wire is a message as it comes, in XML and in JSON.
type wire struct {
	XMLName xml.Name `json:"-" xml:"xml"`

	To      string `json:"ToUserName" xml:"ToUserName"`
	From    string `json:"FromUserName" xml:"FromUserName"`
	Created text   `json:"CreateTime" xml:"CreateTime"`
	Type    string `json:"MsgType" xml:"MsgType"`
	ID      text   `json:"MsgId" xml:"MsgId"`
	Encrypt string `json:"Encrypt" xml:"Encrypt"`

	Content     string `json:"Content" xml:"Content"`
	Menu        text   `json:"bizmsgmenuid" xml:"bizmsgmenuid"`
	PicURL      string `json:"PicUrl" xml:"PicUrl"`
	MediaID     string `json:"MediaId" xml:"MediaId"`
	Format      string `json:"Format" xml:"Format"`
	Recognition string `json:"Recognition" xml:"Recognition"`
	X           text   `json:"Location_X" xml:"Location_X"`
	Y           text   `json:"Location_Y" xml:"Location_Y"`
	Label       string `json:"Label" xml:"Label"`
	Title       string `json:"Title" xml:"Title"`
	Description string `json:"Description" xml:"Description"`
	URL         string `json:"Url" xml:"Url"`
	PagePath    string `json:"PagePath" xml:"PagePath"`
	Event       string `json:"Event" xml:"Event"`
	EventKey    string `json:"EventKey" xml:"EventKey"`
	Ticket      string `json:"Ticket" xml:"Ticket"`
	Latitude    text   `json:"Latitude" xml:"Latitude"`
	Longitude   text   `json:"Longitude" xml:"Longitude"`
	SessionFrom string `json:"SessionFrom" xml:"SessionFrom"`
	Grants      grants `json:"List" xml:"SubscribeMsgPopupEvent>List"`
	Changes     grants `json:"-" xml:"SubscribeMsgChangeEvent>List"`
	Sent        grants `json:"-" xml:"SubscribeMsgSentEvent>List"`
}

// grants come as a list, and where there is one of them, without the list.
type grants []grant

type grant struct {
	Template string `json:"TemplateId" xml:"TemplateId"`
	Status   string `json:"SubscribeStatusString" xml:"SubscribeStatusString"`
	Failure  text   `json:"ErrorCode" xml:"ErrorCode"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (g *grants) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '[' {
		return json.Unmarshal(raw, (*[]grant)(g))
	}
	*g = make(grants, 1)
	return json.Unmarshal(raw, &(*g)[0])
}

// Message is what somebody sent to an account, or did there.
type Message struct {
	Account string // gh_…, who it is for
	From    string // openid: names a person, and belongs into no log
	At      time.Time
	Type    string // text, image, voice, video, shortvideo, location, link, miniprogrampage, event, or one nobody knows yet
	ID      string // of a message; empty: an event, or none was sent

	Text  string // text, and what was recognised in a voice
	Menu  string // of a menu of choices that was answered: the choice
	Media Media
	Place Place
	Link  Link
	Event Event
	Grant []Grant // of subscribe_msg_popup_event, subscribe_msg_change_event and subscribe_msg_sent_event

	json bool // how it came, and is answered
}

// Media is a picture, a voice or a video; it is fetched by its id.
type Media struct{ ID, URL, Format string }

// Place is where somebody is, in degrees as they were written.
type Place struct{ Latitude, Longitude, Label string }

// Link is a page, of the web or of a mini program.
type Link struct{ Title, Description, URL string }

// Event is what somebody did.
type Event struct {
	Name   string // subscribe, unsubscribe, SCAN, LOCATION, CLICK, VIEW, user_enter_tempsession, …; letters matter
	Key    string
	Ticket string // of a QR code
}

// Grant is whether somebody wants messages made from a template, or what became
// of one.
type Grant struct {
	Template string
	Accepted bool
	Failure  string // of subscribe_msg_sent_event; "0": it has arrived
}

// Key is the same however often m is sent, and another one for every other
// message of the account.
func (m *Message) Key() string {
	if m.ID != "" {
		return m.ID
	}
	return strings.Join([]string{m.From, strconv.FormatInt(m.At.Unix(), 10), m.Type, m.Event.Name, m.Event.Key}, "/")
}

// Read reads a verified body. One that makes no sense is [ErrUnreadable].
func Read(body []byte) (Message, error) {
	w, isJSON, err := read(body)
	if err != nil {
		return Message{}, ErrUnreadable
	}
	return w.message(isJSON)
}

// read reads a body in XML or JSON.
func read(body []byte) (wire, bool, error) {
	var w wire
	body = bytes.TrimSpace(body)
	switch {
	case bytes.HasPrefix(body, []byte("{")):
		err := json.Unmarshal(body, &w)
		return w, true, err
	case !plainXML(body):
		return w, false, ErrUnreadable
	}
	err := xml.Unmarshal(body, &w)
	return w, false, err
}

// plainXML reports whether body is one element, with nothing in it that tells a
// reader what to do: no DOCTYPE, no processing instruction.
func plainXML(body []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(body))
	depth, roots := 0, 0
	for {
		token, err := d.RawToken()
		if err != nil {
			return errors.Is(err, io.EOF) && depth == 0 && roots == 1
		}
		switch token.(type) {
		case xml.Directive, xml.ProcInst:
			return false
		case xml.StartElement:
			if depth++; depth == 1 {
				roots++
			}
		case xml.EndElement:
			depth--
		}
	}
}

// message says what w says.
func (w *wire) message(isJSON bool) (Message, error) {
	seconds, err := strconv.ParseInt(string(w.Created), 10, 64)
	if err != nil || w.From == "" || w.To == "" || w.Type == "" {
		return Message{}, ErrUnreadable
	}
	m := Message{
		Account: w.To, From: w.From, At: time.Unix(seconds, 0).UTC(), Type: w.Type, ID: string(w.ID), Text: w.Content,
		Menu: string(w.Menu), Media: Media{w.MediaID, w.PicURL, w.Format}, Link: Link{w.Title, w.Description, w.URL},
		Place: Place{string(w.X), string(w.Y), w.Label}, Event: Event{w.Event, w.EventKey, w.Ticket}, json: isJSON,
	}
	for _, g := range slices.Concat(w.Grants, w.Changes, w.Sent) {
		m.Grant = append(m.Grant, Grant{Template: g.Template, Accepted: g.Status == "accept", Failure: string(g.Failure)})
	}
	switch w.Type {
	case "voice":
		m.Text = w.Recognition
	case "miniprogrampage":
		m.Link.URL = w.PagePath
	case "event":
		m.Place = Place{Latitude: string(w.Latitude), Longitude: string(w.Longitude)}
		if m.Event.Key == "" {
			m.Event.Key = w.SessionFrom
		}
	}
	return m, nil
}
