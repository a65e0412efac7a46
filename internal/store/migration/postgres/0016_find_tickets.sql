-- Pages of the inbox at a million tickets: those under supervision, those of one
-- kind, and those with some words in the title. ticket_words holds every two
-- neighbouring characters of the title, which is in clear, and the groups of the
-- number; never those of a report.

-- +goose Up
CREATE INDEX ticket_supervised_due ON ticket (status, due_at, id) WHERE supervised;
CREATE INDEX ticket_any_due ON ticket (due_at, id);
CREATE INDEX ticket_kind_due ON ticket (kind, status, due_at, id);
CREATE INDEX ticket_scope2_kind_due ON ticket (scope2, kind, status, due_at, id);
CREATE INDEX ticket_scope3_kind_due ON ticket (scope3, kind, status, due_at, id) WHERE scope3 <> '';
CREATE TABLE ticket_words (
	ticket TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
	words  TEXT NOT NULL
);
INSERT INTO ticket_words (ticket, words)
SELECT id, (
	SELECT string_agg(lower(substr(title, i, 2)), ' ') FROM generate_series(1, greatest(length(title) - 1, 1)) AS i
) || ' ' || replace(number, '-', ' ') FROM ticket WHERE kind <> 'report';
CREATE INDEX ticket_words_gin ON ticket_words USING gin (string_to_array(words, ' '));
