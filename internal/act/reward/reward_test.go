package reward_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

var began = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// clock is what the transactions of a test go by.
type clock struct{ us atomic.Int64 }

func (c *clock) now() time.Time        { return time.UnixMicro(c.us.Load()).UTC() }
func (c *clock) pass(by time.Duration) { c.us.Add(by.Microseconds()) }

// counter is a shop with a desk that gives rewards.
type counter struct {
	t *testing.T
	d *db.DB
	*clock
	*reward.Desk
}

func each(t *testing.T, test func(t *testing.T, k *counter)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		c := &clock{}
		c.us.Store(began.UnixMicro())
		o.Clock = c.now
		d := schematest.Open(t, o)
		zone, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		k := &counter{t: t, d: d, clock: c, Desk: &reward.Desk{Ledger: points.New(zone)}}
		k.write(func(tx *db.Tx) error { return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}) })
		test(t, k)
		k.sound()
	})
}

func (k *counter) write(fn func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Write(k.t.Context(), fn); err != nil {
		k.t.Fatal(err)
	}
}

// sound runs the checks of the rewards and of the ledger.
func (k *counter) sound() {
	k.t.Helper()
	for _, c := range append(points.Checks(), reward.Checks()...) {
		found, err := c.Run(k.t.Context(), k.d)
		if err != nil {
			k.t.Fatal(err)
		}
		if found.N != 0 {
			k.t.Errorf("%s: %d breaches, such as %s", c.Key, found.N, found.Example)
		}
	}
}

// person makes a customer who has units.
func (k *counter) person(units int64) (number int64) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		_, made, err := customer.Make(tx, k.Ledger.IDs, []customer.Identity{{Kind: customer.OwnID, Value: fmt.Sprint("c", k.Ledger.IDs.New(tx.Now))}})
		if err != nil {
			return err
		}
		number = made[0]
		if units == 0 {
			return nil
		}
		_, err = k.Ledger.Earn(tx, points.Act{Customer: number, Unit: "points", Key: "start", Cause: "test", Actor: "test"}, points.Grant{Units: units})
		return err
	})
	return number
}

func (k *counter) offer(r reward.Reward, left ...int64) {
	k.t.Helper()
	if r.Kind == "" {
		r.Kind = reward.Gift
	}
	r.Name = r.Reward
	k.write(func(tx *db.Tx) error {
		var n *int64
		if len(left) > 0 {
			n = &left[0]
		}
		_, err := reward.Save(tx, r, n, 0)
		return err
	})
}

func (k *counter) do(fn func(tx *db.Tx) (reward.Redemption, error)) (r reward.Redemption, err error) {
	k.t.Helper()
	err = k.d.Write(k.t.Context(), func(tx *db.Tx) (err error) {
		r, err = fn(tx)
		return err
	})
	return r, err
}

func (k *counter) redeem(who int64, name, key string, hold time.Duration) (reward.Redemption, error) {
	k.t.Helper()
	return k.do(func(tx *db.Tx) (reward.Redemption, error) {
		return k.Redeem(tx, reward.Wish{Customer: who, Reward: name, Key: key, Actor: "key:1", Hold: hold})
	})
}

func (k *counter) balance(who int64) (b points.Balance) {
	k.t.Helper()
	if err := k.d.Read(k.t.Context(), func(tx *db.Tx) (err error) {
		b, err = points.BalanceOf(tx, who, "points", tx.Now)
		return err
	}); err != nil {
		k.t.Fatal(err)
	}
	return b
}

func (k *counter) left(name string) int64 {
	k.t.Helper()
	var s reward.Stored
	if err := k.d.Read(k.t.Context(), func(tx *db.Tx) (err error) {
		s, err = reward.Load(tx, name)
		return err
	}); err != nil || s.Left == nil {
		k.t.Fatal(s, err)
	}
	return *s.Left
}

func code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

var by = reward.Who{Actor: "user:1"}

func TestARewardFromHoldToUseAndBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		k.offer(reward.Reward{Reward: "coffee", Unit: "points", Price: 40, Coding: reward.Coding{Kind: reward.Unique, Pattern: "cafe-#####-#####"}, GoodDays: 30}, 2)
		who := k.person(100)
		r, err := k.redeem(who, "coffee", "a", time.Hour)
		if err != nil || r.State != reward.Held || r.Code != "" || k.balance(who).Held != 40 || k.left("coffee") != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if same, err := k.redeem(who, "coffee", "a", time.Hour); err != nil || same.ID != r.ID || !same.Repeated || k.left("coffee") != 1 {
			t.Errorf("asked for again: %+v, %v", same, err)
		}
		if _, err := k.redeem(who, "coffee", "a", 0); code(err) != "key_reused" {
			t.Errorf("another wish under the same key: %v", err)
		}
		if r, err = k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Issue(tx, who, r.ID, by) }); err != nil || r.State != reward.Issued ||
			!strings.HasPrefix(r.Code, "cafe-") || k.balance(who).Spent != 40 || !r.Until.Equal(time.Date(2026, 3, 31, 21, 0, 0, 0, time.UTC)) {
			t.Fatalf("issued: %+v, %v", r, err)
		}
		// People write codes as they like.
		written := " " + strings.ToLower(strings.ReplaceAll(r.Code, "-", " "))
		use := func(order string) (reward.Redemption, error) {
			return k.do(func(tx *db.Tx) (reward.Redemption, error) {
				return k.UseCode(tx, written, reward.Wish{Actor: "key:1", Order: order, Key: "use"})
			})
		}
		for range 2 {
			if r, err = use("o-1"); err != nil || r.State != reward.Used || r.Order != "o-1" {
				t.Fatalf("used: %+v, %v", r, err)
			}
		}
		if _, err := use("o-2"); code(err) != "redemption_state" {
			t.Errorf("used twice: %v", err)
		}
		if _, err := k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Refund(tx, who, r.ID, by) }); code(err) != "redemption_state" {
			t.Errorf("given back after it was used: %v", err)
		}
		if _, err := k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Reopen(tx, who, r.ID, by) }); code(err) != "required" {
			t.Errorf("reopened without a reason: %v", err)
		}
		for _, step := range []func(tx *db.Tx) (reward.Redemption, error){
			func(tx *db.Tx) (reward.Redemption, error) {
				return k.Reopen(tx, who, r.ID, reward.Who{Actor: "user:1", Reason: "another customer's code"})
			},
			func(tx *db.Tx) (reward.Redemption, error) { return k.Refund(tx, who, r.ID, by) },
			func(tx *db.Tx) (reward.Redemption, error) { return k.Refund(tx, who, r.ID, by) }, // asked for again
		} {
			if r, err = k.do(step); err != nil {
				t.Fatal(err)
			}
		}
		if b := k.balance(who); r.State != reward.Refunded || b.Available != 100 || b.Spent != 0 || k.left("coffee") != 2 {
			t.Errorf("%+v, %+v", r, b)
		}
		var moves []reward.Move
		k.write(func(tx *db.Tx) (err error) { moves, err = r.Moves(tx); return err })
		var story []string
		for _, m := range moves {
			story = append(story, string(m.State))
		}
		if got := strings.Join(story, " "); got != "held issued used issued refunded" || moves[3].Reason == "" {
			t.Errorf("it became %s", got)
		}
	})
}

// Time ends holds and codes whether a job has written it down or not.
func TestWhatTimeEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		k.offer(reward.Reward{Reward: "cake", Unit: "points", Price: 10, GoodDays: 1, PerCustomer: 2, Coding: reward.Coding{Kind: reward.Unique}}, 5)
		who := k.person(100)
		held, err := k.redeem(who, "cake", "a", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		issued, err := k.redeem(who, "cake", "b", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.redeem(who, "cake", "c", 0); code(err) != "limit_reached" || k.left("cake") != 3 {
			t.Errorf("a third: %v", err)
		}
		k.pass(time.Hour)
		if _, err := k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Issue(tx, who, held.ID, by) }); code(err) != "redemption_over" {
			t.Errorf("issued too late: %v", err)
		}
		if b := k.balance(who); b.Held != 0 || b.Available != 90 {
			t.Errorf("%+v", b)
		}
		k.pass(72 * time.Hour)
		if _, err := k.do(func(tx *db.Tx) (reward.Redemption, error) {
			return k.UseCode(tx, issued.Code, reward.Wish{Actor: "key:1", Key: "x"})
		}); code(err) != "redemption_over" {
			t.Errorf("used too late: %v", err)
		}
		if n, err := k.Sweep(t.Context(), k.d, 10); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if k.left("cake") != 4 {
			t.Errorf("%d are left; the hold came back, the code did not", k.left("cake"))
		}
		if _, err := k.redeem(who, "cake", "d", 0); err != nil {
			t.Errorf("the hold still counts: %v", err)
		}
	})
}

func TestTheLastOneIsGivenOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		k.offer(reward.Reward{Reward: "mug"}, 3)
		k.offer(reward.Reward{Reward: "ticket", Coding: reward.Coding{Kind: reward.Pool}})
		k.offer(reward.Reward{Reward: "once", PerCustomer: 1, Period: reward.PerMonth})
		var pool []string
		for i := range 4 {
			pool = append(pool, fmt.Sprintf("TICKET-%03d", i))
		}
		k.write(func(tx *db.Tx) error {
			for _, want := range []int64{4, 0} {
				if n, err := reward.AddCodes(tx, "ticket", pool); n != want || err != nil {
					return fmt.Errorf("%d codes added, want %d: %w", n, want, err)
				}
			}
			return nil
		})
		const crowd = 20
		var people []int64
		for range crowd {
			people = append(people, k.person(0))
		}
		for name, want := range map[string]int64{"mug": 3, "ticket": 4, "once": 1} {
			var got atomic.Int64
			var codes sync.Map
			var wait sync.WaitGroup
			for i := range crowd {
				who := people[i]
				if name == "once" {
					who = people[0]
				}
				wait.Go(func() {
					r, err := k.redeem(who, name, fmt.Sprint(name, i), 0)
					if fault.KindOf(err) == fault.Conflict {
						return
					}
					if err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					got.Add(1)
					if _, twice := codes.LoadOrStore(r.Code, i); twice && r.Code != "" {
						t.Errorf("the code %s was given twice", r.Code)
					}
				})
			}
			wait.Wait()
			if got.Load() != want {
				t.Errorf("%s: %d got one, want %d", name, got.Load(), want)
			}
		}
	})
}

func TestACodeForEverybody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		summer := reward.Reward{Reward: "summer", Kind: reward.Discount, Terms: []byte(`{"percent":10}`), PerCustomer: 1, Coding: reward.Coding{Kind: reward.Generic, Code: "Summer-10"}}
		k.offer(summer)
		who := k.person(0)
		use := func(who int64, text, key string) (reward.Redemption, error) {
			return k.do(func(tx *db.Tx) (reward.Redemption, error) {
				return k.UseCode(tx, text, reward.Wish{Customer: who, Actor: "key:1", Key: key, Order: "o-" + key})
			})
		}
		if _, err := use(0, "SUMMER10", "a"); code(err) != "required" {
			t.Errorf("by nobody: %v", err)
		}
		for range 2 {
			if r, err := use(who, "summer 10", "a"); err != nil || r.State != reward.Used {
				t.Errorf("%+v, %v", r, err)
			}
		}
		if _, err := use(who, "summer10", "b"); code(err) != "limit_reached" {
			t.Errorf("a second time: %v", err)
		}
		if _, err := use(who, "winter10", "c"); code(err) != "code_not_found" {
			t.Errorf("a code that is none: %v", err)
		}
		winter := summer
		winter.Reward, winter.Name = "winter", "winter"
		if err := k.d.Write(t.Context(), func(tx *db.Tx) error { _, err := reward.Save(tx, winter, nil, 0); return err }); code(err) != "code_taken" {
			t.Errorf("the same code for another reward: %v", err)
		}
		summer.Coding.Code = "SUN"
		k.offer(summer)
		if _, err := use(who, "summer10", "d"); code(err) != "code_not_found" {
			t.Errorf("the old code still counts: %v", err)
		}
	})
}

func TestRewardsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	good := reward.Reward{Reward: "ok", Name: "Fine", Kind: reward.Gift}
	for what, bad := range map[string]func(r *reward.Reward){
		"name":             func(r *reward.Reward) { r.Name = " " },
		"reward":           func(r *reward.Reward) { r.Reward = "Free Coffee" },
		"kind":             func(r *reward.Reward) { r.Kind = "car" },
		"unit":             func(r *reward.Reward) { r.Price = 1 },
		"price":            func(r *reward.Reward) { r.Price = -1 },
		"image":            func(r *reward.Reward) { r.Image = "javascript:alert(1)" },
		"until":            func(r *reward.Reward) { r.From, r.Until = began, began },
		"period":           func(r *reward.Reward) { r.Period = reward.PerDay },
		"good_days":        func(r *reward.Reward) { r.GoodDays = -1 },
		"terms":            func(r *reward.Reward) { r.Terms = []byte(`{"cost":1}`) },
		"terms.cost_minor": func(r *reward.Reward) { r.Terms = []byte(`{"cost_minor":-1}`) },
		"codes.pattern":    func(r *reward.Reward) { r.Coding = reward.Coding{Kind: reward.Unique, Pattern: "CAFE-####"} },
		"codes.code":       func(r *reward.Reward) { r.Coding = reward.Coding{Kind: reward.Generic, Code: "é"} },
		"codes.kind":       func(r *reward.Reward) { r.Coding = reward.Coding{Kind: "many"} },
	} {
		r := good
		bad(&r)
		err := r.Check()
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != what {
			t.Errorf("%s: %v (field %q)", what, err, f)
		}
	}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for kind, terms := range map[reward.Kind]string{
		reward.Discount: `{"amount_minor":100}`, reward.Product: `{"product":"beans"}`, reward.FreeDelivery: ``, reward.EarlyAccess: `{"from":"2026-03-01T00:00:00Z","until":"2026-03-02T00:00:00Z"}`,
		reward.Occasion: `{"begins_at":"2026-03-01T18:00:00Z"}`, reward.Draw: `{"draw":"easter"}`, reward.Experience: `{}`, reward.Donation: `{"amount_minor":100}`, reward.CashBack: `{"amount_minor":100}`, reward.Gift: `null`,
	} {
		r := good
		r.Kind, r.Terms = kind, []byte(terms)
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// Whatever is done in whatever order: units, counts and codes add up, and what is refused leaves nothing behind.
func TestAnyStoryOfRewardsAddsUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		k.offer(reward.Reward{Reward: "a", Unit: "points", Price: 7, PerCustomer: 3, Period: reward.PerWeek, GoodDays: 2, Coding: reward.Coding{Kind: reward.Unique}}, 6)
		k.offer(reward.Reward{Reward: "b", PerCustomer: 2}, 4)
		people := []int64{k.person(60), k.person(20)}
		var all []reward.Redemption
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			for range 12 {
				n++
				k.step(rt, people, &all, n)
			}
			if rt.Failed() {
				return
			}
			k.sound()
		})
		taken := map[string]int64{}
		for _, r := range all {
			var now reward.Redemption
			k.write(func(tx *db.Tx) (err error) { now, err = reward.Get(tx, r.Customer, r.ID); return err })
			if s := now.State; s == reward.Held || s == reward.Issued || s == reward.Used || s == reward.Void && now.Code != "" {
				taken[now.Promise.Reward]++
			}
		}
		for name, most := range map[string]int64{"a": 6, "b": 4} {
			if left := k.left(name); left+taken[name] < most || left > most {
				t.Errorf("%s: %d left and %d taken of %d", name, left, taken[name], most)
			}
		}
	})
}

func (k *counter) step(rt *rapid.T, people []int64, all *[]reward.Redemption, n int) {
	pick := func() reward.Redemption { return (*all)[rapid.IntRange(0, len(*all)-1).Draw(rt, "which")] }
	act := rapid.IntRange(0, 8).Draw(rt, "act")
	if len(*all) == 0 {
		act = 0
	}
	var err error
	switch act {
	case 0, 1, 2:
		hold := time.Duration(rapid.IntRange(0, 1).Draw(rt, "hold")) * time.Hour
		var r reward.Redemption
		if r, err = k.redeem(people[rapid.IntRange(0, 1).Draw(rt, "who")], rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "what"), fmt.Sprint("key", n), hold); err == nil {
			*all = append(*all, r)
		}
	case 3:
		r := pick()
		_, err = k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Issue(tx, r.Customer, r.ID, by) })
	case 4:
		r := pick()
		_, err = k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Use(tx, r.Customer, r.ID, "", by) })
	case 5:
		r := pick()
		_, err = k.do(func(tx *db.Tx) (reward.Redemption, error) {
			return k.Reopen(tx, r.Customer, r.ID, reward.Who{Actor: "user:1", Reason: "a mistake"})
		})
	case 6:
		r := pick()
		_, err = k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Refund(tx, r.Customer, r.ID, by) })
	case 7:
		k.pass(time.Duration(rapid.IntRange(1, 50).Draw(rt, "hours")) * time.Hour)
	default:
		_, err = k.Sweep(k.t.Context(), k.d, 3)
	}
	if err != nil && fault.KindOf(err) != fault.Conflict {
		rt.Fatalf("act %d: %v", act, err)
	}
}

func TestPeriodsBeginWhereTheyDo(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3*3600)
	day := func(y int, m time.Month, d int) int64 {
		return int64(fact.At(time.Date(y, m, d, 12, 0, 0, 0, zone), zone).Day())
	}
	at := fact.At(time.Date(2026, 3, 1, 22, 30, 0, 0, time.UTC), zone) // Monday, 2 March, half past one in the night
	for p, want := range map[reward.Period]int64{reward.Ever: 0, reward.PerDay: day(2026, 3, 2), reward.PerWeek: day(2026, 3, 2), reward.PerMonth: day(2026, 3, 1), reward.PerYear: day(2026, 1, 1)} {
		if got := p.Begins(at); got != want {
			t.Errorf("%q: day %d, want %d", p, got, want)
		}
	}
}
