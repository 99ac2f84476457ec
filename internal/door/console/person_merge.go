package console

import (
	"net/http"
	"slices"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// sure is a page that says what will happen, and asks.
type sure struct {
	About  []said
	Parts  []foreseen
	Fields []field
	Action string
	Button string
	Harm   bool // it cannot be undone
	Back   string
}

// foreseen is what will happen, under a heading.
type foreseen struct {
	Legend string
	Says   []string
}

// findOther finds whom a customer is to be merged with, by what was typed, and leads to the page that asks.
func (v *visit) findOther() error {
	return v.with(account.CustomersWrite, func(_ account.Actor, s *customer.Stored) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		text, err := v.needed("with", textMost)
		if err != nil {
			return err
		}
		var roots []int64
		if err := v.read(func(tx *db.Tx) (err error) { roots, err = peopleNamed(tx, text, b); return err }); err != nil {
			return err
		}
		switch {
		case len(roots) == 0:
			return fault.In("with", fault.Coded("nobody_known", fault.Invalidf("nobody is known by that")))
		case len(roots) > 1:
			return fault.In("with", fault.Coded("several_known", fault.Invalidf("more than one customer is known by that")))
		case roots[0] == s.Customer:
			return fault.In("with", fault.Coded("same_customer", fault.Invalidf("this is the same customer already")))
		}
		return v.back(s, "/merge/"+fact.PublicID(fact.CustomerPrefix, roots[0]))
	})
}

// peopleNamed are those who are meant by an id here, else by an own id, an e-mail, a phone or a card in full, else by the
// beginning of the name.
func peopleNamed(tx *db.Tx, text string, b business.Business) (roots []int64, err error) {
	var numbers []int64
	var number int64
	if fact.ParsePublicID(fact.CustomerPrefix, text, &number) == nil {
		found, err := customer.Find(tx, []customer.Identity{customer.Numbered(number)}) // not one who was erased
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			numbers = append(numbers, n)
		}
	} else if numbers, err = customer.Exactly(tx, text, b.Country); err != nil {
		return nil, err
	}
	if len(numbers) == 0 {
		const enough = 2 // to know that there are several
		named, err := customer.Search(tx, text, b.Country, enough)
		if err != nil {
			return nil, err
		}
		for i := range named {
			numbers = append(numbers, named[i].Customer)
		}
	}
	of, err := customer.Roots(tx, numbers)
	for _, n := range numbers {
		if !slices.Contains(roots, of[n]) {
			roots = append(roots, of[n])
		}
	}
	return roots, err
}

// describedAs is a customer in a line, for who may know.
func (v *visit) describedAs(by account.Actor, s *customer.Stored, b business.Business) string {
	words := []string{v.nameOf(by, s)}
	if by.May(account.PersonalRead) {
		for _, i := range s.Identities {
			if i.Written != words[0] {
				words = append(words, i.Written)
			}
		}
	}
	return strings.Join(append(words, v.l.T("console.customers.since")+" "+v.l.Date(s.Created.In(zoneOf(b)))), " · ")
}

// collects tells whether there is anything that customers collect.
func (v *visit) collects() (ok bool, err error) {
	err = v.read(func(tx *db.Tx) error {
		units, err := points.Units(tx)
		ok = len(units) > 0
		return err
	})
	return ok, err
}

func (v *visit) askMerge() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		other, err := v.standing("other")
		if err != nil {
			return err
		}
		if other.Customer == s.Customer {
			return v.back(s, "#data")
		}
		collects, err := v.collects()
		if err != nil {
			return err
		}
		var orders int64
		if err := v.read(func(tx *db.Tx) (err error) { _, orders, err = customer.Extent(tx, other.Customer); return err }); err != nil {
			return err
		}
		name, theirs := v.nameOf(by, s), v.nameOf(by, other)
		will := []string{v.l.T("person.merge.found", theirs, name), v.l.T("person.merge.profile", name), v.l.T("person.merge.consents")}
		if orders > 0 {
			will = append([]string{v.l.P("person.merge.orders", orders, theirs, name)}, will...)
		}
		if collects {
			will = append(will, v.l.T("person.merge.points"))
		}
		return v.show(http.StatusOK, "sure", sheet{Title: v.l.T("person.merge.title"), Lead: v.l.T("person.merge.lead"), Content: sure{
			About:  []said{{v.l.T("person.merge.stays"), v.describedAs(by, s, b)}, {v.l.T("person.merge.goes"), v.describedAs(by, other, b)}},
			Parts:  []foreseen{{v.l.T("person.will"), append(will, v.l.T("person.merge.undo"))}},
			Action: v.r.URL.Path, Button: v.l.T("person.merge.button"), Back: "/customers/" + fact.PublicID(fact.CustomerPrefix, s.Customer),
		}})
	})
}

// merge says that the two are one person. Said again it changes nothing.
func (v *visit) merge() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		other, err := v.standing("other")
		if err != nil {
			return err
		}
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		if err := v.write(func(tx *db.Tx) error {
			_, err := facts.By(by).Merge(tx, customer.Numbered(other.Customer), customer.Numbered(s.Customer))
			return err
		}); err != nil {
			return err
		}
		return v.back(s, "#data")
	})
}

// alias is a customer of the address who was merged into the one of the page; ok is false where that was undone already.
func (v *visit) alias(s *customer.Stored) (one *customer.Stored, ok bool, err error) {
	var number int64
	if err := fact.ParsePublicID(fact.CustomerPrefix, v.r.PathValue("other"), &number); err != nil {
		return nil, false, noCustomer()
	}
	err = v.read(func(tx *db.Tx) (err error) { one, err = customer.Get(tx, number); return err })
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound, err == nil && one.Merged() && one.Root != s.Customer:
		return nil, false, noCustomer()
	case err != nil:
		return nil, false, err
	}
	return one, one.Merged(), nil
}

func (v *visit) askUnmerge() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		one, ok, err := v.alias(s)
		if err != nil {
			return err
		}
		if !ok {
			return v.back(s, "#data")
		}
		collects, err := v.collects()
		if err != nil {
			return err
		}
		name, theirs := v.nameOf(by, s), v.nameOf(by, one)
		will := []string{v.l.T("person.unmerge.own", theirs), v.l.T("person.unmerge.stays", name), v.l.T("person.unmerge.again")}
		if collects {
			will = append(will, v.l.T("person.unmerge.points"))
		}
		return v.show(http.StatusOK, "sure", sheet{Title: v.l.T("person.unmerge.title"), Lead: v.l.T("person.unmerge.lead"), Content: sure{
			About: []said{{v.l.T("person.merge.stays"), v.describedAs(by, s, b)}, {v.l.T("person.unmerge.leaves"), v.describedAs(by, one, b)}},
			Parts: []foreseen{{v.l.T("person.will"), will}}, Action: v.r.URL.Path, Button: v.l.T("person.unmerge.button"),
			Back: "/customers/" + fact.PublicID(fact.CustomerPrefix, s.Customer),
		}})
	})
}

// unmerge makes who was merged a customer of their own again.
func (v *visit) unmerge() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		one, ok, err := v.alias(s)
		if err != nil {
			return err
		}
		if !ok {
			return v.back(s, "#data")
		}
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		if err := v.write(func(tx *db.Tx) error { _, err := facts.By(by).Undo(tx, one.Customer); return err }); err != nil {
			return err
		}
		return v.back(s, "#data")
	})
}
