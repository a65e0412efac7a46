-- Replies that everybody may read. disclosure is what was decided about a ticket;
-- public_reply is what the public reads now, in clear, and public_reply_words what
-- it is found by: what is withdrawn is in neither any more.

-- +goose Up
CREATE TABLE disclosure (
	ticket_id   TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
	sealed_body BLOB NOT NULL,
	version     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE public_reply (
	id           TEXT NOT NULL PRIMARY KEY REFERENCES review (id),
	ticket_id    TEXT NOT NULL UNIQUE REFERENCES ticket (id),
	kind         TEXT NOT NULL,
	category     TEXT NOT NULL,
	unit         TEXT NOT NULL,
	received_at  INTEGER NOT NULL,
	answered_at  INTEGER NOT NULL,
	published_at INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	redacted     INTEGER NOT NULL,
	title        TEXT NOT NULL,
	asked        TEXT NOT NULL,
	text         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX public_reply_newest ON public_reply (published_at, id);
CREATE INDEX public_reply_category ON public_reply (category, published_at, id);
CREATE VIRTUAL TABLE public_reply_words USING fts5 (
	reply UNINDEXED, words, detail = 'none', columnsize = 0, tokenize = 'unicode61 remove_diacritics 0'
);

-- What a period counts: that a reply was published, too.
DROP INDEX event_counted;
CREATE INDEX event_counted ON event (at) WHERE move IN ('open', 'dispatch', 'reassign', 'release', 'answer_with', 'decline', 'withdraw', 'lapse', 'transfer', 'conclude', 'return', 'redo', 'rate', 'publish');
