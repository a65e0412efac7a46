-- People who answer in chats. A conversation says itself who answers in it, under
-- its own lock, and from where on they may read; what was done with it is a list of
-- steps, whose notes for colleagues are sealed. A clerk has a number citizens know them by, and the last
-- sign of life of theirs: who is gone for too long loses their chats. And the
-- canned replies of clerks.

-- +goose Up
ALTER TABLE conversation ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conversation ADD COLUMN skill TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN since INTEGER;
ALTER TABLE conversation ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN clerk TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN taken INTEGER;
ALTER TABLE conversation ADD COLUMN read_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN avoid TEXT NOT NULL DEFAULT 'null';
CREATE INDEX conversation_live ON conversation (state, since) WHERE state IN ('queued', 'person');

CREATE TABLE chat_step (
	id           TEXT NOT NULL PRIMARY KEY,
	conversation TEXT NOT NULL REFERENCES conversation (id),
	at           INTEGER NOT NULL,
	move         TEXT NOT NULL,
	by_whom      TEXT NOT NULL,
	clerk        TEXT NOT NULL,
	skill        TEXT NOT NULL,
	waited       INTEGER NOT NULL,
	sealed_note  BLOB
) STRICT;
CREATE INDEX chat_step_conversation ON chat_step (conversation, at, id);
CREATE INDEX chat_step_waits ON chat_step (skill, at) WHERE move = 'take';

CREATE TABLE clerk (
	user_id TEXT NOT NULL PRIMARY KEY,
	number  INTEGER NOT NULL UNIQUE,
	seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE phrase (
	id         TEXT NOT NULL PRIMARY KEY,
	owner      TEXT NOT NULL,
	category   TEXT NOT NULL,
	title      TEXT NOT NULL,
	text       TEXT NOT NULL,
	retired    INTEGER NOT NULL,
	updated_by TEXT NOT NULL,
	updated_at INTEGER NOT NULL,
	version    INTEGER NOT NULL
) STRICT;
CREATE INDEX phrase_owner ON phrase (owner, category);
