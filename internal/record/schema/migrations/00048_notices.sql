-- +goose Up
-- Phones on which members want to be told. What it means stands in internal/act/notice, which alone touches these tables.

-- key and secret are the browser's own, endpoint is where its push service takes messages for it. told_us is when it last was
-- told something, 0: never; failures is how many notices in a row did not reach it.
CREATE TABLE push_phones (
	customer_id BIGINT NOT NULL,
	phone_id    BIGINT NOT NULL,
	endpoint    TEXT NOT NULL,
	public_key  BYTEA NOT NULL,
	secret      BYTEA NOT NULL,
	language    TEXT NOT NULL,
	device      TEXT NOT NULL,
	made_us     BIGINT NOT NULL,
	told_us     BIGINT NOT NULL,
	failures    BIGINT NOT NULL CONSTRAINT push_phones_failures CHECK (failures >= 0),
	PRIMARY KEY (customer_id, phone_id)
) /* clustered */;

-- Whose an endpoint is: who used that browser last. hash is the SHA-256 of the endpoint.
CREATE TABLE push_endpoints (
	hash        TEXT NOT NULL,
	customer_id BIGINT NOT NULL,
	phone_id    BIGINT NOT NULL,
	PRIMARY KEY (hash)
) /* clustered */;
