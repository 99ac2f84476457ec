package console_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

var batchKey = regexp.MustCompile(`name="batch" value="(b-[a-z0-9]{12})"`)

func (s *shop) points(t *testing.T) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		return errors.Join(points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}), points.SaveUnit(tx, points.Unit{Code: "nights", Kind: points.Qualifying}))
	})
}

// batches is how many batches there are, and the codes of one.
func (s *shop) batches(t *testing.T, of string) (n int, codes []packaging.Code) {
	t.Helper()
	if err := s.d.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
		all, err := packaging.List(tx, "", 100)
		if err != nil {
			return err
		}
		n = len(all)
		codes, err = packaging.CodesOf(tx, of, 0, packaging.MostCodes)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n, codes
}

func TestCodesForPackagesAreMadeAndPrinted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/packages").wants(t, http.StatusOK, "/packages", "There is none yet: set the programme up first", "The pages of members are closed")
		s.points(t)
		page := owner.get("/packages").wants(t, http.StatusOK, "/packages", "No codes have been made yet", `<option value="points"`)
		if strings.Contains(page.text, `value="nights"`) {
			t.Error("what cannot be spent can be chosen")
		}
		key := batchKey.FindStringSubmatch(page.text)
		if key == nil {
			t.Fatal("the form has no name of the batch")
		}
		form := []string{"batch", key[1], "name", "Boxes of spring", "units", "50", "unit", "points", "codes", "30", "until", "2090-01-31"}
		for _, wrong := range [][]string{
			{"units", "many", "This is no whole number"}, {"units", "0", "A code gives from 1"}, {"codes", "10001", "From 1 to 10,000 codes"}, {"until", "soon", ""}, {"until", "2020-01-01", "This day is over already"},
			{"name", " ", "Give it a name"}, {"unit", "nights", "These are counted, and cannot be spent."},
		} {
			typed := append(append([]string{}, form...), wrong[:2]...)
			again := owner.post("/packages", typed...).wants(t, http.StatusUnprocessableEntity, "/packages", wrong[2], key[1])
			if wrong[0] != "name" && !strings.Contains(again.text, "Boxes of spring") {
				t.Errorf("with %v what was typed is lost", wrong)
			}
		}
		at := "/packages/" + key[1]
		for range 2 { // pressed twice it is one batch
			owner.post("/packages", form...).wants(t, http.StatusOK, at, "Boxes of spring", "50 points", ">30<", "31 January 2090")
		}
		n, codes := s.batches(t, key[1])
		if n != 1 || len(codes) != 30 {
			t.Fatalf("%d batches, %d codes", n, len(codes))
		}
		owner.post("/packages", append(form, "codes", "31")...).wants(t, http.StatusConflict, "/packages", "made already")

		pdf := owner.get(at+"/sheet?format=pdf&language=ru&thanks=Спасибо").wants(t, http.StatusOK, at+"/sheet", "%PDF-1.")
		if strings.Count(pdf.text, "/Type /Page\n") != 2 {
			t.Error("30 labels are not on two sheets")
		}
		svg := owner.get(at+"/sheet?format=svg&language=ru").wants(t, http.StatusOK, at+"/sheet", "<svg", packaging.Shown(codes[0].Code), "50 баллов", "Действует до", "Спасибо")
		if strings.Contains(svg.text, packaging.Shown(codes[21].Code)) {
			t.Error("the first sheet has a label of the second")
		}
		owner.get(at+"/sheet?format=svg&sheet=2&language=zh").wants(t, http.StatusOK, at+"/sheet", packaging.Shown(codes[29].Code), "50 积分")
		owner.get(at+"/sheet?format=svg&sheet=3").wants(t, http.StatusUnprocessableEntity, at+"/sheet", "There is no such sheet")
		owner.get(at+"/sheet?format=pdf&language=zh").wants(t, http.StatusConflict, at+"/sheet", "Take the SVG", "Boxes of spring")
		owner.get(at+"/sheet?thanks="+strings.Repeat("a", 121)).wants(t, http.StatusUnprocessableEntity, at+"/sheet", "120 signs")
		owner.get("/packages/none").wants(t, http.StatusNotFound, "/packages/none", "There are no such codes")

		cashier := s.signedIn(t, owner, account.Cashier)
		cashier.get(at+"/sheet").wants(t, http.StatusForbidden, at+"/sheet")
		analyst := s.signedIn(t, owner, account.Analyst)
		if seen := analyst.get(at).wants(t, http.StatusOK, at, "Boxes of spring"); strings.Contains(seen.text, "/sheet") || strings.Contains(seen.text, "/stop") {
			t.Error("who may only look is offered more")
		}
		analyst.get(at+"/sheet").wants(t, http.StatusForbidden, at+"/sheet")
		analyst.post("/packages", form...).wants(t, http.StatusForbidden, "/packages")
		analyst.post(at+"/stop").wants(t, http.StatusForbidden, at+"/stop")

		owner.post(at+"/stop").wants(t, http.StatusOK, at, "stopped", "Stopped unused")
		owner.get(at+"/sheet").wants(t, http.StatusConflict, at+"/sheet", "not printed")
		owner.get("/packages").wants(t, http.StatusOK, "/packages", "50 points each · 0 of 30 used", "stopped")
		owner.get("/trail").wants(t, http.StatusOK, "/trail", "package_batch.made", "package_batch.printed", "package_batch.stopped")
	})
}

const bringing = `{"name": "Café", "units": [{"unit": "points"}], "referral": {"minimum_minor": 100},
	"rules": [{"rule": "brought", "name": "Brought", "on": "referral", "effect": {"fixed": {"unit": "points", "units": 100}}},
		{"rule": "came", "name": "Came", "on": "referred", "effect": {"fixed": {"unit": "points", "units": 40}}}]}`

func TestACardIsPrintedForOneCustomer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.points(t)
		facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]string{}
		for tag, name := range map[string]string{"en": "Ada <b>", "ru": "Анна", "zh": "小明", "": ""} {
			s.write(t, func(tx *db.Tx) error {
				out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: "C-" + tag}}, Profile: customer.Profile{GivenName: name, Language: tag}})
				if err != nil || out.Err != nil {
					return errors.Join(err, out.Err)
				}
				at[tag] = "/customers/" + fact.PublicID(fact.CustomerPrefix, out.Customer)
				if tag == "" {
					return nil
				}
				_, err = facts.Ledger().Earn(tx, points.Act{Customer: out.Customer, Unit: "points", Key: "k", Cause: "test", Actor: "test"}, points.Grant{Units: 121})
				return err
			})
		}
		owner.get(at["en"]).wants(t, http.StatusOK, at["en"], "A card for the package", at["en"]+"/insert/pdf")
		card := owner.get(at["en"]+"/insert/svg").wants(t, http.StatusOK, at["en"]+"/insert/svg", "Dear Ada <b>,", "121 points", "Scan to see what you have")
		if strings.Contains(card.text, "<b>") {
			t.Error("the name is not escaped")
		}
		owner.get(at["ru"]+"/insert/svg").wants(t, http.StatusOK, at["ru"]+"/insert/svg", "Анна, здравствуйте!", "121 балл<")
		owner.get(at["ru"]+"/insert/pdf").wants(t, http.StatusOK, at["ru"]+"/insert/pdf", "%PDF-1.")
		owner.get(at["zh"]+"/insert/svg").wants(t, http.StatusOK, at["zh"]+"/insert/svg", "小明，您好！", "121 积分")
		owner.get(at["zh"]+"/insert/pdf").wants(t, http.StatusConflict, at["zh"]+"/insert/pdf", "Take the SVG")
		owner.get(at[""]+"/insert/svg").wants(t, http.StatusOK, at[""]+"/insert/svg", "Hello!", "Thank you for being with us.<")
		owner.get(at["en"]+"/insert/doc").wants(t, http.StatusNotFound, at["en"]+"/insert/doc")

		s.write(t, func(tx *db.Tx) error {
			v, err := programme.Write(tx, []byte(bringing), "", "usr_1", facts.Business.Zone)
			if err == nil {
				_, err = facts.Programme().Book.Publish(tx, v.Version, "usr_1", facts.Business.Zone)
			}
			return err
		})
		until(t, func() bool { return strings.Contains(owner.get(at["en"]+"/insert/svg").text, "Bring a friend") }) // it is looked up once a second
		brings := owner.get(at["en"]+"/insert/svg").wants(t, http.StatusOK, at["en"]+"/insert/svg", "Bring a friend", "For you:", "100", "40")
		if !regexp.MustCompile(`>[2-9A-Z]{8}<`).MatchString(brings.text) {
			t.Error("their code is not there")
		}
		cashier := s.signedIn(t, owner, account.Cashier)
		cashier.get(at["en"]+"/insert/svg").wants(t, http.StatusForbidden, at["en"]+"/insert/svg")
		owner.get("/trail").wants(t, http.StatusOK, "/trail", "customer.insert_printed")
	})
}

func TestThePagesOfPackagesInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	known := s.visited(t)
	s.look(t, b, look{name: "packages-no-unit", path: "/packages", tag: "en", scheme: "light", width: phone, signedIn: true}, owner)
	s.points(t)
	s.write(t, func(tx *db.Tx) error {
		for _, b := range []packaging.Batch{
			{Batch: "spring", Name: "Boxes of spring with a name that is rather long for a narrow telephone", Unit: "points", Units: 50, Codes: 300, Until: points.Never},
			{Batch: "over", Name: "Коробки лета", Unit: "points", Units: 1, Codes: 20, Until: time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)},
		} {
			if _, _, err := packaging.Make(tx, b, "user:1"); err != nil {
				return err
			}
		}
		_, err := packaging.Stop(tx, "over")
		return err
	})
	for tag, scheme := range map[string]string{"en": "light", "ru": "dark", "zh": "light", "el": "dark", "mk": "light"} {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1 WHERE email = 'olga@example.com'", tag)
			return err
		})
		for _, width := range []int64{small, desk} {
			s.look(t, b, look{name: "packages", path: "/packages", tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
			s.look(t, b, look{name: "batch", path: "/packages/spring", tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
		}
		s.look(t, b, look{name: "batch-wrong", path: "/packages/spring/sheet?format=pdf&language=zh", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "batch-over", path: "/packages/over", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "customer-card", path: known, tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
	}
}
