-- The columnar copy of a store: a row an order, a return is a row of its own.
ATTACH '{COPY}' AS copy (READ_ONLY);
CREATE TABLE line AS
SELECT customer_id AS c, order_id AS o, make_timestamp(local_us) AS ts, CAST(make_timestamp(local_us) AS DATE) AS day,
  amount_minor AS minor, category_id AS kind, is_return AS back
FROM copy.sale_lines WHERE counts AND customer_id > 0;
