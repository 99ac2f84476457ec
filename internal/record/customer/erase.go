package customer

import (
	"regulars/internal/base/db"
	"regulars/internal/record/feed"
)

// erasures take away what tells who a customer was. What was bought stays, under a number that leads nowhere.
var erasures = []struct {
	query string
	dated bool // takes the moment as well
}{
	{`UPDATE customers SET reference = '', form_of_address = '', given_name = '', middle_name = '', family_name = '', full_name = '',
		folded_name = '', plain_name = '', turned_name = '', birth_year = NULL, birth_month = NULL, birth_day = NULL, language = '', household = '',
		organisation_id = NULL, attributes = '', version = version + 1, updated_us = $2, erased_us = coalesce(erased_us, $2)
		WHERE customer_id = $1`, true},
	{`DELETE FROM consents WHERE customer_id = $1`, false},
	{`DELETE FROM customer_notes WHERE customer_id = $1`, false},
	{`UPDATE orders SET reference = '', attributes = '', updated_us = $2 WHERE customer_id = $1`, true},
	{`UPDATE returns SET reference = '', reason = '', updated_us = $2 WHERE customer_id = $1`, true},
	{`UPDATE sale_lines SET attributes = '' WHERE customer_id = $1`, false},
	{`UPDATE subscriptions SET reference = '', reason = '', updated_us = $2 WHERE customer_id = $1`, true},
	{`UPDATE answers SET reference = '', comment = '', attributes = '', updated_us = $2 WHERE customer_id = $1`, true},
	{`UPDATE events SET session = '', properties = '' WHERE customer_id = $1`, false},
	{`DELETE FROM fact_history WHERE customer_id = $1`, false},
	{`DELETE FROM customer_identities WHERE customer_id = $1`, false},
	{`DELETE FROM prediction_scores WHERE customer_id = $1`, false},
	{`DELETE FROM next_actions WHERE customer_id = $1`, false},
	{`DELETE FROM customer_summaries WHERE customer_id = $1`, false},
	{`DELETE FROM customer_duplicates WHERE first_id = $1 OR second_id = $1`, false},
	{`DELETE FROM customer_distinct WHERE first_id = $1 OR second_id = $1`, false},
}

// owned finds the directories' rows of a customer: a claim is looked up by what the facts themselves say.
var owned = []struct{ find, release string }{
	{`SELECT kind, value FROM customer_identities WHERE customer_id = $1`,
		`DELETE FROM identities WHERE kind = $1 AND value = $2`},
	{`SELECT source, reference FROM orders WHERE customer_id = $1 AND reference <> ''`,
		`UPDATE fact_references SET customer_id = 0, fact_id = 0 WHERE kind = 'order' AND source = $1 AND reference = $2`},
	{`SELECT source, reference FROM returns WHERE customer_id = $1 AND reference <> ''`,
		`UPDATE fact_references SET customer_id = 0, fact_id = 0 WHERE kind = 'return' AND source = $1 AND reference = $2`},
	{`SELECT source, reference FROM answers WHERE customer_id = $1 AND reference <> ''`,
		`UPDATE fact_references SET customer_id = 0, fact_id = 0 WHERE kind = 'answer' AND source = $1 AND reference = $2`},
	{`SELECT source, reference FROM subscriptions WHERE customer_id = $1 AND reference <> ''`,
		`UPDATE fact_references SET customer_id = 0, fact_id = 0 WHERE kind = 'subscription' AND source = $1 AND reference = $2`},
}

// Erase takes away who the owner of one customer number is. For a person all members are erased, each in a transaction of
// its own; it is safe to repeat.
func Erase(tx *db.Tx, customer int64) error {
	// The customer's row first: whoever is writing a fact of this customer waits or is waited for.
	if _, err := tx.Exec(erasures[0].query, customer, tx.Now); err != nil {
		return err
	}
	for _, o := range owned {
		keys, err := pairs(tx, o.find, customer)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if _, err := tx.Exec(o.release, k[0], k[1]); err != nil {
				return err
			}
		}
	}
	for _, e := range erasures[1:] {
		args := []any{customer, tx.Now}
		if !e.dated {
			args = args[:1]
		}
		if _, err := tx.Exec(e.query, args...); err != nil {
			return err
		}
	}
	return tellAll(tx, customer)
}

func pairs(tx *db.Tx, query string, customer int64) (out [][2]string, err error) {
	rows, err := tx.Query(query, customer)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Close()
}

// tellAll writes every fact of the customer into the feed: attributes are gone from all of them.
func tellAll(tx *db.Tx, customer int64) error {
	changes := []feed.Change{{Customer: customer, Kind: feed.Customer}}
	for _, t := range []struct {
		kind  feed.Kind
		query string
	}{
		{feed.Order, "SELECT order_id FROM orders WHERE customer_id = $1"},
		{feed.Return, "SELECT return_id FROM returns WHERE customer_id = $1"},
		{feed.Answer, "SELECT answer_id FROM answers WHERE customer_id = $1"},
		{feed.Subscription, "SELECT subscription_id FROM subscriptions WHERE customer_id = $1"},
		{feed.Event, "SELECT event_id FROM events WHERE customer_id = $1"},
	} {
		rows, err := tx.Query(t.query, customer)
		if err != nil {
			return err
		}
		for rows.Next() {
			c := feed.Change{Customer: customer, Kind: t.kind}
			if err := rows.Scan(&c.Fact); err != nil {
				return err
			}
			changes = append(changes, c)
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return feed.Add(tx, changes...)
}
