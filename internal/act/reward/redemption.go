package reward

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/webhook"
	"regulars/internal/record/fact"
)

// Desk gives rewards to the customers of a business. It is safe for concurrent use.
type Desk struct {
	Ledger *points.Ledger
}

// State is how a redemption stands.
type State string

// The states.
const (
	Held     State = "held"
	Issued   State = "issued"
	Used     State = "used"
	Refunded State = "refunded"
	Void     State = "void"
)

// Prefix is of the public ids of redemptions, with their customer.
const Prefix fact.Prefix = "rdm"

// Redemption is a reward that a customer took.
type Redemption struct {
	Customer, ID int64
	Promise      Reward // the reward as it was when it was taken
	Of           int64  // its version
	State        State
	Unit         string
	Units        int64
	Code         string
	Order        string    // what the shop calls the order that it is for
	Until        time.Time // held: the end of the hold; issued: to when it is good; points.Never: for ever
	Opened       time.Time
	Version      int64
	Repeated     bool // it was there already

	hold      int64
	spendKey  string
	counted   bool
	periodDay int64
	limited   string // no, counted among those that the customer may have, or counted back
	moves     int64
	hash      []byte
}

// Over tells whether time has ended it, although nobody has written it down yet.
func (r *Redemption) Over(now time.Time) bool {
	return (r.State == Held || r.State == Issued) && !r.Until.After(now)
}

// Wish is what a customer wants.
type Wish struct {
	Customer int64 // who stands for the person
	Reward   string
	Key      string // the same key is the same wish
	Order    string // what the shop calls the order that it is for
	Actor    string
	// Hold is for how long it is held until it is issued; 0: it is issued at once.
	Hold time.Duration
	// Gift is that it costs nothing, such as a prize, and does not count among those that the customer may have.
	Gift bool
}

const longestText = 200

func (w *Wish) check() error {
	switch {
	case w.Customer == 0:
		return fault.In("customer", fault.Invalidf("a reward is somebody's"))
	case w.Key == "" || len(w.Key) > longestText:
		return fault.In("key", fault.Invalidf("a key has 1 to %d bytes", longestText))
	case w.Actor == "" || len(w.Actor) > longestText:
		return fault.In("actor", fault.Invalidf("say who gives it"))
	case len(w.Order) > longestText:
		return fault.In("order_reference", fault.Invalidf("the reference of an order has %d bytes at most", longestText))
	case w.Hold != 0 && (w.Hold < time.Second || w.Hold > points.LongestHold):
		return fault.In("hold_seconds", fault.Invalidf("a reward is held from a second to a year, not %s", w.Hold))
	}
	return nil
}

// content is what a wish is for, so that its key stands for nothing else.
func (w *Wish) content() []any {
	if w.Gift {
		return []any{w.Reward, w.Order, w.Hold, "gift"}
	}
	return []any{w.Reward, w.Order, w.Hold}
}

// Redeem gives a customer a reward: it holds or spends the units, and finds the code.
func (d *Desk) Redeem(tx *db.Tx, w Wish) (Redemption, error) {
	if err := w.check(); err != nil {
		return Redemption{}, err
	}
	text, err := json.Marshal(w.content())
	if err != nil {
		return Redemption{}, fmt.Errorf("hash a wish: %w", err)
	}
	hash := sha256.Sum256(text)
	if known, err := byKey(tx, w.Customer, w.Key); err != nil || known.ID != 0 {
		return again(known, hash[:], err)
	}
	offer, err := Load(tx, w.Reward)
	if err != nil {
		return Redemption{}, err
	}
	if err := offer.open(tx.Now); err != nil {
		return Redemption{}, err
	}
	if err := MayEnter(tx, w.Customer, &offer.Reward); err != nil {
		return Redemption{}, err
	}
	r := Redemption{Customer: w.Customer, ID: d.Ledger.IDs.New(tx.Now), Promise: offer.Reward, Of: offer.Version, State: Issued, Unit: offer.Unit,
		Units: offer.Price, Order: w.Order, Until: points.Never, Opened: tx.Now, Version: 1, moves: 1, hash: hash[:]}
	if w.Gift {
		r.Units, r.Promise.PerCustomer = 0, 0
	}
	if w.Hold != 0 {
		r.State, r.Until = Held, tx.Now.Add(w.Hold)
	} else if r.Until, err = r.goodUntil(tx.Now, d.Ledger.Zone); err != nil {
		return Redemption{}, err
	}
	if err := d.charge(tx, &r, &w, &offer); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			// What is in the way may be what the same wish, sent at the same moment, took and counted.
			if known, wrong := byKey(tx, w.Customer, w.Key); wrong != nil || known.ID != 0 {
				err = cmp.Or(wrong, db.ErrRestart)
			}
		}
		return Redemption{}, err
	}
	r.counted = offer.Left != nil
	if r.State == Issued {
		if err := d.handOver(tx, &r, &offer.Reward); err != nil {
			return Redemption{}, err
		}
	}
	if err := r.insert(tx, w.Key); err != nil {
		if db.Violates(err, "redemptions_key") { // at the same time
			return Redemption{}, db.ErrRestart
		}
		return Redemption{}, err
	}
	return r, d.moved(tx, &r, w.Actor, "")
}

// charge takes the units, and counts the redemption among those that there may be. The account first: whoever wants another of
// the same customer's waits there.
func (d *Desk) charge(tx *db.Tx, r *Redemption, w *Wish, offer *Stored) error {
	if err := d.pay(tx, r, w); err != nil {
		return err
	}
	if err := d.count(tx, r); err != nil {
		return err
	}
	return take(tx, offer)
}

// handOver gives the code, and what there is at once.
func (d *Desk) handOver(tx *db.Tx, r *Redemption, offer *Reward) (err error) {
	if r.Code, err = d.give(tx, offer, r.Customer, r.ID); err != nil {
		return err
	}
	return d.enter(tx, r)
}

func again(known Redemption, hash []byte, err error) (Redemption, error) {
	if err != nil {
		return Redemption{}, err
	}
	if !bytes.Equal(known.hash, hash) {
		return Redemption{}, fault.Coded("key_reused", fault.In("key", fault.Conflictf("the key was used for another wish; a new one needs a new key")))
	}
	known.Repeated = true
	return known, nil
}

// open refuses a reward that cannot be had now.
func (s *Stored) open(now time.Time) error {
	over, err := s.over()
	if err != nil {
		return err
	}
	switch {
	case s.Archived:
		return fault.Coded("reward_closed", fault.Conflictf("%s is not offered any more", s.Name))
	case now.Before(s.From):
		return fault.Coded("reward_closed", fault.Conflictf("%s can be had from %s on", s.Name, s.From.Format(time.RFC3339)))
	case !s.Until.IsZero() && !now.Before(s.Until):
		return fault.Coded("reward_closed", fault.Conflictf("%s could be had until %s", s.Name, s.Until.Format(time.RFC3339)))
	case !over.IsZero() && !now.Before(over):
		return fault.Coded("reward_closed", fault.Conflictf("%s could be had until %s", s.Name, over.Format(time.RFC3339)))
	case s.Left != nil && *s.Left == 0:
		return noneLeft(s.Name)
	}
	return nil
}

func noneLeft(name string) error {
	return fault.Coded("none_left", fault.Conflictf("there is none left of %s", name))
}

// goodUntil is when what is issued now runs out: at the beginning of a day on the clocks of the business, or when it is nothing any
// more by what it is.
func (r *Redemption) goodUntil(now time.Time, zone *time.Location) (time.Time, error) {
	if at, err := r.Promise.goodTo(zone); err != nil || !at.IsZero() {
		return at, err
	}
	if r.Promise.GoodDays == 0 || r.Promise.Kind.Dated() {
		return points.Never, nil
	}
	y, m, day := now.In(zone).Date()
	return time.Date(y, m, day+r.Promise.GoodDays+1, 0, 0, 0, 0, zone).UTC(), nil
}

// cause is what the ledger says the units were for.
func (r *Redemption) cause() string { return causes + strconv.FormatInt(r.ID, 10) }

const causes = "redemption:"

// redeemed is the redemption of a cause.
func redeemed(cause string) (id int64, err error) {
	return strconv.ParseInt(strings.TrimPrefix(cause, causes), 10, 64)
}

func (r *Redemption) act(actor, what string) points.Act {
	return points.Act{Customer: r.Customer, Unit: r.Unit, Key: r.cause() + "/" + what, Cause: r.cause(), Actor: actor}
}

// pay holds the units, or spends them.
func (d *Desk) pay(tx *db.Tx, r *Redemption, w *Wish) error {
	if r.Units == 0 {
		if r.State == Held {
			r.hold = -1 // nothing to hold
		}
		return nil
	}
	if r.State == Held {
		receipt, err := d.Ledger.Hold(tx, r.act(w.Actor, "hold"), r.Units, w.Hold)
		r.hold = receipt.Hold
		return err
	}
	a := r.act(w.Actor, "spend")
	r.spendKey = a.Key
	_, err := d.Ledger.Spend(tx, a, r.Units)
	return err
}

// count counts the redemption among those that the customer may have in the period.
func (d *Desk) count(tx *db.Tx, r *Redemption) error {
	most := r.Promise.PerCustomer
	r.periodDay = r.Promise.Period.Begins(fact.At(tx.Now, d.Ledger.Zone))
	if r.limited = "no"; most == 0 {
		return nil
	}
	r.limited = "counted"
	n, err := tx.Exec(`INSERT INTO reward_uses (customer_id, reward, period_day, uses) VALUES ($1, $2, $3, 1)
		ON CONFLICT (customer_id, reward, period_day) DO UPDATE SET uses = reward_uses.uses + 1 WHERE reward_uses.uses < $4`,
		r.Customer, r.Promise.Reward, r.periodDay, most)
	if err == nil && n == 0 {
		err = limitReached(&r.Promise)
	}
	return err
}

func limitReached(r *Reward) error {
	return fault.Coded("limit_reached", fault.Conflictf("the customer has had %s as often as one may%s: %d", r.Name, r.Period.words(), r.PerCustomer))
}

func (p Period) words() string {
	if p == Ever {
		return ""
	}
	return " in a " + string(p)
}

// uncount is the way back of count and take.
func uncount(tx *db.Tx, r *Redemption) error {
	if r.limited == "counted" {
		r.limited = "back"
		if _, err := tx.Exec("UPDATE reward_uses SET uses = uses - 1 WHERE customer_id = $1 AND reward = $2 AND period_day = $3 AND uses > 0",
			r.Customer, r.Promise.Reward, r.periodDay); err != nil {
			return err
		}
	}
	if !r.counted {
		return nil
	}
	_, err := tx.Exec("UPDATE rewards SET left_count = left_count + 1 WHERE reward = $1 AND left_count IS NOT NULL", r.Promise.Reward)
	return err
}

// take takes one of those that are left.
func take(tx *db.Tx, s *Stored) error {
	if s.Left == nil {
		return nil
	}
	n, err := tx.Exec("UPDATE rewards SET left_count = left_count - 1 WHERE reward = $1 AND left_count > 0 AND NOT archived", s.Reward.Reward)
	if err == nil && n == 0 {
		err = noneLeft(s.Name)
	}
	return err
}

func (r *Redemption) insert(tx *db.Tx, key string) error {
	promise, err := json.Marshal(r.Promise)
	if err != nil {
		return fmt.Errorf("write a redemption: %w", err)
	}
	_, err = tx.Exec(`INSERT INTO redemptions (customer_id, redemption_id, key, hash, reward, reward_version, promise, state, unit, units, hold_id, spend_key,
		counted, period_day, limited, code, order_ref, until_us, opened_us, version, moves) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
		$14, $15, $16, $17, $18, $19, 1, 1)`, r.Customer, r.ID, key, r.hash, r.Promise.Reward, r.Of, string(promise), string(r.State), r.Unit, r.Units, r.hold,
		r.spendKey, r.counted, r.periodDay, r.limited, r.Code, r.Order, r.Until, r.Opened)
	return err
}

const redemptionColumns = `SELECT customer_id, redemption_id, hash, reward_version, promise, state, unit, units, hold_id, spend_key, counted, period_day, limited,
	code, order_ref, until_us, opened_us, version, moves FROM redemptions`

func (r *Redemption) scan(row interface{ Scan(targets ...any) error }) error {
	var promise, state string
	if err := row.Scan(&r.Customer, &r.ID, &r.hash, &r.Of, &promise, &state, &r.Unit, &r.Units, &r.hold, &r.spendKey, &r.counted, &r.periodDay, &r.limited,
		&r.Code, &r.Order, &r.Until, &r.Opened, &r.Version, &r.moves); err != nil {
		return err
	}
	r.State = State(state)
	if err := json.Unmarshal([]byte(promise), &r.Promise); err != nil {
		return fmt.Errorf("the promise of redemption %d: %w", r.ID, err)
	}
	return nil
}

// byKey is the redemption of a key; its ID is 0 where there is none.
func byKey(tx *db.Tx, customer int64, key string) (r Redemption, err error) {
	err = r.scan(tx.QueryRow(redemptionColumns+" WHERE customer_id = $1 AND key = $2", customer, key))
	if errors.Is(err, sql.ErrNoRows) {
		return Redemption{}, nil
	}
	return r, err
}

// Get reads a redemption.
func Get(tx *db.Tx, customer, id int64) (r Redemption, err error) {
	err = r.scan(tx.QueryRow(redemptionColumns+" WHERE customer_id = $1 AND redemption_id = $2", customer, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Coded("redemption_not_found", fault.In("id", fault.NotFoundf("there is no such redemption")))
	}
	return r, err
}

// Of lists what customers, who are one person, have taken, the newest first, from behind one on; 0: from the newest on.
func Of(tx *db.Tx, customers []int64, before int64, limit int) (found []Redemption, err error) {
	if len(customers) == 0 {
		return nil, nil
	}
	list, args := among(customers, before, limit)
	return redemptions(tx, " WHERE customer_id IN ("+list+") AND (redemption_id < $1 OR $1 = 0) ORDER BY redemption_id DESC, customer_id LIMIT $2", args...)
}

// among lists customers for a query, behind what else it is given.
func among(customers []int64, args ...any) (list string, all []any) {
	for _, c := range customers {
		args = append(args, c)
		list += ", $" + strconv.Itoa(len(args))
	}
	return list[2:], args
}

func redemptions(tx *db.Tx, where string, args ...any) (found []Redemption, err error) {
	rows, err := tx.Query(redemptionColumns+where, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var r Redemption
		if err := r.scan(rows); err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, rows.Close()
}

// Move is what became of a redemption once.
type Move struct {
	State  State
	Actor  string
	Reason string
	At     time.Time
}

// Moves lists what became of a redemption, in order.
func (r *Redemption) Moves(tx *db.Tx) (all []Move, err error) {
	rows, err := tx.Query("SELECT state, actor, reason, at_us FROM redemption_moves WHERE customer_id = $1 AND redemption_id = $2 ORDER BY move_no", r.Customer, r.ID)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var m Move
		var state string
		if err := rows.Scan(&state, &m.Actor, &m.Reason, &m.At); err != nil {
			return nil, err
		}
		m.State = State(state)
		all = append(all, m)
	}
	return all, rows.Close()
}

// moved writes down what became of it, and tells.
func (d *Desk) moved(tx *db.Tx, r *Redemption, actor, reason string) error {
	if _, err := tx.Exec("INSERT INTO redemption_moves (customer_id, redemption_id, move_no, state, actor, reason, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		r.Customer, r.ID, r.moves, string(r.State), actor, reason, tx.Now); err != nil {
		return err
	}
	if wanted, err := d.Ledger.Teller.Wanted(tx, Changed); !wanted || err != nil {
		return err
	}
	return d.Ledger.Teller.Tell(tx, webhook.Event{Type: Changed, Data: told{ID: fact.PublicID(Prefix, r.ID, r.Customer),
		Customer: fact.PublicID(fact.CustomerPrefix, r.Customer), Reward: r.Promise.Reward, State: r.State, Order: r.Order}})
}

// Changed is the type of the message that a redemption changed its state.
const Changed = "redemption.changed"

type told struct {
	ID       string `json:"id"`
	Customer string `json:"customer_id"`
	Reward   string `json:"reward"`
	State    State  `json:"state"`
	Order    string `json:"order_reference,omitempty"`
}

// Types is what programs outside are told of rewards.
func Types() []webhook.Type {
	text := func(name, meaning string) webhook.Field {
		return webhook.Field{Name: name, Kind: "string", Meaning: meaning}
	}
	return []webhook.Type{{Name: Changed, When: "A customer took a reward, or what they took was used, given back, taken back or ran out.", Fields: []webhook.Field{
		text("id", "The redemption, as /v1/redemptions/{id} takes it."),
		text("customer_id", "Whose it is."),
		text("reward", "Which reward."),
		text("state", "held, issued, used, refunded or void."),
		text("order_reference", "What the shop calls the order that it is for; left out where none was named."),
	}}}
}
