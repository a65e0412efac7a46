-- Texts that are read by several people before they reach anybody. What was
-- written and who did what with it are rows of their own: they are only added.

-- +goose Up
CREATE TABLE review (
	id           TEXT NOT NULL PRIMARY KEY,
	kind         TEXT NOT NULL,
	audience     TEXT NOT NULL,
	unit         TEXT NOT NULL,
	unit_path    TEXT NOT NULL,
	state        TEXT NOT NULL,
	sealed_chain BYTEA NOT NULL,
	live         BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	version      BIGINT NOT NULL
);
CREATE INDEX review_state ON review (state, updated_at, id);
CREATE TABLE review_version (
	review_id      TEXT NOT NULL REFERENCES review (id),
	n              BIGINT NOT NULL,
	sealed_content BYTEA NOT NULL,
	hash           TEXT NOT NULL,
	written_at     BIGINT NOT NULL,
	PRIMARY KEY (review_id, n)
);
CREATE TABLE review_act (
	review_id   TEXT NOT NULL REFERENCES review (id),
	seq         BIGINT NOT NULL,
	sealed_body BYTEA NOT NULL,
	PRIMARY KEY (review_id, seq)
);
CREATE TRIGGER review_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review_version
	FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER review_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review_act
	FOR EACH STATEMENT EXECUTE FUNCTION append_only();
