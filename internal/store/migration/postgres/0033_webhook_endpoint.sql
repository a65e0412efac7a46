-- Where other systems hear of tickets, and what they know us by: two secrets while
-- one takes the place of the other.

-- +goose Up
CREATE TABLE webhook_endpoint (
	id            TEXT NOT NULL PRIMARY KEY,
	sealed_url    BYTEA NOT NULL,
	description   TEXT NOT NULL,
	types         TEXT NOT NULL,
	sealed_secret BYTEA NOT NULL,
	sealed_former BYTEA,
	former_until  BIGINT,
	state         TEXT NOT NULL,
	created_by    TEXT NOT NULL,
	created_at    BIGINT NOT NULL,
	updated_at    BIGINT NOT NULL,
	version       BIGINT NOT NULL
);
CREATE INDEX delivery_route ON delivery (route, seq);
