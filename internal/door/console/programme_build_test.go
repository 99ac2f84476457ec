package console_test

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
)

// hidden is what a form of the page brings along.
func (p shown) hidden(t *testing.T, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(p.text)
	if m == nil {
		t.Fatalf("%s has no %s:\n%s", p.path, name, p.text)
	}
	return html.UnescapeString(m[1])
}

// presses posts a form of a page as it is shown, with what is typed.
func (b *reader) presses(page, to string, typed ...string) shown {
	b.t.Helper()
	p := b.get(page)
	return b.post(to, append(typed, "key", p.hidden(b.t, "key"), "seen", p.hidden(b.t, "seen"))...)
}

// saves fills in the form of a page.
func (b *reader) saves(page string, typed ...string) shown {
	b.t.Helper()
	return b.presses(page, page, typed...)
}

// documentOf is a version as it is kept.
func (s *shop) documentOf(t *testing.T, version int64) (d *programme.Document) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		v, err := programme.Load(tx, version)
		if err != nil {
			return err
		}
		d, err = programme.Parse(v.Document)
		return err
	})
	return d
}

// A programme is written by forms alone: what is typed becomes a sentence, and the sentence what is kept.
func TestAProgrammeIsBuiltFromNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.sold(t, coffees())
		const at, buys = "/programme/1", "/programme/1/rule?on=order&give="
		owner.post("/programme/blank").wants(t, http.StatusOK, at, "Nobody earns anything yet", "There are no tiers")
		owner.get(at+"/rules").wants(t, http.StatusOK, at+"/rules", "When a customer buys", "Points for money spent", "When a customer has a birthday")
		owner.saves(buys+"rate", "name", "A point a euro", "units", "1", "unit", "points", "per", "1").
			wants(t, http.StatusOK, at, "A point a euro", "1 point for every €1.00", "Used by a rule", "An order of €", "A point a euro: +")
		owner.saves(buys+"each", "name", "A stamp for every coffee", "units", "1", "unit", "stamps", "if_category", "Coffee", "if_paid", "yes").
			wants(t, http.StatusOK, at, "1 stamp for each piece, on Coffee", `line.category == "Coffee"`)
		owner.saves("/programme/1/rule?on=birthday&give=fixed", "name", "Happy birthday", "units", "50", "unit", "points", "times", "1", "period", "year").
			wants(t, http.StatusOK, at, "50 points, on your birthday, once a year")
		owner.saves(buys+"times", "name", "Quiet Tuesdays", "factor", "2", "unit", "points", "days", "tue", "opens", "09:00", "closes", "11:00", "if_amount", "5,50", "until", "2099-03-01").
			wants(t, http.StatusOK, at, "points × 2, for orders of €5.50 or more, on Tuesday, between 09:00–11:00, until 1 March 2099")
		owner.saves("/programme/1/tier", "name", "Bronze").wants(t, http.StatusOK, at, "Bronze", "from the beginning")
		owner.saves("/programme/1/tier", "name", "Gold", "level_from", "500", "factor", "2", "units", "10", "unit", "points").wants(t, http.StatusOK, at, "from €500.00 in 12 months, purchases earn × 2, 10 points on coming in")
		owner.saves("/programme/1/tier", "name", "Silver", "level_from", "200").wants(t, http.StatusOK, at, "from €200.00")
		owner.saves("/programme/1/reward?kind=product", "name", "A coffee", "price", "9", "unit", "stamps", "product", "espresso", "good", "90", "coding", "unique").wants(t, http.StatusOK, at, "A coffee", "9 stamps, good for 90 days")
		owner.saves("/programme/1/reward", "name", "Five off", "price", "100", "unit", "points", "amount", "5").wants(t, http.StatusOK, at, "100 points")
		owner.saves("/programme/1/challenge", "name", "Five mornings", "count", "visits", "target", "5", "window", "month", "from", "2026-12-01", "units", "100", "unit", "points", "in_a_row", "", "milestones", "3: 500\n2 = a coffee", "if_category", "Coffee").
			wants(t, http.StatusUnprocessableEntity, at+"/challenge", "A line is a number, a colon", `id="milestones-error"`, "2 = a coffee")
		owner.saves("/programme/1/challenge", "name", "Five mornings", "count", "visits", "target", "5", "window", "month", "from", "2026-12-01", "units", "100", "unit", "points", "milestones", "3: 500\n2 = A coffee\n6：2 stamps", "if_category", "Coffee").
			wants(t, http.StatusOK, at, "Five mornings", "100 points; 2 months in a row: A coffee; 3 months in a row: 500 points; 6 months in a row: 2 stamps, for 5 visits, in a calendar month, on Coffee")
		owner.saves("/programme/1/challenge", "name", "A hundred", "count", "spend", "target", "99,50", "window", "days", "days_of", "30", "from", "2026-12-01", "until", "2027-01-31", "reward", "discount", "times", "1").
			wants(t, http.StatusOK, at, "Five off, for spending €99.50, within 30 days of the first")
		owner.saves("/programme/1/reward?kind=event", "name", "A tasting", "price", "20", "unit", "points", "begins", "2026-12-20T19:00", "place", "The cellar", "places", "12").wants(t, http.StatusOK, at, "A tasting", "20 December 2026, 19:00, The cellar")
		owner.saves("/programme/1/reward?kind=early_access", "name", "Before others", "what", "coats", "opens_at", "2026-12-20T19:00", "closes_at", "2026-12-20T19:00").
			wants(t, http.StatusUnprocessableEntity, at+"/reward", `id="closes_at-error"`, "ends before it begins")
		owner.saves("/programme/1/reward?kind=early_access", "name", "Before others", "what", "coats", "opens_at", "2026-12-20T19:00", "closes_at", "2026-12-21T19:00").wants(t, http.StatusOK, at, "Before others")
		owner.saves("/programme/1/reward?kind=donation", "name", "A tree", "money", "0", "whom", "The wood").wants(t, http.StatusUnprocessableEntity, at+"/reward", `id="money-error"`)
		owner.saves("/programme/1/reward?kind=cash_back", "name", "Three back", "money", "3").wants(t, http.StatusOK, at, "Three back")
		for _, c := range []struct {
			coding reward.Coding
			form   []string
			wrong  string
		}{
			{reward.Coding{}, []string{"coding", "", "pattern", "CAFE-##########", "code", "SPRING"}, ""}, // of another way, and forgotten
			{reward.Coding{Kind: reward.Unique}, []string{"coding", "unique", "pattern", "", "code", "SPRING"}, ""},
			{reward.Coding{Kind: reward.Unique, Pattern: "CAFE-#####-#####"}, []string{"coding", "unique", "pattern", " CAFE-#####-##### "}, ""},
			{reward.Coding{Kind: reward.Pool}, []string{"coding", "pool", "pattern", "x", "code", "y"}, ""},
			{reward.Coding{Kind: reward.Generic, Code: "SPRING-10"}, []string{"coding", "generic", "code", "SPRING-10"}, ""},
			{reward.Coding{}, []string{"coding", "unique", "pattern", "CAFE-####"}, `id="pattern-error"`},
			{reward.Coding{}, []string{"coding", "unique", "pattern", "Καφές-##########"}, `id="pattern-error"`},
			{reward.Coding{}, []string{"coding", "generic", "code", ""}, `id="code-error"`},
			{reward.Coding{}, []string{"coding", "generic", "code", "Καφές"}, "“Καφές” is no code"},
			{reward.Coding{}, []string{"coding", "many"}, `id="coding-error"`},
		} {
			there := len(s.documentOf(t, 1).Rewards)
			page := owner.saves("/programme/1/reward?kind=gift", append([]string{"name", "Coded"}, c.form...)...)
			now := s.documentOf(t, 1).Rewards
			if c.wrong != "" {
				if page.wants(t, http.StatusUnprocessableEntity, at+"/reward", c.wrong, "Coded"); len(now) != there {
					t.Errorf("%q is kept", c.form)
				}
				continue
			}
			page.wants(t, http.StatusOK, at, "Coded")
			if len(now) != there+1 || now[there].Coding != c.coding {
				t.Errorf("%q became %+v", c.form, now[len(now)-1].Coding)
			}
		}
		// What a condition of one's own may speak of is said, and no more than that.
		for path, never := range map[string]string{"rule?on=order&give=rate": "line.product", "challenge": "customer.tier", "access": "order.amount"} {
			if page := owner.get("/programme/1/" + path); !strings.Contains(page.text, "customer.member_days") || strings.Contains(page.text, never) {
				t.Errorf("%s: %s", path, page.text)
			}
		}
		owner.get("/programme/1/reward?kind=nothing").wants(t, http.StatusNotFound, at+"/reward")
		owner.saves("/programme/1/access", "name", "The spring sale", "from", "2027-03-01", "until", "2027-02-01").wants(t, http.StatusUnprocessableEntity, at+"/access", `id="until-error"`)
		owner.saves("/programme/1/access", "name", "The spring sale", "from", "2027-03-01", "tiers", "tier-2", "segments", "champions", "rewards", "early_access", "if_member", "yes").
			wants(t, http.StatusOK, at, "The spring sale", "before others, for Gold, or for customers of the segment Champions, or for members, or with Before others, from 1 March 2027")
		owner.presses(at, at+"/act", "of", "access", "name", "early", "act", "remove").wants(t, http.StatusOK, at, "Nobody may buy before others")
		owner.presses(at, at+"/act", "of", "challenge", "name", "challenge-2", "act", "remove").wants(t, http.StatusOK, at, "Five mornings")
		owner.saves("/programme/1/unit?name=points", "expires", "after", "n", "6", "span", "months", "pending", "3", "debt", "yes").wants(t, http.StatusOK, at, "good for 6 months after they were earned, can be used after 3 days")
		owner.saves("/programme/1/about", "name", "Café Kipseli", "members_only", "yes", "referral", "yes", "friend_minimum", "10", "wait", "14").wants(t, http.StatusOK, at, "Café Kipseli", "Only who has joined earns", "A friend counts once they have bought for €10.00")
		d := s.documentOf(t, 1)
		if len(d.Rules) != 4 || d.Rules[1].Lines != `line.category == "Coffee" && line.amount > 0.0` || d.Rules[3].If != "order.amount >= 5.5" || d.Rules[2].On != "birthday" || len(d.Units) != 2 ||
			d.Tiers.Levels[1].Name != "Silver" || d.Tiers.Levels[2].From != 50000 || len(d.Challenges) != 1 || d.Challenges[0].Milestones[0].Gives.Reward != "product" || d.Challenges[0].Milestones[1].Gives.Units != 500 ||
			len(d.Access) != 0 || string(d.Rewards[2].Terms) != `{"begins_at":"2026-12-20T19:00:00+02:00","place":"The cellar","places":12}` || string(d.Rewards[4].Terms) != `{"amount_minor":300}` || d.Rewards[0].Unit != "stamps" || string(d.Rewards[1].Terms) != `{"amount_minor":500}` || d.Referral.WaitDays != 14 {
			t.Errorf("%+v", d)
		}
		owner.saves("/programme/1/reward", "name", "Ten off drinks", "percent", "10", "if_category", "Tea", "if_product", "cake\r\n espresso ").
			wants(t, http.StatusOK, at, "for nothing, for Tea, cake, espresso only")
		for _, r := range s.documentOf(t, 1).Rewards {
			if r.Name == "Ten off drinks" && string(r.Terms) != `{"percent":10,"products":["cake","espresso"],"categories":["Tea"]}` {
				t.Errorf("%s", r.Terms)
			}
		}
		coffee := "text" + strconv.Itoa(slices.Index(d.Texts(), "A coffee"))
		owner.get(at+"/translations?name=xx").wants(t, http.StatusNotFound, at+"/translations")
		owner.get(at+"/translations").wants(t, http.StatusNotFound, at+"/translations")
		owner.saves(at+"/translations?name=el", coffee, strings.Repeat("ν", 2001)).wants(t, http.StatusUnprocessableEntity, at+"/translations", `id="`+coffee+`-error"`)
		stale := owner.get(at+"/translations?name=el").hidden(t, "seen")
		owner.saves(at+"/translations?name=el", coffee, "Ένας καφές").wants(t, http.StatusOK, at, "Names in other languages", "1 of ")
		// Somebody changed the names meanwhile: what was typed is not put beside others.
		owner.post(at+"/translations?name=el", "seen", stale, coffee, "Δύο").wants(t, http.StatusConflict, at+"/translations", `value="Δύο"`)
		if in := s.documentOf(t, 1).Translations; len(in) != 1 || len(in["el"]) != 1 || in["el"]["A coffee"] != "Ένας καφές" {
			t.Errorf("%+v", in)
		}
		owner.get(at+"?amount=40&pieces=2&tier=tier-2&goods=Coffee&day=mon&member=yes").wants(t, http.StatusOK, at, "An order of €40.00 · Gold · Monday · Coffee gives:", "A point a euro: +80 points", "A stamp for every coffee: +2 stamps")
		part := owner.get(at+"/example?amount=40&day=mon").wants(t, http.StatusOK, at+"/example", "An order of €40.00 · Bronze · Monday gives:", "only for members")
		if strings.Contains(part.text, "<html") {
			t.Error("the whole page came, where a part of it was asked for")
		}
		owner.get(at+"/example?amount=40&day=tue&time=10:59&member=yes&tier=x&goods=x").wants(t, http.StatusOK, at+"/example", "A point a euro: +80 points", "Quiet Tuesdays: times 2")
		for typed, says := range map[string]string{"amount=-5": "Amount: Write a number above zero.", "amount=abc": "Amount: This is no number.", "amount=40&pieces=x": "Pieces: This is no whole number.",
			"amount=40&pieces=2000": "Pieces: Write a number from 1 to 1,000."} {
			if part := owner.get(at+"/example?"+typed).wants(t, http.StatusOK, at+"/example", says); strings.Contains(part.text, "gives:") {
				t.Errorf("%s is answered with what another order gives: %s", typed, part.text)
			}
		}
		owner.get(at+"?amount=4O").wants(t, http.StatusOK, at, `value="4O"`, "Amount: This is no number.")
		owner.get(at+"/example?amount=40&day=tue&time=11:00&member=yes&first=yes").wants(t, http.StatusOK, at+"/example", "A point a euro: +40 points", "Quiet Tuesdays: not at this time")
		owner.get(at+"?rehearse=1").wants(t, http.StatusOK, at, "What each rule would have given")
		owner.presses(at, at+"/publish").wants(t, http.StatusOK, "/programme", "in force since", "A point a euro")
		owner.get(at).wants(t, http.StatusOK, at, "Change it in a new draft")
		owner.presses(at, at+"/draft").wants(t, http.StatusOK, "/programme/2", "Made of version 1", "A point a euro")
	})
}

// What a clumsy user types is said beside its field, and nothing of it is lost.
func TestWhatIsTypedWronglyIntoARule(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/programme/new?kind=cafe&goal=visits").wants(t, http.StatusOK, "/programme/new", "There are no orders yet to go by: the figures are for orders of about €8.00")
		owner.post("/programme/blank").wants(t, http.StatusOK, "/programme/1")
		const at = "/programme/1/rule?on=order&give="
		right := []string{"name", "Nine <b>", "units", "7", "unit", "points", "per", "1.50", "if_amount", "12", "own", "", "closes", "", "opens", "", "most", "", "period", "week", "if_items", "", "until", "", "from", "", "draw", "spring", "entries", "2"}
		for _, c := range []struct{ give, field, typed, says string }{
			{"rate", "name", " ", "must not be empty"},
			{"rate", "name", strings.Repeat("é", 201), "This is too long"},
			{"rate", "units", "", "must not be empty"},
			{"rate", "units", "a lot", "no whole number"},
			{"rate", "units", "0", "Write a number from 1 to 1,000,000."},
			{"rate", "per", "one", "This is no number"},
			{"rate", "per", "-2", "Write a number above zero."},
			{"rate", "if_amount", "x", "This is no number"},
			{"rate", "if_items", "1.5", "no whole number"},
			{"rate", "own", "order.amout > 3", "This condition cannot be used"},
			{"rate", "own", "order.amount", "This condition cannot be used"},
			{"rate", "most", "-1", "Write a number from 0 to 1,000,000,000."},
			{"rate", "until", "tomorrow", "There is no such day"},
			{"entries", "draw", "", "must not be empty"},
			{"entries", "entries", "none", "no whole number"},
		} {
			page := owner.saves(at+c.give, with(right, c.field, c.typed)...).wants(t, http.StatusUnprocessableEntity, "/programme/1/rule", c.says)
			if !strings.Contains(page.text, `id="`+c.field+`-error"`) || !strings.Contains(page.text, `aria-invalid="true"`) || !strings.Contains(page.text, html.EscapeString(c.typed)) {
				t.Errorf("%s %q: %s", c.field, c.typed, page.text)
			}
		}
		owner.saves(at+"rate", with(right, "closes", "08:00")...).wants(t, http.StatusUnprocessableEntity, "/programme/1/rule", `id="opens-error"`, `value="08:00"`)
		owner.saves(at+"rate", with(right, "opens", "10:00", "closes", "09:00")...).wants(t, http.StatusUnprocessableEntity, "/programme/1/rule", "must end later", `value="10:00"`)
		owner.saves(at+"rate", with(right, "from", "2026-03-02", "until", "2026-03-01")...).wants(t, http.StatusUnprocessableEntity, "/programme/1/rule", "ends before it begins")
		owner.saves(at+"rate", append(right, "if_product", "cup", "own_lines", `line.quantity > 1.0 && line.product != "`+strings.Repeat("x", 1960)+`"`)...).
			wants(t, http.StatusUnprocessableEntity, "/programme/1/rule", "This condition cannot be used", `id="own_lines-error"`)
		owner.saves(at+"entries", right...).wants(t, http.StatusOK, "/programme/1", "2 entries in the prize draw spring")
		owner.saves(at+"rate", with(right, "if_segment", "nobody")...).wants(t, http.StatusOK, "/programme/1", "Nine <b>")
		owner.saves("/programme/1/reward", "name", "R", "amount", "5", "percent", "5").wants(t, http.StatusUnprocessableEntity, "/programme/1/reward", "one of the two")
		owner.saves("/programme/1/unit", "code", "Étoiles").wants(t, http.StatusUnprocessableEntity, "/programme/1/unit", "small Latin letters", `value="Étoiles"`)
		owner.saves("/programme/1/unit", "code", "points").wants(t, http.StatusUnprocessableEntity, "/programme/1/unit", "such a unit already")
		owner.saves("/programme/1/unit", "code", "stars", "expires", "idle").wants(t, http.StatusUnprocessableEntity, "/programme/1/unit", "must not be empty")
		owner.saves("/programme/1/tier", "name", "A", "level_from", "5").wants(t, http.StatusOK, "/programme/1")
		owner.saves("/programme/1/tier", "name", "B", "level_from", "5").wants(t, http.StatusUnprocessableEntity, "/programme/1/tier", "Another tier begins at the same")
		owner.saves("/programme/1/tiers", "by", "orders", "window", "months", "months", "").wants(t, http.StatusUnprocessableEntity, "/programme/1/tiers", "must not be empty")
		owner.saves("/programme/1/tiers", "by", "orders", "window", "lifetime", "drop", "step").wants(t, http.StatusOK, "/programme/1", "from 5 orders altogether")
		owner.saves("/programme/1/tier", "name", "C", "level_from", "7").wants(t, http.StatusOK, "/programme/1", "from 7 orders altogether")
		owner.saves("/programme/1/tiers", "by", "spend", "window", "lifetime", "drop", "earned").wants(t, http.StatusOK, "/programme/1", "from €5.00 altogether", "from €7.00 altogether")
		for _, none := range []string{"/programme/1/rule?name=x", "/programme/1/rule?on=order&give=x", "/programme/1/rule?on=order&give=steps", "/programme/1/rule?name=rate&give=steps", "/programme/1/rule?on=birthday&give=rate", "/programme/1/rule?on=x&give=fixed",
			"/programme/1/reward?kind=x", "/programme/1/nothing", "/programme/7/rule?on=order&give=rate", "/programme/7/example"} {
			if p := owner.get(none); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", none, p.status)
			}
		}
	})
}

// What somebody wrote by hand stays as it was written, whatever else is changed in the form.
func TestAConditionOfOnesOwnStays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		document := `{"name":"P","units":[{"unit":"points","expiry":{"kind":"fixed","dates":["12-31"]}}],"rules":[
			{"rule":"a","name":"A","if":"order.amount>=20  &&  customer.tier=='gold' && time.month==12","effect":{"fixed":{"unit":"points","units":5}}},
			{"rule":"b","name":"B","effect":{"discount":{"steps":[{"spend_minor":100,"percent":3}]}},"include":["tax"],"group":"g","priority":3},
			{"rule":"c","name":"C","effect":{"card":{"every":10,"free":"after"}},"lines":"line.category in ['tea','cake']"}],
			"rewards":[{"reward":"r","name":"R","kind":"draw_entry","terms":{"draw":"spring"},"codes":{"kind":"generic","code":"SPRING"}}]}`
		owner.post("/programme/new?kind=cafe&goal=visits", shape(t, owner.get("/programme/new?kind=cafe&goal=visits"), "of", "x")...).wants(t, http.StatusOK, "/programme/1")
		owner.post("/programme/1", "document", document, "note", "").wants(t, http.StatusOK, "/programme/2", "time.month == 12")
		before := s.documentOf(t, 2)
		owner.get("/programme/2/rule?name=a").wants(t, http.StatusOK, "/programme/2/rule", "time.month == 12", `name="if_amount" type="text" value="20"`)
		asked := []string{"name", "A new name", "units", "5", "unit", "points", "if_amount", "20", "if_tier", "gold", "own", "time.month == 12"}
		owner.saves("/programme/2/rule?name=a", asked...).wants(t, http.StatusOK, "/programme/2", "A new name")
		if now := s.documentOf(t, 2).Rules[0]; now.If != before.Rules[0].If || now.Name != "A new name" {
			t.Errorf("%+v", now)
		}
		owner.saves("/programme/2/rule?name=a", with(asked, "if_amount", "30")...).wants(t, http.StatusOK, "/programme/2")
		if now := s.documentOf(t, 2).Rules[0].If; now != `order.amount >= 30.0 && customer.tier == "gold" && time.month == 12` {
			t.Error(now)
		}
		owner.saves("/programme/2/rule?name=b", "name", "Ladder", "include", "tax", "group", "g", "priority", "3").wants(t, http.StatusOK, "/programme/2", "3% off from €1.00 spent")
		owner.saves("/programme/2/rule?name=c", "name", "Card", "every", "10", "free", "after", "if_category", "tea\r\ncake").wants(t, http.StatusOK, "/programme/2", "after 10 pieces one is free, on tea, cake")
		owner.saves("/programme/2/reward?name=r", "name", "Draw", "price", "5", "unit", "points", "draw", "spring", "entries", "1", "coding", "generic", "code", "SPRING").wants(t, http.StatusOK, "/programme/2", "Draw")
		owner.saves("/programme/2/unit?name=points", "expires", "fixed").wants(t, http.StatusOK, "/programme/2")
		now := s.documentOf(t, 2)
		if now.Rules[2].Lines != before.Rules[2].Lines || now.Rules[1].Priority != 3 || len(now.Rules[1].Include) != 1 || string(now.Rewards[0].Terms) != string(before.Rewards[0].Terms) ||
			now.Rewards[0].Coding.Code != "SPRING" || len(now.Units[0].Expiry.Dates) != 1 {
			t.Errorf("%+v", now)
		}
		owner.saves("/programme/2/rule?name=c&give=percent&on=order", "name", "Card", "percent", "5").wants(t, http.StatusOK, "/programme/2", "5% off")
	})
}

// Two who change a draft at once: of different rules both are kept, of one the second is told. Nobody publishes what they
// have not seen, and what is no draft is not changed.
func TestTwoChangeADraft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		other := s.signedIn(t, owner, account.Manager)
		owner.post("/programme/blank").wants(t, http.StatusOK, "/programme/1")
		for _, name := range []string{"One", "Two", "Three"} {
			owner.saves("/programme/1/rule?on=order&give=percent", "name", name, "percent", "5").wants(t, http.StatusOK, "/programme/1")
		}
		const one, two = "/programme/1/rule?name=percent", "/programme/1/rule?name=percent-2"
		mine, page := owner.get(one), owner.get("/programme/1")
		other.saves(two, "name", "Two!", "percent", "6").wants(t, http.StatusOK, "/programme/1")
		owner.post(one, "name", "One!", "percent", "5", "key", "k", "seen", mine.hidden(t, "seen")).wants(t, http.StatusOK, "/programme/1", "One!", "Two!")
		mine = owner.get(one)
		other.saves(one, "name", "Mine", "percent", "7").wants(t, http.StatusOK, "/programme/1")
		again := owner.post(one, "name", "Ours", "percent", "8", "key", "l", "seen", mine.hidden(t, "seen")).
			wants(t, http.StatusConflict, "/programme/1/rule", "Somebody else changed this meanwhile", "Mine", `value="Ours"`)
		owner.post(one, "name", "Ours", "percent", "8", "key", again.hidden(t, "key"), "seen", again.hidden(t, "seen")).wants(t, http.StatusOK, "/programme/1", "Ours")
		act := func(what, name string) shown {
			return owner.presses("/programme/1", "/programme/1/act", "of", "rule", "act", what, "name", name)
		}
		owner.post("/programme/1/act", "of", "rule", "act", "remove", "name", "percent", "key", "m", "seen", page.hidden(t, "seen")).wants(t, http.StatusConflict, "/programme/1/act", "Somebody else changed this meanwhile")
		owner.post("/programme/1/publish", "seen", page.hidden(t, "seen")).wants(t, http.StatusConflict, "/programme/1/publish", "Somebody else changed this meanwhile")
		act("down", "percent").wants(t, http.StatusOK, "/programme/1")
		act("up", "percent-3").wants(t, http.StatusOK, "/programme/1")
		act("off", "percent-2").wants(t, http.StatusOK, "/programme/1", "Switched off")
		var names []string
		for _, r := range s.documentOf(t, 1).Rules {
			names = append(names, r.Rule)
		}
		if strings.Join(names, " ") != "percent-3 percent" {
			t.Error(names)
		}
		owner.saves(two, "name", "Asleep", "percent", "6").wants(t, http.StatusOK, "/programme/1", "Asleep")
		act("on", "percent-2").wants(t, http.StatusOK, "/programme/1")
		act("remove", "percent-3").wants(t, http.StatusOK, "/programme/1")
		act("up", "percent").wants(t, http.StatusNotFound, "/programme/1/act")
		if d := s.documentOf(t, 1); len(d.Rules) != 2 || len(d.Off) != 0 || d.Rules[1].Name != "Asleep" {
			t.Errorf("%+v", d)
		}
		// Pressed twice it is one rule.
		form := owner.get("/programme/1/rule?on=order&give=gift")
		for range 2 {
			owner.post("/programme/1/rule?on=order&give=gift", "name", "Cake", "gift", "cake", "key", form.hidden(t, "key"), "seen", form.hidden(t, "seen")).wants(t, http.StatusOK, "/programme/1")
		}
		if d := s.documentOf(t, 1); len(d.Rules) != 3 {
			t.Errorf("%d rules", len(d.Rules))
		}
		mine = owner.get(one)
		owner.presses("/programme/1", "/programme/1/publish").wants(t, http.StatusOK, "/programme")
		owner.post(one, "name", "Late", "percent", "9", "key", "n", "seen", mine.hidden(t, "seen")).wants(t, http.StatusConflict, "/programme/1/rule", "no draft any more", `value="Late"`)
		owner.get(one).wants(t, http.StatusOK, "/programme/1")
		if s.trail(t, "programme.changed", "programme:1") < 10 {
			t.Error("the trail does not tell who changed it")
		}
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.ProgrammeWrite)
			who := other
			if role != account.Manager {
				who = s.signedIn(t, owner, role)
			}
			for _, p := range []shown{who.post("/programme/blank"), who.get("/programme/2/rules"), who.get("/programme/2/about")} {
				if (p.status == http.StatusOK) != may {
					t.Errorf("%s: %s with %d", role, p.path, p.status)
				}
			}
			if p := who.post("/programme/1/draft"); (p.status == http.StatusOK) != may {
				t.Errorf("%s copies with %d", role, p.status)
			}
		}
	})
}

// A rule for what each customer buys most of: ticked, said in words, shown in an example, and named at the till for who is there.
func TestARuleForTheFavouriteIsBuilt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.sold(t, coffees()+"9001,guest-0,"+today(t)+",baklava,Sweets,0.10\n")
		const at, buys = "/programme/1", "/programme/1/rule?on=order&give="
		owner.post("/programme/blank").wants(t, http.StatusOK, at)
		owner.get(buys+"rate").wants(t, http.StatusOK, "/programme/1/rule", "What each customer buys most of, in the year before", "Who buy most of one of these categories")
		owner.saves(buys+"rate", "name", "What you like", "units", "3", "unit", "points", "per", "1", "if_favourite", "yes", "if_paid", "yes").
			wants(t, http.StatusOK, at, "3 points for every €1.00, on the category that you buy most of", "<code>line.category == customer.favourite_category</code>", "what they buy most of")
		owner.saves(buys+"fixed", "name", "Coffee people", "units", "7", "unit", "points", "if_most_of", "Coffee", "times", "1", "period", "month").
			wants(t, http.StatusOK, at, "7 points, for those who buy most of Coffee, once a month", `customer.favourite_category == "Coffee"`)
		owner.get(at+"/rule?name=rate").wants(t, http.StatusOK, at+"/rule", `type="checkbox" id="if_favourite" name="if_favourite" value="yes" checked`)
		gives := func(query string, want ...string) {
			t.Helper()
			owner.get(at+"/example?amount=10&pieces=1&"+query).wants(t, http.StatusOK, at+"/example", want...)
		}
		gives("goods=*", "€10.00 · ", "Coffee", "What you like: +30 points", "Coffee people: +7 points")
		gives("goods=*&first=yes", "Nothing in the programme applied", "What you like: ", "Coffee people: ")
		gives("goods=", "What you like: nothing that was bought counts for it", "Coffee people: its condition is not met")
		if d := s.documentOf(t, 1); d.Rules[0].Lines != "line.category == customer.favourite_category && line.amount > 0.0" || d.Rules[1].If != `customer.favourite_category == "Coffee"` {
			t.Errorf("%+v", d.Rules)
		}
	})
}
