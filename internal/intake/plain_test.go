package intake_test

import "regulars/internal/record/fact"

// model is what intake promises, in plain Go.
type model struct {
	known  map[string]*person // by own id; the erased are gone from here
	mails  map[string]*person
	claims map[claim]*entry
	events map[string]string
}

type claim struct{ kind, reference string }

// person is a customer number; into is whom it was merged into.
type person struct {
	into   *person
	alias  int64
	city   string
	mails  map[string]bool
	erased bool
}

func (p *person) root() *person {
	for p != nil && p.into != nil {
		p = p.into
	}
	return p
}

// entry is a fact under a claim; one of an erased customer stays for the sums, but cannot be found any more.
type entry struct {
	kind, text string
	amount     int64
	counts     bool
	owner      *person // nil: nobody known
	of         *entry  // of a return: its order
	beside     *entry  // of a return: the order it was first recorded with
	versions   int64
}

func newModel() *model {
	return &model{known: map[string]*person{}, mails: map[string]*person{}, claims: map[claim]*entry{}, events: map[string]string{}}
}

func (m *model) make(name string) *person {
	if m.known[name] == nil && name != "" {
		m.known[name] = &person{mails: map[string]bool{}}
	}
	return m.known[name]
}

func (e *entry) erased() bool { return e != nil && e.owner != nil && e.owner.erased }

// put is an order, an answer or a subscription.
func (m *model) put(key claim, who string, content entry, once, perCustomer bool) fact.Status {
	there := m.claims[key]
	missing := who != "" && m.known[who] == nil
	if missing && there.erased() {
		return fact.Unchanged
	}
	if missing && there != nil && !perCustomer && key.kind == "order" {
		return fact.Conflict
	}
	owner := m.make(who)
	switch {
	case there == nil:
	case there.erased() && !perCustomer:
		return fact.Unchanged
	case !there.erased() && there.owner == nil && owner == nil:
	case !there.erased() && owner != nil && owner.root() == there.owner.root():
	case perCustomer:
		key.reference += " of " + who
		if there = m.claims[key]; there.erased() {
			return fact.Unchanged
		}
	case owner == nil: // nobody is named; whose it is was known before
	default:
		return fact.Conflict
	}
	if there == nil {
		content.owner, content.versions = owner, 1
		m.claims[key] = &content
		return fact.Created
	}
	return there.change(content, once)
}

func (e *entry) change(content entry, once bool) fact.Status {
	same := e.text == content.text && e.amount == content.amount && e.counts == content.counts && e.of == content.of
	switch {
	case same:
		return fact.Unchanged
	case once:
		return fact.Conflict
	}
	e.text, e.amount, e.counts, e.of = content.text, content.amount, content.counts, content.of
	e.versions++
	return fact.Updated
}

func (m *model) giveBack(reference, who, order string, amount int64, bounded, perCustomer bool) fact.Status {
	owner, missing := m.known[who], who != "" && m.known[who] == nil
	var of *entry
	if order == "" && bounded && who == "" {
		return fact.Refused
	}
	if order != "" {
		of = m.claims[claim{"order", order}]
		if own := m.claims[claim{"order", order + " of " + who}]; own != nil && perCustomer {
			of = own
		}
		switch {
		case of == nil && bounded:
			return fact.Refused
		case of == nil || of.erased():
			of = nil
		case who == "" && perCustomer && of.owner != nil: // nobody known is nobody's customer
			of = nil
		case who == "":
			owner = of.owner
		case missing || owner.root() != of.owner.root() || of.owner == nil:
			if !perCustomer {
				return fact.Refused
			}
			of = nil
		default:
			owner = of.owner
		}
	}
	nobody := owner == nil && !missing && (of == nil || of.owner == nil)
	key := claim{"return", reference}
	there := m.claims[key]
	if missing && there.erased() {
		return fact.Unchanged
	}
	if missing && there != nil && !perCustomer {
		return fact.Conflict
	}
	made := false
	if missing {
		owner, made = m.make(who), true
	}
	_ = made
	theirs := func(there *entry) bool {
		switch {
		case there == nil:
			return true
		case there.erased():
			return false
		case nobody && there.owner == nil:
			return true
		case nobody:
			return of == nil && !perCustomer
		}
		return there.owner != nil && owner.root() == there.owner.root()
	}
	if !theirs(there) && perCustomer {
		key.reference += " of " + who
		there = m.claims[key]
	}
	if !theirs(there) {
		if there.erased() {
			return fact.Unchanged
		}
		return fact.Conflict
	}
	if there != nil && of != nil && (there.owner != of.owner || there.owner == nil && of != there.beside) {
		of = nil // recorded before its order was, under another number: it stays where it is
	}
	if bounded && of != nil {
		back := amount
		for _, e := range m.claims {
			if e.kind == "return" && e.of == of && e != there {
				back += e.amount
			}
		}
		if back > of.amount {
			return fact.Refused
		}
	}
	content := entry{kind: "return", amount: amount, counts: true, of: of, beside: of}
	if there == nil {
		content.owner, content.versions = owner, 1
		m.claims[key] = &content
		return fact.Created
	}
	return there.change(content, false)
}

func (m *model) event(who, reference, name string) fact.Status {
	m.make(who)
	key := who + " " + reference
	switch old, there := m.events[key]; {
	case !there:
		m.events[key] = name
		return fact.Created
	case old == name:
		return fact.Unchanged
	}
	return fact.Conflict
}

func (m *model) profile(who, city, mail string) (status fact.Status, taken bool) {
	status = fact.Unchanged
	if m.known[who] == nil {
		status = fact.Created
	}
	p := m.make(who)
	changed := city != "" && p.city != city
	if city != "" {
		p.city = city
	}
	if mail != "" {
		switch m.mails[mail] {
		case nil:
			m.mails[mail], p.mails[mail] = p, true
			changed = true
		case p:
		default:
			taken = true
		}
	}
	if changed && status == fact.Unchanged {
		status = fact.Updated
	}
	return status, taken
}

// merge gives the person who is an alias from now on.
func (m *model) merge(from, into string) (fact.Status, *person) {
	a, b := m.known[from], m.known[into]
	if a == nil || b == nil {
		return fact.Refused, nil
	}
	if a.root() == b.root() {
		return fact.Unchanged, nil
	}
	gone := a.root()
	gone.into = b
	return fact.Updated, gone
}

func (m *model) mergedAway() (all []*person) {
	for _, name := range []string{"ada", "bob", "cem", "dia"} {
		if p := m.known[name]; p != nil && p.into != nil {
			all = append(all, p)
		}
	}
	return all
}

func (m *model) erase(who string) bool {
	p := m.known[who]
	if p == nil {
		return false
	}
	root := p.root()
	for name, other := range m.known {
		if other.root() == root {
			other.erased = true
			delete(m.known, name)
			for mail := range other.mails {
				delete(m.mails, mail)
			}
			for _, reference := range []string{"1", "2", "3"} {
				delete(m.events, name+" "+reference)
			}
		}
	}
	return true
}

// count counts the facts that can be found, and their versions.
func (m *model) count(kind string) (facts, versions int64) {
	for _, e := range m.claims {
		if e.kind == kind && !e.erased() {
			facts++
			versions += e.versions
		}
	}
	return facts, versions
}

// person adds up what a person, as readers see it, has paid and ordered.
func (m *model) person(name string) (sum, orders int64, known bool) {
	p := m.known[name]
	if p == nil {
		return 0, 0, false
	}
	for _, e := range m.claims {
		if e.owner == nil || e.owner.erased || e.owner.root() != p.root() {
			continue
		}
		switch e.kind {
		case "order":
			orders++
			if e.counts {
				sum += e.amount
			}
		case "return":
			sum -= e.amount
		}
	}
	return sum, orders, true
}
