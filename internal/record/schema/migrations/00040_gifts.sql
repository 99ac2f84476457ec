-- +goose Up
-- Gifts. What they mean stands in internal/act/gift, which alone touches these tables.

-- seed is what chance was made of when the list was frozen; empty until then.
CREATE TABLE surprises (
	surprise   TEXT NOT NULL,
	version    BIGINT NOT NULL,
	state      TEXT NOT NULL CONSTRAINT surprises_state CHECK (state IN ('draft', 'planned', 'giving', 'given', 'cancelled')),
	settings   TEXT NOT NULL,
	gives_us   BIGINT NOT NULL,
	author     TEXT NOT NULL,
	seed       TEXT NOT NULL,
	gifts      BIGINT NOT NULL CONSTRAINT surprises_gifts CHECK (gifts >= 0),
	held       BIGINT NOT NULL CONSTRAINT surprises_held CHECK (held >= 0),
	qualified  BIGINT NOT NULL CONSTRAINT surprises_qualified CHECK (qualified >= gifts + held),
	created_us BIGINT NOT NULL,
	frozen_us  BIGINT NOT NULL,
	ended_us   BIGINT NOT NULL,
	PRIMARY KEY (surprise),
	CONSTRAINT surprises_frozen CHECK ((state IN ('giving', 'given')) = (seed <> ''))
) /* clustered */;
CREATE INDEX surprises_due ON surprises (gives_us) WHERE state IN ('planned', 'giving');

-- Who qualified, in the order of their numbers, in parts of so many. Rows are added when the list is frozen, and never changed.
CREATE TABLE surprise_lists (
	surprise  TEXT NOT NULL,
	part_no   BIGINT NOT NULL,
	customers TEXT NOT NULL,
	PRIMARY KEY (surprise, part_no)
) /* clustered */;

-- What a customer was given on an occasion, or why not. gave is what, as JSON; greeting is how the letter about it stands.
CREATE TABLE gifts (
	customer_id BIGINT NOT NULL,
	cause       TEXT NOT NULL,
	occasion    TEXT NOT NULL,
	about       TEXT NOT NULL,
	state       TEXT NOT NULL CONSTRAINT gifts_state CHECK (state IN ('given', 'held_out', 'not_drawn', 'missed')),
	gave        TEXT NOT NULL,
	given_us    BIGINT NOT NULL,
	greeting    TEXT NOT NULL CONSTRAINT gifts_greeting CHECK (greeting IN ('none', 'waiting', 'sent', 'skipped')),
	PRIMARY KEY (customer_id, cause)
) /* clustered */;
CREATE INDEX gifts_waiting ON gifts (given_us) WHERE greeting = 'waiting';
CREATE INDEX gifts_about ON gifts (about, customer_id) WHERE occasion = 'surprise';
