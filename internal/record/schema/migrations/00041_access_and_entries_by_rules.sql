-- +goose Up
-- Who may come in before others, by hand. What it means stands in internal/act/programme, which alone touches this table.
-- until_us is the end of time where it does not end.
CREATE TABLE access_grants (
	customer_id BIGINT NOT NULL,
	access      TEXT NOT NULL,
	until_us    BIGINT NOT NULL,
	actor       TEXT NOT NULL,
	reason      TEXT NOT NULL,
	granted_us  BIGINT NOT NULL,
	PRIMARY KEY (customer_id, access)
) /* clustered */;

-- Entries in a prize draw that a rule of the programme gave for something, by the cause that its explanation has. What it means
-- stands in internal/act/draw, which alone touches this table.
CREATE TABLE draw_awards (
	customer_id BIGINT NOT NULL,
	draw        TEXT NOT NULL,
	cause       TEXT NOT NULL,
	rule        TEXT NOT NULL,
	entries     BIGINT NOT NULL CONSTRAINT draw_awards_entries CHECK (entries >= 0),
	awarded_us  BIGINT NOT NULL,
	PRIMARY KEY (customer_id, draw, cause, rule)
) /* clustered */;
CREATE INDEX draw_awards_draw ON draw_awards (draw, customer_id);
