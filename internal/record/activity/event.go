package activity

import (
	"bytes"
	"encoding/json"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/digest"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
)

// Event is something a customer or visitor did.
type Event struct {
	Source, Reference string
	Customer          int64 // a visitor's number is below zero; never 0
	Name              string
	Happened          fact.Moment
	Session           string
	DurationMS        int64 // 0: not said
	Product           string
	Properties        json.RawMessage // a JSON object, or nothing
}

// Keeper records events and subscriptions.
type Keeper struct {
	IDs   *fact.IDs
	Names *catalogue.Names
}

const propertiesMost = 32 << 10

func (e *Event) check() error {
	var object map[string]json.RawMessage
	switch {
	case e.Source == "" || e.Reference == "" || len(e.Reference) > 300:
		return fault.In("reference", fault.Invalidf("an event needs a source and a reference of at most 300 bytes, by which a repeated one is known"))
	case e.Customer == 0:
		return fault.In("customer", fault.Invalidf("event %s: says not whose it is; name a customer or a visitor", e.Reference))
	case e.Name == "" || len(e.Name) > 200:
		return fault.In("name", fault.Invalidf("event %s: has no name, or one of more than 200 bytes", e.Reference))
	case e.Happened.IsZero():
		return fault.In("happened_at", fault.Invalidf("event %s: says not when it happened", e.Reference))
	case e.DurationMS < 0:
		return fault.In("duration_ms", fault.Invalidf("event %s: lasted %d milliseconds", e.Reference, e.DurationMS))
	case len(e.Properties) > propertiesMost:
		return fault.In("properties", fault.Invalidf("event %s: its properties have more than %d bytes", e.Reference, propertiesMost))
	case len(e.Properties) > 0 && json.Unmarshal(e.Properties, &object) != nil:
		return fault.In("properties", fault.Invalidf("event %s: its properties are no JSON object", e.Reference))
	}
	for _, text := range []text{{"source", e.Source, 300}, {"reference", e.Reference, 300}, {"name", e.Name, 200},
		{"session", e.Session, 300}, {"product", e.Product, 300}, {"properties", string(e.Properties), propertiesMost}} {
		if err := text.check(); err != nil {
			return fault.Invalidf("event %.40s: %w", e.Reference, err)
		}
	}
	return nil
}

func (e *Event) content() []byte {
	d := digest.Digest{}
	d.Numbers(e.Happened.UTC, e.DurationMS)
	d.Texts(e.Name, e.Session, e.Product, string(e.Properties))
	return d.Sum()
}

var (
	insertEvents = db.NewInsert(`INSERT INTO events (customer_id, event_id, source, name, happened_us, local_us, day, month, session,
		duration_ms, product_id, properties, content, recorded_us)`, 14, "ON CONFLICT DO NOTHING")
	findEvents = db.NewLookup("SELECT customer_id, event_id, content FROM events", "customer_id BIGINT", "event_id BIGINT")
)

// PutEvents records events; the outcomes are in their order.
func (k *Keeper) PutEvents(tx *db.Tx, events []Event) ([]fact.Outcome, error) {
	outcomes := make([]fact.Outcome, len(events))
	var keys []any
	var products []catalogue.Product
	for i := range events {
		e := &events[i]
		if err := e.check(); err != nil {
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: err}
			continue
		}
		outcomes[i] = fact.Outcome{Customer: e.Customer, Fact: EventID(e.Source, e.Reference)}
		keys = append(keys, e.Customer, outcomes[i].Fact)
		if e.Product != "" {
			products = append(products, catalogue.Product{Reference: e.Product})
		}
	}
	if _, err := k.Names.Products(tx, products); err != nil {
		return nil, err
	}
	have := map[[2]int64][]byte{}
	err := findEvents.Each(tx, keys, func(r *db.Rows) error {
		var key [2]int64
		var content []byte
		err := r.Scan(&key[0], &key[1], &content)
		have[key] = content
		return err
	})
	if err != nil {
		return nil, err
	}
	var rows []any
	var changes []feed.Change
	for i := range events {
		e, out := &events[i], &outcomes[i]
		if out.Status == fact.Refused {
			continue
		}
		content := e.content()
		old, there := have[[2]int64{out.Customer, out.Fact}]
		switch {
		case there && bytes.Equal(old, content):
			out.Status = fact.Unchanged
		case there:
			out.Status, out.Field = fact.Conflict, "content"
			out.Err = fault.Conflictf("event %s of %s is recorded already, with other content", e.Reference, e.Source)
		default:
			out.Status = fact.Created
			have[[2]int64{out.Customer, out.Fact}] = content
			rows = append(rows, e.row(out, content, tx)...)
			changes = append(changes, feed.Change{Customer: out.Customer, Kind: feed.Event, Fact: out.Fact})
		}
	}
	if _, err := insertEvents.Exec(tx, rows); err != nil {
		return nil, err
	}
	return outcomes, feed.Add(tx, changes...)
}

func (e *Event) row(out *fact.Outcome, content []byte, tx *db.Tx) []any {
	var duration, product any
	if e.DurationMS != 0 {
		duration = e.DurationMS
	}
	if e.Product != "" {
		product = catalogue.ProductID(e.Product)
	}
	at := e.Happened
	return []any{out.Customer, out.Fact, e.Source, e.Name, at.UTC, at.Local, int64(at.Day()), at.Month(), e.Session, duration, product,
		string(e.Properties), content, tx.Now}
}
