package activity

import (
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
)

// StoredSubscription is a subscription as it is kept; Customer and Kept.Customer are the same number. That of a customer
// who was erased has no reference and reason any more.
type StoredSubscription struct {
	listing.Kept
	Subscription Subscription
}

var subscriptions = listing.Table{Name: "subscriptions", ID: "subscription_id", Moment: "started_us",
	Select: `SELECT f.customer_id, f.subscription_id, f.version, f.recorded_us, f.updated_us, f.source, f.reference, f.plan, f.amount_minor,
		f.started_us, f.local_us, coalesce(f.cancelled_us, 0), coalesce(f.cancelled_local_us, 0), f.reason FROM subscriptions f`}

func (s *StoredSubscription) scan(r *db.Rows) error {
	sub := &s.Subscription
	err := r.Scan(&s.Customer, &s.ID, &s.Version, &s.Recorded, &s.Updated, &sub.Source, &sub.Reference, &sub.Plan, &sub.AmountMinor,
		&sub.Started.UTC, &sub.Started.Local, &sub.Cancelled.UTC, &sub.Cancelled.Local, &sub.Reason)
	sub.Customer = s.Customer
	return err
}

// LoadSubscription reads a subscription.
func LoadSubscription(tx *db.Tx, customer, id int64) (*StoredSubscription, error) {
	var s StoredSubscription
	ok, err := subscriptions.One(tx, customer, id, s.scan)
	if err == nil && !ok {
		err = fault.NotFoundf("there is no such subscription")
	}
	return &s, err
}

// ListSubscriptions reads at most limit subscriptions behind a place, the newest first.
func ListSubscriptions(tx *db.Tx, f listing.Filter, after listing.Place, limit int) (all []StoredSubscription, err error) {
	err = subscriptions.Page(tx, f, after, limit, func(r *db.Rows) error {
		all = append(all, StoredSubscription{})
		return all[len(all)-1].scan(r)
	})
	return all, err
}

// StoredEvent is an event as it is kept: its reference is only kept as its id. That of a customer who was erased has no
// session and properties any more.
type StoredEvent struct {
	listing.Kept
	Event Event
}

// EventID is the id of the event that a source calls by a reference.
func EventID(source, reference string) int64 { return fact.HashID("event", source, reference) }

var events = listing.Table{ID: "event_id", Moment: "happened_us", State: "name", Recorded: "recorded_us",
	Select: `SELECT f.customer_id, f.event_id, f.recorded_us, f.source, f.name, f.happened_us, f.local_us, f.session, coalesce(f.duration_ms, 0),
		coalesce(p.reference, ''), f.properties FROM events f LEFT JOIN products p ON p.product_id = f.product_id`}

func (s *StoredEvent) scan(r *db.Rows) error {
	e := &s.Event
	var properties string
	err := r.Scan(&s.Customer, &s.ID, &s.Recorded, &e.Source, &e.Name, &e.Happened.UTC, &e.Happened.Local, &e.Session, &e.DurationMS,
		&e.Product, &properties)
	s.Updated, s.Version, e.Customer = s.Recorded, 1, s.Customer
	if properties != "" {
		e.Properties = []byte(properties)
	}
	return err
}

// LoadEvent reads an event.
func LoadEvent(tx *db.Tx, customer, id int64) (*StoredEvent, error) {
	var s StoredEvent
	ok, err := events.One(tx, customer, id, s.scan)
	if err == nil && !ok {
		err = fault.NotFoundf("there is no such event")
	}
	return &s, err
}

// ListEvents reads at most limit events behind a place, those first that were recorded last; Filter.State is their name.
func ListEvents(tx *db.Tx, f listing.Filter, after listing.Place, limit int) (all []StoredEvent, err error) {
	err = events.Page(tx, f, after, limit, func(r *db.Rows) error {
		all = append(all, StoredEvent{})
		return all[len(all)-1].scan(r)
	})
	return all, err
}

// HoldSubscription keeps others from changing a subscription until the transaction ends; ok is false where it has another version by now.
func HoldSubscription(tx *db.Tx, customer, id, version int64) (ok bool, err error) {
	return subscriptions.Hold(tx, customer, id, version)
}
