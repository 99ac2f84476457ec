package intake

import (
	"slices"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/webhook"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// The types of messages that programs outside are told. Events of behaviour, such as the views of a page, are not told;
// nor are the facts of a file that is imported, but that it is.
const (
	CustomerCreated     = "customer.created"
	CustomerUpdated     = "customer.updated"
	CustomerMerged      = "customer.merged"
	CustomerUnmerged    = "customer.unmerged"
	CustomerErased      = "customer.erased"
	OrderCreated        = "order.created"
	OrderUpdated        = "order.updated"
	ReturnCreated       = "return.created"
	ReturnUpdated       = "return.updated"
	AnswerCreated       = "answer.created"
	AnswerUpdated       = "answer.updated"
	SubscriptionCreated = "subscription.created"
	SubscriptionUpdated = "subscription.updated"
	ImportFinished      = "import.finished"
)

// Types is the catalogue of them, with those of the floors below.
func Types() []webhook.Type {
	who := webhook.Field{Name: "customer_id", Kind: "string", Meaning: "The customer, as /v1/customers/{id} takes it."}
	of := webhook.Field{Name: "customer_id", Kind: "string", Meaning: "Whose it is; left out where nobody is known."}
	source := webhook.Field{Name: "source", Kind: "string", Meaning: "The system that it came from."}
	reference := webhook.Field{Name: "reference", Kind: "string", Meaning: "What that system calls it."}
	kept := func(what string) []webhook.Field {
		return []webhook.Field{{Name: "id", Kind: "string", Meaning: "The " + what + "."}, of, source, reference}
	}
	kind := func(name, when string, fields ...webhook.Field) webhook.Type {
		return webhook.Type{Name: name, When: when, Fields: fields}
	}
	types := []webhook.Type{
		kind(CustomerCreated, "A customer is known for the first time: handed in, or named by a fact.", who),
		kind(CustomerUpdated, "The profile, the identities or the consents of a customer changed.", who),
		kind(CustomerMerged, "Two customers are one person from now on.",
			webhook.Field{Name: "customer_id", Kind: "string", Meaning: "The customer who stands for both."},
			webhook.Field{Name: "merged_id", Kind: "string", Meaning: "The customer who became an alias of that one."}),
		kind(CustomerUnmerged, "A customer who was an alias of another stands alone again.", who),
		kind(CustomerErased, "Who a customer is was forgotten. Forget it as well.", who),
		kind(OrderCreated, "An order was recorded.", kept("order")...),
		kind(OrderUpdated, "An order was handed in again with other content, such as another state.", kept("order")...),
		kind(ReturnCreated, "A return was recorded.", kept("return")...),
		kind(ReturnUpdated, "A return was handed in again with other content.", kept("return")...),
		kind(AnswerCreated, "An answer, or a case, was recorded.", kept("answer")...),
		kind(AnswerUpdated, "An answer, or a case, was handed in again with other content.", kept("answer")...),
		kind(SubscriptionCreated, "A subscription was recorded.", kept("subscription")...),
		kind(SubscriptionUpdated, "A subscription was handed in again with other content, such as its end.", kept("subscription")...),
		kind(ImportFinished, "A file was taken in, or could not be. What is in it is not told fact by fact.",
			webhook.Field{Name: "id", Kind: "string", Meaning: "The import, as /v1/imports/{id} takes it."},
			webhook.Field{Name: "state", Kind: "string", Meaning: "done or failed."}),
	}
	return slices.Concat(types, points.Types(), reward.Types(), programme.Types(), referral.Types(), draw.Types())
}

// toldCustomer is the data of messages about a customer.
type toldCustomer struct {
	Customer string `json:"customer_id"`
	Merged   string `json:"merged_id,omitempty"`
}

// toldFact is the data of messages about a fact.
type toldFact struct {
	ID        string `json:"id"`
	Customer  string `json:"customer_id,omitempty"`
	Source    string `json:"source"`
	Reference string `json:"reference"`
}

// toldImport is the data of messages about an import.
type toldImport struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// UploadPrefix begins the ids of files that were sent to be imported.
const UploadPrefix fact.Prefix = "imp"

// Finished is that the import of a file has come to its end.
func Finished(upload int64, state string) webhook.Event {
	return webhook.Event{Type: ImportFinished, Data: toldImport{fact.PublicID(UploadPrefix, upload), state}}
}

func publicCustomer(number int64) string { return fact.PublicID(fact.CustomerPrefix, number) }

// Quiet is an intake that tells nobody: for facts that happened long ago.
func (in *Intake) Quiet() *Intake {
	quiet := *in
	quiet.Teller = nil
	return &quiet
}

// tellCustomers tells of customers; visitors are nobody known, and are not told.
func (in *Intake) tellCustomers(tx *db.Tx, kind string, numbers ...int64) error {
	if wanted, err := in.Teller.Wanted(tx, kind); !wanted {
		return err
	}
	var events []webhook.Event
	for _, n := range numbers {
		if n > 0 {
			events = append(events, webhook.Event{Type: kind, Data: toldCustomer{Customer: publicCustomer(n)}})
		}
	}
	return in.Teller.Tell(tx, events...)
}

// tellMerged tells of a merge; that a visitor turned out to be a customer is no merge of two customers.
func (in *Intake) tellMerged(tx *db.Tx, alias, into int64) error {
	if wanted, err := in.Teller.Wanted(tx, CustomerMerged); !wanted || alias < 0 {
		return err
	}
	root, err := customer.Root(tx, into)
	if err != nil {
		return err
	}
	return in.Teller.Tell(tx, webhook.Event{Type: CustomerMerged, Data: toldCustomer{Customer: publicCustomer(root), Merged: publicCustomer(alias)}})
}

// tellFacts tells of those facts that were created or updated; key gives the source and reference of the one at a place.
func (in *Intake) tellFacts(tx *db.Tx, prefix fact.Prefix, created, updated string, outcomes []fact.Outcome, key func(i int) (source, reference string)) error {
	if wanted, err := in.Teller.Wanted(tx, created, updated); !wanted {
		return err
	}
	var events []webhook.Event
	for i, out := range outcomes {
		e := webhook.Event{Type: created}
		switch out.Status {
		case fact.Created:
		case fact.Updated:
			e.Type = updated
		default:
			continue
		}
		data := toldFact{ID: fact.PublicID(prefix, out.Fact, out.Customer)}
		data.Source, data.Reference = key(i)
		if out.Customer > 0 {
			data.Customer = publicCustomer(out.Customer)
		}
		e.Data = data
		events = append(events, e)
	}
	return in.Teller.Tell(tx, events...)
}
