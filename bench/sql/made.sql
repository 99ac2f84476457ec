-- The sample business: a row an order, a negative amount is a return.
CREATE TABLE line AS
SELECT customer_id AS c, order_id AS o, CAST(date AS TIMESTAMP) AS ts, CAST(date AS DATE) AS day,
  CAST(round(amount * 100) AS BIGINT) AS minor, category AS kind, amount < 0 AS back
FROM (SELECT customer_id, order_id, try_cast(date AS TIMESTAMP) AS date, try_cast(COLUMNS('^amount') AS DOUBLE) AS amount, category
  FROM {SOURCE})
WHERE customer_id IS NOT NULL AND date IS NOT NULL AND amount IS NOT NULL;
