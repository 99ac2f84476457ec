package intake_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/fraud"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

const watched = `{
	"name": "Watched",
	"units": [{"unit": "points", "allows_debt": true, "pending": {"days": 2}}, {"unit": "status", "kind": "qualifying"}],
	"referral": {"minimum_minor": 100, "wait_days": 1},
	"rules": [
		{"rule": "euro", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "status", "name": "Status", "effect": {"rate": {"unit": "status", "units": 1, "per_minor": 100}}},
		{"rule": "friend", "name": "For bringing a friend", "on": "referral", "effect": {"fixed": {"unit": "points", "units": 100}}}
	]
}`

const oneDay = 24 * time.Hour

// look looks, and gives how many flags were not there before.
func (c *club) look() int {
	c.t.Helper()
	n, err := c.Fraud().Look(c.t.Context(), c.d)
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// flags are all, the oldest first.
func (c *club) flags(f fraud.Filter) (all []fraud.Flag) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) { all, err = fraud.List(tx, f, 0, 1000); return err }); err != nil {
		c.t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// one is the only flag there is, of a kind and about a customer.
func (c *club) one(kind fraud.Kind, who int64) fraud.Flag {
	c.t.Helper()
	all := c.flags(fraud.Filter{})
	if len(all) != 1 || all[0].Kind != kind || all[0].Customer != who {
		c.t.Fatalf("the flags are %+v, not one of %s about %d", all, kind, who)
	}
	return all[0]
}

func (c *club) decide(f fraud.Flag, to fraud.State) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		_, err := fraud.Decide(tx, f.Customer, f.ID, to, "usr_1", "asked them")
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

// still wants looking again to find nothing new, before a flag is decided about and after.
func (c *club) still(f fraud.Flag) {
	c.t.Helper()
	if n := c.look(); n != 0 || len(c.flags(fraud.Filter{})) != 1 {
		c.t.Errorf("looked for twice there are %d flags more", n)
	}
	c.decide(f, fraud.Cleared)
	if n := c.look(); n != 0 {
		c.t.Errorf("what was cleared came back: %+v", c.flags(fraud.Filter{}))
	}
	c.pass(oneDay)
	if n := c.look(); n != 0 {
		c.t.Errorf("what was cleared came back the day after: %+v", c.flags(fraud.Filter{}))
	}
}

// person hands a customer in, with identities as kind:value and attributes as name=value.
func (c *club) person(reference string, more ...string) int64 {
	c.t.Helper()
	p := intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: reference}}}
	for _, m := range more {
		if kind, value, is := strings.Cut(m, ":"); is {
			p.Identities = append(p.Identities, customer.Identity{Kind: kind, Value: value})
		} else if name, value, is := strings.Cut(m, "="); is && name == "household" {
			p.Profile.Household = value
		} else if is {
			p.Profile.Attributes = append(p.Profile.Attributes, fact.Attribute{Name: name, Value: value})
		}
	}
	out := c.do(func(tx *db.Tx) (fact.Outcome, error) { o, err := c.Customer(tx, p); return o.Outcome, err })
	if out.Err != nil {
		c.t.Fatal(out.Err)
	}
	return out.Customer
}

// someStaff is somebody who works here.
func (c *club) someStaff(email string) (id string) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		u, _, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Role: account.Manager})
		id = u.ID
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return id
}

func (c *club) gives(actor string, who, units int64) {
	c.t.Helper()
	c.pass(time.Minute)
	key := fmt.Sprint("by hand ", c.us.Load())
	if err := c.write(func(tx *db.Tx) error {
		_, err := c.Ledger().Adjust(tx, points.Act{Customer: who, Unit: "points", Key: key, Cause: "adjustment", Actor: actor, Reason: "sorry"}, units)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *club) redeems(who, units int64) {
	c.t.Helper()
	key := fmt.Sprint("spent ", c.us.Load())
	if err := c.write(func(tx *db.Tx) error {
		_, err := c.Ledger().Spend(tx, points.Act{Customer: who, Unit: "points", Key: key, Cause: "till", Actor: "usr_1"}, units)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *club) buysFor(who, reference string, minor int64) fact.Outcome {
	return c.buys(who, reference, nil, line("coffee", "drinks", 1, minor))
}

func TestManyOrdersOnADayAreFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		for day := range 12 { // ann buys for the office, five times a day; others once
			for n := range 5 {
				c.buysFor("ann", fmt.Sprint("a", day, "/", n), 300)
			}
			c.buysFor("bob", fmt.Sprint("b", day), 300)
			c.pass(oneDay)
		}
		for n := range 7 {
			c.buysFor("ann", fmt.Sprint("last", n), 300)
		}
		if n := c.look(); n != 0 {
			t.Fatalf("what is usual for ann was flagged: %+v", c.flags(fraud.Filter{}))
		}
		for n := range 6 {
			c.buysFor("bob", fmt.Sprint("many", n), 300)
		}
		cancelled := c.buys("eve", "e", func(o *order.Order) { o.State = order.Cancelled }, line("x", "y", 1, 100))
		c.look()
		f := c.one(fraud.ManyOrders, c.someone("bob"))
		if e := f.Evidence; e.Orders != 6 || e.Usual != 1 || e.Day != "2026-03-15" || cancelled.Customer == f.Customer {
			t.Errorf("the evidence is %+v", e)
		}
		c.still(f)
	})
}

func TestEarningFarBeyondOthersIsFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		random := rand.New(rand.NewPCG(3, 4))
		for n := range 120 {
			c.buysFor(fmt.Sprint("c", n%40), fmt.Sprint("o", n), 200+random.Int64N(1800))
			c.pass(8 * time.Hour)
		}
		if n := c.look(); n != 0 {
			t.Fatalf("what is usual was flagged: %+v", c.flags(fraud.Filter{}))
		}
		c.buysFor("rich", "r", 500_00)
		c.look()
		all := c.flags(fraud.Filter{Kind: fraud.ManyUnits})
		if len(all) != 2 || all[0].Evidence.Units != 500 || all[0].Evidence.Usual > 20 || all[0].Customer != c.someone("rich") {
			t.Errorf("the flags are %+v", all) // of points, and of status
		}
		if c.look() != 0 {
			t.Error("looked for twice there are more")
		}
	})
}

func TestStaffWhoGiveToThemselvesOrToOneAreFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		sam, kim := c.someStaff("sam@shop.example"), c.someStaff("kim@shop.example")
		sams, friend := c.person("s", "email:Sam+points@shop.example"), c.someone("friend")
		for n := range 12 { // kim says sorry to many
			c.gives(kim, c.someone(fmt.Sprint("c", n)), 50)
		}
		for range 4 {
			c.gives(kim, c.someone("c1"), 5)
			c.gives("key_1", friend, 500) // a program
		}
		if n := c.look(); n != 0 {
			t.Fatalf("ordinary gifts were flagged: %+v", c.flags(fraud.Filter{}))
		}
		c.gives(sam, sams, 20)
		c.look()
		own := c.one(fraud.StaffOwn, sams)
		if e := own.Evidence; e.Staff != sam || e.Times != 1 || e.Units != 20 || e.Unit != "points" {
			t.Errorf("the evidence is %+v", e)
		}
		c.gives(sam, sams, 30)
		if n := c.look(); n != 0 { // the same, and more of it
			t.Errorf("%d flags for one thing", n+1)
		}
		if own = c.one(fraud.StaffOwn, sams); own.Evidence.Units != 50 {
			t.Errorf("the evidence of an open flag is not brought up to date: %+v", own.Evidence)
		}
		c.still(own)
		c.gives(sam, sams, 7)
		if n := c.look(); n != 1 || c.flags(fraud.Filter{State: fraud.Open})[0].Evidence.Units != 7 {
			t.Errorf("what happened after it was cleared: %+v", c.flags(fraud.Filter{}))
		}
		for range 5 {
			c.gives(sam, friend, 40)
		}
		c.look()
		if all := c.flags(fraud.Filter{Kind: fraud.StaffOne}); len(all) != 1 || all[0].Customer != friend || all[0].Evidence.Times != 5 || all[0].Evidence.All != 257 {
			t.Errorf("the flags are %+v", all)
		}
	})
}

func TestReturnsAfterUnitsWereSpentAreFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		loop := func(who string, spend int64, rounds int) int64 {
			var number int64
			for n := range rounds {
				ref := fmt.Sprint(who, n, "/", c.us.Load())
				number = c.buysFor(who, ref, 5000).Customer
				c.pass(3 * oneDay)
				if spend > 0 {
					c.redeems(number, spend)
				}
				c.pass(oneDay)
				c.returns("r"+ref, ref, order.ReturnLine{Line: 1, Quantity: 1, Priced: true})
			}
			return number
		}
		loop("taste", 0, 5) // brings much back, and has nothing of it
		loop("twice", 6, 2)
		if n := c.look(); n != 0 {
			t.Fatalf("ordinary returns were flagged: %+v", c.flags(fraud.Filter{}))
		}
		eve := loop("eve", 6, 3)
		c.look()
		f := c.one(fraud.ReturnLoop, eve)
		if e := f.Evidence; e.Times != 3 || e.Units != 18 || len(e.OrderIDs) != 3 {
			t.Errorf("the evidence is %+v", e)
		}
		c.still(f)
		loop("eve", 6, 3)
		if n := c.look(); n != 1 {
			t.Errorf("after it was cleared it went on, and %d flags were made", n)
		}
	})
}

func TestSharedContactsAreFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		for n := range 5 { // a family, three in a flat, and those of whom nothing is known
			c.person(fmt.Sprint("f", n), "Address=1, Long Road", "household=h1")
			c.person(fmt.Sprint("n", n), "phone=none", "Card=000000", "colour=green is nice")
		}
		for n := range 3 {
			c.person(fmt.Sprint("t", n), "Address=2 Short Street")
		}
		if n := c.look(); n != 0 {
			t.Fatalf("ordinary people were flagged: %+v", c.flags(fraud.Filter{}))
		}
		var gang []int64
		for n, written := range []string{"DEV-77-ab", "dev77ab", "Dev 77 AB", "dev-77ab"} {
			gang = append(gang, c.person(fmt.Sprint("g", n), "Device="+written))
		}
		c.look()
		f := c.one(fraud.Shared, gang[0])
		if e := f.Evidence; e.Attribute != "device" || e.Count != 4 || !slices.Equal(e.Customers, gang) {
			t.Errorf("the evidence is %+v", e)
		}
		c.still(f)
		gang = append(gang, c.person("g9", "Device=DEV77AB"))
		if n := c.look(); n != 1 {
			t.Errorf("one more joined those who were cleared, and %d flags were made", n)
		}
		// Merged they are one person, who shares with nobody; the open flag waits for somebody to say so.
		for _, g := range gang[1:] {
			c.merges(g, gang[0])
		}
		if n := c.look(); n != 0 {
			t.Errorf("one person shares with themselves: %+v", c.flags(fraud.Filter{}))
		}
		for n := range 4 {
			c.person(fmt.Sprint("m", n), fmt.Sprintf("email:Ma.x+%d@gmail.com", n))
		}
		c.look()
		if all := c.flags(fraud.Filter{Kind: fraud.Shared, State: fraud.Open}); len(all) != 2 || all[1].Evidence.Attribute != fraud.Mailbox {
			t.Errorf("the flags are %+v", all)
		}
	})
}

func (c *club) merges(from, into int64) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		_, _, err := c.Merge(tx, customer.Numbered(from), customer.Numbered(into))
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

func TestReferralRingsAreFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		ada, bob, cleo, dan := c.person("ada"), c.person("bob"), c.person("cleo"), c.person("dan")
		for _, step := range [][2]int64{{bob, ada}, {cleo, bob}, {dan, cleo}} {
			if err := c.tie(step[0], c.code(step[1])); err != nil {
				t.Fatal(err)
			}
		}
		if n := c.look(); n != 0 {
			t.Fatalf("friends of friends were flagged: %+v", c.flags(fraud.Filter{}))
		}
		c.merges(cleo, ada) // ada came under another number
		c.look()
		f := c.one(fraud.Ring, ada)
		if e := f.Evidence; e.Count != 2 || !slices.Equal(e.Customers, []int64{ada, bob}) {
			t.Errorf("the evidence is %+v", e)
		}
		c.still(f)
	})
}

func TestFriendsWhoAreAlikeOrDoNotComeBackAreFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		bring := func(referrer int64, name string, friends, back int, more ...string) {
			for n := range friends {
				reference := fmt.Sprint(name, n)
				if err := c.tie(c.person(reference, more...), c.code(referrer)); err != nil {
					t.Fatal(err)
				}
				c.buysFor(reference, reference+"/1", 400)
				if n < back {
					c.buysFor(reference, reference+"/2", 400)
				}
			}
		}
		for n := range 6 {
			bring(c.person(fmt.Sprint("r", n)), fmt.Sprint("f", n, "/"), 6, 4)
		}
		spouse := c.person("s", "phone=0301234567")
		bring(spouse, "partner", 1, 1, "phone=030 1234567")
		c.pass(40 * oneDay)
		if n := c.look(); n != 0 {
			t.Fatalf("ordinary friends were flagged: %+v", c.flags(fraud.Filter{}))
		}
		farm := c.person("farm")
		bring(farm, "g", 9, 0)
		c.look()
		if all := c.flags(fraud.Filter{}); len(all) != 0 {
			t.Fatalf("they have had no time to come back: %+v", all)
		}
		c.pass(40 * oneDay)
		c.look()
		f := c.one(fraud.FewComeBack, farm)
		if e := f.Evidence; e.Friends != 9 || e.Gone != 9 || e.Usual > 40 || e.Usual < 25 {
			t.Errorf("the evidence is %+v", e)
		}
		c.still(f)
		mole := c.person("mole", "card=4111 2222")
		bring(mole, "h", 2, 2, "card=41112222")
		c.look()
		if all := c.flags(fraud.Filter{Kind: fraud.FriendsAlso}); len(all) != 1 || all[0].Customer != mole || all[0].Evidence.Gone != 2 || all[0].Evidence.Attribute != "card" {
			t.Errorf("the flags are %+v", all)
		}
	})
}

// What is earned while a flag of high risk is open waits for longer, and nothing else changes.
func TestAnOpenFlagLengthensPending(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		sam := c.someStaff("sam@shop.example")
		sams := c.person("s", "email:sam@shop.example")
		c.buysFor("s", "1", 1000)
		c.gives(sam, sams, 20)
		before := c.has(sams, "points")
		c.look()
		f := c.one(fraud.StaffOwn, sams)
		if now := c.has(sams, "points"); now.Available != before.Available || now.Pending != before.Pending || now.Available != 20 || now.Pending != 10 {
			t.Errorf("a flag moved units: %+v, before %+v", now, before)
		}
		c.buysFor("s", "2", 3000)
		c.buysFor("other", "3", 3000)
		if now := c.has(sams, "status"); now.Available != 40 {
			t.Errorf("what counts for a tier waits: %+v", now)
		}
		c.pass(3 * oneDay)
		if now := c.has(sams, "points"); now.Available != 30 || now.Pending != 30 {
			t.Errorf("with an open flag: %+v", now)
		}
		if now := c.has(c.someone("other"), "points"); now.Available != 30 {
			t.Errorf("somebody else waits: %+v", now)
		}
		c.decide(f, fraud.Cleared)
		c.buysFor("s", "4", 500)
		c.pass(3 * oneDay)
		if now := c.has(sams, "points"); now.Available != 35 || now.Pending != 30 {
			t.Errorf("after it was cleared: %+v", now)
		}
		c.pass(11 * oneDay)
		if now := c.has(sams, "points"); now.Available != 65 || now.Pending != 0 {
			t.Errorf("in the end nothing is taken away: %+v", now)
		}
	})
}

func TestFlagsGoWithWhoIsErased(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		sam := c.someStaff("sam@shop.example")
		sams, alias := c.person("s", "email:sam@shop.example"), c.person("t")
		c.gives(sam, sams, 20)
		c.look()
		f := c.one(fraud.StaffOwn, sams)
		c.merges(sams, alias)
		if n := c.look(); n != 0 {
			t.Errorf("merged there are %d flags more", n)
		}
		c.decide(f, fraud.Confirmed)
		if n := c.look(); n != 0 {
			t.Error("what was confirmed of who was merged came back")
		}
		if _, err := c.Erase(t.Context(), c.d, customer.Numbered(alias)); err != nil {
			t.Fatal(err)
		}
		if n := c.number("SELECT count(*) FROM fraud_flags"); n != 0 {
			t.Errorf("%d flags are left of who was forgotten", n)
		}
		if n := c.look(); n != 0 {
			t.Error("who was forgotten is flagged")
		}
	})
}

func TestDecidingOnce(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		c.gives(c.someStaff("sam@shop.example"), c.person("s", "email:sam@shop.example"), 20)
		c.look()
		f := c.flags(fraud.Filter{State: fraud.Open})[0]
		const good = fault.Kind(-1)
		for _, step := range []struct {
			to     fraud.State
			by     string
			reason string
			want   fault.Kind
		}{
			{fraud.Cleared, "usr_1", " ", fault.Invalid}, {fraud.Open, "usr_1", "x", fault.Invalid}, {fraud.Cleared, "usr_1", strings.Repeat("я", 1001), fault.Invalid},
			{fraud.Confirmed, "usr_1", "she said so", good}, {fraud.Confirmed, "usr_1", "she said so ", good}, {fraud.Cleared, "usr_2", "no", fault.Conflict},
		} {
			err := c.write(func(tx *db.Tx) error {
				_, err := fraud.Decide(tx, f.Customer, f.ID, step.to, step.by, step.reason)
				return err
			})
			if (err == nil) != (step.want == good) || err != nil && fault.KindOf(err) != step.want {
				t.Errorf("%+v: %v", step, err)
			}
		}
		if got := c.flags(fraud.Filter{})[0]; got.State != fraud.Confirmed || got.By != "usr_1" || got.Reason != "she said so" || got.Decided.IsZero() {
			t.Errorf("%+v", got)
		}
		if err := c.write(func(tx *db.Tx) error {
			_, err := fraud.Decide(tx, f.Customer, 1, fraud.Cleared, "usr_1", "x")
			return err
		}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a flag that is not there: %v", err)
		}
	})
}

// In an ordinary history nothing is flagged: customers of all rates, returns, units spent, gifts by staff, and friends.
func TestOrdinaryHistoriesAreNotFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		random := rand.New(rand.NewPCG(7, 8))
		staff := []string{c.someStaff("a@shop.example"), c.someStaff("b@shop.example")}
		const people, days = 60, 50
		rates, numbers := make([]float64, people), make([]int64, people)
		for i := range people {
			rates[i] = random.ExpFloat64() / 4
			numbers[i] = c.person(fmt.Sprint("p", i), fmt.Sprintf("email:p%d@post.example", i), fmt.Sprintf("address=%d Long Road", i/2), fmt.Sprintf("phone=03012345%02d", i))
			if i > 0 && random.IntN(3) == 0 {
				if err := c.tie(numbers[i], c.code(numbers[random.IntN(i)])); err != nil {
					t.Fatal(err)
				}
			}
		}
		for day := range days {
			for i := range people {
				for n := 0; random.Float64() < rates[i]/(1+rates[i]); n++ {
					reference := fmt.Sprint(i, "/", day, "/", n)
					c.buysFor(fmt.Sprint("p", i), reference, 200+int64(random.ExpFloat64()*800))
					if random.IntN(25) == 0 {
						c.returns("r"+reference, reference, order.ReturnLine{Line: 1, Quantity: 1, Priced: true})
					}
				}
				if b := c.has(numbers[i], "points"); b.Available > 30 {
					c.redeems(numbers[i], b.Available/2)
				}
			}
			if day%3 == 0 {
				c.gives(staff[random.IntN(len(staff))], numbers[random.IntN(people)], 10)
			}
			c.pass(oneDay)
		}
		if n := c.look(); n > 1 {
			t.Errorf("an ordinary history has %d flags: %+v", n, c.flags(fraud.Filter{}))
		}
	})
}
