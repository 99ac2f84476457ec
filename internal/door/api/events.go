package api

import (
	"context"
	"fmt"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/trace"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/activity"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
)

var events = kind[activity.StoredEvent, wire.Event]{
	prefix: fact.EventPrefix, load: activity.LoadEvent, list: activity.ListEvents,
	kept: func(s *activity.StoredEvent) *listing.Kept { return &s.Kept }, show: showEvent,
}

type eventsIn struct {
	Facts

	Name string `query:"name" maxLength:"200"`
}

func (a *API) listEvents(ctx context.Context, in *eventsIn) (*Listed[wire.Event], error) {
	return events.page(ctx, a, &in.Facts, in.Name)
}

func showEvent(_ view, s *activity.StoredEvent) wire.Event {
	e := &s.Event
	return wire.Event{
		ID: fact.PublicID(fact.EventPrefix, s.ID, s.Customer), Source: e.Source, Customer: shownCustomer(s.Customer), Name: e.Name,
		HappenedAt: utc(e.Happened), Session: e.Session, DurationMS: e.DurationMS, Product: e.Product, Properties: e.Properties,
		CreatedAt: &s.Recorded,
	}
}

type eventIn struct {
	Body wire.Event
}

func (a *API) addEvent(ctx context.Context, in *eventIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	e, err := eventOf(facts, actor(ctx), &in.Body)
	if err != nil {
		return nil, err
	}
	return a.take(ctx, "event", fact.EventPrefix, "/v1/events/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		return facts.Event(tx, e)
	})
}

// eventsMost bounds the body of several events.
const eventsMost = 8 << 20

type eventBatchIn struct {
	Body wire.Events
}

// ResultsOut is the answer to several that were handed in together.
type ResultsOut struct {
	Body wire.Results
}

// addEvents takes several in, in one transaction: those that can be kept are, whatever is wrong with the others.
func (a *API) addEvents(ctx context.Context, in *eventBatchIn) (*ResultsOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	handed := make([]intake.Event, 0, len(in.Body.Events))
	places := make([]int, 0, len(in.Body.Events))
	out := &ResultsOut{Body: wire.Results{Results: make([]wire.Result, len(in.Body.Events))}}
	for i := range in.Body.Events {
		e, err := eventOf(facts, actor(ctx), &in.Body.Events[i])
		if err != nil {
			out.Body.Results[i] = refusal(ctx, fact.Refused, fault.In("events", fault.In(fmt.Sprintf("[%d]", i), err)))
			continue
		}
		handed, places = append(handed, e), append(places, i)
	}
	var outcomes []fact.Outcome
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if outcomes, err = facts.Events(tx, handed); err != nil {
			return err
		}
		created := int64(0)
		for _, o := range outcomes {
			if o.Status == fact.Created {
				created++
			}
		}
		if created == 0 {
			return nil
		}
		return a.did(ctx, tx, "event.created", "events", nil, created)
	})
	if err != nil {
		return nil, err
	}
	for j, i := range places {
		if outcomes[j].Err != nil {
			outcomes[j].Err = fault.In("events", fault.In(fmt.Sprintf("[%d]", i), outcomes[j].Err))
		}
		out.Body.Results[i] = result(ctx, fact.EventPrefix, outcomes[j])
	}
	return out, nil
}

// result tells what became of one of several.
func result(ctx context.Context, prefix fact.Prefix, o fact.Outcome) wire.Result {
	if o.Err != nil {
		return refusal(ctx, o.Status, o.Err)
	}
	w := written(prefix, "", o).Body
	return wire.Result{ID: w.ID, Customer: w.Customer, Status: w.Status}
}

func refusal(ctx context.Context, status fact.Status, err error) wire.Result {
	p := problem(ctx, err)
	p.RequestID = ""
	return wire.Result{Status: string(status), Problem: p}
}

// eventOf turns what came over the wire into what intake takes.
func eventOf(facts *intake.Intake, who account.Actor, w *wire.Event) (e intake.Event, err error) {
	if e.Customer, err = whose(facts, w.Customer); err != nil {
		return e, fault.In("customer", err)
	}
	if who.Kind == account.Public && e.Customer.Kind != customer.Visitor {
		// Everybody can read such a key, and nobody is to add to, or find out about, customers with it.
		return e, fault.In("customer", fault.Coded("visitors_only", fault.Forbiddenf("with a public key only a visitor can be named; "+
			"say by your server, with a secret key, who the visitor is")))
	}
	e.Event = activity.Event{Source: source(w.Source), Reference: w.Reference, Name: w.Name, Happened: facts.At(w.HappenedAt),
		Session: w.Session, DurationMS: w.DurationMS, Product: w.Product}
	if e.Reference == "" {
		e.Reference = trace.NewID()
	}
	if text := string(w.Properties); text != "" && text != "null" {
		e.Properties = w.Properties
	}
	return e, moment("happened_at", w.HappenedAt)
}
