package referral

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"maps"
	"slices"
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
	Order            int64     // that counts
	OrderCustomer    int64     // the number of the friend that it lies with
	Version          int64     // of the programme, by which it counts; 0: none was in force when this began to be kept
	Due              time.Time // where it is qualified: when it gives
	Created, Moved   time.Time
}

const columns = "SELECT customer_id, referrer_id, code, state, order_id, order_customer_id, programme_version, due_us, created_us, moved_us FROM referrals"

func (r *Referral) scan(row interface{ Scan(targets ...any) error }) error {
	var state string
	err := row.Scan(&r.Friend, &r.Referrer, &r.Code, &state, &r.Order, &r.OrderCustomer, &r.Version, &r.Due, &r.Created, &r.Moved)
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
	all, err := of(tx, members)
	if err != nil || len(all) == 0 {
		return r, false, err
	}
	return all[0], true, nil
}

// of are the referrals of all numbers of a person, the first first.
func of(tx *db.Tx, members []int64) (all []Referral, err error) {
	list, args := numbered(members)
	return read(tx, " WHERE customer_id IN ("+list+") ORDER BY created_us, customer_id", args...)
}

func read(tx *db.Tx, which string, args ...any) (all []Referral, err error) {
	rows, err := tx.Query(columns+which, args...)
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

func refused(code, format string, args ...any) error {
	return fault.In("code", fault.Coded(code, fault.Conflictf(format, args...)))
}

var findFriends = db.NewLookup("SELECT customer_id FROM referrals", "customer_id BIGINT")

// Among finds those of many customers whom somebody has brought, under whichever of their numbers.
func Among(tx *db.Tx, customers []int64) (friends map[int64]bool, err error) {
	roots, err := customer.Roots(tx, customers)
	if err != nil {
		return nil, err
	}
	others, err := customer.Others(tx, slices.Collect(maps.Values(roots)))
	if err != nil {
		return nil, err
	}
	root := map[int64]int64{}
	var keys []any
	for _, r := range roots {
		if _, there := root[r]; there {
			continue
		}
		for _, member := range append([]int64{r}, others[r]...) {
			root[member] = r
			keys = append(keys, member)
		}
	}
	brought := map[int64]bool{}
	if err := findFriends.Each(tx, keys, func(r *db.Rows) error {
		var who int64
		err := r.Scan(&who)
		brought[root[who]] = true
		return err
	}); err != nil {
		return nil, err
	}
	friends = map[int64]bool{}
	for _, c := range customers {
		if brought[roots[c]] {
			friends[c] = true
		}
	}
	return friends, nil
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
	// Two who bring each other at the same moment, or three in a round, would each find nobody there.
	if err := customer.Alone(tx); err != nil {
		return r, err
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
	return read(tx, " WHERE referrer_id IN ("+list+") AND created_us < $"+strconv.Itoa(n+1)+" ORDER BY created_us DESC, customer_id LIMIT $"+strconv.Itoa(n+2), append(args, before, limit)...)
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
