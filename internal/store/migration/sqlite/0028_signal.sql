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
	restricted  INTEGER NOT NULL,
	state       TEXT NOT NULL,
	since       INTEGER NOT NULL,
	raised_at   INTEGER NOT NULL,
	updated_at  INTEGER NOT NULL,
	response    TEXT NOT NULL,
	merged_into TEXT NOT NULL,
	sealed_body BLOB NOT NULL,
	version     INTEGER NOT NULL
) STRICT;
CREATE INDEX signal_state ON signal (state, raised_at, id);
CREATE TABLE signal_ticket (
	signal_id TEXT NOT NULL REFERENCES signal (id),
	ticket_id TEXT NOT NULL REFERENCES ticket (id),
	seq       INTEGER NOT NULL,
	PRIMARY KEY (signal_id, ticket_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX signal_ticket_ticket ON signal_ticket (ticket_id);
