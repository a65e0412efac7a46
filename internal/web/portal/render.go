package portal

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed templates
var templateFiles embed.FS

// Pages draws pages. It is safe for use by many goroutines.
type Pages struct {
	templates map[string]*template.Template
	assets    *Assets
}

// New parses the templates.
func New() (*Pages, error) {
	assets, err := newAssets()
	if err != nil {
		return nil, err
	}
	p := &Pages{templates: map[string]*template.Template{}, assets: assets}
	base, err := template.New("base").Funcs(p.funcs()).ParseFS(templateFiles, "templates/base.html", "templates/sheet.html", "templates/part_*.html")
	if err != nil {
		return nil, fmt.Errorf("parse base template: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "base" || name == "sheet" || strings.HasPrefix(name, "part_") {
			continue
		}
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(templateFiles, file)
		}
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", name, err)
		}
		p.templates[name] = t
	}
	return p, nil
}

// Assets serves the pages' static files.
func (p *Pages) Assets() *Assets { return p.assets }

// page is what the templates see.
type page struct {
	Frame

	Menu  []Link
	Title string
	Nav   string
	View  any
}

// Render writes the page of v. It writes nothing unless all of the page could
// be drawn.
func (p *Pages) Render(w io.Writer, f Frame, v View) error {
	t, ok := p.templates[v.name()]
	if !ok {
		return fmt.Errorf("no template %q", v.name())
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "base.html", page{Frame: f, Menu: menu(), Title: v.title(), Nav: v.nav(), View: v}); err != nil {
		return fmt.Errorf("draw %s: %w", v.name(), err)
	}
	_, err := out.WriteTo(w)
	return err
}

// Part writes what is particular to the page of v, without the frame: for a
// script that puts it into a page that is already there.
func (p *Pages) Part(w io.Writer, v View) error {
	var out bytes.Buffer
	if err := p.templates[v.name()].ExecuteTemplate(&out, "main", v); err != nil {
		return fmt.Errorf("draw part %s: %w", v.name(), err)
	}
	_, err := out.WriteTo(w)
	return err
}

func (p *Pages) funcs() template.FuncMap {
	return template.FuncMap{
		"own":        func(a Acts, act string) ownCode { return ownCode{Act: act, Field: act + "-code", Errors: a.Errors} },
		"asset":      p.assets.Path,
		"day":        day,
		"moment":     moment,
		"shortDay":   shortDay,
		"date":       func(t time.Time) string { return t.In(beijing()).Format(time.DateOnly) },
		"iso":        func(t time.Time) string { return t.In(beijing()).Format(time.RFC3339) },
		"paragraphs": paragraphs,
		"tel":        func(s string) template.URL { return template.URL("tel:" + digits(s)) }, //nolint:gosec // digits only
		"share":      share,
		"problem":    func(p Problems, field string) problemOf { return problemOf{Field: field, Message: p.For(field)} },
	}
}

type problemOf struct {
	Field   string
	Message string
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

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, s)
}

// ownCode is the field for the query code in one of the forms about a letter.
type ownCode struct {
	Act, Field string
	Errors     Problems
}
