-- Pictures and voices that people sent on WeChat: where they are to be fetched, and
-- which file and ticket came of them. What WeChat calls them is sealed: with our
-- token it opens them.

-- +goose Up
CREATE TABLE wechat_media (
	id           TEXT NOT NULL PRIMARY KEY,
	account      TEXT NOT NULL,
	conversation TEXT NOT NULL,
	ticket_id    TEXT NOT NULL,
	type         TEXT NOT NULL,
	sealed_media BYTEA NOT NULL,
	state        TEXT NOT NULL,
	attachment   TEXT NOT NULL,
	reason       TEXT NOT NULL,
	tries        BIGINT NOT NULL,
	next_at      BIGINT NOT NULL,
	at           BIGINT NOT NULL
);
CREATE INDEX wechat_media_waiting ON wechat_media (next_at, id) WHERE state = 'waiting';
CREATE INDEX wechat_media_loose ON wechat_media (conversation, at, id) WHERE ticket_id = '';
CREATE UNIQUE INDEX wechat_media_attachment ON wechat_media (attachment) WHERE attachment <> '';
