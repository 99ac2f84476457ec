package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// changeOf is the change that brings a customer to what is said of it.
func changeOf(w *wire.Customer) wire.CustomerChange {
	c := wire.CustomerChange{FormOfAddress: w.FormOfAddress, GivenName: w.GivenName, MiddleName: w.MiddleName, FamilyName: w.FamilyName,
		FullName: w.FullName, Birthday: w.Birthday, Language: w.Language, Channel: w.Channel, Referred: w.Referred, Household: w.Household,
		OrganisationID: w.OrganisationID, Attributes: w.Attributes}
	if w.Organisation {
		c.Organisation = &w.Organisation
	}
	return c
}

// profileOf turns a change that came over the wire into what intake takes.
func profileOf(w *wire.CustomerChange) (p customer.Profile, err error) {
	p = customer.Profile{FormOfAddress: w.FormOfAddress, GivenName: w.GivenName, MiddleName: w.MiddleName, FamilyName: w.FamilyName,
		FullName: w.FullName, Language: w.Language, Channel: w.Channel, Household: w.Household}
	if err := said(w.Attributes, &p.Attributes); err != nil {
		return p, err
	}
	if p.Birthday, err = birthdayOf(w.Birthday); err != nil {
		return p, fault.In("birthday", err)
	}
	if w.Referred != nil {
		p.Referred = fact.No
		if *w.Referred {
			p.Referred = fact.Yes
		}
	}
	if w.OrganisationID != "" {
		if err := fact.ParsePublicID(fact.CustomerPrefix, w.OrganisationID, &p.OrganisationID); err != nil {
			return p, fault.In("organisation_id", err)
		}
	}
	if w.Organisation != nil {
		if p.Organisation = *w.Organisation; !p.Organisation {
			p.Clear = append(p.Clear, "person")
		}
	}
	for _, name := range w.Clear {
		if name == "organisation_id" {
			name = "organisation" // as the profile calls it
		}
		p.Clear = append(p.Clear, name)
	}
	return p, p.Check()
}

func birthdayOf(text string) (b customer.Birthday, err error) {
	if text == "" {
		return b, nil
	}
	format := "%4d-%2d-%2d"
	into := []any{&b.Year, &b.Month, &b.Day}
	if strings.HasPrefix(text, "--") {
		format, into = "--%2d-%2d", into[1:]
	}
	if n, err := fmt.Sscanf(text, format, into...); err != nil || n != len(into) {
		return b, fault.Invalidf("%.20q is no date; write 1980-05-17, or --05-17 where the year is not known", text)
	}
	return b, nil
}

func shownBirthday(b customer.Birthday) string {
	switch {
	case b == customer.Birthday{}:
		return ""
	case b.Year == 0:
		return fmt.Sprintf("--%02d-%02d", b.Month, b.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day)
}

func showCustomer(v view, k *known) wire.Customer {
	s := &k.stored
	p := &s.Profile
	c := wire.Customer{
		ID: fact.PublicID(fact.CustomerPrefix, s.Customer), Organisation: p.Organisation, FormOfAddress: p.FormOfAddress, GivenName: p.GivenName,
		MiddleName: p.MiddleName, FamilyName: p.FamilyName, FullName: p.FullName, Birthday: shownBirthday(p.Birthday), Language: p.Language,
		Channel: p.Channel, Household: p.Household, Attributes: shownAttributes(p.Attributes), Version: s.Version, CreatedAt: &s.Created, UpdatedAt: &s.Updated,
	}
	if p.Referred != fact.Unsaid {
		referred := p.Referred == fact.Yes
		c.Referred = &referred
	}
	if p.OrganisationID != 0 {
		c.OrganisationID = fact.PublicID(fact.CustomerPrefix, p.OrganisationID)
	}
	if !s.Erased.IsZero() {
		c.ErasedAt = &s.Erased
	}
	for _, i := range k.all {
		if i.Kind == customer.OwnID && c.Reference == "" {
			c.Reference = i.Value
		}
		c.Identities = append(c.Identities, wire.Identity{Kind: i.Kind, Value: i.Written, AddedAt: &i.Added})
	}
	for _, member := range k.members {
		if member > 0 { // a visitor has no id
			c.MergedIDs = append(c.MergedIDs, fact.PublicID(fact.CustomerPrefix, member))
		}
	}
	if !v.personal {
		mask(&c)
	}
	return c
}

// personal are the fields of a customer that tell who it is.
func personal(c *wire.Customer) []*string {
	return []*string{&c.GivenName, &c.MiddleName, &c.FamilyName, &c.FullName, &c.Household, &c.Birthday}
}

// masked are the kinds of identities that tell who somebody is, or can be misused. Ids of systems do not.
var masked = []string{customer.Email, customer.Phone, customer.Card, customer.MemberNumber}

// mask hides who somebody is. What is left lets a person at the till see that it is the right one.
func mask(c *wire.Customer) {
	for _, field := range personal(c) {
		if *field != "" {
			*field, c.Masked = shortened(*field, 1, 0), true
		}
	}
	if c.Birthday != "" {
		c.Birthday = "" // a part of a date is none
	}
	for i := range c.Identities {
		identity := &c.Identities[i]
		if !slices.Contains(masked, identity.Kind) {
			continue
		}
		c.Masked = true
		if identity.Kind == customer.Email {
			name, host, _ := strings.Cut(identity.Value, "@")
			identity.Value = shortened(name, 1, 0) + "@" + shortened(host, 1, 0)
			continue
		}
		identity.Value = shortened(identity.Value, 0, 3)
	}
}

// shortened keeps signs at the beginning and the end.
func shortened(text string, first, last int) string {
	const hidden = "…"
	signs := []rune(text)
	if len(signs) <= first+last {
		return hidden
	}
	return string(signs[:first]) + hidden + string(signs[len(signs)-last:])
}

// unmask takes what whoever may not see personal data sends back as it was shown for what it stands for.
func unmask(sent *wire.Customer, have *known) {
	full := showCustomer(view{personal: true}, have)
	shown := showCustomer(view{}, have)
	for i, field := range personal(sent) {
		if *field == *personal(&shown)[i] {
			*field = *personal(&full)[i]
		}
	}
	for i := range sent.Identities {
		for j := range shown.Identities {
			if sent.Identities[i].Kind == shown.Identities[j].Kind && sent.Identities[i].Value == shown.Identities[j].Value {
				sent.Identities[i].Value = full.Identities[j].Value
			}
		}
	}
}

// replacing is the change that leaves nothing of a profile but what is said.
func replacing(have, next *customer.Profile) customer.Profile {
	p := *next
	for _, field := range []struct {
		name  string
		empty bool
	}{
		{"form_of_address", p.FormOfAddress == ""}, {"given_name", p.GivenName == ""}, {"middle_name", p.MiddleName == ""},
		{"family_name", p.FamilyName == ""}, {"full_name", p.FullName == ""}, {"birthday", p.Birthday == customer.Birthday{}},
		{"language", p.Language == ""}, {"channel", p.Channel == ""}, {"referred", p.Referred == fact.Unsaid},
		{"household", p.Household == ""}, {"organisation", p.OrganisationID == 0}, {"person", !p.Organisation},
	} {
		if field.empty {
			p.Clear = append(p.Clear, field.name)
		}
	}
	for _, a := range have.Attributes {
		if !slices.ContainsFunc(p.Attributes, func(b fact.Attribute) bool { return strings.EqualFold(a.Name, b.Name) }) {
			p.Attributes = append(p.Attributes, fact.Attribute{Name: a.Name})
		}
	}
	return p
}

// consentOf turns a consent that came over the wire into what intake takes.
func consentOf(w *wire.Consent) (c customer.Consent, err error) {
	c = customer.Consent{Channel: w.Channel, Purpose: w.Purpose, Granted: w.Granted, Wording: w.Wording, WordingVersion: w.WordingVersion,
		Source: w.Source, Proof: w.Proof, Given: w.GivenAt.UTC().Truncate(time.Microsecond)}
	if err := moment("given_at", w.GivenAt); err != nil {
		return c, err
	}
	return c, c.Check()
}
