-- Accounts are changed on a screen: two administrators must not overwrite each other
-- (version), and people are told when and where they are signed in. The audit trail
-- is searched for what is rare, such as who looked who wrote; audit_check is how far
-- a check of the whole trail has come, and what it found.

-- +goose Up
ALTER TABLE staff ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE staff ADD COLUMN signed_in_at BIGINT;
ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_action ON audit (action, at, lane, seq);
CREATE TABLE audit_check (
	id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	version  BIGINT NOT NULL,
	progress TEXT NOT NULL
);
