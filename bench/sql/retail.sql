-- Online Retail as an analyst would load it: a row a line, C before the number of a cancelled invoice.
CREATE TABLE line AS
SELECT CAST(CAST(CustomerID AS DOUBLE) AS INTEGER) AS c, InvoiceNo AS o, InvoiceDate AS ts,
  CAST(InvoiceDate AS DATE) AS day, CAST(round(Quantity * UnitPrice * 100) AS BIGINT) AS minor,
  StockCode AS kind, Quantity < 0 OR starts_with(InvoiceNo, 'C') AS back
FROM read_csv('{FILE}', types = {'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'})
WHERE CustomerID IS NOT NULL;
