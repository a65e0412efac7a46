-- What was sealed under earlier keys is sealed anew in the background: how far that
-- is, and a door in the tables that only grow which is open inside its transactions
-- alone.

-- +goose Up
CREATE TABLE reseal (
	id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	key_id    TEXT NOT NULL,
	place     TEXT NOT NULL,
	after     TEXT NOT NULL,
	moved     INTEGER NOT NULL,
	remaining INTEGER NOT NULL,
	begin_at  INTEGER NOT NULL,
	open      INTEGER NOT NULL
) STRICT;
DROP TRIGGER event_no_update;
DROP TRIGGER review_version_no_update;
DROP TRIGGER review_act_no_update;
DROP TRIGGER library_act_no_update;
-- +goose StatementBegin
CREATE TRIGGER event_no_update BEFORE UPDATE ON event WHEN NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) BEGIN
	SELECT RAISE(ABORT, 'event is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_version_no_update BEFORE UPDATE ON review_version WHEN NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) BEGIN
	SELECT RAISE(ABORT, 'review_version is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_act_no_update BEFORE UPDATE ON review_act WHEN NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) BEGIN
	SELECT RAISE(ABORT, 'review_act is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER library_act_no_update BEFORE UPDATE ON library_act WHEN NOT EXISTS (SELECT 1 FROM reseal WHERE open = 1) BEGIN
	SELECT RAISE(ABORT, 'library_act is append-only');
END;
-- +goose StatementEnd
