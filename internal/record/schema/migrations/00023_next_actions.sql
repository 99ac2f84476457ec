-- +goose Up
-- What to do next with a customer, as of the newest fit: the one action of which most is expected. size is what it is about
-- and gain what is expected of it, in whole units of the currency, or in purchases where no amounts are known; basis is
-- where the share of the one in the other comes from. What it means stands in internal/understand/advice; the nights of
-- internal/understand/forecast write it.
CREATE TABLE next_actions (
	customer_id BIGINT NOT NULL,
	fit_id      BIGINT NOT NULL,
	action      TEXT NOT NULL CONSTRAINT next_actions_action CHECK (action IN ('win_back', 'ask_why', 'thank', 'ask_referral', 'offer_product', 'second_purchase')),
	size        DOUBLE PRECISION NOT NULL,
	gain        DOUBLE PRECISION NOT NULL,
	gain_low    DOUBLE PRECISION NOT NULL,
	gain_high   DOUBLE PRECISION NOT NULL,
	basis       TEXT NOT NULL CONSTRAINT next_actions_basis CHECK (basis IN ('assumed', 'observed')),
	score       DOUBLE PRECISION,
	product_id  BIGINT,
	with_id     BIGINT,
	together    BIGINT NOT NULL,
	PRIMARY KEY (customer_id, fit_id)
) /* clustered */;
CREATE INDEX next_actions_gain ON next_actions (fit_id, gain, customer_id);
