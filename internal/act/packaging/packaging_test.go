package packaging_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/schema/schematest"
)

var began = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// shop has a ledger, and codes in its packages.
type shop struct {
	t *testing.T
	d *db.DB
	packaging.Desk

	us atomic.Int64
}

func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		s := &shop{t: t, Desk: packaging.Desk{Ledger: points.New(time.UTC)}}
		s.us.Store(began.UnixMicro())
		o.Clock = func() time.Time { return time.UnixMicro(s.us.Load()).UTC() }
		s.d = schematest.Open(t, o)
		s.write(func(tx *db.Tx) error {
			if err := points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}); err != nil {
				return err
			}
			return points.SaveUnit(tx, points.Unit{Code: "nights", Kind: points.Qualifying})
		})
		test(t, s)
		for _, c := range append(points.Checks(), packaging.Checks()...) {
			if found, err := c.Run(t.Context(), s.d); err != nil || found.N != 0 {
				t.Errorf("%s: %d breaches, such as %s; %v", c.Key, found.N, found.Example, err)
			}
		}
	})
}

func (s *shop) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) person() (number int64) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		_, made, err := customer.Make(tx, s.Ledger.IDs, []customer.Identity{{Kind: customer.OwnID, Value: fmt.Sprint("c", s.Ledger.IDs.New(tx.Now))}})
		number = made[0]
		return err
	})
	return number
}

func (s *shop) balance(who int64) int64 {
	s.t.Helper()
	var b points.Balance
	if err := s.d.Read(s.t.Context(), func(tx *db.Tx) (err error) { b, err = points.BalanceOf(tx, who, "points", tx.Now); return err }); err != nil {
		s.t.Fatal(err)
	}
	return b.Available
}

func (s *shop) make(b packaging.Batch) (made packaging.Stored, err error) {
	s.t.Helper()
	return made, s.d.Write(s.t.Context(), func(tx *db.Tx) (err error) { made, _, err = packaging.Make(tx, b, "user:1"); return err })
}

func (s *shop) codes(batch string) (all []packaging.Code) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), func(tx *db.Tx) (err error) {
		all, err = packaging.CodesOf(tx, batch, 0, packaging.MostCodes)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *shop) use(who int64, code string) (g packaging.Gift, err error) {
	err = s.d.Write(s.t.Context(), func(tx *db.Tx) (err error) { g, err = s.Use(tx, who, code, "member:1"); return err })
	return g, err
}

func code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

func boxes(n int64) packaging.Batch {
	return packaging.Batch{Batch: "boxes", Name: "Boxes of spring", Unit: "points", Units: 50, Codes: n, Until: points.Never}
}

func TestACodeGivesOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		if made, err := s.make(boxes(30)); err != nil || made.Used != 0 || made.Codes != 30 || made.Actor != "user:1" || made.State(began) != packaging.Open {
			t.Fatalf("%+v, %v", made, err)
		}
		all := s.codes("boxes")
		seen := map[string]bool{}
		for i, c := range all {
			if c.No != int64(i+1) || c.Customer != 0 || packaging.Normal(c.Code) != c.Code || seen[c.Code] {
				t.Errorf("%+v", c)
			}
			seen[c.Code] = true
		}
		ada, bob := s.person(), s.person()
		typed := strings.ToLower(packaging.Shown(all[0].Code))
		if strings.Count(typed, "-") != 2 {
			t.Errorf("shown as %s", typed)
		}
		if g, err := s.use(ada, " "+typed+" "); err != nil || g.Mine || g.Batch.Units != 50 || s.balance(ada) != 50 {
			t.Errorf("%+v, %v, %d", g, err, s.balance(ada))
		}
		if g, err := s.use(ada, typed); err != nil || !g.Mine || !g.Used.Equal(began) || s.balance(ada) != 50 {
			t.Errorf("again: %+v, %v, %d", g, err, s.balance(ada))
		}
		if _, err := s.use(bob, typed); code(err) != "package_code_not_found" || s.balance(bob) != 0 {
			t.Errorf("by another: %v, %d", err, s.balance(bob))
		}
		if _, err := s.use(bob, all[1].Code); err != nil || s.balance(bob) != 50 {
			t.Errorf("%v, %d", err, s.balance(bob))
		}
		// Who is found to be the same person has used it too, and it is told to them with their data.
		s.write(func(tx *db.Tx) error {
			_, err := customer.Merge(tx, ada, bob)
			if err != nil {
				return err
			}
			members, err := customer.Members(tx, bob)
			if err != nil {
				return err
			}
			owned, err := packaging.Of(tx, members)
			if err != nil || len(owned) != 2 || owned[0].Batch != "boxes" {
				t.Errorf("%+v, %v", owned, err)
			}
			return err
		})
		if g, err := s.use(bob, typed); err != nil || !g.Mine {
			t.Errorf("merged: %+v, %v", g, err)
		}
		s.write(func(tx *db.Tx) error {
			b, err := packaging.Load(tx, "boxes")
			if err != nil || b.Used != 2 {
				t.Errorf("%+v, %v", b, err)
			}
			return err
		})
	})
}

// All codes that cannot be used are answered with the same words.
func TestCodesThatCannotBeUsedAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		b := boxes(3)
		b.Until = began.Add(time.Hour)
		stopped := boxes(1)
		stopped.Batch = "stopped"
		for _, one := range []packaging.Batch{b, stopped} {
			if _, err := s.make(one); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			s.write(func(tx *db.Tx) error {
				made, err := packaging.Stop(tx, "stopped")
				if made.State(tx.Now) != packaging.Stopped || !made.Stopped.Equal(began) {
					t.Errorf("%+v", made)
				}
				return err
			})
		}
		ada, bob := s.person(), s.person()
		all := s.codes("boxes")
		if _, err := s.use(ada, all[0].Code); err != nil {
			t.Fatal(err)
		}
		words := map[string]bool{}
		refused := func(what, typed string) {
			_, err := s.use(bob, typed)
			if code(err) != "package_code_not_found" {
				t.Errorf("%s: %v", what, err)
			}
			words[fmt.Sprint(err)] = true
		}
		for what, typed := range map[string]string{"none": "AAAABBBBCCCC", "no code": "0", "long": strings.Repeat("A", 500), "used": all[0].Code, "stopped": s.codes("stopped")[0].Code, "script": "<script>"} {
			refused(what, typed)
		}
		s.us.Add(time.Hour.Microseconds())
		refused("over", all[1].Code)
		if len(words) != 1 {
			t.Errorf("answered in %d ways: %v", len(words), words)
		}
		if g, err := s.use(ada, all[0].Code); err != nil || !g.Mine {
			t.Errorf("what somebody has used is still told to them: %+v, %v", g, err)
		}
		s.write(func(tx *db.Tx) error {
			open, err := packaging.Any(tx)
			if open {
				t.Error("there are codes still")
			}
			made, err2 := packaging.Load(tx, "boxes")
			if made.State(tx.Now) != packaging.Expired {
				t.Errorf("%+v", made)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestABatchIsMadeOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		for range 2 {
			if _, err := s.make(boxes(5)); err != nil || len(s.codes("boxes")) != 5 {
				t.Fatal(err)
			}
		}
		for what, change := range map[string]func(b *packaging.Batch) string{
			"another of its name": func(b *packaging.Batch) string { b.Units++; return "batch_taken" },
			"no name":             func(b *packaging.Batch) string { b.Batch = "Boxes!"; return "batch_name" },
			"no words":            func(b *packaging.Batch) string { b.Batch, b.Name = "x", " "; return "package_name" },
			"nothing":             func(b *packaging.Batch) string { b.Batch, b.Units = "x", 0; return "package_units" },
			"too many":            func(b *packaging.Batch) string { b.Batch, b.Codes = "x", packaging.MostCodes+1; return "package_codes" },
			"over":                func(b *packaging.Batch) string { b.Batch, b.Until = "x", began; return "day_over" },
			"no unit":             func(b *packaging.Batch) string { b.Batch, b.Unit = "x", "stars"; return "unit_not_found" },
			"not to be spent":     func(b *packaging.Batch) string { b.Batch, b.Unit = "x", "nights"; return "unit_not_spendable" },
		} {
			b := boxes(5)
			want := change(&b)
			if _, err := s.make(b); code(err) != want {
				t.Errorf("%s: %v", what, err)
			}
		}
		many := boxes(packaging.MostCodes)
		many.Batch = "many"
		if _, err := s.make(many); err != nil || len(s.codes("many")) != packaging.MostCodes {
			t.Error(err)
		}
		if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
			first, err := packaging.List(tx, "", 1)
			if err != nil || len(first) != 1 || first[0].Batch.Batch != "boxes" {
				t.Errorf("%+v, %v", first, err)
			}
			rest, err := packaging.List(tx, "boxes", 10)
			if len(rest) != 1 || rest[0].Batch.Batch != "many" {
				t.Errorf("%+v", rest)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

// Many scan the same few codes at the same time: each gives once.
func TestManyUseTheSameCodesAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		const people, codes = 6, 8
		if _, err := s.make(boxes(codes)); err != nil {
			t.Fatal(err)
		}
		all := s.codes("boxes")
		var who [people]int64
		for i := range who {
			who[i] = s.person()
		}
		var given atomic.Int64
		var group sync.WaitGroup
		for i := range who {
			group.Go(func() {
				for _, at := range rand.New(rand.NewPCG(1, uint64(i))).Perm(codes) {
					for range 2 {
						g, err := s.use(who[i], all[at].Code)
						if err != nil && code(err) != "package_code_not_found" {
							t.Error(err)
						}
						if err == nil && !g.Mine {
							given.Add(1)
						}
					}
				}
			})
		}
		group.Wait()
		sum := int64(0)
		for _, w := range who {
			sum += s.balance(w)
		}
		if given.Load() != codes || sum != codes*50 {
			t.Errorf("%d codes gave %d times, %d units", codes, given.Load(), sum)
		}
	})
}

// Random histories against a plain list of who has what.
func TestCodesAgreeWithAPlainList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		round := 0
		rapid.Check(t, func(t *rapid.T) {
			round++
			type one struct {
				code, batch string
				owner       int
			}
			people := []int64{s.person(), s.person(), s.person()}
			has := make([]int64, len(people))
			ends, stops, gives := map[string]time.Time{}, map[string]bool{}, map[string]int64{}
			var all []one
			for i := range rapid.IntRange(1, 3).Draw(t, "batches") {
				b := packaging.Batch{Batch: fmt.Sprintf("b%d-%d", round, i), Name: "B", Unit: "points", Units: rapid.Int64Range(1, 90).Draw(t, "units"),
					Codes: rapid.Int64Range(1, 4).Draw(t, "codes"), Until: time.UnixMicro(s.us.Load()).Add(time.Duration(rapid.IntRange(1, 5).Draw(t, "hours")) * time.Hour)}
				if _, err := s.make(b); err != nil {
					t.Fatal(err)
				}
				ends[b.Batch], gives[b.Batch] = b.Until, b.Units
				for _, c := range s.codes(b.Batch) {
					all = append(all, one{c.Code, b.Batch, -1})
				}
			}
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				switch rapid.IntRange(0, 5).Draw(t, "step") {
				case 0:
					s.us.Add(time.Hour.Microseconds())
				case 1:
					b := all[rapid.IntRange(0, len(all)-1).Draw(t, "stop")].batch
					stops[b] = true
					s.write(func(tx *db.Tx) error { _, err := packaging.Stop(tx, b); return err })
				default:
					at, who := rapid.IntRange(0, len(all)-1).Draw(t, "code"), rapid.IntRange(0, len(people)-1).Draw(t, "who")
					c := &all[at]
					g, err := s.use(people[who], c.code)
					open := !stops[c.batch] && ends[c.batch].After(time.UnixMicro(s.us.Load()))
					switch {
					case c.owner == who:
						if err != nil || !g.Mine {
							t.Fatalf("again: %+v, %v", g, err)
						}
					case c.owner < 0 && open:
						if err != nil || g.Mine {
							t.Fatalf("first: %+v, %v", g, err)
						}
						c.owner = who
						has[who] += gives[c.batch]
					case code(err) != "package_code_not_found":
						t.Fatalf("refused: %+v, %v", g, err)
					}
				}
				for i, who := range people {
					if got := s.balance(who); got != has[i] {
						t.Fatalf("%d has %d, want %d", i, got, has[i])
					}
				}
			}
		})
	})
}
