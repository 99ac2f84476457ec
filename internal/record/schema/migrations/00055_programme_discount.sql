-- +goose Up
-- Of what was taken off the price of a line, what the loyalty programme took: without it nobody could tell what the line had cost, and
-- so whether it was a discount's to be taken.
ALTER TABLE sale_lines ADD COLUMN programme_discount_minor BIGINT NOT NULL DEFAULT 0;
