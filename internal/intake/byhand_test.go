package intake_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/fraud"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

func codeOf(err error) string {
	var f *fault.Fault
	_ = errors.As(err, &f)
	if f == nil {
		return ""
	}
	return f.Code
}

// passwords are all the same one, which takes a while to make.
var passwords = sync.OnceValues(func() (account.Hashed, error) {
	return account.NewHasher().Hash(context.Background(), "a cup of strong coffee")
})

// staff is somebody who works here and has come in.
func (c *club) staff(email string, role account.Role) (a account.Actor) {
	c.t.Helper()
	password, err := passwords()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.write(func(tx *db.Tx) error {
		_, token, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Role: role})
		if err != nil {
			return err
		}
		u, err := account.Accept(tx, token, strings.Split(email, "@")[0], "en", password)
		a = u.Actor()
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return a
}

// handLimits lets managers move ten points at once and thirty a day, and owners a thousand.
func (c *club) handLimits() {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		_, err := byhand.Save(tx, []byhand.Limit{{Who: "manager", Unit: "points", Once: 10, Day: 30}, {Who: "owner", Unit: "points", Once: 1000, Day: 1500}})
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *club) asks(by account.Actor, who int64, key string, units int64) (r byhand.Request) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) (err error) {
		r, _, err = byhand.Ask(tx, c.Ledger().IDs, by, byhand.Request{Customer: who, Key: key, Unit: "points", Units: units, Reason: "waited long"})
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *club) approves(by account.Actor, r byhand.Request, code string) {
	c.t.Helper()
	_, err := c.ByHand().Approve(c.t.Context(), c.d, by, r.Public(), "")
	if got := codeOf(err); got != code {
		c.t.Errorf("approving ends with %q (%v), want %q", got, err, code)
	}
}

func (c *club) declines(by account.Actor, r byhand.Request, answer, code string) {
	c.t.Helper()
	err := c.write(func(tx *db.Tx) error { _, err := byhand.Decline(tx, by, r.Public(), answer); return err })
	if got := codeOf(err); got != code {
		c.t.Errorf("declining ends with %q (%v), want %q", got, err, code)
	}
}

// request is a request as it stands.
func (c *club) request(r byhand.Request, want byhand.State) byhand.Request {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) { r, err = byhand.RequestOf(tx, r.Public()); return err }); err != nil {
		c.t.Fatal(err)
	}
	if r.State != want {
		c.t.Errorf("it is %s, want %s: %+v", r.State, want, r)
	}
	return r
}

func TestWhatIsAskedForByHand(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		c.handLimits()
		mia, mark, ann := c.staff("mia@example.com", account.Manager), c.staff("mark@example.com", account.Manager), c.staff("ann@example.com", account.Agent)
		who := c.person("ada")
		ask := func(by account.Actor, want byhand.Request) error {
			return c.write(func(tx *db.Tx) error { _, _, err := byhand.Ask(tx, c.Ledger().IDs, by, want); return err })
		}
		good := byhand.Request{Customer: who, Key: "k", Unit: "points", Units: 500, Reason: "waited long"}
		if err := ask(mia, good); codeOf(err) != "nobody_approves" {
			t.Errorf("with nobody who may: %v", err)
		}
		olga := c.staff("olga@example.com", account.Owner)
		for name, one := range map[string]struct {
			by     account.Actor
			change func(r *byhand.Request)
			code   string
		}{
			"nothing":              {mia, func(r *byhand.Request) { r.Units = 0 }, "out_of_range"},
			"more than there is":   {mia, func(r *byhand.Request) { r.Units = byhand.Most + 1 }, "out_of_range"},
			"no reason":            {mia, func(r *byhand.Request) { r.Reason = " " }, "required"},
			"a long one":           {mia, func(r *byhand.Request) { r.Reason = strings.Repeat("я", 101) }, "too_long"},
			"no text":              {mia, func(r *byhand.Request) { r.Reason = "a\x00b" }, "no_text"},
			"no such unit":         {mia, func(r *byhand.Request) { r.Unit = "miles" }, "unit_not_found"},
			"no such customer":     {mia, func(r *byhand.Request) { r.Customer = 7 }, "customer_not_found"},
			"more than owners may": {mia, func(r *byhand.Request) { r.Units = 1001 }, "nobody_approves"},
			"an agent":             {ann, func(*byhand.Request) {}, "not_allowed"},
		} {
			r := good
			if one.change(&r); codeOf(ask(one.by, r)) != one.code {
				t.Errorf("%s: %v, want %s", name, ask(one.by, r), one.code)
			}
		}
		if err := ask(account.As(account.Program, "key_1", "", account.PointsAdjust), good); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a key asks: %v", err)
		}
		r := c.asks(mia, who, "k", 500)
		if again := c.asks(mia, who, "k", 500); again.ID != r.ID {
			t.Errorf("pressed twice there are two: %+v %+v", r, again)
		}
		if err := ask(mia, byhand.Request{Customer: who, Key: "k", Unit: "points", Units: 400, Reason: "waited long"}); codeOf(err) != "key_reused" {
			t.Errorf("another by the same form: %v", err)
		}
		c.wants(who, "points", 0)
		c.approves(mia, r, "own_approval")
		c.approves(mark, r, "by_hand_once")
		c.approves(ann, r, "not_allowed")
		c.declines(mia, r, "no", "own_approval")
		c.declines(olga, r, " ", "required")
		c.wants(who, "points", 0)
		c.request(r, byhand.Waiting)
		c.approves(olga, r, "")
		c.wants(who, "points", 500)
		c.approves(olga, r, "") // alike again: the same
		c.approves(mark, r, "approval_decided")
		c.declines(olga, r, "no", "approval_decided")
		c.wants(who, "points", 500)
		if got := c.request(r, byhand.Approved); got.By != olga.ID || got.Moved != who || got.Operation == 0 {
			t.Errorf("%+v", got)
		}
		if said := c.says([]int64{who}, programme.Cashier, "points"); !strings.Contains(said, "waited long") || !strings.Contains(said, "asked for by mia, approved by olga") {
			t.Errorf("staff read %s", said)
		}
		if said := c.says([]int64{who}, programme.ForMember, "points"); strings.Contains(said, "mia") || strings.Contains(said, "waited") {
			t.Errorf("the member reads %s", said)
		}

		// The day of who approves counts it, and that of who asked does not.
		next := c.asks(mia, who, "l", 1000)
		c.approves(olga, next, "")
		c.approves(olga, c.asks(mia, who, "m", 20), "by_hand_day")
		if err := c.write(func(tx *db.Tx) error { return byhand.Move(tx, c.Business.Zone, mia, "points", 10) }); err != nil {
			t.Errorf("what was approved counts against who asked: %v", err)
		}
		c.pass(oneDay)

		down := c.asks(mia, who, "n", -900)
		c.declines(olga, down, "talk to her first", "")
		c.declines(olga, down, "talk to her first", "")
		c.approves(olga, down, "approval_decided")
		if got := c.request(down, byhand.Declined); got.Answer != "talk to her first" || got.Operation != 0 {
			t.Errorf("%+v", got)
		}
		back := c.asks(mia, who, "o", -900)
		for _, by := range []account.Actor{olga, mark} {
			if err := c.write(func(tx *db.Tx) error { _, err := byhand.Withdraw(tx, by, back.Public()); return err }); codeOf(err) != "not_allowed" {
				t.Errorf("another takes it back: %v", err)
			}
		}
		for range 2 {
			if err := c.write(func(tx *db.Tx) error { _, err := byhand.Withdraw(tx, mia, back.Public()); return err }); err != nil {
				t.Error(err)
			}
		}
		c.approves(olga, back, "approval_decided")
		c.wants(who, "points", 1500)
		var listed []byhand.Request
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) {
			listed, err = byhand.Requests(tx, byhand.Filter{States: []byhand.State{byhand.Waiting, byhand.Declined}, Whose: []int64{who, 7}}, 0, 10)
			return err
		}); err != nil || !slices.Equal([]int64{down.ID}, ids(listed)[:1]) || len(listed) != 2 {
			t.Errorf("%+v %v", listed, err)
		}
		c.sound("at the end")
	})
}

func ids(all []byhand.Request) (list []int64) {
	for i := range all {
		list = append(list, all[i].ID)
	}
	return list
}

// Of many who decide at once, some approving and some declining, one does, and units move once or not at all.
func TestDecidingByHandAtOnce(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		mia, who := c.staff("mia@example.com", account.Manager), c.person("ada")
		c.handLimits()
		var owners []account.Actor
		for _, name := range []string{"a", "b", "c"} {
			owners = append(owners, c.staff(name+"@example.com", account.Owner))
		}
		var want int64
		for round := range 8 {
			r := c.asks(mia, who, strings.Repeat("k", round+1), 100)
			var approved, declined atomic.Int64
			var wait sync.WaitGroup
			for i, by := range append(owners, owners...) {
				wait.Go(func() {
					if i >= len(owners) && round%2 == 1 {
						if err := c.write(func(tx *db.Tx) error { _, err := byhand.Decline(tx, by, r.Public(), "no"); return err }); err == nil {
							declined.Add(1)
						} else if codeOf(err) != "approval_decided" {
							t.Error(err)
						}
						return
					}
					if _, err := c.ByHand().Approve(t.Context(), c.d, by, r.Public(), ""); err == nil {
						approved.Add(1)
					} else if codeOf(err) != "approval_decided" {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if approved.Load() > 0 && declined.Load() > 0 || approved.Load()+declined.Load() == 0 || round%2 == 0 && approved.Load() > 2 {
				t.Errorf("%d approved and %d declined", approved.Load(), declined.Load())
			}
			if approved.Load() > 0 {
				want += 100
				c.request(r, byhand.Approved)
			} else {
				c.request(r, byhand.Declined)
			}
			c.wants(who, "points", want)
			c.pass(time.Hour)
		}
		if n := c.number("SELECT CAST(sum(units) AS BIGINT) FROM by_hand_sums"); n != want {
			t.Errorf("%d are counted against those who approved, and %d moved", n, want)
		}
		c.sound("at the end")
	})
}

func TestApprovingWhatHasChangedMeanwhile(t *testing.T) {
	t.Parallel()
	eachClub(t, strings.Replace(watched, `"allows_debt": true, `, "", 1), func(t *testing.T, c *club) {
		t.Helper()
		c.handLimits()
		mia, olga := c.staff("mia@example.com", account.Manager), c.staff("olga@example.com", account.Owner)
		ada, eve, ben := c.person("ada"), c.person("eve"), c.person("ben")

		// Not enough any more: nothing is half-done, and it can be approved when there is.
		c.gives("usr_1", ada, 300)
		take := c.asks(mia, ada, "a", -200)
		c.redeems(ada, 250)
		c.approves(olga, take, "too_few_units")
		c.request(take, byhand.Waiting)
		c.wants(ada, "points", 50)
		if n := c.number("SELECT count(*) FROM by_hand_sums"); n != 0 {
			t.Error("what was not moved counts")
		}

		// Merged: whoever stands for them has it, also where the units lie under the other number.
		give := c.asks(mia, eve, "b", 400)
		c.merges(eve, ada)
		c.approves(olga, give, "")
		if got := c.request(give, byhand.Approved); got.Customer != eve || got.Moved != ada {
			t.Errorf("%+v", got)
		}
		c.wants(ada, "points", 450)
		c.approves(olga, take, "")
		c.wants(ada, "points", 250)

		// Who asked may not any more.
		late := c.asks(mia, ben, "c", 100)
		change := func(to account.State) {
			t.Helper()
			if err := c.write(func(tx *db.Tx) error {
				_, err := account.UpdateUser(tx, account.System("test"), mia.ID, 0, account.UserChange{State: &to})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		change(account.Disabled)
		c.approves(olga, late, "asker_gone")
		c.request(late, byhand.Waiting)
		c.wants(ben, "points", 0)
		c.declines(olga, late, "she has left", "")
		change(account.Active)

		// Erased: it waits no more, and no word of it stays.
		gone := c.asks(mia, ben, "d", 100)
		if _, err := c.Erase(t.Context(), c.d, customer.Numbered(ben)); err != nil {
			t.Fatal(err)
		}
		c.approves(olga, gone, "approval_erased")
		c.declines(olga, gone, "no", "approval_erased")
		if got := c.request(gone, byhand.Withdrawn); got.Reason != "forgotten" {
			t.Errorf("%+v", got)
		}
		if got := c.request(late, byhand.Declined); got.Reason != "forgotten" || got.Answer != "forgotten" {
			t.Errorf("%+v", got)
		}
		if left := c.traces("she has left"); len(left) > 0 {
			t.Errorf("left of who was erased: %q", left)
		}
		c.sound("at the end")

		if err := c.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE by_hand_requests SET units = 401 WHERE units = 400")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if found, err := byhand.Checks()[0].Run(t.Context(), c.d); err != nil || found.N != 1 || found.Example != give.Public() {
			t.Errorf("changed behind the back: %+v %v", found, err)
		}
	})
}

// Erasing and approving at once leave no word of who was erased.
func TestErasingWhileItIsApproved(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		mia, olga := c.staff("mia@example.com", account.Manager), c.staff("olga@example.com", account.Owner)
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			who := c.person(name)
			r := c.asks(mia, who, name, 100)
			var wait sync.WaitGroup
			wait.Go(func() {
				if _, err := c.ByHand().Approve(t.Context(), c.d, olga, r.Public(), "let it be"); err != nil && codeOf(err) != "approval_erased" {
					t.Error(err)
				}
			})
			wait.Go(func() {
				if _, err := c.Erase(t.Context(), c.d, customer.Numbered(who)); err != nil {
					t.Error(err)
				}
			})
			wait.Wait()
		}
		if left := c.traces("waited long", "let it be"); len(left) > 0 {
			t.Errorf("left of who was erased: %q", left)
		}
		c.sound("at the end")
	})
}

// Who has units given to themselves is flagged: also by another's hand, and also who approves them for themselves.
func TestOwnUnitsByAnApprovalAreFlagged(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		mia, olga := c.staff("mia@example.com", account.Manager), c.staff("olga@example.com", account.Owner)
		mias, olgas := c.person("m", "email:mia@example.com"), c.person("o", "email:olga@example.com")
		c.approves(olga, c.asks(mia, mias, "a", 100), "")
		if f := c.one(fraud.StaffOwn, mias); f.Evidence.Staff != mia.ID {
			t.Errorf("%+v", f)
		}
		c.approves(olga, c.asks(mia, olgas, "b", 100), "")
		if all := c.flags(fraud.Filter{}); len(all) != 2 || all[1].Customer != olgas || all[1].Evidence.Staff != olga.ID {
			t.Errorf("%+v", all)
		}
		if n := c.look(); n != 0 {
			t.Errorf("in the night there are %d flags more", n)
		}
	})
}
