-- +goose Up
-- What people of the business write down about a customer, for each other. It is forgotten with the customer.
CREATE TABLE customer_notes (
	customer_id BIGINT NOT NULL,
	note_id     TEXT NOT NULL,
	body        TEXT NOT NULL,
	writer_id   TEXT NOT NULL,
	writer_name TEXT NOT NULL,
	written_us  BIGINT NOT NULL,
	PRIMARY KEY (customer_id, note_id)
) /* clustered */;
