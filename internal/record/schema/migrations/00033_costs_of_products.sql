-- +goose Up
-- What a product costs the business, in minor units, where it is known: a rehearsal of a programme sets what it gives beside
-- what is left.
ALTER TABLE products ADD COLUMN cost_minor BIGINT;
