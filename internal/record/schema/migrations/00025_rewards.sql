-- +goose Up
-- What customers get for their units, or for nothing. What it means stands in internal/act/reward, which alone touches these
-- tables.

-- left_count is how many are left to be had; NULL: as many as are asked for.
CREATE TABLE rewards (
	reward     TEXT NOT NULL,
	version    BIGINT NOT NULL,
	kind       TEXT NOT NULL,
	settings   TEXT NOT NULL,
	left_count BIGINT CONSTRAINT rewards_left CHECK (left_count >= 0),
	archived   BOOLEAN NOT NULL,
	updated_us BIGINT NOT NULL,
	PRIMARY KEY (reward)
) /* clustered */;

-- A code leads to whose it is. One of a pool is nobody's until it is given out, one for everybody stays so.
CREATE TABLE reward_codes (
	code          TEXT NOT NULL,
	shown         TEXT NOT NULL,
	reward        TEXT NOT NULL,
	kind          TEXT NOT NULL CONSTRAINT reward_codes_kind CHECK (kind IN ('unique', 'pool', 'generic')),
	customer_id   BIGINT NOT NULL,
	redemption_id BIGINT NOT NULL,
	created_us    BIGINT NOT NULL,
	PRIMARY KEY (code),
	CONSTRAINT reward_codes_whose CHECK (kind <> 'generic' OR redemption_id = 0)
) /* clustered */;
CREATE INDEX reward_codes_free ON reward_codes (reward, code) WHERE kind = 'pool' AND redemption_id = 0;
CREATE INDEX reward_codes_generic ON reward_codes (reward) WHERE kind = 'generic';

CREATE TABLE redemptions (
	customer_id    BIGINT NOT NULL,
	redemption_id  BIGINT NOT NULL,
	key            TEXT NOT NULL,
	hash           BYTEA NOT NULL,
	reward         TEXT NOT NULL,
	reward_version BIGINT NOT NULL,
	promise        TEXT NOT NULL,
	state          TEXT NOT NULL CONSTRAINT redemptions_state CHECK (state IN ('held', 'issued', 'used', 'refunded', 'void')),
	unit           TEXT NOT NULL,
	units          BIGINT NOT NULL CONSTRAINT redemptions_units CHECK (units >= 0),
	hold_id        BIGINT NOT NULL,
	spend_key      TEXT NOT NULL,
	counted        BOOLEAN NOT NULL,
	period_day     BIGINT NOT NULL,
	limited        TEXT NOT NULL CONSTRAINT redemptions_limited CHECK (limited IN ('no', 'counted', 'back')),
	code           TEXT NOT NULL,
	order_ref      TEXT NOT NULL,
	until_us       BIGINT NOT NULL,
	opened_us      BIGINT NOT NULL,
	version        BIGINT NOT NULL,
	moves          BIGINT NOT NULL,
	PRIMARY KEY (customer_id, redemption_id),
	CONSTRAINT redemptions_held CHECK (state <> 'held' OR hold_id <> 0)
) /* clustered */;
CREATE UNIQUE INDEX redemptions_key ON redemptions (customer_id, key);
CREATE INDEX redemptions_orders ON redemptions (customer_id, order_ref) WHERE order_ref <> '';
CREATE INDEX redemptions_over ON redemptions (until_us, customer_id, redemption_id) WHERE state IN ('held', 'issued');

-- What became of a redemption, by whom and why; never changed.
CREATE TABLE redemption_moves (
	customer_id   BIGINT NOT NULL,
	redemption_id BIGINT NOT NULL,
	move_no       BIGINT NOT NULL,
	state         TEXT NOT NULL,
	actor         TEXT NOT NULL,
	reason        TEXT NOT NULL,
	at_us         BIGINT NOT NULL,
	PRIMARY KEY (customer_id, redemption_id, move_no)
) /* clustered */;

-- How many of a reward a customer has had in a period, which begins on a day; 0: ever.
CREATE TABLE reward_uses (
	customer_id BIGINT NOT NULL,
	reward      TEXT NOT NULL,
	period_day  BIGINT NOT NULL,
	uses        BIGINT NOT NULL CONSTRAINT reward_uses_uses CHECK (uses >= 0),
	PRIMARY KEY (customer_id, reward, period_day)
) /* clustered */;
