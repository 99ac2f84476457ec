package byhand

import (
	"database/sql"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// State is what became of a request.
type State string

// The states.
const (
	Waiting   State = "waiting"
	Approved  State = "approved"  // and the units moved
	Declined  State = "declined"  // with a reason
	Withdrawn State = "withdrawn" // by whoever asked, or because the customer was erased
)

// States lists all of them.
func States() []State { return []State{Waiting, Approved, Declined, Withdrawn} }

// RequestPrefix is that of the public id of a request, with its customer.
const RequestPrefix fact.Prefix = "apr"

// Request is units that somebody asked to give or take beyond their own limit.
type Request struct {
	Customer, ID int64
	Key          string // of the form it was asked by: the same again is the same request
	Unit         string
	Units        int64 // above zero: to give; below: to take
	Reason       string
	Asker        string
	Asked        time.Time
	State        State
	By           string // who decided; empty: nobody has
	Decided      time.Time
	Answer       string // what they said of it
	Moved        int64  // the customer whose account moved; 0: none has
	Operation    int64
}

// Public is the id of the request.
func (r *Request) Public() string { return fact.PublicID(RequestPrefix, r.ID, r.Customer) }

const causePrefix = "approval:"

// Cause is what the ledger says an approved request was for.
func (r *Request) Cause() string { return causePrefix + r.Public() }

const requestColumns = `SELECT customer_id, request_id, key, unit, units, reason, asked_by, asked_us, state, decided_by, decided_us, answer,
	moved_customer, operation_id FROM by_hand_requests`

func requests(tx *db.Tx, rest string, args ...any) (all []Request, err error) {
	rows, err := tx.Query(requestColumns+rest, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var r Request
		var state string
		var decided sql.Null[time.Time]
		var moved, operation sql.Null[int64]
		if err := rows.Scan(&r.Customer, &r.ID, &r.Key, &r.Unit, &r.Units, &r.Reason, &r.Asker, &r.Asked, &state, &r.By, &decided, &r.Answer, &moved, &operation); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		r.State, r.Decided, r.Moved, r.Operation = State(state), decided.V, moved.V, operation.V
		all = append(all, r)
	}
	return all, rows.Close()
}

// Filter says which requests are asked for.
type Filter struct {
	States []State // none: in any
	Whose  []int64 // the numbers of a person; none: anybody's
	Asker  string  // who asked; empty: whoever did
	// Since leaves out what was decided before; zero: nothing.
	Since time.Time
}

// Requests lists requests, the newest first, from before one on; 0: from the newest on.
func Requests(tx *db.Tx, f Filter, before int64, limit int) ([]Request, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	where, args := " WHERE request_id < $1", []any{before, limit}
	among := func(column string, values []any) {
		if len(values) == 0 {
			return
		}
		var list []string
		for _, value := range values {
			args = append(args, value)
			list = append(list, "$"+strconv.Itoa(len(args)))
		}
		where += " AND " + column + " IN (" + strings.Join(list, ", ") + ")"
	}
	var states, whose []any
	for _, s := range f.States {
		states = append(states, string(s))
	}
	for _, n := range f.Whose {
		whose = append(whose, n)
	}
	among("state", states)
	among("customer_id", whose)
	if f.Asker != "" {
		among("asked_by", []any{f.Asker})
	}
	if !f.Since.IsZero() {
		args = append(args, f.Since)
		where += " AND (decided_us IS NULL OR decided_us >= $" + strconv.Itoa(len(args)) + ")"
	}
	return requests(tx, where+" ORDER BY request_id DESC LIMIT $2", args...)
}

// RequestOf reads a request by its public id.
func RequestOf(tx *db.Tx, public string) (r Request, err error) {
	if err := fact.ParsePublicID(RequestPrefix, public, &r.ID, &r.Customer); err != nil {
		return r, err
	}
	all, err := requests(tx, " WHERE customer_id = $1 AND request_id = $2", r.Customer, r.ID)
	if err == nil && len(all) == 0 {
		err = fault.Coded("approval_not_found", fault.NotFoundf("nobody has asked for such an approval"))
	}
	if err != nil {
		return r, err
	}
	return all[0], nil
}

// OfCause reads the request that a cause of the ledger names; ok is false where it names none.
func OfCause(tx *db.Tx, cause string) (r Request, ok bool, err error) {
	public, named := strings.CutPrefix(cause, causePrefix)
	if !named {
		return r, false, nil
	}
	r, err = RequestOf(tx, public)
	return r, err == nil, err
}

// lets tells whether so many units are within a limit, for who has moved nothing else on the day.
func (l *Limit) lets(units int64) bool {
	return (l.Once == 0 || units <= l.Once) && (l.Day == 0 || units <= l.Day)
}

// May tells whether a person may do what another asked for: somebody else, who could give as much by themselves.
func (r *Request) May(tx *db.Tx, u *account.User) (bool, error) {
	if u.ID == r.Asker || !u.Actor().May(account.PointsAdjust) {
		return false, nil
	}
	limit, err := limitNow(tx, string(u.Role), r.Unit)
	return limit.lets(max(r.Units, -r.Units)), err
}

// anybody tells whether there is somebody who may decide.
func (r *Request) anybody(tx *db.Tx) (bool, error) {
	users, err := account.Users(tx)
	if err != nil {
		return false, err
	}
	for i := range users {
		if may, err := r.May(tx, &users[i]); may || err != nil {
			return may, err
		}
	}
	return false, nil
}

// checkText trims what somebody wrote beside a decision, and refuses what cannot be kept.
func checkText(field, text string, needed bool, most int) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case needed && text == "":
		return "", fault.In(field, fault.Coded("required", fault.Invalidf("say why")))
	case len(text) > most:
		return "", fault.In(field, fault.Coded("too_long", fault.Invalidf("it has %d bytes at most", most)))
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", fault.In(field, fault.Coded("no_text", fault.Invalidf("it holds signs that are no characters")))
	}
	return text, nil
}

const longestReason = 200 // bytes, as the ledger has it

// Askable tells whether it is of use to ask for units beyond one's limit: there is somebody who may approve them.
func Askable(tx *db.Tx, by account.Actor, unit string, units int64) (bool, error) {
	if by.Kind != account.Person || units == 0 {
		return false, nil
	}
	return (&Request{Asker: by.ID, Unit: unit, Units: units}).anybody(tx)
}

// Ask keeps what a person wants to give or take beyond their limit until somebody else decides. The same key is the same request;
// fresh tells whether it was asked for just now.
func Ask(tx *db.Tx, ids *fact.IDs, by account.Actor, want Request) (r Request, fresh bool, err error) {
	switch {
	case by.Kind != account.Person:
		return r, false, fault.Forbiddenf("only a person asks for an approval")
	case want.Key == "" || len(want.Key) > longestReason:
		return r, false, fault.In("key", fault.Invalidf("a request needs a key of 1 to %d bytes", longestReason))
	case want.Units == 0 || want.Units > Most || want.Units < -Most:
		return r, false, fault.In("units", fault.Coded("out_of_range", fault.Invalidf("it is %d at most, and not nothing", Most)))
	}
	if want.Reason, err = checkText("reason", want.Reason, true, longestReason); err != nil {
		return r, false, err
	}
	if err := by.Require(account.PointsAdjust); err != nil {
		return r, false, err
	}
	if _, err := points.LoadUnit(tx, want.Unit); err != nil {
		return r, false, fault.In("unit", err)
	}
	if err := customer.HoldAny(tx, want.Customer); err != nil {
		return r, false, err
	}
	known, err := requests(tx, " WHERE customer_id = $1 AND key = $2", want.Customer, want.Key)
	if err != nil || len(known) > 0 {
		if err == nil && (known[0].Asker != by.ID || known[0].Unit != want.Unit || known[0].Units != want.Units || known[0].Reason != want.Reason) {
			err = fault.In("key", fault.Coded("key_reused", fault.Conflictf("this form was sent before with something else on it")))
		}
		if err != nil {
			return r, false, err
		}
		return known[0], false, nil
	}
	r = Request{Customer: want.Customer, ID: ids.New(tx.Now), Key: want.Key, Unit: want.Unit, Units: want.Units, Reason: want.Reason, Asker: by.ID, Asked: tx.Now, State: Waiting}
	some, err := r.anybody(tx)
	if err == nil && !some {
		err = fault.Coded("nobody_approves", fault.Conflictf("there is nobody else here who may move so many %s", want.Unit))
	}
	if err != nil {
		return r, false, err
	}
	if _, err := tx.Exec(`INSERT INTO by_hand_requests (customer_id, request_id, key, unit, units, reason, asked_by, asked_us, state, decided_by, decided_us, answer, moved_customer, operation_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', '', NULL, '', NULL, NULL)`, r.Customer, r.ID, r.Key, r.Unit, r.Units, r.Reason, r.Asker, r.Asked); err != nil {
		return r, false, err
	}
	return r, true, r.record(tx, by, "points.asked", "unit", "units", "reason")
}

func (r *Request) record(tx *db.Tx, by account.Actor, action string, fields ...string) error {
	return account.Record(tx, account.Entry{Actor: by, Action: action, Target: r.Public(), Fields: fields, Count: 1, Request: by.Request})
}
