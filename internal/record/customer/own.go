package customer

import (
	"encoding/json"
	"regexp"
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// without is what the copy that a person takes of themselves leaves out of a table, and why. Nothing: it has the rows as they are.
type without struct {
	rows    bool     // all of them
	columns []string // of each
	state   string   // rows in any other state than this; empty: none
	why     string
}

// The reasons, each of which holds for more than one table.
const (
	byStaff    = "it names who of staff did it, and what they wrote for one another may name others, or suspicion"
	ofOthers   = "it is the number of another customer, whose it is alone"
	keyOfStaff = "keys of what was done name who of staff did it, or the other customer, and say nothing else"
)

// copied decides about every table of facts what of it stands in the copy that a person takes of themselves. A person may have
// what is kept of them, and the rights of others are kept with it (article 15, paragraph 4, of the GDPR): whatever names another
// customer or one of staff, tells of suspicion that a person still has to judge, or would let somebody in who gets hold of the
// file, is left out. Export has it all, for the business, which answers a request for more and can read it over before.
func copied() map[string]without {
	all := without{}
	return map[string]without{
		"customers":           {columns: []string{"organisation_id"}, why: ofOthers},
		"customer_identities": all,
		"consents":            all,
		"customer_notes":      {rows: true, why: byStaff},
		"orders":              all,
		"payments":            all,
		"returns":             all,
		"sale_lines":          all,
		"subscriptions":       all,
		"events":              all,
		"answers":             all,
		"fact_history":        all,

		"point_accounts":   all,
		"point_lots":       all,
		"point_operations": {columns: []string{"key", "actor", "reason"}, why: byStaff + "; " + keyOfStaff},
		"point_entries":    all,
		"point_holds":      {columns: []string{"to_customer"}, why: ofOthers},
		"point_hold_lots":  all,
		"point_pools":      {columns: []string{"key", "actor"}, why: keyOfStaff},
		"point_pool_parts": {columns: []string{"giver_id"}, why: ofOthers},
		"by_hand_requests": {rows: true, why: "what staff ask of one another; what came of it stands in point_operations"},

		"programme_outcomes":   all,
		"programme_awards":     all,
		"programme_uses":       all,
		"programme_sums":       all,
		"programme_tiers":      all,
		"programme_tier_moves": all,
		"access_grants":        {columns: []string{"actor", "reason"}, why: byStaff},
		"referrals":            {columns: []string{"referrer_id", "code"}, why: ofOthers},
		"redemptions":          {columns: []string{"key", "spend_key"}, why: keyOfStaff},
		"redemption_moves":     {columns: []string{"actor", "reason"}, why: byStaff},
		"reward_uses":          all,
		"gifts":                {state: "given", why: "who was kept back from a surprise, or not drawn, is not told so: it would no longer be known what the surprise did"},
		"draw_entrants":        all,
		"draw_purchases":       {columns: []string{"key", "actor"}, why: keyOfStaff},
		"draw_awards":          all,

		"memberships":        all,
		"push_phones":        {columns: []string{"endpoint", "public_key", "secret"}, why: "whoever has the address and the keys can send to the phone"},
		"fraud_flags":        {rows: true, why: "the evidence has the numbers of other customers and of staff, and the suspicion is one until a person has judged"},
		"prediction_scores":  all,
		"next_actions":       all,
		"customer_summaries": all,
	}
}

// left is what is left of rows.
func (w *without) left(rows []map[string]any) (left []map[string]any) {
	for _, row := range rows {
		if w.state != "" && row["state"] != w.state {
			continue
		}
		for _, column := range w.columns {
			delete(row, column)
		}
		left = append(left, row)
	}
	return left
}

// ExportOwn is Export for the person themselves: without what copied leaves out, and without whom else the rest names.
func ExportOwn(tx *db.Tx, root int64) (json.RawMessage, error) {
	members, err := Members(tx, root)
	if err != nil {
		return nil, err
	}
	decided := copied()
	text, err := export(tx, root, func(table string) (without, bool) {
		w, told := decided[table]
		return w, told && !w.rows
	})
	return json.RawMessage(Unnamed(string(text), members)), err
}

var (
	publicOf   = regexp.MustCompile(`\b(cus|usr|key)_[0-9a-z]{13}\b`)
	passedOnBy = regexp.MustCompile(`(^|")(transfer|pool)/\d+[/0-9a-z]*`)
)

// Unnamed is a text that is kept of a person, such as the cause of a move, without whom else it names: other customers, staff,
// and keys of programs. It still tells what it was.
func Unnamed(text string, members []int64) string {
	text = publicOf.ReplaceAllStringFunc(text, func(id string) string {
		var number int64
		if fact.ParsePublicID(fact.CustomerPrefix, id, &number) == nil && slices.Contains(members, number) {
			return id
		}
		return "…"
	})
	return passedOnBy.ReplaceAllString(text, "$1$2")
}
