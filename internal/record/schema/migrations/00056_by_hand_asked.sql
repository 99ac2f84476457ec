-- +goose Up
-- Whoever asked for units by hand sees on their first page what became of it.
CREATE INDEX by_hand_requests_asker ON by_hand_requests (asked_by, request_id);
