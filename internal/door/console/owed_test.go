package console_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/points/liability"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
)

// budgeted publishes a programme in which a point is worth ten cents and a rule has a budget, for members who have some already.
func (s *shop) budgeted(t *testing.T) []int64 {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	const document = `{"name": "Café", "units": [{"unit": "points", "expiry": {"kind": "after", "n": 4, "every": "months"}}, {"unit": "stars"}, {"unit": "level", "kind": "qualifying"}],
		"rules": [{"rule": "hello", "name": "Welcome <you>", "on": "sign_up", "budget": 1000, "effect": {"fixed": {"unit": "points", "units": 50}}}],
		"rewards": [{"reward": "euro", "name": "A euro off", "kind": "discount", "terms": {"amount_minor": 100}, "unit": "points", "price": 10}]}`
	s.write(t, func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", facts.Business.Zone)
		if err == nil {
			_, err = facts.Programme().Publish(tx, v.Version, "usr_1", facts.Business.Zone)
		}
		return err
	})
	s.write(t, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO programme_budgets (rule, spent_units) VALUES ('hello', 400)")
		return err
	})
	return s.collects(t, "Ada", "Bob")
}

func TestWhatIsOwedIsSaid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/owed").wants(t, http.StatusOK, "/owed", "There is no unit that can be spent yet")
		who := s.budgeted(t)
		s.takes(t, who[0], "euro")
		var expected int64
		if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
			cohorts, err := liability.Read(tx, "points", time.UTC)
			liability.Estimate(cohorts, 1)
			expected = liability.ExpectedUnits(cohorts)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		// Published as by another process, which a server hears of within a second.
		until(t, func() bool { return strings.Contains(owner.get("/owed").text, "€19.00") })
		page := owner.get("/owed").wants(t, http.StatusOK, "/owed", "What is owed is what members could still ask for", "not used</dt><dd>190<", "probably be used</dt><dd>190<", "€19.00",
			"stars", "is not known", "Welcome <you>", "1,000 points", "400", "600")
		if expected != 190 || regexp.MustCompile(`id="of-level"`).MatchString(page.text) {
			t.Errorf("%d, or what cannot be spent is owed", expected)
		}
		if !regexp.MustCompile(`(?s)flows-points.*?<bdi>200</bdi>.*?<bdi>10</bdi>.*?<bdi>0</bdi>`).MatchString(page.text) {
			t.Errorf("what was given and used this month is not there:\n%s", page.text)
		}
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			if p := s.signedIn(t, owner, role).get("/owed"); (p.status == http.StatusOK) != may.May(account.MeasuresRead) {
				t.Errorf("%s with %d", role, p.status)
			}
		}
	})
}

func TestWhatIsOwedInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	s.takes(t, s.budgeted(t)[0], "euro")
	s.looks(t, b, owner, []look{
		{name: "owed", path: "/owed", tag: "en", scheme: "light", width: desk},
		{name: "owed", path: "/owed", tag: "el", scheme: "dark", width: small},
		{name: "owed", path: "/owed", tag: "ru", scheme: "light", width: phone},
		{name: "stands", path: "/programme", tag: "en", scheme: "light", width: desk},
		{name: "stands", path: "/programme", tag: "ru", scheme: "dark", width: phone},
		{name: "owed", path: "/owed", tag: "zh", scheme: "dark", width: desk},
		{name: "owed", path: "/owed", tag: "mk", scheme: "light", width: phone},
	})
}

// The page of the programme says how it stands, with the figures of the picture that was last drawn.
func TestTheProgrammeSaysHowItStands(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.brought(t)
		who := s.budgeted(t)
		s.takes(t, who[0], "euro")
		s.write(t, func(tx *db.Tx) error { // some days ago: a picture ends with the last order
			for _, set := range []string{"memberships SET joined_us = joined_us", "point_lots SET earned_us = earned_us", "point_entries SET at_us = at_us"} {
				if _, err := tx.Exec("UPDATE "+set+" - $1", (40 * 24 * time.Hour).Microseconds()); err != nil {
					return err
				}
			}
			return nil
		})
		s.Config.Handler = s.pages(t) // whose picture is drawn anew
		until(t, func() bool { return strings.Contains(owner.get("/programme").text, "/customers?member=yes") })
		page := owner.get("/programme").wants(t, http.StatusOK, "/programme", "2 members", "2 of them earned or used something from 21 October 2025 until 20 October 2026", "190 units outstanding", "1 reward taken in 30 days")
		for _, to := range []string{"/customers?member=yes", "/measures/programme_activity", "/owed", "/rewards"} {
			if !strings.Contains(page.text, `<a href="`+to+`">`) {
				t.Errorf("there is no way to %s", to)
			}
		}
		cashier := s.signedIn(t, owner, account.Cashier).get("/programme").wants(t, http.StatusOK, "/programme", "1 reward taken in 30 days")
		if strings.Contains(cashier.text, "outstanding") {
			t.Error("a cashier is told what is owed")
		}
	})
}
