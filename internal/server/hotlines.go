package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
)

const hotlinesImportPath = "/api/v1/staff/hotlines/import"

// OnInput asks for a day.
type OnInput struct {
	On string `query:"on" format:"date" example:"2026-11-01" doc:"a day in Beijing; none: today"`
}

type hotlinesBody struct {
	Hotlines []hotline `json:"hotlines"`
}

type hotline struct {
	Number    string `json:"number" example:"110" doc:"empty: not published by the bureau yet"`
	Name      string `json:"name" example:"公安报警"`
	Use       string `json:"use"`
	Hours     string `json:"hours" doc:"when somebody answers; empty: not said"`
	Scope     string `json:"scope" enum:"national,local"`
	Group     string `json:"group" example:"emergency"`
	Category  string `json:"category" doc:"one of the eight report categories, or empty"`
	Certainty string `json:"certainty"`
	Note      string `json:"note"`
}

func newHotline(l channel.Listing) hotline {
	return hotline{
		Number: l.Number, Name: l.Name, Use: l.Use, Hours: l.Hours, Scope: l.Scope, Group: l.Group, Category: l.Category, Certainty: l.Certainty, Note: l.Note,
	}
}

// StaffLine is a line of the directory as staff see and send it.
type StaffLine struct {
	ID        string `json:"id,omitempty" maxLength:"64" doc:"stays while number and name change; none: a new line"`
	Number    string `json:"number" maxLength:"32" doc:"empty: not published yet, of a report category alone"`
	Name      string `json:"name"`
	Use       string `json:"use"`
	Hours     string `json:"hours,omitempty"`
	Scope     string `json:"scope,omitempty" enum:"national,local,"`
	Group     string `json:"group" enum:"emergency,police,report,government,market,supervision,service"`
	Category  string `json:"category,omitempty" doc:"one of the eight report categories"`
	Certainty string `json:"certainty,omitempty" enum:"A,B,C,"`
	Note      string `json:"note,omitempty"`
	Unit      string `json:"unit,omitempty" maxLength:"64" doc:"id of the unit that answers"`
	Closed    bool   `json:"closed,omitempty" doc:"taken out of the directory"`
}

func newStaffLine(l channel.Listing) StaffLine {
	return StaffLine{
		ID: l.ID, Number: l.Number, Name: l.Name, Use: l.Use, Hours: l.Hours, Scope: l.Scope, Group: l.Group, Category: l.Category, Certainty: l.Certainty,
		Note: l.Note, Unit: l.Unit, Closed: l.Closed,
	}
}

func (b StaffLine) listing() channel.Listing {
	return channel.Listing{ID: b.ID, Hours: b.Hours, Unit: b.Unit, Closed: b.Closed, Hotline: channel.Hotline{
		Number: b.Number, Name: b.Name, Use: b.Use, Scope: b.Scope, Group: b.Group, Category: b.Category, Certainty: b.Certainty, Note: b.Note,
	}}
}

type directoryBody struct {
	Day     string              `json:"day" example:"2026-11-01"`
	Lines   []answeredLine      `json:"lines" nullable:"false"`
	Changes []hotlineChangeBody `json:"changes" nullable:"false" doc:"newest first"`
}

type answeredLine struct {
	StaffLine

	UnitName string   `json:"unit_name,omitempty"`
	OnDuty   []string `json:"on_duty" nullable:"false" doc:"ids of who was on duty for the unit that day; only for whoever plans duty"`
}

type hotlineChangeBody struct {
	ID         string              `json:"id"`
	Lines      []StaffLine         `json:"lines" nullable:"false"`
	From       string              `json:"from" example:"2026-12-01"`
	Reason     string              `json:"reason"`
	State      channel.ChangeState `json:"state" enum:"proposed,approved,refused"`
	ProposedBy string              `json:"proposed_by"`
	ProposedAt time.Time           `json:"proposed_at"`
	DecidedBy  string              `json:"decided_by,omitempty"`
	DecidedAt  *time.Time          `json:"decided_at,omitempty"`
	Words      string              `json:"words,omitempty"`
	Version    int64               `json:"version"`
}

func newHotlineChange(c channel.HotlineChange) hotlineChangeBody {
	return hotlineChangeBody{
		ID: c.ID, Lines: list(c.Lines, newStaffLine), From: dateOf(c.From), Reason: c.Reason, State: c.State, ProposedBy: c.ProposedBy,
		ProposedAt: shown(c.ProposedAt), DecidedBy: c.DecidedBy, DecidedAt: shownOrNil(c.DecidedAt), Words: c.Words, Version: c.Version,
	}
}

// dateOf is a moment's day in Beijing.
func dateOf(t time.Time) string { return t.In(beijing()).Format(time.DateOnly) }

type historyBody struct {
	Terms []lineTermBody `json:"terms" nullable:"false" doc:"oldest first"`
}

type lineTermBody struct {
	StaffLine

	From   string `json:"from,omitempty" doc:"the first day; missing: since ever"`
	Until  string `json:"until,omitempty" doc:"the first day it was so no more; missing: still"`
	Reason string `json:"reason,omitempty"`

	ProposedBy string     `json:"proposed_by,omitempty" doc:"user id; missing: it was shipped so"`
	ProposedAt *time.Time `json:"proposed_at,omitempty"`
	DecidedBy  string     `json:"decided_by,omitempty" doc:"user id of who approved it"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
}

func newLineTerm(t channel.Term) lineTermBody {
	c := &t.Change
	b := lineTermBody{
		StaffLine: newStaffLine(t.Listing), Reason: c.Reason, ProposedBy: c.ProposedBy, ProposedAt: shownOrNil(c.ProposedAt),
		DecidedBy: c.DecidedBy, DecidedAt: shownOrNil(c.DecidedAt),
	}
	if !t.From.IsZero() {
		b.From = dateOf(t.From)
	}
	if !t.Until.IsZero() {
		b.Until = dateOf(t.Until)
	}
	return b
}

type lineInput struct {
	ID string `path:"id" maxLength:"64" example:"report-gang"`
}

type changeHotlinesInput struct {
	Body struct {
		Lines  []StaffLine `json:"lines" nullable:"false" maxItems:"500"`
		From   string      `json:"from,omitempty" format:"date" doc:"the first day, not before today; none: today"`
		Reason string      `json:"reason" doc:"1 to 200 characters"`
	}
}

type decideHotlinesInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64  `json:"version"`
		Approve bool   `json:"approve"`
		Words   string `json:"words,omitempty" doc:"why it is refused"`
	}
}

type importHotlinesInput struct {
	From    string `query:"from" format:"date" doc:"the first day; none: today"`
	Reason  string `query:"reason" maxLength:"2000"`
	Apply   bool   `query:"apply" doc:"propose what differs; otherwise nothing is changed"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type hotlineImportBody struct {
	Applied bool        `json:"applied"`
	Same    int         `json:"same" doc:"lines that say what the directory says"`
	Lines   []StaffLine `json:"lines" nullable:"false" doc:"lines that differ"`
	Change  string      `json:"change,omitempty" doc:"id of what was proposed"`
}

type exportHotlinesInput struct {
	OnInput

	Format string `query:"format" enum:"yaml,csv" default:"yaml"`
}

// hotlineRoutes are the directory of hotlines, and how two people change it.
func (s *Server) hotlineRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/hotlines" + path, tag: "hotlines", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, operation{
		id: "hotlines", method: http.MethodGet, path: "/api/v1/hotlines", tag: "ask", status: http.StatusOK,
		summary: "All report and service lines on one screen, as they were on a day",
	}, s.listHotlines)
	register(s, op("hotline-directory", http.MethodGet, "", "Who answered under which number on a day, and what was changed", http.StatusOK), s.directoryOn)
	register(s, op("hotline-history", http.MethodGet, "/{id}/history", "What one line was, one term after the other", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *lineInput) (*body[historyBody], error) {
			terms, err := s.desk.HotlineHistory(actorOf(ctx), in.ID)
			return respond(historyBody{Terms: list(terms, newLineTerm)}, err)
		})
	register(s, op("change-hotlines", http.MethodPost, "/changes", "Propose that lines are something else from a day on", http.StatusCreated, http.StatusConflict), s.proposeHotlines)
	register(s, op("decide-hotlines", http.MethodPost, "/changes/{id}/decision", "Approve or refuse a change somebody else proposed", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *decideHotlinesInput) (*body[hotlineChangeBody], error) {
			c, err := s.desk.DecideHotlines(ctx, actorOf(ctx), in.ID, in.Body.Version, in.Body.Approve, in.Body.Words)
			return respond(newHotlineChange(c), err)
		})
	importing := op("import-hotlines", http.MethodPost, "/import", "Try a YAML or CSV file of lines, or propose what differs in it", http.StatusOK, http.StatusConflict)
	importing.largest = channel.MaxLinesFile
	register(s, importing, s.importHotlines)
	register(s, op("export-hotlines", http.MethodGet, "/export", "The directory of a day as a file; imported again it changes nothing", http.StatusOK), s.exportHotlines)
}

func (s *Server) listHotlines(_ context.Context, in *OnInput) (*body[encoded[hotlinesBody]], error) {
	day, err := beginningOf(in.On, "hotline.day")
	if err != nil {
		return nil, err
	}
	return respond(s.lines.of(s.desk.HotlinesOn(day), func(lines []channel.Listing) hotlinesBody {
		return hotlinesBody{Hotlines: list(lines, newHotline)}
	}))
}

func (s *Server) directoryOn(ctx context.Context, in *OnInput) (*body[directoryBody], error) {
	day, err := beginningOf(in.On, "hotline.day")
	if err != nil {
		return nil, err
	}
	d, err := s.desk.HotlineDirectory(ctx, actorOf(ctx), day)
	return respond(directoryBody{
		Day: dateOf(d.Day), Changes: list(d.Changes, newHotlineChange),
		Lines: list(d.Lines, func(l desk.HotlineView) answeredLine {
			duty := list(l.OnDuty, func(p assignment.Person) string { return p.ID })
			return answeredLine{StaffLine: newStaffLine(l.Listing), UnitName: l.UnitName, OnDuty: duty}
		}),
	}, err)
}

func (s *Server) proposeHotlines(ctx context.Context, in *changeHotlinesInput) (*body[hotlineChangeBody], error) {
	from, err := beginningOf(in.Body.From, "hotline.day")
	if err != nil {
		return nil, err
	}
	c, err := s.desk.ProposeHotlines(ctx, actorOf(ctx), desk.HotlineDraft{Lines: list(in.Body.Lines, StaffLine.listing), From: from, Reason: in.Body.Reason})
	return respond(newHotlineChange(c), err)
}

func (s *Server) importHotlines(ctx context.Context, in *importHotlinesInput) (*body[hotlineImportBody], error) {
	from, err := beginningOf(in.From, "hotline.day")
	if err != nil {
		return nil, err
	}
	v, err := s.desk.ImportHotlines(ctx, actorOf(ctx), in.RawBody, desk.HotlineDraft{From: from, Reason: in.Reason}, in.Apply)
	b := hotlineImportBody{Applied: v.Applied, Same: v.Same, Lines: list(v.Change.Lines, newStaffLine)}
	if v.Applied {
		b.Change = v.Change.ID
	}
	return respond(b, err)
}

func (s *Server) exportHotlines(ctx context.Context, in *exportHotlinesInput) (*tableFile, error) {
	day, err := beginningOf(in.On, "hotline.day")
	if err != nil {
		return nil, err
	}
	d, err := s.desk.HotlineDirectory(ctx, actorOf(ctx), day)
	if err != nil {
		return nil, err
	}
	lines := list(d.Lines, func(l desk.HotlineView) channel.Listing { return l.Listing })
	if in.Format == "csv" {
		return newTableFile("hotlines", channel.ListingTable(lines))
	}
	text, err := channel.ListingYAML(lines)
	return &tableFile{ContentType: yamlType, Disposition: `attachment; filename="hotlines.yaml"`, Body: text}, err
}
