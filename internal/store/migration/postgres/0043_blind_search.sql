-- Tickets are found by what their letters and released replies say. ticket_found
-- holds keyed fingerprints of every two neighbouring characters, without their
-- places, in the order of time. Titles stood in clear in ticket_words. Tickets from
-- before wait in ticket_unindexed.

-- +goose Up
DROP TABLE ticket_words;
CREATE TABLE ticket_found (
	id     BIGINT NOT NULL PRIMARY KEY,
	ticket TEXT NOT NULL REFERENCES ticket (id),
	words  TEXT NOT NULL
);
CREATE INDEX ticket_found_gin ON ticket_found USING gin (string_to_array(words, ' '));
CREATE TABLE ticket_unindexed (ticket TEXT NOT NULL PRIMARY KEY);
INSERT INTO ticket_unindexed (ticket) SELECT id FROM ticket WHERE kind <> 'report';
