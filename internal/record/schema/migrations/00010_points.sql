-- +goose Up
-- The points ledger. What moves what, and what always holds, stands in internal/act/points, which alone touches these tables.
-- A moment that never comes is the end of the year 9999; expires_us one below it: the account's idle_us decides.

CREATE TABLE point_units (
	unit        TEXT NOT NULL,
	kind        TEXT NOT NULL CONSTRAINT point_units_kind CHECK (kind IN ('spendable', 'qualifying')),
	allows_debt BOOLEAN NOT NULL,
	policy      TEXT NOT NULL,
	version     BIGINT NOT NULL,
	updated_us  BIGINT NOT NULL,
	PRIMARY KEY (unit)
) /* clustered */;

-- The sums of the lots, in the same transaction as they. Nothing happens by time alone before due_us, no hold ends before
-- holds_us. owed_units is all debt ever, of which repaid_units is repaid.
CREATE TABLE point_accounts (
	customer_id    BIGINT NOT NULL,
	unit           TEXT NOT NULL,
	version        BIGINT NOT NULL,
	issued_units   BIGINT NOT NULL CONSTRAINT point_accounts_issued CHECK (issued_units >= 0),
	received_units BIGINT NOT NULL CONSTRAINT point_accounts_received CHECK (received_units >= 0),
	left_units     BIGINT NOT NULL CONSTRAINT point_accounts_left CHECK (left_units >= 0),
	held_units     BIGINT NOT NULL CONSTRAINT point_accounts_held CHECK (held_units >= 0),
	transit_units  BIGINT NOT NULL CONSTRAINT point_accounts_transit CHECK (transit_units >= 0),
	spent_units    BIGINT NOT NULL CONSTRAINT point_accounts_spent CHECK (spent_units >= 0),
	expired_units  BIGINT NOT NULL CONSTRAINT point_accounts_expired CHECK (expired_units >= 0),
	reversed_units BIGINT NOT NULL CONSTRAINT point_accounts_reversed CHECK (reversed_units >= 0),
	sent_units     BIGINT NOT NULL CONSTRAINT point_accounts_sent CHECK (sent_units >= 0),
	repaid_units   BIGINT NOT NULL,
	owed_units     BIGINT NOT NULL,
	idle_us        BIGINT NOT NULL,
	holds_us       BIGINT NOT NULL,
	due_us         BIGINT NOT NULL,
	opened_us      BIGINT NOT NULL,
	PRIMARY KEY (customer_id, unit),
	CONSTRAINT point_accounts_debt CHECK (repaid_units BETWEEN 0 AND owed_units),
	CONSTRAINT point_accounts_conserved CHECK (issued_units + received_units =
		left_units + held_units + transit_units + spent_units + expired_units + reversed_units + sent_units + repaid_units)
) /* clustered */;
CREATE INDEX point_accounts_due ON point_accounts (due_us, customer_id, unit) WHERE due_us < 253402300799999999;

-- A lot is what came in at once, and where it is now; a debt is a lot whose left_units is below zero. called_units is what
-- reversals took back on its account, wherever they found it: lapsed_units of it had expired by then, waived_units was
-- nowhere to be found. Of whole_parts (of an order's line, say) returned_parts are returned.
CREATE TABLE point_lots (
	customer_id    BIGINT NOT NULL,
	unit           TEXT NOT NULL,
	lot_id         BIGINT NOT NULL,
	source         TEXT NOT NULL CONSTRAINT point_lots_source CHECK (source IN ('earn', 'adjust', 'receive', 'debt')),
	operation_id   BIGINT NOT NULL,
	cause          TEXT NOT NULL,
	line_no        BIGINT NOT NULL,
	rule           TEXT NOT NULL,
	waits_for      TEXT NOT NULL,
	earned_us      BIGINT NOT NULL,
	active_us      BIGINT NOT NULL,
	expires_us     BIGINT NOT NULL,
	issued_units   BIGINT NOT NULL CONSTRAINT point_lots_issued CHECK (issued_units > 0),
	left_units     BIGINT NOT NULL,
	held_units     BIGINT NOT NULL CONSTRAINT point_lots_held CHECK (held_units >= 0),
	transit_units  BIGINT NOT NULL CONSTRAINT point_lots_transit CHECK (transit_units >= 0),
	spent_units    BIGINT NOT NULL CONSTRAINT point_lots_spent CHECK (spent_units >= 0),
	expired_units  BIGINT NOT NULL CONSTRAINT point_lots_expired CHECK (expired_units >= 0),
	reversed_units BIGINT NOT NULL CONSTRAINT point_lots_reversed CHECK (reversed_units >= 0),
	sent_units     BIGINT NOT NULL CONSTRAINT point_lots_sent CHECK (sent_units >= 0),
	repaid_units   BIGINT NOT NULL CONSTRAINT point_lots_repaid CHECK (repaid_units >= 0),
	called_units   BIGINT NOT NULL CONSTRAINT point_lots_called CHECK (called_units BETWEEN 0 AND issued_units),
	lapsed_units   BIGINT NOT NULL CONSTRAINT point_lots_lapsed CHECK (lapsed_units BETWEEN 0 AND expired_units),
	waived_units   BIGINT NOT NULL CONSTRAINT point_lots_waived CHECK (waived_units BETWEEN 0 AND called_units),
	whole_parts    BIGINT NOT NULL,
	returned_parts BIGINT NOT NULL CONSTRAINT point_lots_returned CHECK (returned_parts BETWEEN 0 AND whole_parts),
	PRIMARY KEY (customer_id, unit, lot_id),
	CONSTRAINT point_lots_waiting CHECK ((waits_for <> '') = (active_us = 253402300799999999)),
	CONSTRAINT point_lots_span CHECK (source = 'receive' OR expires_us > active_us OR expires_us >= 253402300799999998),
	CONSTRAINT point_lots_conserved CHECK (CASE WHEN source = 'debt'
		THEN left_units = repaid_units - issued_units AND left_units <= 0
			AND held_units + transit_units + spent_units + expired_units + reversed_units + sent_units = 0
		ELSE left_units >= 0 AND issued_units = left_units + held_units + transit_units + spent_units + expired_units
			+ reversed_units + sent_units + repaid_units END)
) /* clustered */;
-- The order in which lots are spent, with all that a balance needs.
CREATE INDEX point_lots_live ON point_lots (customer_id, unit, expires_us, earned_us, lot_id, active_us, left_units) WHERE left_units > 0;
CREATE INDEX point_lots_debts ON point_lots (customer_id, unit, earned_us, lot_id) WHERE left_units < 0;
CREATE INDEX point_lots_causes ON point_lots (customer_id, unit, cause, line_no);

-- What was asked for, once a key. Of units undone_units came back.
CREATE TABLE point_operations (
	customer_id  BIGINT NOT NULL,
	key          TEXT NOT NULL,
	operation_id BIGINT NOT NULL,
	unit         TEXT NOT NULL,
	kind         TEXT NOT NULL,
	hash         BYTEA NOT NULL,
	cause        TEXT NOT NULL CONSTRAINT point_operations_cause CHECK (cause <> ''),
	actor        TEXT NOT NULL CONSTRAINT point_operations_actor CHECK (actor <> ''),
	reason       TEXT NOT NULL CONSTRAINT point_operations_reason CHECK (kind <> 'adjust' OR reason <> ''),
	rule         TEXT NOT NULL,
	units        BIGINT NOT NULL,
	undone_units BIGINT NOT NULL CONSTRAINT point_operations_undone CHECK (undone_units BETWEEN 0 AND units),
	receipt      TEXT NOT NULL,
	at_us        BIGINT NOT NULL,
	PRIMARY KEY (customer_id, key)
) /* clustered */;
CREATE UNIQUE INDEX point_operations_id ON point_operations (customer_id, operation_id);

-- What moved, never changed.
CREATE TABLE point_entries (
	customer_id  BIGINT NOT NULL,
	unit         TEXT NOT NULL,
	operation_id BIGINT NOT NULL,
	entry_no     BIGINT NOT NULL,
	kind         TEXT NOT NULL CONSTRAINT point_entries_kind CHECK (kind IN ('issue', 'activate', 'spend', 'hold', 'commit', 'release',
		'expire', 'reverse', 'recall', 'lapse', 'waive', 'undo', 'owe', 'repay', 'fill', 'send', 'deliver', 'bring')),
	lot_id       BIGINT NOT NULL,
	hold_id      BIGINT NOT NULL,
	units        BIGINT NOT NULL CONSTRAINT point_entries_units CHECK (units > 0),
	rule         TEXT NOT NULL,
	line_no      BIGINT NOT NULL,
	at_us        BIGINT NOT NULL,
	PRIMARY KEY (customer_id, unit, operation_id, entry_no)
) /* clustered */;

CREATE TABLE point_holds (
	customer_id     BIGINT NOT NULL,
	hold_id         BIGINT NOT NULL,
	unit            TEXT NOT NULL,
	kind            TEXT NOT NULL CONSTRAINT point_holds_kind CHECK (kind IN ('spend', 'transfer')),
	state           TEXT NOT NULL CONSTRAINT point_holds_state CHECK (state IN ('open', 'committed', 'cancelled', 'timed_out')),
	units           BIGINT NOT NULL CONSTRAINT point_holds_units CHECK (units > 0),
	committed_units BIGINT NOT NULL,
	to_customer     BIGINT NOT NULL,
	cause           TEXT NOT NULL,
	until_us        BIGINT NOT NULL,
	opened_us       BIGINT NOT NULL,
	resolved_us     BIGINT,
	PRIMARY KEY (customer_id, hold_id),
	CONSTRAINT point_holds_resolved CHECK ((state = 'open') = (resolved_us IS NULL)),
	CONSTRAINT point_holds_committed CHECK (committed_units BETWEEN 0 AND units AND (state = 'committed') = (committed_units > 0)),
	CONSTRAINT point_holds_to CHECK ((kind = 'transfer') = (to_customer <> 0) AND to_customer <> customer_id)
) /* clustered */;
CREATE INDEX point_holds_open ON point_holds (customer_id, unit, until_us) WHERE state = 'open';
CREATE INDEX point_holds_moving ON point_holds (opened_us, customer_id, hold_id) WHERE kind = 'transfer' AND state = 'open';

-- Of which lots a hold holds how much, in the order in which they are spent, and when those expired as they were taken.
CREATE TABLE point_hold_lots (
	customer_id BIGINT NOT NULL,
	hold_id     BIGINT NOT NULL,
	part_no     BIGINT NOT NULL,
	lot_id      BIGINT NOT NULL,
	units       BIGINT NOT NULL CONSTRAINT point_hold_lots_units CHECK (units > 0),
	expires_us  BIGINT NOT NULL,
	PRIMARY KEY (customer_id, hold_id, part_no)
) /* clustered */;

-- Spending of several customers together, kept with the one who asked, and what each gives. A part is a hold of its giver,
-- under the pool's key there.
CREATE TABLE point_pools (
	customer_id BIGINT NOT NULL,
	pool_id     BIGINT NOT NULL,
	unit        TEXT NOT NULL,
	key         TEXT NOT NULL,
	hash        BYTEA NOT NULL,
	state       TEXT NOT NULL CONSTRAINT point_pools_state CHECK (state IN ('gathering', 'ready', 'granted', 'done', 'refused', 'cancelled')),
	units       BIGINT NOT NULL CONSTRAINT point_pools_units CHECK (units > 0),
	cause       TEXT NOT NULL,
	actor       TEXT NOT NULL,
	until_us    BIGINT NOT NULL,
	opened_us   BIGINT NOT NULL,
	ended_us    BIGINT,
	PRIMARY KEY (customer_id, pool_id),
	CONSTRAINT point_pools_ended CHECK ((state IN ('done', 'refused', 'cancelled')) OR ended_us IS NULL)
) /* clustered */;
CREATE UNIQUE INDEX point_pools_key ON point_pools (customer_id, key);
CREATE INDEX point_pools_moving ON point_pools (opened_us, customer_id, pool_id) WHERE ended_us IS NULL;

CREATE TABLE point_pool_parts (
	customer_id BIGINT NOT NULL,
	pool_id     BIGINT NOT NULL,
	giver_id    BIGINT NOT NULL,
	units       BIGINT NOT NULL CONSTRAINT point_pool_parts_units CHECK (units > 0),
	PRIMARY KEY (customer_id, pool_id, giver_id)
) /* clustered */;
