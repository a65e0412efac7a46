-- A unit may appeal against a rating it finds unfair, once; a second person
-- decides. A rating is struck where the appeal was upheld before the month it
-- belongs to was closed; what is closed counts it for ever.

-- +goose Up
CREATE TABLE appeal (
	id              TEXT NOT NULL PRIMARY KEY,
	ticket_id       TEXT NOT NULL REFERENCES ticket (id),
	ticket          TEXT NOT NULL,
	seq             INTEGER NOT NULL,
	unit            TEXT NOT NULL,
	score           INTEGER NOT NULL,
	solved          INTEGER NOT NULL,
	rated_at        INTEGER NOT NULL,
	reason          TEXT NOT NULL,
	sealed_words    BLOB NOT NULL,
	state           TEXT NOT NULL,
	appellant       TEXT NOT NULL,
	filed_at        INTEGER NOT NULL,
	clock_id        TEXT NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      INTEGER,
	sealed_decision BLOB,
	struck          INTEGER NOT NULL,
	version         INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX appeal_rating ON appeal (ticket_id, seq);
CREATE INDEX appeal_state ON appeal (state, filed_at, id);
CREATE INDEX appeal_upheld ON appeal (rated_at) WHERE state = 'upheld';

-- One call for a round and its cause.
DROP INDEX callback_ticket;
CREATE UNIQUE INDEX callback_once ON callback (ticket_id, round, cause);
