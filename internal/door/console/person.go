package console

import (
	"cmp"
	"crypto/rand"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// person is what the reader may do with a customer beyond looking.
type person struct {
	Order, Consent, Merge *deed // nil: may not
	Note                  *deed
	Merged                []merged
	known                 []customer.Known // by which those are known who were merged
	MayUnmerge            bool
	MayExport, MayErase   bool
	Insert                string // that a card can be printed; empty: not by the reader
}

// Any tells whether there is anything to show about the data of the person.
func (p *person) Any() bool {
	return p.Merge != nil || len(p.Merged) > 0 || p.MayExport || p.MayErase
}

// deed is something that can be done on the page of a customer, by a form of its own.
type deed struct {
	Name   string // the last part of the address it is sent to
	Key    string // of what is typed in from this page: pressed twice is once
	Fields []field
	Open   bool // something was wrong with what was typed there
}

// merged is a customer who was merged into the one of the page.
type merged struct{ ID, Name, When string }

// deed is the form of that name; wrong is what was wrong with what was typed on it, if it was this one.
func (v *visit) deed(name string, wrong error, fields ...field) *deed {
	a := &deed{Name: name, Key: rand.Text(), Fields: fields, Open: wrong != nil && path.Base(v.r.URL.Path) == name}
	v.fill(fields, a.Open)
	if !a.Open {
		return a
	}
	if besides(fields, wrong, v.say(wrong)); !sentBefore(wrong) {
		a.Key = v.typed("key")
	}
	return a
}

// at is the field of the form that something is wrong with.
func (a *deed) at() string {
	if a == nil {
		return ""
	}
	if i := slices.IndexFunc(a.Fields, func(f field) bool { return f.Error != "" }); i >= 0 {
		return a.Fields[i].Name
	}
	return ""
}

// at is the field that something is wrong with; empty: none of these.
func (p *person) at() string { return cmp.Or(p.Order.at(), p.Consent.at(), p.Note.at(), p.Merge.at()) }

// person gathers what the reader may do.
func (v *visit) person(by account.Actor, b business.Business, s *customer.Stored, consents []customer.Consent, wrong error) (*person, error) {
	p := &person{MayExport: by.May(account.CustomersExport), MayErase: by.May(account.CustomersErase), MayUnmerge: by.May(account.CustomersWrite)}
	if by.May(account.CustomersWrite) {
		p.Consent = v.deed("consents", wrong, v.consentFields(consents, zoneOf(b))...)
		p.Note = v.deed("notes", wrong, field{Name: "text", Label: v.l.T("notes.text"), Help: v.l.T("notes.text.help"), Type: "textarea"})
		p.Merge = v.deed("merge", wrong, field{Name: "with", Label: v.l.T("person.merge.with"), Help: v.l.T("person.merge.with.help"), Complete: "off"})
	}
	if by.May(account.PersonalRead) && by.May(account.PointsRead) && b.Zone != nil {
		p.Insert = v.l.T("packages.insert.says", v.tongueOf(s).Name())
	}
	return p, v.read(func(tx *db.Tx) error {
		p.Merged, p.known = nil, nil
		aliases, err := customer.Aliases(tx, s.Customer)
		if err != nil {
			return err
		}
		for _, a := range aliases {
			if a.Customer < 0 {
				continue // a visitor of the site, who has no page
			}
			one, err := customer.Get(tx, a.Customer)
			if err != nil {
				return err
			}
			p.known = append(p.known, one.Identities...)
			p.Merged = append(p.Merged, merged{fact.PublicID(fact.CustomerPrefix, a.Customer), v.nameOf(by, one), v.l.Date(a.Merged.In(zoneOf(b)))})
		}
		if by.May(account.SalesWrite) && b.Zone != nil && b.Currency != "" {
			fields, err := v.orderFields(tx, b)
			if err != nil {
				return err
			}
			p.Order = v.deed("orders", wrong, fields...)
		}
		return nil
	})
}

// meant is the customer that the address names, or whom that one was merged into.
func (v *visit) meant() (*customer.Stored, error) { return v.standing("id") }

// standing is the customer that a part of the address names, or whom that one was merged into.
func (v *visit) standing(part string) (s *customer.Stored, err error) {
	var number int64
	if err := fact.ParsePublicID(fact.CustomerPrefix, v.r.PathValue(part), &number); err != nil {
		return nil, noCustomer()
	}
	err = v.read(func(tx *db.Tx) error {
		root, err := customer.Root(tx, number)
		if err == nil {
			s, err = customer.Get(tx, root)
		}
		return err
	})
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound:
		return nil, noCustomer()
	case err != nil:
		return nil, err
	case !s.Erased.IsZero():
		return s, erased()
	}
	return s, nil
}

func noCustomer() error {
	return fault.Coded("customer_not_found", fault.NotFoundf("there is no such customer"))
}

func erased() error {
	return fault.Coded("customer_erased", fault.NotFoundf("this customer was erased: what was bought stays, under a number that leads nowhere"))
}

// with calls what is done with the customer of the address, for who may do it and see it done. What was wrong with what was
// typed is shown on the customer's page.
func (v *visit) with(need account.Permission, do func(by account.Actor, s *customer.Stored) error) error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error {
		if err := by.Require(need); err != nil {
			return err
		}
		s, err := v.meant()
		if err != nil {
			return err
		}
		if err = do(by, s); err == nil {
			return nil
		}
		if k := fault.KindOf(err); k == fault.Invalid || k == fault.Conflict {
			return v.customer(by, s.Customer, err)
		}
		return err
	})
}

// back leads to the customer's page, to a part of it.
func (v *visit) back(s *customer.Stored, part string) error {
	return v.leave("/customers/" + fact.PublicID(fact.CustomerPrefix, s.Customer) + part)
}

// typedText is a text that was typed, of so many bytes at most.
func (v *visit) typedText(name string, most int) (string, error) {
	text := strings.TrimSpace(v.typed(name))
	switch {
	case len(text) > most:
		return "", fault.In(name, fault.Coded("too_long", fault.Invalidf("it has %d bytes, more than %d", len(text), most)))
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", fault.In(name, fault.Coded("no_text", fault.Invalidf("it holds signs that are no characters")))
	}
	return text, nil
}

// needed is typedText of what must not be left out.
func (v *visit) needed(name string, most int) (string, error) {
	text, err := v.typedText(name, most)
	if err == nil && text == "" {
		err = fault.In(name, fault.Coded("required", fault.Invalidf("it must not be empty")))
	}
	return text, err
}

// notAhead refuses a moment that has not come; clocks may differ by a few minutes.
func notAhead(name string, at time.Time) error {
	const few = 5 * time.Minute
	if time.Until(at) > few {
		return fault.In(name, fault.Coded("in_the_future", fault.Invalidf("this has not come yet")))
	}
	return nil
}
