package programme

import "regulars/internal/understand/roster"

// InTier chooses from the list of customers those who are in a tier; those who are in none where it is empty.
func InTier(tier string) roster.Condition {
	if tier == "" {
		return roster.Condition{Text: "NOT EXISTS (SELECT 1 FROM programme_tiers t WHERE t.customer_id = f.customer_id AND t.tier <> '')"}
	}
	return roster.Condition{Text: "EXISTS (SELECT 1 FROM programme_tiers t WHERE t.customer_id = f.customer_id AND t.tier = $)", Args: []any{tier}}
}

// TierNames are the tiers of the programme, the lowest first, each with what it is called.
func (c *Compiled) TierNames() (all [][2]string) {
	if c == nil || c.Document.Tiers == nil {
		return nil
	}
	for i := range c.Document.Tiers.Levels {
		l := &c.Document.Tiers.Levels[i]
		name := l.Name
		if name == "" {
			name = l.Tier
		}
		all = append(all, [2]string{l.Tier, name})
	}
	return all
}
