-- +goose Up
-- What happened. Every table is of one of three classes, written in schema.Tables and checked there:
--   fact       belongs to one customer; its keys begin with customer_id
--   directory  keyed by its own key, claimed by statements of one row
--   reference  small, the same everywhere
-- A customer_id below zero is nobody known: an order at the till, a visitor of the site. Text that is not there is '',
-- so that only numbers and moments may be null. *_us is UTC in microseconds, local_us the clock on the wall of the
-- business, day its day since 1970, month its year * 12 + month - 1.

CREATE TABLE settings (
	key        TEXT NOT NULL,
	value      TEXT NOT NULL,
	updated_us BIGINT NOT NULL,
	PRIMARY KEY (key)
) /* clustered */;

-- The feed of changes, for whoever keeps a copy: what of whom changed, in the numbering of db.Position.
CREATE TABLE changes (
	serial      BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	kind        BIGINT NOT NULL,
	fact_id     BIGINT NOT NULL,
	PRIMARY KEY (serial, customer_id, kind, fact_id)
) /* clustered */;

CREATE TABLE customers (
	customer_id     BIGINT NOT NULL,
	reference       TEXT NOT NULL,
	kind            TEXT NOT NULL CONSTRAINT customers_kind CHECK (kind IN ('person', 'organisation')),
	form_of_address TEXT NOT NULL,
	given_name      TEXT NOT NULL,
	middle_name     TEXT NOT NULL,
	family_name     TEXT NOT NULL,
	full_name       TEXT NOT NULL,
	folded_name     TEXT NOT NULL,
	birth_year      BIGINT,
	birth_month     BIGINT CONSTRAINT customers_birth_month CHECK (birth_month BETWEEN 1 AND 12),
	birth_day       BIGINT CONSTRAINT customers_birth_day CHECK (birth_day BETWEEN 1 AND 31),
	language        TEXT NOT NULL,
	channel         TEXT NOT NULL,
	referred        BOOLEAN,
	household       TEXT NOT NULL,
	organisation_id BIGINT,
	attributes      TEXT NOT NULL,
	version         BIGINT NOT NULL,
	created_us      BIGINT NOT NULL,
	updated_us      BIGINT NOT NULL,
	erased_us       BIGINT,
	PRIMARY KEY (customer_id)
) /* clustered */;

-- Who is known under which id, address or number: kind is id, email, phone, card, visitor, or the name of a system.
CREATE TABLE identities (
	kind        TEXT NOT NULL,
	value       TEXT NOT NULL,
	customer_id BIGINT NOT NULL,
	PRIMARY KEY (kind, value)
) /* clustered */;

-- The same, from the side of the customer, as written.
CREATE TABLE customer_identities (
	customer_id BIGINT NOT NULL,
	kind        TEXT NOT NULL,
	value       TEXT NOT NULL,
	written     TEXT NOT NULL,
	added_us    BIGINT NOT NULL,
	PRIMARY KEY (customer_id, kind, value)
) /* clustered */;

-- Customers who are the same person as another: facts keep their number, readers take root_id for it. into_id is whom
-- the merge named, root_id whom that one is by now.
CREATE TABLE aliases (
	customer_id BIGINT NOT NULL,
	into_id     BIGINT NOT NULL,
	root_id     BIGINT NOT NULL,
	merged_us   BIGINT NOT NULL,
	PRIMARY KEY (customer_id),
	CONSTRAINT aliases_other CHECK (customer_id <> root_id AND customer_id <> into_id)
) /* clustered */;
CREATE INDEX aliases_root ON aliases (root_id);

-- Consents and withdrawals, with their proof. The last one for a channel and a purpose counts.
CREATE TABLE consents (
	customer_id     BIGINT NOT NULL,
	channel         TEXT NOT NULL,
	purpose         TEXT NOT NULL,
	given_us        BIGINT NOT NULL,
	granted         BOOLEAN NOT NULL,
	wording         TEXT NOT NULL,
	wording_version TEXT NOT NULL,
	source          TEXT NOT NULL,
	proof           TEXT NOT NULL,
	recorded_us     BIGINT NOT NULL,
	PRIMARY KEY (customer_id, channel, purpose, given_us)
) /* clustered */;

CREATE TABLE categories (
	category_id BIGINT NOT NULL,
	name        TEXT NOT NULL,
	PRIMARY KEY (category_id)
) /* clustered */;

CREATE TABLE products (
	product_id  BIGINT NOT NULL,
	reference   TEXT NOT NULL,
	name        TEXT NOT NULL,
	category_id BIGINT,
	updated_us  BIGINT NOT NULL,
	PRIMARY KEY (product_id)
) /* clustered */;

-- Names of what facts say beyond their columns (attributes, a JSON object in the fact): kind is sale, customer or
-- answer, folded the name in small letters, name its first spelling, which all facts use; place orders them.
CREATE TABLE attribute_names (
	kind   TEXT NOT NULL,
	folded TEXT NOT NULL,
	name   TEXT NOT NULL,
	place  BIGINT NOT NULL,
	PRIMARY KEY (kind, folded)
) /* clustered */;

-- Stores and sales channels, by the name that orders give.
CREATE TABLE stores (
	reference TEXT NOT NULL,
	name      TEXT NOT NULL,
	place     TEXT NOT NULL,
	PRIMARY KEY (reference)
) /* clustered */;

CREATE TABLE sales_channels (
	reference TEXT NOT NULL,
	name      TEXT NOT NULL,
	PRIMARY KEY (reference)
) /* clustered */;

-- What an outside system calls a fact. An erased customer's claims stay, with customer_id 0, and lead nowhere.
CREATE TABLE fact_references (
	kind        TEXT NOT NULL,
	source      TEXT NOT NULL,
	reference   TEXT NOT NULL,
	customer_id BIGINT NOT NULL,
	fact_id     BIGINT NOT NULL,
	PRIMARY KEY (kind, source, reference)
) /* clustered */;

CREATE TABLE orders (
	customer_id    BIGINT NOT NULL,
	order_id       BIGINT NOT NULL,
	source         TEXT NOT NULL,
	reference      TEXT NOT NULL,
	placed_us      BIGINT NOT NULL,
	local_us       BIGINT NOT NULL,
	day            BIGINT NOT NULL,
	month          BIGINT NOT NULL,
	state          TEXT NOT NULL CONSTRAINT orders_state CHECK (state IN ('placed', 'paid', 'fulfilled', 'cancelled')),
	amount_minor   BIGINT NOT NULL,
	discount_minor BIGINT NOT NULL,
	tax_minor      BIGINT NOT NULL,
	shipping_minor BIGINT NOT NULL,
	store          TEXT NOT NULL,
	channel        TEXT NOT NULL,
	attributes     TEXT NOT NULL,
	content        BYTEA NOT NULL,
	version        BIGINT NOT NULL,
	recorded_us    BIGINT NOT NULL,
	updated_us     BIGINT NOT NULL,
	PRIMARY KEY (customer_id, order_id)
) /* clustered */;

CREATE TABLE payments (
	customer_id  BIGINT NOT NULL,
	order_id     BIGINT NOT NULL,
	payment_no   BIGINT NOT NULL,
	method       TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	paid_us      BIGINT,
	PRIMARY KEY (customer_id, order_id, payment_no)
) /* clustered */;

CREATE TABLE returns (
	customer_id  BIGINT NOT NULL,
	return_id    BIGINT NOT NULL,
	order_id     BIGINT,
	source       TEXT NOT NULL,
	reference    TEXT NOT NULL,
	returned_us  BIGINT NOT NULL,
	local_us     BIGINT NOT NULL,
	day          BIGINT NOT NULL,
	month        BIGINT NOT NULL,
	amount_minor BIGINT NOT NULL CONSTRAINT returns_amount CHECK (amount_minor <= 0),
	reason       TEXT NOT NULL,
	content      BYTEA NOT NULL,
	version      BIGINT NOT NULL,
	recorded_us  BIGINT NOT NULL,
	updated_us   BIGINT NOT NULL,
	PRIMARY KEY (customer_id, return_id)
) /* clustered */;

-- Lines of orders and of returns: the rows that revenue is added up from. fact_id is the order's or the return's,
-- order_id the order it belongs to (a return without one has its own). An order that is cancelled does not count. A
-- line knows product and category as they were. attributes holds those of the order too.
CREATE TABLE sale_lines (
	customer_id  BIGINT NOT NULL,
	fact_id      BIGINT NOT NULL,
	line_no      BIGINT NOT NULL,
	order_id     BIGINT NOT NULL,
	sold_us      BIGINT NOT NULL,
	local_us     BIGINT NOT NULL,
	day          BIGINT NOT NULL,
	month        BIGINT NOT NULL,
	amount_minor BIGINT NOT NULL,
	quantity     DOUBLE PRECISION NOT NULL,
	product_id   BIGINT,
	category_id  BIGINT,
	is_return    BOOLEAN NOT NULL,
	counts       BOOLEAN NOT NULL,
	attributes   TEXT NOT NULL,
	PRIMARY KEY (customer_id, fact_id, line_no)
) /* clustered */;

CREATE TABLE subscriptions (
	customer_id     BIGINT NOT NULL,
	subscription_id BIGINT NOT NULL,
	source          TEXT NOT NULL,
	reference       TEXT NOT NULL,
	plan            TEXT NOT NULL,
	amount_minor    BIGINT NOT NULL,
	started_us      BIGINT NOT NULL,
	local_us        BIGINT NOT NULL,
	day             BIGINT NOT NULL,
	month           BIGINT NOT NULL,
	cancelled_us       BIGINT,
	cancelled_local_us BIGINT,
	reason          TEXT NOT NULL,
	content         BYTEA NOT NULL,
	version         BIGINT NOT NULL,
	recorded_us     BIGINT NOT NULL,
	updated_us      BIGINT NOT NULL,
	PRIMARY KEY (customer_id, subscription_id),
	CONSTRAINT subscriptions_span CHECK (cancelled_us >= started_us)
) /* clustered */;

-- Behaviour, in the names of the Segment specification. event_id comes of source and reference, so that a repeated
-- event meets itself.
CREATE TABLE events (
	customer_id BIGINT NOT NULL,
	event_id    BIGINT NOT NULL,
	source      TEXT NOT NULL,
	name        TEXT NOT NULL,
	happened_us BIGINT NOT NULL,
	local_us    BIGINT NOT NULL,
	day         BIGINT NOT NULL,
	month       BIGINT NOT NULL,
	session     TEXT NOT NULL,
	duration_ms BIGINT,
	product_id  BIGINT,
	properties  TEXT NOT NULL,
	content     BYTEA NOT NULL,
	recorded_us BIGINT NOT NULL,
	PRIMARY KEY (customer_id, event_id)
) /* clustered */;

CREATE TABLE answers (
	customer_id      BIGINT NOT NULL,
	answer_id        BIGINT NOT NULL,
	source           TEXT NOT NULL,
	reference        TEXT NOT NULL,
	answered_us      BIGINT NOT NULL,
	local_us         BIGINT NOT NULL,
	day              BIGINT NOT NULL,
	month            BIGINT NOT NULL,
	kind             TEXT NOT NULL CONSTRAINT answers_kind CHECK (kind IN ('nps', 'csat', 'ces', 'case')),
	aspect           TEXT NOT NULL,
	score            DOUBLE PRECISION,
	scale            BIGINT NOT NULL,
	delivered        BOOLEAN NOT NULL,
	finished         BOOLEAN NOT NULL,
	replied_us       BIGINT,
	replied_local_us BIGINT,
	solved_us        BIGINT,
	solved_local_us  BIGINT,
	due_us           BIGINT,
	due_local_us     BIGINT,
	comment          TEXT NOT NULL,
	attributes       TEXT NOT NULL,
	content          BYTEA NOT NULL,
	version          BIGINT NOT NULL,
	recorded_us      BIGINT NOT NULL,
	updated_us       BIGINT NOT NULL,
	PRIMARY KEY (customer_id, answer_id)
) /* clustered */;

-- What a fact was before it changed.
CREATE TABLE fact_history (
	customer_id BIGINT NOT NULL,
	fact_id     BIGINT NOT NULL,
	version     BIGINT NOT NULL,
	kind        TEXT NOT NULL,
	until_us    BIGINT NOT NULL,
	content     TEXT NOT NULL,
	PRIMARY KEY (customer_id, fact_id, version)
) /* clustered */;

CREATE TABLE costs (
	source       TEXT NOT NULL,
	reference    TEXT NOT NULL,
	spent_us     BIGINT NOT NULL,
	local_us     BIGINT NOT NULL,
	day          BIGINT NOT NULL,
	month        BIGINT NOT NULL,
	channel      TEXT NOT NULL,
	retention    BOOLEAN NOT NULL,
	amount_minor BIGINT NOT NULL,
	note         TEXT NOT NULL,
	updated_us   BIGINT NOT NULL,
	PRIMARY KEY (source, reference)
) /* clustered */;

-- What the business changed, and when: for before and after.
CREATE TABLE initiatives (
	source      TEXT NOT NULL,
	reference   TEXT NOT NULL,
	name        TEXT NOT NULL,
	description TEXT NOT NULL,
	started_day BIGINT NOT NULL,
	ended_day   BIGINT CONSTRAINT initiatives_span CHECK (ended_day >= started_day),
	measures    TEXT NOT NULL,
	updated_us  BIGINT NOT NULL,
	PRIMARY KEY (source, reference)
) /* clustered */;

-- Files being read, or read: after a stop the reading goes on behind position.
CREATE TABLE imports (
	import_id   BIGINT NOT NULL,
	source      TEXT NOT NULL,
	file        TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	kind        TEXT NOT NULL,
	position    BIGINT NOT NULL,
	account     TEXT NOT NULL,
	started_us  BIGINT NOT NULL,
	updated_us  BIGINT NOT NULL,
	finished_us BIGINT,
	PRIMARY KEY (import_id)
) /* clustered */;
