-- What a text under review belongs to: an entry, a ticket, a consultation.

-- +goose Up
ALTER TABLE review ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE INDEX review_subject ON review (kind, subject, id);
