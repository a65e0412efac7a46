-- What changed the library since its files: versions that were published, what
-- was withdrawn or retired, documents that are over. Acts are only added. Beside
-- them, what the golden set said of a text before it was published.

-- +goose Up
CREATE TABLE library_act (
	seq         BIGINT NOT NULL PRIMARY KEY,
	kind        TEXT NOT NULL,
	entry       TEXT NOT NULL,
	version     BIGINT NOT NULL,
	document    TEXT NOT NULL,
	sealed_body BYTEA NOT NULL
);
CREATE UNIQUE INDEX library_release ON library_act (entry, version) WHERE kind = 'release';
CREATE TABLE library_gate (
	review_id   TEXT NOT NULL REFERENCES review (id),
	hash        TEXT NOT NULL,
	seq         BIGINT NOT NULL,
	sealed_body BYTEA NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (review_id, hash, seq)
);
CREATE TRIGGER library_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON library_act
	FOR EACH STATEMENT EXECUTE FUNCTION append_only();
