package open311_test

import (
	"math"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jiesu/webhooks/open311"
)

func TestForms(t *testing.T) {
	t.Parallel()
	const most = open311.MaxDescription
	for name, c := range map[string]struct {
		body string
		want []string // fields at fault
	}{
		"the least":               {"service_code=a&description=b", nil},
		"unused fields":           {"service_code=a&description=b&email=x&device_id=y&account_id=z&address_id=1", nil},
		"nothing":                 {"", []string{"service_code", "description"}},
		"broken":                  {"service_code=%zz", []string{""}},
		"blanks":                  {"service_code=a&description=+%0A", []string{"description"}},
		"twice":                   {"service_code=a&service_code=b&description=c", []string{"service_code"}},
		"the longest":             {"service_code=a&description=" + url.QueryEscape(strings.Repeat("路", most)), nil},
		"too long":                {"service_code=a&description=" + strings.Repeat("x", most+1), []string{"description"}},
		"a control character":     {"service_code=a&description=b%00", []string{"description"}},
		"no UTF-8":                {"service_code=a&description=%ff", []string{"description"}},
		"at the pole":             {"service_code=a&description=b&lat=-90&long=180.0", nil},
		"north of it":             {"service_code=a&description=b&lat=90.01&long=0", []string{"lat"}},
		"half a place":            {"service_code=a&description=b&lat=30", []string{"long"}},
		"no numbers":              {"service_code=a&description=b&lat=NaN&long=Inf", []string{"lat", "long"}},
		"hexadecimal":             {"service_code=a&description=b&lat=0x1p3&long=1e2", []string{"lat", "long"}},
		"attributes":              {"service_code=a&description=b&attribute[x]=1", []string{"attribute"}},
		"a picture":               {"service_code=a&description=b&media_url=https://img.example/a.jpg", nil},
		"a picture in the house":  {"service_code=a&description=b&media_url=http://127.0.0.1/", []string{"media_url"}},
		"a picture by JavaScript": {"service_code=a&description=b&media_url=javascript:alert(1)", []string{"media_url"}},
	} {
		_, faults := open311.ParseForm([]byte(c.body))
		var got []string
		for _, f := range faults {
			got = append(got, f.Field)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	f, _ := open311.ParseForm([]byte("service_code=light&description=%E7%81%AF%0D%0A&lat=%2B30.5&long=-1&last_name=%E5%BC%A0&api_key=k"))
	if want := (open311.Form{Service: "light", Description: "灯", Lat: 30.5, Long: -1, Placed: true, LastName: "张", APIKey: "k"}); f != want {
		t.Errorf("%+v", f)
	}
}

func TestDatetimesHaveTheirZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 2, 3, 4, 5, time.FixedZone("CST", 8*60*60))
	if got := open311.Datetime(at); got != "2026-11-01T02:03:04+08:00" {
		t.Error(got)
	}
}

// FuzzParseForm: what is taken is within its limits, whatever came.
func FuzzParseForm(f *testing.F) {
	f.Add([]byte("service_code=a&description=b&lat=1&long=2&media_url=https://a.b/c"))
	f.Add([]byte("api_key=%00&attribute[x]=1;lat=NaN"))
	f.Fuzz(func(t *testing.T, body []byte) {
		form, faults := open311.ParseForm(body)
		if len(faults) > 0 {
			return
		}
		if form.Service == "" || form.Description == "" || !utf8.ValidString(form.Description) || utf8.RuneCountInString(form.Description) > open311.MaxDescription {
			t.Fatalf("taken: %+v", form)
		}
		if math.Abs(form.Lat) > 90 || math.Abs(form.Long) > 180 || math.IsNaN(form.Lat+form.Long) {
			t.Fatalf("placed at %v %v", form.Lat, form.Long)
		}
		if form.MediaURL != "" && !strings.HasPrefix(strings.ToLower(form.MediaURL), "https://") {
			t.Fatalf("a picture at %q", form.MediaURL)
		}
	})
}
