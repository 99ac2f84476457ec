package member

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/holiday"
)

// Membership is that a customer has joined.
type Membership struct {
	Joined time.Time
	How    string // such as web
}

// Join makes a customer a member, or a member again.
func Join(tx *db.Tx, customer int64, how string) error {
	_, err := tx.Exec(`INSERT INTO memberships (customer_id, joined_us, how) VALUES ($1, $2, $3)
		ON CONFLICT (customer_id) DO UPDATE SET joined_us = CASE WHEN memberships.left_us IS NULL THEN memberships.joined_us ELSE excluded.joined_us END,
		left_us = NULL`, customer, tx.Now, how)
	return err
}

// Mark notes what another system says of a customer: that they are a member since a moment (zero: since now), or are none. What
// the customer did here themselves stays; changed tells whether anything was noted.
func Mark(tx *db.Tx, customer int64, is bool, since time.Time) (changed bool, err error) {
	var n int64
	switch {
	case !is:
		n, err = tx.Exec("UPDATE memberships SET left_us = $1 WHERE customer_id = $2 AND how = 'import' AND left_us IS NULL", tx.Now, customer)
	case since.IsZero():
		n, err = tx.Exec(`INSERT INTO memberships (customer_id, joined_us, how) VALUES ($1, $2, 'import')
			ON CONFLICT (customer_id) DO UPDATE SET joined_us = excluded.joined_us, left_us = NULL
			WHERE memberships.how = 'import' AND memberships.left_us IS NOT NULL`, customer, tx.Now)
	default:
		n, err = tx.Exec(`INSERT INTO memberships (customer_id, joined_us, how) VALUES ($1, $2, 'import')
			ON CONFLICT (customer_id) DO UPDATE SET joined_us = excluded.joined_us, left_us = NULL
			WHERE memberships.how = 'import' AND (memberships.left_us IS NOT NULL OR memberships.joined_us <> excluded.joined_us)`, customer, since)
	}
	return n > 0, err
}

// Of tells since when a person is a member, by all numbers of theirs; ok is false for who is none.
func Of(tx *db.Tx, customers []int64) (m Membership, ok bool, err error) {
	args, list := []any{}, ""
	for _, c := range customers {
		args = append(args, c)
		list += ", $" + strconv.Itoa(len(args))
	}
	if list == "" {
		return m, false, nil
	}
	err = tx.QueryRow("SELECT joined_us, how FROM memberships WHERE left_us IS NULL AND customer_id IN ("+list[2:]+") ORDER BY joined_us LIMIT 1", args...).
		Scan(&m.Joined, &m.How)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// Anniversary tells whether a day is one of joining: the day of a later year, of 29 February the 28th in the years between. The day
// is on the clocks of the business.
func (m *Membership) Anniversary(day time.Time) bool {
	joined := m.Joined.In(day.Location())
	kept := holiday.Own{Month: int(joined.Month()), Day: joined.Day()}.In(day.Year())
	return day.Year() > joined.Year() && kept.Month() == day.Month() && kept.Day() == day.Day()
}

// JoinedOn are the customers who joined on a day of the year, in a year before it, behind a number, in order, at most so many.
func JoinedOn(tx *db.Tx, day time.Time, after int64, most int) (all []int64, err error) {
	const page = 5000
	for {
		rows, err := tx.Query("SELECT customer_id, joined_us FROM memberships WHERE left_us IS NULL AND customer_id > $1 ORDER BY customer_id LIMIT $2", after, page)
		if err != nil {
			return nil, err
		}
		read := 0
		for rows.Next() {
			var m Membership
			if err := rows.Scan(&after, &m.Joined); err != nil {
				return nil, err
			}
			if read++; len(all) < most && m.Anniversary(day) {
				all = append(all, after)
			}
		}
		if err := rows.Close(); err != nil || read < page || len(all) == most {
			return all, err
		}
	}
}

// Forget takes away that a customer was a member, and ends all that lets them in.
func Forget(tx *db.Tx, customer int64) error {
	for _, statement := range []string{"DELETE FROM memberships WHERE customer_id = $1", "DELETE FROM member_sessions WHERE customer_id = $1"} {
		if _, err := tx.Exec(statement, customer); err != nil {
			return err
		}
	}
	return nil
}

// Life is for how long a member stays signed in after the last visit.
const Life = 90 * 24 * time.Hour

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Begin signs a customer in, and gives the token of the cookie.
func Begin(tx *db.Tx, customer int64) (token string, err error) {
	token = rand.Text()
	_, err = tx.Exec("INSERT INTO member_sessions (hash, customer_id, seen_us, expires_us) VALUES ($1, $2, $3, $4)", digest(token), customer, tx.Now, tx.Now.Add(Life))
	return token, err
}

// Session tells who has signed in by the token, and whether the visit should be noted by Seen; 0: nobody.
func Session(tx *db.Tx, token string) (customer int64, stale bool, err error) {
	var seen time.Time
	err = tx.QueryRow("SELECT customer_id, seen_us FROM member_sessions WHERE hash = $1 AND expires_us > $2", digest(token), tx.Now).Scan(&customer, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	const noted = 24 * time.Hour
	return customer, tx.Now.Sub(seen) > noted, err
}

// Seen notes a visit: the session lasts from now on.
func Seen(tx *db.Tx, token string) error {
	_, err := tx.Exec("UPDATE member_sessions SET seen_us = $1, expires_us = $2 WHERE hash = $3", tx.Now, tx.Now.Add(Life), digest(token))
	return err
}

// End signs out.
func End(tx *db.Tx, token string) error {
	_, err := tx.Exec("DELETE FROM member_sessions WHERE hash = $1", digest(token))
	return err
}

// Sweep forgets what has run out.
func Sweep(tx *db.Tx) error {
	for _, statement := range []string{"DELETE FROM member_sessions WHERE expires_us <= $1", "DELETE FROM member_requests WHERE expires_us <= $1"} {
		if _, err := tx.Exec(statement, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

// Each tells since when customers are members, and until when; the zero time: they still are.
func Each(tx *db.Tx, add func(customer int64, joined, left time.Time) error) error {
	rows, err := tx.Query("SELECT customer_id, joined_us, left_us FROM memberships")
	if err != nil {
		return err
	}
	for rows.Next() {
		var customer int64
		var joined time.Time
		var left sql.NullInt64
		if err := rows.Scan(&customer, &joined, &left); err != nil {
			return err
		}
		var until time.Time
		if left.Valid {
			until = time.UnixMicro(left.Int64)
		}
		if err := add(customer, joined, until); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return rows.Close()
}
