package intake_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/prove/replay"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

const challenges = `{
	"name": "Challenges", "starts": "2026-01-01",
	"units": [{"unit": "points", "allows_debt": true}, {"unit": "stars", "allows_debt": true}, {"unit": "coins", "allows_debt": true}],
	"rewards": [{"reward": "cake", "name": "A cake", "kind": "product", "terms": {"product": "cake"}, "unit": "points", "price": 900, "codes": {"kind": "unique"}}],
	"rules": [],
	"challenges": [
		{"challenge": "month", "name": "Three visits a month", "count": "visits", "target": 3, "window": "month", "from": "2026-01-01", "gives": {"unit": "points", "units": 10}},
		{"challenge": "streak", "name": "Two weeks in a row", "count": "orders", "target": 1, "window": "week", "in_a_row": 2, "from": "2026-01-05", "gives": {"unit": "stars", "units": 1},
			"milestones": [{"at": 3, "gives": {"unit": "stars", "units": 100}}]},
		{"challenge": "spend", "name": "Fifty in ten days", "count": "spend", "target": 5000, "window": "days", "days": 10, "from": "2026-01-01", "lines": "line.category == 'coffee'", "gives": {"unit": "coins", "units": 7}}
	]
}`

// Whatever is bought on whichever day, changed, cancelled and brought back, in whichever order it is told: what challenges gave is
// what a plain loop over what is left says.
func TestAnyStoryOfChallengesAddsUp(t *testing.T) {
	t.Parallel()
	eachClub(t, challenges, func(t *testing.T, c *club) {
		t.Helper()
		n := 0
		first := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC) // a Monday
		rapid.Check(t, func(rt *rapid.T) {
			type sale struct {
				day, coffee, back int64 // euros
				cancelled         bool
			}
			n++
			who := fmt.Sprint("p", n)
			all := map[string]*sale{}
			var refs []string
			var number int64
			hand := func(ref string, s *sale) {
				number = c.buys(who, ref, func(o *order.Order) {
					o.Placed = c.At(first.AddDate(0, 0, int(s.day)))
					if s.cancelled {
						o.State = order.Cancelled
					}
				}, line("espresso", "coffee", float64(s.coffee), s.coffee*100)).Customer
			}
			for i := range rapid.IntRange(1, 14).Draw(rt, "steps") {
				act := rapid.IntRange(0, 5).Draw(rt, "act")
				if len(refs) == 0 || act > 2 {
					ref := fmt.Sprint(who, "-", i)
					all[ref] = &sale{day: rapid.Int64Range(0, 34).Draw(rt, "day"), coffee: rapid.Int64Range(5, 40).Draw(rt, "coffee")}
					refs = append(refs, ref)
					hand(ref, all[ref])
					continue
				}
				ref := rapid.SampledFrom(refs).Draw(rt, "which")
				s := all[ref]
				switch act {
				case 0:
					if left := s.coffee - s.back; left > 0 {
						k := left
						if rapid.Bool().Draw(rt, "part") {
							k = rapid.Int64Range(1, left).Draw(rt, "back")
						}
						s.back += k
						c.returns(fmt.Sprint(ref, "/", i), ref, order.ReturnLine{Line: 1, Quantity: float64(k), AmountMinor: k * 100})
					}
				case 1:
					s.cancelled = !s.cancelled
					hand(ref, s)
				default:
					if s.back == 0 {
						s.day = rapid.Int64Range(0, 34).Draw(rt, "other day")
					}
					hand(ref, s)
				}
			}
			paid := map[int64]int64{}
			for _, s := range all {
				if left := s.coffee - s.back; !s.cancelled && left > 0 {
					paid[s.day] += left
				}
			}
			want := map[string]int64{}
			months, weeks := map[time.Month]int64{}, map[int64]bool{}
			sum, ends := int64(0), int64(-1)
			for day := range int64(35) {
				if paid[day] == 0 {
					continue
				}
				months[first.AddDate(0, 0, int(day)).Month()]++
				weeks[day/7] = true
				if day > ends {
					sum, ends = 0, day+9
				}
				if sum < 50 && sum+paid[day] >= 50 {
					want["coins"] += 7
				}
				sum += paid[day]
			}
			for _, visits := range months {
				if visits >= 3 {
					want["points"] += 10
				}
			}
			row := 0
			for week := range int64(5) {
				if row++; !weeks[week] {
					row = 0
				}
				if row == 2 || row == 4 {
					want["stars"]++
				}
				if row == 3 {
					want["stars"] += 100
				}
			}
			for _, unit := range []string{"points", "stars", "coins"} {
				if b := c.has(number, unit); b.Available-b.Debt != want[unit] {
					rt.Errorf("%d %s and %d owed, want %d: %v", b.Available, unit, b.Debt, want[unit], paid)
				}
			}
		})
	})
}

// wins are the prizes of a customer that stand, as the explanations have them.
func (c *club) wins(who int64) (all []string) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		found, err := programme.Explanations(tx, []int64{who}, time.Time{}, 100)
		for _, o := range found {
			if strings.HasPrefix(o.Cause, "challenge:") && o.Results[0].Why == programme.Fine {
				all = append(all, strings.TrimPrefix(o.Cause, "challenge:"))
			}
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// taken are the rewards that a customer has, by their states.
func (c *club) taken(who int64) (all []string) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		found, err := reward.Of(tx, []int64{who}, 0, 100)
		slices.SortFunc(found, func(a, b reward.Redemption) int { return cmp.Compare(a.ID, b.ID) })
		for i := range found {
			all = append(all, string(found[i].State))
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return all
}

const caked = `{"name": "C", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": [],
	"rewards": [{"reward": "cake", "name": "A cake", "kind": "product", "terms": {"product": "cake"}, "unit": "points", "price": 900, "codes": {"kind": "unique"}, "per_customer": 1, "until": "2026-05-01T00:00:00Z"}],
	"challenges": [{"challenge": "taste", "name": "Taste three", "count": "categories", "target": 3, "window": "month", "from": "2026-03-01", "gives": {"reward": "cake"}}]}`

// A reward is given for nothing, beside the most that one customer may have, taken back with what counted unless it was used, and not
// given a second time.
func TestAChallengeGivesAReward(t *testing.T) {
	t.Parallel()
	eachClub(t, caked, func(t *testing.T, c *club) {
		t.Helper()
		out := c.buys("ada", "1", nil, line("espresso", "coffee", 1, 300), line("bread", "food", 1, 200))
		if got := c.taken(out.Customer); len(got) != 0 {
			t.Fatalf("after two: %v", got)
		}
		c.buys("ada", "2", nil, line("oolong", "tea", 1, 300))
		if got := fmt.Sprint(c.taken(out.Customer), c.wins(out.Customer)); got != "[issued] [taste:1]" {
			t.Fatalf("after three: %s", got)
		}
		c.returns("R", "2", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 300})
		if got := fmt.Sprint(c.taken(out.Customer), c.wins(out.Customer)); got != "[refunded] []" {
			t.Fatalf("after it came back: %s", got)
		}
		c.buys("ada", "3", nil, line("mint", "tea", 1, 300))
		if got := fmt.Sprint(c.taken(out.Customer)); got != "[refunded issued]" {
			t.Fatalf("after another: %s", got)
		}
		if err := c.write(func(tx *db.Tx) error {
			found, err := reward.Of(tx, []int64{out.Customer}, 0, 1)
			if err == nil {
				_, err = c.Rewards().Use(tx, out.Customer, found[0].ID, "", reward.Who{Actor: "till"})
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.buys("ada", "3", func(o *order.Order) { o.State = order.Cancelled }, line("mint", "tea", 1, 300))
		c.buys("ada", "4", nil, line("mint", "tea", 1, 300))
		if got := fmt.Sprint(c.taken(out.Customer), c.wins(out.Customer)); got != "[refunded used] [taste:1]" {
			t.Errorf("used, undone and done again: %s", got)
		}
		// One that may not be had says so, and stops nobody from buying.
		c.us.Store(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
		lines := []order.Line{line("espresso", "coffee", 1, 300), line("bread", "food", 1, 200), line("oolong", "tea", 1, 300)}
		c.buys("ada", "5", nil, lines...)
		c.us.Store(time.Date(2026, 5, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
		c.buys("ada", "6", nil, lines...)
		var why programme.Result
		if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
			o, _, err := programme.Of(tx, out.Customer, "challenge:taste:3")
			why = o.Results[0]
			return err
		}); err != nil || why.Why != programme.NoReward || why.Gave() {
			t.Errorf("%+v, %v", why, err)
		}
	})
}

// What was won under a version stays as that version says, and is not won again under the next.
func TestChallengesAcrossVersions(t *testing.T) {
	t.Parallel()
	const doc = `{"name": "C", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": [],
		"challenges": [{"challenge": "two", "name": "Two orders", "count": "orders", "target": 2, "window": "month", "from": "2026-03-01", "gives": {"unit": "points", "units": 10}}]}`
	eachClub(t, doc, func(t *testing.T, c *club) {
		t.Helper()
		cake := line("cake", "food", 1, 500)
		ada := c.buys("ada", "1", nil, cake).Customer
		c.buys("ada", "2", nil, cake)
		c.wants(ada, "points", 10)
		c.publish(strings.NewReplacer(`"target": 2`, `"target": 3`, `"units": 10`, `"units": 50`).Replace(doc))
		c.pass(2 * time.Second)
		c.buys("ada", "3", nil, cake)
		c.wants(ada, "points", 10)
		c.publish(`{"name": "C", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": []}`)
		c.pass(2 * time.Second)
		c.buys("ada", "2", func(o *order.Order) { o.State = order.Cancelled }, cake)
		c.wants(ada, "points", 10) // two are left
		c.buys("ada", "1", func(o *order.Order) { o.State = order.Cancelled }, cake)
		c.wants(ada, "points", 0)
	})
}

// Two orders at once, on servers of their own: one of them fills the challenge, and it is won once.
func TestAChallengeIsWonOnce(t *testing.T) {
	t.Parallel()
	eachClub(t, strings.Replace(caked, `"target": 3`, `"target": 8`, 1), func(t *testing.T, c *club) {
		t.Helper()
		ada := c.buys("ada", "0", nil, line("x", "c0", 1, 100)).Customer
		var wait sync.WaitGroup
		for i := range 7 {
			wait.Go(func() {
				c.buys("ada", fmt.Sprint(i+1), nil, line("x", fmt.Sprint("c", i+1), 1, 100))
			})
		}
		wait.Wait()
		if got := fmt.Sprint(c.taken(ada), c.wins(ada)); got != "[issued] [taste:1]" {
			t.Error(got)
		}
	})
}

// What two have won who turn out to be one is not won a second time.
func TestChallengesOfWhoWereMerged(t *testing.T) {
	t.Parallel()
	const doc = `{"name": "C", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": [],
		"challenges": [{"challenge": "two", "name": "Two orders", "count": "orders", "target": 2, "window": "month", "from": "2026-02-01", "gives": {"unit": "points", "units": 10}}]}`
	eachClub(t, doc, func(t *testing.T, c *club) {
		t.Helper()
		cake := line("cake", "food", 1, 500)
		ada, bob := c.buys("ada", "1", nil, cake).Customer, c.buys("bob", "2", nil, cake).Customer
		c.buys("bob", "3", nil, cake)
		c.wants(bob, "points", 10)
		if err := c.write(func(tx *db.Tx) error { _, err := customer.Merge(tx, bob, ada); return err }); err != nil {
			t.Fatal(err)
		}
		c.buys("ada", "4", nil, cake)
		c.wants(ada, "points", 10) // of the two together
		if wins := fmt.Sprint(c.wins(ada), c.wins(bob)); wins != "[] [two:1]" {
			t.Error(wins)
		}
		// What is bought under the other number is looked at by a job.
		for _, ref := range []string{"5", "6"} {
			c.pass(40 * 24 * time.Hour)
			c.buys("bob", ref, nil, cake)
			c.buys("bob", ref+"b", nil, cake)
		}
		if n := c.number("SELECT count(*) FROM jobs WHERE kind = 'programme.challenges'"); n != 4 {
			t.Errorf("%d jobs", n)
		}
		for range 2 {
			if err := c.Programme().Look(t.Context(), c.d, ada); err != nil {
				t.Fatal(err)
			}
		}
		c.wants(ada, "points", 30)
		if wins := fmt.Sprint(c.wins(ada), c.wins(bob)); wins != "[two:1 two:2] [two:1]" {
			t.Error(wins)
		}
		var all []programme.Progress
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = c.Programme().Challenges(tx, ada); return err }); err != nil || len(all) != 1 || all[0].So != 2 || all[0].Done != 3 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// What the rehearsal says challenges give is what they gave.
func TestARehearsalGivesWhatChallengesGave(t *testing.T) {
	t.Parallel()
	eachClub(t, challenges, func(t *testing.T, c *club) {
		t.Helper()
		r := rand.New(rand.NewPCG(5, 11)) //nolint:gosec // no secret
		for i := range 90 {
			c.pass(time.Duration(r.IntN(30)+1) * time.Hour)
			c.buys(fmt.Sprint("c", r.IntN(4)), fmt.Sprint("o", i), nil, line("a", []string{"coffee", "tea"}[r.IntN(2)], 1, int64(r.IntN(3000)+1)))
		}
		out := c.replays(challenges, replay.Options{ValueMinor: map[string]float64{"points": 2, "stars": 3, "coins": 5}})
		worth := map[string]int64{"month": 10 * 2, "spend": 7 * 5}
		for _, ch := range out.Draft.Challenges {
			times := c.number("SELECT count(*) FROM programme_outcomes WHERE cause LIKE $1", "challenge:"+ch.Challenge+":%")
			people := c.number("SELECT count(DISTINCT customer_id) FROM programme_outcomes WHERE cause LIKE $1", "challenge:"+ch.Challenge+":%")
			if ch.Times != times || ch.Times == 0 || ch.Customers != people || worth[ch.Challenge] > 0 && ch.CostMinor != times*worth[ch.Challenge] {
				t.Errorf("%+v, in the ledger %d times by %d", ch, times, people)
			}
		}
		// One that only begins is rehearsed as if it had begun before.
		later := strings.NewReplacer(`"from": "2026-01-01"`, `"from": "2036-01-01"`, `"from": "2026-01-05"`, `"from": "2036-01-07", "until": "2036-01-20"`).Replace(challenges)
		moved := c.replays(later, replay.Options{})
		for i, ch := range moved.Draft.Challenges {
			if was := out.Draft.Challenges[i]; ch.Challenge != "streak" && ch.Times != was.Times || ch.Challenge == "streak" && ch.Times >= was.Times {
				t.Errorf("later: %+v, before %+v", ch, was)
			}
		}
		if got := c.replays(challenges, replay.Options{}).Draft.Challenges; got[0].Times != out.Draft.Challenges[0].Times {
			t.Errorf("the programme in force was changed: %+v", got)
		}
	})
}
