package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
)

// bringing has the programme of the counter give something for friends too, and rewards with codes of other kinds.
func (s *shop) bringing(t *testing.T) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	document := strings.NewReplacer(`"rules": [`, `"referral": {"minimum_minor": 1000, "wait_days": 14}, "rules": [{"rule": "came", "name": "For coming", "on": "referred", "effect": {"fixed": {"unit": "points", "units": 30}}},`,
		`"rewards": [`, `"rewards": [{"reward": "summer", "name": "A summer drink", "kind": "gift", "unit": "points", "price": 5, "codes": {"kind": "generic", "code": "SUMMER26"}},
		{"reward": "museum", "name": "A museum ticket", "kind": "gift", "unit": "points", "price": 5, "codes": {"kind": "pool"}},`).Replace(tillProgramme)
	s.write(t, func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", facts.Business.Zone)
		if err == nil {
			_, err = facts.Programme().Book.Publish(tx, v.Version, "usr_1", facts.Business.Zone)
		}
		if err == nil {
			_, err = reward.AddCodes(tx, "museum", []string{"MUSEUM-0001-XYZ"})
		}
		return err
	})
}

// Codes that are no customer's card do at the till what they are for, or are said to be what they are.
func TestTheTillKnowsWhatACodeIsFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.bringing(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		anna := number(t, "/customers/"+strings.TrimPrefix(at, "/till/"))
		var friends, packed string
		s.write(t, func(tx *db.Tx) (err error) {
			if friends, err = referral.Code(tx, anna); err != nil {
				return err
			}
			if _, _, err = packaging.Make(tx, packaging.Batch{Batch: "spring", Name: "Spring boxes", Unit: "points", Units: 50, Codes: 1, Until: points.Never}, "user:1"); err != nil {
				return err
			}
			codes, err := packaging.CodesOf(tx, "spring", 0, 1)
			packed = codes[0].Code
			return err
		})
		reads := func(text string) shown { return cashier.get("/till?q=" + url.QueryEscape(text)) }

		// The number of the member's page, as it is said.
		var said string
		bob := owner.typedIn(t, "full_name", "Bob Brown", "reference", "B-1")
		s.write(t, func(tx *db.Tx) (err error) { said, err = customer.GiveNumber(tx, number(t, bob)); return err })
		for _, text := range []string{said, strings.ReplaceAll(said, " ", "")} {
			reads(text).wants(t, http.StatusOK, strings.Replace(bob, "/customers/", "/till/", 1), "Bob B.")
		}
		owner.get(bob).wants(t, http.StatusOK, bob, "number on the member’s page", said)

		// A friend's: who came by it joins, and was brought by them.
		for _, text := range []string{s.URL + referral.Path(friends), strings.ToLower(friends), friends[:4] + "-" + friends[4:]} {
			reads(text).wants(t, http.StatusOK, "/till/join", "Anna P. recommends the programme", `name="ref" value="`+friends+`"`)
		}
		again := cashier.post("/till/join", "full_name", "Bo Berg", "phone", "+30 690 000 0001", "ref", friends)
		again.wants(t, http.StatusUnprocessableEntity, "/till/join", "Anna P. recommends the programme", `name="ref" value="`+friends+`"`)
		var bo string
		for range 2 {
			bo = cashier.post("/till/join", "full_name", "Bo Berg", "phone", "+30 690 000 0001", "ref", friends, "agreed", "yes").path
		}
		owner.get(strings.Replace(bo, "/till/", "/customers/", 1)).wants(t, http.StatusOK, strings.Replace(bo, "/till/", "/customers/", 1), "web · taking part in the programme")
		cashier.post("/till/join", "full_name", "Bosse", "phone", "+30 690 000 0001", "ref", friends, "agreed", "yes").
			wants(t, http.StatusConflict, "/till/join", "what Anna P. recommends is for who is new: nothing is given for it", `href="`+bo+`"`)
		eve := cashier.post("/till/join", "full_name", "Eve", "phone", "+30 690 000 0002", "ref", "NOBODY22", "agreed", "yes").path
		s.write(t, func(tx *db.Tx) error {
			r, there, err := referral.Of(tx, number(t, "/customers/"+strings.TrimPrefix(bo, "/till/")))
			if err != nil || !there || r.Referrer != anna || r.State != referral.Pending {
				t.Errorf("Bo was brought: %t, by %d, %s (%v)", there, r.Referrer, r.State, err)
			}
			_, there, err = referral.Of(tx, number(t, "/customers/"+strings.TrimPrefix(eve, "/till/")))
			if there || err != nil {
				t.Errorf("nobody's code brought Eve: %t (%v)", there, err)
			}
			return nil
		})

		// A package's, a reward's, and another site's.
		for _, text := range []string{s.URL + packaging.Path(packed), packaging.Shown(packed)} {
			reads(text).wants(t, http.StatusOK, "/till", "This code lay in a package. It gives 50 points", s.URL+"/my/code")
		}
		reads("summer-26").wants(t, http.StatusOK, "/till", "the code of the reward A summer drink that is for everybody")
		reads("MUSEUM-0001-XYZ").wants(t, http.StatusOK, "/till", "belongs to the reward A museum ticket, and nobody has taken it yet")
		reads("https://elsewhere.example/menu?table=3").wants(t, http.StatusOK, "/till", "opens a page of elsewhere.example", "Show this at the till")
		reads("QQQQ-QQQQ-QQQQ").wants(t, http.StatusNotFound, "/till", "Nobody is known by that.")

		// A reward's that somebody took leads to them; used, it is said to be.
		page := cashier.post(at+"/redeem", "key", strings.Repeat("D", 26), "reward", "gala").wants(t, http.StatusOK, at, "Redeemed: A place at the gala")
		code := found(t, page)
		if p := reads(code).wants(t, http.StatusOK, at, code); strings.Contains(p.text, "Nothing is handed over for it") {
			t.Error("a code that is good is said to be used")
		}
		taken := between(page.text, `name="taken" value="`, `"`)
		cashier.post(at+"/use", "key", "3", "taken", taken).wants(t, http.StatusOK, at, "Hand over now")
		reads(code).wants(t, http.StatusOK, at, "The code is of the reward A place at the gala: used. Nothing is handed over for it.")
	})
}
