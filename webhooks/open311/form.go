package open311

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a form, in characters; of all of it, in bytes.
const (
	MaxForm        = 64 << 10
	MaxDescription = 4000
	maxField       = 200
	maxURL         = 2000
	mostFields     = 50
)

// Form is a request as an app sends it.
type Form struct {
	APIKey       string
	Jurisdiction string
	Service      string
	Description  string
	Address      string
	Lat, Long    float64
	Placed       bool // Lat and Long were given
	FirstName    string
	LastName     string
	Phone        string
	MediaURL     string // never opened
}

// Fault is what is wrong with one field of a form.
type Fault struct {
	Field   string
	Message string // Chinese
}

// decimal is a number of degrees as people and devices write it. Go's parser also
// takes NaN, infinity and hexadecimal.
var decimal = regexp.MustCompile(`^[+-]?\d{1,3}(\.\d{1,20})?$`)

// ParseForm reads a form of type application/x-www-form-urlencoded. Fields the
// format knows and we have no use for are passed over; attributes, which none of
// our services has, are faults: what they say would be lost.
func ParseForm(body []byte) (Form, []Fault) {
	if len(body) > MaxForm {
		return Form{}, []Fault{{"", "表单太大。"}}
	}
	values, err := url.ParseQuery(string(body))
	if err != nil || len(values) > mostFields {
		return Form{}, []Fault{{"", "请求正文不是 application/x-www-form-urlencoded，或者字段太多。"}}
	}
	p := parser{values: values}
	f := Form{
		APIKey: p.text("api_key", maxField), Jurisdiction: p.text("jurisdiction_id", maxField), Service: p.text("service_code", maxField),
		Description: p.text("description", MaxDescription), Address: p.text("address_string", maxField),
		FirstName: p.text("first_name", maxField), LastName: p.text("last_name", maxField), Phone: p.text("phone", maxField),
		MediaURL: p.link("media_url"),
	}
	f.Lat, f.Long, f.Placed = p.place()
	p.required("service_code", f.Service)
	p.required("description", f.Description)
	for name := range values {
		if strings.HasPrefix(name, "attribute[") {
			p.fault("attribute", "这项服务没有附加字段（attribute）。")
			break
		}
	}
	return f, p.faults
}

type parser struct {
	values url.Values
	faults []Fault
}

func (p *parser) fault(field, message string) { p.faults = append(p.faults, Fault{field, message}) }

func (p *parser) required(name, value string) {
	if value == "" && !slices.ContainsFunc(p.faults, func(f Fault) bool { return f.Field == name }) {
		p.fault(name, name+" 不能为空。")
	}
}

// text is a field of at most so many characters, without blanks around it.
func (p *parser) text(name string, most int) string {
	given := p.values[name]
	if len(given) == 0 {
		return ""
	}
	s := strings.TrimSpace(strings.ReplaceAll(given[0], "\r\n", "\n"))
	switch {
	case len(given) > 1:
		p.fault(name, name+" 只能有一个。")
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		p.fault(name, name+" 含有无法识别的字符。")
	case utf8.RuneCountInString(s) > most:
		p.fault(name, name+" 最多"+strconv.Itoa(most)+"个字。")
	default:
		return s
	}
	return ""
}

// link is an address on the web.
func (p *parser) link(name string) string {
	s := p.text(name, maxURL)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsFunc(s, unicode.IsSpace) {
		p.fault(name, name+" 应为 https 地址。")
		return ""
	}
	return s
}

// place is where the matter is: both degrees, or neither.
func (p *parser) place() (lat, long float64, given bool) {
	a, b := p.text("lat", maxField), p.text("long", maxField)
	if a == "" && b == "" {
		return 0, 0, false
	}
	lat, okLat := degrees(a, 90)
	long, okLong := degrees(b, 180)
	if !okLat {
		p.fault("lat", "lat 应为 -90 到 90 之间的数，并和 long 一起给出。")
	}
	if !okLong {
		p.fault("long", "long 应为 -180 到 180 之间的数，并和 lat 一起给出。")
	}
	if !okLat || !okLong {
		return 0, 0, false
	}
	return lat, long, true
}

func degrees(s string, most float64) (float64, bool) {
	if !decimal.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && v >= -most && v <= most
}
