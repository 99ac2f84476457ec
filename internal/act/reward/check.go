package reward

import "regulars/internal/record/check"

const per = "SELECT count(*), min(CAST(r.customer_id AS TEXT) || '/' || CAST(r.redemption_id AS TEXT)) FROM redemptions r "

// checks are what must hold of redemptions, each a query for the breaches and one of them.
var checks = []struct{ key, text string }{
	{"reward_hold", per + `LEFT JOIN point_holds h ON h.customer_id = r.customer_id AND h.hold_id = r.hold_id
		WHERE r.hold_id > 0 AND (h.hold_id IS NULL OR h.units <> r.units OR r.state IN ('issued', 'used', 'refunded') AND h.state <> 'committed'
			OR r.state = 'void' AND r.spend_key = '' AND h.state = 'committed')`},
	{"reward_spent", per + `LEFT JOIN point_operations o ON o.customer_id = r.customer_id AND o.key = r.spend_key
		WHERE r.state IN ('issued', 'used', 'refunded') AND r.units > 0 AND (o.key IS NULL OR o.units <> r.units
			OR (r.state = 'refunded') <> (o.undone_units = o.units))`},
	{"reward_moves", per + `LEFT JOIN redemption_moves m ON m.customer_id = r.customer_id AND m.redemption_id = r.redemption_id AND m.move_no = r.moves
		WHERE m.move_no IS NULL OR m.state <> r.state`},
	{"reward_uses", `SELECT count(*), min(CAST(u.customer_id AS TEXT) || '/' || u.reward) FROM reward_uses u LEFT JOIN
		(SELECT customer_id, reward, period_day, count(*) AS n FROM redemptions WHERE limited = 'counted' GROUP BY customer_id, reward, period_day) r
		ON r.customer_id = u.customer_id AND r.reward = u.reward AND r.period_day = u.period_day WHERE u.uses <> coalesce(r.n, 0)`},
	// Codes are spread by themselves and redemptions by customers: a cluster does not join the two, but sorts out what both give.
	{"reward_code", `SELECT count(*), min(shown) FROM (SELECT customer_id, redemption_id, shown, reward FROM reward_codes WHERE redemption_id <> 0
		EXCEPT SELECT customer_id, redemption_id, code, reward FROM redemptions) AS alone`},
}

// Checks lists what must hold of rewards.
func Checks() []check.Check {
	all := make([]check.Check, 0, len(checks))
	for _, c := range checks {
		all = append(all, check.Queries(c.key, c.text))
	}
	return all
}
