-- What is kept, until when. Uploads wait for a virus scanner where there is one. A
-- ticket may be held, or erased: at the end of its time, or because the person asked
-- and two people agreed. Tables that only grow may be emptied of what people wrote,
-- never of the facts.

-- +goose Up
ALTER TABLE attachment ADD COLUMN scan TEXT NOT NULL DEFAULT '';
ALTER TABLE attachment ADD COLUMN scan_at BIGINT;
CREATE INDEX attachment_unscanned ON attachment (scan_at, id) WHERE scan = 'waiting';
CREATE INDEX attachment_letter ON attachment (letter_id) WHERE letter_id <> '';
CREATE TABLE hold (
	id            TEXT NOT NULL PRIMARY KEY,
	ticket_id     TEXT NOT NULL REFERENCES ticket (id),
	ticket        TEXT NOT NULL,
	sealed_reason BYTEA NOT NULL,
	placed_by     TEXT NOT NULL,
	placed_at     BIGINT NOT NULL,
	until_at      BIGINT NOT NULL,
	lifted_by     TEXT NOT NULL,
	lifted_at     BIGINT,
	version       BIGINT NOT NULL
);
CREATE INDEX hold_ticket ON hold (ticket_id);
CREATE INDEX hold_until ON hold (until_at, id) WHERE lifted_at IS NULL;
CREATE TABLE erasure (
	id              TEXT NOT NULL PRIMARY KEY,
	ticket_id       TEXT NOT NULL REFERENCES ticket (id),
	ticket          TEXT NOT NULL,
	requester       TEXT NOT NULL,
	sealed_reason   BYTEA NOT NULL,
	state           TEXT NOT NULL,
	ground          TEXT NOT NULL,
	requested_at    BIGINT NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      BIGINT,
	sealed_decision BYTEA,
	version         BIGINT NOT NULL
);
CREATE INDEX erasure_ticket ON erasure (ticket_id);
CREATE INDEX erasure_state ON erasure (state, requested_at, id);
CREATE TABLE erased (
	ticket_id TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
	cause     TEXT NOT NULL,
	at        BIGINT NOT NULL
);
CREATE TABLE erased_count (
	class TEXT NOT NULL PRIMARY KEY,
	n     BIGINT NOT NULL,
	at    BIGINT NOT NULL
);
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

-- +goose StatementBegin
CREATE FUNCTION emptied_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	name TEXT;
	before JSONB := to_jsonb(OLD);
	after JSONB := to_jsonb(NEW);
BEGIN
	IF NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) THEN
		FOREACH name IN ARRAY TG_ARGV LOOP
			IF coalesce(after ->> name, '\x') <> '\x' THEN
				RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
			END IF;
		END LOOP;
	END IF;
	IF before - TG_ARGV <> after - TG_ARGV THEN
		RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd
DROP TRIGGER event_append_only ON event;
CREATE TRIGGER event_append_only BEFORE DELETE OR TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER event_emptied_only BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION emptied_only('sealed_note', 'sealed_public');
DROP TRIGGER review_version_append_only ON review_version;
CREATE TRIGGER review_version_append_only BEFORE DELETE OR TRUNCATE ON review_version FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER review_version_emptied_only BEFORE UPDATE ON review_version FOR EACH ROW EXECUTE FUNCTION emptied_only('sealed_content');
DROP TRIGGER review_act_append_only ON review_act;
CREATE TRIGGER review_act_append_only BEFORE DELETE OR TRUNCATE ON review_act FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER review_act_emptied_only BEFORE UPDATE ON review_act FOR EACH ROW EXECUTE FUNCTION emptied_only('sealed_body');
