-- +goose Up
-- The programme, and what it gave for orders. What it means stands in internal/act/programme, which alone touches these
-- tables.

CREATE TABLE programme_versions (
	version      BIGINT NOT NULL,
	state        TEXT NOT NULL CONSTRAINT programme_versions_state CHECK (state IN ('draft', 'published', 'retired')),
	document     TEXT NOT NULL,
	note         TEXT NOT NULL,
	author       TEXT NOT NULL,
	created_us   BIGINT NOT NULL,
	published_us BIGINT,
	published_by TEXT NOT NULL,
	PRIMARY KEY (version)
) /* clustered */;
CREATE UNIQUE INDEX programme_versions_one ON programme_versions (state) WHERE state = 'published';

-- By which version an order, or something else that a customer did, was looked at, what was known of the customer then, and
-- what came of each rule.
CREATE TABLE programme_outcomes (
	customer_id BIGINT NOT NULL,
	cause       TEXT NOT NULL,
	version     BIGINT NOT NULL,
	known       TEXT NOT NULL,
	outcome     TEXT NOT NULL,
	turns       BIGINT NOT NULL,
	at_us       BIGINT NOT NULL,
	PRIMARY KEY (customer_id, cause)
) /* clustered */;
CREATE INDEX programme_outcomes_newest ON programme_outcomes (customer_id, at_us);

-- What was given and not taken back, award by award: the lot's line in the ledger is the award's number.
CREATE TABLE programme_awards (
	customer_id BIGINT NOT NULL,
	cause       TEXT NOT NULL,
	award_no    BIGINT NOT NULL,
	rule        TEXT NOT NULL,
	unit        TEXT NOT NULL,
	units       BIGINT NOT NULL CONSTRAINT programme_awards_units CHECK (units >= 0),
	PRIMARY KEY (customer_id, cause, award_no)
) /* clustered */;

-- How often a rule gave something to a customer in a period, which begins on a day, and over how much money altogether
-- where what is left over is kept.
CREATE TABLE programme_uses (
	customer_id BIGINT NOT NULL,
	rule        TEXT NOT NULL,
	period_day  BIGINT NOT NULL,
	uses        BIGINT NOT NULL CONSTRAINT programme_uses_uses CHECK (uses >= 0),
	PRIMARY KEY (customer_id, rule, period_day)
) /* clustered */;
CREATE TABLE programme_sums (
	customer_id BIGINT NOT NULL,
	rule        TEXT NOT NULL,
	base_minor  BIGINT NOT NULL,
	PRIMARY KEY (customer_id, rule)
) /* clustered */;

-- What is left of the units that a rule may give to all customers together.
CREATE TABLE programme_budgets (
	rule        TEXT NOT NULL,
	spent_units BIGINT NOT NULL CONSTRAINT programme_budgets_spent CHECK (spent_units >= 0),
	PRIMARY KEY (rule)
) /* clustered */;

-- In which tier a customer is, since when, and until when it is kept; and how it came to be.
CREATE TABLE programme_tiers (
	customer_id BIGINT NOT NULL,
	tier        TEXT NOT NULL,
	since_us    BIGINT NOT NULL,
	until_us    BIGINT NOT NULL,
	by_hand     BOOLEAN NOT NULL,
	PRIMARY KEY (customer_id)
) /* clustered */;
CREATE INDEX programme_tiers_due ON programme_tiers (until_us, customer_id);
CREATE TABLE programme_tier_moves (
	customer_id BIGINT NOT NULL,
	move_no     BIGINT NOT NULL,
	tier        TEXT NOT NULL,
	before      TEXT NOT NULL,
	why         TEXT NOT NULL,
	at_us       BIGINT NOT NULL,
	PRIMARY KEY (customer_id, move_no)
) /* clustered */;
