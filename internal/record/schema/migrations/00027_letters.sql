-- +goose Up
-- Which letters about the loyalty picture somebody wants, and what letters have said of real changes, so that none says it
-- twice. What it means stands in internal/measure/letter.

CREATE TABLE letter_choices (
	user_id TEXT NOT NULL,
	letter  TEXT NOT NULL CONSTRAINT letter_choices_letter CHECK (letter IN ('weekly', 'monthly', 'changes')),
	PRIMARY KEY (user_id, letter)
) /* clustered */;

CREATE TABLE letter_told (
	measure   TEXT NOT NULL,
	direction BIGINT NOT NULL,
	told_us   BIGINT NOT NULL,
	PRIMARY KEY (measure)
) /* clustered */;
