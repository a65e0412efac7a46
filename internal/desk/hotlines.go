package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// HotlineReader reads what was changed in the directory of hotlines.
type HotlineReader interface {
	// HotlineChanges returns every change, in the order they were proposed.
	HotlineChanges(ctx context.Context) ([]channel.HotlineChange, error)
	HotlineChange(ctx context.Context, id string) (channel.HotlineChange, error)
}

// HotlineWriter writes it.
type HotlineWriter interface {
	InsertHotlineChange(ctx context.Context, c channel.HotlineChange) error
	// DecideHotlineChange stores the decision about a change that waits for one;
	// otherwise it is a Conflict "hotline.stale".
	DecideHotlineChange(ctx context.Context, c channel.HotlineChange, was int64) error
}

// HotlineDraft asks for lines to be something else from the beginning of a day in
// Beijing.
type HotlineDraft struct {
	Lines  []channel.Listing
	From   time.Time // zero: today
	Reason string
}

// HotlinesOn is the directory as it is at a moment; zero: now.
func (d *Desk) HotlinesOn(at time.Time) []channel.Listing {
	if at.IsZero() {
		at = d.at()
	}
	return d.registry.Load().On(at)
}

// learnHotlines takes over the changes that were approved since it was last called.
func (d *Desk) learnHotlines(ctx context.Context) error {
	changes, err := d.Store.HotlineChanges(ctx)
	if err == nil {
		d.registry.Store(channel.NewDirectory(d.Hotlines, changes))
	}
	return err
}

// HotlineView is a line as staff see it.
type HotlineView struct {
	channel.Listing

	UnitName string
	OnDuty   []assignment.Person // of its unit, at some time of the day; only for whoever organises
}

// HotlineDirectory is the directory on a day.
type HotlineDirectory struct {
	Day     time.Time
	Lines   []HotlineView
	Changes []channel.HotlineChange // newest first
}

// HotlineDirectory shows the directory on a day with who stands behind each line,
// and what was changed in it.
func (d *Desk) HotlineDirectory(ctx context.Context, a Actor, day time.Time) (HotlineDirectory, error) {
	if a.Scope == "" && !a.Organises {
		return HotlineDirectory{}, hotlineDenied()
	}
	v := HotlineDirectory{Day: midnight(cmp.Or(day, d.at()))}
	var err error
	if v.Changes, err = d.Store.HotlineChanges(ctx); err != nil {
		return v, err
	}
	duty := map[string][]assignment.Person{}
	if a.Organises {
		if duty, err = d.onDuty(ctx, v.Day); err != nil {
			return v, err
		}
	}
	for _, l := range channel.NewDirectory(d.Hotlines, v.Changes).On(v.Day) {
		u, _ := d.Tree.ByID(l.Unit)
		v.Lines = append(v.Lines, HotlineView{Listing: l, UnitName: u.Name, OnDuty: duty[l.Unit]})
	}
	slices.Reverse(v.Changes)
	return v, nil
}

// HotlineHistory is what one line was, one term after the other.
func (d *Desk) HotlineHistory(a Actor, id string) ([]channel.Term, error) {
	if a.Scope == "" && !a.Organises {
		return nil, hotlineDenied()
	}
	terms := d.registry.Load().History(id)
	if len(terms) == 0 {
		return nil, problem.New(problem.NotFound, "hotline.not_found", "热线目录里没有这条热线。")
	}
	return terms, nil
}

// onDuty are the people who were on duty for a unit at some time of a day.
func (d *Desk) onDuty(ctx context.Context, day time.Time) (map[string][]assignment.Person, error) {
	dir, err := d.directory(ctx, d.Store, day)
	if err != nil {
		return nil, err
	}
	found := map[string][]assignment.Person{}
	until := day.AddDate(0, 0, 1)
	for _, t := range dir.Terms {
		if t.Kind != assignment.Shift || !t.From.Before(until) || !t.Until.IsZero() && !day.Before(t.Until) {
			continue
		}
		unit := t.Unit
		if p, ok := dir.Post(t.Post); ok {
			unit = p.Unit
		}
		if p, ok := dir.Person(t.User); ok && !slices.ContainsFunc(found[unit], func(o assignment.Person) bool { return o.ID == p.ID }) {
			found[unit] = append(found[unit], p)
		}
	}
	return found, nil
}

// ProposeHotlines asks for lines to be changed: the public sees nothing of it
// before a second person has approved it, and then not before its day.
func (d *Desk) ProposeHotlines(ctx context.Context, a Actor, p HotlineDraft) (channel.HotlineChange, error) {
	if !a.Organises {
		return channel.HotlineChange{}, hotlineDenied()
	}
	c, err := d.hotlineChange(a, p)
	if err != nil {
		return c, err
	}
	return c, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.InsertHotlineChange(ctx, c); err != nil {
			return err
		}
		if err := recordHotlines(ctx, tx, &c, a.ID, "hotline.propose", c.ProposedAt); err != nil {
			return err
		}
		args := noticeArgs{What: "hotline.proposed", Unit: assignment.TaskForce, To: toTaskForce, About: dayOf(c.From) + "起"}
		return tx.Enqueue(ctx, noticeJob(JobNotifyStaff, args, args.What+"/"+c.ID, c.ProposedAt))
	})
}

// hotlineChange checks a draft against the directory it is to change.
func (d *Desk) hotlineChange(a Actor, p HotlineDraft) (channel.HotlineChange, error) {
	at := d.at()
	c := channel.HotlineChange{
		ID: newID(), Lines: slices.Clone(p.Lines), From: midnight(cmp.Or(p.From, at)), Reason: seal.Mask(p.Reason), State: channel.ChangeProposed,
		ProposedBy: a.ID, ProposedAt: at, Version: 1,
	}
	if f := channel.CheckText("/reason", "变更原因", p.Reason, maxReason); f != nil {
		return c, problem.New(problem.Invalid, "hotline.reason", f.Message).With(*f)
	}
	if len(c.Lines) == 0 || len(c.Lines) > channel.MaxListings {
		return c, problem.New(problem.Invalid, "hotline.lines", "请写明要变更哪些热线。")
	}
	for i := range c.Lines {
		l := &c.Lines[i]
		if err := l.Check(); err != nil {
			return c, err
		}
		if l.ID == "" {
			l.ID = newID()
			continue
		}
		if len(d.registry.Load().History(l.ID)) == 0 {
			return c, problem.New(problem.Invalid, "hotline.unknown", "目录里没有编号为“"+l.ID+"”的热线；新增的热线请不要填编号。")
		}
	}
	return c, d.admitHotlines(&c)
}

// admitHotlines is nil where a change may take effect: its day is not over, its
// units exist, and the fixed wording keeps the numbers it names.
func (d *Desk) admitHotlines(c *channel.HotlineChange) error {
	if c.From.Before(midnight(d.at())) {
		return problem.New(problem.Conflict, "hotline.past", "生效日期不能早于今天：已经过去的日子里是哪个号码，不能再改。")
	}
	before := map[string]channel.Listing{}
	for _, l := range d.HotlinesOn(c.From) {
		before[l.ID] = l
	}
	for i := range c.Lines {
		l := &c.Lines[i]
		if _, known := d.Tree.ByID(l.Unit); l.Unit != "" && !known {
			return problem.New(problem.Invalid, "hotline.unit", "没有“"+l.Unit+"”这个单位。")
		}
		was := before[l.ID]
		gone, recategorised := l.Closed || l.Number != was.Number, was.Category != "" && l.Category != was.Category
		if recategorised || gone && d.inWording(was.Number) {
			return problem.New(problem.Conflict, "hotline.in_use", "“"+was.Name+"”是紧急提示等固定话术里引用的号码，或者是八类举报电话之一，不能停用或者换成别的。")
		}
	}
	return nil
}

// inWording reports whether fixed wording tells people to call a number.
func (d *Desk) inWording(number string) bool {
	return number != "" && slices.ContainsFunc(d.Lines, func(l conversation.Line) bool { return slices.Contains(l.Hotlines, number) })
}

// DecideHotlines approves or refuses a change; never one of the own. A refusal by
// the rules is audited.
func (d *Desk) DecideHotlines(ctx context.Context, a Actor, id string, version int64, approve bool, words string) (channel.HotlineChange, error) {
	if !a.Publishes {
		return channel.HotlineChange{}, hotlineDenied()
	}
	if f := channel.CheckText("/words", "审定意见", words, maxReason); f != nil && (!approve || words != "") {
		return channel.HotlineChange{}, problem.New(problem.Invalid, "hotline.words", f.Message).With(*f)
	}
	var c channel.HotlineChange
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		if c, err = tx.HotlineChange(ctx, id); err == nil {
			err = decidable(&c, &a, version)
		}
		if err != nil {
			return err
		}
		was, action := c.Version, "hotline.refuse"
		c.State, c.DecidedBy, c.DecidedAt, c.Words, c.Version = channel.ChangeRefused, a.ID, d.at(), seal.Mask(words), was+1
		if approve {
			if err := d.admitHotlines(&c); err != nil {
				return err
			}
			c.State, action = channel.ChangeApproved, "hotline.approve"
		}
		if err := tx.DecideHotlineChange(ctx, c, was); err != nil {
			return err
		}
		return recordHotlines(ctx, tx, &c, a.ID, action, c.DecidedAt)
	})
	if err != nil {
		if c.ID != "" {
			err = cmp.Or(d.recordRefusal(ctx, a, "hotline.refused", "hotlines/"+c.ID, nil, err), err)
		}
		return c, err
	}
	return c, d.learnHotlines(ctx)
}

// decidable is nil where a may decide about a change as it was seen.
func decidable(c *channel.HotlineChange, a *Actor, version int64) error {
	switch {
	case c.ProposedBy == a.ID:
		return problem.New(problem.Denied, "hotline.own", "提出变更的人不能审定自己的变更，请由另一人审定。")
	case c.State != channel.ChangeProposed || c.Version != version:
		return problem.New(problem.Conflict, "hotline.stale", "这项变更已经审定，或者刚刚有了变化，请刷新后再试。")
	}
	return nil
}

// HotlineImport is what a file would change, or has asked for.
type HotlineImport struct {
	Change  channel.HotlineChange // its lines are those that differ
	Same    int                   // lines that say what the directory says
	Applied bool
}

// ImportHotlines tries a file of lines, or proposes what differs in it. Lines that
// it does not hold stay as they are.
func (d *Desk) ImportHotlines(ctx context.Context, a Actor, file []byte, p HotlineDraft, apply bool) (HotlineImport, error) {
	if !a.Organises {
		return HotlineImport{}, hotlineDenied()
	}
	lines, err := channel.ParseListings(file)
	if err != nil {
		return HotlineImport{}, err
	}
	known := map[string]channel.Listing{}
	for _, l := range d.HotlinesOn(midnight(cmp.Or(p.From, d.at()))) {
		known[l.ID] = l
	}
	v := HotlineImport{}
	for _, l := range lines {
		if was, ok := known[l.ID]; ok && was == l || !ok && l.Closed {
			v.Same++
			continue
		}
		p.Lines = append(p.Lines, l)
	}
	switch {
	case len(p.Lines) == 0 && apply:
		return v, problem.New(problem.Conflict, "hotline.same", "文件和目录一样，没有要变更的。")
	case len(p.Lines) == 0:
		return v, nil
	case apply:
		v.Change, err = d.ProposeHotlines(ctx, a, p)
		v.Applied = err == nil
		return v, err
	}
	p.Reason = cmp.Or(p.Reason, "试导入")
	v.Change, err = d.hotlineChange(a, p)
	return v, err
}

func recordHotlines(ctx context.Context, tx Tx, c *channel.HotlineChange, actor, action string, at time.Time) error {
	detail := map[string]string{"from": dayOf(c.From), "lines": strconv.Itoa(len(c.Lines)), "reason": c.Reason}
	return tx.Record(ctx, audit.Entry{At: at, Actor: actor, Action: action, Object: "hotlines/" + c.ID, Detail: detail})
}

// midnight is the beginning of a moment's day in Beijing.
func midnight(at time.Time) time.Time {
	y, m, n := at.In(deadline.Beijing()).Date()
	return time.Date(y, m, n, 0, 0, 0, 0, deadline.Beijing()).UTC()
}

func hotlineDenied() error {
	return problem.New(problem.Denied, "hotline.denied", "您的岗位不能查看或者变更热线目录。")
}
