-- +goose Up
-- For who looks for a customer by the beginning of the name.
CREATE INDEX customers_name ON customers (folded_name) WHERE folded_name <> '';
