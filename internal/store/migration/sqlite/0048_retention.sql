-- What is kept, until when. Uploads wait for a virus scanner where there is one. A
-- ticket may be held, or erased: at the end of its time, or because the person asked
-- and two people agreed. Tables that only grow may be emptied of what people wrote,
-- never of the facts; while values are sealed anew (0047), other bytes may stand there.

-- +goose Up
ALTER TABLE attachment ADD COLUMN scan TEXT NOT NULL DEFAULT '';
ALTER TABLE attachment ADD COLUMN scan_at INTEGER;
CREATE INDEX attachment_unscanned ON attachment (scan_at, id) WHERE scan = 'waiting';
CREATE INDEX attachment_letter ON attachment (letter_id) WHERE letter_id <> '';
CREATE TABLE hold (
	id            TEXT NOT NULL PRIMARY KEY,
	ticket_id     TEXT NOT NULL REFERENCES ticket (id),
	ticket        TEXT NOT NULL,
	sealed_reason BLOB NOT NULL,
	placed_by     TEXT NOT NULL,
	placed_at     INTEGER NOT NULL,
	until_at      INTEGER NOT NULL,
	lifted_by     TEXT NOT NULL,
	lifted_at     INTEGER,
	version       INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_ticket ON hold (ticket_id);
CREATE INDEX hold_until ON hold (until_at, id) WHERE lifted_at IS NULL;
CREATE TABLE erasure (
	id              TEXT NOT NULL PRIMARY KEY,
	ticket_id       TEXT NOT NULL REFERENCES ticket (id),
	ticket          TEXT NOT NULL,
	requester       TEXT NOT NULL,
	sealed_reason   BLOB NOT NULL,
	state           TEXT NOT NULL,
	ground          TEXT NOT NULL,
	requested_at    INTEGER NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      INTEGER,
	sealed_decision BLOB,
	version         INTEGER NOT NULL
) STRICT;
CREATE INDEX erasure_ticket ON erasure (ticket_id);
CREATE INDEX erasure_state ON erasure (state, requested_at, id);
CREATE TABLE erased (
	ticket_id TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
	cause     TEXT NOT NULL,
	at        INTEGER NOT NULL
) STRICT;
CREATE TABLE erased_count (
	class TEXT NOT NULL PRIMARY KEY,
	n     INTEGER NOT NULL,
	at    INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_ended ON ticket (kind, updated_at, id) WHERE status IN ('closed', 'declined', 'withdrawn', 'transferred', 'merged');
CREATE INDEX conversation_updated ON conversation (updated_at, id);
CREATE INDEX letter_conversation ON letter (conversation) WHERE conversation <> '';
CREATE INDEX inbound_taken ON inbound (received_at, seq) WHERE state = 'done';
CREATE INDEX delivery_ended ON delivery (ended_at, seq) WHERE ended_at IS NOT NULL;
CREATE INDEX notification_at ON notification (at, id);
CREATE INDEX gap_question_ticket ON gap_question (ticket_id) WHERE ticket_id <> '';
CREATE INDEX phone_call_ticket ON phone_call (ticket_id) WHERE ticket_id <> '';
CREATE INDEX wechat_media_ticket ON wechat_media (ticket_id) WHERE ticket_id <> '';
CREATE INDEX ticket_found_ticket ON ticket_found (ticket);

-- FTS5 forgets nothing of a table without contents unless told so at its making.
DROP TABLE ticket_tokens;
DELETE FROM ticket_found;
CREATE VIRTUAL TABLE ticket_tokens USING fts5 (
	words, content = '', contentless_delete = 1, detail = 'none', tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO ticket_unindexed (ticket) SELECT id FROM ticket WHERE kind <> 'report' ON CONFLICT DO NOTHING;

DROP TRIGGER event_no_update;
-- +goose StatementBegin
CREATE TRIGGER event_no_update BEFORE UPDATE OF ticket_id, seq, id, move, from_status, to_status, actor, unit, reason, at, lead, score, kind, solved ON event BEGIN
	SELECT RAISE(ABORT, 'event is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER event_no_rewrite BEFORE UPDATE OF sealed_note, sealed_public ON event WHEN (NEW.sealed_note IS NOT NULL OR NEW.sealed_public IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) BEGIN
	SELECT RAISE(ABORT, 'event is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER review_version_no_update;
-- +goose StatementBegin
CREATE TRIGGER review_version_no_update BEFORE UPDATE OF review_id, n, hash, written_at ON review_version BEGIN
	SELECT RAISE(ABORT, 'review_version is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_version_no_rewrite BEFORE UPDATE OF sealed_content ON review_version WHEN length(NEW.sealed_content) > 0 AND NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) BEGIN
	SELECT RAISE(ABORT, 'review_version is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER review_act_no_update;
-- +goose StatementBegin
CREATE TRIGGER review_act_no_update BEFORE UPDATE OF review_id, seq ON review_act BEGIN
	SELECT RAISE(ABORT, 'review_act is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_act_no_rewrite BEFORE UPDATE OF sealed_body ON review_act WHEN length(NEW.sealed_body) > 0 AND NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) BEGIN
	SELECT RAISE(ABORT, 'review_act is append-only');
END;
-- +goose StatementEnd
