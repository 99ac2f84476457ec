package fraud

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// Desk looks for what should be flagged.
type Desk struct {
	IDs  *fact.IDs
	Zone *time.Location
}

const (
	day = 24 * time.Hour
	// lately is how far back single days are looked at, window how far what builds up slowly is.
	lately = 30
	window = 90
)

// finding is what would be a flag, if it is none yet.
type finding struct {
	customer int64
	kind     Kind
	about    string
	through  time.Time
	evidence Evidence
}

// about tells what was decided of whom.
type about struct {
	customer int64
	kind     Kind
	about    string
}

// look is one time of looking: what is known at its beginning.
type look struct {
	*Desk

	settings Settings
	now      time.Time
	roots    map[int64]int64     // of those who were merged
	numbers  map[int64][]int64   // the other way about
	decided  map[about]time.Time // up to when what was found has been decided about
	groups   []*Flag             // those that are about several customers
	staff    map[string]account.User
	alike    map[string]map[int64]int64 // attribute -> customer -> the one that stands for all who have the same
	mailbox  map[int64]string           // customers whose e-mail is that of one of staff
}

// Look looks at everything, and gives how many flags were not there before.
func (d *Desk) Look(ctx context.Context, store *db.DB) (made int, err error) {
	l := &look{Desk: d}
	if err := store.Read(ctx, l.begin); err != nil {
		return 0, err
	}
	for _, check := range []func(tx *db.Tx) ([]finding, error){l.orders, l.units, l.shared, l.byHand, l.returns, l.referrals} { // shared comes before those who ask it
		var found []finding
		if err := store.Read(ctx, func(tx *db.Tx) (err error) { found, err = check(tx); return err }); err != nil {
			return made, err
		}
		for i := range found {
			fresh := false
			if err := store.Write(ctx, func(tx *db.Tx) (err error) { fresh, err = l.keep(tx, &found[i]); return err }); err != nil {
				return made, err
			}
			if fresh {
				made++
			}
		}
	}
	return made, nil
}

// begin reads what every check asks for.
func (l *look) begin(tx *db.Tx) (err error) {
	l.now, l.numbers, l.decided, l.groups, l.staff = tx.Now, map[int64][]int64{}, map[about]time.Time{}, nil, map[string]account.User{}
	if l.settings, err = LoadSettings(tx); err != nil {
		return err
	}
	if l.roots, err = customer.Merged(tx); err != nil {
		return err
	}
	for alias, root := range l.roots {
		l.numbers[root] = append(l.numbers[root], alias)
	}
	users, err := account.Users(tx)
	if err != nil {
		return err
	}
	for i := range users {
		l.staff[users[i].ID] = users[i]
	}
	flags, err := read(tx, columns)
	for i := range flags {
		f := &flags[i]
		if f.Kind == Shared || f.Kind == Ring {
			l.groups = append(l.groups, f)
		}
		if k := (about{l.root(f.Customer), f.Kind, f.About}); f.State != Open && f.Through.After(l.decided[k]) {
			l.decided[k] = f.Through
		}
	}
	return err
}

func (l *look) root(number int64) int64 {
	if root, merged := l.roots[number]; merged {
		return root
	}
	return number
}

// members are all numbers of a person.
func (l *look) members(root int64) []int64 { return append([]int64{root}, l.numbers[root]...) }

// since is from when on what happened to a customer counts for a flag: what was decided about does not any more.
func (l *look) since(root int64, kind Kind, what string) time.Time {
	return l.decided[about{root, kind, what}]
}

func (l *look) localDay(days int64) time.Time {
	return time.UnixMicro(fact.At(l.now, l.Zone).Local).UTC().Truncate(day).AddDate(0, 0, -int(days))
}

// mostShown bounds how many customers a flag names.
const mostShown = 200

// group makes a finding about several customers, unless what is decided already says all of it. Where it is about those of an
// open flag, it is that flag.
func (l *look) group(kind Kind, what string, roots []int64, newest time.Time, e Evidence) (f finding, ok bool) {
	slices.Sort(roots)
	e.Count = int64(len(roots))
	e.Customers = roots[:min(len(roots), mostShown)]
	f = finding{customer: roots[0], kind: kind, about: what, through: newest, evidence: e}
	for _, flag := range l.groups {
		if flag.Kind != kind || flag.About != what {
			continue
		}
		known := map[int64]bool{l.root(flag.Customer): true}
		for _, c := range flag.Evidence.Customers {
			known[l.root(c)] = true
		}
		in := func(c int64) bool { return known[c] }
		switch {
		case flag.State != Open && e.Count <= flag.Evidence.Count && !slices.ContainsFunc(e.Customers, func(c int64) bool { return !known[c] }):
			return f, false
		case flag.State == Open && slices.ContainsFunc(e.Customers, in):
			f.customer = flag.Customer
		}
	}
	return f, true
}

// keep makes a flag of a finding, or brings the one that is open up to date; fresh tells that it was not there.
func (l *look) keep(tx *db.Tx, f *finding) (fresh bool, err error) {
	root, err := customer.Root(tx, f.customer)
	if err != nil {
		return false, err
	}
	if gone, err := customer.Get(tx, root); err != nil || !gone.Erased.IsZero() {
		return false, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return false, err
	}
	text, err := json.Marshal(f.evidence)
	if err != nil {
		return false, fmt.Errorf("write the evidence of a flag: %w", err)
	}
	known, err := List(tx, Filter{Kind: f.kind, Whose: members}, 0, mostOfOne)
	if err != nil {
		return false, err
	}
	for i := range known {
		k := &known[i]
		switch {
		case k.About != f.about:
		case k.State == Open:
			_, err := tx.Exec("UPDATE fraud_flags SET evidence = $1, through_us = $2 WHERE customer_id = $3 AND flag_id = $4 AND state = 'open' AND evidence <> $1",
				string(text), f.through, k.Customer, k.ID)
			return false, err
		case k.Decided.After(l.now):
			return false, nil // somebody has, while we looked
		}
	}
	n, err := tx.Exec(`INSERT INTO fraud_flags (customer_id, flag_id, kind, about, evidence, through_us, state, found_us, decided_us, decided_by, reason)
		VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, 0, '', '') ON CONFLICT DO NOTHING`, root, l.IDs.New(tx.Now), string(f.kind), f.about, string(text), f.through, tx.Now)
	return n == 1, err
}
