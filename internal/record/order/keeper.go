package order

import (
	"bytes"
	"strconv"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/reference"
)

// Keeper records orders and returns.
type Keeper struct {
	IDs   *fact.IDs
	Names *catalogue.Names
}

// Entry is an order and whose it is; Customer 0 is nobody known.
type Entry struct {
	Order    *Order
	Customer int64
	// Once refuses an order that is there already with other content, instead of changing it.
	Once bool
	// PerCustomer keeps an order of another customer under the same reference apart, as files have it whose numbers begin
	// anew each day; otherwise it is a conflict. Whose is then the customer as written, which tells the two apart.
	PerCustomer bool
	Whose       string
}

// pending is an entry under way.
type pending struct {
	*Entry
	outcome *fact.Outcome
	key     reference.Key
	content []byte
	owner   reference.Owner
	extra   fact.Attributes // of the order, for all its lines: its own, and those that come of its fields
	// categories of products in the catalogue
	categories map[string]int64
}

// Put records orders; the outcomes are in their order.
func (k *Keeper) Put(tx *db.Tx, entries []Entry) ([]fact.Outcome, error) {
	outcomes := make([]fact.Outcome, len(entries))
	round := make([]pending, 0, len(entries))
	seen := make(map[reference.Key]bool, len(entries))
	for i := range entries {
		e := &entries[i]
		if err := e.Order.Check(); err != nil {
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: err}
			continue
		}
		key := reference.Key{Source: e.Order.Source, Reference: e.Order.Reference}
		if seen[key] { // the same one twice: the second must find the first
			if err := k.put(tx, round); err != nil {
				return nil, err
			}
			round = round[:0]
			clear(seen)
		}
		seen[key] = true
		round = append(round, pending{Entry: e, outcome: &outcomes[i], key: key})
	}
	return outcomes, k.put(tx, round)
}

// put records orders of different references.
func (k *Keeper) put(tx *db.Tx, round []pending) error {
	if len(round) == 0 {
		return nil
	}
	if err := k.name(tx, round); err != nil {
		return err
	}
	if err := k.claim(tx, round); err != nil {
		return err
	}
	var made, found []*pending
	for i := range round {
		p := &round[i]
		p.content = p.Order.content()
		switch {
		case p.outcome.Status != "":
		case p.owner.Mine:
			made = append(made, p)
		case p.owner.Erased():
			*p.outcome = fact.Outcome{Status: fact.Unchanged}
		default:
			found = append(found, p)
		}
	}
	changes, err := k.insert(tx, made)
	if err != nil {
		return err
	}
	more, err := k.change(tx, found)
	if err != nil {
		return err
	}
	return feed.Add(tx, append(changes, more...)...)
}

// name makes sure that products, stores, channels and attributes are known.
func (k *Keeper) name(tx *db.Tx, round []pending) error {
	var stores, channels []string
	attributes := make([]fact.Attributes, 0, len(round))
	var products []catalogue.Product
	for i := range round {
		p := &round[i]
		o := p.Order
		stores, channels = append(stores, o.Store), append(channels, o.Channel)
		attributes = append(attributes, o.Attributes)
		for j := range o.Lines {
			l := &o.Lines[j]
			attributes = append(attributes, l.Attributes)
			if l.Product != "" || l.Category != "" {
				products = append(products, catalogue.Product{Reference: l.Product, Name: l.ProductName, Category: l.Category})
			}
		}
		if o.Store != "" || o.Channel != "" {
			p.extra = fact.Attributes{{Name: storeAttribute, Value: o.Store}, {Name: channelAttribute, Value: o.Channel}}
			attributes = append(attributes, p.extra)
		}
	}
	categories, err := k.Names.Products(tx, products)
	if err != nil {
		return err
	}
	for i := range round {
		round[i].categories = categories
	}
	if err := k.Names.Stores(tx, stores...); err != nil {
		return err
	}
	if err := k.Names.Channels(tx, channels...); err != nil {
		return err
	}
	return k.Names.Spell(tx, catalogue.Sales, attributes...)
}

// Attributes of lines that come of fields of the order.
const (
	storeAttribute   = "store"
	channelAttribute = "sales channel"
)

// claim asks for the references. A reference that belongs to another person is a conflict, or a different order.
func (k *Keeper) claim(tx *db.Tx, round []pending) error {
	claims := make([]reference.Claim, len(round))
	for i := range round {
		p := &round[i]
		claims[i] = reference.Claim{Key: p.key, Customer: p.Customer, Fact: k.IDs.New(tx.Now)}
		if p.Customer == 0 {
			claims[i].Customer = -k.IDs.New(tx.Now)
		}
	}
	owners, err := reference.ClaimAll(tx, reference.Order, claims)
	if err != nil {
		return err
	}
	var strangers []*pending
	for i := range round {
		p := &round[i]
		p.owner = owners[p.key]
		o := p.owner
		if o.Erased() && p.PerCustomer || !o.Mine && !o.Erased() && o.Customer != p.Customer && (o.Customer > 0 || p.Customer > 0) {
			strangers = append(strangers, p)
		}
	}
	if len(strangers) == 0 {
		return nil
	}
	return k.claimOthers(tx, strangers)
}

// claimOthers looks again at references of other customers: they may be the same person.
func (k *Keeper) claimOthers(tx *db.Tx, strangers []*pending) error {
	var customers []int64
	for _, p := range strangers {
		customers = append(customers, p.Customer, p.owner.Customer)
	}
	roots, err := customer.Roots(tx, customers)
	if err != nil {
		return err
	}
	var claims []reference.Claim
	for _, p := range strangers {
		switch {
		case p.Customer != 0 && !p.owner.Erased() && roots[p.Customer] == roots[p.owner.Customer]:
		case p.PerCustomer:
			// Of its own, under a reference that says whose.
			p.key = apart(p.key, p.Whose)
			p.Order.Reference = p.key.Reference
			of := p.Customer
			if of == 0 {
				of = -k.IDs.New(tx.Now)
			}
			claims = append(claims, reference.Claim{Key: p.key, Customer: of, Fact: k.IDs.New(tx.Now)})
		case p.Customer == 0:
			// Nobody was named this time; whose it is was known before.
		default:
			*p.outcome = OfAnother(p.owner, p.key)
		}
	}
	owners, err := reference.ClaimAll(tx, reference.Order, claims)
	if err != nil {
		return err
	}
	for _, p := range strangers {
		if o, ok := owners[p.key]; ok {
			p.owner = o
		}
	}
	return nil
}

// OfAnother says that an order is there as another customer's.
func OfAnother(owner reference.Owner, key reference.Key) fact.Outcome {
	return fact.Outcome{Status: fact.Conflict, Customer: owner.Customer, Fact: owner.Fact, Field: "customer",
		Err: fault.In("customer", fault.Conflictf("order %s of %s is recorded for another customer; merge the two if they are one person",
			key.Reference, key.Source))}
}

func base36(id int64) string { return strconv.FormatInt(id, 36) }

// same tells whether the content is that of the row.
func same(a, b []byte) bool { return bytes.Equal(a, b) }
