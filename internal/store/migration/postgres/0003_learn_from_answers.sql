-- What people say about answers, for editors: questions with votes for or
-- against entries, and counts by day. A question is sealed and found again by a
-- blind index; the counts hold no personal data.

-- +goose Up
CREATE TABLE label (
	id              TEXT NOT NULL PRIMARY KEY,
	hash            BYTEA NOT NULL,
	sealed_question BYTEA NOT NULL,
	count           INTEGER NOT NULL,
	first_at        BIGINT NOT NULL,
	last_at         BIGINT NOT NULL,
	state           TEXT NOT NULL,
	entries         TEXT NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      BIGINT,
	version         INTEGER NOT NULL
);
CREATE UNIQUE INDEX label_hash ON label (hash);
CREATE INDEX label_queue ON label (state, count, last_at);

CREATE TABLE vote (
	label_id TEXT NOT NULL REFERENCES label (id),
	entry    TEXT NOT NULL,
	kind     TEXT NOT NULL,
	agrees   BOOLEAN NOT NULL,
	count    INTEGER NOT NULL,
	PRIMARY KEY (label_id, entry, kind, agrees)
);

-- One rating and one choice a message: whoever clicks twice counts once.
CREATE TABLE feedback (
	conversation TEXT NOT NULL,
	seq          BIGINT NOT NULL,
	kind         TEXT NOT NULL,
	score        INTEGER NOT NULL,
	at           BIGINT NOT NULL,
	PRIMARY KEY (conversation, seq, kind)
);

-- Lanes spread the writers of one cell, as those of the audit trail.
CREATE TABLE answer_count (
	day      TEXT NOT NULL,
	category TEXT NOT NULL,
	event    TEXT NOT NULL,
	lane     INTEGER NOT NULL,
	n        BIGINT NOT NULL,
	PRIMARY KEY (day, category, event, lane)
);
