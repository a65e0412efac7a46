package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const mostTexts = 200

// TextDraft is a text for the public that is to be reviewed.
type TextDraft struct {
	Kind    review.Kind
	Subject string // what it belongs to, where its kind needs that
	Unit    string // whose text it is; empty: the own one
	Content review.Content
}

// TextCommand asks for one move of a text.
type TextCommand struct {
	Move     review.Move
	Hash     string           // of the version the actor has read
	Content  review.Content   // edit
	Step     string           // pass, send_back
	Gates    []review.Gate    // pass: what was ticked
	Gate     review.Gate      // send_back: where it does not pass
	Reason   string           // send_back, withdraw: a code
	Words    string           // send_back, resume, withdraw; submit: why what blocks may stay
	Comments []review.Comment // send_back
}

// TextView is a text under review as staff see it.
type TextView struct {
	review.Item

	Owner    string          // shown name of the unit
	Findings []proof.Finding // of a machine, in title, body and attributes; positions are those of Read
	Read     string          // what the machine read
	Due      time.Time       // until when the step is to be taken; zero: nothing is waited for
	Mine     bool            // the actor may take the step
}

// drafts reports whether a drafts texts of the unit at path.
func (a *Actor) drafts(path string) bool {
	return a.Drafts == "*" || a.Drafts != "" && within(path, a.Drafts)
}

// within reports whether the unit at path is the one at root, or below it.
func within(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

// any reports whether a, or somebody a stands in for, is as ok says.
func (a *Actor) any(ok func(*Actor) bool) bool {
	return ok(a) || slices.ContainsFunc(a.Standing, func(away Actor) bool { return ok(&away) })
}

// reads reports whether a may read a text that is not public yet. What goes to
// one person is read with its ticket.
func (a *Actor) reads(it *review.Item) bool {
	return it.Audience == review.Public && a.any(func(a *Actor) bool { return a.Reviews || a.drafts(it.UnitPath) })
}

func noText() error {
	return problem.New(problem.NotFound, "review.not_found", "没有这份稿件。")
}

// DraftText begins a text for the public. Nobody else sees it before others have
// read it (先审后发).
func (d *Desk) DraftText(ctx context.Context, a Actor, t TextDraft) (TextView, error) {
	if t.Kind == review.PublishedReply {
		return TextView{}, problem.New(problem.Invalid, "review.kind", "公开的答复在来信中决定公开方式以后起草。")
	}
	if t.Unit == "" {
		t.Unit = a.Unit
	}
	path := d.Tree.Path(t.Unit)
	if path == "" || !a.drafts(path) {
		return TextView{}, problem.New(problem.Denied, "review.denied", "您的岗位不能为这个单位起草稿件。")
	}
	var view TextView
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		it, err := d.beginText(ctx, tx, a, review.Item{Kind: t.Kind, Subject: t.Subject, Audience: review.Public, Unit: t.Unit, UnitPath: path}, t.Content)
		if err != nil {
			return err
		}
		view, err = d.textView(ctx, &a, &it)
		return err
	})
	return view, err
}

// beginText stores the first version of a text.
func (d *Desk) beginText(ctx context.Context, tx Tx, a Actor, it review.Item, c review.Content) (review.Item, error) {
	it.ID = d.NewID()
	by, err := d.readerOf(ctx, tx, &a)
	if err != nil {
		return it, err
	}
	if it, err = it.Begin(review.Command{By: by, At: d.at(), Content: c}); err != nil {
		return it, err
	}
	if err := d.textKind(it.Kind).suits(ctx, tx, &it); err != nil {
		return it, err
	}
	if err := tx.InsertReview(ctx, it); err != nil {
		return it, err
	}
	return it, d.recordText(ctx, tx, a, &it, nil)
}

// MoveText lets a do something with a text for the public. A refusal changes
// nothing and is audited.
func (d *Desk) MoveText(ctx context.Context, a Actor, id string, c TextCommand) (TextView, error) {
	a = d.deputed(a)
	var view TextView
	known := false
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		it, err := tx.Review(ctx, id)
		if err != nil {
			return err
		}
		known = true
		if err := a.mayReadText(ctx, tx, &it); err != nil {
			return err
		}
		if err := a.mayMoveText(&it, c.Move); err != nil {
			return err
		}
		if err := d.moveText(ctx, tx, a, &it, c); err != nil {
			return err
		}
		view, err = d.textView(ctx, &a, &it)
		return err
	})
	if err == nil {
		d.board.Store(nil) // what was published or withdrawn shows at once
		if view.Kind == review.Entry && c.Move == review.Withdraw {
			err = d.ReloadLibrary(ctx)
		}
	}
	if err == nil || !known {
		return view, err
	}
	if lost := d.recordRefusal(ctx, a, "review.refused", "review/"+id, map[string]string{"move": c.Move.Known()}, err); lost != nil {
		return TextView{}, lost
	}
	return TextView{}, err
}

// mayMoveText refuses who has nothing to do with the move at all. Who takes
// which step is decided by the chain.
func (a *Actor) mayMoveText(it *review.Item, m review.Move) error {
	writes := a.any(func(a *Actor) bool { return a.drafts(it.UnitPath) })
	allowed := writes
	//nolint:exhaustive // the others are made by whoever writes
	switch m {
	case review.Pass, review.SendBack:
		allowed = true
	case review.Publish:
		allowed = a.Publishes
	case review.Withdraw:
		allowed = a.Publishes || writes && it.Live == 0
	}
	switch {
	case !a.reads(it):
		return noText()
	case !allowed:
		return problem.New(problem.Denied, "review.denied", "您的岗位不能进行这项操作。")
	}
	return nil
}

// mayReadText refuses who may not read a text before it is public.
func (a *Actor) mayReadText(ctx context.Context, r MergeReader, it *review.Item) error {
	if !a.reads(it) {
		return noText()
	}
	away, err := keptAway(ctx, r, a, *it)
	if err == nil && away[it.Subject] {
		err = noText()
	}
	return err
}

// Allowed are the moves beside those of a step that a may make now.
func (v *TextView) Allowed(a *Actor) []review.Move {
	var moves []review.Move
	for _, m := range []review.Move{review.Submit, review.Resume, review.Publish, review.Withdraw} {
		if v.State.Allows(m) && a.mayMoveText(&v.Item, m) == nil {
			moves = append(moves, m)
		}
	}
	return moves
}

// Editable reports whether a may write another version.
func (v *TextView) Editable(a *Actor) bool { return a.mayMoveText(&v.Item, review.Edit) == nil }

// moveText makes a move and stores all that goes with it.
func (d *Desk) moveText(ctx context.Context, tx Tx, a Actor, it *review.Item, c TextCommand) error {
	was := it.Version
	command := review.Command{
		Move: c.Move, At: d.at(), Hash: c.Hash, Content: c.Content, Step: c.Step, Gates: c.Gates, Gate: c.Gate, Reason: c.Reason, Words: c.Words,
		Comments: c.Comments,
	}
	var detail map[string]string
	if c.Move == review.Submit {
		var err error
		if command.Chain, err = d.Chains.Chain(it.Kind, it.Audience); err != nil {
			return err
		}
		if detail, err = d.holdText(it, command.Words); err != nil {
			return err
		}
	}
	if err := d.sign(ctx, tx, &a, it, command); err != nil {
		return err
	}
	if err := d.textKind(it.Kind).suits(ctx, tx, it); err != nil {
		return err
	}
	if err := tx.UpdateReview(ctx, *it, was); err != nil {
		return err
	}
	if err := d.recordText(ctx, tx, a, it, detail); err != nil {
		return err
	}
	return d.afterText(ctx, tx, a, it)
}

// sign applies a command in a's own name or, where that is not a's to do, in the
// name of the first a stands in for whose it is.
func (d *Desk) sign(ctx context.Context, r DirectoryReader, a *Actor, it *review.Item, c review.Command) error {
	var err error
	if c.By, err = d.readerOf(ctx, r, a); err != nil {
		return err
	}
	refusal := it.Apply(c)
	if refusal == nil || c.Move != review.Pass && c.Move != review.SendBack {
		return refusal
	}
	for i := range a.Standing {
		away, err := d.readerOf(ctx, r, &a.Standing[i])
		if err != nil {
			return err
		}
		c.For = &away
		if err := it.Apply(c); err == nil || problem.HasCode(err, "review.own") || problem.HasCode(err, "review.twice") {
			return err // nobody reads in two names what they may not read in one
		}
	}
	return refusal
}

// readerOf is a as the chain of a text knows people.
func (d *Desk) readerOf(ctx context.Context, r DirectoryReader, a *Actor) (review.Person, error) {
	at := d.at()
	terms, err := r.Terms(ctx, at)
	p := review.Person{ID: a.ID, Name: a.Name, Unit: a.Unit, UnitPath: a.Path, Roles: a.Roles}
	for i := range terms {
		if t := &terms[i]; t.Kind == assignment.Holding && t.User == a.ID && t.Covers(at) {
			p.Posts = append(p.Posts, t.Post)
		}
	}
	return p, err
}

// holdText keeps a text with a blocking finding from being submitted without a
// reason, and returns what the audit trail says of one.
func (d *Desk) holdText(it *review.Item, reason string) (map[string]string, error) {
	p, err := d.proofread(proof.Text{Text: it.Latest().Content.All(), Public: it.Audience == review.Public})
	if err != nil || !proof.Blocks(p.Findings) {
		return nil, err
	}
	fields, codes := blocking(p.Findings, "/body")
	if strings.TrimSpace(reason) == "" {
		return nil, problem.New(problem.Invalid, "review.blocked", "稿件中有必须修改的内容。请修改后再送审；确需保留的，请写明理由。").With(fields...)
	}
	return map[string]string{"override": seal.Mask(reason), "findings": strings.Join(codes, ","), "lexicon": p.Lexicon}, nil
}

// recordText audits the last act of a text.
func (d *Desk) recordText(ctx context.Context, tx Tx, a Actor, it *review.Item, detail map[string]string) error {
	act := &it.Ledger[len(it.Ledger)-1]
	said := map[string]string{"kind": string(it.Kind), "to": string(act.To), "hash": act.Hash, "step": act.Step, "reason": act.Reason, "for": act.For.ID}
	return tx.Record(ctx, audit.Entry{At: act.At, Actor: a.ID, Action: "review." + string(act.Move), Object: "review/" + it.ID, Detail: merged(detail, said)})
}

// Texts lists texts for the public that a may read, the newest first. mine leaves
// those whose step a may take, the ones first that have waited longest.
func (d *Desk) Texts(ctx context.Context, a Actor, f ReviewFilter, mine bool) ([]TextView, error) {
	a = d.deputed(a)
	if !a.any(func(a *Actor) bool { return a.Reviews || a.Drafts != "" }) {
		return nil, problem.New(problem.Denied, "review.denied", "您的岗位不能查看稿件。")
	}
	f.Audience, f.Limit, f.Newest = review.Public, mostTexts, !mine
	if mine {
		f.States = []review.State{review.InReview}
	}
	if len(f.States) == 0 {
		f.States = review.States()
	}
	found, err := d.Store.Reviews(ctx, f)
	if err != nil {
		return nil, err
	}
	away, err := keptAway(ctx, d.Store, &a, found...)
	if err != nil {
		return nil, err
	}
	var views []TextView
	for i := range found {
		if !a.reads(&found[i]) || away[found[i].Subject] {
			continue
		}
		v, err := d.briefText(ctx, d.Store, &a, &found[i])
		if err != nil {
			return nil, err
		}
		if v.Mine || !mine {
			views = append(views, v)
		}
	}
	return views, nil
}

// Text is one text for the public with what a machine noticed in it.
func (d *Desk) Text(ctx context.Context, a Actor, id string) (TextView, error) {
	a = d.deputed(a)
	it, err := d.Store.Review(ctx, id)
	if err != nil {
		return TextView{}, err
	}
	if it.Kind == review.Reply {
		err = d.seesReply(ctx, d.Store, &a, &it)
	} else {
		err = a.mayReadText(ctx, d.Store, &it)
	}
	if err != nil {
		return TextView{}, err
	}
	return d.textView(ctx, &a, &it)
}

// textView adds what a machine noticed in the latest version.
func (d *Desk) textView(ctx context.Context, a *Actor, it *review.Item) (TextView, error) {
	v, err := d.briefText(ctx, d.Store, a, it)
	if err != nil {
		return v, err
	}
	v.Read = it.Latest().Content.All()
	p, err := d.proofread(proof.Text{Text: v.Read, Public: it.Audience == review.Public})
	v.Findings = p.Findings
	return v, err
}
