package portal

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

//go:generate go tool qtc -skipLineComments

// Pages draws pages. It is safe for use by many goroutines.
type Pages struct {
	assets *Assets
}

// New reads what is embedded.
func New() (*Pages, error) {
	assets, err := newAssets()
	if err != nil {
		return nil, err
	}
	return &Pages{assets: assets}, nil
}

// Assets serves the pages' static files.
func (p *Pages) Assets() *Assets { return p.assets }

// Render writes the page of v. It writes nothing unless all of the page could
// be drawn.
func (p *Pages) Render(w io.Writer, f Frame, v View) error {
	var out bytes.Buffer
	writeframed(&out, p.assets, f, v)
	_, err := out.WriteTo(w)
	return err
}

// Part writes what is particular to the page of v, without the frame: for a
// script that puts it into a page that is already there.
func (p *Pages) Part(w io.Writer, v View) error {
	var out bytes.Buffer
	writepart(&out, p.assets, v)
	_, err := out.WriteTo(w)
	return err
}

// share is part of whole in percent; nothing of nothing is a dash.
func share(part, whole int64) string {
	if whole == 0 {
		return "—"
	}
	return strconv.FormatInt((100*part+whole/2)/whole, 10) + "%"
}

// menu is the main menu.
func menu() []Link {
	return []Link{
		{"/", "首页"},
		{"/ask", "问一问"},
		{"/letters/new", "写信"},
		{"/letters", "查进度"},
		{"/hotlines", "举报电话"},
		{"/library", "政策问答"},
	}
}

// beijing has no daylight saving since 1991, so a fixed offset is right for
// every date a letter can have, and needs no time zone files.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }

func day(t time.Time) string {
	t = t.In(beijing())
	return fmt.Sprintf("%d年%d月%d日（%s）", t.Year(), t.Month(), t.Day(), weekday(t))
}

// shortDay is a date of a list whose year is plain; what is no date stays.
func shortDay(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return fmt.Sprintf("%d月%d日 周%s", t.Month(), t.Day(), string([]rune("日一二三四五六")[t.Weekday()]))
}

func moment(t time.Time) string {
	t = t.In(beijing())
	return fmt.Sprintf("%d年%d月%d日 %s", t.Year(), t.Month(), t.Day(), t.Format("15:04"))
}

func weekday(t time.Time) string {
	return "星期" + string([]rune("日一二三四五六")[t.Weekday()])
}

// date is a day as a date field takes it, iso a time as machines read it.
func date(t time.Time) string { return t.In(beijing()).Format(time.DateOnly) }

func iso(t time.Time) string { return t.In(beijing()).Format(time.RFC3339) }

// paragraphs splits a text where its author did; blank lines fall away.
func paragraphs(s string) []string {
	var out []string
	for p := range strings.SplitSeq(s, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// tel is the address that calls a number: digits only, whatever was written.
func tel(number string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
}
