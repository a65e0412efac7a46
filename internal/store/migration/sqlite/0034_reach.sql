-- How people are told outside of the desk: what waits to be told together, how
-- staff want to be told, who wants no more, and what a provider of short messages
-- calls those of ours. Addresses are sealed, or blind indexes.

-- +goose Up
CREATE TABLE digest_line (
	id        TEXT NOT NULL PRIMARY KEY,
	recipient TEXT NOT NULL,
	kind      TEXT NOT NULL,
	ticket    TEXT NOT NULL,
	at        INTEGER NOT NULL,
	due_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX digest_line_due ON digest_line (recipient, due_at);

CREATE TABLE notice_setting (
	user_id      TEXT NOT NULL PRIMARY KEY,
	sealed_email BLOB NOT NULL,
	how          TEXT NOT NULL,
	version      INTEGER NOT NULL
) STRICT;

CREATE TABLE opt_out (
	who BLOB NOT NULL PRIMARY KEY,
	at  INTEGER NOT NULL
) STRICT;

CREATE TABLE sms_receipt (
	receipt     BLOB NOT NULL PRIMARY KEY,
	delivery_id TEXT NOT NULL REFERENCES delivery (id)
) STRICT;
