-- +goose Up
-- What is foretold. All of it follows from the facts, and is made anew each night: it is in no backup. What it means stands
-- in internal/understand/forecast, which alone touches these tables.

-- A fit is the laws found for all purchases up to the end of a day, as the model card tells of them. It is ready once
-- everybody is scored by it; scored_to is how far that has come, by customer_id. law scores a customer (JSON); outlook is
-- the card. promise is what became of what an earlier fit had promised (JSON), if one is old enough. scores_kept is
-- whether its rows in prediction_scores are there.
CREATE TABLE prediction_fits (
	fit_id       BIGINT NOT NULL,
	state        TEXT NOT NULL CONSTRAINT prediction_fits_state CHECK (state IN ('scoring', 'ready', 'lacking')),
	as_of_day    BIGINT NOT NULL,
	horizon_days BIGINT NOT NULL,
	model        TEXT NOT NULL,
	customers    BIGINT NOT NULL,
	law          TEXT NOT NULL,
	outlook      BYTEA NOT NULL,
	promise      TEXT NOT NULL,
	scored_to    BIGINT NOT NULL,
	scores_kept  BOOLEAN NOT NULL,
	fitted_us    BIGINT NOT NULL,
	ready_us     BIGINT,
	PRIMARY KEY (fit_id)
) /* clustered */;

-- What a fit foretold of a customer. Times are days, money whole units of the currency, because it is an expectation and
-- no amount that anybody paid; NULL: no amounts are known. worth and at_risk are what lists are ordered by: money, or
-- purchases where no amounts are known. falling_day is since which fit the customer stays away longer than usual.
CREATE TABLE prediction_scores (
	customer_id BIGINT NOT NULL,
	fit_id      BIGINT NOT NULL,
	repeats     BIGINT NOT NULL,
	last_days   DOUBLE PRECISION NOT NULL,
	age_days    DOUBLE PRECISION NOT NULL,
	log_gaps    DOUBLE PRECISION NOT NULL,
	p_alive     DOUBLE PRECISION NOT NULL,
	p_none      DOUBLE PRECISION NOT NULL,
	purchases   DOUBLE PRECISION NOT NULL,
	purchase    DOUBLE PRECISION,
	spend       DOUBLE PRECISION,
	clv         DOUBLE PRECISION,
	worth       DOUBLE PRECISION NOT NULL,
	at_risk     DOUBLE PRECISION NOT NULL,
	state       TEXT NOT NULL CONSTRAINT prediction_scores_state CHECK (state IN ('once', 'on_time', 'late', 'gone')),
	next_day    BIGINT,
	falling_day BIGINT,
	PRIMARY KEY (customer_id, fit_id)
) /* clustered */;
CREATE INDEX prediction_scores_worth ON prediction_scores (fit_id, worth, customer_id);
CREATE INDEX prediction_scores_at_risk ON prediction_scores (fit_id, at_risk, customer_id) WHERE at_risk > 0;
CREATE INDEX prediction_scores_alive ON prediction_scores (fit_id, p_alive, customer_id);
