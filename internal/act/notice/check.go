package notice

import "regulars/internal/record/check"

// Checks lists what must hold of phones.
func Checks() []check.Check {
	return []check.Check{
		// What an endpoint leads to is there. A phone whose endpoint leads elsewhere is another person's by now: it is not told, and
		// goes when it would be.
		check.Queries("notice_endpoints", `SELECT count(*), min(CAST(t.customer_id AS TEXT) || '/' || CAST(t.phone_id AS TEXT)) FROM
			(SELECT customer_id, phone_id FROM push_endpoints EXCEPT SELECT customer_id, phone_id FROM push_phones) t`),
		check.Queries("notice_phones", `SELECT count(*), min(CAST(p.customer_id AS TEXT)) FROM push_phones p
			LEFT JOIN customers c ON c.customer_id = p.customer_id WHERE c.customer_id IS NULL OR c.erased_us IS NOT NULL`),
	}
}
