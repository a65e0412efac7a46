-- Letters of ours that a platform deals with: an order that went the other way, which
-- the platform knows by a number of its own. And an operation in place of one that the
-- platform refused, which leaves when that would have.

-- +goose Up
ALTER TABLE hotline_order ADD COLUMN outward INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hotline_order ADD COLUMN theirs TEXT NOT NULL DEFAULT '';
CREATE INDEX hotline_order_theirs ON hotline_order (platform, theirs);
ALTER TABLE hotline_op ADD COLUMN supersedes TEXT NOT NULL DEFAULT '';
