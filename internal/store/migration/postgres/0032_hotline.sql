-- Work orders of 12345 platforms: what was dispatched, what the platform did with
-- it, what we tell the platform, files that still lie there, and what a comparison
-- found to differ. Contents are sealed: they tell who asked and what about.

-- +goose Up
CREATE TABLE hotline_order (
	id          TEXT NOT NULL PRIMARY KEY,
	platform    TEXT NOT NULL,
	number      TEXT NOT NULL,
	dispatch    TEXT NOT NULL,
	state       TEXT NOT NULL,
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	ticket      TEXT NOT NULL,
	sign_by     BIGINT,
	reply_by    BIGINT,
	urges       BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	sealed_body BYTEA NOT NULL,
	version     BIGINT NOT NULL,
	UNIQUE (platform, number, dispatch)
);
CREATE INDEX hotline_order_ticket ON hotline_order (ticket_id);
CREATE INDEX hotline_order_state ON hotline_order (state, reply_by, id);
CREATE TABLE hotline_act (
	id          TEXT NOT NULL PRIMARY KEY,
	order_id    TEXT NOT NULL REFERENCES hotline_order (id),
	platform    TEXT NOT NULL,
	act_key     TEXT NOT NULL,
	at          BIGINT NOT NULL,
	sealed_body BYTEA NOT NULL,
	UNIQUE (platform, act_key)
);
CREATE INDEX hotline_act_order ON hotline_act (order_id, at, id);
CREATE TABLE hotline_op (
	id           TEXT NOT NULL PRIMARY KEY,
	order_id     TEXT NOT NULL REFERENCES hotline_order (id),
	kind         TEXT NOT NULL,
	state        TEXT NOT NULL,
	drafted_by   TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	confirmed_at BIGINT,
	alarm_at     BIGINT,
	typed_by     TEXT NOT NULL,
	typed_at     BIGINT,
	sealed_body  BYTEA NOT NULL,
	version      BIGINT NOT NULL
);
CREATE INDEX hotline_op_order ON hotline_op (order_id, created_at, id);
CREATE INDEX hotline_op_waiting ON hotline_op (state, created_at, id) WHERE state IN ('proposed', 'to_type');
CREATE TABLE hotline_file (
	order_id    TEXT NOT NULL REFERENCES hotline_order (id),
	n           BIGINT NOT NULL,
	state       TEXT NOT NULL,
	attachment  TEXT NOT NULL,
	reason      TEXT NOT NULL,
	tries       BIGINT NOT NULL,
	sealed_body BYTEA NOT NULL,
	PRIMARY KEY (order_id, n)
);
CREATE INDEX hotline_file_waiting ON hotline_file (order_id, n) WHERE state = 'waiting';
CREATE TABLE hotline_difference (
	id        TEXT NOT NULL PRIMARY KEY,
	platform  TEXT NOT NULL,
	number    TEXT NOT NULL,
	dispatch  TEXT NOT NULL,
	kind      TEXT NOT NULL,
	order_id  TEXT NOT NULL,
	ours      TEXT NOT NULL,
	theirs    TEXT NOT NULL,
	since     BIGINT NOT NULL,
	closed_at BIGINT
);
CREATE INDEX hotline_difference_open ON hotline_difference (platform, since, id) WHERE closed_at IS NULL;
