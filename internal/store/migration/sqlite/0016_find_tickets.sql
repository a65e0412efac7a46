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
CREATE VIRTUAL TABLE ticket_words USING fts5 (
	ticket UNINDEXED, words, detail = 'none', columnsize = 0, tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO ticket_words (ticket, words)
SELECT id, (
	WITH RECURSIVE at (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM at WHERE i < length(title) - 1)
	SELECT group_concat(lower(substr(title, i, 2)), ' ') FROM at
) || ' ' || replace(number, '-', ' ') FROM ticket WHERE kind <> 'report';
