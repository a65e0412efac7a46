-- Tickets are found by what their letters and released replies say. ticket_tokens
-- holds keyed fingerprints of every two neighbouring characters, without their
-- places; ticket_found says whose they are, and is in the order of time. Titles stood
-- in clear in ticket_words. Tickets from before wait in ticket_unindexed.

-- +goose Up
DROP TABLE ticket_words;
CREATE TABLE ticket_found (
	id     INTEGER NOT NULL PRIMARY KEY,
	ticket TEXT NOT NULL REFERENCES ticket (id)
) STRICT;
CREATE VIRTUAL TABLE ticket_tokens USING fts5 (
	words, content = '', detail = 'none', columnsize = 0, tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TABLE ticket_unindexed (ticket TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO ticket_unindexed (ticket) SELECT id FROM ticket WHERE kind <> 'report';
