-- Whoever got an answer is called the next working day, and whoever rated it
-- badly is called too. One row a round and cause; what was said is the rating.

-- +goose Up
CREATE TABLE callback (
	id         TEXT NOT NULL PRIMARY KEY,
	ticket_id  TEXT NOT NULL REFERENCES ticket (id),
	ticket     TEXT NOT NULL,
	round      INTEGER NOT NULL,
	unit       TEXT NOT NULL,
	cause      TEXT NOT NULL,
	state      TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	rectify_at BIGINT,
	attempts   INTEGER NOT NULL,
	called_by  TEXT NOT NULL,
	called_at  BIGINT,
	version    BIGINT NOT NULL
);
CREATE INDEX callback_ticket ON callback (ticket_id);
CREATE INDEX callback_waiting ON callback (due_at, id) WHERE state = 'waiting';
