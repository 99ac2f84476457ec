package fraud

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// Kind is what a flag is about.
type Kind string

// The kinds.
const (
	ManyOrders  Kind = "many_orders"   // more orders on a day than a customer usually places
	ManyUnits   Kind = "many_units"    // more units earned on a day than anybody usually earns
	StaffOwn    Kind = "staff_own"     // somebody of staff gave units, or entered sales, for themselves
	StaffOne    Kind = "staff_one"     // somebody of staff gave most of what they gave by hand to one customer
	ReturnLoop  Kind = "return_loop"   // orders came back after units had been spent, again and again
	Shared      Kind = "shared"        // several customers have the same phone, card, device, address or mailbox
	Ring        Kind = "referral_ring" // customers who brought each other, or themselves
	FewComeBack Kind = "friends_gone"  // of the friends that a customer brought hardly any bought again
	FriendsAlso Kind = "friends_alike" // friends that a customer brought have the same contact as the customer
)

// Kinds lists all of them.
func Kinds() []Kind {
	return []Kind{StaffOwn, StaffOne, ReturnLoop, Ring, FriendsAlso, FewComeBack, Shared, ManyOrders, ManyUnits}
}

// High tells whether a flag of the kind lets what is earned wait for longer.
func (k Kind) High() bool {
	switch k {
	case StaffOwn, StaffOne, ReturnLoop, Ring, FriendsAlso:
		return true
	}
	return false
}

// State is what became of a flag.
type State string

// The states.
const (
	Open      State = "open"
	Cleared   State = "cleared"   // a person says that it is nothing
	Confirmed State = "confirmed" // a person says that it is misuse
)

// States lists all of them.
func States() []State { return []State{Open, Cleared, Confirmed} }

// Prefix is that of the public id of a flag, with its customer.
const Prefix fact.Prefix = "flg"

// Evidence is what was found, in numbers; what a kind has nothing to say of is left out.
type Evidence struct {
	Day        string   `json:"day,omitempty"`        // on which it happened
	Days       int64    `json:"days,omitempty"`       // over how many days was looked
	Orders     int64    `json:"orders,omitempty"`     // how many
	Usual      float64  `json:"usual,omitempty"`      // how many there usually are; of a share, percent
	Units      int64    `json:"units,omitempty"`      // how many units it is about
	Unit       string   `json:"unit,omitempty"`       // of what
	Times      int64    `json:"times,omitempty"`      // how often
	All        int64    `json:"all,omitempty"`        // units that were given by hand altogether
	Staff      string   `json:"staff,omitempty"`      // who gave
	Attribute  string   `json:"attribute,omitempty"`  // what is the same; mailbox for e-mail addresses
	Customers  []int64  `json:"customers,omitempty"`  // who has it, or is part of it
	Count      int64    `json:"count,omitempty"`      // how many customers that are; Customers may be cut off
	Friends    int64    `json:"friends,omitempty"`    // how many friends were brought
	Gone       int64    `json:"gone,omitempty"`       // of whom so many did not buy again, or are alike
	OrderIDs   []int64  `json:"order_ids,omitempty"`  // of this customer's numbers, with Owners beside them
	Owners     []int64  `json:"owners,omitempty"`     //
	References []string `json:"references,omitempty"` // what outside systems call these orders
}

// Flag is something to be looked at.
type Flag struct {
	Customer, ID int64
	Kind         Kind
	About        string
	Evidence     Evidence
	Through      time.Time // the newest moment that it tells of
	State        State
	Found        time.Time
	Decided      time.Time // zero while it is open
	By, Reason   string    // who decided, and why
}

const columns = "SELECT customer_id, flag_id, kind, about, evidence, through_us, state, found_us, decided_us, decided_by, reason FROM fraud_flags"

func (f *Flag) scan(row interface{ Scan(targets ...any) error }) error {
	var kind, evidence, state string
	var decided int64
	if err := row.Scan(&f.Customer, &f.ID, &kind, &f.About, &evidence, &f.Through, &state, &f.Found, &decided, &f.By, &f.Reason); err != nil {
		return err
	}
	f.Kind, f.State = Kind(kind), State(state)
	if decided != 0 {
		f.Decided = time.UnixMicro(decided)
	}
	if err := json.Unmarshal([]byte(evidence), &f.Evidence); err != nil {
		return fmt.Errorf("the evidence of a flag: %w", err)
	}
	return nil
}

func read(tx *db.Tx, query string, args ...any) (all []Flag, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var f Flag
		if err := f.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, rows.Close()
}

// Filter says which flags are asked for.
type Filter struct {
	Kind  Kind    // empty: of any
	State State   // empty: in any
	Whose []int64 // the numbers of a person; nil: anybody's
}

// List gives flags, the newest first, from before one on; 0: from the newest on.
func List(tx *db.Tx, f Filter, before int64, limit int) ([]Flag, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	where, args := " WHERE flag_id < $1", []any{before, limit}
	add := func(column string, value any) {
		args = append(args, value)
		where += " AND " + column + " = $" + strconv.Itoa(len(args))
	}
	if f.Kind != "" {
		add("kind", string(f.Kind))
	}
	if f.State != "" {
		add("state", string(f.State))
	}
	if f.Whose != nil {
		list := make([]string, len(f.Whose))
		for i, n := range f.Whose {
			args = append(args, n)
			list[i] = "$" + strconv.Itoa(len(args))
		}
		where += " AND customer_id IN (" + strings.Join(list, ", ") + ")"
	}
	return read(tx, columns+where+" ORDER BY flag_id DESC LIMIT $2", args...)
}

// Get reads a flag.
func Get(tx *db.Tx, who, id int64) (Flag, error) {
	all, err := read(tx, columns+" WHERE customer_id = $1 AND flag_id = $2", who, id)
	if err != nil {
		return Flag{}, err
	}
	if len(all) == 0 {
		return Flag{}, fault.Coded("flag_not_found", fault.NotFoundf("there is no such flag"))
	}
	return all[0], nil
}

// Waiting is how many flags are open.
func Waiting(tx *db.Tx) (n int64, err error) {
	err = tx.QueryRow("SELECT count(*) FROM fraud_flags WHERE state = 'open'").Scan(&n)
	return n, err
}

const longestReason = 1000

// Decide closes a flag; reason says why. Decided alike again, for the same reason, it is the same.
func Decide(tx *db.Tx, who, id int64, to State, actor, reason string) (f Flag, err error) {
	reason = strings.TrimSpace(reason)
	switch {
	case to != Cleared && to != Confirmed:
		return f, fault.Invalidf("a flag is cleared or confirmed, not %q", string(to))
	case reason == "":
		return f, fault.In("reason", fault.Coded("required", fault.Invalidf("say why")))
	case utf8.RuneCountInString(reason) > longestReason:
		return f, fault.In("reason", fault.Coded("too_long", fault.Invalidf("a reason has %d signs at most", longestReason)))
	}
	if f, err = Get(tx, who, id); err != nil {
		return f, err
	}
	if f.Evidence.Staff == actor {
		if err := Alone(tx, actor); err != nil {
			return f, err
		}
	}
	n, err := tx.Exec("UPDATE fraud_flags SET state = $1, decided_us = $2, decided_by = $3, reason = $4 WHERE customer_id = $5 AND flag_id = $6 AND state = 'open'",
		string(to), tx.Now, actor, reason, who, id)
	if err != nil {
		return f, err
	}
	if f, err = Get(tx, who, id); err != nil || n == 1 {
		return f, err
	}
	if f.State == to && f.By == actor && f.Reason == reason {
		return f, nil
	}
	return f, fault.Coded("flag_decided", fault.Conflictf("somebody has decided about this flag already"))
}

// Alone refuses somebody who would decide about what they did themselves, unless nobody else is there who may.
func Alone(tx *db.Tx, user string) error {
	users, err := account.Users(tx)
	if err != nil {
		return err
	}
	for i := range users {
		if u := &users[i]; u.ID != user && u.State == account.Active && slices.Contains(u.Role.Permissions(), account.PointsAdjust) {
			return fault.Coded("own_flag", fault.Forbiddenf("this is about what you did; somebody else is to decide about it"))
		}
	}
	return nil
}

// Forget takes away what was flagged about a customer, who is being forgotten.
func Forget(tx *db.Tx, number int64) error {
	_, err := tx.Exec("DELETE FROM fraud_flags WHERE customer_id = $1", number)
	return err
}

// Longer is for how many days more what a customer earns now is pending: 0, unless a flag of high risk is open.
func Longer(tx *db.Tx, who int64) (days int, err error) {
	root, err := customer.Root(tx, who)
	if err != nil {
		return 0, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return 0, err
	}
	open, err := List(tx, Filter{State: Open, Whose: members}, 0, mostOfOne)
	if err != nil {
		return 0, err
	}
	for i := range open {
		if open[i].Kind.High() {
			s, err := LoadSettings(tx)
			return int(s.PendingDays), err
		}
	}
	return 0, nil
}

// mostOfOne bounds how many flags of one person are looked at.
const mostOfOne = 1000
