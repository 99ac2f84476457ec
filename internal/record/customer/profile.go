package customer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
)

const (
	kindPerson       = "person"
	kindOrganisation = "organisation"
)

// Birthday is a date without a year, or with one.
type Birthday struct{ Year, Month, Day int }

// Profile is what is known of a customer. In a change, what is empty stays as it was, and Clear names what is to be
// emptied.
type Profile struct {
	Organisation   bool   // a business, not a person
	FormOfAddress  string // Ms, Dr, ...
	GivenName      string
	MiddleName     string
	FamilyName     string
	FullName       string // where the parts are not known, or how it is to be written
	Birthday       Birthday
	Language       string // BCP 47, such as el or zh-Hant
	Channel        string // by which the customer was won
	Referred       fact.Answered
	Household      string // what members of one household share, such as an address or a number
	OrganisationID int64  // of a person: the business that the person is a contact of
	Attributes     fact.Attributes
	Clear          []string
}

// clearable are the fields that can be emptied.
var clearable = []string{"form_of_address", "given_name", "middle_name", "family_name", "full_name", "birthday", "language",
	"channel", "referred", "household", "organisation", "person"}

// Check refuses what cannot be kept.
func (p *Profile) Check() error {
	for name, text := range map[string]string{"form_of_address": p.FormOfAddress, "given_name": p.GivenName, "middle_name": p.MiddleName,
		"family_name": p.FamilyName, "full_name": p.FullName, "channel": p.Channel, "household": p.Household} {
		if !utf8.ValidString(text) || len(text) > 400 || strings.ContainsRune(text, 0) {
			return fault.In(name, fault.Invalidf("%s is longer than 400 bytes, or holds signs that are no characters", name))
		}
	}
	b := p.Birthday
	if b != (Birthday{}) && (b.Month < 1 || b.Month > 12 || b.Day < 1 || b.Day > daysIn(b) || b.Year != 0 && (b.Year < 1850 || b.Year > 2200)) {
		return fault.In("birthday", fault.Invalidf("the birthday %04d-%02d-%02d is no date", b.Year, b.Month, b.Day))
	}
	if p.Language != "" {
		if _, err := language.Parse(p.Language); err != nil {
			return fault.In("language", fault.Invalidf("the language %q is not known; use a code such as el or zh-Hant", p.Language))
		}
	}
	for _, name := range p.Clear {
		if !contains(clearable, name) {
			return fault.In("clear", fault.Invalidf("%q cannot be cleared; there are: %s", name, strings.Join(clearable, ", ")))
		}
	}
	return fault.In("attributes", p.Attributes.Check())
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

func daysIn(b Birthday) int {
	days := [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[b.Month-1]
	if b.Month == 2 && b.Year != 0 && (b.Year%4 != 0 || b.Year%100 == 0 && b.Year%400 != 0) {
		days = 28
	}
	return days
}

// Fold is how names are compared: whatever the letters' size and however their accents are written.
func Fold(s string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(s))), " ")
}

// plainName is a name folded, without accents: Greek is typed without them in capitals.
func plainName(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(Fold(s))))
}

// turnedName is a plain name with the family name first: the one that is known, where the name ends so, or else the last word. A
// name of one word is not turned.
func turnedName(name, family string) string {
	before, ends := strings.CutSuffix(name, " "+family)
	if family == "" || !ends {
		at := strings.LastIndexByte(name, ' ')
		if at < 0 {
			return ""
		}
		before, family = name[:at], name[at+1:]
	}
	return family + " " + before
}

// stored is a row of the table.
type stored struct {
	Profile
	Kind    string
	Version int64
	erased  bool
}

// Load reads the profile of a customer; ok is false where there is no such customer, or no more.
func Load(tx *db.Tx, customer int64) (p Profile, version int64, ok bool, err error) {
	all, err := load(tx, []int64{customer})
	s, ok := all[customer]
	return s.Profile, s.Version, ok && !s.erased, err
}

var findCustomers = db.NewLookup(`SELECT customer_id, kind, form_of_address, given_name, middle_name, family_name, full_name,
	coalesce(birth_year, 0), coalesce(birth_month, 0), coalesce(birth_day, 0), language, channel,
	CASE WHEN referred IS NULL THEN 0 WHEN referred THEN 2 ELSE 1 END, household, coalesce(organisation_id, 0), attributes, version,
	CASE WHEN erased_us IS NULL THEN 0 ELSE 1 END FROM customers`, "customer_id BIGINT")

func load(tx *db.Tx, customers []int64) (map[int64]stored, error) {
	args := make([]any, len(customers))
	for i, c := range customers {
		args[i] = c
	}
	out := make(map[int64]stored, len(customers))
	return out, findCustomers.Each(tx, args, func(r *db.Rows) error {
		var id, referred, erased int64
		var attributes string
		var s stored
		err := r.Scan(&id, &s.Kind, &s.FormOfAddress, &s.GivenName, &s.MiddleName, &s.FamilyName, &s.FullName, &s.Birthday.Year,
			&s.Birthday.Month, &s.Birthday.Day, &s.Language, &s.Channel, &referred, &s.Household, &s.OrganisationID, &attributes,
			&s.Version, &erased)
		if err != nil {
			return err
		}
		s.Organisation, s.Referred, s.erased = s.Kind == kindOrganisation, fact.Answered(referred), erased == 1
		s.Attributes, err = fact.ParseAttributes(attributes)
		out[id] = s
		return err
	})
}

// Entry is a change to the profile of a customer.
type Entry struct {
	Customer int64
	Profile  *Profile
}

// Update changes profiles, each customer's at most once in a call, and tells which of them are different now.
func Update(tx *db.Tx, names *catalogue.Names, entries []Entry) (map[int64]bool, error) {
	attributes := make([]fact.Attributes, len(entries))
	customers := make([]int64, len(entries))
	for i, e := range entries {
		attributes[i], customers[i] = e.Profile.Attributes, e.Customer
	}
	if err := names.Spell(tx, catalogue.Customers, attributes...); err != nil {
		return nil, err
	}
	have, err := load(tx, customers)
	if err != nil {
		return nil, err
	}
	changed := map[int64]bool{}
	var changes []feed.Change
	for _, e := range entries {
		old, ok := have[e.Customer]
		if !ok || old.erased {
			continue
		}
		next := old.with(e.Profile)
		if next.row() == old.row() {
			continue
		}
		if err := save(tx, e.Customer, &next, old.Version); err != nil {
			return nil, err
		}
		changed[e.Customer] = true
		changes = append(changes, feed.Change{Customer: e.Customer, Kind: feed.Customer})
	}
	return changed, feed.Add(tx, changes...)
}

// with is the profile with the change made.
func (s stored) with(p *Profile) stored {
	out := s
	for _, name := range p.Clear {
		out.clear(name)
	}
	take(&out.FormOfAddress, p.FormOfAddress)
	take(&out.GivenName, p.GivenName)
	take(&out.MiddleName, p.MiddleName)
	take(&out.FamilyName, p.FamilyName)
	take(&out.FullName, p.FullName)
	take(&out.Birthday, p.Birthday)
	take(&out.Language, p.Language)
	take(&out.Channel, p.Channel)
	take(&out.Referred, p.Referred)
	take(&out.Household, p.Household)
	take(&out.OrganisationID, p.OrganisationID)
	take(&out.Organisation, p.Organisation)
	out.Attributes = append(append(fact.Attributes{}, s.Attributes...), p.Attributes...)
	return out
}

// take takes what is said.
func take[T comparable](to *T, said T) {
	var nothing T
	if said != nothing {
		*to = said
	}
}

func (s *stored) clear(name string) {
	switch name {
	case "form_of_address":
		s.FormOfAddress = ""
	case "given_name":
		s.GivenName = ""
	case "middle_name":
		s.MiddleName = ""
	case "family_name":
		s.FamilyName = ""
	case "full_name":
		s.FullName = ""
	case "birthday":
		s.Birthday = Birthday{}
	case "language":
		s.Language = ""
	case "channel":
		s.Channel = ""
	case "referred":
		s.Referred = fact.Unsaid
	case "household":
		s.Household = ""
	case "organisation":
		s.OrganisationID = 0
	case "person": // that is, no organisation
		s.Organisation = false
	}
}

// comparable form of a row.
type row struct {
	organisation                             bool
	address, given, middle, family, full     string
	birthday                                 Birthday
	language, channel, household, attributes string
	referred                                 fact.Answered
	contactOf                                int64
}

func (s *stored) row() row {
	return row{s.Organisation, s.FormOfAddress, s.GivenName, s.MiddleName, s.FamilyName, s.FullName, s.Birthday, s.Language,
		s.Channel, s.Household, s.Attributes.Text(), s.Referred, s.OrganisationID}
}

func save(tx *db.Tx, customer int64, s *stored, version int64) error {
	kind := kindPerson
	if s.Organisation {
		kind = kindOrganisation
	}
	var referred any
	if s.Referred != fact.Unsaid {
		referred = s.Referred == fact.Yes
	}
	name := s.FullName
	if name == "" {
		name = strings.Join([]string{s.GivenName, s.MiddleName, s.FamilyName}, " ")
	}
	plain := plainName(name)
	n, err := tx.Exec(`UPDATE customers SET kind = $1, form_of_address = $2, given_name = $3, middle_name = $4, family_name = $5,
		full_name = $6, folded_name = $7, plain_name = $8, turned_name = $9, birth_year = $10, birth_month = $11, birth_day = $12,
		language = $13, channel = $14, referred = $15, household = $16, organisation_id = $17, attributes = $18, version = version + 1,
		updated_us = $19 WHERE customer_id = $20 AND version = $21`,
		kind, s.FormOfAddress, s.GivenName, s.MiddleName, s.FamilyName, s.FullName, Fold(name), plain, turnedName(plain, plainName(s.FamilyName)), orNull(int64(s.Birthday.Year)),
		orNull(int64(s.Birthday.Month)), orNull(int64(s.Birthday.Day)), s.Language, s.Channel, referred, s.Household,
		orNull(s.OrganisationID), s.Attributes.Text(), tx.Now, customer, version)
	if err == nil && n == 0 {
		return db.ErrRestart
	}
	return err
}

func orNull(v int64) any {
	if v == 0 {
		return nil
	}
	return v
}
