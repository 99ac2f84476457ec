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
	sql   func(e *Engine) []string
	build func(ctx context.Context, e *Engine) error // where SQL has to be asked before more SQL can be written
}

// relations, each in terms of those before:
//
//	bill      orders: grp, customer_id, order_id, local_us, day, month, paid, kind_min, kind_max
//	life      a row a customer with an order: first and last moment, orders, paid, returned, over all time
//	refund    returns, with whether they take back a first or a repeat order
//	purchase_day  a row a customer and purchase day, with the purchase day before
//	bought    frame, customer_id and what the customer bought in that frame
//	current_customer  frame, customer_id: current at its start, at its end, first order in it
//	voice     frame, subject, customer_id and what the customer answered
//	member    a row a member of the programme: since when, until when
//	moved     frame, customer_id and what units of a programme moved
var relations = map[string]relation{
	"bill":               {sql: billSQL},
	"life":               {needs: []string{"bill"}, sql: lifeSQL},
	"refund":             {needs: []string{"bill", "life"}, sql: refundSQL},
	"purchase_day":       {needs: []string{"bill"}, sql: purchaseDaySQL},
	"bought":             {needs: []string{"bill", "life", "refund"}, sql: boughtSQL},
	"current_customer":   {needs: []string{"bill", "life"}, sql: currentSQL},
	"voice":              {sql: voiceSQL},
	"spender":            {needs: []string{"bought"}, sql: spenderSQL},
	"ever":               {needs: []string{"bill", "refund"}, sql: everSQL},
	"newcomer":           {needs: []string{"bought"}, sql: newcomerSQL},
	"cohort_member":      {needs: []string{"life", "purchase_day"}, sql: cohortMemberSQL},
	"opinion":            {sql: opinionSQL},
	"asked":              {needs: []string{"opinion"}, sql: askedSQL},
	"deadline":           {needs: []string{"opinion"}, sql: deadlineSQL},
	"unhappy":            {needs: []string{"opinion", "life"}, sql: unhappySQL},
	"rfm_segment":        {needs: []string{"life", "refund"}, build: buildRFM},
	"rfm_segment_before": {needs: []string{"bill", "refund"}, build: buildRFMBefore},
	"member":             {build: buildMembers},
	"moved":              {build: buildMoved},
}

func billSQL(e *Engine) []string {
	if e.source.Facts.OneRowPerOrder {
		kind := "TABLE"
		if e.billIsView() {
			kind = "VIEW"
		}
		return []string{"CREATE TEMP " + kind + ` bill AS SELECT grp, customer_id, order_id, local_us, day, month,
			amount_minor AS paid, kind AS kind_min, kind AS kind_max FROM (` + e.groupedSales() + ") s WHERE NOT is_return"}
	}
	return []string{`CREATE TEMP TABLE bill AS SELECT grp, customer_id, order_id, min(local_us) AS local_us, min(day) AS day,
		min(month) AS month, CAST(sum(CAST(amount_minor AS DOUBLE PRECISION)) AS BIGINT) AS paid, min(kind) AS kind_min, max(kind) AS kind_max
		FROM (` + e.groupedSales() + ") s WHERE NOT is_return GROUP BY grp, customer_id, order_id"}
}

// billIsView says that the orders need not be copied: the sales are already a row each.
func (e *Engine) billIsView() bool {
	return e.source.Facts.OneRowPerOrder && !e.filtered && len(e.groups) == 0
}

func lifeSQL(*Engine) []string {
	return []string{`CREATE TEMP TABLE life AS SELECT grp, customer_id, min(day) AS first_day, min(month) AS first_month,
		min(local_us) AS first_us, max(local_us) AS last_us, max(day) AS last_day, CAST(count(*) AS BIGINT) AS orders,
		CAST(sum(CAST(paid AS DOUBLE PRECISION)) AS BIGINT) AS paid FROM bill GROUP BY grp, customer_id`}
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
	who := "customer_id" // to sort by less is faster
	if len(e.groups) > 0 {
		who = "grp, customer_id"
	}
	return []string{`CREATE TEMP TABLE purchase_day AS SELECT * FROM (SELECT grp, customer_id, day, month,
		lag(day) OVER w AS prev_day, lag(month) OVER w AS prev_month
		FROM bill WINDOW w AS (PARTITION BY ` + who + ` ORDER BY day)) d WHERE prev_day IS NULL OR prev_day < day`}
}

// boughtSQL goes over the orders and returns once for all frames but the window, which is put together from its periods
// where there are any: they lie in it without gap or overlap. Totals are added up as DOUBLE, which is exact far beyond
// any sum of money and much faster than the wide integers that engines add integers in. Every order has a row in life:
// the outer join loses and adds nothing, but an inner one invites engines to join customers with days of frames first,
// which share a group, and so everybody with every day.
func boughtSQL(e *Engine) []string {
	skip := ""
	if e.set.Period != "" {
		skip = fmt.Sprintf(" AND f.frame <> %d", frameWindow)
	}
	facts := "SELECT grp, customer_id, local_us, day, paid, local_us AS sold_us, day AS sold_day, kind_min, kind_max, CAST(0 AS BIGINT) AS returned, CAST(0 AS BIGINT) AS repeat_returned FROM bill"
	if e.source.Facts.Returns > 0 {
		facts += " UNION ALL SELECT grp, customer_id, local_us, day, NULL, NULL, NULL, NULL, NULL, returned, returned * is_repeat FROM refund"
	}
	const total = "CAST(coalesce(sum(CAST(%s AS DOUBLE PRECISION)), 0) AS BIGINT)"
	queries := []string{`CREATE TEMP TABLE bought AS SELECT f.frame, b.customer_id, CAST(count(b.sold_us) AS BIGINT) AS orders,
		` + fmt.Sprintf(total, "b.paid") + " AS paid, " + fmt.Sprintf(total, "b.returned") + ` AS returned,
		CAST(count(CASE WHEN b.sold_us = l.first_us THEN 1 END) AS BIGINT) AS first_orders,
		CAST(count(CASE WHEN b.sold_day > l.first_day THEN 1 END) AS BIGINT) AS repeat_orders,
		` + fmt.Sprintf(total, "CASE WHEN b.sold_day > l.first_day THEN b.paid ELSE -b.repeat_returned END") + ` AS repeat_net,
		min(b.kind_min) AS kind_min, max(b.kind_max) AS kind_max, max(b.sold_us) AS last_us,
		min(CASE WHEN b.sold_us IS NOT NULL THEN l.first_us END) AS first_us
		FROM (` + facts + `) b JOIN frame_day f ON f.grp = b.grp AND f.day = b.day AND b.local_us >= f.lo AND b.local_us < f.hi` + skip + `
		LEFT JOIN life l ON l.grp = b.grp AND l.customer_id = b.customer_id GROUP BY f.frame, b.customer_id`}
	if e.set.Period != "" {
		queries = append(queries, fmt.Sprintf(`INSERT INTO bought SELECT %d, customer_id, CAST(sum(orders) AS BIGINT),
			CAST(sum(CAST(paid AS DOUBLE PRECISION)) AS BIGINT), CAST(sum(CAST(returned AS DOUBLE PRECISION)) AS BIGINT),
			CAST(sum(first_orders) AS BIGINT), CAST(sum(repeat_orders) AS BIGINT), CAST(sum(CAST(repeat_net AS DOUBLE PRECISION)) AS BIGINT),
			min(kind_min), max(kind_max), max(last_us), min(first_us)
			FROM bought WHERE frame >= %d AND frame < %d GROUP BY customer_id`, frameWindow, framePeriods, frameGroups))
	}
	return queries
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
			FROM (%s) a JOIN frame_day f ON f.grp = a.grp AND f.day = a.day AND a.local_us >= f.lo AND a.local_us < f.hi
			WHERE a.scored AND (%s)) v GROUP BY frame, subject, customer_id`,
		subject, b.Passive, top, b.Detractor, e.groupedAnswers(), strings.Join(valid, " OR "))}
}
