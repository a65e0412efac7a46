-- Calls to the bureau's hotlines, and how its directory of hotlines changed. A
-- call's words and the caller's number are sealed; the number is found again by a
-- blind index. What the directory said on a day is never rewritten. And what other
-- systems' apps sent in: their handles are kept hashed.

-- +goose Up
CREATE TABLE phone_call (
	id            TEXT NOT NULL PRIMARY KEY,
	taken_at      BIGINT NOT NULL,
	taken_by      TEXT NOT NULL,
	unit          TEXT NOT NULL,
	unit_path     TEXT NOT NULL,
	line          TEXT NOT NULL,
	number        TEXT NOT NULL,
	outcome       TEXT NOT NULL,
	ticket_id     TEXT NOT NULL,
	entry         TEXT NOT NULL,
	entry_version INTEGER NOT NULL,
	warned        BOOLEAN NOT NULL,
	kind          TEXT NOT NULL,
	category      TEXT NOT NULL,
	district      TEXT NOT NULL,
	sealed_words  BYTEA,
	sealed_phone  BYTEA,
	phone_index   BYTEA
);
CREATE INDEX phone_call_taken ON phone_call (taken_at, id);
CREATE INDEX phone_call_phone ON phone_call (phone_index, taken_at) WHERE phone_index IS NOT NULL;

CREATE TABLE hotline_change (
	id          TEXT NOT NULL PRIMARY KEY,
	lines       TEXT NOT NULL,
	from_at     BIGINT NOT NULL,
	reason      TEXT NOT NULL,
	state       TEXT NOT NULL,
	proposed_by TEXT NOT NULL,
	proposed_at BIGINT NOT NULL,
	decided_by  TEXT NOT NULL,
	decided_at  BIGINT,
	words       TEXT NOT NULL,
	version     BIGINT NOT NULL
);

CREATE TABLE app_request (
	token_hash BYTEA NOT NULL PRIMARY KEY,
	id_hash    BYTEA NOT NULL,
	ticket_id  TEXT NOT NULL REFERENCES ticket (id),
	client     TEXT NOT NULL,
	service    TEXT NOT NULL,
	sent_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX app_request_id ON app_request (id_hash);
