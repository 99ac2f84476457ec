-- +goose Up
-- What was learnt from a business's own past of who leaves: the classifier and how it did beside the law (JSON), and what it
-- says of a customer where it is the better one. churn is the chance of buying nothing within the horizon; NULL: the law's
-- p_none counts. churn_reasons are features and their values (JSON), the loudest first.
ALTER TABLE prediction_fits ADD COLUMN churn TEXT NOT NULL DEFAULT '';
ALTER TABLE prediction_scores ADD COLUMN churn DOUBLE PRECISION;
ALTER TABLE prediction_scores ADD COLUMN churn_reasons TEXT NOT NULL DEFAULT '';

-- A product that is sold out is not suggested to anybody.
ALTER TABLE products ADD COLUMN sold_out BOOLEAN NOT NULL DEFAULT FALSE;
