-- What a ticket needs for its whole life: who works on it, who is asked for an
-- opinion, what it was merged into, what was asked for and how it was rated.
-- Lists of JSON text, as elsewhere; ticket_co repeats co for the lists of the
-- units that are asked.

-- +goose Up
ALTER TABLE ticket ADD COLUMN resume TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN co TEXT NOT NULL DEFAULT 'null';
ALTER TABLE ticket ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN asks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN urges INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN supervised INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN extension TEXT NOT NULL DEFAULT 'null';
ALTER TABLE ticket ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN solved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN urgency TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN origin_id TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN origin_due INTEGER;
-- One letter of an upstream platform is one ticket, however often it is passed on.
CREATE UNIQUE INDEX ticket_origin ON ticket (origin, origin_id) WHERE origin_id <> '';
CREATE INDEX ticket_parent ON ticket (parent) WHERE parent <> '';
CREATE INDEX ticket_holder ON ticket (holder, status, due_at, id) WHERE holder <> '';

CREATE TABLE ticket_co (
	unit      TEXT NOT NULL,
	ticket_id TEXT NOT NULL REFERENCES ticket (id),
	PRIMARY KEY (unit, ticket_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_co_ticket ON ticket_co (ticket_id);
