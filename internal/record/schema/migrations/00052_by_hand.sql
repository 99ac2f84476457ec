-- +goose Up
-- How many units of a unit somebody moved by hand on the newest day that they did, given and taken together. What it means stands in
-- internal/act/byhand, which alone touches this table.
CREATE TABLE by_hand_sums (
	actor TEXT NOT NULL,
	unit  TEXT NOT NULL,
	day   BIGINT NOT NULL,
	units BIGINT NOT NULL CONSTRAINT by_hand_sums_units CHECK (units >= 0),
	PRIMARY KEY (actor, unit)
) /* clustered */;
