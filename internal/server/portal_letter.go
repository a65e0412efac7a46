package server

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

func (p *publicPages) letterForm(c *gin.Context) {
	p.show(c, http.StatusOK, p.blankLetter())
}

// letterDraft opens the form with what was asked, which stays out of addresses.
func (p *publicPages) letterDraft(c *gin.Context) {
	if !p.form(c) {
		return
	}
	v := p.blankLetter()
	v.Kind, v.Text, v.Seen = string(channel.Consult), field(c, "text"), true // the library has spoken
	v.Title = channel.TitleOf(v.Text)
	p.show(c, http.StatusOK, v)
}

func (p *publicPages) blankLetter() portal.Letter {
	catalogue := p.desk.Catalogue()
	v := portal.Letter{Key: rand.Text()}
	for _, k := range catalogue.Kinds {
		v.Kinds = append(v.Kinds, portal.Choice{Value: string(k), Name: k.Name(), Hint: k.Profile().Hint})
		askFor(&v, k)
	}
	for _, o := range catalogue.Categories {
		v.Categories = append(v.Categories, portal.Choice{Value: o.Code, Name: o.Name})
	}
	for i := range catalogue.Districts {
		u := &catalogue.Districts[i]
		v.Districts = append(v.Districts, portal.Choice{Value: u.District, Name: u.Name})
	}
	return v
}

// letter takes a letter in. A form sent twice gives the same receipt twice.
func (p *publicPages) letter(c *gin.Context) {
	sent, err := p.readLetter(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	v := p.filledLetter(sent)
	again := func(status int, found portal.Problems) {
		v.Errors, v.Question = found, p.asks(c.Request.Context())
		p.show(c, status, v)
	}
	if len(v.Errors) > 0 {
		again(http.StatusUnprocessableEntity, v.Errors)
		return
	}
	if p.offer(c, &v) || p.held(c, sent.field, again) {
		return
	}
	receipt, err := p.desk.Open(c.Request.Context(), openingOf(&v))
	if err == nil {
		p.show(c, http.StatusOK, receiptView(receipt))
		return
	}
	if problem.HasCode(err, "idempotency.mismatch") {
		v.Key = rand.Text()
		again(http.StatusConflict, portal.Problems{{Message: "这一页上的信已经提交过了。要把改动后的内容作为另一封信提交，请再点一次“提交”。"}})
		return
	}
	problems, ok := fieldProblems(err, letterFieldOf(v.Kind))
	if !ok {
		p.fail(c, err)
		return
	}
	again(http.StatusUnprocessableEntity, problems)
}

// filledLetter is the form as it came in. Values that the form does not offer
// are dropped.
func (p *publicPages) filledLetter(sent *sentLetter) portal.Letter {
	v := p.blankLetter()
	v.Key = sent.key()
	v.Kind, v.Title, v.Text, v.About = sent.field("kind"), sent.field("title"), sent.field("body"), sent.field("about")
	v.Name, v.Phone = sent.field("name"), sent.field("phone")
	v.IDNumber, v.Address, v.Email = sent.field("id_number"), sent.field("address"), sent.field("email")
	v.BySMS, v.ByMail = sent.field("by_sms") == "1", sent.field("by_mail") == "1"
	for i := range v.Groups {
		for j := range v.Groups[i].Fields {
			f := &v.Groups[i].Fields[j]
			f.Value = sent.field(f.Name)
		}
	}
	v.Consent, v.Seen = sent.field("publish_consent") == "1", sent.field("seen") == "1"
	v.Category = offered(v.Categories, sent.field("category"))
	v.District = offered(v.Districts, sent.field("district"))
	v.Files, v.Errors = sent.kept()
	return v
}

func offered(choices []portal.Choice, value string) string {
	if slices.ContainsFunc(choices, func(o portal.Choice) bool { return o.Value == value }) {
		return value
	}
	return ""
}

func openingOf(v *portal.Letter) desk.Opening {
	o := desk.Opening{
		IdempotencyKey: "page/" + v.Key,
		Letter: channel.Letter{
			Source: channel.Web, Kind: channel.Kind(v.Kind), Title: v.Title, Text: v.Text, Category: v.Category, District: v.District,
			Contact: &channel.Contact{Name: v.Name, Phone: v.Phone, IDNumber: v.IDNumber, Address: v.Address, Email: v.Email, BySMS: v.BySMS, ByMail: v.ByMail},
			Fields:  fieldsOf(v),
			Consent: v.Consent,
		},
	}
	for _, f := range v.Files {
		o.Letter.Attachments = append(o.Letter.Attachments, f.ID)
	}
	// Whom a letter is about keeps it from that unit, for the kinds that can be
	// about the police.
	if k := o.Letter.Kind; v.About != "" && (k == channel.Complaint || k == channel.Report) {
		o.Names = []string{v.About}
	}
	return o
}

// letterField is the form field that a pointer into a letter means.
func letterField(pointer string) string {
	switch {
	case pointer == "/text":
		return "body"
	case pointer == "/contact/name":
		return "name"
	case pointer == "/contact/phone":
		return "phone"
	case pointer == "/contact/id_number":
		return "id_number"
	case pointer == "/contact/address":
		return "address"
	case pointer == "/contact/email":
		return "email"
	case strings.HasPrefix(pointer, "/attachments"):
		return "files"
	}
	return strings.TrimPrefix(pointer, "/")
}

func receiptView(r desk.Receipt) portal.Receipt {
	v := portal.Receipt{Number: r.Number, QueryCode: r.QueryCode, Unit: r.Unit, Due: r.DueAt, Provisional: r.Provisional}
	if r.Emergency != nil {
		v.Emergency = r.Emergency.Text
	}
	for _, l := range r.Explain {
		v.Days = append(v.Days, portal.Day(l))
	}
	return v
}
