-- +goose Up
-- Who took a reward, newest first, and how many did lately, without reading what was taken of all others.
CREATE INDEX redemptions_taken ON redemptions (reward, opened_us, redemption_id, state);
