package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
)

// agreed is a consent as it is shown.
type agreed struct {
	Channel, Purpose string // as they are kept
	What, Says       string
	How              string
	Wording          string
	Granted, Last    bool // the last word for its channel and purpose
}

// Channels and purposes that a consent is usually for; the member pages ask for the newsletter by e-mail.
var (
	consentChannels = []string{"email", "sms", "phone", "post", "push", "messenger"}
	consentPurposes = []string{"newsletter", "offers", "surveys", "profiling"}
)

const (
	channelMost = 100
	wordingMost = 20_000
)

// agreements are the consents, the last one first, with the wording that was shown, and when and how each was given.
func (v *visit) agreements(consents []customer.Consent, masked bool, b business.Business) (all []agreed) {
	seen := map[[2]string]bool{}
	for i := range consents {
		c := &consents[i]
		key := [2]string{c.Channel, c.Purpose}
		a := agreed{Channel: c.Channel, Purpose: c.Purpose, What: v.called("channel", c.Channel) + " · " + v.called("purpose", c.Purpose), Wording: c.Wording, Granted: c.Granted, Last: !seen[key]}
		seen[key] = true
		state := v.l.T("console.customers.withdrawn")
		if c.Granted {
			state = v.l.T("console.customers.granted")
		}
		a.Says = state + " · " + v.l.Date(c.Given.In(zoneOf(b)))
		how := []string{v.called("source", c.Source)}
		if c.WordingVersion != "" {
			how = append(how, v.l.T("person.consent.version", c.WordingVersion))
		}
		if !masked {
			how = append(how, c.Proof) // an address of the person, mostly
		}
		a.How = strings.Join(slices.DeleteFunc(how, func(s string) bool { return s == "" }), " · ")
		all = append(all, a)
	}
	return all
}

// called is a channel, a purpose or the like in the reader's language, where it is one of the usual.
func (v *visit) called(kind, word string) string {
	if key := "person." + kind + "." + strings.ReplaceAll(word, " ", "_"); v.l.Has(key) {
		return v.l.T(key)
	}
	return word
}

// consentFields is the form by which a consent is recorded.
func (v *visit) consentFields(consents []customer.Consent, zone *time.Location) []field {
	channels, purposes := slices.Clone(consentChannels), slices.Clone(consentPurposes)
	for i := range consents {
		channels, purposes = append(channels, consents[i].Channel), append(purposes, consents[i].Purpose)
	}
	choices := func(kind string, words []string) (all []choice) {
		for i, word := range words {
			if slices.Index(words, word) == i {
				all = append(all, choice{Value: word, Name: v.called(kind, word)})
			}
		}
		return all
	}
	return []field{
		{Name: "consent_channel", Label: v.l.T("person.consent.channel"), Type: "select", Choices: choices("channel", channels)},
		{Name: "consent_purpose", Label: v.l.T("person.consent.purpose"), Type: "select", Choices: choices("purpose", purposes)},
		{Name: "consent_other", Label: v.l.T("person.consent.other"), Complete: "off", Optional: true},
		{Name: "consent_wording", Label: v.l.T("person.consent.wording"), Help: v.l.T("person.consent.wording.help"), Type: "textarea"},
		{Name: "consent_source", Label: v.l.T("person.consent.how"), Help: v.l.T("person.consent.how.help"), Optional: true},
		{Name: "consent_given", Label: v.l.T("person.consent.when"), Type: "date", Value: time.Now().In(zone).Format(time.DateOnly)},
	}
}

// agree records a consent that a customer gave.
func (v *visit) agree() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		c := customer.Consent{Granted: true}
		if c.Channel, err = v.needed("consent_channel", channelMost); err != nil {
			return err
		}
		if c.Purpose, err = v.typedText("consent_other", textMost); err == nil && c.Purpose == "" {
			c.Purpose, err = v.needed("consent_purpose", textMost)
		}
		if err != nil {
			return err
		}
		if c.Wording, err = v.needed("consent_wording", wordingMost); err != nil {
			return err
		}
		if c.Source, err = v.typedText("consent_source", textMost); err != nil {
			return err
		}
		c.Source = cmp.Or(c.Source, bySource)
		day, err := v.typedMoment("consent_given", zoneOf(b))
		if err != nil {
			return err
		}
		c.Given = time.UnixMicro(day.UTC).In(zoneOf(b))
		return v.sayConsent(by, s, c, []string{"channel", "given_at", "granted", "purpose", "source", "wording"})
	})
}

// withdraw records that a customer takes a consent back. None is ever changed: a later one counts.
func (v *visit) withdraw() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		c := customer.Consent{Channel: v.typed("channel"), Purpose: v.typed("purpose"), Source: bySource}
		return v.sayConsent(by, s, c, []string{"channel", "given_at", "purpose", "source"})
	})
}

// sayConsent records the customer's word, unless it is the last one already: pressed twice it is once.
func (v *visit) sayConsent(by account.Actor, s *customer.Stored, c customer.Consent, fields []string) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	err = v.write(func(tx *db.Tx) error {
		have, err := customer.Get(tx, s.Customer)
		if err != nil {
			return err
		}
		if !have.Erased.IsZero() {
			return erased()
		}
		// Whoever else speaks of this customer waits, so that two presses at once are one after the other.
		ok, err := customer.Hold(tx, have.Customer, have.Version)
		if err == nil && !ok {
			err = db.ErrRestart
		}
		if err != nil {
			return err
		}
		members, err := customer.Members(tx, have.Customer)
		if err != nil {
			return err
		}
		said, err := customer.Consents(tx, members...)
		if err != nil {
			return err
		}
		one := c
		one.Given = givenAt(tx.Now.In(facts.Business.Zone), c.Given, said)
		if same(said, &one, facts.Business.Zone) {
			return nil
		}
		out, err := facts.By(by).Consent(tx, customer.Numbered(s.Customer), one, fields)
		if err == nil {
			err = out.Err
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.back(s, "#consents")
}

// givenAt is the moment of a word that is said now, or was said on a day, which has the time of day of now. What is said now
// comes after what was said already, also where that transaction began a moment later than this one.
func givenAt(now, day time.Time, said []customer.Consent) time.Time {
	const near = time.Minute
	at := now
	if !day.IsZero() && day.Format(time.DateOnly) != now.Format(time.DateOnly) {
		return time.Date(day.Year(), day.Month(), day.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), now.Location()).UTC().Truncate(time.Microsecond)
	}
	if len(said) > 0 && !said[0].Given.Before(now) && said[0].Given.Sub(now) < near {
		at = said[0].Given.Add(time.Microsecond)
	}
	return at.UTC().Truncate(time.Microsecond)
}

// same tells whether a consent says what was the last word until its day already: given on the same day; or, where it is
// taken back, at any time.
func same(said []customer.Consent, c *customer.Consent, zone *time.Location) bool {
	day := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
	i := slices.IndexFunc(said, func(o customer.Consent) bool {
		return o.Channel == c.Channel && o.Purpose == c.Purpose && day(o.Given) <= day(c.Given)
	})
	if i < 0 {
		return !c.Granted
	}
	last := &said[i]
	if !c.Granted || !last.Granted {
		return c.Granted == last.Granted
	}
	return last.Wording == c.Wording && last.Source == c.Source && day(last.Given) == day(c.Given)
}
