-- What people say about answers, for editors: questions with votes for or
-- against entries, and counts by day. A question is sealed and found again by a
-- blind index; the counts hold no personal data.

-- +goose Up
CREATE TABLE label (
	id              TEXT NOT NULL PRIMARY KEY,
	hash            BLOB NOT NULL,
	sealed_question BLOB NOT NULL,
	count           INTEGER NOT NULL,
	first_at        INTEGER NOT NULL,
	last_at         INTEGER NOT NULL,
	state           TEXT NOT NULL,
	entries         TEXT NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      INTEGER,
	version         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX label_hash ON label (hash);
CREATE INDEX label_queue ON label (state, count, last_at);

CREATE TABLE vote (
	label_id TEXT NOT NULL REFERENCES label (id),
	entry    TEXT NOT NULL,
	kind     TEXT NOT NULL,
	agrees   INTEGER NOT NULL,
	count    INTEGER NOT NULL,
	PRIMARY KEY (label_id, entry, kind, agrees)
) STRICT, WITHOUT ROWID;

-- One rating and one choice a message: whoever clicks twice counts once.
CREATE TABLE feedback (
	conversation TEXT NOT NULL,
	seq          INTEGER NOT NULL,
	kind         TEXT NOT NULL,
	score        INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	PRIMARY KEY (conversation, seq, kind)
) STRICT, WITHOUT ROWID;

-- Lanes spread the writers of one cell, as those of the audit trail.
CREATE TABLE answer_count (
	day      TEXT NOT NULL,
	category TEXT NOT NULL,
	event    TEXT NOT NULL,
	lane     INTEGER NOT NULL,
	n        INTEGER NOT NULL,
	PRIMARY KEY (day, category, event, lane)
) STRICT, WITHOUT ROWID;
