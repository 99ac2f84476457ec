-- +goose Up
-- The order that counts for a referral may lie with another number of the friend, where they were merged; and how much must be left of
-- it is said by the version of the programme by which it counts, whatever is published later.
ALTER TABLE referrals ADD COLUMN order_customer_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE referrals ADD COLUMN programme_version BIGINT NOT NULL DEFAULT 0;
-- What counts already lies with the number that was brought, and was compared with the programme in force: that is kept from now on.
UPDATE referrals SET order_customer_id = customer_id WHERE order_id <> 0;
UPDATE referrals SET programme_version = v.version FROM programme_versions v WHERE v.state = 'published' AND referrals.order_id <> 0;
