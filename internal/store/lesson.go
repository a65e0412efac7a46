package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// countLanes is how many rows a cell of the figures is spread over.
const countLanes = 4

type labelRow struct {
	bun.BaseModel `bun:"table:label"`

	ID             string `bun:",pk"`
	Hash           []byte // blind index of what makes two questions one
	SealedQuestion []byte // masked, but a name may be left in it
	Count          int
	FirstAt        stamp
	LastAt         stamp
	State          desk.LabelState
	Entries        list[[]string]
	DecidedBy      string
	DecidedAt      stamp
	Version        int64
}

type voteRow struct {
	bun.BaseModel `bun:"table:vote"`

	LabelID string        `bun:",pk"`
	Entry   string        `bun:",pk"`
	Kind    desk.VoteKind `bun:",pk"`
	Agrees  bool          `bun:",pk"`
	Count   int
}

type feedbackRow struct {
	bun.BaseModel `bun:"table:feedback"`

	Conversation string        `bun:",pk"`
	Seq          int64         `bun:",pk"`
	Kind         desk.VoteKind `bun:",pk"`
	Score        int
	At           stamp
}

type answerCountRow struct {
	bun.BaseModel `bun:"table:answer_count"`

	Day      string           `bun:",pk"`
	Category string           `bun:",pk"`
	Event    desk.AnswerEvent `bun:",pk"`
	Lane     int              `bun:",pk"`
	N        int64
}

type labelIDRow struct{ ID string }

func questionPlace(id string) string { return place("label.question", id) }

// AddVotes implements [desk.LessonWriter].
func (t *tx) AddVotes(ctx context.Context, l desk.Label) (string, error) {
	votes := 0
	for _, v := range l.Votes {
		votes += max(1, v.Count)
	}
	m := modelOf[labelRow](t.base)
	// What an editor has decided stays decided: more votes only count.
	known, err := query[labelIDRow](ctx, t.view, m.inserts[1]+` ON CONFLICT (hash) DO UPDATE SET count = label.count + excluded.count, last_at = excluded.last_at RETURNING id`,
		l.ID, t.keys.BlindIndex("label", clean(l.Key)), t.keys.Seal(questionPlace(l.ID), []byte(clean(l.Question))), votes, at(l.FirstAt), at(l.LastAt),
		desk.LabelWaiting, list[[]string]{V: []string{}}, "", stamp{}, 1)
	if err != nil {
		return "", failure("note label", t.spoil(err))
	}
	rows := make([]voteRow, 0, len(l.Votes))
	for _, v := range l.Votes {
		rows = append(rows, voteRow{LabelID: known[0].ID, Entry: v.Entry, Kind: v.Kind, Agrees: v.Agrees, Count: max(1, v.Count)})
	}
	_, err = insert(ctx, t, " ON CONFLICT (label_id, entry, kind, agrees) DO UPDATE SET count = vote.count + excluded.count", rows...)
	return known[0].ID, failure("note votes", err)
}

// ForgetLabel implements [desk.LessonWriter].
func (t *tx) ForgetLabel(ctx context.Context, key string, since time.Time, most int) error {
	const which = "hash = $1 AND first_at >= $2 AND count <= $3"
	args := []any{t.keys.BlindIndex("label", clean(key)), at(since), most}
	if _, err := t.exec(ctx, "DELETE FROM vote WHERE label_id IN (SELECT id FROM label WHERE "+which+")", args...); err != nil {
		return failure("forget votes", err)
	}
	_, err := t.exec(ctx, "DELETE FROM label WHERE "+which, args...)
	return failure("forget label", err)
}

// UpdateLabel implements [desk.LessonWriter].
func (t *tx) UpdateLabel(ctx context.Context, l desk.Label, was int64) error {
	n, err := t.exec(ctx, "UPDATE label SET state = $1, entries = $2, decided_by = $3, decided_at = $4, version = $5 WHERE id = $6 AND version = $7",
		string(l.State), list[[]string]{V: l.Entries}, l.DecidedBy, at(l.DecidedAt), was+1, l.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "label.stale", "这条标注刚刚被别人处理过，请刷新后再试。"))
	}
	return failure("update label", err)
}

// Label implements [desk.LessonReader].
func (v view) Label(ctx context.Context, id string) (desk.Label, error) {
	r, err := one[labelRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return desk.Label{}, missing("label", "没有找到这条标注。", err)
	}
	return v.label(ctx, &r)
}

// Labels implements [desk.LessonReader].
func (v view) Labels(ctx context.Context, f desk.LabelFilter) ([]desk.Label, error) {
	rows, err := all[labelRow](ctx, v, "WHERE state = $1 ORDER BY count DESC, last_at DESC, id LIMIT $2 OFFSET $3", f.State, f.Limit, f.After)
	if err != nil {
		return nil, failure("read labels", err)
	}
	labels := make([]desk.Label, len(rows))
	for i := range rows {
		if labels[i], err = v.label(ctx, &rows[i]); err != nil {
			return nil, err
		}
	}
	return labels, nil
}

func (v view) label(ctx context.Context, r *labelRow) (desk.Label, error) {
	question, err := v.open(questionPlace(r.ID), r.SealedQuestion)
	if err != nil {
		return desk.Label{}, err
	}
	rows, err := all[voteRow](ctx, v, "WHERE label_id = $1 ORDER BY count DESC, entry, kind, agrees", r.ID)
	if err != nil {
		return desk.Label{}, failure("read votes", err)
	}
	votes := make([]desk.Vote, len(rows))
	for i, o := range rows {
		votes[i] = desk.Vote{Entry: o.Entry, Kind: o.Kind, Agrees: o.Agrees, Count: o.Count}
	}
	return desk.Label{
		ID: r.ID, Question: string(question), Votes: votes, Count: r.Count, FirstAt: r.FirstAt.Time, LastAt: r.LastAt.Time,
		State: r.State, Entries: r.Entries.V, DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.Time, Version: r.Version,
	}, nil
}

// LabelCounts implements [desk.LessonReader].
func (v view) LabelCounts(ctx context.Context) (map[desk.LabelState]int, error) {
	rows, err := query[struct {
		State desk.LabelState
		N     int
	}](ctx, v, "SELECT state, count(*) AS n FROM label GROUP BY state")
	if err != nil {
		return nil, failure("count labels", err)
	}
	counts := map[desk.LabelState]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}

// CountAnswers implements [desk.LessonWriter]. Cells are taken in one order, so
// that two transactions never wait for each other.
func (t *tx) CountAnswers(ctx context.Context, lane string, counts ...desk.AnswerCount) error {
	rows := make([]answerCountRow, len(counts))
	for i, c := range counts {
		rows[i] = answerCountRow{Day: c.Day, Category: c.Category, Event: c.Event, Lane: audit.LaneOf(lane) % countLanes, N: c.N}
	}
	slices.SortFunc(rows, func(a, b answerCountRow) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Event, b.Event))
	})
	for _, r := range rows { // one by one: a statement may touch a cell only once
		if _, err := insert(ctx, t, " ON CONFLICT (day, category, event, lane) DO UPDATE SET n = answer_count.n + excluded.n", r); err != nil {
			return failure("count answers", err)
		}
	}
	return nil
}

// AnswerCounts implements [desk.LessonReader].
func (v view) AnswerCounts(ctx context.Context, first, last string) ([]desk.AnswerCount, error) {
	rows, err := query[struct {
		Day      string
		Category string
		Event    desk.AnswerEvent
		N        int64
	}](ctx, v, `SELECT day, category, event, CAST(sum(n) AS BIGINT) AS n FROM answer_count WHERE day >= $1 AND day <= $2
		GROUP BY day, category, event ORDER BY day, category, event`, first, last)
	if err != nil {
		return nil, failure("read answer counts", err)
	}
	counts := make([]desk.AnswerCount, len(rows))
	for i, r := range rows {
		counts[i] = desk.AnswerCount{Day: r.Day, Category: r.Category, Event: r.Event, N: r.N}
	}
	return counts, nil
}

// NoteFeedback implements [desk.LessonWriter].
func (t *tx) NoteFeedback(ctx context.Context, f desk.Feedback) (bool, error) {
	n, err := insert(ctx, t, " ON CONFLICT (conversation, seq, kind) DO NOTHING",
		feedbackRow{Conversation: f.Conversation, Seq: f.Seq, Kind: f.Kind, Score: f.Score, At: at(f.At)})
	return n > 0, failure("note feedback", err)
}

// FeedbackOn implements [desk.LessonReader].
func (v view) FeedbackOn(ctx context.Context, conversationID string, seq int64, kind desk.VoteKind) (desk.Feedback, error) {
	r, err := one[feedbackRow](ctx, v, "WHERE conversation = $1 AND seq = $2 AND kind = $3", conversationID, seq, kind)
	if err != nil {
		return desk.Feedback{}, missing("feedback", "还没有评价。", err)
	}
	return desk.Feedback{Conversation: r.Conversation, Seq: r.Seq, Kind: r.Kind, Score: r.Score, At: r.At.Time}, nil
}

// SaidAfter implements [desk.LessonReader].
func (v view) SaidAfter(ctx context.Context, since time.Time, lastConversation string, lastSeq int64, limit int) ([]conversation.Message, error) {
	rows, err := all[messageRow](ctx, v, `WHERE (conversation > $1 OR conversation = $1 AND seq > $2) AND role = $3 AND kind = $4 AND at >= $5
		ORDER BY conversation, seq LIMIT $6`, lastConversation, lastSeq, conversation.User, conversation.Text, at(since), limit)
	if err != nil {
		return nil, failure("read what was said", err)
	}
	said := make([]conversation.Message, len(rows))
	for i := range rows {
		if said[i], err = v.message(&rows[i]); err != nil {
			return nil, err
		}
	}
	return said, nil
}
