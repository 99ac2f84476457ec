package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// Somebody who is new joins at the till: once, with what they agreed to, in the words that they were shown.
func TestSomebodyJoinsAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		known := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		cashier.get("/till").wants(t, http.StatusOK, "/till", "A new member")
		cashier.get("/till/join").wants(t, http.StatusOK, "/till/join", "I want to take part in the programme", "may send me news")
		form := []string{"full_name", "Bo Berg", "phone", "+30 690 000 0001", "email", "bo@example.com", "birthday_day", "17", "birthday_month", "5"}
		cashier.post("/till/join", form...).wants(t, http.StatusUnprocessableEntity, "/till/join", "Members agree to the terms", `value="Bo Berg"`)
		cashier.post("/till/join", "full_name", "Bo Berg", "agreed", "yes").wants(t, http.StatusUnprocessableEntity, "/till/join", "by which the customer is known again")
		cashier.post("/till/join", "full_name", "Eve", "phone", "+30 210 123 4567", "agreed", "yes").wants(t, http.StatusConflict, "/till/join", "known by this already", known)
		all := append(form, "agreed", "yes", "news", "yes")
		bo := cashier.post("/till/join", all...)
		bo.wants(t, http.StatusOK, bo.path, "They are a member now", "Bo B.", "··· 0001", `name="amount" type="text" value="" required autofocus`)
		if again := cashier.post("/till/join", all...); again.path != bo.path || bo.path == known {
			t.Errorf("pressed twice it leads from %s to %s", bo.path, again.path)
		}
		s.member(t, bo.path, "till", "terms and news", 2)

		// Who is known and no member joins from their own page.
		cashier.get(known).wants(t, http.StatusOK, known, "Not a member yet: let them join")
		if strings.Contains(bo.text, "Not a member yet") {
			t.Error("who is asked to join is not who is no member")
		}
		cashier.post(known+"/join", "news", "yes").wants(t, http.StatusUnprocessableEntity, known+"/join", "Members agree to the terms")
		for range 2 {
			cashier.post(known+"/join", "agreed", "yes").wants(t, http.StatusOK, known, "They are a member now")
		}
		s.member(t, known, "till", "terms", 1)
		owner.get("/trail").wants(t, http.StatusOK, "/trail", "member.joined")
		analyst := s.signedIn(t, owner, account.Analyst)
		analyst.post("/till/join", all...).wants(t, http.StatusForbidden, "/till/join")
		analyst.post(known+"/join", "agreed", "yes").wants(t, http.StatusForbidden, known+"/join")
	})
}

// member demands that the customer of a page of the till is a member, by which way, and has agreed to so many things.
func (s *shop) member(t *testing.T, at, how, what string, agreed int) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		number := number(t, "/customers/"+strings.TrimPrefix(at, "/till/"))
		m, is, err := member.Of(tx, []int64{number})
		if err != nil || !is || m.How != how {
			t.Errorf("%s is a member by %q: %t, %v", at, m.How, is, err)
		}
		consents, err := customer.Consents(tx, number)
		for _, c := range consents {
			if c.Source != "till" || !strings.HasPrefix(c.Proof, "user:usr_") || c.Wording == "" {
				t.Errorf("a consent of %+v", c)
			}
		}
		if len(consents) != agreed {
			t.Errorf("%d consents, not %s", len(consents), what)
		}
		return err
	})
}

func TestJoiningAtTheTillInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	known := s.counter(t)
	for i, tag := range []string{"en", "ru", "zh", "el", "mk"} {
		owner.post("/account/language", "language", tag)
		for j, width := range []int64{small, desk} {
			scheme := []string{"light", "dark"}[(i+j)%2]
			s.look(t, b, look{name: "till-join", path: "/till/join", tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
			s.look(t, b, look{name: "till-known", path: known, tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
			s.look(t, b, look{name: "known", path: "/customers/" + strings.TrimPrefix(known, "/till/"), tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
		}
		s.look(t, b, look{name: "till-join-wrong", path: "/till/join", tag: tag, scheme: "light", width: small, signedIn: true, typed: []string{"email", "x"}, until: ".problems"}, owner)
	}
}
