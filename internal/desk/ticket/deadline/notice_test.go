package deadline_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// The notices of 2025 and 2026 as the office writes them: its formulas of
// dates, with only as much around them as the reader looks at.
const (
	notice2025 = `国务院办公厅关于2025年
部分节假日安排的通知
国办发明电〔2024〕12号

现将各节日的安排说明如下。
　　一、元旦：1月1日（周三）放假1天，不调休。
　　二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
　　三、清明节：4月4日（周五）至6日（周日）放假，共3天。
　　四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
　　五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
　　六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
　　请各单位排好值班。

国务院办公厅
2024年11月12日`
	notice2026 = `国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日`
)

// made2027 is a notice nobody has published, in the same form.
const made2027 = `国务院办公厅关于2027年部分节假日安排的通知 国办发明电〔2026〕99号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至13日（周六）放假调休，共9天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅 2026年11月3日`

func TestNoticesAreReadAsShipped(t *testing.T) {
	t.Parallel()
	for year, text := range map[int]string{2025: notice2025, 2026: notice2026} {
		for form, text := range map[string]string{
			"as printed": text, "half width": strings.NewReplacer("（", "(", "）", ")", "：", ":", "，", ",").Replace(text),
			"full width digits": strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + '０'
				}
				return r
			}, text),
			"one line": strings.Join(strings.Fields(text), ""), "星期": strings.ReplaceAll(text, "（周", "（星期"),
		} {
			got, err := deadline.ParseNotice(text)
			if err != nil {
				t.Errorf("%d %s: %v", year, form, err)
				continue
			}
			i := slices.IndexFunc(calendar(t).Notices(), func(n deadline.Notice) bool { return n.Year == year })
			want := calendar(t).Notices()[i]
			want.Version = 0
			if !same(got, want) {
				t.Errorf("%d %s: read %+v, want %+v", year, form, got, want)
			}
		}
	}
}

func same(a, b deadline.Notice) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func TestHolidaysJoinedWithTheWeekendAndAcrossTheYear(t *testing.T) {
	t.Parallel()
	n, err := deadline.ParseNotice(strings.NewReplacer(
		"1月1日（周五）至3日（周日）放假，共3天", "1月1日放假，与周末连休",
		"10月1日（周五）至7日（周四）放假调休，共7天", "自10月1日到7日放假调休7天",
	).Replace(made2027))
	if err != nil {
		t.Fatal(err)
	}
	if n.Off[0] != (deadline.Span{Name: "元旦", From: "2027-01-01", To: "2027-01-03"}) || n.Off[6].To != "2027-10-07" {
		t.Errorf("read %+v", n.Off)
	}
	n, err = deadline.ParseNotice(strings.Replace(made2027, "1月1日（周五）至3日（周日）放假，共3天。", "2026年12月31日（周四）至2027年1月2日（周六）放假调休，共3天。2026年12月27日（周日）上班。", 1))
	if err != nil {
		t.Fatal(err)
	}
	if n.Off[0].From != "2026-12-31" || n.Work[0] != "2026-12-27" {
		t.Errorf("read %+v, %v", n.Off, n.Work)
	}
}

// TestNothingOfANoticeIsLostOrGuessed changes one thing of a sound text at a
// time; each must be noticed.
func TestNothingOfANoticeIsLostOrGuessed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"no title":                    {"部分节假日", "节日"},
		"two years":                   {"国办发明电", "关于2028年部分节假日安排的通知 国办发明电"},
		"no document":                 {"国办发明电〔2026〕99号", ""},
		"no signature":                {"国务院办公厅 2026年11月3日", ""},
		"signed on no day":            {"2026年11月3日", "2026年11月31日"},
		"signed years before":         {"2026年11月3日", "2016年11月3日"},
		"a weekday that is not":       {"1月1日（周五）", "1月1日（周四）"},
		"a worked weekday":            {"1月31日（周日）", "1月29日（周五）"},
		"another number of days":      {"共9天", "共8天"},
		"another number, spelt":       {"共9天", "共九天"},
		"days after 放假":               {"6月9日（周三）放假1天", "6月9日（周三）放假2天"},
		"a day that does not exist":   {"4月25日（周日）", "4月31日"},
		"a lost line":                 {"三、清明节：4月3日（周六）至5日（周一）放假，共3天。\n", ""},
		"a lost last line":            {"七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。", ""},
		"a lost holiday":              {"4月3日（周六）至5日（周一）放假，共3天", ""},
		"a holiday elsewhere":         {"9月15日（周三）", "3月17日（周三）"},
		"backwards":                   {"2月5日（周五）至13日（周六）", "2月13日（周六）至5日（周五）"},
		"two spans":                   {"9月15日（周三）放假1天", "9月15日（周三）放假1天，9月16日放假1天"},
		"a date nobody explains":      {"不调休。\n六", "不调休，6月12日（周六）补班。\n六"},
		"work that is off":            {"2月14日（周日）上班", "2月7日（周日）上班"},
		"work twice":                  {"2月14日（周日）上班", "1月31日（周日）上班"},
		"work far from holidays":      {"9月26日（周日）", "7月25日（周日）"},
		"no month":                    {"1月31日（周日）、", "31日（周日）、"},
		"separated by something else": {"1月31日（周日）、2月14日", "1月31日（周日）或2月14日"},
		"overlapping":                 {"10月1日（周五）至7日（周四）放假调休，共7天", "9月15日（周三）至10月1日（周五）放假调休"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(made2027, c[0], c[1], 1)
			if text == made2027 {
				t.Fatal("nothing was changed")
			}
			n, err := deadline.ParseNotice(text)
			if !problem.HasCode(err, "deadline.notice") || problem.KindOf(err) != problem.Invalid {
				t.Errorf("read %+v, %v", n, err)
			}
		})
	}
	if _, err := deadline.ParseNotice(strings.Repeat("长", 20_001)); !problem.HasCode(err, "deadline.notice") {
		t.Errorf("a text without end: %v", err)
	}
}

func TestANoticeAsJSON(t *testing.T) {
	t.Parallel()
	parsed, err := deadline.ParseNotice(made2027)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(parsed)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{string(raw), "\n " + string(raw) + "\n", made2027} {
		if got, err := deadline.ReadNotice([]byte(data)); err != nil || !same(got, parsed) {
			t.Errorf("read %+v, %v", got, err)
		}
	}
	for name, c := range map[string][2]string{
		"unknown key": {`"year"`, `"jahr":1,"year"`}, "no JSON": {`"year":2027`, `"year":`}, "something behind": {"]}", "]}{}"},
		"no date": {`"2026-11-03"`, `""`}, "no document": {"国办发明电〔2026〕99号", " "}, "another year": {`"year":2027`, `"year":2028`},
		"no such year": {`"year":2027`, `"year":27`}, "holiday of weeks": {`"to":"2027-10-07"`, `"to":"2027-10-17"`},
		"name of two lines": {`"元旦"`, `"元旦\n"`}, "not plausible": {`"version":0`, `"version":-1`}, "no status": {"official", ""},
	} {
		data := strings.Replace(string(raw), c[0], c[1], 1)
		if _, err := deadline.ReadNotice([]byte(data)); !problem.HasCode(err, "deadline.notice") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPublishedYearIsFinal(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	n, err := deadline.ParseNotice(made2027)
	if err != nil {
		t.Fatal(err)
	}
	with, numbered, err := cal.With(n, "")
	if err != nil || numbered.Version != 1 || with.Version() != "2025.1+2026.1+2027.1" || cal.Version() != "2025.1+2026.1+2027.0" {
		t.Fatalf("got %+v, %v", numbered, err)
	}
	if day, err := with.Day(date(t, "2027-02-14")); err != nil || !day.MakeUp || day.Provisional {
		t.Errorf("the make-up day is %+v, %v", day, err)
	}
	old := n
	old.Status, old.Document, old.Version = deadline.Provisional, "", 9
	for name, c := range map[string]struct {
		notice  deadline.Notice
		version int
		reason  string
	}{"again": {n, 0, "更正"}, "the same version": {n, 1, "更正"}, "no reason": {n, 2, " "}, "provisional": {old, 9, "更正"}} {
		c.notice.Version = c.version
		if _, _, err := with.With(c.notice, c.reason); !problem.HasCode(err, "deadline.final") || problem.KindOf(err) != problem.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	n.Version = 2
	if again, _, err := with.With(n, "更正"); err != nil || again.Version() != "2025.1+2026.1+2027.2" {
		t.Errorf("a correction: %v", err)
	}
	if _, _, err := cal.With(deadline.Notice{Year: 2027, Status: deadline.Official}, ""); !problem.HasCode(err, "deadline.notice") {
		t.Errorf("an empty notice: %v", err)
	}
	first := n
	first.Status, first.Document, first.Version = deadline.Provisional, "", 1
	provisional, _, err := cal.With(first, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := provisional.With(first, ""); !problem.HasCode(err, "deadline.version") {
		t.Errorf("the same provisional version: %v", err)
	}
}

func TestImportedNoticesOverrideShippedOnes(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	n, err := deadline.ParseNotice(made2027)
	if err != nil {
		t.Fatal(err)
	}
	versions := func(change ...func(*deadline.Notice)) string {
		var imported []deadline.Notice
		for _, c := range change {
			o := n
			c(&o)
			imported = append(imported, o)
		}
		got, err := cal.Override(imported...)
		if err != nil {
			t.Fatal(err)
		}
		return got.Version()
	}
	official := func(v int) func(*deadline.Notice) { return func(n *deadline.Notice) { n.Version = v } }
	provisional := func(n *deadline.Notice) { n.Version, n.Status, n.Document = 7, deadline.Provisional, "" }
	for want, got := range map[string]string{
		"2025.1+2026.1+2027.0": versions(), "2025.1+2026.1+2027.1": versions(official(1), provisional),
		"2025.1+2026.1+2027.3": versions(official(1), official(3), official(2)), "2025.1+2026.1+2027.7": versions(provisional),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTheFirstDayTwoCalendarsDifferOn(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	n, err := deadline.ParseNotice(made2027)
	if err != nil {
		t.Fatal(err)
	}
	with, _, err := cal.With(n, "")
	if err != nil {
		t.Fatal(err)
	}
	// Every day of the year is official now.
	if at, differ := cal.FirstDifference(with); !differ || !at.Equal(date(t, "2027-01-01")) {
		t.Errorf("differ from %v, %v", at, differ)
	}
	if _, differ := cal.FirstDifference(calendar(t)); differ {
		t.Error("a calendar differs from itself")
	}
	n.Version, n.Off[6].To = 2, "2027-10-06"
	corrected, _, err := with.With(n, "更正")
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := with.FirstDifference(corrected); !at.Equal(date(t, "2027-10-07")) {
		t.Errorf("differ from %v", at)
	}
	if n.Fingerprint(cal) == n.Fingerprint(with) {
		t.Error("the fingerprint says nothing of what is replaced")
	}
}

func TestANoticeSaysWhatItAddsUpTo(t *testing.T) {
	t.Parallel()
	for _, n := range calendar(t).Notices()[:2] {
		if working, off := n.Balance(); working != 248 || off != 13 {
			t.Errorf("%d: %d working days, %d off", n.Year, working, off)
		}
	}
	n, err := deadline.ParseNotice(made2027)
	if err != nil {
		t.Fatal(err)
	}
	lines := n.Lines()
	if lines[1] != "春节：2027-02-05（星期五）至2027-02-13（星期六）放假，共9天" || !slices.Contains(lines, "2027-02-14（星期日）上班") || len(lines) != 13 {
		t.Errorf("says %q", lines)
	}
}

// FuzzParseNotice wants a notice that can be counted by, or a refusal that says
// why.
func FuzzParseNotice(f *testing.F) {
	for _, text := range []string{"", notice2025, notice2026, made2027, strings.ReplaceAll(made2027, "月", "日")} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := deadline.ParseNotice(text)
		if err != nil {
			refused(t, err, "deadline.notice")
			return
		}
		cal, err := deadline.NewCalendar(n)
		if err != nil || n.Document == "" || len(n.Off) < 6 {
			t.Fatalf("read %+v, which is no calendar: %v", n, err)
		}
		if working, _ := n.Balance(); working < 200 || working > 300 || len(n.Lines()) != len(n.Off)+len(n.Work) {
			t.Errorf("%d working days", working)
		}
		if _, err := cal.Day(time.Date(n.Year, 6, 1, 0, 0, 0, 0, deadline.Beijing())); err != nil {
			t.Error(err)
		}
	})
}
