-- What was sealed under earlier keys is sealed anew in the background: how far that
-- is, and a door in the tables that only grow which is open inside its transactions
-- alone.

-- +goose Up
CREATE TABLE reseal (
	id        BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
	key_id    TEXT NOT NULL,
	place     TEXT NOT NULL,
	after     TEXT NOT NULL,
	moved     BIGINT NOT NULL,
	remaining BIGINT NOT NULL,
	begin_at  BIGINT NOT NULL,
	open      BIGINT NOT NULL
);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('event', 'review_version', 'review_act', 'library_act') AND EXISTS (SELECT 1 FROM reseal WHERE open = 1) THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd
