-- +goose Up
-- Measures of a programme read what moved in a unit since a moment; entries come in the order of time.
CREATE INDEX point_entries_moved ON point_entries (unit, at_us);
