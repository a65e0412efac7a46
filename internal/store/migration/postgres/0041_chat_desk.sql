-- People who answer in chats. A conversation says itself who answers in it, under
-- its own lock, and from where on they may read; what was done with it is a list of
-- steps, whose notes for colleagues are sealed. A clerk has a number citizens know them by, and the last
-- sign of life of theirs: who is gone for too long loses their chats. And the
-- canned replies of clerks.

-- +goose Up
ALTER TABLE conversation ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE conversation ADD COLUMN skill TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN since BIGINT;
ALTER TABLE conversation ADD COLUMN again BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE conversation ADD COLUMN clerk TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN taken BIGINT;
ALTER TABLE conversation ADD COLUMN read_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN avoid TEXT NOT NULL DEFAULT 'null';
CREATE INDEX conversation_live ON conversation (state, since) WHERE state IN ('queued', 'person');

CREATE TABLE chat_step (
	id           TEXT NOT NULL PRIMARY KEY,
	conversation TEXT NOT NULL REFERENCES conversation (id),
	at           BIGINT NOT NULL,
	move         TEXT NOT NULL,
	by_whom      TEXT NOT NULL,
	clerk        TEXT NOT NULL,
	skill        TEXT NOT NULL,
	waited       BIGINT NOT NULL,
	sealed_note  BYTEA
);
CREATE INDEX chat_step_conversation ON chat_step (conversation, at, id);
CREATE INDEX chat_step_waits ON chat_step (skill, at) WHERE move = 'take';

CREATE TABLE clerk (
	user_id TEXT NOT NULL PRIMARY KEY,
	number  BIGINT NOT NULL UNIQUE,
	seen_at BIGINT NOT NULL
);

CREATE TABLE phrase (
	id         TEXT NOT NULL PRIMARY KEY,
	owner      TEXT NOT NULL,
	category   TEXT NOT NULL,
	title      TEXT NOT NULL,
	text       TEXT NOT NULL,
	retired    BOOLEAN NOT NULL,
	updated_by TEXT NOT NULL,
	updated_at BIGINT NOT NULL,
	version    BIGINT NOT NULL
);
CREATE INDEX phrase_owner ON phrase (owner, category);
