-- +goose Up
-- The logo of the business, drawn anew from what was uploaded: as pages show it, and as the icon of an installed page.
CREATE TABLE member_pictures (
	picture    TEXT PRIMARY KEY,
	width      BIGINT NOT NULL,
	height     BIGINT NOT NULL,
	content    BYTEA NOT NULL,
	updated_us BIGINT NOT NULL
);
