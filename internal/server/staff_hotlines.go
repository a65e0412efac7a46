package server

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

func (p staffPages) hotlines(c *gin.Context) {
	p.showHotlines(c, http.StatusOK, portal.HotlineDirectory{})
}

// showHotlines shows the directory of a day with what was typed into its forms.
func (p staffPages) showHotlines(c *gin.Context, status int, v portal.HotlineDirectory) {
	ctx := c.Request.Context()
	a := actorOf(ctx)
	day, err := beginningOf(c.Query("on"), "hotline.day")
	if err != nil {
		p.fail(c, err)
		return
	}
	d, err := p.desk.HotlineDirectory(ctx, a, day)
	if err != nil {
		p.fail(c, err)
		return
	}
	units, err := p.desk.Units(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	names := map[string]string{}
	for i := range units {
		names[units[i].ID] = units[i].Name
		v.Form.Units = append(v.Form.Units, portal.Choice{Value: units[i].ID, Name: units[i].Name})
	}
	v.Day, v.Propose = d.Day, a.Organises
	v.Groups = hotlineGroups(&d)
	for _, g := range channel.LineGroups() {
		v.Form.Groups = append(v.Form.Groups, portal.Choice{Value: g, Name: groupName(g)})
	}
	for _, l := range d.Lines {
		v.Form.Lines = append(v.Form.Lines, portal.Choice{Value: l.ID, Name: strings.TrimSpace(l.Number + " " + l.Name)})
	}
	for i := range d.Changes {
		change := hotlineChangeView(&d.Changes[i], names)
		if d.Changes[i].State != channel.ChangeProposed {
			v.Decided = append(v.Decided, change)
			continue
		}
		change.Mine = a.Publishes && d.Changes[i].ProposedBy != a.ID
		v.Pending = append(v.Pending, change)
	}
	p.show(c, status, v)
}

func hotlineGroups(d *desk.HotlineDirectory) []portal.HotlineGroup {
	var groups []portal.HotlineGroup
	for _, id := range channel.LineGroups() {
		g := portal.HotlineGroup{Name: groupName(id)}
		for i := range d.Lines {
			l := &d.Lines[i]
			if l.Group == id {
				row := hotlineRow(&l.Listing, map[string]string{l.Unit: l.UnitName})
				row.Duty = strings.Join(list(l.OnDuty, func(p assignment.Person) string { return p.Name }), "、")
				g.Lines = append(g.Lines, row)
			}
		}
		if len(g.Lines) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func hotlineRow(l *channel.Listing, units map[string]string) portal.HotlineRow {
	return portal.HotlineRow{ID: l.ID, Number: l.Number, Name: l.Name, Use: l.Use, Hours: l.Hours, Unit: units[l.Unit]}
}

func hotlineChangeView(c *channel.HotlineChange, units map[string]string) portal.HotlineChange {
	v := portal.HotlineChange{
		ID: c.ID, Reason: c.Reason, By: c.ProposedBy, From: c.From, At: c.ProposedAt, State: "同意", Words: c.Words, Version: c.Version,
	}
	if c.State == channel.ChangeRefused {
		v.State = "不同意"
	}
	for i := range c.Lines {
		row := hotlineRow(&c.Lines[i], units)
		row.ID = "" // a line that is new has no page yet
		if c.Lines[i].Closed {
			v.Closed = append(v.Closed, row.Name)
			continue
		}
		v.Lines = append(v.Lines, row)
	}
	return v
}

func (p staffPages) hotlineHistory(c *gin.Context) {
	ctx := c.Request.Context()
	terms, err := p.desk.HotlineHistory(actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.HotlineHistory{
		Name: terms[len(terms)-1].Name,
		Terms: list(terms, func(t channel.Term) portal.HotlineTerm {
			return portal.HotlineTerm{HotlineRow: hotlineRow(&t.Listing, names), From: t.From, Until: t.Until, Reason: t.Change.Reason}
		}),
	})
}

// proposeHotline asks for one line to be something else. What the form leaves empty
// stays as it is.
func (p staffPages) proposeHotline(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	f := portal.HotlineForm{
		ID: field(c, "id"), Number: field(c, "number"), Name: field(c, "name"), Use: field(c, "use"), Hours: field(c, "hours"), Unit: field(c, "unit"),
		Group: field(c, "group"), From: field(c, "from"), Reason: field(c, "reason"), Closed: field(c, "closed") == "1",
	}
	from, err := beginningOf(f.From, "hotline.day")
	if err == nil {
		known := p.desk.HotlinesOn(from)
		var l channel.Listing
		if i := slices.IndexFunc(known, func(l channel.Listing) bool { return l.ID == f.ID }); i >= 0 {
			l = known[i]
		}
		l.ID, l.Closed = f.ID, f.Closed
		for to, value := range map[*string]string{&l.Number: f.Number, &l.Name: f.Name, &l.Use: f.Use, &l.Hours: f.Hours, &l.Unit: f.Unit, &l.Group: f.Group} {
			if value != "" {
				*to = value
			}
		}
		_, err = p.desk.ProposeHotlines(ctx, actorOf(ctx), desk.HotlineDraft{Lines: []channel.Listing{l}, From: from, Reason: f.Reason})
	}
	p.afterHotlines(c, err, portal.HotlineDirectory{Form: f})
}

// decideHotlines approves or refuses a change.
func (p staffPages) decideHotlines(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	version, _ := strconv.ParseInt(field(c, "version"), 10, 64) // of no change, where it is no number
	_, err := p.desk.DecideHotlines(ctx, actorOf(ctx), c.Param("id"), version, field(c, "approve") == "1", field(c, "words"))
	p.afterHotlines(c, err, portal.HotlineDirectory{})
}

// afterHotlines goes back to the directory, or shows a refusal in the form again.
func (p staffPages) afterHotlines(c *gin.Context, err error, v portal.HotlineDirectory) {
	if err == nil {
		c.Redirect(http.StatusSeeOther, hotlinesPage)
		return
	}
	ctx := c.Request.Context()
	problems, ok := p.mendable(ctx, err, func(pointer string) string { return strings.TrimPrefix(pointer, "/") })
	if !ok {
		p.fail(c, err)
		return
	}
	v.Errors = problems
	p.showHotlines(c, p.formStatus(ctx, err), v)
}

// importHotlineFile tries a file, or proposes what was tried: the form brings it
// back, so that nothing is kept meanwhile.
func (p staffPages) importHotlineFile(c *gin.Context) {
	ctx := c.Request.Context()
	const most = 2 * channel.MaxLinesFile // the second time it comes as text
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	if err := c.Request.ParseMultipartForm(most); err != nil { // no more than that: nothing goes to the disk
		p.fail(c, formProblem(err))
		return
	}
	file, err := hotlineFile(c)
	v := portal.HotlineDirectory{Form: portal.HotlineForm{From: field(c, "from"), Reason: field(c, "reason")}}
	apply := field(c, "apply") == "1"
	var tried desk.HotlineImport
	if err == nil {
		draft := desk.HotlineDraft{Reason: v.Form.Reason}
		if draft.From, err = beginningOf(v.Form.From, "hotline.day"); err == nil {
			tried, err = p.desk.ImportHotlines(ctx, actorOf(ctx), file, draft, apply)
		}
	}
	if err != nil || apply {
		p.afterHotlines(c, err, v)
		return
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	change := hotlineChangeView(&tried.Change, names)
	v.Tried = &portal.HotlineTried{Kept: base64.StdEncoding.EncodeToString(file), Lines: change.Lines, Same: tried.Same}
	p.showHotlines(c, http.StatusOK, v)
}

// hotlineFile is the file that was chosen, or the one that comes back.
func hotlineFile(c *gin.Context) ([]byte, error) {
	missing := problem.New(problem.Invalid, "hotline.file", "请选择要导入的文件。")
	if kept := c.Request.PostFormValue("kept"); kept != "" {
		content, err := base64.StdEncoding.DecodeString(kept)
		if err != nil {
			return nil, missing.Because(err)
		}
		return content, nil
	}
	f, _, err := c.Request.FormFile("file")
	if err != nil {
		return nil, missing.Because(err)
	}
	content, err := io.ReadAll(f)
	return content, errors.Join(err, f.Close())
}
