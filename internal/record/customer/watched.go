package customer

import "regulars/internal/base/db"

// EachKnownBy gives every identity of a kind, and whose it is.
func EachKnownBy(tx *db.Tx, kind string, take func(number int64, value string)) error {
	rows, err := tx.Query("SELECT customer_id, value FROM customer_identities WHERE kind = $1", kind)
	if err != nil {
		return err
	}
	for rows.Next() {
		var number int64
		var value string
		if err := rows.Scan(&number, &value); err != nil {
			return err
		}
		take(number, value)
	}
	return rows.Close()
}

// EachDescribed gives every person of whom something is said beyond the profile, as the text that attributes are kept in, and
// the household.
func EachDescribed(tx *db.Tx, take func(number int64, household, attributes string) error) error {
	rows, err := tx.Query("SELECT customer_id, household, attributes FROM customers WHERE attributes <> '' AND kind = 'person' AND erased_us IS NULL")
	if err != nil {
		return err
	}
	for rows.Next() {
		var number int64
		var household, attributes string
		if err := rows.Scan(&number, &household, &attributes); err != nil {
			return err
		}
		if err := take(number, household, attributes); err != nil {
			return err
		}
	}
	return rows.Close()
}
