-- +goose Up
-- Codes that are printed for packages. What they mean stands in internal/act/packaging, which alone touches these tables.

-- A batch is what its codes give. until_us is when they are over, the end of time where they are not.
CREATE TABLE package_batches (
	batch      TEXT NOT NULL,
	name       TEXT NOT NULL,
	unit       TEXT NOT NULL,
	units      BIGINT NOT NULL CONSTRAINT package_batches_units CHECK (units > 0),
	codes      BIGINT NOT NULL CONSTRAINT package_batches_codes CHECK (codes > 0),
	until_us   BIGINT NOT NULL,
	stopped_us BIGINT,
	actor      TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	PRIMARY KEY (batch)
) /* clustered */;

-- A code is the code_no-th of its batch, and whose it became, and when; nobody's is 0.
CREATE TABLE package_codes (
	code        TEXT NOT NULL,
	batch       TEXT NOT NULL,
	code_no     BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	used_us     BIGINT NOT NULL,
	PRIMARY KEY (code),
	CONSTRAINT package_codes_used CHECK ((customer_id = 0) = (used_us = 0))
) /* clustered */;
CREATE INDEX package_codes_batch ON package_codes (batch, code_no);
CREATE INDEX package_codes_customer ON package_codes (customer_id) WHERE customer_id <> 0;
