package points

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/webhook"
	"regulars/internal/record/fact"
)

// Ledger is the ledger of a business. It is safe for concurrent use; two with the same ids may stand side by side.
type Ledger struct {
	IDs    *fact.IDs
	Zone   *time.Location  // of the business: its calendar says when units expire
	Teller *webhook.Teller // told what moves; nil: nobody is
}

// New makes the ledger of a business whose clocks show the zone.
func New(zone *time.Location) *Ledger { return &Ledger{IDs: &fact.IDs{}, Zone: zone} }

// Act says whose account an operation moves, by what, why and for whom. All but Rule and Reason must be there. Texts hold
// ids, not names.
type Act struct {
	Customer int64
	Unit     string
	Key      string // of the operation, of this customer: the same key is the same operation
	Cause    string // such as order:123
	Actor    string // who did it: user:7, key:3, system
	Rule     string // version of the rule that asked for it
	Reason   string // in words, where a person decides
}

const longestText = 200

func (a *Act) check() error {
	if a.Customer == 0 {
		return fault.In("customer", fault.Invalidf("an operation on units needs a customer"))
	}
	for _, f := range []struct {
		name, value string
		must        bool
	}{{"key", a.Key, true}, {"cause", a.Cause, true}, {"actor", a.Actor, true}, {"rule", a.Rule, false}, {"reason", a.Reason, false}} {
		if f.must && f.value == "" || len(f.value) > longestText {
			return fault.In(f.name, fault.Invalidf("an operation on units needs a %s of 1 to %d bytes", f.name, longestText))
		}
	}
	return nil
}

// Receipt is what an operation did. The same operation again gives the same, but for Repeated.
type Receipt struct {
	Operation int64     `json:"operation"`
	Units     int64     `json:"units"`              // that it was about
	Hold      int64     `json:"hold,omitempty"`     // the hold that it opened or resolved
	Released  int64     `json:"released,omitempty"` // given back out of a hold
	Filled    int64     `json:"filled,omitempty"`   // of a debt
	Owed      int64     `json:"owed,omitempty"`     // made a debt
	Waived    int64     `json:"waived,omitempty"`   // could not be taken back
	Refused   string    `json:"refused,omitempty"`  // why a transfer was not received
	Lots      []int64   `json:"lots,omitempty"`     // that it made
	At        time.Time `json:"at"`                 //
	Repeated  bool      `json:"-"`                  // the key was known, and nothing was done
}

// posting is an operation under way: what it read, and what it will write. Nothing is written before finish, so that an
// operation that is refused leaves nothing behind.
type posting struct {
	l       *Ledger
	tx      *db.Tx
	act     Act
	kind    string
	hash    []byte
	unit    Unit
	account account
	lots    map[int64]*lot
	touched []*lot // in the order in which they were first moved
	entries []entry
	later   []func() error // statements on other rows
	receipt Receipt
}

// begin locks the account and looks the key up. The posting is nil where the key is known: then the receipt is there.
func (l *Ledger) begin(tx *db.Tx, kind string, act Act, input any) (p *posting, done Receipt, err error) {
	if err := act.check(); err != nil {
		return nil, done, err
	}
	p = &posting{l: l, tx: tx, act: act, kind: kind, lots: map[int64]*lot{}}
	if p.hash, err = hashOf(kind, act, input); err != nil {
		return nil, done, err
	}
	if p.unit, err = LoadUnit(tx, act.Unit); err != nil {
		return nil, done, err
	}
	if p.account, err = lock(tx, act.Customer, act.Unit); err != nil {
		return nil, done, err
	}
	var known []byte
	var receipt string
	err = tx.QueryRow("SELECT hash, receipt FROM point_operations WHERE customer_id = $1 AND key = $2", act.Customer, act.Key).Scan(&known, &receipt)
	switch {
	case err == nil && !bytes.Equal(known, p.hash):
		return nil, done, otherInput(act.Key)
	case err == nil:
		done.Repeated = true
		return nil, done, json.Unmarshal([]byte(receipt), &done)
	case !errors.Is(err, sql.ErrNoRows):
		return nil, done, err
	}
	if !p.account.due.After(tx.Now) {
		if err := l.settle(tx, act.Customer, &p.unit, &p.account); err != nil {
			return nil, done, err
		}
	}
	p.receipt = Receipt{Operation: l.IDs.New(tx.Now), At: tx.Now}
	return p, done, nil
}

func otherInput(key string) error {
	return fault.Coded("key_reused", fault.In("key", fault.Conflictf("the key %q was used for another operation; a new operation needs a new key", key)))
}

func hashOf(kind string, act Act, input any) ([]byte, error) {
	text, err := json.Marshal([]any{kind, act, input})
	if err != nil {
		return nil, fmt.Errorf("hash an operation: %w", err)
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

// lock is the first statement on the account in each operation: others wait for it until this one is over.
func lock(tx *db.Tx, customer int64, unit string) (account, error) {
	const text = "UPDATE point_accounts SET version = version + 1 WHERE customer_id = $1 AND unit = $2 RETURNING " + accountColumns
	var a account
	err := a.scan(tx.QueryRow(text, customer, unit))
	if !errors.Is(err, sql.ErrNoRows) {
		return a, err
	}
	if _, err := tx.Exec(`INSERT INTO point_accounts (customer_id, unit, `+accountColumns+`, opened_us)
		VALUES ($1, $2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $3, $3, $3, $4) ON CONFLICT DO NOTHING`, customer, unit, Never, tx.Now); err != nil {
		return a, err
	}
	return a, a.scan(tx.QueryRow(text, customer, unit))
}

// finish writes what the posting moved, and gives the receipt.
func (p *posting) finish() (Receipt, error) {
	if err := p.writeLots(); err != nil {
		return Receipt{}, err
	}
	if err := p.writeEntries(); err != nil {
		return Receipt{}, err
	}
	for _, write := range p.later {
		if err := write(); err != nil {
			return Receipt{}, err
		}
	}
	receipt, err := json.Marshal(p.receipt)
	if err != nil {
		return Receipt{}, fmt.Errorf("write a receipt: %w", err)
	}
	if _, err := p.tx.Exec(`INSERT INTO point_operations (customer_id, key, operation_id, unit, kind, hash, cause, actor, reason, rule, units,
		undone_units, receipt, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13)`, p.act.Customer, p.act.Key,
		p.receipt.Operation, p.act.Unit, p.kind, p.hash, p.act.Cause, p.act.Actor, p.act.Reason, p.act.Rule, p.receipt.Units, string(receipt),
		p.tx.Now); err != nil {
		if db.Violates(err, "point_operations_pkey") { // under this key in another unit, at the same time
			return Receipt{}, otherInput(p.act.Key)
		}
		return Receipt{}, err
	}
	if err := p.account.write(p.tx, p.act.Customer, p.act.Unit); err != nil {
		return Receipt{}, err
	}
	return p.receipt, p.tell()
}

// one is the error of a statement that must touch one row, and did touch n.
func one(n int64, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("the ledger changed %d rows where it must change one", n)
	}
	return err
}
