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

-- People who sign in. password is an argon2id hash, '' where there is none; totp the sealed secret of the second step,
-- totp_step the last code that was used. stamp counts what ends all sessions.
CREATE TABLE users (
	user_id      TEXT NOT NULL,
	email        TEXT NOT NULL,
	name         TEXT NOT NULL,
	role         TEXT NOT NULL,
	language     TEXT NOT NULL,
	state        TEXT NOT NULL,
	password     TEXT NOT NULL,
	totp         BYTEA NOT NULL,
	totp_on      BOOLEAN NOT NULL,
	totp_step    BIGINT NOT NULL,
	stamp        BIGINT NOT NULL,
	created_us   BIGINT NOT NULL,
	updated_us   BIGINT NOT NULL,
	signed_in_us BIGINT,
	version      BIGINT NOT NULL,
	PRIMARY KEY (user_id)
) /* clustered */;
CREATE UNIQUE INDEX users_email ON users (email);

-- Codes for who has lost the phone, each for once.
CREATE TABLE recovery_codes (
	user_id TEXT NOT NULL,
	hash    TEXT NOT NULL,
	PRIMARY KEY (user_id, hash)
) /* clustered */;

-- Who is known to an outside provider of identities under which subject.
CREATE TABLE user_logins (
	issuer   TEXT NOT NULL,
	subject  TEXT NOT NULL,
	user_id  TEXT NOT NULL,
	added_us BIGINT NOT NULL,
	PRIMARY KEY (issuer, subject)
) /* clustered */;

-- Links for once: to set up, to accept an invitation, to set a new password.
CREATE TABLE one_time_links (
	hash       TEXT NOT NULL,
	kind       TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (hash)
) /* clustered */;

-- hash is of the token in the cookie. An ended session stays until it would have expired, so that nothing revives it.
CREATE TABLE sessions (
	hash       TEXT NOT NULL,
	session_id TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	agent      TEXT NOT NULL,
	content    BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	seen_us    BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	ended      BOOLEAN NOT NULL,
	PRIMARY KEY (hash)
) /* clustered */;
CREATE INDEX sessions_user ON sessions (user_id);

-- Tries to sign in: how many of late, and when the next one is let in.
CREATE TABLE sign_in_tries (
	bucket  TEXT NOT NULL,
	tries   BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	next_us BIGINT NOT NULL,
	PRIMARY KEY (bucket)
) /* clustered */;
