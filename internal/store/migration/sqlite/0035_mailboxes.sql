-- What is kept of letters from mailboxes that others run: what the mailbox said
-- last, to know what it says anew, and whether the answer was entered there.

-- +goose Up
CREATE TABLE mail (
	ticket_id  TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
	source     TEXT NOT NULL,
	digest     TEXT NOT NULL,
	waiting    TEXT NOT NULL,
	entered_by TEXT NOT NULL,
	entered_at INTEGER,
	version    INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_waiting ON mail (source, waiting) WHERE waiting <> '';
