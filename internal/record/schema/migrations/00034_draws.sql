-- +goose Up
-- Prize draws. What they mean stands in internal/act/draw, which alone touches these tables.

-- commitment is the hash of the seed, told when the draw is published; seed is empty until it is drawn. touched makes whoever
-- enters and whoever closes wait for each other.
CREATE TABLE draws (
	draw         TEXT NOT NULL,
	version      BIGINT NOT NULL,
	state        TEXT NOT NULL CONSTRAINT draws_state CHECK (state IN ('draft', 'published', 'closing', 'frozen', 'drawn', 'cancelled')),
	settings     TEXT NOT NULL,
	opens_us     BIGINT NOT NULL,
	closes_us    BIGINT NOT NULL,
	author       TEXT NOT NULL,
	commitment   TEXT NOT NULL,
	sealed_seed  BYTEA NOT NULL,
	sealed_salt  BYTEA NOT NULL,
	list_hash    TEXT NOT NULL,
	entrants     BIGINT NOT NULL,
	entries      BIGINT NOT NULL,
	seed         TEXT NOT NULL,
	reason       TEXT NOT NULL,
	created_us   BIGINT NOT NULL,
	published_us BIGINT NOT NULL,
	frozen_us    BIGINT NOT NULL,
	ended_us     BIGINT NOT NULL,
	touched      BIGINT NOT NULL,
	PRIMARY KEY (draw),
	CONSTRAINT draws_committed CHECK (state = 'draft' OR commitment <> ''),
	CONSTRAINT draws_frozen CHECK (state NOT IN ('frozen', 'drawn') OR list_hash <> ''),
	CONSTRAINT draws_revealed CHECK ((state = 'drawn') = (seed <> ''))
) /* clustered */;
CREATE INDEX draws_closes ON draws (closes_us) WHERE state IN ('published', 'closing');

-- The frozen list, in parts of its lines; customers are those of the entries in it, in their order, for nobody outside. Rows
-- are added when the list is frozen, and never changed.
CREATE TABLE draw_lists (
	draw        TEXT NOT NULL,
	part_no     BIGINT NOT NULL,
	first_entry TEXT NOT NULL,
	lines       TEXT NOT NULL,
	customers   TEXT NOT NULL,
	PRIMARY KEY (draw, part_no)
) /* clustered */;

CREATE TABLE draw_winners (
	draw        TEXT NOT NULL,
	place       BIGINT NOT NULL,
	prize       TEXT NOT NULL,
	entry       TEXT NOT NULL,
	customer_id BIGINT NOT NULL,
	PRIMARY KEY (draw, place)
) /* clustered */;
CREATE INDEX draw_winners_customer ON draw_winners (customer_id);

-- How a customer has entered so far.
CREATE TABLE draw_entrants (
	customer_id    BIGINT NOT NULL,
	draw           TEXT NOT NULL,
	free_entries   BIGINT NOT NULL CONSTRAINT draw_entrants_free CHECK (free_entries IN (0, 1)),
	bought_entries BIGINT NOT NULL CONSTRAINT draw_entrants_bought CHECK (bought_entries >= 0),
	entered_us     BIGINT NOT NULL,
	PRIMARY KEY (customer_id, draw)
) /* clustered */;
CREATE INDEX draw_entrants_draw ON draw_entrants (draw, customer_id);

-- Entries bought with units. forgone: whoever bought them was erased before the list was frozen.
CREATE TABLE draw_purchases (
	customer_id BIGINT NOT NULL,
	purchase_id BIGINT NOT NULL,
	draw        TEXT NOT NULL,
	key         TEXT NOT NULL,
	state       TEXT NOT NULL CONSTRAINT draw_purchases_state CHECK (state IN ('bought', 'returned', 'forgone')),
	entries     BIGINT NOT NULL CONSTRAINT draw_purchases_entries CHECK (entries > 0),
	unit        TEXT NOT NULL,
	units       BIGINT NOT NULL CONSTRAINT draw_purchases_units CHECK (units > 0),
	actor       TEXT NOT NULL,
	bought_us   BIGINT NOT NULL,
	PRIMARY KEY (customer_id, purchase_id)
) /* clustered */;
CREATE UNIQUE INDEX draw_purchases_key ON draw_purchases (customer_id, draw, key);
CREATE INDEX draw_purchases_draw ON draw_purchases (draw, customer_id, purchase_id) WHERE state = 'bought';
