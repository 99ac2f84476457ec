package packaging

import "regulars/internal/record/check"

// checks are what must hold of codes, each a query for the breaches and one of them.
var checks = []struct{ key, text string }{
	// What was used has given, what it stands for, to whose it is; and nothing that was not used has. Codes are spread by themselves
	// and operations by customers: a cluster does not join the two, but sorts out what both give.
	{"package_given", `SELECT count(*), min(key) FROM (SELECT 'package/' || c.code AS key, c.customer_id, b.unit, b.units FROM package_codes c
		LEFT JOIN package_batches b ON b.batch = c.batch WHERE c.customer_id <> 0 OR b.batch IS NULL
		EXCEPT SELECT key, customer_id, unit, units FROM point_operations WHERE key LIKE 'package/%') AS alone`},
	{"package_twice", `SELECT count(*), min(key) FROM (SELECT key, customer_id FROM point_operations WHERE key LIKE 'package/%'
		EXCEPT SELECT 'package/' || code, customer_id FROM package_codes) AS alone`},
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
