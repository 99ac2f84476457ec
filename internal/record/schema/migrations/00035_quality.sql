-- +goose Up
-- What customers are chosen by and sorted by in lists: one row a person, who stands for all that were merged into them. It
-- follows from the facts and is made anew from them: it is in no backup. What it means stands in internal/understand/roster,
-- which alone writes it. traits, agreed and withdrawn hold what was said in words with signs around each, to be looked for.
CREATE TABLE customer_summaries (
	customer_id BIGINT NOT NULL,
	sort_name   TEXT NOT NULL,
	traits      TEXT NOT NULL,
	agreed      TEXT NOT NULL,
	withdrawn   TEXT NOT NULL,
	reachable   BOOLEAN NOT NULL,
	last_day    BIGINT NOT NULL,
	orders      BIGINT NOT NULL,
	spent_minor BIGINT NOT NULL,
	segment     TEXT NOT NULL,
	PRIMARY KEY (customer_id)
) /* clustered */;
CREATE INDEX customer_summaries_last ON customer_summaries (last_day, customer_id);
CREATE INDEX customer_summaries_orders ON customer_summaries (orders, customer_id);
CREATE INDEX customer_summaries_spent ON customer_summaries (spent_minor, customer_id);
CREATE INDEX customer_summaries_name ON customer_summaries (sort_name, customer_id);
CREATE INDEX customer_summaries_segment ON customer_summaries (segment, customer_id);

-- Two customers who may be one person, as they were last looked for, and why. What it means stands in
-- internal/understand/duplicate, which alone touches these tables.
CREATE TABLE customer_duplicates (
	first_id   BIGINT NOT NULL,
	second_id  BIGINT NOT NULL,
	likelihood BIGINT NOT NULL,
	reasons    TEXT NOT NULL,
	PRIMARY KEY (first_id, second_id)
) /* clustered */;
CREATE INDEX customer_duplicates_likely ON customer_duplicates (likelihood, first_id, second_id);

-- Two customers of whom somebody said that they are not one person.
CREATE TABLE customer_distinct (
	first_id  BIGINT NOT NULL,
	second_id BIGINT NOT NULL,
	actor     TEXT NOT NULL,
	said_us   BIGINT NOT NULL,
	PRIMARY KEY (first_id, second_id)
) /* clustered */;
CREATE INDEX customer_distinct_second ON customer_distinct (second_id);
