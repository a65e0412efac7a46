-- What the public is asked, and which tickets are what it said. A consultation is
-- read as a whole, so that its parts need no columns; a bureau has some ten a year.

-- +goose Up
CREATE TABLE consultation (
	id          TEXT NOT NULL PRIMARY KEY,
	unit        TEXT NOT NULL,
	state       TEXT NOT NULL,
	opens_at    INTEGER,
	reported_at INTEGER,
	created_at  INTEGER NOT NULL,
	sealed_body BLOB NOT NULL,
	version     INTEGER NOT NULL
) STRICT;
ALTER TABLE ticket ADD COLUMN consultation TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN closes_at INTEGER;
CREATE INDEX ticket_consultation ON ticket (consultation, id) WHERE consultation <> '';
