-- What a chat or a session is about, so that a question that leaves out its
-- subject is understood and nobody is asked back for ever. Kept for half an
-- hour; the key is a hash.

-- +goose Up
CREATE TABLE thread (
	key          BYTEA NOT NULL PRIMARY KEY,
	sealed_state BYTEA NOT NULL,
	expires_at   BIGINT NOT NULL
);
CREATE INDEX thread_expiry ON thread (expires_at);
