-- What new kinds of letters need: whose opinion a request for information waits
-- for, and the consultations on drafts that opinions are sent in on.

-- +goose Up
ALTER TABLE ticket ADD COLUMN third TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN consultation TEXT NOT NULL DEFAULT '';
CREATE INDEX ticket_consultation ON ticket (consultation, status) WHERE consultation <> '';

CREATE TABLE consultation (
	id           TEXT NOT NULL PRIMARY KEY,
	title        TEXT NOT NULL,
	body         TEXT NOT NULL,
	method       TEXT NOT NULL,
	opens_at     BIGINT NOT NULL,
	closes_at    BIGINT NOT NULL,
	short        TEXT NOT NULL,
	unit         TEXT NOT NULL,
	state        TEXT NOT NULL,
	summary      TEXT NOT NULL,
	created_by   TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	concluded_at BIGINT,
	version      BIGINT NOT NULL
);
CREATE INDEX consultation_state ON consultation (state, opens_at, id);
