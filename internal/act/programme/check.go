package programme

import "regulars/internal/record/check"

// checks are what must hold of what the programme gave, each a query for the breaches and one of them.
var checks = []struct{ key, text string }{
	// What the awards say is what the ledger has of them.
	{"programme_awards", `SELECT count(*), min(CAST(a.customer_id AS TEXT) || '/' || a.cause) FROM programme_awards a LEFT JOIN
		(SELECT customer_id, unit, cause, line_no, sum(issued_units - called_units) AS units FROM point_lots WHERE source = 'earn'
			GROUP BY customer_id, unit, cause, line_no) l
		ON l.customer_id = a.customer_id AND l.unit = a.unit AND l.cause = a.cause AND l.line_no = a.award_no WHERE a.units <> coalesce(l.units, 0)`},
	{"programme_outcomes", `SELECT count(*), min(CAST(a.customer_id AS TEXT) || '/' || a.cause) FROM programme_awards a LEFT JOIN programme_outcomes o
		ON o.customer_id = a.customer_id AND o.cause = a.cause WHERE o.cause IS NULL`},
	{"programme_budgets", `SELECT count(*), min(b.rule) FROM programme_budgets b LEFT JOIN
		(SELECT rule, sum(units) AS units FROM programme_awards GROUP BY rule) a ON a.rule = b.rule WHERE b.spent_units > coalesce(a.units, 0)`},
	// Of somebody erased nothing is left that tells who it was.
	{"programme_erased", `SELECT count(*), min(CAST(k.customer_id AS TEXT)) FROM (SELECT customer_id FROM programme_outcomes WHERE known LIKE '%"attributes":%'
		UNION ALL SELECT customer_id FROM access_grants) k JOIN customers c ON c.customer_id = k.customer_id WHERE c.erased_us IS NOT NULL`},
}

// Checks lists what must hold of the programme.
func Checks() []check.Check {
	all := make([]check.Check, 0, len(checks))
	for _, c := range checks {
		all = append(all, check.Queries(c.key, c.text))
	}
	return all
}
