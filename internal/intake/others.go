package intake

import (
	"strconv"

	"regulars/internal/base/db"
	"regulars/internal/record/activity"
	"regulars/internal/record/answer"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/reference"
	"regulars/internal/record/spending"
)

// Answer is an answer and whose it is.
type Answer struct {
	Source, Reference string
	Customer          customer.Identity // the zero value: nobody known
	Answer            fact.Answer       // without its Customer and Attributes
	Attributes        fact.Attributes
}

// Answer takes one answer in.
func (in *Intake) Answer(tx *db.Tx, a Answer) (fact.Outcome, error) {
	all, err := in.Answers(tx, []Answer{a})
	if err != nil {
		return fact.Outcome{}, err
	}
	return all[0], nil
}

// Answers takes answers in, in their order.
func (in *Intake) Answers(tx *db.Tx, answers []Answer) ([]fact.Outcome, error) {
	owners := make([]whose, len(answers))
	keys := make([]reference.Key, len(answers))
	for i := range answers {
		owners[i] = in.name(answers[i].Customer)
		keys[i] = reference.Key{Source: answers[i].Source, Reference: answers[i].Reference}
	}
	outcomes := make([]fact.Outcome, len(answers))
	if err := in.makeUnlessErased(tx, reference.Answer, keys, owners, outcomes); err != nil {
		return nil, err
	}
	var entries []answer.Entry
	var places []int
	for i := range answers {
		if outcomes[i].Status != "" {
			continue
		}
		a := &answers[i]
		places = append(places, i)
		entries = append(entries, answer.Entry{Source: a.Source, Reference: a.Reference, Customer: owners[i].customer, Answer: &a.Answer,
			Attributes: a.Attributes})
	}
	done, err := in.answers.Put(tx, entries)
	if err != nil {
		return nil, err
	}
	p := in.Programme()
	for j, i := range places {
		outcomes[i] = done[j]
		if out := &outcomes[i]; out.Status == fact.Created && answers[i].Answer.Kind != "case" {
			if err := p.Did(tx, out.Customer, "answer", strconv.FormatInt(out.Fact, 10)); err != nil {
				return nil, err
			}
		}
	}
	return outcomes, in.tellFacts(tx, fact.AnswerPrefix, AnswerCreated, AnswerUpdated, outcomes, func(i int) (source, reference string) {
		return answers[i].Source, answers[i].Reference
	})
}

// makeUnlessErased finds the customers of facts and makes the missing ones, but for facts of customers who were erased.
func (in *Intake) makeUnlessErased(tx *db.Tx, kind reference.Kind, keys []reference.Key, owners []whose, outcomes []fact.Outcome) error {
	if err := find(tx, owners); err != nil {
		return err
	}
	var missing []reference.Key
	for i, w := range owners {
		switch {
		case w.refused != nil:
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: w.refused}
		case w.written != "" && w.customer == 0:
			missing = append(missing, keys[i])
		}
	}
	found, err := reference.Find(tx, kind, missing)
	if err != nil {
		return err
	}
	for i := range owners {
		if owner, ok := found[keys[i]]; ok && owner.Erased() && owners[i].customer == 0 {
			outcomes[i] = fact.Outcome{Status: fact.Unchanged}
			owners[i] = whose{}
		}
	}
	_, err = in.make(tx, owners)
	return err
}

// Event is an event and whose it is: a customer's or a visitor's.
type Event struct {
	Customer customer.Identity
	activity.Event
}

// Event takes one event in.
func (in *Intake) Event(tx *db.Tx, e Event) (fact.Outcome, error) {
	all, err := in.Events(tx, []Event{e})
	if err != nil {
		return fact.Outcome{}, err
	}
	return all[0], nil
}

// Events takes events in, in their order.
func (in *Intake) Events(tx *db.Tx, events []Event) ([]fact.Outcome, error) {
	owners := make([]whose, len(events))
	outcomes := make([]fact.Outcome, len(events))
	for i := range events {
		if owners[i] = in.name(events[i].Customer); owners[i].refused != nil {
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: owners[i].refused}
		}
	}
	if _, err := in.make(tx, owners); err != nil {
		return nil, err
	}
	var entries []activity.Event
	var places []int
	for i := range events {
		if w := owners[i]; w.refused != nil {
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: w.refused}
		}
		if outcomes[i].Status == "" {
			e := events[i].Event
			e.Customer = owners[i].customer
			entries, places = append(entries, e), append(places, i)
		}
	}
	done, err := in.activity.PutEvents(tx, entries)
	if err != nil {
		return nil, err
	}
	for j, i := range places {
		outcomes[i] = done[j]
	}
	return outcomes, nil
}

// Subscription is a subscription and whose it is.
type Subscription struct {
	Customer customer.Identity
	activity.Subscription
}

// Subscription takes a subscription in, or what is new about it.
func (in *Intake) Subscription(tx *db.Tx, s Subscription) (fact.Outcome, error) {
	owners, outcomes := []whose{in.name(s.Customer)}, make([]fact.Outcome, 1)
	key := reference.Key{Source: s.Source, Reference: s.Reference}
	if err := in.makeUnlessErased(tx, reference.Subscription, []reference.Key{key}, owners, outcomes); err != nil || outcomes[0].Status != "" {
		return outcomes[0], err
	}
	s.Subscription.Customer = owners[0].customer
	out, err := in.activity.PutSubscription(tx, &s.Subscription)
	if err != nil {
		return out, err
	}
	return out, in.tellFacts(tx, fact.SubscriptionPrefix, SubscriptionCreated, SubscriptionUpdated, []fact.Outcome{out},
		func(int) (source, reference string) { return s.Source, s.Reference })
}

// Costs takes costs in.
func (in *Intake) Costs(tx *db.Tx, costs []spending.Cost) ([]fact.Outcome, error) {
	return spending.PutCosts(tx, costs)
}

// Cost takes one cost in.
func (in *Intake) Cost(tx *db.Tx, c spending.Cost) (fact.Outcome, error) {
	all, err := spending.PutCosts(tx, []spending.Cost{c})
	if err != nil {
		return fact.Outcome{}, err
	}
	return all[0], nil
}

// Initiative takes an initiative in.
func (in *Intake) Initiative(tx *db.Tx, i spending.Initiative) (fact.Outcome, error) {
	return spending.PutInitiative(tx, &i)
}
