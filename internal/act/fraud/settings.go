package fraud

import (
	"slices"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/setting"
)

// Settings say from where on something is flagged. A limit of 0 switches its check off.
type Settings struct {
	Orders      int64    `json:"orders"`       // on a day, and three times what is usual for the customer
	UnitTimes   int64    `json:"unit_times"`   // times what 99 of 100 earn on a day at most
	StaffTimes  int64    `json:"staff_times"`  // that one of staff gave by hand to one customer, and half of what they gave or more
	StaffOwn    bool     `json:"staff_own"`    // whether what staff give to themselves, and enter for themselves, is flagged
	Returns     int64    `json:"returns"`      // orders that came back after units were spent
	Customers   int64    `json:"customers"`    // who share an attribute
	Attributes  []string `json:"attributes"`   // which are looked at
	Friends     int64    `json:"friends"`      // brought, before it is asked whether they come back
	Rings       bool     `json:"rings"`        // whether rings, and friends with the same contact, are flagged
	PendingDays int64    `json:"pending_days"` // more, while a flag of high risk is open
}

// Usual are the settings of a business that has set none.
func Usual() Settings {
	return Settings{Orders: 6, UnitTimes: 5, StaffTimes: 5, StaffOwn: true, Returns: 3, Customers: 4,
		Attributes: []string{"address", "card", "device", "phone"}, Friends: 5, Rings: true, PendingDays: 14}
}

const settingsKey = "fraud"

// LoadSettings reads the settings; the usual ones where nobody has set any.
func LoadSettings(tx *db.Tx) (Settings, error) {
	var own Settings
	found, err := setting.Load(tx, settingsKey, &own)
	if err == nil && !found {
		own = Usual()
	}
	return own, err
}

const (
	mostAttributes = 20
	longestName    = 100
)

// Check refuses what cannot be.
func (s *Settings) Check() error {
	for _, one := range []struct {
		field             string
		value, from, most int64
	}{
		{"orders", s.Orders, 2, 1000}, {"unit_times", s.UnitTimes, 2, 1000}, {"staff_times", s.StaffTimes, 2, 1000}, {"returns", s.Returns, 2, 100},
		{"customers", s.Customers, 2, 1000}, {"friends", s.Friends, 3, 1000}, {"pending_days", s.PendingDays, 1, 365},
	} {
		if one.value != 0 && (one.value < one.from || one.value > one.most) {
			return fault.In(one.field, fault.Coded("out_of_range", fault.Invalidf("it is 0, which switches it off, or %w", &fault.Range{Least: one.from, Most: one.most, Is: one.value})))
		}
	}
	if len(s.Attributes) > mostAttributes {
		return fault.In("attributes", fault.Coded("out_of_range", fault.Invalidf("at most %d attributes are looked at", mostAttributes)))
	}
	for _, name := range s.Attributes {
		if name == "" || len(name) > longestName {
			return fault.In("attributes", fault.Coded("too_long", fault.Invalidf("an attribute has a name, of %d bytes at most", longestName)))
		}
	}
	return nil
}

// Named reads names of attributes that were written with commas between them.
func Named(text string) []string {
	names := []string{}
	for name := range strings.SplitSeq(text, ",") {
		if name = fold(name); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Save keeps the settings.
func (s *Settings) Save(tx *db.Tx) error {
	if err := s.Check(); err != nil {
		return err
	}
	return setting.Save(tx, settingsKey, s)
}

func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
