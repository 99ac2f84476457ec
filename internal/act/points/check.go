package points

import "regulars/internal/record/check"

// Checks lists what must hold of the ledger, by replaying every entry into its lot and every lot into its account.
func Checks() []check.Check {
	all := make([]check.Check, 0, len(checks))
	for _, c := range checks {
		all = append(all, check.Queries(c.key, c.texts...))
	}
	return all
}

const (
	perAccount = "SELECT count(*), min(CAST(a.customer_id AS TEXT) || '/' || a.unit) FROM "
	perLot     = "SELECT count(*), min(CAST(l.customer_id AS TEXT) || '/' || l.unit || '/' || CAST(l.lot_id AS TEXT)) FROM "
	perHold    = "SELECT count(*), min(CAST(h.customer_id AS TEXT) || '/' || CAST(h.hold_id AS TEXT)) FROM "
	perEntry   = "SELECT count(*), min(CAST(e.customer_id AS TEXT) || '/' || CAST(e.operation_id AS TEXT) || '/' || CAST(e.entry_no AS TEXT)) FROM "
	perOp      = "SELECT count(*), min(CAST(o.customer_id AS TEXT) || '/' || o.key) FROM "
)

var checks = []struct {
	key   string
	texts []string
}{
	// Replay: what the entries moved is what the lots say.
	{"points_lots", []string{perLot + `point_lots l LEFT JOIN (SELECT customer_id, unit, lot_id,
		sum(CASE WHEN kind IN ('issue', 'owe') THEN units ELSE 0 END) AS issued,
		sum(CASE kind WHEN 'issue' THEN units WHEN 'release' THEN units WHEN 'undo' THEN units WHEN 'bring' THEN units WHEN 'fill' THEN units
			WHEN 'owe' THEN -units WHEN 'spend' THEN -units WHEN 'hold' THEN -units WHEN 'expire' THEN -units WHEN 'reverse' THEN -units
			WHEN 'recall' THEN -units WHEN 'repay' THEN -units WHEN 'send' THEN -units ELSE 0 END) AS rest,
		sum(CASE kind WHEN 'hold' THEN units WHEN 'commit' THEN -units WHEN 'release' THEN -units ELSE 0 END) AS held,
		sum(CASE kind WHEN 'send' THEN units WHEN 'deliver' THEN -units WHEN 'bring' THEN -units ELSE 0 END) AS transit,
		sum(CASE kind WHEN 'spend' THEN units WHEN 'commit' THEN units WHEN 'undo' THEN -units ELSE 0 END) AS spent,
		sum(CASE kind WHEN 'expire' THEN units ELSE 0 END) AS expired,
		sum(CASE WHEN kind IN ('reverse', 'recall') THEN units ELSE 0 END) AS reversed,
		sum(CASE kind WHEN 'deliver' THEN units ELSE 0 END) AS sent,
		sum(CASE WHEN kind IN ('repay', 'fill') THEN units ELSE 0 END) AS repaid,
		sum(CASE kind WHEN 'lapse' THEN units ELSE 0 END) AS lapsed,
		sum(CASE kind WHEN 'waive' THEN units WHEN 'recall' THEN -units ELSE 0 END) AS waived
		FROM point_entries GROUP BY customer_id, unit, lot_id) e ON e.customer_id = l.customer_id AND e.unit = l.unit AND e.lot_id = l.lot_id
		WHERE e.lot_id IS NULL OR e.issued <> l.issued_units OR e.rest <> l.left_units OR e.held <> l.held_units OR e.transit <> l.transit_units
		OR e.spent <> l.spent_units OR e.expired <> l.expired_units OR e.reversed <> l.reversed_units OR e.sent <> l.sent_units
		OR e.repaid <> l.repaid_units OR e.lapsed <> l.lapsed_units OR e.waived <> l.waived_units`}},
	// The sums of the lots are what the accounts say, of credits and of debts; and no account is missing.
	{"points_accounts", []string{perAccount + `point_accounts a LEFT JOIN (SELECT customer_id, unit,
		sum(CASE WHEN source IN ('earn', 'adjust') THEN issued_units ELSE 0 END) AS issued,
		sum(CASE source WHEN 'receive' THEN issued_units ELSE 0 END) AS received,
		sum(CASE WHEN left_units > 0 THEN left_units ELSE 0 END) AS rest, sum(held_units) AS held, sum(transit_units) AS transit,
		sum(spent_units) AS spent, sum(expired_units) AS expired, sum(reversed_units) AS reversed, sum(sent_units) AS sent,
		sum(CASE source WHEN 'debt' THEN 0 ELSE repaid_units END) AS repaid, sum(CASE source WHEN 'debt' THEN repaid_units ELSE 0 END) AS filled,
		sum(CASE source WHEN 'debt' THEN issued_units ELSE 0 END) AS owed
		FROM point_lots GROUP BY customer_id, unit) l ON l.customer_id = a.customer_id AND l.unit = a.unit
		WHERE coalesce(l.issued, 0) <> a.issued_units OR coalesce(l.received, 0) <> a.received_units OR coalesce(l.rest, 0) <> a.left_units
		OR coalesce(l.held, 0) <> a.held_units OR coalesce(l.transit, 0) <> a.transit_units OR coalesce(l.spent, 0) <> a.spent_units
		OR coalesce(l.expired, 0) <> a.expired_units OR coalesce(l.reversed, 0) <> a.reversed_units OR coalesce(l.sent, 0) <> a.sent_units
		OR coalesce(l.repaid, 0) <> a.repaid_units OR coalesce(l.filled, 0) <> a.repaid_units OR coalesce(l.owed, 0) <> a.owed_units`,
		perLot + `point_lots l WHERE NOT EXISTS (SELECT 1 FROM point_accounts a WHERE a.customer_id = l.customer_id AND a.unit = l.unit)`}},
	{"points_conserved", []string{perAccount + `point_accounts a WHERE issued_units + received_units <> left_units + held_units + transit_units
		+ spent_units + expired_units + reversed_units + sent_units + repaid_units OR repaid_units > owed_units
		OR left_units < 0 OR held_units < 0 OR transit_units < 0`}},
	// Nothing can happen by time before an account's due_us.
	{"points_due", []string{perLot + `point_lots l JOIN point_accounts a ON a.customer_id = l.customer_id AND a.unit = l.unit
		WHERE l.left_units > 0 AND l.expires_us < 253402300799999998 AND l.expires_us < a.due_us`,
		perAccount + `point_accounts a WHERE a.holds_us < a.due_us OR EXISTS (SELECT 1 FROM point_holds h WHERE h.customer_id = a.customer_id
		AND h.unit = a.unit AND h.state = 'open' AND h.until_us < a.holds_us)`}},
	// A hold holds what its lots say, and is resolved once.
	{"points_holds", []string{perHold + `point_holds h LEFT JOIN (SELECT customer_id, hold_id, sum(units) AS units FROM point_hold_lots
		GROUP BY customer_id, hold_id) p ON p.customer_id = h.customer_id AND p.hold_id = h.hold_id
		LEFT JOIN (SELECT customer_id, hold_id, sum(CASE WHEN kind IN ('hold', 'send') THEN units ELSE 0 END) AS taken,
			sum(CASE WHEN kind IN ('commit', 'deliver') THEN units ELSE 0 END) AS gone,
			sum(CASE WHEN kind IN ('release', 'bring') THEN units ELSE 0 END) AS back FROM point_entries WHERE hold_id <> 0
			GROUP BY customer_id, hold_id) e ON e.customer_id = h.customer_id AND e.hold_id = h.hold_id
		WHERE coalesce(p.units, 0) <> h.units OR coalesce(e.taken, 0) <> h.units OR coalesce(e.gone, 0) <> h.committed_units
		OR coalesce(e.back, 0) <> CASE WHEN h.state = 'open' THEN 0 ELSE h.units - h.committed_units END`,
		perLot + `point_lots l LEFT JOIN (SELECT p.customer_id, p.lot_id, sum(CASE h.kind WHEN 'spend' THEN p.units ELSE 0 END) AS held,
			sum(CASE h.kind WHEN 'transfer' THEN p.units ELSE 0 END) AS transit FROM point_hold_lots p
			JOIN point_holds h ON h.customer_id = p.customer_id AND h.hold_id = p.hold_id WHERE h.state = 'open' GROUP BY p.customer_id, p.lot_id) o
		ON o.customer_id = l.customer_id AND o.lot_id = l.lot_id
		WHERE l.held_units <> coalesce(o.held, 0) OR l.transit_units <> coalesce(o.transit, 0)`}},
	// Every entry has its operation, which names key, cause and actor, and its lot.
	{"points_entries", []string{perEntry + `point_entries e WHERE NOT EXISTS (SELECT 1 FROM point_operations o
		WHERE o.customer_id = e.customer_id AND o.operation_id = e.operation_id AND o.unit = e.unit AND o.cause <> '' AND o.actor <> '' AND o.key <> '')
		OR NOT EXISTS (SELECT 1 FROM point_lots l WHERE l.customer_id = e.customer_id AND l.unit = e.unit AND l.lot_id = e.lot_id)`}},
	// Spent units came back no more often than they were spent; reversals called back the share of what was returned.
	{"points_reversals", []string{perOp + `point_operations o LEFT JOIN (SELECT customer_id, operation_id, sum(units) AS units FROM point_entries
		WHERE kind IN ('spend', 'commit') GROUP BY customer_id, operation_id) e ON e.customer_id = o.customer_id AND e.operation_id = o.operation_id
		WHERE o.kind IN ('spend', 'commit') AND (coalesce(e.units, 0) <> o.units OR o.undone_units > o.units)`,
		perLot + `point_lots l WHERE l.source = 'earn' AND (l.returned_parts > l.whole_parts OR l.called_units > l.issued_units
		OR (l.returned_parts = l.whole_parts) <> (l.called_units = l.issued_units) AND l.returned_parts = l.whole_parts)`}},
}
