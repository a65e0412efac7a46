-- Who writes to which WeChat account: openid, phone and what they agreed to get
-- are sealed, and found by a fingerprint. The access token of an account is
-- shared by all replicas, and replaced only by who knows the one before.

-- +goose Up
CREATE TABLE wechat_peer (
	account      TEXT NOT NULL,
	person       BYTEA NOT NULL,
	conversation TEXT NOT NULL,
	open_until   BIGINT,
	quota_left   INTEGER NOT NULL,
	sealed_peer  BYTEA NOT NULL,
	PRIMARY KEY (account, person)
);
CREATE UNIQUE INDEX wechat_peer_conversation ON wechat_peer (conversation);

CREATE TABLE wechat_token (
	account      TEXT NOT NULL PRIMARY KEY,
	mark         BYTEA NOT NULL,
	sealed_token BYTEA NOT NULL,
	good_until   BIGINT NOT NULL
);
