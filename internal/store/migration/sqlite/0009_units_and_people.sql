-- Who holds which post, who is on duty and who stands in for whom, and the
-- versions of the responsibility catalogue. Terms are ended, never deleted.

-- +goose Up
CREATE TABLE post (
	id   TEXT NOT NULL PRIMARY KEY,
	unit TEXT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL
) STRICT;

CREATE TABLE term (
	id        TEXT NOT NULL PRIMARY KEY,
	kind      TEXT NOT NULL,
	post      TEXT NOT NULL,
	unit      TEXT NOT NULL,
	user_id   TEXT NOT NULL,
	deputy_id TEXT NOT NULL,
	from_at   INTEGER NOT NULL,
	until_at  INTEGER,
	reason    TEXT NOT NULL
) STRICT;

CREATE INDEX term_until ON term (until_at);

CREATE TABLE catalogue_version (
	number      INTEGER NOT NULL PRIMARY KEY,
	from_at     INTEGER NOT NULL,
	entries     TEXT NOT NULL,
	imported_at INTEGER NOT NULL
) STRICT;
