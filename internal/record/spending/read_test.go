package spending_test

import (
	"reflect"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/record/spending"
)

var first = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// in runs a function in a transaction.
func in(t *testing.T, d *db.DB, do func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

func TestCostsAreKeptListedAndTakenBack(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		zone := time.FixedZone("", 7200)
		costs := []spending.Cost{
			{Source: "ads", Reference: "1", Spent: fact.At(first, zone), Channel: "search", AmountMinor: 100, Note: "'; DROP TABLE costs; --"},
			{Source: "ads", Reference: "2", Spent: fact.At(first.AddDate(0, 1, 0), zone), Channel: "mail", Retention: true, AmountMinor: -20},
			{Source: "books", Reference: "1", Spent: fact.At(first.AddDate(0, 2, 0), zone), AmountMinor: 300},
		}
		var now time.Time
		in(t, d, func(tx *db.Tx) error {
			now = tx.Now
			_, err := spending.PutCosts(tx, costs)
			return err
		})
		list := func(f spending.CostFilter) (found []spending.Cost) {
			var after spending.Key
			for {
				var page []spending.StoredCost
				in(t, d, func(tx *db.Tx) (err error) {
					page, err = spending.ListCosts(tx, f, after, 1)
					return err
				})
				if len(page) == 0 {
					return found
				}
				if !page[0].Updated.Equal(now) {
					t.Errorf("updated at %v, want %v", page[0].Updated, now)
				}
				found = append(found, page[0].Cost)
				after = spending.Key{Source: page[0].Source, Reference: page[0].Reference}
			}
		}
		for what, c := range map[string]struct {
			filter spending.CostFilter
			want   []spending.Cost
		}{
			"all":              {spending.CostFilter{}, costs},
			"of a source":      {spending.CostFilter{Source: "books"}, costs[2:]},
			"of a channel":     {spending.CostFilter{Channel: "mail"}, costs[1:2]},
			"of another":       {spending.CostFilter{Channel: "Mail"}, nil},
			"from":             {spending.CostFilter{From: first.AddDate(0, 1, 0)}, costs[1:]},
			"to":               {spending.CostFilter{To: first.AddDate(0, 1, 0)}, costs[:1]},
			"changed":          {spending.CostFilter{Updated: now}, costs},
			"not yet changed":  {spending.CostFilter{Updated: now.Add(1e6)}, nil},
			"source and later": {spending.CostFilter{Source: "ads", From: first.Add(time.Microsecond)}, costs[1:2]},
		} {
			if got := list(c.filter); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: %+v, want %+v", what, got, c.want)
			}
		}
		key := spending.Key{Source: "ads", Reference: "1"}
		in(t, d, func(tx *db.Tx) error {
			got, err := spending.LoadCost(tx, key)
			if err != nil || got.Cost != costs[0] {
				t.Errorf("%+v (%v), want %+v", got, err, costs[0])
			}
			return spending.DeleteCost(tx, key)
		})
		in(t, d, func(tx *db.Tx) error {
			if _, err := spending.LoadCost(tx, key); fault.KindOf(err) != fault.NotFound {
				t.Errorf("it is still there: %v", err)
			}
			if err := spending.DeleteCost(tx, key); fault.KindOf(err) != fault.NotFound {
				t.Errorf("deleted twice: %v", err)
			}
			var told int
			err := tx.QueryRow("SELECT count(*) FROM changes WHERE kind = 6").Scan(&told)
			if told < 2 && !tx.Cluster() {
				t.Errorf("the feed tells of %d changes to costs, want 2", told)
			}
			return err
		})
	})
}

func TestInitiativesAreKeptListedAndTakenBack(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		all := []spending.Initiative{
			{Source: "console", Reference: "a", Name: "Free delivery", Description: "<b>", Started: spending.Day(20000), Ended: spending.Day(20010), Measures: []string{"nps", "revenue"}},
			{Source: "console", Reference: "b", Name: "New till", Started: spending.Day(-1)},
		}
		in(t, d, func(tx *db.Tx) error {
			for i := range all {
				if out, err := spending.PutInitiative(tx, &all[i]); err != nil || out.Status != fact.Created {
					t.Errorf("%+v, %v", out, err)
				}
			}
			return nil
		})
		in(t, d, func(tx *db.Tx) error {
			first, err := spending.ListInitiatives(tx, spending.Key{}, 1)
			if err != nil || len(first) != 1 || !reflect.DeepEqual(first[0].Initiative, all[0]) {
				t.Errorf("%+v, %v", first, err)
			}
			rest, err := spending.ListInitiatives(tx, spending.Key{Source: "console", Reference: "a"}, 5)
			if err != nil || len(rest) != 1 || !reflect.DeepEqual(rest[0].Initiative, all[1]) || !rest[0].Updated.Before(tx.Now) {
				t.Errorf("%+v, %v", rest, err)
			}
			key := spending.Key{Source: "console", Reference: "b"}
			if got, err := spending.LoadInitiative(tx, key); err != nil || got.Name != "New till" {
				t.Errorf("%+v, %v", got, err)
			}
			if err := spending.DeleteInitiative(tx, key); err != nil {
				return err
			}
			if _, err := spending.LoadInitiative(tx, key); fault.KindOf(err) != fault.NotFound {
				t.Errorf("it is still there: %v", err)
			}
			if err := spending.DeleteInitiative(tx, key); fault.KindOf(err) != fault.NotFound {
				t.Errorf("deleted twice: %v", err)
			}
			return nil
		})
	})
}

func TestCostsComeTheNewestFirst(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		zone := time.FixedZone("", 7200)
		at := func(reference string, days int) spending.Cost {
			return spending.Cost{Source: "ads", Reference: reference, Spent: fact.At(first.AddDate(0, 0, days), zone), AmountMinor: 1}
		}
		in(t, d, func(tx *db.Tx) error {
			_, err := spending.PutCosts(tx, []spending.Cost{at("b", 0), at("a", 0), at("c", 3), at("d", -3)})
			return err
		})
		var found string
		for after, more := (spending.Place{}), true; more; {
			var page []spending.StoredCost
			in(t, d, func(tx *db.Tx) (err error) {
				page, err = spending.NewestCosts(tx, after, 3)
				return err
			})
			for i := range page {
				found += page[i].Reference
				after = page[i].Place()
			}
			more = len(page) == 3
		}
		if found != "cbad" {
			t.Errorf("they come as %s", found)
		}
	})
}
