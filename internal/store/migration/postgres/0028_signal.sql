-- Weak signals in letters: what drew attention, who was told, and what became of
-- it. Tickets are only added to one.

-- +goose Up
CREATE TABLE signal (
	id          TEXT NOT NULL PRIMARY KEY,
	pattern     TEXT NOT NULL,
	level       TEXT NOT NULL,
	category    TEXT NOT NULL,
	district    TEXT NOT NULL,
	kin         TEXT NOT NULL,
	unit        TEXT NOT NULL,
	unit_path   TEXT NOT NULL,
	restricted  BOOLEAN NOT NULL,
	state       TEXT NOT NULL,
	since       BIGINT NOT NULL,
	raised_at   BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	response    TEXT NOT NULL,
	merged_into TEXT NOT NULL,
	sealed_body BYTEA NOT NULL,
	version     BIGINT NOT NULL
);
CREATE INDEX signal_state ON signal (state, raised_at, id);
CREATE TABLE signal_ticket (
	signal_id TEXT NOT NULL REFERENCES signal (id),
	ticket_id TEXT NOT NULL REFERENCES ticket (id),
	seq       BIGINT NOT NULL,
	PRIMARY KEY (signal_id, ticket_id)
);
CREATE INDEX signal_ticket_ticket ON signal_ticket (ticket_id);
