-- What is asked and not answered well, in order and by matter. Who asked is a
-- blind index; the text is masked and sealed. A question is taken down at once
-- and put in its place later; its gap is also the task that may come of it.

-- +goose Up
CREATE TABLE gap (
	id           TEXT NOT NULL PRIMARY KEY,
	state        TEXT NOT NULL,
	category     TEXT NOT NULL,
	unit         TEXT NOT NULL,
	unit_path    TEXT NOT NULL,
	times        INTEGER NOT NULL,
	people       INTEGER NOT NULL,
	first_at     INTEGER NOT NULL,
	last_at      INTEGER NOT NULL,
	since        INTEGER,
	bar          INTEGER NOT NULL,
	opened_at    INTEGER,
	due_at       INTEGER,
	review       TEXT NOT NULL,
	entry        TEXT NOT NULL,
	into_gap     TEXT NOT NULL,
	reason       TEXT NOT NULL,
	sealed_words BLOB,
	decided_by   TEXT NOT NULL,
	version      INTEGER NOT NULL
) STRICT;
CREATE INDEX gap_queue ON gap (state, people, times);
CREATE UNIQUE INDEX gap_review ON gap (review) WHERE review <> '';

CREATE TABLE gap_question (
	id          TEXT NOT NULL PRIMARY KEY,
	place       INTEGER,
	gap_id      TEXT NOT NULL,
	person      BLOB NOT NULL,
	sealed_text BLOB NOT NULL,
	channel     TEXT NOT NULL,
	cause       TEXT NOT NULL,
	ticket_id   TEXT NOT NULL,
	at          INTEGER NOT NULL
) STRICT;
CREATE INDEX gap_question_waiting ON gap_question (at, id) WHERE place IS NULL;
CREATE UNIQUE INDEX gap_question_place ON gap_question (place) WHERE place IS NOT NULL;
CREATE INDEX gap_question_gap ON gap_question (gap_id, person, at);
CREATE INDEX gap_question_person ON gap_question (person);

-- One row, which whoever puts a question in its place holds: one after the other.
CREATE TABLE gap_place (
	id INTEGER NOT NULL PRIMARY KEY,
	n  INTEGER NOT NULL
) STRICT;
INSERT INTO gap_place (id, n) VALUES (1, 0);
