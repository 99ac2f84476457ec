-- +goose Up
-- What lists of facts are read by, newest first. Ids grow with time, so that these are only ever appended to; what
-- changed later is found by a few rows of its own.
CREATE INDEX orders_newest ON orders (order_id);
CREATE INDEX orders_changed ON orders (updated_us) WHERE updated_us <> recorded_us;
CREATE INDEX returns_newest ON returns (return_id);
CREATE INDEX returns_changed ON returns (updated_us) WHERE updated_us <> recorded_us;
CREATE INDEX subscriptions_newest ON subscriptions (subscription_id);
CREATE INDEX subscriptions_changed ON subscriptions (updated_us) WHERE updated_us <> recorded_us;
CREATE INDEX answers_newest ON answers (answer_id);
CREATE INDEX answers_changed ON answers (updated_us) WHERE updated_us <> recorded_us;
CREATE INDEX customers_changed ON customers (updated_us) WHERE updated_us <> created_us;
CREATE INDEX events_newest ON events (recorded_us);
CREATE INDEX products_reference ON products (reference);

-- The line of its order that a line of a return takes back.
ALTER TABLE sale_lines ADD COLUMN of_line BIGINT;
