-- Which tickets seem to be about the same matter: found when the later one came
-- in, shown to staff. A link closes nothing and moves no date.

-- +goose Up
CREATE TABLE ticket_link (
	from_id     TEXT NOT NULL REFERENCES ticket (id),
	to_id       TEXT NOT NULL REFERENCES ticket (id),
	kind        TEXT NOT NULL,
	probability DOUBLE PRECISION NOT NULL,
	made_by     TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (from_id, to_id)
);
CREATE INDEX ticket_link_to ON ticket_link (to_id);
