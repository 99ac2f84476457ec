package member

import "regulars/internal/understand/roster"

// Chosen chooses from the list of customers those who are members under any of their numbers, or those who are not.
func Chosen(members bool) roster.Condition {
	is := "f.customer_id IN (SELECT coalesce(a.root_id, m.customer_id) FROM memberships m LEFT JOIN aliases a ON a.customer_id = m.customer_id WHERE m.left_us IS NULL)"
	if !members {
		is = "NOT " + is
	}
	return roster.Condition{Text: is}
}
