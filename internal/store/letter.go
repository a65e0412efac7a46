package store

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/channel"
)

type letterRow struct {
	bun.BaseModel `bun:"table:letter"`

	ID            string `bun:",pk"`
	Source        channel.Source
	Kind          channel.Kind
	Category      string
	District      string
	Attachments   list[[]string]
	Conversation  string
	ReceivedAt    stamp
	SealedText    []byte
	SealedContact []byte
	PhoneIndex    []byte
}

// wording is the sealed part of a letter.
type wording struct {
	Title, Text string
	Fields      map[string]string `json:",omitempty"`
	Consent     bool              `json:",omitempty"`
}

func (b *base) letterRow(l *channel.Letter) (letterRow, error) {
	r := letterRow{
		ID: l.ID, Source: l.Source, Kind: l.Kind, Category: l.Category, District: l.District,
		Attachments: list[[]string]{l.Attachments}, Conversation: l.Conversation, ReceivedAt: at(l.ReceivedAt),
	}
	var err error
	if r.SealedText, err = b.sealJSON(place("letter.text", l.ID), wording{clean(l.Title), clean(l.Text), l.Fields, l.Consent}); err != nil {
		return r, err
	}
	if l.Contact == nil {
		return r, nil
	}
	c := *l.Contact
	for _, text := range []*string{&c.Name, &c.Phone, &c.IDNumber, &c.Address, &c.Email} {
		*text = clean(*text)
	}
	if c.Phone != "" {
		r.PhoneIndex = b.keys.BlindIndex("letter.phone", c.Phone)
	}
	r.SealedContact, err = b.sealJSON(place("letter.contact", l.ID), c)
	return r, err
}

// Letter implements [desk.TicketReader].
func (v view) Letter(ctx context.Context, id string) (channel.Letter, error) {
	r, err := one[letterRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return channel.Letter{}, missing("letter", "没有找到这封来信。", err)
	}
	var w wording
	if err := v.openJSON(place("letter.text", r.ID), r.SealedText, &w); err != nil {
		return channel.Letter{}, err
	}
	return channel.Letter{
		ID: r.ID, Source: r.Source, Kind: r.Kind, Title: w.Title, Text: w.Text, Category: r.Category, District: r.District,
		Attachments: r.Attachments.V, Conversation: r.Conversation, ReceivedAt: r.ReceivedAt.Time, Fields: w.Fields, Consent: w.Consent,
	}, nil
}

// Contact implements [desk.TicketReader].
func (v view) Contact(ctx context.Context, letterID string) (channel.Contact, error) {
	r, err := one[letterRow](ctx, v, "WHERE id = $1", letterID)
	if err == nil && r.SealedContact == nil {
		err = sql.ErrNoRows
	}
	if err != nil {
		return channel.Contact{}, missing("contact", "来信人没有留下联系方式。", err)
	}
	var c channel.Contact
	err = v.openJSON(place("letter.contact", r.ID), r.SealedContact, &c)
	return c, err
}
