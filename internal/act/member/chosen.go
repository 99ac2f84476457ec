package member

import "regulars/internal/understand/roster"

// Chosen chooses from the list of customers those who are members under any of their numbers, or those who are not.
func Chosen(members bool) roster.Condition {
	is := `(EXISTS (SELECT 1 FROM memberships m WHERE m.customer_id = f.customer_id AND m.left_us IS NULL)
		OR EXISTS (SELECT 1 FROM aliases a JOIN memberships m ON m.customer_id = a.customer_id WHERE a.root_id = f.customer_id AND m.left_us IS NULL))`
	if !members {
		is = "NOT " + is
	}
	return roster.Condition{Text: is}
}
