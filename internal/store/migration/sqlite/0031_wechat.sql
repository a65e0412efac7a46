-- Who writes to which WeChat account: openid, phone and what they agreed to get
-- are sealed, and found by a fingerprint. The access token of an account is
-- shared by all replicas, and replaced only by who knows the one before.

-- +goose Up
CREATE TABLE wechat_peer (
	account      TEXT NOT NULL,
	person       BLOB NOT NULL,
	conversation TEXT NOT NULL,
	open_until   INTEGER,
	quota_left   INTEGER NOT NULL,
	sealed_peer  BLOB NOT NULL,
	PRIMARY KEY (account, person)
) STRICT;
CREATE UNIQUE INDEX wechat_peer_conversation ON wechat_peer (conversation);

CREATE TABLE wechat_token (
	account      TEXT NOT NULL PRIMARY KEY,
	mark         BLOB NOT NULL,
	sealed_token BLOB NOT NULL,
	good_until   INTEGER NOT NULL
) STRICT;
