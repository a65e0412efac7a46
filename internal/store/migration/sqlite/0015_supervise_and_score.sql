-- Supervision with a date, and who is behind: until when a unit has to report,
-- whether a ticket's answer can be late at all, and from when it is to be named.
-- A step keeps who led the ticket until then and a rating its score, so that
-- figures of a month do not change with what becomes of a ticket later.

-- +goose Up
ALTER TABLE ticket ADD COLUMN supervisions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN feedback_due INTEGER;
ALTER TABLE ticket ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN circular_at INTEGER;
ALTER TABLE event ADD COLUMN lead TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN score INTEGER NOT NULL DEFAULT 0;
-- What the open clocks of answers say: only one that stands still has no step to come.
UPDATE ticket SET
	supervisions = supervised,
	standing = EXISTS (SELECT 1 FROM clock AS c WHERE c.ticket_id = ticket.id AND c.purpose = 'answer' AND c.met_at IS NULL AND c.superseded_by = '' AND c.next_at IS NULL),
	circular_at = (SELECT CAST(unixepoch(s.value->>'at') AS INTEGER) * 1000000 FROM clock AS c, json_each(c.steps) AS s
		WHERE c.ticket_id = ticket.id AND c.purpose = 'answer' AND c.met_at IS NULL AND c.superseded_by = '' AND s.value->>'name' = 'overdue.circular' LIMIT 1)
WHERE status NOT IN ('closed', 'declined', 'withdrawn', 'transferred');

-- What one may see of slow work, by move and month.
CREATE INDEX event_reckoned ON event (move, at) WHERE move IN ('release', 'return', 'redo', 'rate', 'circular');
-- Tickets somebody leans on: few, whatever there is beside them.
CREATE INDEX ticket_pressed ON ticket (status, due_at, id) WHERE urges > 0 OR supervisions > 0 OR returns > 1;

-- Months that are closed for scores: their facts, the rules they are judged by
-- and what came of it. Nothing refers to tickets, which may go; no row changes.
CREATE TABLE score_month (
	month     TEXT NOT NULL PRIMARY KEY,
	frozen_at INTEGER NOT NULL,
	frozen_by TEXT NOT NULL,
	rules     TEXT NOT NULL,
	facts     INTEGER NOT NULL,
	digest    TEXT NOT NULL,
	sheet     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE score_fact (
	month     TEXT NOT NULL,
	ticket_id TEXT NOT NULL,
	seq       INTEGER NOT NULL,
	unit      TEXT NOT NULL,
	kind      TEXT NOT NULL,
	reason    TEXT NOT NULL,
	value     INTEGER NOT NULL,
	PRIMARY KEY (month, ticket_id, seq)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER score_month_no_update BEFORE UPDATE ON score_month BEGIN
	SELECT RAISE(ABORT, 'score_month is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER score_month_no_delete BEFORE DELETE ON score_month BEGIN
	SELECT RAISE(ABORT, 'score_month is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER score_fact_no_update BEFORE UPDATE ON score_fact BEGIN
	SELECT RAISE(ABORT, 'score_fact is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER score_fact_no_delete BEFORE DELETE ON score_fact BEGIN
	SELECT RAISE(ABORT, 'score_fact is append-only');
END;
-- +goose StatementEnd
