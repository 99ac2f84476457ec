-- The figures of the loyalty picture, asked by hand of the table line(c, o, ts, day, minor, kind, back). Statements
-- end with a semicolon at the end of a line; each SELECT is read to its end.

SET VARIABLE now_at = (SELECT CAST(max(day) + 1 AS TIMESTAMP) FROM line);
SET VARIABLE this_from = getvariable('now_at') - INTERVAL 365 DAY;
SET VARIABLE before_from = getvariable('now_at') - INTERVAL 730 DAY;

CREATE TABLE bill AS
SELECT c, o, min(ts) AS ts, min(day) AS day, sum(minor) AS paid, min(kind) AS kind0, max(kind) AS kind1
FROM line WHERE NOT back GROUP BY c, o;

CREATE TABLE life AS
SELECT c, min(ts) AS first_at, max(ts) AS last_at, min(day) AS first_day, count(*) AS orders, sum(paid) AS paid
FROM bill GROUP BY c;

CREATE TABLE refund AS
SELECT r.c, r.day, -r.minor AS minor, coalesce(r.day = l.first_day, false) AS of_first
FROM line r LEFT JOIN life l USING (c) WHERE r.back;

-- Facts.
SELECT count(*), count(*) FILTER (back), sum(minor), min(day), max(day) FROM line;
SELECT count(*) AS customers, sum(orders) AS orders, sum(paid) AS paid FROM life;

-- Gaps between purchase days, and from them how long a customer stays current.
CREATE TABLE purchase_day AS
SELECT c, day, lag(day) OVER (PARTITION BY c ORDER BY day) AS last FROM (SELECT DISTINCT c, day FROM bill);

SET VARIABLE keep = (SELECT CASE WHEN g <= 30 THEN 30 WHEN g <= 60 THEN 60 WHEN g <= 90 THEN 90 WHEN g <= 180 THEN 180
  ELSE 365 END FROM (SELECT quantile_cont(day - last, 0.9) AS g FROM purchase_day WHERE last IS NOT NULL));

SELECT day >= getvariable('this_from') AS this, count(*), quantile_cont(day - last, [0.25, 0.5, 0.75])
FROM purchase_day WHERE last IS NOT NULL AND day >= getvariable('before_from') GROUP BY 1;

-- A row a customer, this window and the one before side by side.
CREATE TABLE side AS
SELECT b.c,
  count(*) FILTER (ts >= getvariable('this_from')) AS n1,
  coalesce(sum(b.paid) FILTER (ts >= getvariable('this_from')), 0) AS p1,
  min(kind0) FILTER (ts >= getvariable('this_from')) AS k1a, max(kind1) FILTER (ts >= getvariable('this_from')) AS k1b,
  coalesce(sum(b.paid) FILTER (ts >= getvariable('this_from') AND b.day > first_day), 0) AS again1,
  count(*) FILTER (ts >= getvariable('this_from') AND b.day > first_day) AS repeat1,
  count(*) FILTER (ts >= getvariable('before_from') AND ts < getvariable('this_from')) AS n0,
  coalesce(sum(b.paid) FILTER (ts >= getvariable('before_from') AND ts < getvariable('this_from')), 0) AS p0,
  min(kind0) FILTER (ts >= getvariable('before_from') AND ts < getvariable('this_from')) AS k0a,
  max(kind1) FILTER (ts >= getvariable('before_from') AND ts < getvariable('this_from')) AS k0b,
  coalesce(sum(b.paid) FILTER (ts >= getvariable('before_from') AND ts < getvariable('this_from') AND b.day > first_day), 0) AS again0,
  count(*) FILTER (ts >= getvariable('before_from') AND ts < getvariable('this_from') AND b.day > first_day) AS repeat0,
  bool_or(ts >= getvariable('now_at') - to_days(getvariable('keep'))) AS cur2,
  bool_or(ts < getvariable('this_from') AND ts >= getvariable('this_from') - to_days(getvariable('keep'))) AS cur1,
  bool_or(ts < getvariable('before_from') AND ts >= getvariable('before_from') - to_days(getvariable('keep'))) AS cur0,
  any_value(first_at) AS first_at, any_value(last_at) AS last_at
FROM bill b JOIN life l USING (c) GROUP BY b.c;

CREATE TABLE both_sides AS
SELECT s.*, coalesce(r1, 0) AS r1, coalesce(r0, 0) AS r0, coalesce(f1, 0) AS f1, coalesce(f0, 0) AS f0,
  coalesce(r, 0) AS returned,
  CAST(n1 > 0 AS INTEGER) AS a1, CAST(n0 > 0 AS INTEGER) AS a0,
  CAST(n1 > 1 AS INTEGER) AS m1, CAST(n0 > 1 AS INTEGER) AS m0,
  CAST(k1a <> k1b AS INTEGER) AS s1, CAST(k0a <> k0b AS INTEGER) AS s0,
  date_diff('second', first_at, last_at) / 31557600.0 AS years
FROM side s LEFT JOIN (
  SELECT c, sum(minor) AS r,
    sum(minor) FILTER (day >= getvariable('this_from')) AS r1,
    sum(minor) FILTER (day >= getvariable('before_from') AND day < getvariable('this_from')) AS r0,
    sum(minor) FILTER (day >= getvariable('this_from') AND of_first) AS f1,
    sum(minor) FILTER (day >= getvariable('before_from') AND day < getvariable('this_from') AND of_first) AS f0
  FROM refund GROUP BY c) USING (c);

-- Totals, with the squares and products that standard errors by customer need, both windows jointly.
SELECT sum(a1) AS active, sum(n1) AS orders, sum(p1 - r1) AS revenue, sum(m1) AS again, sum(s1) AS several,
  sum(repeat1), sum(again1 - r1 + f1), count(*) FILTER (first_at >= getvariable('this_from')),
  sum(a0), sum(n0), sum(p0 - r0), sum(m0), sum(s0), sum(repeat0), sum(again0 - r0 + f0),
  count(*) FILTER (first_at >= getvariable('before_from') AND first_at < getvariable('this_from'))
FROM both_sides;

SELECT sum(n1 * n1), sum(1.0 * (p1 - r1) * (p1 - r1)), sum(1.0 * (p1 - r1) * n1), sum(1.0 * (p1 - r1) * a1), sum(n1 * a1),
  sum(n0 * n0), sum(1.0 * (p0 - r0) * (p0 - r0)), sum(1.0 * (p0 - r0) * n0), sum(1.0 * (p0 - r0) * a0), sum(n0 * a0),
  sum(n1 * n0), sum(1.0 * (p1 - r1) * (p0 - r0)), sum(1.0 * (p1 - r1) * n0), sum(1.0 * n1 * (p0 - r0)),
  sum(a1 * a0), sum(m1 * m0), sum(m1 * a0), sum(a1 * m0), sum(s1 * s0), sum(s1 * a0), sum(a1 * s0),
  sum(1.0 * (again1 - r1 + f1) * (again1 - r1 + f1)), sum(1.0 * (again1 - r1 + f1) * (p1 - r1)),
  sum(1.0 * (again0 - r0 + f0) * (again0 - r0 + f0)), sum(1.0 * (again0 - r0 + f0) * (p0 - r0)),
  sum(1.0 * (again1 - r1 + f1) * (again0 - r0 + f0))
FROM both_sides;

-- Retention over both windows.
SELECT count(*) FILTER (cur1) AS start, count(*) FILTER (cur2) AS finish, count(*) FILTER (cur1 AND cur2) AS kept,
  count(*) FILTER (cur2 AND NOT cur1 AND first_at < getvariable('this_from')) AS back,
  count(*) FILTER (NOT cur2 AND first_at >= getvariable('this_from')) AS gone,
  count(*) FILTER (cur0), count(*) FILTER (cur0 AND cur1),
  count(*) FILTER (cur1 AND NOT cur0 AND first_at < getvariable('before_from')),
  count(*) FILTER (cur0 AND cur1 AND cur2)
FROM both_sides;

-- Life span, value, and what customers paid so far.
SELECT avg(years) FILTER (a1 = 1), var_samp(years) FILTER (a1 = 1), covar_samp(years, p1 - r1) FILTER (a1 = 1),
  avg(years) FILTER (a0 = 1), var_samp(years) FILTER (a0 = 1) FROM both_sides;
SELECT avg(l.paid - s.returned), median(l.paid - s.returned), stddev_samp(l.paid - s.returned)
FROM life l JOIN both_sides s USING (c);

-- The share of the top tenth of customers.
SELECT sum(v) FILTER (place <= ceil(0.1 * n)) / sum(v) FROM (
  SELECT p1 - r1 AS v, row_number() OVER (ORDER BY p1 - r1 DESC) AS place, count(*) OVER () AS n FROM both_sides WHERE a1 = 1);
SELECT sum(v) FILTER (place <= ceil(0.1 * n)) / sum(v) FROM (
  SELECT p0 - r0 AS v, row_number() OVER (ORDER BY p0 - r0 DESC) AS place, count(*) OVER () AS n FROM both_sides WHERE a0 = 1);

-- Second orders: events and losses by day, for Kaplan-Meier.
SELECT this, least(coalesce(second - first, seen), 3650) AS days, second IS NOT NULL AS event, count(*) FROM (
  SELECT c, min(day) AS first, min(day) FILTER (last IS NOT NULL) AS second,
    min(day) >= getvariable('this_from') AS this, date_diff('day', min(day), CAST(getvariable('now_at') AS DATE)) AS seen
  FROM purchase_day GROUP BY c) WHERE first >= getvariable('before_from') GROUP BY ALL;

-- RFM: edges, scores, segments now and a month ago.
CREATE TABLE rfm AS
WITH moment(m, t) AS (VALUES (0, getvariable('now_at')), (1, getvariable('now_at') - INTERVAL 1 MONTH)),
score AS (
  SELECT m, c, date_diff('day', CAST(max(ts) AS DATE), CAST(t AS DATE)) - 1 AS recency, count(*) AS frequency,
    sum(paid) AS monetary
  FROM bill, moment WHERE ts < t GROUP BY m, t, c),
edge AS (
  SELECT m, quantile_cont(recency, [0.2, 0.4, 0.6, 0.8]) AS r, quantile_cont(frequency, [0.2, 0.4, 0.6, 0.8]) AS f,
    quantile_cont(monetary, [0.2, 0.4, 0.6, 0.8]) AS n FROM score GROUP BY m)
SELECT m, c, recency, frequency, monetary,
  5 - (recency > e.r[1])::INT - (recency > e.r[2])::INT - (recency > e.r[3])::INT - (recency > e.r[4])::INT AS r,
  1 + (frequency > e.f[1])::INT + (frequency > e.f[2])::INT + (frequency > e.f[3])::INT + (frequency > e.f[4])::INT AS f,
  1 + (monetary > e.n[1])::INT + (monetary > e.n[2])::INT + (monetary > e.n[3])::INT + (monetary > e.n[4])::INT AS n
FROM score JOIN edge e USING (m);

SELECT m, CASE
  WHEN r = 5 AND f >= 4 AND n >= 4 THEN 'champions' WHEN r >= 3 AND f BETWEEN 1 AND 3 AND n <= 3 THEN 'potential'
  WHEN r BETWEEN 2 AND 4 AND f >= 2 THEN 'loyal' WHEN r <= 1 AND f >= 3 AND n >= 4 THEN 'cant_lose'
  WHEN r <= 2 AND f >= 2 THEN 'at_risk' WHEN r BETWEEN 2 AND 3 AND n >= 3 THEN 'attention'
  WHEN r <= 1 THEN 'lost' ELSE 'others' END AS segment, count(*), sum(frequency), sum(monetary)
FROM rfm GROUP BY ALL;
SELECT r, f, n, count(*) FROM rfm WHERE m = 0 GROUP BY ALL;
SELECT c, recency, frequency, monetary FROM rfm WHERE m = 0 ORDER BY monetary DESC, c LIMIT 10;

-- Cohorts: active customers and money by month of the first order and months since.
SELECT cohort, since, count(DISTINCT c), sum(paid) FROM (
  SELECT b.c, b.paid, date_trunc('month', l.first_day) AS cohort,
    date_diff('month', date_trunc('month', l.first_day), date_trunc('month', b.day)) AS since
  FROM bill b JOIN life l USING (c)) GROUP BY ALL;

-- The same by month of the window. A row a customer and month.
CREATE TABLE monthly AS
SELECT b.c, date_trunc('month', b.day) AS month, count(*) AS n, sum(b.paid) AS p, min(kind0) AS ka, max(kind1) AS kb,
  coalesce(sum(b.paid) FILTER (b.day > first_day), 0) AS again, count(*) FILTER (b.day > first_day) AS repeat,
  any_value(date_trunc('month', first_day) = date_trunc('month', b.day)) AS fresh,
  date_diff('second', any_value(first_at), any_value(last_at)) / 31557600.0 AS years
FROM bill b JOIN life l USING (c) WHERE b.ts >= getvariable('this_from') GROUP BY ALL;

SELECT month, count(*), sum(n), sum(net), count(*) FILTER (n > 1), count(*) FILTER (ka <> kb), count(*) FILTER (fresh),
  sum(repeat), sum(again), sum(n * n), sum(1.0 * net * net), sum(1.0 * net * n), sum(1.0 * again * again),
  sum(1.0 * again * net), avg(years), var_samp(years), avg(years) FILTER (repeat > 0), var_samp(years) FILTER (repeat > 0)
FROM (SELECT m.*, p - coalesce(r, 0) AS net FROM monthly m LEFT JOIN (
  SELECT c, date_trunc('month', day) AS month, sum(minor) AS r FROM refund GROUP BY ALL) USING (c, month)) GROUP BY month;

SELECT month, sum(p) FILTER (place <= ceil(0.2 * n)) / sum(p) FROM (
  SELECT month, p, row_number() OVER (PARTITION BY month ORDER BY p DESC) AS place, count(*) OVER (PARTITION BY month) AS n
  FROM monthly) GROUP BY month;

SELECT date_trunc('month', day) AS month, count(*), quantile_cont(day - last, [0.25, 0.5, 0.75])
FROM purchase_day WHERE last IS NOT NULL AND day >= getvariable('this_from') GROUP BY month;

SELECT date_trunc('month', first) AS month, least(coalesce(second - first, seen), 3650) AS days, second IS NOT NULL AS event,
  count(*) FROM (
  SELECT c, min(day) AS first, min(day) FILTER (last IS NOT NULL) AS second,
    date_diff('day', min(day), CAST(getvariable('now_at') AS DATE)) AS seen
  FROM purchase_day GROUP BY c) WHERE first >= getvariable('this_from') GROUP BY ALL;

-- Who was current at the first of each month, and at the first of the next.
CREATE TABLE current AS
SELECT DISTINCT edge.t, c FROM (SELECT DISTINCT month AS t FROM monthly) edge
JOIN purchase_day p ON p.day < edge.t AND p.day >= edge.t - to_days(getvariable('keep'));

SELECT a.t, count(*) AS start, count(b.c) AS kept FROM current a
LEFT JOIN current b ON b.c = a.c AND b.t = a.t + INTERVAL 1 MONTH GROUP BY a.t;
