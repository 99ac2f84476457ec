package duplicate

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

// One name in several spellings is one name, and another is not.
func TestNamesInAllSpellings(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Иван Петров", "иван  ПЕТРОВ", "Petrov Ivan", "Ivan Petrov", "Iván Petrov"},
		{"Юлия Михайлова", "Yulia Mikhailova", "Iuliia Mihailova"},
		{"Άννα Παππά", "ΑΝΝΑ ΠΑΠΠΑ", "Anna Pappa", "Ana Papa"},
		{"Σοφία Ιωάννου", "Sophia Ioannou"},
		{"Straße, Łucja", "lucja STRASSE"},
		{"李娜"},
	} {
		first := nameKey(customer.Fold(same[0]))
		for _, other := range same[1:] {
			if got := nameKey(customer.Fold(other)); got != first {
				t.Errorf("%q is %q and %q is %q", same[0], first, other, got)
			}
		}
	}
	seen := map[string]string{}
	for _, name := range []string{"Ivan Petrov", "Ivana Petrova", "Ioan Petrov", "李娜", "李丽", "Anna Pappa", "Maria Pappa", "Άννα"} {
		key := nameKey(customer.Fold(name))
		if before, ok := seen[key]; ok || key == "" {
			t.Errorf("%q is the same as %q: %q", name, before, key)
		}
		seen[key] = name
	}
	if got := nameKey(customer.Fold(" 123 - ")); got != "" {
		t.Errorf("of no letters: %q", got)
	}
	for a, b := range map[string]string{"anna.pappa+shop@gmail.com": "annapappa@googlemail.com", "x+1@example.com": "x@example.com"} {
		if mailbox(a) != mailbox(b) {
			t.Errorf("%s and %s: %s and %s", a, b, mailbox(a), mailbox(b))
		}
	}
	if mailbox("a.b@example.com") == mailbox("ab@example.com") {
		t.Error("only one provider looks at no dots")
	}
}

// found is what is suspected of customers given as they would be read.
func found(all []customer.Brief, apart map[[2]int64]bool) []string {
	h := &hasher{maphash.MakeSeed()}
	var keys []key
	for i := range all {
		keys = append(keys, h.keys(&all[i])...)
	}
	var out []string
	f := pairs(keys, apart)
	for i := range f.Pairs {
		p := &f.Pairs[i]
		out = append(out, fmt.Sprintf("%d-%d %d %s", p.First, p.Second, p.Likelihood, words(p.Reasons)))
	}
	return out
}

func brief(n int64, name string, known ...string) customer.Brief {
	b := customer.Brief{Number: n, Root: n, FoldedName: customer.Fold(name)}
	for _, k := range known {
		kind, value, _ := strings.Cut(k, ":")
		b.Known = append(b.Known, customer.Identity{Kind: kind, Value: value})
	}
	return b
}

func TestWhoIsSuspectedAndWhy(t *testing.T) {
	t.Parallel()
	born := func(b customer.Brief, year, month, day int) customer.Brief {
		b.Birthday = customer.Birthday{Year: year, Month: month, Day: day}
		return b
	}
	at := func(b customer.Brief, household string, attributes ...string) customer.Brief {
		b.Household = household
		for i := 0; i < len(attributes); i += 2 {
			b.Attributes = append(b.Attributes, fact.Attribute{Name: attributes[i], Value: attributes[i+1]})
		}
		return b
	}
	into := func(b customer.Brief, root int64) customer.Brief { b.Root = root; return b }
	many := []customer.Brief{}
	for n := range int64(7) {
		many = append(many, brief(n+1, "", fmt.Sprintf("email:shop+%d@example.com", n)))
	}
	for what, c := range map[string]struct {
		all  []customer.Brief
		want []string
	}{
		"nothing in common":              {[]customer.Brief{brief(1, "Anna Pappa", "email:a@x.org"), brief(2, "Bo Smith", "email:b@x.org")}, nil},
		"a name alone":                   {[]customer.Brief{brief(1, "Anna Pappa"), brief(2, "Anna Pappa")}, nil},
		"a mailbox":                      {[]customer.Brief{brief(1, "", "email:a.b@gmail.com"), brief(2, "", "email:ab+x@googlemail.com")}, []string{"1-2 950 email"}},
		"a number with a country":        {[]customer.Brief{brief(1, "", "phone:+302101234567"), brief(2, "", "phone:2101234567")}, []string{"1-2 850 phone"}},
		"a number of seven digits":       {[]customer.Brief{brief(1, "", "phone:1234567"), brief(2, "", "phone:2101234567")}, nil},
		"the same with a name":           {[]customer.Brief{brief(1, "Anna", "phone:1234567"), brief(2, "ANNA", "phone:2101234567")}, []string{"1-2 750 name_phone"}},
		"a card":                         {[]customer.Brief{brief(1, "", "card:0012345"), brief(2, "", "card:12345")}, []string{"1-2 900 card"}},
		"a name and a birthday":          {[]customer.Brief{born(brief(1, "Anna Pappa"), 1980, 2, 3), born(brief(2, "Άννα Παππά"), 1980, 2, 3)}, []string{"1-2 850 name_birthday"}},
		"another year":                   {[]customer.Brief{born(brief(1, "Anna Pappa"), 1980, 2, 3), born(brief(2, "Anna Pappa"), 1981, 2, 3)}, []string{"1-2 500 name_day"}},
		"a birthday alone":               {[]customer.Brief{born(brief(1, "Anna"), 1980, 2, 3), born(brief(2, "Bo"), 1980, 2, 3)}, nil},
		"a postcode":                     {[]customer.Brief{at(brief(1, "Anna Pappa"), "", "ΤΚ", "115 21"), at(brief(2, "Pappa Anna"), "", "Postcode", "11521")}, []string{"1-2 600 name_postcode"}},
		"a postcode of a first name":     {[]customer.Brief{at(brief(1, "Anna"), "", "zip", "11521"), at(brief(2, "Anna"), "", "zip", "11521")}, nil},
		"a household":                    {[]customer.Brief{at(brief(1, "Anna Pappa"), "Main St. 5"), at(brief(2, "Anna Pappa"), "main st 5")}, []string{"1-2 750 name_household"}},
		"a household of others":          {[]customer.Brief{at(brief(1, "Anna Pappa"), "Main St. 5"), at(brief(2, "Bo Pappa"), "main st 5")}, nil},
		"several reasons, the most said": {[]customer.Brief{born(brief(1, "Anna Pappa", "email:a+1@x.org", "phone:2101234567"), 1980, 2, 3), born(brief(2, "Anna Pappa", "email:a@x.org", "phone:+302101234567"), 1980, 2, 3)}, []string{"1-2 999 email phone name_birthday"}},
		"two of one person":              {[]customer.Brief{into(brief(1, "", "card:0012345"), 2), brief(2, "", "card:12345")}, nil},
		"of whom one was merged":         {[]customer.Brief{into(brief(1, "", "card:0012345"), 9), brief(2, "", "card:12345")}, []string{"2-9 900 card"}},
		"what many share":                {many, nil},
		"what fewer share":               {many[:3], []string{"2-3 950 email", "1-3 950 email", "1-2 950 email"}},
		"the likeliest first":            {[]customer.Brief{brief(1, "", "card:0012345", "email:q@x.org"), brief(2, "", "card:12345"), brief(3, "", "email:q+1@x.org")}, []string{"1-3 950 email", "1-2 900 card"}},
		"told apart":                     {[]customer.Brief{brief(100, "", "card:0012345"), brief(200, "", "card:12345")}, nil},
	} {
		if got := found(c.all, map[[2]int64]bool{{100, 200}: true}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}

// comes makes a customer of a name and a card.
func comes(t *testing.T, d *db.DB, ids *fact.IDs, name, card string) (number int64) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, made, err := customer.Make(tx, ids, []customer.Identity{{Kind: customer.Card, Value: card}})
		if err != nil {
			return err
		}
		number = made[0]
		_, err = customer.Update(tx, catalogue.NewNames(), []customer.Entry{{Customer: number, Profile: &customer.Profile{FullName: name}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return number
}

// What was found is kept and listed in pages; who is told apart, merged or erased is suspected no more.
func TestPairsAreKeptAndToldApart(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ids := &fact.IDs{}
		var who [6]int64
		for i := range who {
			who[i] = comes(t, d, ids, fmt.Sprint("N", i), strings.Repeat("0", i%2)+fmt.Sprint(1000+i/2)) // 1000 01000, 1001 01001, 1002 01002
		}
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(context.WithoutCancel(t.Context()), fn); err != nil {
				t.Fatal(err)
			}
		}
		search := func() Found {
			t.Helper()
			told := int64(0)
			f, err := Search(t.Context(), d, func(n int64) { told = n })
			if err != nil || told != 6 {
				t.Fatalf("after %d customers: %v", told, err)
			}
			if err := Keep(t.Context(), d, d.Write, f); err != nil {
				t.Fatal(err)
			}
			return f
		}
		list := func() (pairs []string) {
			t.Helper()
			for after := (Place{}); ; {
				var some []Pair
				if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { some, err = List(tx, after, 1); return err }); err != nil {
					t.Fatal(err)
				}
				if len(some) == 0 {
					return pairs
				}
				for i := range who {
					for j := range who {
						if some[0].First == who[i] && some[0].Second == who[j] {
							pairs = append(pairs, fmt.Sprint(i, j, some[0].Reasons))
						}
					}
				}
				after = some[0].Place()
			}
		}
		wants := func(what string, want ...string) {
			t.Helper()
			if got := list(); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
			var n int64
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { n, err = Count(tx); return err }); err != nil || n != int64(len(want)) {
				t.Errorf("%s: %d are counted: %v", what, n, err)
			}
		}
		if f := search(); len(f.Pairs) != 3 || f.More != 0 {
			t.Errorf("%+v", f)
		}
		wants("at first", "4 5 [card]", "2 3 [card]", "0 1 [card]")
		write(func(tx *db.Tx) error { return Apart(tx, who[5], who[4], "user:1") })
		write(func(tx *db.Tx) error { return Apart(tx, who[4], who[5], "user:1") })
		wants("told apart", "2 3 [card]", "0 1 [card]")
		search()
		wants("and looked for again", "2 3 [card]", "0 1 [card]")
		write(func(tx *db.Tx) error { _, err := customer.Merge(tx, who[2], who[3]); return err })
		wants("merged", "0 1 [card]")
		err := d.Write(t.Context(), func(tx *db.Tx) error { return Apart(tx, who[2], who[3], "user:1") })
		if err == nil || !strings.Contains(err.Error(), "the two are one customer") {
			t.Errorf("one told apart from itself: %v", err)
		}
		// Who was told apart is so under the number that stands for them later, too.
		write(func(tx *db.Tx) error { _, err := customer.Merge(tx, who[5], who[0]); return err })
		search()
		for _, p := range list() {
			if strings.HasPrefix(p, "0 4") {
				t.Error("who was told apart is suspected again after a merge")
			}
		}
		write(func(tx *db.Tx) error { return customer.Erase(tx, who[1]) })
		wants("erased")
		search()
		wants("and looked for again")
	})
}

// Of more than are kept the likeliest are, and how many others there were is told.
func TestOnlyTheLikeliestAreKept(t *testing.T) {
	t.Parallel()
	var all []key
	for n := range int64(keptMost + 5) {
		reason := SameDay
		if n >= 5 {
			reason = SameEmail
		}
		all = append(all, key{uint64(n), 2 * n, placeOf(reason)}, key{uint64(n), 2*n + 1, placeOf(reason)}) //nolint:gosec // small
	}
	f := pairs(all, nil)
	if len(f.Pairs) != keptMost || f.More != 5 || f.Pairs[keptMost-1].Likelihood != 950 {
		t.Errorf("%d are kept, %d not", len(f.Pairs), f.More)
	}
	if len(Reasons()) != 8 {
		t.Errorf("%v", Reasons())
	}
}
