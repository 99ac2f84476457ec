// Package business is what is known of the business whose facts are kept: its name, the zone its clocks show, its
// currency.
//
// What always holds: zone and currency are set before the first fact, because every fact carries its local day and
// amounts of two currencies do not add up. They are not changed in passing: Agree refuses to go on with others.
//
// It does not convert facts to another zone; that is work of its own.
package business

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// Business is what is known. The zero value is one of which nothing is known yet.
type Business struct {
	Name     string
	Zone     *time.Location
	Currency string // ISO code; empty: never said
	Country  string // ISO code, for telephone numbers without a country; empty: never said
	Sample   bool   // it is made up, to look around in; set by BeSample alone
}

// Digits is how many decimals its currency has.
func (b *Business) Digits() int { return locale.Digits(b.Currency) }

// The keys among the settings.
const (
	keyName     = "business_name"
	keyZone     = "time_zone"
	keyCurrency = "currency"
	keyCountry  = "country"
	keySample   = "sample"
)

// Load reads it; the zone is nil where none was ever set.
func Load(tx *db.Tx) (b Business, err error) {
	rows, err := tx.Query("SELECT key, value FROM settings WHERE key IN ($1, $2, $3, $4, $5)", keyName, keyZone, keyCurrency, keyCountry, keySample)
	if err != nil {
		return b, err
	}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return b, err
		}
		switch key {
		case keyName:
			b.Name = value
		case keyZone:
			if b.Zone, err = time.LoadLocation(value); err != nil {
				return b, fault.Unavailablef("the time zone of this business, %s, is not known on this machine; install its time zones (tzdata)", value)
			}
		case keyCurrency:
			b.Currency = value
		case keyCountry:
			b.Country = value
		case keySample:
			b.Sample = true
		}
	}
	return b, rows.Close()
}

// Words are a business as somebody told of it; of what is empty nothing was told.
type Words struct{ Name, Zone, Currency, Country string }

// nameMost is how long a name may be.
const nameMost = 200

// Parse reads what was told of a business, and refuses what there is not.
func Parse(w Words) (b Business, err error) {
	b = Business{Name: strings.TrimSpace(w.Name), Currency: strings.ToUpper(strings.TrimSpace(w.Currency)), Country: strings.ToUpper(strings.TrimSpace(w.Country))}
	zone := strings.TrimSpace(w.Zone)
	if zone != "" {
		if b.Zone, err = zoneNamed(zone); err != nil || b.Zone == time.Local {
			return b, fault.In("time_zone", fault.Coded("unknown_zone", fault.Invalidf("the time zone %.60q is not known; use a name such as Europe/Athens", zone)))
		}
	}
	switch {
	case utf8.RuneCountInString(b.Name) > nameMost:
		return b, fault.In("name", fault.Coded("too_long", fault.Invalidf("the name has more than %d characters", nameMost)))
	case b.Currency != "" && !locale.KnownCurrency(b.Currency):
		return b, fault.In("currency", fault.Coded("unknown_currency", fault.Invalidf("the currency %.20q is not known; use an ISO code such as EUR", b.Currency)))
	case b.Country != "" && !locale.KnownCountry(b.Country):
		return b, fault.In("country", fault.Coded("unknown_country", fault.Invalidf("the country %.20q is not known; use an ISO code such as GR", b.Country)))
	}
	return b, nil
}

// Agree takes what is wanted for what is not set yet, and refuses what contradicts it. Empty fields want nothing.
func Agree(tx *db.Tx, want Business) (Business, error) {
	have, err := Load(tx)
	if err != nil {
		return have, err
	}
	if have, err = have.With(want); err != nil {
		return have, err
	}
	return have, have.save(tx)
}

// With is what is known, with what is wanted for what is not.
func (b *Business) With(want Business) (Business, error) {
	have := *b
	if want.Zone != nil {
		if have.Zone != nil && have.Zone.String() != want.Zone.String() {
			return have, fault.In("time_zone", fault.Coded("already_set", fault.Conflictf("the facts kept here are in the time zone %s, not %s; leave the time zone out, "+
				"or keep the others elsewhere", have.Zone, want.Zone)))
		}
		have.Zone = want.Zone
	}
	if want.Currency != "" {
		if have.Currency != "" && have.Currency != want.Currency {
			return have, fault.In("currency", fault.Coded("already_set", fault.Conflictf("the amounts kept here are in %s, not %s; convert them first, "+
				"or keep them elsewhere", have.Currency, want.Currency)))
		}
		have.Currency = want.Currency
	}
	if want.Name != "" {
		have.Name = want.Name
	}
	if want.Country != "" {
		have.Country = want.Country
	}
	return have, nil
}

// BeSample notes that the business is a sample, which everybody who looks at it is told. It must have been noted before
// anything else is kept here: what is real never becomes a sample, because samples are taken away in a click.
func BeSample(tx *db.Tx, name string) error {
	have, err := Load(tx)
	if err != nil || have.Sample {
		return err
	}
	var used bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM customers) OR EXISTS (SELECT 1 FROM orders) OR EXISTS (SELECT 1 FROM users)`).Scan(&used); err != nil {
		return err
	}
	if used || have != (Business{}) {
		return fault.Coded("place_in_use", fault.Conflictf("this place is in use already, so it cannot become a sample; name a new one"))
	}
	have = Business{Name: name, Sample: true}
	return have.save(tx)
}

func (b *Business) save(tx *db.Tx) error {
	zone, sample := "", ""
	if b.Zone != nil {
		zone = b.Zone.String()
	}
	if b.Sample {
		sample = "yes"
	}
	for _, s := range [][2]string{{keyName, b.Name}, {keyZone, zone}, {keyCurrency, b.Currency}, {keyCountry, b.Country}, {keySample, sample}} {
		if s[1] == "" {
			continue
		}
		var old string
		err := tx.QueryRow("SELECT value FROM settings WHERE key = $1", s[0]).Scan(&old)
		if err == nil && old == s[1] {
			continue
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_us = excluded.updated_us`, s[0], s[1], tx.Now); err != nil {
			return fmt.Errorf("save %s: %w", s[0], err)
		}
	}
	return nil
}
