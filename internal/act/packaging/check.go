package packaging

import "regulars/internal/record/check"

// checks are what must hold of codes, each a query for the breaches and one of them.
var checks = []struct{ key, text string }{
	// What was used has given, what it stands for, to whose it is; and nothing that was not used has.
	{"package_given", `SELECT count(*), min(c.code) FROM package_codes c LEFT JOIN package_batches b ON b.batch = c.batch
		LEFT JOIN point_operations o ON o.customer_id = c.customer_id AND o.key = 'package/' || c.code
		WHERE b.batch IS NULL OR c.customer_id <> 0 AND (o.key IS NULL OR o.units <> b.units OR o.unit <> b.unit)`},
	{"package_twice", `SELECT count(*), min(o.key) FROM point_operations o LEFT JOIN package_codes c ON o.key = 'package/' || c.code AND o.customer_id = c.customer_id
		WHERE o.key LIKE 'package/%' AND c.code IS NULL`},
	{"package_codes", `SELECT count(*), min(b.batch) FROM package_batches b LEFT JOIN (SELECT batch, count(*) AS n, max(code_no) AS last FROM package_codes GROUP BY batch) c
		ON c.batch = b.batch WHERE b.codes <> coalesce(c.n, 0) OR b.codes <> coalesce(c.last, 0)`},
}

// Checks lists what must hold of the codes of packages.
func Checks() []check.Check {
	all := make([]check.Check, 0, len(checks))
	for _, c := range checks {
		all = append(all, check.Queries(c.key, c.text))
	}
	return all
}
