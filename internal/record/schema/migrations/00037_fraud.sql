-- +goose Up
-- What a person should look at because it may be fraud. What it means stands in internal/act/fraud, which alone touches this
-- table.

-- about tells one flag of a kind from another of the same customer; evidence is what was found, in numbers, as JSON, and
-- through_us the newest moment that it tells of: what was decided is not raised again for the same evidence.
CREATE TABLE fraud_flags (
	customer_id BIGINT NOT NULL,
	flag_id     BIGINT NOT NULL,
	kind        TEXT NOT NULL,
	about       TEXT NOT NULL,
	evidence    TEXT NOT NULL,
	through_us  BIGINT NOT NULL,
	state       TEXT NOT NULL CONSTRAINT fraud_flags_state CHECK (state IN ('open', 'cleared', 'confirmed')),
	found_us    BIGINT NOT NULL,
	decided_us  BIGINT NOT NULL,
	decided_by  TEXT NOT NULL,
	reason      TEXT NOT NULL,
	PRIMARY KEY (customer_id, flag_id),
	CONSTRAINT fraud_flags_decided CHECK ((state = 'open') = (decided_us = 0))
) /* clustered */;
CREATE UNIQUE INDEX fraud_flags_open ON fraud_flags (customer_id, kind, about) WHERE state = 'open';
CREATE INDEX fraud_flags_newest ON fraud_flags (flag_id);
