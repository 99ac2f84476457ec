-- +goose Up
-- Customers who have joined, and how they come in. What it means stands in internal/act/member, which alone touches these
-- tables.

CREATE TABLE memberships (
	customer_id BIGINT NOT NULL,
	joined_us   BIGINT NOT NULL,
	how         TEXT NOT NULL,
	left_us     BIGINT,
	PRIMARY KEY (customer_id)
) /* clustered */;

-- Who asked to join or to come in, until the link in the letter is used. hash is empty until the letter is written.
CREATE TABLE member_requests (
	request_id  BIGINT NOT NULL,
	hash        TEXT NOT NULL,
	payload     TEXT NOT NULL,
	expires_us  BIGINT NOT NULL,
	PRIMARY KEY (request_id)
) /* clustered */;
CREATE INDEX member_requests_hash ON member_requests (hash);

CREATE TABLE member_sessions (
	hash        TEXT NOT NULL,
	customer_id BIGINT NOT NULL,
	seen_us     BIGINT NOT NULL,
	expires_us  BIGINT NOT NULL,
	PRIMARY KEY (hash)
) /* clustered */;
CREATE INDEX member_sessions_customer ON member_sessions (customer_id);
