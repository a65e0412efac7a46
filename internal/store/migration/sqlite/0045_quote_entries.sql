-- Which versions of entries a revision of a reply quotes, so that a recall finds it.

-- +goose Up
ALTER TABLE draft ADD COLUMN quotes TEXT NOT NULL DEFAULT 'null';
CREATE INDEX draft_quoting ON draft (released_at) WHERE quotes <> 'null';
