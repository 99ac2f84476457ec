package console_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/act/fraud"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// flagged makes a business in which the owner gave units to themselves, and five customers share an address; it gives the ids
// of both flags.
func (s *shop) flagged(t *testing.T) (own, shared string) {
	t.Helper()
	s.rewarded(t)
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, func(tx *db.Tx) error {
		me, err := account.UserByEmail(tx, "olga@example.com")
		if err != nil {
			return err
		}
		out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: "O-1"}, {Kind: customer.Email, Value: "olga+cafe@example.com"}},
			Profile: customer.Profile{FullName: "Olga <b>O</b>"}})
		if err != nil {
			return err
		}
		_, err = facts.Ledger().Adjust(tx, points.Act{Customer: out.Customer, Unit: "points", Key: "1", Cause: "adjustment", Actor: me.ID, Reason: "x"}, 1500)
		return err
	})
	for n := range 8 {
		s.write(t, func(tx *db.Tx) error {
			_, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: fmt.Sprint("S-", n)}},
				Profile: customer.Profile{FullName: fmt.Sprint("Sharer ", n), Attributes: fact.Attributes{{Name: "Address", Value: "12, Long Road, Skopje"}}}})
			return err
		})
	}
	if n, err := facts.Fraud().Look(context.WithoutCancel(t.Context()), s.d); err != nil || n != 2 {
		t.Fatalf("%d flags, %v", n, err)
	}
	s.write(t, func(tx *db.Tx) error {
		all, err := fraud.List(tx, fraud.Filter{}, 0, 10)
		for i := range all {
			id := fact.PublicID(fraud.Prefix, all[i].ID, all[i].Customer)
			if all[i].Kind == fraud.StaffOwn {
				own = id
			} else {
				shared = id
			}
		}
		return err
	})
	return own, shared
}

func TestFlagsAreDecidedAbout(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		owner.get("/fraud").wants(t, http.StatusOK, "/fraud", "Nothing here.")
		own, shared := s.flagged(t)
		page := owner.get("/fraud").wants(t, http.StatusOK, "/fraud", "The same for several customers: address. Customers: 8.", "Sharer 3", "and 1 more",
			"with the same e-mail address as their own: 1,500 (points). Times: 1, within 90 days.", "Olga <b>", "Days more: 14.", "/fraud/"+own+"/decide", "/fraud/limits")
		if strings.Contains(page.text, "Long Road") {
			t.Error("the address itself stands in a flag")
		}
		if page := owner.get("/fraud?kind=shared"); strings.Contains(page.text, own) || !strings.Contains(page.text, shared) {
			t.Errorf("asked for one kind: %s", page.text)
		}
		decide := func(by *reader, id, to, reason string) shown {
			return by.post("/fraud/"+id+"/decide", "to", to, "reason", reason)
		}
		decide(owner, shared, "cleared", " ").wants(t, http.StatusUnprocessableEntity, "/fraud/"+shared+"/decide", "This must not be empty.", `href="#reason-`+shared+`"`, `class="other" open`)
		decide(owner, shared, "open", "x").wants(t, http.StatusUnprocessableEntity, "/fraud/"+shared+"/decide")
		nobody := fact.PublicID(fraud.Prefix, 1, 1)
		decide(owner, nobody, "cleared", "x").wants(t, http.StatusNotFound, "/fraud/"+nobody+"/decide")
		decide(owner, shared, "cleared", "A <i>dormitory</i>").wants(t, http.StatusOK, "/fraud", "Cleared: nothing is wrong.", own)
		owner.get("/fraud?state=cleared").wants(t, http.StatusOK, "/fraud", "A <i>dormitory</i>", "Olga, ")
		decide(owner, shared, "confirmed", "no").wants(t, http.StatusConflict, "/fraud/"+shared+"/decide", "Somebody has decided about this flag already.")
		// While there is another who may, nobody decides about what they did themselves.
		manager := s.signedIn(t, owner, account.Manager)
		decide(owner, own, "cleared", "I may").wants(t, http.StatusForbidden, "/fraud/"+own+"/decide", "Somebody else is to decide about it.")
		if page := owner.get("/fraud"); strings.Contains(page.text, own+"/decide") {
			t.Error("the owner is asked to decide about what the owner did")
		}
		decide(manager, own, "confirmed", "she agrees").wants(t, http.StatusOK, "/fraud", "What you can do by hand", "Take units back", "#held", "/users", "/trail?action=points.adjusted")
		owner.get("/trail?action=flag.").wants(t, http.StatusOK, "/trail", "flag.cleared", "flag.confirmed", shared)
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.PointsAdjust)
			who := manager
			if role != account.Manager {
				who = s.signedIn(t, owner, role)
			}
			for _, path := range []string{"/fraud", "/fraud/limits"} {
				if page := who.get(path); (page.status == http.StatusOK) != may {
					t.Errorf("%s reads %s with %d", role, path, page.status)
				}
			}
			if page := decide(who, own, "cleared", "x"); (page.status == http.StatusForbidden) == may {
				t.Errorf("%s decides with %d", role, page.status)
			}
		}
	})
}

// Units given to oneself are flagged at once, and Home says so; what is taken, and what somebody else is given, is not.
func TestUnitsGivenToOneselfAreFlaggedAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		other := s.rewarded(t)
		var own string
		facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, func(tx *db.Tx) error {
			out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.Email, Value: "Olga@Example.com"}}})
			own = "/customers/" + fact.PublicID(fact.CustomerPrefix, out.Customer)
			return err
		})
		give := func(to, units string) {
			t.Helper()
			owner.post(to+"/points", "key", to+units, "unit", "points", "units", units, "reason", "x").wants(t, http.StatusOK, to)
		}
		give(other, "500")
		owner.get("/fraud").wants(t, http.StatusOK, "/fraud", "Nothing here.")
		give(own, "20")
		give(own, "30")
		give(own, "-5")
		owner.get("/fraud").wants(t, http.StatusOK, "/fraud", "50 (points). Times: 2, within 90 days.", own)
		owner.get("/").wants(t, http.StatusOK, "/", "Flags of possible misuse that wait for a person: 1.")
		if n, err := facts.Fraud().Look(context.WithoutCancel(t.Context()), s.d); err != nil || n != 0 {
			t.Errorf("at night there are %d more, %v", n, err)
		}
	})
}

// Sales that a cashier enters for themselves are flagged at once, once each, wherever they are entered; those for somebody else,
// and what is sent again, are not. What is earned after the first waits for longer, and nothing is refused.
func TestSalesThatStaffEnterForThemselvesAreFlagged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		other := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		var own int64
		facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, func(tx *db.Tx) error {
			out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.Email, Value: "Cashier+card@example.com"}}, Profile: customer.Profile{FullName: "Cass"}})
			own = out.Customer
			return err
		})
		id := fact.PublicID(fact.CustomerPrefix, own)
		at := "/till/" + id
		flags := func() (all []fraud.Flag) {
			t.Helper()
			s.write(t, func(tx *db.Tx) (err error) {
				all, err = fraud.List(tx, fraud.Filter{}, 0, 10)
				return err
			})
			return all
		}
		wants := func(open, of int, orders int64) fraud.Flag {
			t.Helper()
			all := flags()
			if len(all) != of || open == 1 && (all[0].State != fraud.Open || all[0].Kind != fraud.StaffOwn || all[0].Evidence.Orders != orders || len(all[0].Evidence.OrderIDs) != int(orders) || all[0].Evidence.Staff != cashier.me(t)) {
				t.Fatalf("the flags are %+v, not %d with one of %d orders", all, of, orders)
			}
			return all[max(0, len(all)-of)]
		}
		waiting := []string{"key", strings.Repeat("W", 26), "whose", cashier.me(t), "who", "", "customer", id, "amount", "20", "discount", "", "entered", "1000", "sent", "2000"}
		// For somebody else nothing is flagged, nor what somebody else enters for the cashier.
		cashier.post(other+"/sale", "key", keyAt(t, cashier.get(other)), "amount", "10").wants(t, http.StatusOK, other)
		owner.post(at+"/sale", "key", keyAt(t, owner.get(at)), "amount", "10").wants(t, http.StatusOK, at)
		if all := flags(); len(all) != 0 {
			t.Fatalf("ordinary sales are flagged: %+v", all)
		}
		key := keyAt(t, cashier.get(at))
		for range 2 { // pressed twice is one sale
			cashier.post(at+"/sale", "key", key, "amount", "30").wants(t, http.StatusOK, at)
		}
		wants(1, 1, 1)
		for range 2 { // and sent twice
			if w := cashier.sends(t, http.StatusOK, waiting...); w.State == "refused" {
				t.Errorf("%+v", w)
			}
		}
		f := wants(1, 1, 2)
		if n := len(s.soldTo(t, at)); n != 3 {
			t.Errorf("%d sales, want 3: nothing is blocked", n)
		}
		s.write(t, func(tx *db.Tx) error {
			b, err := points.BalanceOf(tx, own, "points", tx.Now)
			if b.Available != 40 || b.Pending != 20 {
				t.Errorf("%d can be spent and %d wait, not 40 and 20", b.Available, b.Pending)
			}
			return err
		})
		for tag, says := range map[string]string{"ru": "Продаж: 2.", "zh": "销售笔数：2。", "el": "Πωλήσεις: 2.", "mk": "Продажби: 2.", "en": "N entered sales for a customer with the same e-mail address as their own. Sales: 2."} {
			owner.post("/account/language", "language", tag)
			owner.speaks = tag
			page := owner.get("/fraud").wants(t, http.StatusOK, "/fraud", says, "/customers/"+id)
			for _, o := range f.Evidence.References {
				if !strings.Contains(page.text, o) {
					t.Errorf("in %s the flag lacks the order %s", tag, o)
				}
			}
		}
		// What was decided stays so; what is entered afterwards is another flag. At night there is nothing to be found anew.
		decided := fact.PublicID(fraud.Prefix, f.ID, f.Customer)
		owner.post("/fraud/"+decided+"/decide", "to", "confirmed", "reason", "it was a test").wants(t, http.StatusOK, "/fraud", "/trail?action=order.created")
		if n, err := facts.Fraud().Look(context.WithoutCancel(t.Context()), s.d); err != nil || n != 0 {
			t.Errorf("at night there are %d more, %v", n, err)
		}
		wants(0, 1, 0)
		cashier.post(at+"/sale", "key", keyAt(t, cashier.get(at)), "amount", "5").wants(t, http.StatusOK, at)
		wants(1, 2, 1)
		// Whoever may type orders on the page of a customer is looked at too.
		mine := owner.typedIn(t, "full_name", "Olga", "email", "olga@example.com")
		owner.post(mine+"/orders", "key", "0123456789", "placed_at", "2026-01-05T10:00", "amount", "7").wants(t, http.StatusOK, mine)
		if all := flags(); len(all) != 3 || all[0].Evidence.Orders != 1 || all[0].Evidence.Staff != owner.me(t) {
			t.Errorf("an order on the page of a customer is not flagged: %+v", all)
		}
		// Switched off, nothing is.
		s.write(t, func(tx *db.Tx) error {
			off := fraud.Usual()
			off.StaffOwn = false
			return off.Save(tx)
		})
		cashier.post(at+"/sale", "key", keyAt(t, cashier.get(at)), "amount", "6").wants(t, http.StatusOK, at)
		if all := flags(); len(all) != 3 || all[1].Evidence.Orders != 1 {
			t.Errorf("switched off it is flagged: %+v", all)
		}
	})
}

func TestTheLimitsOfFlags(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		at := "/fraud/limits"
		page := owner.get(at).wants(t, http.StatusOK, at, `value="address, card, device, phone"`, `name="pending_days"`, "0 switches a check off.")
		key, seen := hiddenOf(t, page, "key"), hiddenOf(t, page, "seen")
		save := func(change ...string) shown {
			form := []string{"key", key, "seen", seen, "orders", "6", "unit_times", "5", "staff_times", "5", "returns", "3", "customers", "9", "attributes", " Phone,IMEI,phone, ", "friends", "0", "pending_days", "0", "rings", "yes"}
			for i := 0; i < len(change); i += 2 {
				for at := 0; at < len(form); at += 2 {
					if form[at] == change[i] {
						form[at+1] = change[i+1]
					}
				}
			}
			return owner.post(at, form...)
		}
		save("orders", "1").wants(t, http.StatusUnprocessableEntity, at, "Write a number from 2 to 1,000.", `value="1"`)
		save("returns", "three").wants(t, http.StatusUnprocessableEntity, at, "This is no whole number.", `value="three"`)
		save("attributes", strings.Repeat("x", 101)).wants(t, http.StatusUnprocessableEntity, at)
		save().wants(t, http.StatusOK, at, `value="imei, phone"`, `name="customers" `, `value="9"`)
		var now fraud.Settings
		s.write(t, func(tx *db.Tx) (err error) { now, err = fraud.LoadSettings(tx); return err })
		if now.StaffOwn || !now.Rings || now.Friends != 0 || now.PendingDays != 0 || now.Customers != 9 || len(now.Attributes) != 2 {
			t.Errorf("%+v", now)
		}
		save("orders", "7").wants(t, http.StatusConflict, at, "Somebody else changed this meanwhile.")
		// Asked to look now, it is done once, however often it is asked.
		for range 2 {
			owner.post("/fraud/look").wants(t, http.StatusOK, "/fraud", "It is being looked.")
		}
		var waiting []job.Record
		s.write(t, func(tx *db.Tx) (err error) {
			waiting, err = job.List(tx, job.Filter{Kind: fraud.JobKind}, 0, 10)
			return err
		})
		if len(waiting) != 1 {
			t.Errorf("%d jobs wait", len(waiting))
		}
	})
}

// hiddenOf is what a form brings along.
func hiddenOf(t *testing.T, page shown, name string) string {
	t.Helper()
	_, rest, there := strings.Cut(page.text, `<input type="hidden" name="`+name+`" value="`)
	value, _, closed := strings.Cut(rest, `"`)
	if !there || !closed {
		t.Fatalf("there is no %s:\n%s", name, page.text)
	}
	return value
}

func TestFlagsInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	own, _ := s.flagged(t)
	s.looks(t, b, owner, []look{
		{name: "fraud", path: "/fraud", tag: "en", scheme: "light", width: desk}, {name: "fraud", path: "/fraud", tag: "ru", scheme: "dark", width: phone},
		{name: "fraud", path: "/fraud", tag: "zh", scheme: "light", width: small}, {name: "fraud", path: "/fraud", tag: "el", scheme: "dark", width: small},
		{name: "fraud", path: "/fraud", tag: "mk", scheme: "light", width: small},
		{name: "fraud-limits", path: "/fraud/limits", tag: "en", scheme: "dark", width: desk}, {name: "fraud-limits", path: "/fraud/limits", tag: "ru", scheme: "light", width: small},
	})
	owner.post("/fraud/"+own+"/decide", "to", "confirmed", "reason", "x")
	for tag, scheme := range map[string]string{"en": "light", "ru": "dark"} {
		owner.post("/account/language", "language", tag)
		s.look(t, b, look{name: "fraud-misuse", path: "/fraud?state=confirmed", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
	}
}
