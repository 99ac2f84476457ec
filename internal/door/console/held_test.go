package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// rewarded makes a business with a programme and a customer who has bought for 40.00, and gives where they are shown.
func (s *shop) rewarded(t *testing.T) (path string) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	const document = `{"name": "Café", "units": [{"unit": "points", "allows_debt": true, "expiry": {"kind": "after", "n": 6, "every": "months"}}, {"unit": "stars"}],
		"challenges": [{"challenge": "five", "name": "Five visits <b>", "count": "visits", "target": 5, "from": "2020-01-01", "until": "2099-12-31", "gives": {"unit": "points", "units": 50}},
			{"challenge": "old", "name": "Long ago", "count": "visits", "target": 5, "from": "2020-01-01", "until": "2020-12-31", "gives": {"unit": "points", "units": 50}}],
		"access": [{"access": "sale", "name": "Spring sale", "until": "2099-12-31", "tiers": ["bronze"]}, {"access": "evening", "name": "An evening for few"}],
		"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
			{"rule": "tea", "name": "Tea for bronze", "if": "customer.tier == 'bronze'", "lines": "line.category == 'tea'", "effect": {"discount": {"percent": 10}}},
			{"rule": "tenth", "name": "The tenth bag is free", "lines": "line.product == 'beans'", "effect": {"card": {"every": 10}}},
			{"rule": "gone", "name": "The card of before", "until": "2020-12-31", "effect": {"card": {"every": 10}}}],
		"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "bronze", "name": "Bronze <i>", "from": 0}]}}`
	s.write(t, func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", facts.Business.Zone)
		if err == nil {
			_, err = facts.Programme().Book.Publish(tx, v.Version, "usr_1", facts.Business.Zone)
		}
		return err
	})
	s.write(t, func(tx *db.Tx) error {
		out, err := facts.Order(tx, intake.Order{Customer: customer.Identity{Kind: customer.OwnID, Value: "ada"}, Order: order.Order{Source: "till", Reference: "1", Placed: facts.At(tx.Now),
			Summed: true, Lines: []order.Line{{Product: "beans", Quantity: 1, AmountMinor: 4000}}}})
		if err == nil {
			err = out.Err
		}
		path = "/customers/" + fact.PublicID(fact.CustomerPrefix, out.Customer)
		return err
	})
	return path
}

func TestUnitsAreGivenByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		path := s.rewarded(t)
		page := owner.get(path).wants(t, http.StatusOK, path, "The programme", "Bronze <i>", "40", "40 good until", "purchase of €40.00", "A point a euro: +40 points", "Give or take by hand", "stars",
			"Stamp cards", "The tenth bag is free", `<progress value="1" max="10" aria-label="The tenth bag is free">`, "1 of 10; after 8 more the next is free",
			"Offers for them now", "Tea for bronze</b>: 10% off, on tea", "Five visits <b>", "1 of 5 visits, until 31 December 2099", "Long ago", "it is over", "Early access", "yes, until 31 December 2099", "by the tier Bronze <i>", "not for this customer")
		let := func(typed ...string) shown {
			return owner.post(path+"/access", append([]string{"access", "evening"}, typed...)...)
		}
		let("reason", " ").wants(t, http.StatusUnprocessableEntity, path+"/access", "This must not be empty.")
		let("reason", "an old friend").wants(t, http.StatusOK, path, "by hand: an old friend", "Take back")
		let("back", "yes").wants(t, http.StatusOK, path, "not for this customer")
		owner.get("/trail?action=customer.").wants(t, http.StatusOK, "/trail", "customer.access_given", "customer.access_taken", "access:evening")
		if page := owner.post(path+"/access", "access", "winter", "reason", "x"); page.status != http.StatusNotFound {
			t.Errorf("an access that is none: %d", page.status)
		}
		at := "/till/" + strings.TrimPrefix(path, "/customers/")
		if till := owner.get(at).wants(t, http.StatusOK, at, "Stamp cards", "1 of 10; after 8 more the next is free", "1 of 5 visits, until 31 December 2099", "Spring sale"); strings.Contains(till.text, "Long ago") || strings.Contains(till.text, "The card of before") || strings.Contains(till.text, "An evening for few") {
			t.Errorf("what is over, or not for them, is shown at the till: %s", till.text)
		}
		key := formKey.FindStringSubmatch(page.text)[1]
		adjust := func(units, reason string) shown {
			return owner.post(path+"/points", "key", key, "unit", "points", "units", units, "reason", reason)
		}
		adjust("many", "x").wants(t, http.StatusUnprocessableEntity, path+"/points", "This is no whole number.", `value="many"`, key)
		adjust("0", "x").wants(t, http.StatusUnprocessableEntity, path+"/points", "Write a number other than zero", `value="0"`, key)
		adjust("5", " ").wants(t, http.StatusUnprocessableEntity, path+"/points", "This must not be empty.", `value="5"`)
		for range 2 { // pressed twice it is once
			adjust("15", "the coffee was cold").wants(t, http.StatusOK, path, "55")
		}
		page = owner.get(path).wants(t, http.StatusOK, path, "given by the shop: the coffee was cold", "+15 points")
		key = formKey.FindStringSubmatch(page.text)[1]
		adjust("−5", "a mistake").wants(t, http.StatusOK, path, "50")
		var left int64
		if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
			var number int64
			if err := fact.ParsePublicID(fact.CustomerPrefix, strings.TrimPrefix(path, "/customers/"), &number); err != nil {
				return err
			}
			b, err := points.BalanceOf(tx, number, "points", tx.Now)
			left = b.Available
			return err
		}); err != nil || left != 50 {
			t.Errorf("%d are left, %v", left, err)
		}
		owner.get("/trail?action=points.").wants(t, http.StatusOK, "/trail", "points.adjusted")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			page := who.get(path)
			if page.status != http.StatusOK {
				continue // may not see customers at all
			}
			if strings.Contains(page.text, `id="held"`) != may.May(account.PointsRead) || strings.Contains(page.text, path+"/points") != (may.May(account.PointsRead) && may.May(account.PointsAdjust)) {
				t.Errorf("%s: %s", role, page.text)
			}
			if answer := who.post(path+"/points", "unit", "points", "units", "1", "reason", "x"); (answer.status == http.StatusOK) != may.May(account.PointsAdjust) {
				t.Errorf("%s adjusts with %d", role, answer.status)
			}
		}
	})
}

func TestWhatIsHeldInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	path := s.rewarded(t)
	s.looks(t, b, owner, []look{
		{name: "held", path: path, tag: "en", scheme: "light", width: desk},
		{name: "held", path: path, tag: "mk", scheme: "dark", width: small},
	})
}
