-- How people are told outside of the desk: what waits to be told together, how
-- staff want to be told, who wants no more, and what a provider of short messages
-- calls those of ours. Addresses are sealed, or blind indexes.

-- +goose Up
CREATE TABLE digest_line (
	id        TEXT NOT NULL PRIMARY KEY,
	recipient TEXT NOT NULL,
	kind      TEXT NOT NULL,
	ticket    TEXT NOT NULL,
	at        BIGINT NOT NULL,
	due_at    BIGINT NOT NULL
);
CREATE INDEX digest_line_due ON digest_line (recipient, due_at);

CREATE TABLE notice_setting (
	user_id      TEXT NOT NULL PRIMARY KEY,
	sealed_email BYTEA NOT NULL,
	how          TEXT NOT NULL,
	version      BIGINT NOT NULL
);

CREATE TABLE opt_out (
	who BYTEA NOT NULL PRIMARY KEY,
	at  BIGINT NOT NULL
);

CREATE TABLE sms_receipt (
	receipt     BYTEA NOT NULL PRIMARY KEY,
	delivery_id TEXT NOT NULL REFERENCES delivery (id)
);
