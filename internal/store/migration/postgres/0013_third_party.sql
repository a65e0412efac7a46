-- Whose opinion a request for information waits for.

-- +goose Up
ALTER TABLE ticket ADD COLUMN third TEXT NOT NULL DEFAULT '';
