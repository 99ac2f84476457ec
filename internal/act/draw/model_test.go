package draw_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// plain is what should come of a draw, kept as simply as can be.
type plain struct {
	numbers []int64                    // of customers, in the order in which they came
	root    map[int64]int64            // who stands for whom
	free    map[int64]bool             // by number
	bought  map[int64]int64            // by number
	spent   map[int64]int64            // units, by number
	left    map[string]int64           // what is left of an order
	whose   map[string]int64           // whose it is
	gone    map[int64]bool             // erased
	keys    map[string]int64           // of purchases: how many entries
	awards  map[int64]map[string]int64 // by rules, by number and cause
}

func newPlain() *plain {
	return &plain{root: map[int64]int64{}, free: map[int64]bool{}, bought: map[int64]int64{}, spent: map[int64]int64{}, left: map[string]int64{}, whose: map[string]int64{},
		gone: map[int64]bool{}, keys: map[string]int64{}, awards: map[int64]map[string]int64{}}
}

func (m *plain) of(n int64) int64 {
	if r, ok := m.root[n]; ok {
		return r
	}
	return n
}

// weights are those that the list should have, by who stands for whom.
func (m *plain) weights(d *draw.Draw) map[int64]int64 {
	all, freely, earned := map[int64]int64{}, map[int64]bool{}, map[int64]int64{}
	for _, n := range m.numbers {
		if m.free[n] {
			freely[m.of(n)] = true
		}
		all[m.of(n)] += m.bought[n]
	}
	for who := range freely {
		all[who]++
	}
	for reference, left := range m.left {
		if left >= d.Earned.MinimumMinor {
			earned[m.of(m.whose[reference])]++
		}
	}
	for who, n := range earned {
		all[who] += min(n, d.Earned.Most)
	}
	byRules := map[int64]int64{}
	for n, causes := range m.awards {
		for _, entries := range causes {
			byRules[m.of(n)] += entries
		}
	}
	for who, n := range byRules {
		all[who] += min(n, d.Rules.Most)
	}
	for who, w := range all {
		if w == 0 || m.gone[who] {
			delete(all, who)
		}
	}
	return all
}

// all is all numbers of somebody, the one who stands for them first.
func (m *plain) all(root int64) (numbers []int64) {
	for _, n := range m.numbers {
		if n == root {
			numbers = append([]int64{n}, numbers...)
		} else if m.of(n) == root {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// walk is a random history of a draw, and the model beside it.
type walk struct {
	*stall
	*plain

	r *rapid.T
	d draw.Draw
}

func (w *walk) some() (root int64, ok bool) {
	if len(w.numbers) == 0 {
		return 0, false
	}
	root = w.of(rapid.SampledFrom(w.numbers).Draw(w.r, "who"))
	return root, !w.gone[root]
}

func (w *walk) check(err error) {
	if err != nil {
		w.r.Fatal(err)
	}
}

func (w *walk) do(fn func(tx *db.Tx) error) { w.check(w.stall.d.Write(w.t.Context(), fn)) }

func (w *walk) comes(*rapid.T) {
	w.do(func(tx *db.Tx) error {
		_, made, err := customer.Make(tx, w.Ledger.IDs, []customer.Identity{{Kind: customer.OwnID, Value: fmt.Sprint("m", w.Ledger.IDs.New(tx.Now))}})
		if err != nil {
			return err
		}
		w.numbers = append(w.numbers, made[0])
		_, err = w.Ledger.Earn(tx, points.Act{Customer: made[0], Unit: "points", Key: "start", Cause: "test", Actor: "test"}, points.Grant{Units: 100})
		return errors.Join(err, member.Join(tx, made[0], "web"))
	})
}

func (w *walk) entersFreely(*rapid.T) {
	who, ok := w.some()
	if !ok {
		return
	}
	w.check(w.Enter(w.t.Context(), w.stall.d, draw.Wish{Customer: who, Draw: w.d.Draw, Way: draw.ByFree, Actor: "test"}, quiet))
	if !slices.ContainsFunc(w.all(who), func(n int64) bool { return w.free[n] }) {
		w.free[who] = true
	}
}

func (w *walk) buysSome(*rapid.T) {
	who, ok := w.some()
	if !ok {
		return
	}
	n, name := rapid.Int64Range(1, 3).Draw(w.r, "entries"), rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(w.r, "key")
	var has, known int64
	for _, number := range w.all(who) {
		has += w.bought[number]
		if before := w.keys[fmt.Sprint(number, name)]; before > 0 && known != n {
			known = before
		}
	}
	err := w.Enter(w.t.Context(), w.stall.d, draw.Wish{Customer: who, Draw: w.d.Draw, Way: draw.ByBought, Entries: n, Key: name, Actor: "test"}, quiet)
	want := ""
	switch {
	case known == n: // the same again
	case known > 0:
		want = "key_reused"
	case has+n > w.d.Bought.PerMember:
		want = "draw_limit"
	default:
		w.bought[who] += n
		w.keys[fmt.Sprint(who, name)] = n
	}
	if want == "" {
		w.check(err)
	} else if code(err) != want {
		w.r.Fatalf("%d more entries under %s, beside %d: %v, want %s", n, name, has, err, want)
	}
}

func (w *walk) ordersSome(*rapid.T) {
	who, ok := w.some()
	if !ok {
		return
	}
	reference, minor := fmt.Sprint(w.d.Draw, "-", len(w.left)), rapid.Int64Range(1800, 3000).Draw(w.r, "minor")
	w.buys(who, reference, minor)
	w.left[reference], w.whose[reference] = minor, who
}

func (w *walk) returnsSome(*rapid.T) {
	for _, reference := range slices.Sorted(maps.Keys(w.left)) { // the first that nothing came back of
		who, done := w.whose[reference], "back"+reference
		if w.gone[w.of(who)] || w.keys[done] > 0 {
			continue
		}
		w.keys[done] = 1
		back := rapid.Int64Range(1, w.left[reference]).Draw(w.r, "back")
		w.returns(who, reference, back)
		w.left[reference] -= back
		return
	}
}

// isAwarded lets a rule put entries in for something, or change how many, or take them out.
func (w *walk) isAwarded(*rapid.T) {
	who, ok := w.some()
	if !ok {
		return
	}
	cause, entries := rapid.SampledFrom([]string{"order:1", "order:2", "birthday:2026"}).Draw(w.r, "cause"), rapid.Int64Range(0, 3).Draw(w.r, "by rules")
	w.do(func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO programme_outcomes (customer_id, cause, version, known, outcome, turns, at_us) VALUES ($1, $2, 1, '{}', '[]', 1, $3)
			ON CONFLICT (customer_id, cause) DO NOTHING`, who, cause, tx.Now); err != nil {
			return err
		}
		stands, err := draw.Put(tx, draw.Award{Customer: who, Draw: w.d.Draw, Cause: cause, Rule: "r", Placed: fact.At(tx.Now, time.UTC)}, entries)
		if err == nil && stands != entries {
			err = fmt.Errorf("%d entries stand, want %d", stands, entries)
		}
		return err
	})
	if w.awards[who] == nil {
		w.awards[who] = map[string]int64{}
	}
	w.awards[who][cause] = entries
}

func (w *walk) merges(*rapid.T) {
	a, ok := w.some()
	b, there := w.some()
	if !ok || !there || a == b {
		return
	}
	w.do(func(tx *db.Tx) error { _, err := customer.Merge(tx, a, b); return err })
	for _, n := range w.all(a) {
		w.root[n] = b
	}
}

func (w *walk) isErased(*rapid.T) {
	who, ok := w.some()
	if !ok || len(w.numbers) < 4 {
		return
	}
	for _, n := range w.all(who) {
		w.do(func(tx *db.Tx) error {
			return errors.Join(customer.Erase(tx, n), member.Forget(tx, n), draw.Forget(tx, n))
		})
		w.gone[n] = true
		w.free[n], w.bought[n] = false, 0
		delete(w.awards, n)
	}
}

// Whatever people do, the frozen list is what a plain count gives, nobody has more than the limit, and what was paid is what is
// in the ledger; and the outcome is that of the documentation.
func TestRandomHistoriesOfADraw(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			d := summer()
			d.Earned.Most, d.Bought.PerMember, d.Rules = 2, 4, &draw.Rules{Most: 5} // which is soon too much
			d.Draw, d.Opens, d.Closes = fmt.Sprint("walk-", round), k.now(), k.now().Add(day)
			k.publish(d)
			w := &walk{stall: k, plain: newPlain(), r: r, d: d}
			acts := map[string]func(*rapid.T){"comes": w.comes, "enters": w.entersFreely, "buys": w.buysSome, "orders": w.ordersSome, "returns": w.returnsSome, "merges": w.merges, "erased": w.isErased, "awarded": w.isAwarded}
			names := []string{"comes", "comes", "enters", "enters", "buys", "buys", "buys", "orders", "orders", "orders", "orders", "returns", "merges", "erased", "awarded", "awarded", "awarded"}
			for range rapid.IntRange(8, 30).Draw(r, "steps") {
				k.pass(time.Second)
				acts[rapid.SampledFrom(names).Draw(r, "what")](r)
			}
			k.us.Store(d.Closes.UnixMicro())
			w.ends()
		})
	})
}

// ends closes and draws, and holds it all against the model.
func (w *walk) ends() {
	s, err := w.Close(w.t.Context(), w.stall.d, w.d.Draw, quiet)
	w.check(err)
	want := w.weights(&w.d)
	var total int64
	for _, weight := range want {
		total += weight
	}
	if s.Entrants != int64(len(want)) || s.Entries != total {
		w.r.Fatalf("%d entrants with %d entries, want %v", s.Entrants, s.Entries, want)
	}
	s, err = w.Draw(w.t.Context(), w.stall.d, w.d.Draw, quiet)
	w.check(err)
	w.do(func(tx *db.Tx) error {
		for _, n := range w.numbers {
			if w.of(n) != n || w.gone[n] {
				continue
			}
			o, err := w.Of(tx, &s, w.all(n))
			if err != nil {
				return err
			}
			if o.Weight() != want[n] || o.Bought > w.d.Bought.PerMember && len(w.all(n)) == 1 {
				return fmt.Errorf("%s stands with %d entries, want %d", fact.PublicID(fact.CustomerPrefix, n), o.Weight(), want[n])
			}
		}
		p, err := draw.Show(tx, &s, "x")
		if err != nil {
			return err
		}
		if v := draw.Verify(&p, draw.Noted{}); !v.OK() {
			return fmt.Errorf("from outside: %s", v.String())
		}
		return nil
	})
	if found := w.found(); len(found) > 0 {
		w.r.Fatalf("found %v", found)
	}
}
