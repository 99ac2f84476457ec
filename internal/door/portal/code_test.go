package portal_test

import (
	"context"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/measure/parameter"
	"regulars/internal/record/customer"
)

// packed makes a batch, and tells its codes.
func (s *shop) packed(b packaging.Batch) (codes []string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		codes = nil
		if _, _, err := packaging.Make(tx, b, "user:1"); err != nil {
			return err
		}
		all, err := packaging.CodesOf(tx, b.Batch, 0, packaging.MostCodes)
		for _, c := range all {
			codes = append(codes, c.Code)
		}
		return err
	})
	return codes
}

func spring(codes int64) packaging.Batch {
	return packaging.Batch{Batch: "spring", Name: "Boxes of <spring>", Unit: "points", Units: 50, Codes: codes, Until: points.Never}
}

// member lets somebody join, and gives their phone; letters is how many letters there are by then.
func (s *shop) member(email string, letters int) *phone {
	s.t.Helper()
	p := s.phone()
	p.post("/my/join", "email", email, "agreed", "yes")
	p.post(s.link(letters)).wants(s.t, http.StatusOK, "/my/")
	return p
}

func TestWhoScansACodeJoinsAndGetsWhatItGivesOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		codes := s.packed(spring(3))
		at := packaging.Path(codes[0])
		p := s.phone()
		first := p.get(at).wants(t, http.StatusOK, at, "A code from a package", "members of Café Olga", packaging.Shown(codes[0]), "Join in a minute")
		if strings.Contains(first.text, "50 points") {
			t.Error("a stranger is told what it gives")
		}
		join := html.UnescapeString("/my/join?code=" + codes[0])
		if !strings.Contains(first.raw, `href="`+join+`"`) || !strings.Contains(first.raw, `href="/my/sign-in?code=`+codes[0]+`"`) {
			t.Errorf("the way on is not there: %s", first.raw)
		}
		form := p.get(join).wants(t, http.StatusOK, "/my/join", "Your code is kept")
		for _, has := range []string{`<input type="hidden" name="code" value="` + codes[0] + `">`, `href="/my/join?code=` + codes[0] + `&amp;lang=ru"`} {
			if !strings.Contains(form.raw, has) {
				t.Errorf("the form lacks %s", has)
			}
		}
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes", "code", codes[0]).wants(t, http.StatusOK, "/my/join", "Look into your mailbox")
		asked := p.post(s.link(1)).wants(t, http.StatusOK, at, "50 points", "Boxes of <spring>", "Take it")
		if strings.Contains(asked.raw, "<spring>") {
			t.Error("the name is not escaped")
		}
		p.get("/my/").wants(t, http.StatusOK, "/my/", "0 points", "There was a code in your package?") // looking takes nothing
		p.post(at).wants(t, http.StatusOK, at, "It is yours", "50 points", "A code gives once")
		for range 2 {
			p.post(at).wants(t, http.StatusOK, at, "It is yours")
		}
		p.get(at).wants(t, http.StatusOK, at, "It is yours")
		p.get("/my/").wants(t, http.StatusOK, "/my/", "50 points")
		p.get("/my/history").wants(t, http.StatusOK, "/my/history", "+50", "code from a package")
		if all := p.get("/my/export"); !strings.Contains(all.raw, `"batch": "spring"`) {
			t.Error("it is not in what is known of them")
		}

		// Another member, who types it, and who comes in by a letter that leads on to another one.
		q := s.phone()
		q.get("/my/sign-in?code="+codes[1]).wants(t, http.StatusOK, "/my/sign-in", "Your code is kept")
		q.post("/my/sign-in", "email", "bob@example.com", "code", codes[1])
		q.post(s.link(2), "agreed", "yes").wants(t, http.StatusOK, packaging.Path(codes[1]), "Take it")
		q.get("/my/join?code="+codes[1]).wants(t, http.StatusOK, packaging.Path(codes[1]), "Take it") // who is in already
		q.get("/my/code").wants(t, http.StatusOK, "/my/code", "Twelve letters and digits")
		q.get("/my/code?code=nothing").wants(t, http.StatusUnprocessableEntity, "/my/code", "cannot be used")
		q.get("/my/code?code="+strings.ToLower(packaging.Shown(codes[0]))).wants(t, http.StatusNotFound, at, "cannot be used: it is none of ours")
		q.post(at).wants(t, http.StatusNotFound, at, "cannot be used")
		q.post(packaging.Path(strings.ToLower(packaging.Shown(codes[1])))).wants(t, http.StatusOK, packaging.Path(strings.ToLower(packaging.Shown(codes[1]))), "It is yours")
		q.get("/my/").wants(t, http.StatusOK, "/my/", "50 points")
	})
}

// Nobody finds codes by trying: a few wrong ones are answered, and right ones in between cost nothing.
func TestWrongCodesOfPackagesAreLimited(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		codes := s.packed(spring(20))
		p := s.member("ada@example.com", 1)
		for _, code := range codes[:15] {
			p.post(packaging.Path(code)).wants(t, http.StatusOK, packaging.Path(code), "It is yours")
		}
		refused := 0
		for range 15 {
			switch got := p.get("/my/code/AAAABBBBCCCC"); got.status {
			case http.StatusNotFound:
			case http.StatusTooManyRequests:
				refused++
				if !strings.Contains(got.text, "Too many tries") {
					t.Error(got.text)
				}
			default:
				t.Errorf("%+v", got)
			}
		}
		if refused == 0 || refused > 6 {
			t.Errorf("%d of 15 wrong codes were refused", refused)
		}
		if got := p.post(packaging.Path(codes[16])); got.status != http.StatusTooManyRequests {
			t.Errorf("the right one in between: %+v", got)
		}
		// A stranger is told nothing at all, whichever code it is.
		q := s.phone()
		q.get("/my/code/AAAABBBBCCCC").wants(t, http.StatusOK, "/my/code/AAAABBBBCCCC", "AAAA-BBBB-CCCC", "Join in a minute")
		q.post("/my/code/"+codes[17]).wants(t, http.StatusOK, "/my/code/"+codes[17], "Join in a minute")
	})
}

func TestAMemberReadsUntilWhenACodeIsGood(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		b := spring(2)
		b.Units, b.Until = 1, time.Date(2090, 1, 31, 22, 0, 0, 0, time.UTC) // midnight in Athens
		codes := s.packed(b)
		p := s.member("ada@example.com", 1)
		at := packaging.Path(codes[0])
		p.get(at).wants(t, http.StatusOK, at, "1 point", "31 January 2090", "Take it")
		s.write(func(tx *db.Tx) error { _, err := packaging.Stop(tx, "spring"); return err })
		p.get(at).wants(t, http.StatusNotFound, at, "cannot be used")
		p.get("/my/").wants(t, http.StatusOK, "/my/")
		if strings.Contains(p.get("/my/").text, "There was a code") {
			t.Error("codes are asked for though there are none")
		}
		// What a forgotten customer had used stays used.
		used := s.packed(packaging.Batch{Batch: "next", Name: "N", Unit: "points", Units: 5, Codes: 1, Until: points.Never})[0]
		p.post(packaging.Path(used)).wants(t, http.StatusOK, packaging.Path(used), "It is yours")
		p.post("/my/erase", "confirm", "ada@example.com").wants(t, http.StatusOK, "/my/erase", "You are forgotten")
		q := s.member("bob@example.com", 2)
		q.post(packaging.Path(used)).wants(t, http.StatusNotFound, packaging.Path(used), "cannot be used")
		if err := s.d.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
			found, err := customer.Find(tx, []customer.Identity{{Kind: customer.Email, Value: "ada@example.com"}})
			for _, number := range found {
				if number > 0 {
					t.Error("ada is there still")
				}
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

// A code that asks gives after it was answered, whatever the answer is, and once with it.
func TestACodeGivesForAnAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		b := spring(2)
		b.Question = packaging.AsksNPS
		codes := s.packed(b)
		p := s.member("ada@example.com", 1)
		at := packaging.Path(codes[0])
		asked := p.get(at).wants(t, http.StatusOK, at, "How likely are you to recommend Café Olga", "50 points", "Send, and take it")
		if n := strings.Count(asked.raw, `name="score"`); n != 11 {
			t.Errorf("%d scores from 0 to 10", n)
		}
		for _, wrong := range []string{"", "11", "-1", "3.5", "all"} {
			again := p.post(at, "score", wrong, "comment", `slow <b>"coffee"`).wants(t, http.StatusUnprocessableEntity, at, "Choose a number", "Send, and take it")
			if !strings.Contains(again.raw, `slow &lt;b&gt;&#34;coffee&#34;</textarea>`) {
				t.Errorf("what was typed is lost: %s", again.raw)
			}
		}
		p.post(at, "score", "3", "comment", strings.Repeat("я", 1001)).wants(t, http.StatusUnprocessableEntity, at, "at most 1,000 characters")
		p.get("/my/").wants(t, http.StatusOK, "/my/", "0 points")
		for range 2 {
			p.post(at, "score", "3", "comment", "Slow coffee").wants(t, http.StatusOK, at, "It is yours", "50 points")
		}
		p.get("/my/").wants(t, http.StatusOK, "/my/", "50 points")
		var n int64
		var score float64
		var comment, reference string
		s.write(func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*), max(score), max(comment), max(reference) FROM answers WHERE kind = 'nps' AND source = 'package' AND customer_id > 0").Scan(&n, &score, &comment, &reference)
		})
		if n != 1 || score != 3 || comment != "Slow coffee" || reference != codes[0] {
			t.Errorf("%d answers, of %g, %q, %q", n, score, comment, reference)
		}

		// Asked on the scale that the business has chosen.
		s.write(func(tx *db.Tx) error { return (&parameter.Parameters{NPS: "1-10"}).Save(tx) })
		at = packaging.Path(codes[1])
		if n := strings.Count(p.get(at).raw, `name="score"`); n != 10 {
			t.Errorf("%d scores from 1 to 10", n)
		}
		p.post(at, "score", "0").wants(t, http.StatusUnprocessableEntity, at, "Choose a number")
		// On a scale of hundreds nothing is asked, rather than by hundreds of buttons.
		s.write(func(tx *db.Tx) error { return (&parameter.Parameters{NPS: "0,60,80,100"}).Save(tx) })
		if strings.Contains(p.get(at).raw, `name="score"`) {
			t.Error("asked by a hundred buttons")
		}
		s.write(func(tx *db.Tx) error { return (&parameter.Parameters{NPS: "1-10"}).Save(tx) })
		p.post(at, "score", "10").wants(t, http.StatusOK, at, "It is yours")
	})
}
