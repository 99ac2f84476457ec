-- +goose Up
-- Who was brought by whom. What it means stands in internal/act/referral, which alone touches these tables.

-- A code leads to the customer who gives it to friends.
CREATE TABLE referral_codes (
	code        TEXT NOT NULL,
	customer_id BIGINT NOT NULL,
	created_us  BIGINT NOT NULL,
	PRIMARY KEY (code)
) /* clustered */;
CREATE INDEX referral_codes_customer ON referral_codes (customer_id, created_us);

-- A friend, who brought them, and how far it has come. order_id is the order that counts for it, due_us when what it gives is
-- given, or taken back.
CREATE TABLE referrals (
	customer_id BIGINT NOT NULL,
	referrer_id BIGINT NOT NULL,
	code        TEXT NOT NULL,
	state       TEXT NOT NULL CONSTRAINT referrals_state CHECK (state IN ('pending', 'qualified', 'rewarding', 'rewarded', 'voiding', 'void')),
	order_id    BIGINT NOT NULL,
	due_us      BIGINT NOT NULL,
	created_us  BIGINT NOT NULL,
	moved_us    BIGINT NOT NULL,
	PRIMARY KEY (customer_id)
) /* clustered */;
CREATE INDEX referrals_referrer ON referrals (referrer_id, created_us);
CREATE INDEX referrals_due ON referrals (due_us, customer_id) WHERE state IN ('qualified', 'rewarding', 'voiding');
