package metric

import (
	"context"
	"fmt"
	"strings"
)

// relation is a temporary table (or view) that measures share, and how it is made from the views of the mirror. The
// SQL keeps to what DuckDB and PostgreSQL both understand.
type relation struct {
	needs []string
	// alike says that a row stands for as many customers as its column alike says, who are the same in every frame. Such a
	// relation is joined with itself only.
	alike bool
	sql   func(e *Engine) []string
	build func(ctx context.Context, e *Engine) error // where SQL has to be asked before more SQL can be written
}

// relations, each in terms of those before:
//
//	bill      orders: grp, customer_id, order_id, local_us, day, month, paid, kind_min, kind_max
//	life      a row a customer with an order: first and last moment, orders, paid, returned, over all time
//	refund    returns, with whether they take back a first or a repeat order
//	purchase_day  a row a customer and purchase day, with the purchase day before and the first
//	gap       how many customers bought on a day so many days after their purchase day before
//	came_back  a row a customer who did: the second purchase day, and whether in the month after the first
//	bought    frame, customer_id and what the customer bought in that frame
//	current_customer  frame: current at its start, at its end, first order in it; a row for all customers who are alike
//	voice     frame, subject, customer_id and what the customer answered
//	member    a row a member of the programme: since when, until when
//	moved     frame, customer_id and what units of a programme moved
var relations = map[string]relation{
	"bill":               {sql: billSQL},
	"life":               {needs: []string{"bill"}, sql: lifeSQL},
	"refund":             {needs: []string{"bill", "life"}, sql: refundSQL},
	"purchase_day":       {needs: []string{"bill"}, sql: purchaseDaySQL},
	"bought":             {needs: []string{"bill", "life", "refund"}, sql: boughtSQL},
	"gap":                {needs: []string{"purchase_day"}, sql: gapSQL},
	"came_back":          {needs: []string{"purchase_day"}, sql: cameBackSQL},
	"current_customer":   {needs: []string{"bill", "life"}, sql: currentSQL, alike: true},
	"voice":              {sql: voiceSQL},
	"spender":            {needs: []string{"bought"}, sql: spenderSQL},
	"ever":               {needs: []string{"bill", "life", "refund"}, sql: everSQL},
	"newcomer":           {needs: []string{"bought"}, sql: newcomerSQL},
	"cohort_member":      {needs: []string{"life", "came_back"}, sql: cohortMemberSQL},
	"opinion":            {sql: opinionSQL},
	"asked":              {needs: []string{"opinion"}, sql: askedSQL},
	"deadline":           {needs: []string{"opinion"}, sql: deadlineSQL},
	"unhappy":            {needs: []string{"opinion", "life"}, sql: unhappySQL},
	"rfm_segment":        {needs: []string{"life", "refund"}, build: buildRFM},
	"rfm_segment_before": {needs: []string{"life", "refund"}, build: buildRFMBefore},
	"member":             {build: buildMembers},
	"moved":              {build: buildMoved},
}

// billSQL makes the orders. Where the facts lie by time, as a database keeps them, to look each up in a table of customers
// is to jump about in memory: there the orders are sorted by customer once, and know then what came before and first.
func billSQL(e *Engine) []string {
	orders := `SELECT grp, customer_id, order_id, local_us, day, month, amount_minor AS paid, kind AS kind_min, kind AS kind_max
		FROM (` + e.groupedSales() + ") s WHERE NOT is_return"
	if !e.source.Facts.OneRowPerOrder {
		orders = `SELECT grp, customer_id, order_id, min(local_us) AS local_us, min(day) AS day, min(month) AS month, ` + sumOf("amount_minor") + ` AS paid,
			min(kind) AS kind_min, max(kind) AS kind_max FROM (` + e.groupedSales() + ") s WHERE NOT is_return GROUP BY grp, customer_id, order_id"
	}
	switch {
	case e.billIsSorted():
		return []string{"CREATE TEMP TABLE bill AS SELECT customer_id, order_id, local_us, first_value(local_us) OVER w AS first_us, paid, kind_min, kind_max, " +
			e.daysOfPurchase() + " FROM (" + orders + ") o WINDOW w AS (PARTITION BY " + e.eachCustomer() + " ORDER BY local_us)"}
	case e.billIsView():
		return []string{"CREATE TEMP VIEW bill AS " + orders}
	}
	return []string{"CREATE TEMP TABLE bill AS " + orders}
}

func (e *Engine) billIsSorted() bool { return e.source.InRows() }

// billIsView says that the orders need not be copied: the sales are already a row each.
func (e *Engine) billIsView() bool {
	return e.source.Facts.OneRowPerOrder && !e.filtered && len(e.groups) == 0 && !e.billIsSorted()
}

// billWithFirst is the orders, each with the moment, day and month of the first of its customer. Every order has a row in
// life: the outer join loses and adds nothing, but an inner one invites engines to join customers with days of frames
// first, which share a group, and so everybody with every day.
func (e *Engine) billWithFirst() string {
	if e.billIsSorted() {
		return "bill"
	}
	return `(SELECT o.*, l.first_us, l.first_day, l.first_month FROM bill o LEFT JOIN life l ON l.grp = o.grp AND l.customer_id = o.customer_id)`
}

// eachCustomer is what a customer's orders are found by: to sort by less is faster.
func (e *Engine) eachCustomer() string {
	if len(e.groups) > 0 {
		return "grp, customer_id"
	}
	return "customer_id"
}

// daysOfPurchase are the day of an order, the one before and the first, in a window w over the orders of a customer in order
// of time. They are INTEGER: no table is wider than one with all orders.
func (e *Engine) daysOfPurchase() string {
	columns := "grp"
	for _, c := range []struct{ name, is string }{
		{"day", "day"}, {"month", "month"}, {"prev_day", "lag(day) OVER w"}, {"prev_month", "lag(month) OVER w"},
		{"first_day", "first_value(day) OVER w"}, {"first_month", "first_value(month) OVER w"},
	} {
		columns += ", CAST(" + c.is + " AS INTEGER) AS " + c.name
	}
	return columns
}

// lifeSQL says beside the whole life what it was before the window, and what it was a month ago: to go over all orders again
// for either takes much longer.
func lifeSQL(e *Engine) []string {
	until := func(what, condition string) string { return "CASE WHEN " + condition + " THEN " + what + " END" }
	before, then := fmt.Sprintf("local_us < %d", e.set.From), fmt.Sprintf("local_us < %d", e.monthAgo())
	return []string{`CREATE TEMP TABLE life AS SELECT grp, customer_id, min(day) AS first_day, min(month) AS first_month,
		min(local_us) AS first_us, max(local_us) AS last_us, max(day) AS last_day, CAST(count(*) AS BIGINT) AS orders, ` + sumOf("paid") + ` AS paid,
		CAST(count(` + until("1", before) + ") AS BIGINT) AS before_orders, " + sumOf(until("paid", before)) + ` AS before_paid,
		CAST(count(` + until("1", then) + ") AS BIGINT) AS then_orders, " + sumOf(until("paid", then)) + " AS then_paid, max(" + until("local_us", then) + `) AS then_last_us
		FROM bill GROUP BY grp, customer_id`}
}

// A return takes back a repeat order if the order it names is one, or, naming none, if it comes after the first
// purchase day.
func refundSQL(e *Engine) []string {
	return []string{`CREATE TEMP TABLE refund AS SELECT r.grp, r.customer_id, r.local_us, r.day, r.month, -r.amount_minor AS returned,
		CASE WHEN coalesce(b.day, r.day) > l.first_day THEN 1 ELSE 0 END AS is_repeat
		FROM (SELECT * FROM (` + e.groupedSales() + `) s WHERE is_return) r
		LEFT JOIN bill b ON b.grp = r.grp AND b.customer_id = r.customer_id AND b.order_id = r.order_id
		LEFT JOIN life l ON l.grp = r.grp AND l.customer_id = r.customer_id`}
}

func purchaseDaySQL(e *Engine) []string {
	const days = " WHERE prev_day IS NULL OR prev_day < day"
	if e.billIsSorted() {
		return []string{"CREATE TEMP VIEW purchase_day AS SELECT * FROM bill" + days}
	}
	return []string{"CREATE TEMP TABLE purchase_day AS SELECT * FROM (SELECT customer_id, " + e.daysOfPurchase() +
		" FROM bill WINDOW w AS (PARTITION BY " + e.eachCustomer() + " ORDER BY day)) d" + days}
}

func gapSQL(*Engine) []string {
	return []string{`CREATE TEMP TABLE gap AS SELECT grp, day, day - prev_day AS days, CAST(count(*) AS BIGINT) AS n
		FROM purchase_day WHERE prev_day IS NOT NULL GROUP BY 1, 2, 3`}
}

func cameBackSQL(*Engine) []string {
	return []string{`CREATE TEMP TABLE came_back AS SELECT grp, customer_id, min(CASE WHEN prev_day = first_day THEN day END) AS second_day,
		max(CASE WHEN month = first_month + 1 THEN 1 ELSE 0 END) AS next_month
		FROM purchase_day WHERE prev_day = first_day OR month = first_month + 1 GROUP BY grp, customer_id`}
}

// boughtSQL goes over the orders and returns once for all frames but the window, which is put together from its periods
// where there are any: they lie in it without gap or overlap. The rows are many and read by most measures, which choose them
// by frame: the order and the types of the columns keep them narrow, and what they are chosen by in front.
func boughtSQL(e *Engine) []string {
	skip := ""
	if e.set.Period != "" {
		skip = fmt.Sprintf(" AND f.frame <> %d", frameWindow)
	}
	facts := `SELECT grp, customer_id, local_us, day, paid, local_us AS sold_us, first_us, first_day, kind_min, kind_max,
		CAST(0 AS BIGINT) AS returned, CAST(0 AS BIGINT) AS repeat_returned FROM ` + e.billWithFirst() + " o"
	if e.source.Facts.Returns > 0 {
		facts += " UNION ALL SELECT grp, customer_id, local_us, day, NULL, NULL, NULL, NULL, NULL, NULL, returned, returned * is_repeat FROM refund"
	}
	queries := []string{`CREATE TEMP TABLE bought AS SELECT f.frame, CAST(count(b.sold_us) AS INTEGER) AS orders, b.customer_id,
		CAST(count(CASE WHEN b.sold_us = b.first_us THEN 1 END) AS INTEGER) AS first_orders,
		CAST(count(CASE WHEN b.day > b.first_day THEN 1 END) AS INTEGER) AS repeat_orders, ` + sumOf("b.paid") + " AS paid, " + sumOf("b.returned") + ` AS returned,
		` + sumOf("CASE WHEN b.day > b.first_day THEN b.paid ELSE -b.repeat_returned END") + ` AS repeat_net,
		min(b.kind_min) AS kind_min, max(b.kind_max) AS kind_max, max(b.sold_us - b.first_us) AS lived_us
		FROM (` + facts + `) b JOIN frame_day f ON ` + e.inFrame("b", "b.grp") + skip + ` GROUP BY f.frame, b.customer_id`}
	if e.set.Period != "" {
		orders := func(column string) string { return "CAST(sum(CAST(" + column + " AS DOUBLE PRECISION)) AS INTEGER)" }
		queries = append(queries, fmt.Sprintf(`INSERT INTO bought SELECT %d, %s, customer_id, %s, %s, %s, %s, %s, min(kind_min), max(kind_max), max(lived_us)
			FROM bought WHERE frame >= %d AND frame < %d GROUP BY customer_id`, frameWindow, orders("orders"), orders("first_orders"), orders("repeat_orders"),
			sumOf("paid"), sumOf("returned"), sumOf("repeat_net"), framePeriods, frameGroups))
	}
	return queries
}

// sumOf adds up as DOUBLE, which is exact far beyond any sum of money and much faster than the wide integers that engines
// add integers in.
func sumOf(what string) string {
	return "CAST(coalesce(sum(CAST(" + what + " AS DOUBLE PRECISION)), 0) AS BIGINT)"
}

// voiceSQL sorts each valid answer into low, middle and top. Scores outside the scale, or on another scale than the
// one asked about, are not pooled with the rest: they do not count.
func voiceSQL(e *Engine) []string {
	b := e.set.Bands
	top := 4
	if e.set.CSATScale == 10 {
		top = 9
	}
	onScale := fmt.Sprintf("score >= 1 AND score <= %d AND (scale = 0 OR scale = %d)", e.set.CSATScale, e.set.CSATScale)
	subject := "CASE WHEN aspect IS NOT NULL THEN 'aspect_' || aspect ELSE kind END"
	valid := []string{
		fmt.Sprintf("(kind = 'nps' AND aspect IS NULL AND score >= %g AND score <= %g)", b.Min, b.Max),
		"(kind = 'ces' AND aspect IS NULL AND score >= 1 AND score <= 7)",
		"((kind = 'csat' OR aspect IS NOT NULL) AND " + onScale + ")",
	}
	return []string{fmt.Sprintf(`CREATE TEMP TABLE voice AS SELECT frame, subject, customer_id, CAST(count(*) AS BIGINT) AS n,
		CAST(sum(is_top) AS BIGINT) AS top, CAST(sum(is_low) AS BIGINT) AS low, sum(score) AS total, sum(score * score) AS squares
		FROM (SELECT f.frame, %s AS subject, coalesce(a.customer_id, -1 - a.answer_id) AS customer_id, a.score,
			CASE WHEN aspect IS NULL AND kind = 'nps' THEN CASE WHEN score > %g THEN 1 ELSE 0 END
				WHEN aspect IS NULL AND kind = 'ces' THEN CASE WHEN score >= 5 THEN 1 ELSE 0 END
				ELSE CASE WHEN score >= %d THEN 1 ELSE 0 END END AS is_top,
			CASE WHEN aspect IS NULL AND kind = 'nps' AND score <= %g THEN 1 ELSE 0 END AS is_low
			FROM (%s) a JOIN frame_day f ON %s
			WHERE a.scored AND (%s)) v GROUP BY frame, subject, customer_id`,
		subject, b.Passive, top, b.Detractor, e.groupedAnswers(), e.inFrame("a", "a.grp"), strings.Join(valid, " OR "))}
}
