package customer_test

import (
	"context"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

func TestIdentitiesAreBroughtIntoOneForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, value, want string }{
		{"id", " 00042 ", "00042"},
		{"email", " Ada@Example.COM", "ada@example.com"},
		{"email", "Ωμέγα@Παράδειγμα.ελ", "ωμέγα@παράδειγμα.ελ"},
		{"email", "ada", ""},
		{"email", "ada@", ""},
		{"email", "ada@x, bob@y", ""},
		{"phone", "210 1234567", "+302101234567"},
		{"phone", "0030 210-1234567", "+302101234567"},
		{"phone", "+44 20 7946 0958", "+442079460958"},
		{"phone", "12", ""},
		{"card", "1234-5678 9abc", "123456789ABC"},
		{"Shopify", "AbC", "AbC"},
		{"my system", "1", ""},
		{"id", "", ""},
		{"id", "a\x00b", ""},
		{"id", "e\u0301", "\u00e9"},
	} {
		got, err := customer.Identity{Kind: c.kind, Value: c.value}.Normal("GR")
		switch {
		case c.want == "" && fault.KindOf(err) != fault.Invalid:
			t.Errorf("%s %q: %v, %v", c.kind, c.value, got, err)
		case c.want != "" && (err != nil || got.Value != c.want):
			t.Errorf("%s %q: %q, %v; want %q", c.kind, c.value, got.Value, err, c.want)
		}
	}
}

func TestBirthdays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		b  customer.Birthday
		ok bool
	}{
		{customer.Birthday{}, true},
		{customer.Birthday{Month: 2, Day: 29}, true},
		{customer.Birthday{Year: 2000, Month: 2, Day: 29}, true},
		{customer.Birthday{Year: 1900, Month: 2, Day: 29}, false},
		{customer.Birthday{Year: 2026, Month: 2, Day: 29}, false},
		{customer.Birthday{Month: 13, Day: 1}, false},
		{customer.Birthday{Year: 1980}, false},
		{customer.Birthday{Year: 1, Month: 1, Day: 1}, false},
	} {
		p := customer.Profile{Birthday: c.b}
		if err := p.Check(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.b, err)
		}
	}
}

func TestNamesAreFoldedInEveryScript(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{"ΣΟΦΟΣ": "σοφοσ", "Иван  ИВАНОВ": "иван иванов", "Straße": "STRASSE", "ﬁn": "FIN", "Ｗｉｄｅ": "wide"} {
		if customer.Fold(a) != customer.Fold(b) {
			t.Errorf("%q is folded to %q, and %q to %q", a, customer.Fold(a), b, customer.Fold(b))
		}
	}
}

// on runs a function in a transaction on either engine, with a customer made.
func on(t *testing.T, do func(t *testing.T, tx *db.Tx, number int64) error) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
			who := customer.Identity{Kind: customer.OwnID, Value: "ada"}
			made, _, err := customer.Make(tx, &fact.IDs{}, []customer.Identity{who})
			if err != nil {
				return err
			}
			return do(t, tx, made[who])
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWhatAChangeLeavesOpenStays(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, tx *db.Tx, number int64) error {
		names := catalogue.NewNames()
		steps := []struct {
			change  customer.Profile
			changed bool
			want    customer.Profile
		}{
			{customer.Profile{GivenName: "Ada", Birthday: customer.Birthday{Month: 12, Day: 10}, Referred: fact.Yes,
				Attributes: fact.Attributes{{Name: "City", Value: "London"}}}, true,
				customer.Profile{GivenName: "Ada", Birthday: customer.Birthday{Month: 12, Day: 10}, Referred: fact.Yes,
					Attributes: fact.Attributes{{Name: "City", Value: "London"}}}},
			{customer.Profile{FamilyName: "Lovelace", Referred: fact.No, Attributes: fact.Attributes{{Name: "city", Value: "London"}, {Name: "Tea", Value: "yes"}}}, true,
				customer.Profile{GivenName: "Ada", FamilyName: "Lovelace", Birthday: customer.Birthday{Month: 12, Day: 10}, Referred: fact.No,
					Attributes: fact.Attributes{{Name: "City", Value: "London"}, {Name: "Tea", Value: "yes"}}}},
			{customer.Profile{FamilyName: "Lovelace"}, false,
				customer.Profile{GivenName: "Ada", FamilyName: "Lovelace", Birthday: customer.Birthday{Month: 12, Day: 10}, Referred: fact.No,
					Attributes: fact.Attributes{{Name: "City", Value: "London"}, {Name: "Tea", Value: "yes"}}}},
			{customer.Profile{Clear: []string{"birthday", "referred", "given_name"}, Attributes: fact.Attributes{{Name: "tea"}}}, true,
				customer.Profile{FamilyName: "Lovelace", Attributes: fact.Attributes{{Name: "City", Value: "London"}}}},
		}
		for i, step := range steps {
			changed, err := customer.Update(tx, names, []customer.Entry{{Customer: number, Profile: &step.change}})
			if err != nil {
				return err
			}
			got, version, ok, err := customer.Load(tx, number)
			if err != nil || !ok {
				t.Fatalf("step %d: %v %v", i, ok, err)
			}
			if changed[number] != step.changed || got.GivenName != step.want.GivenName || got.FamilyName != step.want.FamilyName ||
				got.Birthday != step.want.Birthday || got.Referred != step.want.Referred || got.Attributes.Text() != step.want.Attributes.Text() {
				t.Errorf("step %d: changed %v to %+v (version %d), want %v, %+v", i, changed[number], got, version, step.changed, step.want)
			}
		}
		return nil
	})
}

func TestConsentsAreNeverChanged(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, tx *db.Tx, number int64) error {
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		yes := customer.Consent{Channel: "email", Purpose: "newsletter", Granted: true, Wording: "I would like news", Given: at}
		agree := func(c customer.Consent) bool {
			created, err := customer.Agree(tx, number, c)
			if err != nil {
				t.Error(err)
			}
			return created
		}
		allowed := func(want bool) {
			if got, err := customer.Allowed(tx, number, "email", "newsletter"); err != nil || got != want {
				t.Errorf("allowed %v (%v), want %v", got, err, want)
			}
		}
		allowed(false)
		if !agree(yes) || agree(yes) {
			t.Error("the same consent is not the same")
		}
		allowed(true)
		other := yes
		other.Wording = "something else"
		if _, err := customer.Agree(tx, number, other); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another wording of the same moment: %v", err)
		}
		no := customer.Consent{Channel: "email", Purpose: "newsletter", Given: at.Add(time.Hour)}
		agree(no)
		allowed(false)
		earlier := yes
		earlier.Given = at.Add(-time.Hour) // recorded late, it does not count over the later one
		agree(earlier)
		allowed(false)
		if _, err := customer.Agree(tx, number, customer.Consent{Channel: "sms", Purpose: "news", Granted: true, Given: at}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a consent without wording: %v", err)
		}
		return nil
	})
}
