-- Lists of a unit in the order tickets came or changed: without an index of its own
-- such a list reads and sorts all tickets of the unit.

-- +goose Up
CREATE INDEX ticket_scope2_updated ON ticket (scope2, updated_at, id);
CREATE INDEX ticket_scope2_created ON ticket (scope2, id);
CREATE INDEX ticket_scope3_updated ON ticket (scope3, updated_at, id) WHERE scope3 <> '';
CREATE INDEX ticket_scope3_created ON ticket (scope3, id) WHERE scope3 <> '';
