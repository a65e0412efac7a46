-- What changed the library since its files: versions that were published, what
-- was withdrawn or retired, documents that are over. Acts are only added. Beside
-- them, what the golden set said of a text before it was published.

-- +goose Up
CREATE TABLE library_act (
	seq         INTEGER NOT NULL PRIMARY KEY,
	kind        TEXT NOT NULL,
	entry       TEXT NOT NULL,
	version     INTEGER NOT NULL,
	document    TEXT NOT NULL,
	sealed_body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX library_release ON library_act (entry, version) WHERE kind = 'release';
CREATE TABLE library_gate (
	review_id   TEXT NOT NULL REFERENCES review (id),
	hash        TEXT NOT NULL,
	seq         INTEGER NOT NULL,
	sealed_body BLOB NOT NULL,
	at          INTEGER NOT NULL,
	PRIMARY KEY (review_id, hash, seq)
) STRICT, WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER library_act_no_update BEFORE UPDATE ON library_act BEGIN SELECT RAISE(ABORT, 'library_act is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER library_act_no_delete BEFORE DELETE ON library_act BEGIN SELECT RAISE(ABORT, 'library_act is append-only'); END;
-- +goose StatementEnd
