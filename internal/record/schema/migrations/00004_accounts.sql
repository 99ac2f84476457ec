-- +goose Up
-- Who may do what, and what they did. Moments that are not there are null, text that is not there is ''.

-- Keys that programs call with. hash is SHA-256 of the key's text; scopes are permissions, addresses networks, each
-- separated by a space.
CREATE TABLE api_keys (
	key_id     TEXT NOT NULL,
	hash       TEXT NOT NULL,
	name       TEXT NOT NULL,
	hint       TEXT NOT NULL,
	public     BOOLEAN NOT NULL,
	scopes     TEXT NOT NULL,
	addresses  TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	expires_us BIGINT,
	used_us    BIGINT,
	revoked_us BIGINT,
	version    BIGINT NOT NULL,
	PRIMARY KEY (key_id)
) /* clustered */;
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

-- The trail of who did what. Entries are written into audit_fresh beside each other; a sealer moves them into
-- audit_entries, numbers them by place and closes them with a seal. audit_head, of one row, is the end of the chain.
CREATE TABLE audit_fresh (
	entry_id   BIGINT NOT NULL,
	at_us      BIGINT NOT NULL,
	actor_kind TEXT NOT NULL,
	actor_id   TEXT NOT NULL,
	action     TEXT NOT NULL,
	target     TEXT NOT NULL,
	fields     TEXT NOT NULL,
	touched    BIGINT NOT NULL,
	request    TEXT NOT NULL,
	PRIMARY KEY (entry_id)
) /* clustered */;

CREATE TABLE audit_entries (
	place      BIGINT NOT NULL,
	entry_id   BIGINT NOT NULL,
	at_us      BIGINT NOT NULL,
	actor_kind TEXT NOT NULL,
	actor_id   TEXT NOT NULL,
	action     TEXT NOT NULL,
	target     TEXT NOT NULL,
	fields     TEXT NOT NULL,
	touched    BIGINT NOT NULL,
	request    TEXT NOT NULL,
	PRIMARY KEY (place)
) /* clustered */;
CREATE INDEX audit_entries_id ON audit_entries (entry_id);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, entry_id);
CREATE INDEX audit_entries_target ON audit_entries (target, entry_id);

CREATE TABLE audit_seals (
	seal_no    BIGINT NOT NULL,
	last_place BIGINT NOT NULL,
	sealed_us  BIGINT NOT NULL,
	hash       TEXT NOT NULL,
	PRIMARY KEY (seal_no)
) /* clustered */;

CREATE TABLE audit_head (
	head_id   BIGINT NOT NULL,
	seal_no   BIGINT NOT NULL,
	place     BIGINT NOT NULL,
	hash      TEXT NOT NULL,
	sealed_us BIGINT NOT NULL,
	PRIMARY KEY (head_id)
) /* clustered */;
