-- What may happen to a clock: it is paused, extended, counted anew. Whose clock
-- it is and what it waits for stand with it, not with the rule. Lists are JSON
-- text, as elsewhere.

-- +goose Up
ALTER TABLE clock ADD COLUMN purpose TEXT NOT NULL DEFAULT 'answer';
ALTER TABLE clock ADD COLUMN round INTEGER NOT NULL DEFAULT 1;
ALTER TABLE clock ADD COLUMN unit TEXT NOT NULL DEFAULT '';
ALTER TABLE clock ADD COLUMN extra INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clock ADD COLUMN extensions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clock ADD COLUMN cap INTEGER;
ALTER TABLE clock ADD COLUMN pauses TEXT NOT NULL DEFAULT 'null';
ALTER TABLE clock ADD COLUMN history TEXT NOT NULL DEFAULT 'null';
UPDATE clock SET purpose = rule WHERE rule IN ('screen', 'sign');
