package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const (
	maxRoster = 366 * 24 * time.Hour // of a roster, in one look
	maxReason = 200
)

// Roster is what is planned in a span of time.
type Roster struct {
	Terms []assignment.Term
	Gaps  []assignment.Gap // when nobody is on duty
}

// peopleNames are the names of those who have an account, by user id.
func peopleNames(ctx context.Context, r DirectoryReader) (map[string]string, error) {
	people, err := r.People(ctx)
	names := make(map[string]string, len(people))
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}

// directory reads who is where, with whatever ends after since.
func (d *Desk) directory(ctx context.Context, r DirectoryReader, since time.Time) (assignment.Directory, error) {
	dir := assignment.Directory{Tree: d.Tree}
	var err error
	if dir.People, err = r.People(ctx); err != nil {
		return dir, err
	}
	if dir.Posts, err = r.Posts(ctx); err != nil {
		return dir, err
	}
	dir.Terms, err = r.Terms(ctx, since)
	return dir, err
}

// Posts lists the posts of the organisation.
func (d *Desk) Posts(ctx context.Context, a Actor) ([]assignment.Post, error) {
	if !a.Organises {
		return nil, notOrganising()
	}
	return d.Store.Posts(ctx)
}

// AddPost adds a post; it is audited.
func (d *Desk) AddPost(ctx context.Context, a Actor, p assignment.Post) error {
	if !a.Organises {
		return notOrganising()
	}
	if f := channel.CheckText("/name", "岗位名称", p.Name, maxReason); f != nil {
		return problem.New(problem.Invalid, "post.name", f.Message).With(*f)
	}
	return d.reorganise(ctx, a, "post.add", "post/"+p.ID, map[string]string{"unit": p.Unit, "role": p.Role},
		func(ctx context.Context, tx Tx, dir *assignment.Directory) error {
			if err := dir.CheckPost(p); err != nil {
				return err
			}
			return tx.InsertPost(ctx, p)
		})
}

// Terms lists the terms of one kind that run between two moments, and for duty
// the gaps in every roster.
func (d *Desk) Terms(ctx context.Context, a Actor, kind assignment.TermKind, from, until time.Time) (Roster, error) {
	if !a.Organises {
		return Roster{}, notOrganising()
	}
	if !from.Before(until) || until.Sub(from) > maxRoster {
		return Roster{}, problem.New(problem.Invalid, "term.dates", "起止时间不正确：结束要晚于开始，最多一年。")
	}
	dir, err := d.directory(ctx, d.Store, from)
	if err != nil {
		return Roster{}, err
	}
	var r Roster
	for _, t := range dir.Terms {
		if t.Kind == kind && t.From.Before(until) {
			r.Terms = append(r.Terms, t)
		}
	}
	if kind == assignment.Shift {
		r.Gaps = dir.Gaps(from, until)
	}
	return r, nil
}

// AddTerm lets somebody hold a post, be on duty or stand in; it is audited with
// everybody it concerns.
func (d *Desk) AddTerm(ctx context.Context, a Actor, t assignment.Term) (assignment.Term, error) {
	if !a.Organises {
		return t, notOrganising()
	}
	if f := channel.CheckText("/reason", "原因", t.Reason, maxReason); t.Reason != "" && f != nil {
		return t, problem.New(problem.Invalid, "term.reason", f.Message).With(*f)
	}
	t.ID, t.Reason = newID(), seal.Mask(t.Reason)
	t.From, t.Until = t.From.UTC().Truncate(time.Microsecond), t.Until.UTC().Truncate(time.Microsecond)
	if !t.Until.IsZero() && !d.at().Before(t.Until) {
		return t, problem.New(problem.Invalid, "term.past", "结束时间已经过去。")
	}
	detail := map[string]string{"post": t.Post, "unit": t.Unit, "user": t.User, "deputy": t.Deputy}
	return t, d.reorganise(ctx, a, string(t.Kind)+".add", "term/"+t.ID, detail,
		func(ctx context.Context, tx Tx, dir *assignment.Directory) error {
			if err := dir.CheckTerm(t); err != nil {
				return err
			}
			return tx.InsertTerm(ctx, t)
		})
}

// EndTerm ends a term now; it is audited.
func (d *Desk) EndTerm(ctx context.Context, a Actor, kind assignment.TermKind, id string) error {
	if !a.Organises {
		return notOrganising()
	}
	return d.reorganise(ctx, a, string(kind)+".end", "term/"+id, nil, func(ctx context.Context, tx Tx, dir *assignment.Directory) error {
		if !slices.ContainsFunc(dir.Terms, func(t assignment.Term) bool { return t.ID == id && t.Kind == kind }) {
			return problem.New(problem.NotFound, "term.not_found", "没有这项安排，或者已经结束。")
		}
		return tx.EndTerm(ctx, id, d.at())
	})
}

// reorganise changes the directory in one transaction with its audit entry.
func (d *Desk) reorganise(ctx context.Context, a Actor, action, object string, detail map[string]string, change func(context.Context, Tx, *assignment.Directory) error) error {
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.HoldDirectory(ctx); err != nil {
			return err
		}
		dir, err := d.directory(ctx, tx, d.at().Add(-maxRoster))
		if err != nil {
			return err
		}
		if err := change(ctx, tx, &dir); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: action, Object: object, Detail: detail})
	})
}

// Recipients says who would be told now of something for a role or post in a
// unit, and why.
func (d *Desk) Recipients(ctx context.Context, a Actor, to, unit string) ([]assignment.Recipient, error) {
	if !a.Organises {
		return nil, notOrganising()
	}
	at := d.at()
	dir, err := d.directory(ctx, d.Store, at)
	if err != nil {
		return nil, err
	}
	return dir.Resolve(to, unit, at), nil
}

// CatalogueAt is the version of the responsibility catalogue in force on a date.
func (d *Desk) CatalogueAt(ctx context.Context, a Actor, at time.Time) (assignment.Version, error) {
	if a.Scope == "" && !a.Organises {
		return assignment.Version{}, notOrganising()
	}
	if at.IsZero() {
		at = d.at()
	}
	if err := d.LearnOrganisation(ctx); err != nil {
		return assignment.Version{}, err
	}
	return d.Router.CatalogueAt(at), nil
}

// ImportCatalogue stores a new version, in force from the beginning of a day in
// Beijing. What letters have come under already does not change: the day must
// not be over, and not before that of the last version.
func (d *Desk) ImportCatalogue(ctx context.Context, data []byte, day time.Time) (assignment.Version, error) {
	rows, err := d.Router.ParseCatalogue(data)
	if err != nil {
		return assignment.Version{}, err
	}
	y, m, n := day.Date()
	v := assignment.Version{Rows: rows, From: time.Date(y, m, n, 0, 0, 0, 0, deadline.Beijing()).UTC()}
	at := d.at()
	if v.From.Before(midnight(at)) {
		return v, problem.New(problem.Invalid, "catalogue.past", "派单目录的生效日期不能早于今天。")
	}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.HoldDirectory(ctx); err != nil {
			return err
		}
		known, err := tx.CatalogueVersions(ctx)
		if err != nil {
			return err
		}
		v.Number = len(known) + 1
		if n := len(known); n > 0 && !known[n-1].From.Before(v.From) {
			return problem.New(problem.Conflict, "catalogue.from", "生效日期必须晚于上一版派单目录的生效日期。")
		}
		if err := tx.InsertCatalogue(ctx, v, at); err != nil {
			return err
		}
		number := strconv.Itoa(v.Number)
		return tx.Record(ctx, audit.Entry{
			At: at, Actor: "system", Action: "catalogue.import", Object: "catalogue/" + number,
			Detail: map[string]string{"from": v.From.Format(time.RFC3339), "rows": strconv.Itoa(len(rows))},
		})
	})
	return v, err
}

// LearnOrganisation takes over the versions of the catalogue, the people and the
// hotlines that have come since it was last called; it is called again and again.
func (d *Desk) LearnOrganisation(ctx context.Context) error {
	versions, err := d.Store.CatalogueVersions(ctx)
	if err != nil {
		return err
	}
	dir, err := d.directory(ctx, d.Store, d.at())
	if err != nil {
		return err
	}
	officers := make([]assignment.Officer, len(dir.People))
	for i, p := range dir.People {
		officers[i] = assignment.Officer{ID: p.ID, Name: p.Name, Unit: p.Unit}
	}
	d.Router.Adopt(versions)
	d.Router.KnowOfficers(officers)
	d.people.Store(&dir)
	return d.learnHotlines(ctx)
}

// unitOf is the unit of whom a step of the ladder goes to by name, or else.
func (d *Desk) unitOf(to, unit string) string {
	id, named := strings.CutPrefix(to, "post:")
	if dir := d.people.Load(); named && dir != nil {
		if p, ok := dir.Post(id); ok {
			return p.Unit
		}
	}
	return unit
}

// deputed is a with the rights of those a stands in for while they are away.
func (d *Desk) deputed(a Actor) Actor {
	dir := d.people.Load()
	if dir == nil || d.Rights == nil {
		return a
	}
	at := d.at()
	for i := range dir.Terms {
		t := &dir.Terms[i]
		if t.Kind != assignment.Standing || t.Deputy != a.ID || !t.Covers(at) {
			continue
		}
		if p, ok := dir.Person(t.User); ok {
			a.Standing = append(a.Standing, d.colleague(&p))
		}
	}
	return a
}

// othersTold are the people outside of a notice's unit who are told of it: those
// who stand in, or have to, where the unit itself has nobody.
func (d *Desk) othersTold(ctx context.Context, r TicketReader, args noticeArgs) ([]assignment.Recipient, error) {
	dir := d.people.Load()
	if dir == nil {
		return nil, nil
	}
	var t ticket.Ticket
	if args.Ticket != "" { // a finding of the self-check is about none
		var err error
		if t, err = r.TicketByNumber(ctx, args.Ticket); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(dir.Resolve(args.To, args.Unit, d.at(), t.Avoid...), func(r assignment.Recipient) bool {
		p, _ := dir.Person(r.User)
		return p.Unit == args.Unit
	}), nil
}

func notOrganising() error {
	return problem.New(problem.Denied, "organisation.denied", "您的岗位不能查看或者修改人员安排。")
}
