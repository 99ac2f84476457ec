-- +goose Up
-- What somebody asked to give or take by hand beyond their own limit, and what became of it. What it means stands in
-- internal/act/byhand, which alone touches this table.

-- units are given above zero and taken below; key is of the form, so that pressed twice it is asked once. The customer may have been
-- merged before it was approved: moved_customer is whose account moved, by the operation of that number.
CREATE TABLE by_hand_requests (
	customer_id    BIGINT NOT NULL,
	request_id     BIGINT NOT NULL,
	key            TEXT NOT NULL,
	unit           TEXT NOT NULL,
	units          BIGINT NOT NULL CONSTRAINT by_hand_requests_units CHECK (units <> 0),
	reason         TEXT NOT NULL,
	asked_by       TEXT NOT NULL,
	asked_us       BIGINT NOT NULL,
	state          TEXT NOT NULL CONSTRAINT by_hand_requests_state CHECK (state IN ('waiting', 'approved', 'declined', 'withdrawn')),
	decided_by     TEXT NOT NULL,
	decided_us     BIGINT,
	answer         TEXT NOT NULL,
	moved_customer BIGINT,
	operation_id   BIGINT,
	PRIMARY KEY (customer_id, request_id),
	CONSTRAINT by_hand_requests_key UNIQUE (customer_id, key),
	CONSTRAINT by_hand_requests_decided CHECK ((state = 'waiting') = (decided_us IS NULL)),
	CONSTRAINT by_hand_requests_moved CHECK ((state = 'approved') = (operation_id IS NOT NULL) AND (operation_id IS NULL) = (moved_customer IS NULL))
) /* clustered */;
CREATE INDEX by_hand_requests_newest ON by_hand_requests (request_id);
CREATE INDEX by_hand_requests_waiting ON by_hand_requests (request_id) WHERE state = 'waiting';
