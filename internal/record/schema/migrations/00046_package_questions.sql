-- +goose Up
-- What is asked before a code of a batch gives what it gives; empty: nothing.
ALTER TABLE package_batches ADD COLUMN question TEXT NOT NULL DEFAULT '' CONSTRAINT package_batches_question CHECK (question IN ('', 'nps'));
