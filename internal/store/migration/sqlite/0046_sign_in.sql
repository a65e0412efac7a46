-- Staff sign in with a second factor (factor: the secret sealed, codes for recovery
-- hashed) or by a provider of identities (identity: who is who there). A session knows
-- how it came about: by what way, and whether a second factor was proved. staff.factor
-- says what each request has to know of the factor.

-- +goose Up
ALTER TABLE staff ADD COLUMN factor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'password';
ALTER TABLE session ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;
CREATE TABLE factor (
	user_id       TEXT NOT NULL PRIMARY KEY REFERENCES staff (id),
	sealed_secret BLOB NOT NULL,
	since         INTEGER,
	last_step     INTEGER NOT NULL,
	recovery      TEXT NOT NULL
) STRICT;
CREATE TABLE identity (
	issuer    TEXT NOT NULL,
	subject   TEXT NOT NULL,
	user_id   TEXT NOT NULL REFERENCES staff (id),
	linked_at INTEGER NOT NULL,
	PRIMARY KEY (issuer, subject),
	UNIQUE (issuer, user_id)
) STRICT;
