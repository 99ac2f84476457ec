-- +goose Up
-- Work that goes on in the background. Whose it is and what may change when stands in internal/base/job.

-- claim counts how often the job was taken up, and attempts how many of those count against its limit; process_id is
-- whose it is while it runs, 0 otherwise. unique_key is '' where the job may be there many times.
CREATE TABLE jobs (
	job_id      BIGINT NOT NULL,
	kind        TEXT NOT NULL,
	queue       TEXT NOT NULL,
	unique_key  TEXT NOT NULL,
	state       TEXT NOT NULL CONSTRAINT jobs_states CHECK (state IN ('waiting', 'running', 'done', 'dead', 'discarded')),
	priority    BIGINT NOT NULL CONSTRAINT jobs_priorities CHECK (priority BETWEEN -1 AND 1),
	due_us      BIGINT NOT NULL,
	payload     TEXT NOT NULL,
	claim       BIGINT NOT NULL,
	attempts    BIGINT NOT NULL,
	process_id  BIGINT NOT NULL,
	done_units  BIGINT NOT NULL,
	total_units BIGINT NOT NULL,
	note        TEXT NOT NULL,
	error       TEXT NOT NULL,
	cause       TEXT NOT NULL,
	added_us    BIGINT NOT NULL,
	started_us  BIGINT,
	finished_us BIGINT,
	PRIMARY KEY (job_id)
) /* clustered */;
CREATE UNIQUE INDEX jobs_key ON jobs (kind, unique_key) WHERE unique_key <> '' AND state IN ('waiting', 'running');
CREATE INDEX jobs_due ON jobs (kind, queue, priority, due_us, job_id) WHERE state = 'waiting';
CREATE INDEX jobs_next ON jobs (due_us) WHERE state = 'waiting';
CREATE INDEX jobs_running ON jobs (kind, queue) WHERE state = 'running';
CREATE INDEX jobs_over ON jobs (state, kind, job_id) WHERE state IN ('done', 'dead', 'discarded');

-- Whose turn it is to take up jobs of a kind: whoever changes the row, until it commits.
CREATE TABLE job_turns (
	kind TEXT NOT NULL,
	turn BIGINT NOT NULL,
	PRIMARY KEY (kind)
) /* clustered */;

-- Who is there to run jobs. A process whose beat does not change any more is gone.
CREATE TABLE job_processes (
	process_id BIGINT NOT NULL,
	host       TEXT NOT NULL,
	pid        BIGINT NOT NULL,
	beat       BIGINT NOT NULL,
	started_us BIGINT NOT NULL,
	seen_us    BIGINT NOT NULL,
	PRIMARY KEY (process_id)
) /* clustered */;

-- When each schedule comes due next; rule is what that was computed from.
CREATE TABLE job_schedules (
	name    TEXT NOT NULL,
	rule    TEXT NOT NULL,
	next_us BIGINT NOT NULL,
	last_us BIGINT,
	PRIMARY KEY (name)
) /* clustered */;
