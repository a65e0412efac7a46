-- A peer that asks to be left alone for a while is sent nothing: neither what it
-- refused then nor what else waits for it.

-- +goose Up
CREATE TABLE delivery_hold (
	route TEXT NOT NULL PRIMARY KEY,
	until BIGINT NOT NULL
);
