-- Staff sign in with a second factor (factor: the secret sealed, codes for recovery
-- hashed) or by a provider of identities (identity: who is who there). A session knows
-- how it came about: by what way, and whether a second factor was proved. staff.factor
-- says what each request has to know of the factor.

-- +goose Up
ALTER TABLE staff ADD COLUMN factor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'password';
ALTER TABLE session ADD COLUMN proved BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE factor (
	user_id       TEXT NOT NULL PRIMARY KEY REFERENCES staff (id),
	sealed_secret BYTEA NOT NULL,
	since         BIGINT,
	last_step     BIGINT NOT NULL,
	recovery      TEXT NOT NULL
);
CREATE TABLE identity (
	issuer    TEXT NOT NULL,
	subject   TEXT NOT NULL,
	user_id   TEXT NOT NULL REFERENCES staff (id),
	linked_at BIGINT NOT NULL,
	PRIMARY KEY (issuer, subject),
	UNIQUE (issuer, user_id)
);
