-- A unit may appeal against a rating it finds unfair, once; a second person
-- decides. A rating is struck where the appeal was upheld before the month it
-- belongs to was closed; what is closed counts it for ever.

-- +goose Up
CREATE TABLE appeal (
	id              TEXT NOT NULL PRIMARY KEY,
	ticket_id       TEXT NOT NULL REFERENCES ticket (id),
	ticket          TEXT NOT NULL,
	seq             BIGINT NOT NULL,
	unit            TEXT NOT NULL,
	score           INTEGER NOT NULL,
	solved          BOOLEAN NOT NULL,
	rated_at        BIGINT NOT NULL,
	reason          TEXT NOT NULL,
	sealed_words    BYTEA NOT NULL,
	state           TEXT NOT NULL,
	appellant       TEXT NOT NULL,
	filed_at        BIGINT NOT NULL,
	clock_id        TEXT NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      BIGINT,
	sealed_decision BYTEA,
	struck          BOOLEAN NOT NULL,
	version         BIGINT NOT NULL
);
CREATE UNIQUE INDEX appeal_rating ON appeal (ticket_id, seq);
CREATE INDEX appeal_state ON appeal (state, filed_at, id);
CREATE INDEX appeal_upheld ON appeal (rated_at) WHERE state = 'upheld';

-- One call for a round and its cause.
DROP INDEX callback_ticket;
CREATE UNIQUE INDEX callback_once ON callback (ticket_id, round, cause);
