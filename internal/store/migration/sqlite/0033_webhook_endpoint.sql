-- Where other systems hear of tickets, and what they know us by: two secrets while
-- one takes the place of the other.

-- +goose Up
CREATE TABLE webhook_endpoint (
	id            TEXT NOT NULL PRIMARY KEY,
	sealed_url    BLOB NOT NULL,
	description   TEXT NOT NULL,
	types         TEXT NOT NULL,
	sealed_secret BLOB NOT NULL,
	sealed_former BLOB,
	former_until  INTEGER,
	state         TEXT NOT NULL,
	created_by    TEXT NOT NULL,
	created_at    INTEGER NOT NULL,
	updated_at    INTEGER NOT NULL,
	version       INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_route ON delivery (route, seq);
