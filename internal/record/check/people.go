package check

import "fmt"

// Identities are kept from both sides.
var (
	identityOwner  = without("kind, customer_id", identity+"identities", identity+"customer_identities")
	identityLookup = without("kind, customer_id", identity+"customer_identities", identity+"identities")
)

const identity = "kind, value, customer_id FROM "

// Aliases.
var (
	// The root is no alias itself, and the same as that of whoever the alias was merged into.
	aliasRoot = breaches(`aliases a LEFT JOIN aliases i ON i.customer_id = a.into_id
		WHERE a.root_id <> coalesce(i.root_id, a.into_id) OR EXISTS (SELECT 1 FROM aliases r WHERE r.customer_id = a.root_id)`, "a.customer_id")
	// From the roots every alias is reached; what is not, goes round in a ring.
	aliasRing = `WITH RECURSIVE reached AS (
			SELECT a.customer_id FROM aliases a WHERE NOT EXISTS (SELECT 1 FROM aliases i WHERE i.customer_id = a.into_id)
			UNION SELECT a.customer_id FROM aliases a JOIN reached r ON a.into_id = r.customer_id)
		` + breaches(`aliases a WHERE NOT EXISTS (SELECT 1 FROM reached r WHERE r.customer_id = a.customer_id)`, "a.customer_id")
)

// customers: whoever is not an unknown person, whose number is below zero, has a row of their own.
func customers() (texts []string) {
	for _, table := range []string{"orders", "returns", "sale_lines", "payments", "subscriptions", "events", "answers", "consents",
		"customer_notes", "customer_identities", "fact_history"} {
		texts = append(texts, breaches(table+` t WHERE t.customer_id > 0
			AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.customer_id = t.customer_id)`, "t.customer_id"))
	}
	for _, column := range []string{"customer_id", "root_id"} {
		texts = append(texts, without(column, fmt.Sprintf("%s FROM aliases WHERE %s > 0", column, column),
			fmt.Sprintf("a.%s FROM aliases a JOIN customers c ON c.customer_id = a.%s", column, column)))
	}
	return texts
}

// erased: of somebody erased nothing is left that tells who it was.
func erased() (texts []string) {
	texts = []string{breaches(`customers WHERE erased_us IS NOT NULL AND (reference <> '' OR form_of_address <> '' OR given_name <> ''
		OR middle_name <> '' OR family_name <> '' OR full_name <> '' OR folded_name <> '' OR plain_name <> '' OR turned_name <> '' OR birth_year IS NOT NULL OR birth_month IS NOT NULL
		OR birth_day IS NOT NULL OR language <> '' OR household <> '' OR organisation_id IS NOT NULL OR attributes <> '')`, "customer_id")}
	for _, left := range []struct{ table, what string }{
		{"customer_identities", ""},
		{"identities", ""},
		{"consents", ""},
		{"customer_notes", ""},
		{"fact_history", ""},
		{"fact_references", ""},
		{"orders", "t.reference <> '' OR t.attributes <> ''"},
		{"returns", "t.reference <> '' OR t.reason <> ''"},
		{"sale_lines", "t.attributes <> ''"},
		{"subscriptions", "t.reference <> '' OR t.reason <> ''"},
		{"answers", "t.reference <> '' OR t.comment <> '' OR t.attributes <> ''"},
		{"events", "t.session <> '' OR t.properties <> ''"},
	} {
		if left.what == "" {
			left.what = "TRUE"
		}
		texts = append(texts, breaches(fmt.Sprintf(`%s t WHERE t.customer_id IN (SELECT c.customer_id FROM customers c WHERE c.erased_us IS NOT NULL)
			AND (%s)`, left.table, left.what), "t.customer_id"))
	}
	return texts
}
