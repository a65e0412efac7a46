package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

type phoneCallRow struct {
	bun.BaseModel `bun:"table:phone_call"`

	ID           string `bun:",pk"`
	TakenAt      stamp
	TakenBy      string
	Unit         string
	UnitPath     string
	Line         string
	Number       string
	Outcome      desk.PhoneOutcome
	TicketID     string
	Entry        string
	EntryVersion int
	Warned       bool
	Kind         channel.Kind
	Category     string
	District     string
	SealedWords  []byte
	SealedPhone  []byte
	PhoneIndex   []byte
}

// InsertPhoneCall implements [desk.PhoneWriter].
func (t *tx) InsertPhoneCall(ctx context.Context, c desk.PhoneCall) error {
	r := phoneCallRow{
		ID: c.ID, TakenAt: at(c.At), TakenBy: c.By, Unit: c.Unit, UnitPath: c.Path, Line: c.Line, Number: c.Number, Outcome: c.Outcome, TicketID: c.TicketID,
		Entry: c.Entry, EntryVersion: c.EntryVersion, Warned: c.Warned, Kind: c.Kind, Category: c.Category, District: c.District,
		SealedWords: t.seal(place("phone_call.words", c.ID), clean(c.Words)), SealedPhone: t.seal(place("phone_call.phone", c.ID), clean(c.Phone)),
	}
	if c.Phone != "" {
		r.PhoneIndex = t.keys.BlindIndex("phone_call.phone", clean(c.Phone))
	}
	_, err := insert(ctx, t, "", r)
	return failure("insert a call", err)
}

// PhoneCalls implements [desk.PhoneReader].
func (v view) PhoneCalls(ctx context.Context, f desk.PhoneFilter) ([]desk.PhoneCall, error) {
	var rows []phoneCallRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).
		Where("taken_at >= ?", f.From.UnixMicro()).Where("taken_at < ?", f.Until.UnixMicro())
	if f.Path != "" {
		path := clean(f.Path)
		q = q.Where("(unit_path = ? OR substr(unit_path, 1, ?) = ? OR taken_by = ?)", path, len([]rune(path))+1, path+"/", clean(f.By))
	}
	if f.Phone != "" {
		q = q.Where("phone_index = ?", v.keys.BlindIndex("phone_call.phone", clean(f.Phone)))
	}
	if err := q.OrderExpr("taken_at DESC, id DESC").Limit(int64(f.Limit)).Scan(ctx); err != nil {
		return nil, failure("read calls", err)
	}
	calls := make([]desk.PhoneCall, len(rows))
	for i := range rows {
		var err error
		if calls[i], err = v.phoneCall(&rows[i]); err != nil {
			return nil, err
		}
	}
	return calls, nil
}

// AnsweredCalls implements [desk.PhoneReader]. It reads every call there is, as
// [view.Given] reads every answer.
func (v view) AnsweredCalls(ctx context.Context, entry string, version, limit int) ([]desk.AnsweredCall, error) {
	rows, err := query[phoneCallRow](ctx, v, `SELECT id, taken_at, taken_by, unit, number FROM phone_call
		WHERE entry = $1 AND entry_version = $2 ORDER BY taken_at DESC, id DESC LIMIT $3`, entry, version, limit)
	if err != nil {
		return nil, failure("read answered calls", err)
	}
	calls := make([]desk.AnsweredCall, len(rows))
	for i := range rows {
		r := &rows[i]
		calls[i] = desk.AnsweredCall{ID: r.ID, At: r.TakenAt.Time, By: r.TakenBy, Unit: r.Unit, Number: r.Number}
	}
	return calls, nil
}

func (v view) phoneCall(r *phoneCallRow) (desk.PhoneCall, error) {
	c := desk.PhoneCall{
		ID: r.ID, At: r.TakenAt.Time, By: r.TakenBy, Unit: r.Unit, Path: r.UnitPath, Line: r.Line, Number: r.Number, Outcome: r.Outcome, TicketID: r.TicketID,
		Entry: r.Entry, EntryVersion: r.EntryVersion, Warned: r.Warned, Kind: r.Kind, Category: r.Category, District: r.District,
	}
	words, err := v.open(place("phone_call.words", r.ID), r.SealedWords)
	if err != nil {
		return c, err
	}
	phone, err := v.open(place("phone_call.phone", r.ID), r.SealedPhone)
	c.Words, c.Phone = string(words), string(phone)
	return c, err
}
