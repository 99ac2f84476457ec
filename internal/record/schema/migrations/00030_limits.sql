-- +goose Up
-- How many units a rule gave to a customer in a period, beside how often it gave something.
ALTER TABLE programme_uses ADD COLUMN units BIGINT NOT NULL DEFAULT 0 CONSTRAINT programme_uses_units CHECK (units >= 0);
