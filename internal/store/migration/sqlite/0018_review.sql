-- Texts that are read by several people before they reach anybody. What was
-- written and who did what with it are rows of their own: they are only added.

-- +goose Up
CREATE TABLE review (
	id           TEXT NOT NULL PRIMARY KEY,
	kind         TEXT NOT NULL,
	audience     TEXT NOT NULL,
	unit         TEXT NOT NULL,
	unit_path    TEXT NOT NULL,
	state        TEXT NOT NULL,
	sealed_chain BLOB NOT NULL,
	live         INTEGER NOT NULL,
	created_at   INTEGER NOT NULL,
	updated_at   INTEGER NOT NULL,
	version      INTEGER NOT NULL
) STRICT;
CREATE INDEX review_state ON review (state, updated_at, id);
CREATE TABLE review_version (
	review_id      TEXT NOT NULL REFERENCES review (id),
	n              INTEGER NOT NULL,
	sealed_content BLOB NOT NULL,
	hash           TEXT NOT NULL,
	written_at     INTEGER NOT NULL,
	PRIMARY KEY (review_id, n)
) STRICT;
CREATE TABLE review_act (
	review_id   TEXT NOT NULL REFERENCES review (id),
	seq         INTEGER NOT NULL,
	sealed_body BLOB NOT NULL,
	PRIMARY KEY (review_id, seq)
) STRICT;
-- +goose StatementBegin
CREATE TRIGGER review_version_no_update BEFORE UPDATE ON review_version BEGIN
	SELECT RAISE(ABORT, 'review_version is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_version_no_delete BEFORE DELETE ON review_version BEGIN
	SELECT RAISE(ABORT, 'review_version is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_act_no_update BEFORE UPDATE ON review_act BEGIN
	SELECT RAISE(ABORT, 'review_act is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_act_no_delete BEFORE DELETE ON review_act BEGIN
	SELECT RAISE(ABORT, 'review_act is append-only');
END;
-- +goose StatementEnd
