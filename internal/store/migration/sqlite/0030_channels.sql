-- What other systems send, kept as it came before it is taken; and what is sent
-- to them, kept until it has arrived. Keys and lanes are blind indexes.

-- +goose Up
CREATE TABLE inbound (
	seq           INTEGER PRIMARY KEY AUTOINCREMENT,
	id            TEXT NOT NULL UNIQUE,
	source        TEXT NOT NULL,
	key           BLOB NOT NULL,
	lane          BLOB,
	type          TEXT NOT NULL,
	sealed_body   BLOB NOT NULL,
	received_at   INTEGER NOT NULL,
	state         TEXT NOT NULL,
	reason        TEXT NOT NULL,
	detail        TEXT NOT NULL,
	subject       TEXT NOT NULL,
	sealed_answer BLOB,
	version       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbound_once ON inbound (source, key);
CREATE INDEX inbound_lane ON inbound (source, lane, seq) WHERE state = 'waiting';
CREATE INDEX inbound_open ON inbound (state, seq) WHERE state <> 'done';

CREATE TABLE delivery (
	seq         INTEGER PRIMARY KEY AUTOINCREMENT,
	id          TEXT NOT NULL UNIQUE,
	route       TEXT NOT NULL,
	lane        BLOB,
	kind        TEXT NOT NULL,
	ticket      TEXT NOT NULL,
	sealed_body BLOB NOT NULL,
	state       TEXT NOT NULL,
	reason      TEXT NOT NULL,
	tries       INTEGER NOT NULL,
	next_at     INTEGER NOT NULL,
	lease_until INTEGER,
	created_at  INTEGER NOT NULL,
	ended_at    INTEGER,
	alarm_at    INTEGER,
	version     INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_lane ON delivery (route, lane, seq) WHERE state IN ('waiting', 'dead');
CREATE INDEX delivery_due ON delivery (route, next_at, seq) WHERE state = 'waiting';
CREATE INDEX delivery_ticket ON delivery (ticket, seq);
CREATE INDEX delivery_state ON delivery (state, seq);

CREATE TABLE delivery_attempt (
	delivery_id TEXT NOT NULL REFERENCES delivery (id),
	no          INTEGER NOT NULL,
	at          INTEGER NOT NULL,
	took        INTEGER NOT NULL,
	outcome     TEXT NOT NULL,
	status      INTEGER NOT NULL,
	detail      TEXT NOT NULL,
	PRIMARY KEY (delivery_id, no, at)
) STRICT;
