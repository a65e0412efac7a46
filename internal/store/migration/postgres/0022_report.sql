-- Reports of months, quarters and years. A step keeps what its ticket was then and
-- whether the citizen called the matter solved: what is counted from steps never
-- changes with what becomes of the ticket. Steps from before say nothing of either:
-- they count with the kind the ticket has, and as not solved.

-- +goose Up
ALTER TABLE event ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN solved BOOLEAN NOT NULL DEFAULT FALSE;

-- What a period counts, by when it happened.
CREATE INDEX event_counted ON event (at) WHERE move IN ('open', 'dispatch', 'reassign', 'release', 'answer_with', 'decline', 'withdraw', 'lapse', 'transfer', 'conclude', 'return', 'redo', 'rate');

-- Months that are closed for reports: how often what happened, by everything a
-- report is broken down by, and the definitions of the day. No row changes.
CREATE TABLE report_month (
	month  TEXT NOT NULL PRIMARY KEY,
	at     BIGINT NOT NULL,
	form   TEXT NOT NULL,
	digest TEXT NOT NULL
);

CREATE TABLE report_cell (
	month    TEXT NOT NULL,
	unit     TEXT NOT NULL,
	category TEXT NOT NULL,
	channel  TEXT NOT NULL,
	district TEXT NOT NULL,
	kind     TEXT NOT NULL,
	step     TEXT NOT NULL,
	code     TEXT NOT NULL,
	n        BIGINT NOT NULL,
	good     BIGINT NOT NULL,
	firsts   BIGINT NOT NULL,
	seconds  BIGINT NOT NULL,
	PRIMARY KEY (month, unit, category, channel, district, kind, step, code)
);

CREATE TRIGGER report_month_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON report_month
	FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER report_cell_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON report_cell
	FOR EACH STATEMENT EXECUTE FUNCTION append_only();
