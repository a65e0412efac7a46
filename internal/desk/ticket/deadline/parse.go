package deadline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jiesu/internal/problem"
)

// ParseNotice reads the text of the State Council's yearly notice, as it is
// printed: title, document number, one numbered item a holiday, signature. Where
// the text says it, the weekdays must agree with the dates and the number of
// days with the span; a date that is not understood is an error, never left
// out. The notice has no version yet.
func ParseNotice(text string) (Notice, error) {
	if utf8.RuneCountInString(text) > maxNotice {
		return Notice{}, unread("通知太长，请只放通知本身的文字。")
	}
	r := newNoticeReader(text)
	if err := r.head(); err != nil {
		return Notice{}, err
	}
	if err := r.items(); err != nil {
		return Notice{}, err
	}
	slices.Sort(r.notice.Work)
	return r.notice, r.notice.Check()
}

func unread(why string) error { return problem.New(problem.Invalid, "deadline.notice", why) }

// noticeReader takes a notice's text apart.
type noticeReader struct {
	text   string // without blanks
	notice Notice
	item   int // the one being read, from 1
	last   day // the date read last

	title, document, signature, start, date, weekday, days *regexp.Regexp
}

func newNoticeReader(text string) *noticeReader {
	return &noticeReader{
		text:      plain(text),
		title:     regexp.MustCompile(`关于(\d{4})年部分节假日安排的通知`),
		document:  regexp.MustCompile(`国办发\p{Han}*〔\d{4}〕\d{1,3}号`),
		signature: regexp.MustCompile(`国务院办公厅(\d{4})年(\d{1,2})月(\d{1,2})日`),
		start:     regexp.MustCompile(`([一二三四五六七八九十]{1,3})、([\p{Han}、]+):`),
		date:      regexp.MustCompile(`(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?`),
		weekday:   regexp.MustCompile(`(?:周|星期)([一二三四五六日天])`),
		days:      regexp.MustCompile(`(?:^共|放假|放假调休)(\d{1,2})天`),
	}
}

// plain drops blanks and unifies the forms signs are typed in.
func plain(text string) string {
	signs := strings.NewReplacer(
		"（", "(", "）", ")", "：", ":", "；", "。", ";", "。", "，", ",", "[", "〔", "]", "〕", "【", "〔", "】", "〕", "—", "至", "－", "至", "～", "至", "-", "至", "~", "至",
	)
	return signs.Replace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, text))
}

// head reads year, document number and date.
func (r *noticeReader) head() error {
	titles := r.title.FindAllStringSubmatch(r.text, -1)
	if len(titles) == 0 {
		return unread("没有找到标题“关于某某年部分节假日安排的通知”。")
	}
	for _, t := range titles {
		if t[1] != titles[0][1] {
			return unread("一次只能导入一份通知，这里有不同年份的标题。")
		}
	}
	r.notice.Year, _ = strconv.Atoi(titles[0][1]) // four digits
	r.notice.Status = Official
	if r.notice.Document = r.document.FindString(r.text); r.notice.Document == "" {
		return unread("没有找到文号，例如“国办发明电〔2025〕7号”。")
	}
	ends := r.signature.FindAllStringSubmatchIndex(r.text, -1)
	if len(ends) == 0 {
		return unread("没有找到落款“国务院办公厅”和成文日期。")
	}
	end := ends[len(ends)-1]
	part := func(i int) string { return r.text[end[2*i]:end[2*i+1]] }
	d, ok := civilDay(part(1), part(2), part(3))
	if !ok {
		return unread("成文日期不正确。")
	}
	r.notice.Published = d.String()
	r.text = r.text[:end[0]]
	return nil
}

// items reads the numbered holidays.
func (r *noticeReader) items() error {
	starts := r.start.FindAllStringSubmatchIndex(r.text, -1)
	if len(starts) == 0 {
		return unread("没有找到“一、元旦：……”这样的各节日安排。")
	}
	for i, s := range starts {
		r.item = i + 1
		if numeral(r.text[s[2]:s[3]]) != r.item {
			return unread("各节日的序号不连续，第" + strconv.Itoa(r.item) + "项可能没有抄全。")
		}
		end := len(r.text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		if err := r.holiday(r.text[s[4]:s[5]], r.text[s[1]:end]); err != nil {
			return err
		}
	}
	return nil
}

// numeral reads 一 to 十九; 0: none of them.
func numeral(s string) int {
	ones := strings.TrimPrefix(s, "十")
	n := 0
	if ones != s {
		n = 10
	}
	if ones == "" {
		return n
	}
	at := strings.Index("一二三四五六七八九", ones)
	if at < 0 || utf8.RuneCountInString(ones) != 1 {
		return 0
	}
	return n + at/len("一") + 1
}

func (r *noticeReader) bad(why string) error {
	return unread("第" + strconv.Itoa(r.item) + "项" + why)
}

// holiday reads one item, clause by clause.
func (r *noticeReader) holiday(name, body string) error {
	had := len(r.notice.Off)
	for _, clause := range clauses(body) {
		var err error
		dates := r.date.FindAllStringSubmatchIndex(clause, -1)
		switch {
		case strings.Contains(clause, "上班") && len(dates) > 0:
			err = r.works(clause, dates)
		case strings.Contains(clause, "放假") && len(dates) > 0:
			err = r.rests(name, clause, dates)
		case len(dates) > 0:
			err = r.bad("有看不懂的日期，请核对原文。")
		case strings.HasPrefix(clause, "共") && strings.HasSuffix(clause, "天"):
			err = r.counted(clause)
		case strings.Contains(clause, "与周末连休"):
			r.widen()
		}
		if err != nil {
			return err
		}
	}
	if len(r.notice.Off) != had+1 {
		return r.bad("应当有而且只有一段放假日期。")
	}
	return nil
}

// clauses splits at commas and full stops outside of brackets.
func clauses(s string) []string {
	depth := 0
	return strings.FieldsFunc(s, func(c rune) bool {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',', '。':
			return depth <= 0
		}
		return false
	})
}

// rests reads “1月1日(周四)至3日(周六)放假调休”.
func (r *noticeReader) rests(name, clause string, dates [][]int) error {
	first, err := r.day(clause, dates[0], true)
	if err != nil {
		return err
	}
	last, end := first, dates[0][1]
	lead := strings.Trim(clause[:dates[0][0]], "自从")
	if len(dates) == 2 {
		if between := clause[end:dates[1][0]]; between != "至" && between != "到" {
			return r.bad("放假的起止日期看不懂，请核对原文。")
		}
		if last, err = r.day(clause, dates[1], false); err != nil {
			return err
		}
		end = dates[1][1]
	}
	if len(dates) > 2 || lead != "" || !strings.HasPrefix(clause[end:], "放假") || last < first {
		return r.bad("放假的起止日期看不懂，请核对原文。")
	}
	r.notice.Off = append(r.notice.Off, Span{Name: name, From: first.String(), To: last.String()})
	if r.days.MatchString(clause[end:]) {
		return r.counted(clause[end:])
	}
	return nil
}

// works reads “2月14日(周六)、2月28日(周六)上班”.
func (r *noticeReader) works(clause string, dates [][]int) error {
	at := 0
	for i, m := range dates {
		if between := clause[at:m[0]]; i > 0 && between != "、" && between != "和" && between != "及" || i == 0 && between != "" {
			return r.bad("上班的日期看不懂，请核对原文。")
		}
		d, err := r.day(clause, m, i == 0)
		if err != nil {
			return err
		}
		r.notice.Work = append(r.notice.Work, d.String())
		at = m[1]
	}
	if !strings.HasPrefix(clause[at:], "上班") && !strings.HasPrefix(clause[at:], "正常上班") {
		return r.bad("上班的日期看不懂，请核对原文。")
	}
	return nil
}

// day reads one date. One without a month is of the month of the date before it
// in the same clause; one without a year is of the notice's. Its weekday must be
// right.
func (r *noticeReader) day(clause string, m []int, first bool) (day, error) {
	part := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return clause[m[2*i]:m[2*i+1]]
	}
	year, month := part(1), part(2)
	if month == "" {
		if first || year != "" {
			return 0, r.bad("有日期没有写月份。")
		}
		month = strconv.Itoa(int(r.last.civil().Month()))
	}
	if year == "" {
		year = strconv.Itoa(r.notice.Year)
	}
	d, ok := civilDay(year, month, part(3))
	if !ok {
		return 0, r.bad("有一天不存在，请核对原文。")
	}
	r.last = d
	for _, said := range r.weekday.FindAllStringSubmatch(part(4), -1) {
		if want := "星期" + strings.Replace(said[1], "天", "日", 1); want != d.weekday() {
			return 0, r.bad("的日期和星期对不上：" + d.String() + "是" + d.weekday() + "，不是" + want + "。")
		}
	}
	return d, nil
}

// civilDay is a day of the calendar, if there is one.
func civilDay(year, month, dayOfMonth string) (day, bool) {
	y, errYear := strconv.Atoi(year)
	m, errMonth := strconv.Atoi(month)
	d, errDay := strconv.Atoi(dayOfMonth)
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, Beijing())
	ok := errYear == nil && errMonth == nil && errDay == nil && at.Year() == y && int(at.Month()) == m && at.Day() == d
	return dayOf(at), ok
}

// counted compares the number of days that is stated with the span read last.
func (r *noticeReader) counted(clause string) error {
	said := r.days.FindStringSubmatch(clause)
	if said == nil || len(r.notice.Off) == 0 {
		return r.bad("的放假天数看不懂，请核对原文。")
	}
	s := r.notice.Off[len(r.notice.Off)-1]
	from, _ := ParseDate(s.From)
	to, _ := ParseDate(s.To)
	if n := strconv.Itoa(int(dayOf(to)-dayOf(from)) + 1); n != strings.TrimPrefix(said[1], "0") {
		return r.bad("写明放假" + said[1] + "天，起止日期却是" + n + "天。")
	}
	return nil
}

// widen adds the weekend a holiday is taken together with.
func (r *noticeReader) widen() {
	if len(r.notice.Off) == 0 {
		return
	}
	s := &r.notice.Off[len(r.notice.Off)-1]
	from, _ := ParseDate(s.From)
	to, _ := ParseDate(s.To)
	first, last := dayOf(from), dayOf(to)
	for (first - 1).weekend() {
		first--
	}
	for (last + 1).weekend() {
		last++
	}
	s.From, s.To = first.String(), last.String()
}
