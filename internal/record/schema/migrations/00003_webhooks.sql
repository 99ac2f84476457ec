-- +goose Up
-- Who outside is told what happens here, and what they were told. What may change when stands in internal/base/webhook.

-- types is a JSON list, empty for all. secret and previous are sealed; previous also signs until previous_until_us.
-- failing_since_us is when the first attempt failed of those since the last that succeeded.
CREATE TABLE webhook_endpoints (
	endpoint_id       BIGINT NOT NULL,
	url               TEXT NOT NULL,
	description       TEXT NOT NULL,
	types             TEXT NOT NULL,
	enabled           BOOLEAN NOT NULL,
	reason            TEXT NOT NULL CONSTRAINT webhook_endpoints_reason CHECK (reason IN ('', 'staff', 'gone', 'failing')),
	secret            BYTEA NOT NULL,
	previous          BYTEA NOT NULL,
	previous_until_us BIGINT,
	failing_since_us  BIGINT,
	version           BIGINT NOT NULL,
	created_us        BIGINT NOT NULL,
	updated_us        BIGINT NOT NULL,
	PRIMARY KEY (endpoint_id)
) /* clustered */;

-- What was told, as it is sent.
CREATE TABLE webhook_messages (
	message_id BIGINT NOT NULL,
	type       TEXT NOT NULL,
	payload    TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	PRIMARY KEY (message_id)
) /* clustered */;

CREATE TABLE webhook_deliveries (
	message_id  BIGINT NOT NULL,
	endpoint_id BIGINT NOT NULL,
	state       TEXT NOT NULL CONSTRAINT webhook_deliveries_state CHECK (state IN ('waiting', 'delivered', 'failed')),
	attempts    BIGINT NOT NULL,
	job_id      BIGINT NOT NULL,
	next_us     BIGINT,
	finished_us BIGINT,
	PRIMARY KEY (message_id, endpoint_id)
) /* clustered */;
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, message_id);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (endpoint_id, state, message_id) WHERE state <> 'delivered';

-- status is that of the answer, 0 where there was none.
CREATE TABLE webhook_attempts (
	message_id  BIGINT NOT NULL,
	endpoint_id BIGINT NOT NULL,
	attempt_no  BIGINT NOT NULL,
	began_us    BIGINT NOT NULL,
	duration_us BIGINT NOT NULL,
	status      BIGINT NOT NULL,
	excerpt     TEXT NOT NULL,
	error       TEXT NOT NULL,
	PRIMARY KEY (message_id, endpoint_id, attempt_no)
) /* clustered */;
