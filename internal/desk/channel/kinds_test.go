package channel

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/problem"
)

func request() Letter {
	return Letter{
		Source: Web, Kind: Disclosure, Title: "申请公开年度统计", Text: "需要去年的统计数据。",
		Contact: &Contact{Name: "李雷", Phone: "13800138000", IDNumber: "11010519491231002x", Address: "幸福路1号"},
		Fields:  map[string]string{"description": "去年全市交通事故统计", "form": "electronic"},
	}
}

func TestShippedKindsAreWhole(t *testing.T) {
	t.Parallel()
	if _, err := parseKinds(kindsFile); err != nil {
		t.Fatal(err)
	}
	want := []Kind{Consult, Help, Complaint, Report, Suggestion, Praise, SiteError, Petition, Disclosure, Signal, Opinion}
	if got := Kinds(); !slices.Equal(got, want) {
		t.Errorf("kinds are %v, want %v", got, want)
	}
	for _, k := range Kinds() {
		if p := k.Profile(); p.Restarts != (k == Disclosure) || p.Lapses != (k == Disclosure) {
			t.Errorf("%s: what was not completed in time is given up, or starts anew", k)
		}
		if k.Bars("consult_third") == (k == Disclosure) {
			t.Errorf("%s: third parties are asked about disclosure alone", k)
		}
	}
	if Petition.Identity() != Required || Disclosure.Identity() != Required {
		t.Error("the new kinds differ from the law's")
	}
	if !Disclosure.Refuses("withheld") || Disclosure.Refuses("provided") || Consult.Refuses("withheld") {
		t.Error("refusals are wrong")
	}
	if p := Kind("joke").Profile(); p.Name != "" || Kind("joke").Bars("merge") {
		t.Errorf("an unknown kind has the profile %+v", p)
	}
}

func TestBadKindsAreRefused(t *testing.T) {
	t.Parallel()
	good := "kinds:\n  - {kind: a, name: 甲, hint: 乙, identity: optional}\n"
	if _, err := parseKinds([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"unknown key":      strings.Replace(good, "hint", "hunt", 1),
		"no name":          strings.Replace(good, "甲", `""`, 1),
		"identity":         strings.Replace(good, "optional", "maybe", 1),
		"doubled":          good + "  - {kind: a, name: 甲, hint: 乙, identity: optional}\n",
		"id and optional":  strings.Replace(good, "}", ", id_number: true}", 1),
		"no remedy":        strings.Replace(good, "}", ", refusals: [withheld]}", 1),
		"field of no type": strings.Replace(good, "}", ", fields: [{name: x, label: 丙}]}", 1),
		"empty choice":     strings.Replace(good, "}", ", fields: [{name: x, label: 丙, type: choice}]}", 1),
	} {
		if _, err := parseKinds([]byte(file)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestRequestThatIsComplete(t *testing.T) {
	t.Parallel()
	l := request()
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	if l.Contact.IDNumber != "11010519491231002X" || l.Contact.Address == "" || l.Fields["form"] != "electronic" {
		t.Errorf("kept %+v, %v", l.Contact, l.Fields)
	}
	other := request()
	other.Kind, other.Fields = Help, nil
	if err := other.Check(); err != nil || other.Contact.IDNumber != "" || other.Contact.Address != "" {
		t.Errorf("an ordinary letter keeps %+v, %v", other.Contact, err)
	}
}

func TestRequestPointsAtWhatIsMissing(t *testing.T) {
	t.Parallel()
	for pointer, change := range map[string]func(*Letter){
		"/contact/name":       func(l *Letter) { l.Contact.Name = "" },
		"/contact/phone":      func(l *Letter) { l.Contact = nil },
		"/contact/id_number":  func(l *Letter) { l.Contact.IDNumber = "110105194912310021" },
		"/contact/address":    func(l *Letter) { l.Contact.Address = strings.Repeat("长", MaxAddress+1) },
		"/fields/description": func(l *Letter) { delete(l.Fields, "description") },
		"/fields/form":        func(l *Letter) { l.Fields["form"] = "carrier pigeon" },
		"/fields/delivery":    func(l *Letter) { l.Fields["delivery"] = "\x00" },
		"/fields":             func(l *Letter) { l.Fields["page"] = "首页" },
	} {
		l := request()
		change(&l)
		p, ok := errors.AsType[*problem.Error](l.Check())
		if !ok || !slices.ContainsFunc(p.Fields, func(f problem.Field) bool { return f.Pointer == pointer }) {
			t.Errorf("%s: Check says %+v", pointer, p)
		}
	}
}

func TestChoicesReadAsTheyAreShown(t *testing.T) {
	t.Parallel()
	for _, f := range Disclosure.Profile().Fields {
		for _, o := range f.Options {
			if f.Shown(o.Value) != o.Name {
				t.Errorf("%s: %s is shown as %s", f.Name, o.Value, f.Shown(o.Value))
			}
		}
		if f.Shown("自己写的") != "自己写的" {
			t.Error("a text is shown as it is")
		}
	}
}
