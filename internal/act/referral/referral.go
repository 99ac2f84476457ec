package referral

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// State is how far a referral has come.
type State string

// The states. Rewarding and voiding are those of a job at work.
const (
	Pending   State = "pending"
	Qualified State = "qualified"
	Rewarding State = "rewarding"
	Rewarded  State = "rewarded"
	Voiding   State = "voiding"
	Void      State = "void"
)

// The actions that rules of the programme look at.
const (
	onReferred = "referred"
	onReferral = "referral"
)

// onlyOnce is the key of having been brought: nobody is twice.
const onlyOnce = "1"

// Desk is what sees to referrals. It is safe for concurrent use.
type Desk struct {
	Programme *programme.Programme
}

// Referral is a friend who was brought.
type Referral struct {
	Friend, Referrer int64
	Code             string
	State            State
	Order            int64
	Due              time.Time // where it is qualified: when it gives
	Created, Moved   time.Time
}

const columns = "SELECT customer_id, referrer_id, code, state, order_id, due_us, created_us, moved_us FROM referrals"

func (r *Referral) scan(row interface{ Scan(targets ...any) error }) error {
	var state string
	err := row.Scan(&r.Friend, &r.Referrer, &r.Code, &state, &r.Order, &r.Due, &r.Created, &r.Moved)
	r.State = State(state)
	return err
}

// alphabet is without signs that look alike.
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

const codeLength = 8

// Normal is a code as it is kept, however it was typed.
func Normal(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(code)))
}

// Code is the code of a person, made when it is first asked for.
func Code(tx *db.Tx, root int64) (code string, err error) {
	members, err := customer.Members(tx, root)
	if err != nil {
		return "", err
	}
	if code, err = CodeOf(tx, members); code != "" || err != nil {
		return code, err
	}
	for range 3 { // a collision is next to impossible
		raw := make([]byte, codeLength)
		_, _ = rand.Read(raw) // never fails
		for i := range raw {
			raw[i] = alphabet[int(raw[i])%len(alphabet)]
		}
		n, err := tx.Exec("INSERT INTO referral_codes (code, customer_id, created_us) VALUES ($1, $2, $3) ON CONFLICT (code) DO NOTHING", string(raw), root, tx.Now)
		if err != nil || n == 1 {
			return string(raw), err
		}
	}
	return "", fault.Unavailablef("no free code was found; try again")
}

// CodeOf is the code of a person, by all numbers of theirs; empty: they have none yet.
func CodeOf(tx *db.Tx, members []int64) (code string, err error) {
	list, args := numbered(members)
	err = tx.QueryRow("SELECT code FROM referral_codes WHERE customer_id IN ("+list+") ORDER BY created_us, code LIMIT 1", args...).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return code, err
}

// Path is where a friend joins with a code, below the public address.
func Path(code string) string { return "/my/join?ref=" + code }

func numbered(members []int64) (list string, args []any) {
	for i, m := range members {
		args = append(args, m)
		list += ", $" + strconv.Itoa(i+1)
	}
	return strings.TrimPrefix(list, ", "), args
}

// Whose is the person whose code it is; 0: nobody's.
func Whose(tx *db.Tx, code string) (root int64, err error) {
	var who int64
	err = tx.QueryRow("SELECT customer_id FROM referral_codes WHERE code = $1", Normal(code)).Scan(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return customer.Root(tx, who)
}

// Of is the referral by which a person came; ok is false where nobody brought them.
func Of(tx *db.Tx, root int64) (r Referral, ok bool, err error) {
	members, err := customer.Members(tx, root)
	if err != nil {
		return r, false, err
	}
	list, args := numbered(members)
	err = r.scan(tx.QueryRow(columns+" WHERE customer_id IN ("+list+") ORDER BY created_us LIMIT 1", args...))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

func refused(code, format string, args ...any) error {
	return fault.In("code", fault.Coded(code, fault.Conflictf(format, args...)))
}

var findFriends = db.NewLookup("SELECT customer_id FROM referrals", "customer_id BIGINT")

// Among finds those of many customers whom somebody has brought.
func Among(tx *db.Tx, customers []int64) (friends map[int64]bool, err error) {
	keys := make([]any, len(customers))
	for i, c := range customers {
		keys[i] = c
	}
	friends = map[int64]bool{}
	return friends, findFriends.Each(tx, keys, func(r *db.Rows) error {
		var who int64
		err := r.Scan(&who)
		friends[who] = true
		return err
	})
}

// Tie notes that a customer was brought by whose code it is. Told again it is the same.
func (d *Desk) Tie(tx *db.Tx, friend int64, code string) (r Referral, err error) {
	c, err := d.Programme.Book.Current(tx, d.Programme.Ledger.Zone)
	if err != nil {
		return r, err
	}
	if c == nil || c.Document.Referral == nil {
		return r, refused("no_referrals", "the programme in force has no referral")
	}
	root, err := customer.Root(tx, friend)
	if err != nil {
		return r, err
	}
	referrer, err := Whose(tx, code)
	switch {
	case err != nil:
		return r, err
	case referrer <= 0:
		return r, fault.In("code", fault.Coded("referral_code_not_found", fault.NotFoundf("there is no code %.20q", code)))
	case referrer == root:
		return r, refused("self_referral", "nobody brings themselves")
	}
	known, there, err := Of(tx, root)
	if err != nil {
		return r, err
	}
	if there {
		if before, err := customer.Root(tx, known.Referrer); err != nil || before == referrer {
			return known, err
		}
		return r, refused("already_referred", "they were brought by somebody else")
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return r, err
	}
	past, err := order.Before(tx, members, tx.Now.UnixMicro(), 0)
	if err != nil {
		return r, err
	}
	if past.Orders > 0 {
		return r, refused("not_new", "they have bought before")
	}
	if ring, err := brought(tx, referrer, root); err != nil || ring {
		if err == nil {
			err = refused("referral_ring", "they brought the one who is to bring them")
		}
		return r, err
	}
	r = Referral{Friend: root, Referrer: referrer, Code: Normal(code), State: Pending, Created: tx.Now, Moved: tx.Now}
	n, err := tx.Exec(`INSERT INTO referrals (customer_id, referrer_id, code, state, order_id, due_us, created_us, moved_us) VALUES ($1, $2, $3, 'pending', 0, 0, $4, $4)
		ON CONFLICT (customer_id) DO NOTHING`, r.Friend, r.Referrer, r.Code, tx.Now)
	if err == nil && n == 0 {
		err = db.ErrRestart // at the same time
	}
	if err != nil {
		return r, err
	}
	return r, d.tell(tx, Created, &r)
}

// brought tells whether somebody was brought by another, or by somebody who was, and so on.
func brought(tx *db.Tx, who, by int64) (bool, error) {
	const farthest = 50
	for range farthest {
		r, there, err := Of(tx, who)
		if err != nil || !there {
			return false, err
		}
		if who, err = customer.Root(tx, r.Referrer); err != nil || who == by {
			return err == nil, err
		}
	}
	return true, nil // such chains are nobody's friends
}

// Ordered looks at an order of a customer as it is now: whether it counts for a referral of theirs, or no more.
func (d *Desk) Ordered(tx *db.Tx, who, id int64) error {
	if who <= 0 || id == 0 {
		return nil
	}
	var r Referral
	err := r.scan(tx.QueryRow(columns+" WHERE customer_id = $1", who))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || r.State == Void || r.State == Voiding || r.State != Pending && r.Order != id {
		return err
	}
	c, err := d.Programme.Book.Current(tx, d.Programme.Ledger.Zone)
	if err != nil {
		return err
	}
	if r.State == Pending && (c == nil || c.Document.Referral == nil) {
		return nil
	}
	counts, placed, err := d.counts(tx, c, &r, who, id)
	if err != nil {
		return err
	}
	switch {
	case r.State == Pending && counts:
		wait := time.Duration(c.Document.Referral.WaitDays) * day
		r.Due = tx.Now.Add(wait)
		if late := placed.Add(wait); late.After(r.Due) {
			r.Due = late
		}
		r.State, r.Order = Qualified, id
		if err := d.move(tx, &r, Pending); err != nil {
			return err
		}
		return d.tell(tx, QualifiedTold, &r)
	case r.State == Qualified && !counts:
		r.State, r.Order, r.Due = Pending, 0, time.UnixMicro(0)
		return d.move(tx, &r, Qualified)
	case (r.State == Rewarding || r.State == Rewarded) && !counts:
		before := r.State
		r.State, r.Due = Voiding, tx.Now
		return d.move(tx, &r, before)
	}
	return nil
}

const day = 24 * time.Hour

// counts tells whether what is left of an order is enough, and whether it came in time.
func (d *Desk) counts(tx *db.Tx, c *programme.Compiled, r *Referral, who, id int64) (bool, time.Time, error) {
	stored, err := order.Load(tx, who, id)
	if err != nil {
		return false, time.Time{}, err
	}
	placed := time.UnixMicro(stored.Placed.UTC)
	if stored.State == order.Cancelled {
		return false, placed, nil
	}
	back, err := order.ReturnedOf(tx, who, id)
	if err != nil {
		return false, placed, err
	}
	sale := programme.SaleOf(&stored.Order, back)
	left := sale.AmountMinor()
	if c == nil || c.Document.Referral == nil { // what was promised by a programme that is no more: something must be left of it
		return left > 0, placed, nil
	}
	s := c.Document.Referral
	inTime := s.WithinDays == 0 || placed.Before(r.Created.Add(time.Duration(s.WithinDays)*day))
	return left > 0 && left >= s.MinimumMinor && (r.State != Pending || inTime && !placed.Before(r.Created.Add(-day))), placed, nil
}

// move brings a referral from a state into another.
func (d *Desk) move(tx *db.Tx, r *Referral, from State) error {
	n, err := tx.Exec("UPDATE referrals SET state = $1, order_id = $2, due_us = $3, moved_us = $4 WHERE customer_id = $5 AND state = $6", string(r.State), r.Order, r.Due, tx.Now, r.Friend, string(from))
	if err == nil && n == 0 {
		err = db.ErrRestart // somebody else has
	}
	r.Moved = tx.Now
	return err
}

// Brought lists whom a person brought, the newest first, from before a moment on; the zero time: from the newest on.
func Brought(tx *db.Tx, root int64, before time.Time, limit int) (all []Referral, err error) {
	members, err := customer.Members(tx, root)
	if err != nil {
		return nil, err
	}
	list, args := numbered(members)
	if before.IsZero() {
		before = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	n := len(args)
	rows, err := tx.Query(columns+" WHERE referrer_id IN ("+list+") AND created_us < $"+strconv.Itoa(n+1)+" ORDER BY created_us DESC, customer_id LIMIT $"+strconv.Itoa(n+2), append(args, before, limit)...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var r Referral
		if err := r.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Close()
}

// Counts is how many referrals stand how: of a person, or with 0 of everybody.
func Counts(tx *db.Tx, root int64) (by map[State]int64, err error) {
	query, args := "SELECT state, count(*) FROM referrals GROUP BY state", []any(nil)
	if root != 0 {
		members, err := customer.Members(tx, root)
		if err != nil {
			return nil, err
		}
		var list string
		list, args = numbered(members)
		query = "SELECT state, count(*) FROM referrals WHERE referrer_id IN (" + list + ") GROUP BY state"
	}
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	by = map[State]int64{}
	for rows.Next() {
		var state string
		var n int64
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		by[State(state)] = n
	}
	return by, rows.Close()
}

// Came are the moments at which a person, by all numbers of theirs, brought friends, the first one first; it names nobody.
func Came(tx *db.Tx, members []int64) (all []time.Time, err error) {
	list, args := numbered(members)
	rows, err := tx.Query("SELECT created_us FROM referrals WHERE referrer_id IN ("+list+") ORDER BY created_us", args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			return nil, err
		}
		all = append(all, at)
	}
	return all, rows.Close()
}

// Friends is how many friends a person, by all numbers of theirs, has brought who were worth something: for conditions.
func Friends(tx *db.Tx, members []int64) (n int64, err error) {
	list, args := numbered(members)
	if list == "" {
		return 0, nil
	}
	err = tx.QueryRow("SELECT count(*) FROM referrals WHERE referrer_id IN ("+list+") AND state = 'rewarded'", args...).Scan(&n)
	return n, err
}

// Forget takes away the code of a customer, who is being forgotten.
func Forget(tx *db.Tx, number int64) error {
	_, err := tx.Exec("DELETE FROM referral_codes WHERE customer_id = $1", number)
	return err
}

// key tells one friend of a referrer from another.
func key(friend int64) string { return fact.PublicID(fact.CustomerPrefix, friend) }

// Each gives every referral, whoever it is of.
func Each(tx *db.Tx, take func(Referral)) error {
	rows, err := tx.Query(columns)
	if err != nil {
		return err
	}
	for rows.Next() {
		var r Referral
		if err := r.scan(rows); err != nil {
			return err
		}
		take(r)
	}
	return rows.Close()
}
