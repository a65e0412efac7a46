-- Notices of public holidays that were imported since the product shipped its
-- own. Rows are never changed: a correction is a higher version. days holds
-- holidays and make-up workdays as JSON text. The index finds the tickets whose
-- clocks still run, for counting them anew.

-- +goose Up
CREATE TABLE notice (
	year        BIGINT NOT NULL,
	version     BIGINT NOT NULL,
	status      TEXT NOT NULL,
	document    TEXT NOT NULL,
	published   TEXT NOT NULL,
	note        TEXT NOT NULL,
	days        TEXT NOT NULL,
	reason      TEXT NOT NULL,
	imported_by TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (year, version)
);
CREATE INDEX clock_open ON clock (ticket_id, due_at) WHERE met_at IS NULL AND superseded_by = '';
