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
);

CREATE TABLE letter (
	id             TEXT NOT NULL PRIMARY KEY,
	source         TEXT NOT NULL,
	kind           TEXT NOT NULL,
	category       TEXT NOT NULL,
	district       TEXT NOT NULL,
	attachments    TEXT NOT NULL,
	conversation   TEXT NOT NULL,
	received_at    BIGINT NOT NULL,
	sealed_text    BYTEA NOT NULL,
	sealed_contact BYTEA,
	phone_index    BYTEA
);
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
	due_at       BIGINT NOT NULL,
	provisional  BOOLEAN NOT NULL,
	reason       TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	version      BIGINT NOT NULL,
	code_hash    BYTEA
);
CREATE UNIQUE INDEX ticket_number ON ticket (number);
CREATE UNIQUE INDEX ticket_letter ON ticket (letter_id);
CREATE INDEX ticket_due ON ticket (status, due_at, id);
CREATE INDEX ticket_lead_due ON ticket (lead, status, due_at, id);
CREATE INDEX ticket_scope2_due ON ticket (scope2, status, due_at, id);
CREATE INDEX ticket_scope3_due ON ticket (scope3, status, due_at, id) WHERE scope3 <> '';

CREATE TABLE event (
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	seq         BIGINT NOT NULL,
	id          TEXT NOT NULL,
	move        TEXT NOT NULL,
	from_status TEXT NOT NULL,
	to_status   TEXT NOT NULL,
	actor       TEXT NOT NULL,
	unit        TEXT NOT NULL,
	reason      TEXT NOT NULL,
	sealed_note BYTEA,
	sealed_public BYTEA,
	at          BIGINT NOT NULL,
	PRIMARY KEY (ticket_id, seq)
);

CREATE TABLE draft (
	id          TEXT NOT NULL PRIMARY KEY,
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	round       INTEGER NOT NULL,
	revision    INTEGER NOT NULL,
	sealed_text BYTEA NOT NULL,
	outcome     TEXT NOT NULL,
	author      TEXT NOT NULL,
	at          BIGINT NOT NULL,
	approved_by TEXT NOT NULL,
	approved_at BIGINT,
	released_at BIGINT,
	UNIQUE (ticket_id, round, revision)
);

CREATE TABLE clock (
	id            TEXT NOT NULL PRIMARY KEY,
	ticket_id     TEXT NOT NULL REFERENCES ticket (id),
	rule          TEXT NOT NULL,
	rule_version  INTEGER NOT NULL,
	budget_n      INTEGER NOT NULL,
	budget_unit   TEXT NOT NULL,
	calendar      TEXT NOT NULL,
	started_at    BIGINT NOT NULL,
	due_at        BIGINT NOT NULL,
	met_at        BIGINT,
	breached_at   BIGINT,
	superseded_by TEXT NOT NULL,
	provisional   BOOLEAN NOT NULL,
	explain       TEXT NOT NULL,
	steps         TEXT NOT NULL,
	next_step     INTEGER NOT NULL,
	next_at       BIGINT,
	version       BIGINT NOT NULL
);
CREATE INDEX clock_ticket ON clock (ticket_id, started_at);
CREATE INDEX clock_next ON clock (next_at, id) WHERE next_at IS NOT NULL AND met_at IS NULL AND superseded_by = '';

CREATE TABLE conversation (
	id         TEXT NOT NULL PRIMARY KEY,
	epoch      TEXT NOT NULL,
	head       BIGINT NOT NULL,
	state      TEXT NOT NULL,
	token_hash BYTEA,
	ticket     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL
);

CREATE TABLE message (
	conversation TEXT NOT NULL REFERENCES conversation (id),
	seq          BIGINT NOT NULL,
	client_id    TEXT NOT NULL,
	role         TEXT NOT NULL,
	name         TEXT NOT NULL,
	kind         TEXT NOT NULL,
	sealed_body  BYTEA NOT NULL,
	sources      TEXT NOT NULL,
	at           BIGINT NOT NULL,
	PRIMARY KEY (conversation, seq)
);
CREATE UNIQUE INDEX message_client ON message (conversation, role, client_id) WHERE client_id <> '';

CREATE TABLE pass (
	hash         BYTEA NOT NULL PRIMARY KEY,
	conversation TEXT NOT NULL,
	expires_at   BIGINT NOT NULL
);

CREATE TABLE idempotency (
	scope           TEXT NOT NULL,
	key             BYTEA NOT NULL,
	sealed_response BYTEA NOT NULL,
	expires_at      BIGINT NOT NULL,
	PRIMARY KEY (scope, key)
);

CREATE TABLE job (
	id          TEXT NOT NULL PRIMARY KEY,
	kind        TEXT NOT NULL,
	key         TEXT NOT NULL UNIQUE,
	args        TEXT NOT NULL,
	state       TEXT NOT NULL,
	run_at      BIGINT NOT NULL,
	lease_until BIGINT,
	attempts    INTEGER NOT NULL,
	last_error  TEXT NOT NULL,
	created_at  BIGINT NOT NULL
);
CREATE INDEX job_ready ON job (run_at, id) WHERE state = 'ready';
CREATE INDEX job_finished ON job (created_at) WHERE state <> 'ready';

CREATE TABLE notification (
	id      TEXT NOT NULL PRIMARY KEY,
	unit    TEXT NOT NULL,
	post    TEXT NOT NULL,
	ticket  TEXT NOT NULL,
	kind    TEXT NOT NULL,
	text    TEXT NOT NULL,
	at      BIGINT NOT NULL
);
CREATE INDEX notification_unit ON notification (unit, at);

CREATE TABLE attachment (
	id             TEXT NOT NULL PRIMARY KEY,
	letter_id      TEXT NOT NULL DEFAULT '',
	sealed_name    BYTEA NOT NULL,
	type           TEXT NOT NULL,
	size           BIGINT NOT NULL,
	sha256         TEXT NOT NULL,
	at             BIGINT NOT NULL,
	sealed_content BYTEA NOT NULL
);

CREATE INDEX attachment_loose ON attachment (at) WHERE letter_id = '';

-- One row that only the keys of this house open: see Store.Unlock.
CREATE TABLE keycheck (
	id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	sealed BYTEA NOT NULL
);

CREATE TABLE unanswered (
	hash     BYTEA NOT NULL PRIMARY KEY,
	sealed_text BYTEA NOT NULL,
	count    INTEGER NOT NULL,
	first_at BIGINT NOT NULL,
	last_at  BIGINT NOT NULL
);
CREATE INDEX unanswered_count ON unanswered (count, last_at);

CREATE TABLE staff (
	id            TEXT NOT NULL PRIMARY KEY,
	login         TEXT NOT NULL UNIQUE,
	name          TEXT NOT NULL,
	unit          TEXT NOT NULL,
	unit_path     TEXT NOT NULL,
	roles         TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	must_change   BOOLEAN NOT NULL,
	disabled      BOOLEAN NOT NULL,
	created_at    BIGINT NOT NULL
);

CREATE TABLE session (
	token_hash BYTEA NOT NULL PRIMARY KEY,
	user_id    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX session_staff ON session (user_id);

CREATE TABLE audit (
	lane   INTEGER NOT NULL,
	seq    BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	actor  TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL,
	prev   BYTEA,
	hash   BYTEA NOT NULL,
	PRIMARY KEY (lane, seq)
);
-- The end of each chain: what the next entry links to, and what shows that the
-- last entries were cut off.
CREATE TABLE audit_head (
	lane INTEGER NOT NULL PRIMARY KEY,
	seq  BIGINT NOT NULL,
	hash BYTEA
);
INSERT INTO audit_head (lane, seq) VALUES
	(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0),
	(8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

-- +goose StatementBegin
CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE lane = NEW.lane;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_link AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_link();

-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
	FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
	FOR EACH STATEMENT EXECUTE FUNCTION append_only();
