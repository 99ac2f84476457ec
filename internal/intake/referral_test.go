package intake_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/programme/starter"
	"regulars/internal/act/referral"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

const bringing = `{
	"name": "Bringing",
	"units": [{"unit": "points", "allows_debt": true}],
	"referral": {"minimum_minor": 1000, "within_days": 60, "wait_days": 14},
	"rules": [
		{"rule": "friend", "name": "For bringing a friend", "on": "referral", "limit": {"times": 3, "period": "month"}, "effect": {"fixed": {"unit": "points", "units": 100}}},
		{"rule": "ladder", "name": "For the second friend and those after", "on": "referral", "if": "customer.friends >= 1", "effect": {"fixed": {"unit": "points", "units": 50}}},
		{"rule": "came", "name": "For coming through a friend", "on": "referred", "effect": {"fixed": {"unit": "points", "units": 30}}}
	]
}`

func (c *club) someone(reference string) (number int64) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		out, err := c.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: reference}}})
		if err == nil {
			err = out.Err
		}
		number = out.Customer
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return number
}

func (c *club) code(who int64) (code string) {
	c.t.Helper()
	for range 2 { // asked again it is the same
		if err := c.write(func(tx *db.Tx) (err error) {
			before := code
			if code, err = referral.Code(tx, who); before != "" && code != before {
				c.t.Errorf("%s, and %s before", code, before)
			}
			return err
		}); err != nil {
			c.t.Fatal(err)
		}
	}
	return code
}

func (c *club) tie(friend int64, code string) error {
	return c.write(func(tx *db.Tx) error { _, err := c.Referrals().Tie(tx, friend, code); return err })
}

func (c *club) due() {
	c.t.Helper()
	for range 2 { // done again it is done once
		if err := c.Referrals().Due(c.t.Context(), c.d); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *club) stands(friend int64) (r referral.Referral) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) { r, _, err = referral.Of(tx, friend); return err }); err != nil {
		c.t.Fatal(err)
	}
	return r
}

// Both sides get what the rules give once the order can no longer come back, and lose it when it does.
func TestAFriendIsBrought(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		day := 24 * time.Hour
		ada, bob, eve := c.someone("ada"), c.someone("bob"), c.someone("eve")
		code := c.code(ada)
		for range 2 {
			if err := c.tie(bob, " "+code[:4]+"-"+code[4:]); err != nil {
				t.Fatal(err)
			}
		}
		c.buys("bob", "small", nil, line("x", "y", 1, 999))
		if r := c.stands(bob); r.State != referral.Pending || r.Referrer != ada {
			t.Errorf("%+v", r)
		}
		c.buys("bob", "b1", nil, line("x", "y", 1, 3000))
		if r := c.stands(bob); r.State != referral.Qualified || !r.Due.Equal(c.now().Add(14*day)) {
			t.Errorf("%+v", r)
		}
		// What is left of it is too little; and then another counts.
		c.returns("R1", "b1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2500})
		if r := c.stands(bob); r.State != referral.Pending || r.Order != 0 {
			t.Errorf("%+v", r)
		}
		c.pass(day)
		c.buys("bob", "b2", nil, line("x", "y", 1, 2000))
		c.pass(13 * day)
		c.due()
		c.wants(ada, "points", 0)
		c.wants(bob, "points", 0)
		c.pass(day)
		c.due()
		c.wants(ada, "points", 100)
		c.wants(bob, "points", 30)
		if r := c.stands(bob); r.State != referral.Rewarded {
			t.Errorf("%+v", r)
		}
		// The second friend is worth more.
		if err := c.tie(eve, code); err != nil {
			t.Fatal(err)
		}
		c.buys("eve", "e1", nil, line("x", "y", 1, 1000))
		c.pass(15 * day)
		c.due()
		c.wants(ada, "points", 100+150)
		var by map[referral.State]int64
		var all []referral.Referral
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) {
			if by, err = referral.Counts(tx, ada); err == nil {
				all, err = referral.Brought(tx, ada, time.Time{}, 10)
			}
			return err
		}); err != nil || by[referral.Rewarded] != 2 || len(all) != 2 || all[0].Friend != eve {
			t.Errorf("%v, %+v, %v", by, all, err)
		}
		results := func() (r referral.Results) {
			if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { r, err = referral.Read(tx, c.Business.Zone, 3); return err }); err != nil {
				t.Fatal(err)
			}
			return r
		}
		// It is April by now; both came in March, whose orders count.
		if r := results(); len(r.Months) != 3 || r.Months[2].First.Month() != time.April || r.Months[1].Came != 2 || r.Months[1].Won != 2 || r.Months[2].Came+r.Months[2].Won+r.Months[0].Came != 0 ||
			r.Won != 2 || r.Given["points"] != 100+30+150+30 || r.Conversion() != 1 {
			t.Errorf("%+v", r)
		}
		// Late, but it came back: so does what was given, on both sides.
		c.buys("bob", "b2", func(o *order.Order) { o.State = order.Cancelled }, line("x", "y", 1, 2000))
		if r := c.stands(bob); r.State != referral.Voiding {
			t.Errorf("%+v", r)
		}
		c.due()
		c.wants(ada, "points", 150)
		c.wants(bob, "points", 0)
		c.buys("bob", "b3", nil, line("x", "y", 1, 9000))
		c.pass(20 * day)
		c.due()
		c.wants(ada, "points", 150)
		if r := c.stands(bob); r.State != referral.Void {
			t.Errorf("%+v", r)
		}
		if r := results(); r.Won != 1 || r.Months[1].Won != 1 && r.Months[0].Won != 1 || r.Given["points"] != 150+30 || r.Conversion() != 0.5 || r.By[referral.Void] != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// The programme that is proposed for new customers gives to both sides, once an ordinary order can no longer come back.
func TestTheStarterForNewCustomersBringsFriends(t *testing.T) {
	t.Parallel()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	shape := starter.Suggest(starter.Cafe, starter.Newcomers, 800, 2)
	shape.Name, shape.Card = "Café", 0
	d, err := shape.Document(l, "EUR", 2)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	eachClub(t, string(text), func(t *testing.T, c *club) {
		t.Helper()
		ada, bob := c.someone("ada"), c.someone("bob")
		if err := c.tie(bob, c.code(ada)); err != nil {
			t.Fatal(err)
		}
		c.buys("bob", "little", nil, line("x", "y", 1, shape.Least-1))
		c.pass(5 * 24 * time.Hour)
		c.due()
		c.wants(ada, "points", 0)
		before := c.has(bob, "points").Available
		c.buys("bob", "enough", nil, line("x", "y", 1, shape.Least))
		for range 4 {
			c.pass(24 * time.Hour)
			c.due()
		}
		c.wants(ada, "points", shape.Extra)
		c.wants(bob, "points", before+shape.Least/100+shape.Extra)
	})
}

func TestWhoCannotBeBrought(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		ada, bob, eve, mia := c.someone("ada"), c.someone("bob"), c.someone("eve"), c.someone("mia")
		code := map[int64]string{}
		for _, who := range []int64{ada, bob, eve, mia} {
			code[who] = c.code(who)
		}
		c.buys("mia", "m1", nil, line("x", "y", 1, 100))
		for _, step := range []struct {
			friend int64
			code   string
			want   string
		}{
			{bob, code[ada], ""}, {eve, code[bob], ""}, {ada, code[eve], "referral_ring"}, {ada, code[ada], "self_referral"}, {eve, code[ada], "already_referred"},
			{eve, code[bob], ""}, {mia, code[ada], "not_new"}, {ada, "QQQQQQQQ", "referral_code_not_found"},
		} {
			err := c.tie(step.friend, step.code)
			var f *fault.Fault
			if got := errors.As(err, &f); got != (step.want != "") || got && f.Code != step.want || !got && err != nil {
				t.Errorf("%+v: %v", step, err)
			}
		}
		// Too late: sixty days have gone.
		c.pass(61 * 24 * time.Hour)
		c.buys("bob", "b1", nil, line("x", "y", 1, 5000))
		if r := c.stands(bob); r.State != referral.Pending {
			t.Errorf("%+v", r)
		}
		c.publish(simple)
		c.pass(2 * time.Second)
		if err := c.tie(ada, code[mia]); fault.KindOf(err) != fault.Conflict {
			t.Errorf("without a referral in the programme: %v", err)
		}
		// Merged into who brought them, they have brought themselves: what was given stays what it is, and no more comes.
		if _, err := c.Erase(t.Context(), c.d, customer.Numbered(ada)); err != nil {
			t.Fatal(err)
		}
		if n := c.number("SELECT count(*) FROM referral_codes WHERE code = $1", code[ada]); n != 0 {
			t.Error("the code of who was forgotten leads on")
		}
	})
}

// Many tie the same friend at once, to several; many jobs reward at once: one is the referrer, and all is given once. Those who bring each
// other at once make no ring, and orders that come back at once leave nothing that counts.
func TestReferralsAtOnce(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		friend := c.someone("friend")
		var codes []string
		var who []int64
		for i := range 4 {
			who = append(who, c.someone(fmt.Sprint("r", i)))
			codes = append(codes, c.code(who[i]))
		}
		var wait sync.WaitGroup
		for i := range 16 {
			wait.Go(func() {
				if err := c.tie(friend, codes[i%4]); err != nil && fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		r := c.stands(friend)
		c.buys("friend", "f1", nil, line("x", "y", 1, 5000))
		c.pass(15 * 24 * time.Hour)
		for range 6 {
			wait.Go(func() {
				if err := c.Referrals().Due(t.Context(), c.d); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		c.due()
		c.wants(friend, "points", 30)
		c.wants(r.Referrer, "points", 100)
		if n := c.number("SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM programme_awards"); n != 130 {
			t.Errorf("%d points were given altogether, want 130", n)
		}
		// Each brings the other, or the next in a round, at the same moment: one of them is too late.
		for size := 2; size <= 3; size++ {
			for n := range 12 {
				members, codes := make([]int64, size), make([]string, size)
				for i := range members {
					members[i] = c.someone(fmt.Sprint("ring", size, "-", n, "-", i))
					codes[i] = c.code(members[i])
				}
				refused := make(chan error, size)
				start := make(chan struct{})
				for i := range members {
					wait.Go(func() {
						<-start
						if err := c.tie(members[i], codes[(i+1)%size]); err != nil {
							refused <- err
						}
					})
				}
				close(start)
				wait.Wait()
				close(refused)
				var f *fault.Fault
				if err := <-refused; len(refused) != 0 || !errors.As(err, &f) || f.Code != "referral_ring" {
					t.Errorf("of %d in a ring at once, %v and %d more were refused, want one: referral_ring", size, err, len(refused))
				}
			}
		}
		// The order that counts comes back while the next one that would does: neither counts, whichever is first.
		for n := range 12 {
			name := fmt.Sprint("back", n)
			number := c.someone(name)
			if err := c.tie(number, c.code(who[0])); err != nil {
				t.Fatal(err)
			}
			for _, o := range []string{"a", "b"} {
				c.buys(name, name+o, nil, line("x", "y", 1, 2000))
			}
			for _, o := range []string{"a", "b"} {
				wait.Go(func() {
					c.returns(name+"R"+o, name+o, order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2000})
				})
			}
			wait.Wait()
			c.becomes(number, referral.Pending, 0)
		}
		// Somebody is brought while they are merged, and orders: there is an end to it.
		for n := range 6 {
			name := fmt.Sprint("merged", n)
			one, two := c.someone(name+"1"), c.someone(name+"2")
			wait.Go(func() {
				if err := c.tie(one, codes[n%4]); err != nil && fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
			wait.Go(func() { c.merges(one, two) })
			wait.Go(func() { c.buys(name+"2", name, nil, line("x", "y", 1, 2000)) })
		}
		wait.Wait()
	})
}
