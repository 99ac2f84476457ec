package customer

import (
	"cmp"
	"database/sql"
	"math"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Stored is a customer as it is kept.
type Stored struct {
	Customer int64
	// Root is the number that stands for the person: another one where the customer was merged.
	Root       int64
	Reference  string // the identity that the customer came with
	Profile    Profile
	Identities []Known
	Version    int64
	Created    time.Time
	Updated    time.Time
	Erased     time.Time // zero: is not; an erased one is empty but for this
}

// Known is an identity of a customer.
type Known struct {
	Named
	Added time.Time
}

// Merged tells whether the customer is the same person as another, who stands for both.
func (s *Stored) Merged() bool { return s.Root != s.Customer }

// Filter chooses customers; what is zero chooses nothing out.
type Filter struct {
	Created, CreatedBefore time.Time // not before the one, and before the other
	Updated                time.Time // changed or made since then
	Merged                 bool      // also those who were merged into others
}

// columns are those that scan reads.
const columns = `SELECT c.customer_id, coalesce(a.root_id, c.customer_id), c.reference, c.kind, c.form_of_address, c.given_name, c.middle_name,
	c.family_name, c.full_name, coalesce(c.birth_year, 0), coalesce(c.birth_month, 0), coalesce(c.birth_day, 0), c.language, c.channel,
	c.referred, c.household, coalesce(c.organisation_id, 0), c.attributes, c.version, c.created_us, c.updated_us, c.erased_us
	FROM customers c LEFT JOIN aliases a ON a.customer_id = c.customer_id`

func (s *Stored) scan(r *db.Rows) error {
	p := &s.Profile
	var kind, attributes string
	var referred sql.Null[bool]
	var erased sql.Null[time.Time]
	err := r.Scan(&s.Customer, &s.Root, &s.Reference, &kind, &p.FormOfAddress, &p.GivenName, &p.MiddleName, &p.FamilyName, &p.FullName,
		&p.Birthday.Year, &p.Birthday.Month, &p.Birthday.Day, &p.Language, &p.Channel, &referred, &p.Household, &p.OrganisationID, &attributes,
		&s.Version, &s.Created, &s.Updated, &erased)
	if err != nil {
		return err
	}
	p.Organisation, s.Erased = kind == kindOrganisation, erased.V
	if referred.Valid {
		p.Referred = fact.No
		if referred.V {
			p.Referred = fact.Yes
		}
	}
	p.Attributes, err = fact.ParseAttributes(attributes)
	return err
}

// Get reads a customer, also one who was merged or erased.
func Get(tx *db.Tx, number int64) (*Stored, error) {
	all, err := read(tx, columns+" WHERE c.customer_id = $1", number)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.NotFoundf("there is no such customer")
	}
	return &all[0], nil
}

// List reads at most limit customers who come before a number, 0 for the first page: the newest first, without those who
// were erased.
func List(tx *db.Tx, f Filter, before int64, limit int) ([]Stored, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	first, end := since(f.Created), int64(math.MaxInt64)
	least := max(1, fact.FirstID(f.Created))
	if !f.CreatedBefore.IsZero() {
		end = f.CreatedBefore.UnixMicro()
	}
	query := columns + " WHERE c.erased_us IS NULL AND c.created_us >= $1 AND c.created_us < $2 AND c.updated_us >= $3"
	if !f.Merged {
		query += " AND a.customer_id IS NULL"
	}
	// Those who were made since come before those who were made earlier and changed; each part has an index.
	made := max(least, fact.FirstID(f.Updated))
	all, err := read(tx, query+" AND c.customer_id < $4 AND c.customer_id >= $5 ORDER BY c.customer_id DESC LIMIT $6",
		first, end, since(f.Updated), before, made, limit)
	if err != nil || len(all) == limit || made == least {
		return all, err
	}
	earlier, err := read(tx, query+` AND c.updated_us <> c.created_us AND +c.customer_id < $4 AND +c.customer_id >= $5
		ORDER BY +c.customer_id DESC LIMIT $6`, first, end, since(f.Updated), min(before, made), least, limit-len(all))
	return append(all, earlier...), err
}

// since is a moment for a comparison that nothing fails where none is wanted.
func since(at time.Time) int64 {
	if at.IsZero() {
		return math.MinInt64
	}
	return at.UnixMicro()
}

var findWritten = db.NewLookup("SELECT customer_id, kind, value, written, added_us FROM customer_identities", "customer_id BIGINT")

// read reads customers and their identities.
func read(tx *db.Tx, query string, args ...any) (all []Stored, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	var numbers []any
	for rows.Next() {
		all = append(all, Stored{})
		s := &all[len(all)-1]
		if err := s.scan(rows); err != nil {
			return nil, err
		}
		numbers = append(numbers, s.Customer)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	known, err := identities(tx, numbers)
	for i := range all {
		all[i].Identities = known[all[i].Customer]
	}
	return all, err
}

// identities are what the customers are known by, those first that were added first.
func identities(tx *db.Tx, customers []any) (map[int64][]Known, error) {
	known := map[int64][]Known{}
	err := findWritten.Each(tx, customers, func(r *db.Rows) error {
		var customer int64
		var k Known
		err := r.Scan(&customer, &k.Kind, &k.Value, &k.Written, &k.Added)
		known[customer] = append(known[customer], k)
		return err
	})
	for _, all := range known {
		slices.SortFunc(all, func(a, b Known) int {
			return cmp.Or(a.Added.Compare(b.Added), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
		})
	}
	return known, err
}

var findMembers = db.NewLookup("SELECT root_id, customer_id FROM aliases", "root_id BIGINT")

// MergedInto are those who were merged into each of the roots, and what they are known by.
func MergedInto(tx *db.Tx, roots []int64) (members map[int64][]int64, known map[int64][]Known, err error) {
	if members, err = Others(tx, roots); err != nil {
		return nil, nil, err
	}
	var all []any
	for _, of := range members {
		for _, member := range of {
			all = append(all, member)
		}
	}
	known, err = identities(tx, all)
	return members, known, err
}

// Others are the numbers that were merged into each of the roots.
func Others(tx *db.Tx, roots []int64) (members map[int64][]int64, err error) {
	members = map[int64][]int64{}
	args := make([]any, len(roots))
	for i, root := range roots {
		args[i] = root
	}
	err = findMembers.Each(tx, args, func(r *db.Rows) error {
		var root, member int64
		err := r.Scan(&root, &member)
		members[root] = append(members[root], member)
		return err
	})
	for _, of := range members {
		slices.Sort(of)
	}
	return members, err
}

// Alias is a customer who was merged.
type Alias struct {
	Customer int64
	Into     int64 // whom the merge named
	Merged   time.Time
}

// Aliases are those who were merged into a customer, by themselves or with others.
func Aliases(tx *db.Tx, root int64) (all []Alias, err error) {
	rows, err := tx.Query("SELECT customer_id, into_id, merged_us FROM aliases WHERE root_id = $1 ORDER BY customer_id", root)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var a Alias
		if err := rows.Scan(&a.Customer, &a.Into, &a.Merged); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Close()
}

// Consents are what the customers, all numbers of one person, agreed to and took back, the last one first.
func Consents(tx *db.Tx, customers ...int64) (all []Consent, err error) {
	for _, customer := range customers {
		rows, err := tx.Query(`SELECT channel, purpose, given_us, granted, wording, wording_version, source, proof FROM consents
			WHERE customer_id = $1`, customer)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var c Consent
			if err := rows.Scan(&c.Channel, &c.Purpose, &c.Given, &c.Granted, &c.Wording, &c.WordingVersion, &c.Source, &c.Proof); err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b Consent) int {
		return cmp.Or(b.Given.Compare(a.Given), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Purpose, b.Purpose))
	})
	return all, nil
}

// Agreed tells whether what a person, by all numbers of theirs, said last of a channel and purpose is yes.
func Agreed(tx *db.Tx, members []int64, channel, purpose string) (bool, error) {
	all, err := Consents(tx, members...)
	for i := range all { // the last one first
		if c := &all[i]; c.Channel == channel && c.Purpose == purpose {
			return c.Granted, err
		}
	}
	return false, err
}

// Hold keeps others from changing a customer until the transaction ends; ok is false where the profile has another
// version by now.
func Hold(tx *db.Tx, customer, version int64) (ok bool, err error) {
	n, err := tx.Exec("UPDATE customers SET version = version WHERE customer_id = $1 AND version = $2", customer, version)
	return n == 1, err
}

// HoldAny has whoever else holds, merges or erases a customer wait until the transaction ends, whatever the version. It refuses one
// who is not there, or was erased.
func HoldAny(tx *db.Tx, number int64) error {
	n, err := tx.Exec("UPDATE customers SET version = version WHERE customer_id = $1 AND erased_us IS NULL", number)
	if err == nil && n == 0 {
		err = fault.Coded("customer_not_found", fault.NotFoundf("there is no such customer"))
	}
	return err
}

// EachID gives every customer and the id that the customer came with; empty: was erased. Those who were merged are
// there too.
func EachID(tx *db.Tx, take func(number int64, reference string)) error {
	rows, err := tx.Query("SELECT customer_id, reference FROM customers")
	if err != nil {
		return err
	}
	for rows.Next() {
		var number int64
		var reference string
		if err := rows.Scan(&number, &reference); err != nil {
			return err
		}
		take(number, reference)
	}
	return rows.Close()
}
