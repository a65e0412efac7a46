-- Lists of the console: tickets nobody has taken, those that changed last, and the
-- audit trail by time, by whom it tells of, and by who did something. What has no
-- person behind it is most of the trail and is found by its time.

-- +goose Up
CREATE INDEX ticket_untaken ON ticket (status, due_at, id) WHERE holder = '' AND status IN ('dispatched', 'handling');
CREATE INDEX ticket_updated ON ticket (updated_at, id);
CREATE INDEX audit_at ON audit (at, lane, seq);
CREATE INDEX audit_object ON audit (object, at, seq);
CREATE INDEX audit_actor ON audit (actor, at, lane, seq) WHERE actor NOT IN ('citizen', 'system', 'job');
