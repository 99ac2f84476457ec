-- +goose Up
-- What was answered to requests that may come again: answer is sealed, and null while the request is being done.
CREATE TABLE idempotency_keys (
	owner      TEXT NOT NULL,
	key        TEXT NOT NULL,
	hash       BYTEA NOT NULL,
	token      BIGINT NOT NULL,
	answer     BYTEA,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (owner, key)
) /* clustered */;
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_us);
