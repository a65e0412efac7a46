-- Reports of months, quarters and years. A step keeps what its ticket was then and
-- whether the citizen called the matter solved: what is counted from steps never
-- changes with what becomes of the ticket. Steps from before say nothing of either:
-- they count with the kind the ticket has, and as not solved.

-- +goose Up
ALTER TABLE event ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN solved INTEGER NOT NULL DEFAULT 0;

-- What a period counts, by when it happened.
CREATE INDEX event_counted ON event (at) WHERE move IN ('open', 'dispatch', 'reassign', 'release', 'answer_with', 'decline', 'withdraw', 'lapse', 'transfer', 'conclude', 'return', 'redo', 'rate');

-- Months that are closed for reports: how often what happened, by everything a
-- report is broken down by, and the definitions of the day. No row changes.
CREATE TABLE report_month (
	month  TEXT NOT NULL PRIMARY KEY,
	at     INTEGER NOT NULL,
	form   TEXT NOT NULL,
	digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE report_cell (
	month    TEXT NOT NULL,
	unit     TEXT NOT NULL,
	category TEXT NOT NULL,
	channel  TEXT NOT NULL,
	district TEXT NOT NULL,
	kind     TEXT NOT NULL,
	step     TEXT NOT NULL,
	code     TEXT NOT NULL,
	n        INTEGER NOT NULL,
	good     INTEGER NOT NULL,
	firsts   INTEGER NOT NULL,
	seconds  INTEGER NOT NULL,
	PRIMARY KEY (month, unit, category, channel, district, kind, step, code)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER report_month_no_update BEFORE UPDATE ON report_month BEGIN
	SELECT RAISE(ABORT, 'report_month is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER report_month_no_delete BEFORE DELETE ON report_month BEGIN
	SELECT RAISE(ABORT, 'report_month is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER report_cell_no_update BEFORE UPDATE ON report_cell BEGIN
	SELECT RAISE(ABORT, 'report_cell is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER report_cell_no_delete BEFORE DELETE ON report_cell BEGIN
	SELECT RAISE(ABORT, 'report_cell is append-only');
END;
-- +goose StatementEnd
