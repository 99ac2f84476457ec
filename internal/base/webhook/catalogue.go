package webhook

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Type is a type of message: what it says, and when.
type Type struct {
	Name   string // such as order.created
	When   string // a sentence
	Fields []Field
}

// Field is a part of a message's data.
type Field struct {
	Name, Kind, Meaning string // Kind as in JSON, or a format of it: string, integer, date-time
}

// TestType is the type of the message that tries an endpoint out. It goes to the one endpoint, whatever types it wants.
const TestType = "webhook.test"

// Teller tells messages. It is safe for concurrent use; a nil one tells nobody.
type Teller struct {
	types []Type

	lock  sync.Mutex
	wants []subscription
	known time.Time // when wants was read
}

// subscription is an endpoint, as far as telling needs to know it.
type subscription struct {
	endpoint int64
	all      bool
	types    map[string]bool
	enabled  bool
}

// NewTeller makes one that tells messages of the types.
func NewTeller(types []Type) (*Teller, error) {
	all := append(slices.Clone(types), Type{Name: TestType, When: "Somebody tries the endpoint out."})
	seen := map[string]bool{}
	for _, t := range all {
		if t.Name == "" || t.When == "" || seen[t.Name] {
			return nil, fmt.Errorf("the type of message %q has no name, does not say when it comes, or is there twice", t.Name)
		}
		seen[t.Name] = true
	}
	return &Teller{types: all}, nil
}

// Types lists the types of messages.
func (t *Teller) Types() []Type { return slices.Clone(t.types) }

func (t *Teller) has(name string) bool {
	return slices.ContainsFunc(t.types, func(is Type) bool { return is.Name == name })
}

// checkTypes refuses types that are not there.
func (t *Teller) checkTypes(names []string) error {
	for i, name := range names {
		if !t.has(name) || name == TestType {
			return fault.In(fmt.Sprintf("types[%d]", i), fault.Coded("unknown_type", fault.Invalidf("%q is no type of message; leave the list empty for all types", name)))
		}
		if slices.Contains(names[:i], name) {
			return fault.In(fmt.Sprintf("types[%d]", i), fault.Invalidf("%q is there twice", name))
		}
	}
	return nil
}

// stale is after what time endpoints are looked at again: those that another process made or changed are known by then.
// Those of this process are known at once.
const stale = time.Second

// subscriptions are the endpoints that want one of the types, disabled ones too.
func (t *Teller) subscriptions(tx *db.Tx, types ...string) ([]subscription, error) {
	t.lock.Lock()
	wants, fresh := t.wants, tx.Now.Sub(t.known).Abs() < stale
	t.lock.Unlock()
	if !fresh {
		var err error
		if wants, err = readSubscriptions(tx); err != nil {
			return nil, err
		}
		t.lock.Lock()
		t.wants, t.known = wants, tx.Now
		t.lock.Unlock()
	}
	var found []subscription
	for _, s := range wants {
		if s.all || slices.ContainsFunc(types, func(name string) bool { return s.types[name] }) {
			found = append(found, s)
		}
	}
	return found, nil
}

// forget has the endpoints looked at again once the transaction is committed.
func (t *Teller) forget(tx *db.Tx) {
	tx.AfterCommit(func() {
		t.lock.Lock()
		defer t.lock.Unlock()
		t.known = time.Time{}
	})
}

func readSubscriptions(tx *db.Tx) ([]subscription, error) {
	rows, err := tx.Query("SELECT endpoint_id, types, enabled FROM webhook_endpoints ORDER BY endpoint_id")
	if err != nil {
		return nil, err
	}
	var all []subscription
	for rows.Next() {
		s := subscription{types: map[string]bool{}}
		var text string
		if err := rows.Scan(&s.endpoint, &text, &s.enabled); err != nil {
			return nil, err
		}
		names, err := parseTypes(text)
		if err != nil {
			return nil, err
		}
		s.all = len(names) == 0
		for _, name := range names {
			s.types[name] = true
		}
		all = append(all, s)
	}
	return all, rows.Close()
}
