-- What the public is asked, and which tickets are what it said. A consultation is
-- read as a whole, so that its parts need no columns; a bureau has some ten a year.

-- +goose Up
CREATE TABLE consultation (
	id          TEXT NOT NULL PRIMARY KEY,
	unit        TEXT NOT NULL,
	state       TEXT NOT NULL,
	opens_at    BIGINT,
	reported_at BIGINT,
	created_at  BIGINT NOT NULL,
	sealed_body BYTEA NOT NULL,
	version     BIGINT NOT NULL
);
ALTER TABLE ticket ADD COLUMN consultation TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN closes_at BIGINT;
CREATE INDEX ticket_consultation ON ticket (consultation, id) WHERE consultation <> '';
