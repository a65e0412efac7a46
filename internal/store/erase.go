package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
)

// EraseTicket implements [desk.RetentionWriter].
func (t *tx) EraseTicket(ctx context.Context, k ticket.Ticket, instead channel.Letter, cause desk.ErasureCause, now time.Time) error {
	letter, err := t.letterRow(&instead)
	if err != nil {
		return t.spoil(err)
	}
	if _, err := insert(ctx, t, "", erasedRow{TicketID: k.ID, Cause: cause, At: at(now)}); err != nil {
		return conflict("ticket.erased", "这件来信已经清除。", err)
	}
	acts := []struct {
		text string
		args []any
	}{
		{"UPDATE letter SET sealed_text = $1, sealed_contact = NULL, phone_index = NULL, attachments = '[]' WHERE id = $2", []any{letter.SealedText, k.LetterID}},
		{"UPDATE ticket SET title = $1 WHERE id = $2", []any{clean(instead.Title), k.ID}},
		{"DELETE FROM attachment WHERE letter_id = $1", []any{k.LetterID}},
	}
	for _, text := range t.emptied() {
		acts = append(acts, struct {
			text string
			args []any
		}{t.dialect(text), []any{k.ID}})
	}
	for _, a := range acts {
		if _, err := t.exec(ctx, a.text, a.args...); err != nil {
			return failure("erase a ticket", err)
		}
	}
	if err := t.eraseDrafts(ctx, k.ID, instead.Title); err != nil {
		return err
	}
	if err := t.eraseEvidence(ctx, k.ID); err != nil {
		return err
	}
	return t.eraseChat(ctx, k.Conversation)
}

type erasedRow struct {
	bun.BaseModel `bun:"table:erased"`

	TicketID string `bun:",pk"`
	Cause    desk.ErasureCause
	At       stamp
}

// emptied are the statements that leave of a ticket ($1) what tells about nobody. What
// the public reads of a reply was made anonymous by several people, and stays.
func (t *tx) emptied() []string {
	const orders = "(SELECT id FROM hotline_order WHERE ticket_id = $1)"
	const reviews = ` IN (SELECT id FROM review WHERE kind = 'reply' AND subject >= CAST($1 AS TEXT) || '/' AND subject < CAST($1 AS TEXT) || '0'
		OR kind = 'published_reply' AND subject = $1 AND NOT EXISTS (SELECT 1 FROM public_reply WHERE ticket_id = $1))`
	texts := []string{
		"UPDATE event SET sealed_note = NULL, sealed_public = NULL WHERE ticket_id = $1",
		"UPDATE appeal SET sealed_words = " + empty + ", sealed_decision = NULL WHERE ticket_id = $1",
		"UPDATE unsealing SET sealed_reason = " + empty + ", sealed_decision = NULL WHERE ticket_id = $1",
		"DELETE FROM disclosure WHERE ticket_id = $1",
		"UPDATE hotline_order SET sealed_body = " + empty + " WHERE ticket_id = $1",
		"UPDATE hotline_act SET sealed_body = " + empty + " WHERE order_id IN " + orders,
		"UPDATE hotline_op SET sealed_body = " + empty + " WHERE order_id IN " + orders,
		"UPDATE hotline_file SET sealed_body = " + empty + ", attachment = '' WHERE order_id IN " + orders,
		"UPDATE delivery SET sealed_body = " + empty + " WHERE ticket = (SELECT number FROM ticket WHERE id = $1)",
		"UPDATE inbound SET sealed_body = " + empty + ", sealed_answer = NULL, detail = '' WHERE subject <> '' AND subject = (SELECT number FROM ticket WHERE id = $1)",
		"UPDATE phone_call SET sealed_words = NULL, sealed_phone = NULL, phone_index = NULL WHERE ticket_id = $1",
		"UPDATE hold SET sealed_reason = " + empty + " WHERE ticket_id = $1",
		"DELETE FROM gap_question WHERE ticket_id = $1",
		"DELETE FROM wechat_media WHERE ticket_id = $1",
		"DELETE FROM app_request WHERE ticket_id = $1",
		"DELETE FROM ticket_unindexed WHERE ticket = $1",
		"UPDATE review_version SET sealed_content = " + empty + " WHERE review_id" + reviews,
		"UPDATE review_act SET sealed_body = " + empty + " WHERE review_id" + reviews,
		"UPDATE review SET sealed_chain = " + empty + " WHERE id" + reviews,
	}
	if !t.postgres {
		texts = append(texts, "DELETE FROM ticket_tokens WHERE rowid IN (SELECT id FROM ticket_found WHERE ticket = $1)")
	}
	return append(texts, "DELETE FROM ticket_found WHERE ticket = $1")
}

// eraseDrafts puts other words where replies were.
func (t *tx) eraseDrafts(ctx context.Context, ticketID, instead string) error {
	drafts, err := all[draftRow](ctx, t.view, "WHERE ticket_id = $1", ticketID)
	if err != nil {
		return failure("read drafts to erase", t.spoil(err))
	}
	for _, d := range drafts {
		if _, err := t.exec(ctx, "UPDATE draft SET sealed_text = $1, quotes = 'null' WHERE id = $2", t.seal(place("draft.text", d.ID), instead), d.ID); err != nil {
			return failure("erase a draft", err)
		}
	}
	return nil
}

// eraseEvidence takes what signals quote of a letter.
func (t *tx) eraseEvidence(ctx context.Context, ticketID string) error {
	rows, err := all[signalRow](ctx, t.view, "WHERE id IN (SELECT signal_id FROM signal_ticket WHERE ticket_id = $1)", ticketID)
	if err != nil {
		return failure("read signals to erase", t.spoil(err))
	}
	for i := range rows {
		s, err := t.openSignal(&rows[i])
		if err != nil {
			return t.spoil(err)
		}
		for j := range s.Evidence {
			if e := &s.Evidence[j]; e.Ticket == ticketID {
				*e = signal.Evidence{Ticket: e.Ticket, Pattern: e.Pattern, Row: e.Row, Count: e.Count}
			}
		}
		body, err := t.sealJSON(place("signal.body", s.ID), s.Body)
		if err != nil {
			return t.spoil(err)
		}
		if _, err := t.exec(ctx, "UPDATE signal SET sealed_body = $1 WHERE id = $2", body, s.ID); err != nil {
			return failure("erase what a signal quotes", err)
		}
	}
	return nil
}

// eraseChat forgets what was said in a conversation and who it was with, once every
// ticket that came of it was erased.
func (t *tx) eraseChat(ctx context.Context, conversation string) error {
	if conversation == "" {
		return nil
	}
	left, err := t.count(ctx, `SELECT count(*) AS n FROM ticket AS t JOIN letter AS l ON l.id = t.letter_id
		WHERE l.conversation = $1 AND NOT EXISTS (SELECT 1 FROM erased AS e WHERE e.ticket_id = t.id)`, conversation)
	if err != nil || left > 0 {
		return t.spoil(err)
	}
	for _, text := range [...]string{
		"DELETE FROM message WHERE conversation = $1", "DELETE FROM wechat_peer WHERE conversation = $1", "DELETE FROM wechat_media WHERE conversation = $1",
		"DELETE FROM pass WHERE conversation = $1", "UPDATE chat_step SET sealed_note = NULL WHERE conversation = $1", "UPDATE conversation SET token_hash = NULL WHERE id = $1",
	} {
		if _, err := t.exec(ctx, text, conversation); err != nil {
			return failure("erase a conversation", err)
		}
	}
	return nil
}

// dropFiles takes files off their letter.
func (t *tx) dropFiles(ctx context.Context, letterID string, files map[string]bool) error {
	r, err := one[letterRow](ctx, t.view, "WHERE id = $1", letterID)
	if err != nil {
		return missing("letter", "没有找到这封来信。", t.spoil(err))
	}
	kept, err := list[[]string]{slices.DeleteFunc(r.Attachments.V, func(id string) bool { return files[id] })}.Value()
	if err != nil {
		return t.spoil(err)
	}
	_, err = t.exec(ctx, "UPDATE letter SET attachments = $1 WHERE id = $2", kept, letterID)
	return failure("list files", err)
}
