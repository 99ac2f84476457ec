-- +goose Up
-- Files that were sent to be taken in: options is how they are to be read, plan how that was understood, result what
-- became of them, all JSON.
CREATE TABLE uploads (
	upload_id   BIGINT NOT NULL,
	name        TEXT NOT NULL,
	source      TEXT NOT NULL,
	bytes       BIGINT NOT NULL,
	state       TEXT NOT NULL CONSTRAINT uploads_state CHECK (state IN ('ready', 'waiting', 'done', 'failed')),
	options     TEXT NOT NULL,
	plan        TEXT NOT NULL,
	result      TEXT NOT NULL,
	failure     TEXT NOT NULL,
	job_id      BIGINT NOT NULL,
	by_id       TEXT NOT NULL,
	version     BIGINT NOT NULL,
	created_us  BIGINT NOT NULL,
	updated_us  BIGINT NOT NULL,
	finished_us BIGINT,
	PRIMARY KEY (upload_id)
) /* clustered */;

-- What is in them, in parts, packed: content is file or rejected, the rows that could not be used.
CREATE TABLE upload_parts (
	upload_id BIGINT NOT NULL,
	content   TEXT NOT NULL,
	part_no   BIGINT NOT NULL,
	bytes     BYTEA NOT NULL,
	PRIMARY KEY (upload_id, content, part_no)
) /* clustered */;
