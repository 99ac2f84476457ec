package programme

import "regulars/internal/base/db"

// Budget is how many units a rule may give to all customers together, and how many of these it has given.
type Budget struct {
	Rule, Name, Unit string
	Units, Spent     int64
}

// Left is what the rule may still give; a budget that was made smaller than what was spent has nothing left.
func (b *Budget) Left() int64 { return max(b.Units-b.Spent, 0) }

// Budgets lists the rules that have one.
func (c *Compiled) Budgets(tx *db.Tx) (all []Budget, err error) {
	spent, err := tx.Numbers("SELECT rule, spent_units FROM programme_budgets")
	if err != nil {
		return nil, err
	}
	for _, r := range c.rules {
		if r.Rule.Budget > 0 {
			all = append(all, Budget{Rule: r.Rule.Rule, Name: r.Rule.Name, Unit: r.unit, Units: r.Rule.Budget, Spent: spent[r.Rule.Rule]})
		}
	}
	return all, nil
}
