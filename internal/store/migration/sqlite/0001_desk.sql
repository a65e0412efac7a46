-- The desk as first released. Times are UTC microseconds since 1970, lists are
-- JSON text, columns named sealed_* are AEAD-sealed by internal/seal.

-- +goose Up
CREATE TABLE unit (
	id       TEXT NOT NULL PRIMARY KEY,
	name     TEXT NOT NULL,
	parent   TEXT NOT NULL,
	path     TEXT NOT NULL,
	level    TEXT NOT NULL,
	district TEXT NOT NULL,
	aliases  TEXT NOT NULL
) STRICT;

CREATE TABLE letter (
	id             TEXT NOT NULL PRIMARY KEY,
	source         TEXT NOT NULL,
	kind           TEXT NOT NULL,
	category       TEXT NOT NULL,
	district       TEXT NOT NULL,
	attachments    TEXT NOT NULL,
	conversation   TEXT NOT NULL,
	received_at    INTEGER NOT NULL,
	sealed_text    BLOB NOT NULL,
	sealed_contact BLOB,
	phone_index    BLOB
) STRICT;
-- Finds the letters of one telephone number without knowing any number.
CREATE INDEX letter_phone ON letter (phone_index) WHERE phone_index IS NOT NULL;

-- scope2 and scope3 are the first two and three units of lead_path: a list of
-- one unit's tickets reads one run of an index, whatever the unit's rank.
CREATE TABLE ticket (
	id           TEXT NOT NULL PRIMARY KEY,
	number       TEXT NOT NULL,
	letter_id    TEXT NOT NULL REFERENCES letter (id),
	kind         TEXT NOT NULL,
	source       TEXT NOT NULL,
	title        TEXT NOT NULL,
	category     TEXT NOT NULL,
	district     TEXT NOT NULL,
	conversation TEXT NOT NULL,
	status       TEXT NOT NULL,
	lead         TEXT NOT NULL,
	lead_path    TEXT NOT NULL,
	scope2       TEXT NOT NULL,
	scope3       TEXT NOT NULL,
	avoid        TEXT NOT NULL,
	round        INTEGER NOT NULL,
	returns      INTEGER NOT NULL,
	due_at       INTEGER NOT NULL,
	provisional  INTEGER NOT NULL,
	reason       TEXT NOT NULL,
	created_at   INTEGER NOT NULL,
	updated_at   INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	code_hash    BLOB
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ticket_number ON ticket (number);
CREATE UNIQUE INDEX ticket_letter ON ticket (letter_id);
CREATE INDEX ticket_due ON ticket (status, due_at, id);
CREATE INDEX ticket_lead_due ON ticket (lead, status, due_at, id);
CREATE INDEX ticket_scope2_due ON ticket (scope2, status, due_at, id);
CREATE INDEX ticket_scope3_due ON ticket (scope3, status, due_at, id) WHERE scope3 <> '';

CREATE TABLE event (
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	seq         INTEGER NOT NULL,
	id          TEXT NOT NULL,
	move        TEXT NOT NULL,
	from_status TEXT NOT NULL,
	to_status   TEXT NOT NULL,
	actor       TEXT NOT NULL,
	unit        TEXT NOT NULL,
	reason      TEXT NOT NULL,
	sealed_note BLOB,
	sealed_public BLOB,
	at          INTEGER NOT NULL,
	PRIMARY KEY (ticket_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
	id          TEXT NOT NULL PRIMARY KEY,
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	round       INTEGER NOT NULL,
	revision    INTEGER NOT NULL,
	sealed_text BLOB NOT NULL,
	outcome     TEXT NOT NULL,
	author      TEXT NOT NULL,
	at          INTEGER NOT NULL,
	approved_by TEXT NOT NULL,
	approved_at INTEGER,
	released_at INTEGER,
	UNIQUE (ticket_id, round, revision)
) STRICT;

CREATE TABLE clock (
	id            TEXT NOT NULL PRIMARY KEY,
	ticket_id     TEXT NOT NULL REFERENCES ticket (id),
	rule          TEXT NOT NULL,
	rule_version  INTEGER NOT NULL,
	budget_n      INTEGER NOT NULL,
	budget_unit   TEXT NOT NULL,
	calendar      TEXT NOT NULL,
	started_at    INTEGER NOT NULL,
	due_at        INTEGER NOT NULL,
	met_at        INTEGER,
	breached_at   INTEGER,
	superseded_by TEXT NOT NULL,
	provisional   INTEGER NOT NULL,
	explain       TEXT NOT NULL,
	steps         TEXT NOT NULL,
	next_step     INTEGER NOT NULL,
	next_at       INTEGER,
	version       INTEGER NOT NULL
) STRICT;
CREATE INDEX clock_ticket ON clock (ticket_id, started_at);
CREATE INDEX clock_next ON clock (next_at, id) WHERE next_at IS NOT NULL AND met_at IS NULL AND superseded_by = '';

CREATE TABLE conversation (
	id         TEXT NOT NULL PRIMARY KEY,
	epoch      TEXT NOT NULL,
	head       INTEGER NOT NULL,
	state      TEXT NOT NULL,
	token_hash BLOB,
	ticket     TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
	conversation TEXT NOT NULL REFERENCES conversation (id),
	seq          INTEGER NOT NULL,
	client_id    TEXT NOT NULL,
	role         TEXT NOT NULL,
	name         TEXT NOT NULL,
	kind         TEXT NOT NULL,
	sealed_body  BLOB NOT NULL,
	sources      TEXT NOT NULL,
	at           INTEGER NOT NULL,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX message_client ON message (conversation, role, client_id) WHERE client_id <> '';

CREATE TABLE pass (
	hash         BLOB NOT NULL PRIMARY KEY,
	conversation TEXT NOT NULL,
	expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
	scope           TEXT NOT NULL,
	key             BLOB NOT NULL,
	sealed_response BLOB NOT NULL,
	expires_at      INTEGER NOT NULL,
	PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
	id          TEXT NOT NULL PRIMARY KEY,
	kind        TEXT NOT NULL,
	key         TEXT NOT NULL UNIQUE,
	args        TEXT NOT NULL,
	state       TEXT NOT NULL,
	run_at      INTEGER NOT NULL,
	lease_until INTEGER,
	attempts    INTEGER NOT NULL,
	last_error  TEXT NOT NULL,
	created_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX job_ready ON job (run_at, id) WHERE state = 'ready';
CREATE INDEX job_finished ON job (created_at) WHERE state <> 'ready';

CREATE TABLE notification (
	id      TEXT NOT NULL PRIMARY KEY,
	unit    TEXT NOT NULL,
	post    TEXT NOT NULL,
	ticket  TEXT NOT NULL,
	kind    TEXT NOT NULL,
	text    TEXT NOT NULL,
	at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_unit ON notification (unit, at);

CREATE TABLE attachment (
	id             TEXT NOT NULL PRIMARY KEY,
	letter_id      TEXT NOT NULL DEFAULT '',
	sealed_name    BLOB NOT NULL,
	type           TEXT NOT NULL,
	size           INTEGER NOT NULL,
	sha256         TEXT NOT NULL,
	at             INTEGER NOT NULL,
	sealed_content BLOB NOT NULL
) STRICT;

CREATE INDEX attachment_loose ON attachment (at) WHERE letter_id = '';

-- One row that only the keys of this house open: see Store.Unlock.
CREATE TABLE keycheck (
	id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	sealed BLOB NOT NULL
) STRICT;

CREATE TABLE unanswered (
	hash     BLOB NOT NULL PRIMARY KEY,
	sealed_text BLOB NOT NULL,
	count    INTEGER NOT NULL,
	first_at INTEGER NOT NULL,
	last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX unanswered_count ON unanswered (count, last_at);

CREATE TABLE staff (
	id            TEXT NOT NULL PRIMARY KEY,
	login         TEXT NOT NULL UNIQUE,
	name          TEXT NOT NULL,
	unit          TEXT NOT NULL,
	unit_path     TEXT NOT NULL,
	roles         TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	must_change   INTEGER NOT NULL,
	disabled      INTEGER NOT NULL,
	created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
	token_hash BLOB NOT NULL PRIMARY KEY,
	user_id    TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	seen_at    INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_staff ON session (user_id);

CREATE TABLE audit (
	lane   INTEGER NOT NULL,
	seq    INTEGER NOT NULL,
	at     INTEGER NOT NULL,
	actor  TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL,
	prev   BLOB,
	hash   BLOB NOT NULL,
	PRIMARY KEY (lane, seq)
) STRICT, WITHOUT ROWID;
-- The end of each chain: what the next entry links to, and what shows that the
-- last entries were cut off.
CREATE TABLE audit_head (
	lane INTEGER NOT NULL PRIMARY KEY,
	seq  INTEGER NOT NULL,
	hash BLOB
) STRICT;
INSERT INTO audit_head (lane, seq) VALUES
	(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0),
	(8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

-- +goose StatementBegin
CREATE TRIGGER audit_link AFTER INSERT ON audit BEGIN
	UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE lane = NEW.lane;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'audit is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
	SELECT RAISE(ABORT, 'audit is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN
	SELECT RAISE(ABORT, 'event is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN
	SELECT RAISE(ABORT, 'event is append-only');
END;
-- +goose StatementEnd
