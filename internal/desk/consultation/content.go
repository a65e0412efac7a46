package consultation

import (
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// Limits of what is published, in characters and days.
const (
	MaxTitle = 60 // an opinion is called after it
	MaxText  = 10_000
	MaxNote  = 3000 // of everything beside the text
	MaxDays  = 366
)

// Content is what the public reads.
type Content struct {
	Title       string
	Text        string // what is asked about
	Explanation string // 起草说明
	How         string // how opinions are sent beside this site
	Contact     string // for questions
	Ground      string // 法律依据
	OpensOn     string // YYYY-MM-DD, Beijing; empty: as soon as it is approved
	Days        int    // how long opinions may be sent
	Short       string // why that is shorter than the rule wants
}

// check tidies the content and reports every part that is not acceptable. least
// is how many days the rule wants.
func (c *Content) check(least int, at time.Time) error {
	var fields []problem.Field
	text := func(pointer, name string, value *string, most int, needed bool) {
		*value = strings.TrimSpace(strings.ReplaceAll(*value, "\r\n", "\n"))
		if *value == "" && !needed {
			return
		}
		if f := channel.CheckText(pointer, name, *value, most); f != nil {
			fields = append(fields, *f)
		}
	}
	text("/title", "标题", &c.Title, MaxTitle, true)
	text("/text", "征求意见稿", &c.Text, MaxText, true)
	text("/explanation", "起草说明", &c.Explanation, MaxNote, true)
	text("/how", "提出意见的方式", &c.How, MaxNote, true)
	text("/contact", "咨询电话", &c.Contact, MaxTitle, true)
	text("/ground", "依据", &c.Ground, MaxNote, true)
	text("/short", "缩短期限的理由", &c.Short, MaxNote, false)
	if strings.ContainsRune(c.Title, '\n') {
		fields = append(fields, problem.Field{Pointer: "/title", Code: "line_break", Message: "标题不能换行。"})
	}
	fields = append(fields, c.checkPeriod(least, at)...)
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "consultation.invalid", "有几处需要修改。").With(fields...)
	}
	return nil
}

func (c *Content) checkPeriod(least int, at time.Time) []problem.Field {
	var fields []problem.Field
	if c.OpensOn != "" {
		day, err := deadline.ParseDate(c.OpensOn)
		if err != nil || day.After(at.AddDate(1, 0, 0)) {
			fields = append(fields, problem.Field{Pointer: "/opens_on", Code: "date", Message: "开始日期请写成 2026-01-31 的格式，并且在一年以内。"})
		}
	}
	switch {
	case c.Days < 1 || c.Days > MaxDays:
		fields = append(fields, problem.Field{Pointer: "/days", Code: "range", Message: "期限请填写1到" + strconv.Itoa(MaxDays) + "天。"})
	case c.Days < least && c.Short == "":
		fields = append(fields, problem.Field{
			Pointer: "/short", Code: "required", Message: "公开征求意见的期限一般不少于" + strconv.Itoa(least) + "天；少于" + strconv.Itoa(least) + "天的，须写明理由，并向社会公布。",
		})
	}
	return fields
}

// opens is when the content opens if it is approved at a time: on its day, or at
// once where that has come.
func (c *Content) opens(at time.Time) time.Time {
	day, err := deadline.ParseDate(c.OpensOn)
	if err != nil || !day.After(at) {
		return at
	}
	return day.UTC()
}
