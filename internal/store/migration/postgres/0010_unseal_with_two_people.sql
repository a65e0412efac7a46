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
	sealed_reason   BYTEA NOT NULL,
	state           TEXT NOT NULL,
	requested_at    BIGINT NOT NULL,
	expires_at      BIGINT NOT NULL,
	decided_by      TEXT NOT NULL,
	decided_at      BIGINT,
	sealed_decision BYTEA,
	looks           INTEGER NOT NULL,
	version         BIGINT NOT NULL
);
CREATE INDEX unsealing_ticket ON unsealing (ticket_id);
CREATE INDEX unsealing_state ON unsealing (state, requested_at, id);
