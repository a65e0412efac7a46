-- Vectors of the library's questions, so that a restart does not embed them
-- anew. They can be made again at any time. values_le are little-endian float32.

-- +goose Up
CREATE TABLE question_vector (
	model     TEXT NOT NULL,
	hash      BYTEA NOT NULL,
	values_le BYTEA NOT NULL,
	PRIMARY KEY (model, hash)
);
