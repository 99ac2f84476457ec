-- +goose Up
-- Which products are bought by the same customers, as of a fit: made anew with it, and gone with its scores. What it means
-- stands in internal/understand/recommend, which alone touches these tables.

CREATE TABLE product_popularity (
	fit_id     BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	baskets    BIGINT NOT NULL,
	buyers     BIGINT NOT NULL,
	price      DOUBLE PRECISION NOT NULL,
	PRIMARY KEY (fit_id, product_id)
) /* clustered */;

-- The products most like another: together is how many customers bought both.
CREATE TABLE product_likeness (
	fit_id     BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	near_id    BIGINT NOT NULL,
	together   BIGINT NOT NULL,
	alike      DOUBLE PRECISION NOT NULL,
	PRIMARY KEY (fit_id, product_id, near_id)
) /* clustered */;
