package console

import (
	"slices"
	"strconv"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

func (v *visit) showNewCustomer() error {
	return v.allowed(account.CustomersWrite, func(account.Actor) error { return v.askCustomer(0, nil) })
}

// askCustomer is the form by which a customer is typed in; known is who is known already by what was typed.
func (v *visit) askCustomer(known int64, wrong error) error {
	f := form{Action: "/customers/new", Button: v.l.T("person.new.button"), Link: v.l.T("console.cancel"), To: "/customers", Groups: []group{{Fields: []field{
		{Name: "full_name", Label: v.l.T("person.new.name"), Complete: "off", Optional: true},
		{Name: "email", Label: v.l.T("console.email"), Type: "email", Complete: "off", Optional: true},
		{Name: "phone", Label: v.l.T("person.new.phone"), Type: "tel", Complete: "off", Optional: true},
	}}, v.bornOn(), {Fields: []field{
		{Name: "reference", Label: v.l.T("person.new.reference"), Help: v.l.T("person.new.reference.help"), Complete: "off", Optional: true},
	}}}}
	if known > 0 {
		f.Link, f.To = v.l.T("person.new.known"), "/customers/"+fact.PublicID(fact.CustomerPrefix, known)
	}
	return v.ask(v.l.T("person.new"), v.l.T("person.new.lead"), f, wrong)
}

// bornOn are the fields of a birthday: a day, a month by its name, and the year, which may be left out.
func (v *visit) bornOn() group {
	const longest = 31
	days, months := []choice{{}}, []choice{{}}
	for d := range longest {
		days = append(days, choice{Value: strconv.Itoa(d + 1), Name: strconv.Itoa(d + 1)})
	}
	for m, name := range v.l.Months() {
		months = append(months, choice{Value: strconv.Itoa(m + 1), Name: name})
	}
	return group{Legend: v.l.T("person.new.birthday"), Abreast: true, Fields: []field{
		{Name: "birthday_day", Label: v.l.T("portal.birthday.day"), Type: "select", Choices: days, Optional: true},
		{Name: "birthday_month", Label: v.l.T("portal.birthday.month"), Type: "select", Choices: months, Optional: true},
		{Name: "birthday_year", Label: v.l.T("person.new.birthday.year"), Mode: "numeric", Most: 4, Complete: "off", Optional: true},
	}}
}

// newCustomer takes in a customer who was typed in. Who is known already by what was typed is not changed: pressed twice it
// leads to whom it made.
func (v *visit) newCustomer() error {
	return v.allowed(account.CustomersWrite, func(by account.Actor) error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		c, fields, err := v.typedCustomer(facts)
		if err != nil {
			return v.askCustomer(0, err)
		}
		var known int64
		var out intake.CustomerOutcome
		err = v.write(func(tx *db.Tx) error {
			field, s, err := knownBy(tx, c.Identities, facts.Business.Country)
			if err != nil {
				return err
			}
			if known = 0; s != nil {
				known = s.Customer
				if !isTyped(s, &c, facts.Business.Country) {
					return fault.In(field, fault.Coded("known_already", fault.Conflictf("a customer is known by this already")))
				}
				return nil
			}
			if out, err = facts.Customer(tx, c); err != nil {
				return err
			}
			return facts.By(by).Took(tx, "customer", fact.CustomerPrefix, out.Outcome, fields)
		})
		switch {
		case err != nil:
			return v.askCustomer(known, err)
		case known == 0:
			known = out.Customer
		}
		return v.leave("/customers/" + fact.PublicID(fact.CustomerPrefix, known))
	})
}

// typedCustomer reads what was typed, and names the fields that say something.
func (v *visit) typedCustomer(facts *intake.Intake) (c intake.Customer, fields []string, err error) {
	if c.Profile.FullName, err = v.typedText("full_name", textMost); err != nil {
		return c, nil, err
	}
	if c.Profile.FullName != "" {
		fields = append(fields, "full_name")
	}
	for _, i := range []struct{ field, kind, code, told string }{
		{"reference", customer.OwnID, "no_text", "reference"}, {"email", customer.Email, "no_email", "identities"}, {"phone", customer.Phone, "no_phone", "identities"},
	} {
		text, err := v.typedText(i.field, textMost)
		if err != nil {
			return c, nil, err
		}
		if text == "" {
			continue
		}
		one := customer.Identity{Kind: i.kind, Value: text}
		if _, err := one.Normal(facts.Business.Country); err != nil {
			return c, nil, fault.In(i.field, fault.Coded(i.code, err))
		}
		c.Identities, fields = append(c.Identities, one), append(fields, i.told)
	}
	if c.Profile.Birthday, err = customer.BirthdayOf(v.typed("birthday_day"), v.typed("birthday_month"), v.typed("birthday_year")); err != nil {
		return c, nil, fault.In("birthday_day", err)
	}
	if c.Profile.Birthday != (customer.Birthday{}) {
		fields = append(fields, "birthday")
	}
	if len(c.Identities) == 0 {
		err = fault.In("email", fault.Coded("no_identity", fault.Invalidf("a customer needs an e-mail, a phone or a reference to be known by")))
	}
	return c, fields, err
}

// knownBy is who is known by one of the identities, and the field that it was typed in; nil: nobody.
func knownBy(tx *db.Tx, identities []customer.Identity, country string) (field string, s *customer.Stored, err error) {
	for _, i := range identities {
		normal, err := i.Normal(country)
		if err != nil {
			return "", nil, err
		}
		found, err := customer.Find(tx, []customer.Identity{normal})
		if err != nil {
			return "", nil, err
		}
		number, ok := found[normal]
		if !ok || number <= 0 {
			continue
		}
		root, err := customer.Root(tx, number)
		if err == nil {
			s, err = customer.Get(tx, root)
		}
		if field = i.Kind; field == customer.OwnID {
			field = "reference"
		}
		return field, s, err
	}
	return "", nil, nil
}

// isTyped tells whether a customer is what was typed, as after pressing twice.
func isTyped(s *customer.Stored, c *intake.Customer, country string) bool {
	for _, i := range c.Identities {
		normal, err := i.Normal(country)
		if err != nil || !slices.ContainsFunc(s.Identities, func(k customer.Known) bool { return k.Identity == normal }) {
			return false
		}
	}
	return s.Profile.FullName == c.Profile.FullName && s.Profile.Birthday == c.Profile.Birthday
}
