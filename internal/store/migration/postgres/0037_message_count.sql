-- How many messages an address was sent within a span of time, so that a form that
-- anybody fills in is no way to flood somebody. Addresses are blind indexes.

-- +goose Up
CREATE TABLE message_count (
	who   BYTEA NOT NULL PRIMARY KEY,
	until BIGINT NOT NULL,
	n     BIGINT NOT NULL
);
