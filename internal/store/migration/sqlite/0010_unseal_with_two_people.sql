-- Who reported is sealed from everybody. Seeing it takes a request with a
-- reason and a second person's approval; every request is kept, whatever it
-- ended in.

-- +goose Up
CREATE TABLE unsealing (
	id              TEXT NOT NULL PRIMARY KEY,
	ticket_id       TEXT NOT NULL REFERENCES ticket (id),
	ticket          TEXT NOT NULL,
	requester       TEXT NOT NULL,
	requester_unit  TEXT NOT NULL,
	sealed_reason   BLOB NOT NULL,
	state           TEXT NOT NULL,
	requested_at    INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      INTEGER,
	sealed_decision BLOB,
	looks           INTEGER NOT NULL,
	version         INTEGER NOT NULL
) STRICT;
CREATE INDEX unsealing_ticket ON unsealing (ticket_id);
CREATE INDEX unsealing_state ON unsealing (state, requested_at, id);
