package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"regulars/internal/base/browsertest"
	"regulars/internal/record/schema/schematest"
)

// TestACafeSetsItsProgrammeUp writes a programme from nothing to published as an owner does, in a browser, on a phone.
func TestACafeSetsItsProgrammeUp(t *testing.T) {
	t.Parallel()
	browser := browsertest.Open(t)
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.strict()
	owner := s.sold(t, coffees())
	v := browser.Tab(t, s.URL, browsertest.Look{Tag: "en", Scheme: "light", Width: phone, Cookies: s.cookies(t, owner)})
	follow := func(link, until string) {
		t.Helper()
		v.Does(chromedp.Click(link), chromedp.WaitVisible(until))
	}
	// fill types into the fields of a form, opens what is folded, and saves; the page of the draft comes then.
	fill := func(typed ...string) {
		t.Helper()
		v.Unfold()
		for i := 0; i < len(typed); i += 2 {
			if typed[i+1] == "✓" {
				v.Does(chromedp.Evaluate[chromedp.Void](`document.querySelector("#` + typed[i] + `").click()`)) // where it is does not matter, as things open
				continue
			}
			v.Does(chromedp.SetValue("#"+typed[i], typed[i+1]))
		}
		v.Does(chromedp.Click(".panel .actions button"), chromedp.WaitVisible("#rules"))
	}
	rule := func(link string, typed ...string) {
		t.Helper()
		follow(`a[href$="/rules"]`, ".doors")
		follow(`a[href*="`+link+`"]`, "#name")
		fill(typed...)
	}
	v.Goes("/programme/new")
	follow(`form[action="/programme/blank"] button`, "#rules")
	rule("give=rate", "name", "A point a euro", "units", "1", "per", "1")
	rule("give=each", "name", "A stamp for every coffee", "units", "1", "unit", "stamps", "if_category-Coffee", "✓", "if_paid", "✓")
	rule("give=times", "name", "Quiet Tuesdays", "days-tue", "✓")
	rule("on=birthday", "name", "Happy birthday", "units", "50")
	for _, tier := range [][]string{{"name", "Bronze"}, {"name", "Silver", "level_from", "200", "factor", "1.5"}} {
		follow(`a[href$="/tier"]`, "#name")
		fill(tier...)
	}
	v.Unfold()
	follow(`a[href$="kind=product"]`, "#name")
	fill("name", "The tenth coffee", "price", "9", "unit", "stamps", "product", "espresso")
	if text := browsertest.Evaluate[string](v, `document.querySelector("main").innerText`); !strings.Contains(text, "points × 2, on Tuesday") || !strings.Contains(text, "1 stamp for each piece, on Coffee") {
		t.Error(text)
	}
	// The example answers while one types, without leaving the page.
	v.Does(chromedp.Evaluate[chromedp.Void](`window.stayed = true`), chromedp.SetValue("#amount", "40"),
		chromedp.SetValue("#tier", browsertest.Evaluate[string](v, `document.querySelector("#tier option:last-child").value`)), chromedp.SetValue("#day", "tue"),
		chromedp.Evaluate[chromedp.Void](`document.querySelector("#amount").dispatchEvent(new Event("input", {bubbles: true}))`))
	const says = "An order of €40.00 · Silver · Tuesday gives:"
	v.Sees(fmt.Sprintf(`document.querySelector("#gives").innerText.includes(%q)`, says))
	if text := browsertest.Evaluate[string](v, `document.querySelector("#gives").innerText`); !strings.Contains(text, "A point a euro: +120 points") || !browsertest.Evaluate[bool](v, `window.stayed === true`) {
		t.Error(text)
	}
	follow(`form[action$="/publish"] button`, "#terms")
	if path := browsertest.Evaluate[string](v, `location.pathname`); path != "/programme" {
		t.Error(path)
	}
	if d := s.documentOf(t, 1); len(d.Rules) != 4 || d.Rules[1].Lines != `line.category == "Coffee" && line.amount > 0.0` || len(d.Tiers.Levels) != 2 || len(d.Rewards) != 1 {
		t.Errorf("%+v", d)
	}
}

// TestTheBuilderInABrowser looks at a draft and its forms, in every language.
func TestTheBuilderInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.sold(t, coffees())
	const asked = "/programme/new?kind=cafe&goal=baskets"
	owner.post(asked, shape(t, owner.get(asked), "of", "espresso")...).wants(t, http.StatusOK, "/programme/1")
	owner.saves("/programme/1/rule?on=order&give=times", "name", "A quiet morning of a rather long name that goes on and on", "factor", "2", "unit", "points", "days", "tue", "opens", "09:00", "closes", "11:00",
		"if_segment", "at_risk", "if_tier", "second", "own", `order.attributes["gift"] == "yes" || time.month == 12`, "group", "mornings").wants(t, http.StatusOK, "/programme/1")
	owner.presses("/programme/1", "/programme/1/act", "of", "rule", "act", "off", "name", "card").wants(t, http.StatusOK, "/programme/1")
	owner.saves("/programme/1/challenge", "name", "Every week of a rather long name that goes on and on", "count", "visits", "target", "3", "window", "week", "from", "2026-12-01", "units", "50", "unit", "points",
		"milestones", "4: 200\n8: 10 stamps", "if_category", "Coffee", "own", "time.hour < 11").wants(t, http.StatusOK, "/programme/1")
	owner.saves("/programme/1/reward?kind=event", "name", "A tasting in the cellar", "price", "100", "unit", "points", "begins", "2026-12-20T19:00", "place", "The cellar").wants(t, http.StatusOK, "/programme/1")
	owner.saves("/programme/1/access", "name", "The spring sale", "from", "2027-03-01", "tiers", "second", "segments", "champions", "segments", "loyal").wants(t, http.StatusOK, "/programme/1")
	s.looks(t, b, owner, []look{
		{name: "build", path: "/programme/1", tag: "en", scheme: "light", width: desk},
		{name: "build", path: "/programme/1", tag: "el", scheme: "dark", width: small},
		{name: "build", path: "/programme/1", tag: "ru", scheme: "light", width: phone},
		{name: "build-rules", path: "/programme/1/rules", tag: "en", scheme: "light", width: desk},
		{name: "build-rules", path: "/programme/1/rules", tag: "mk", scheme: "dark", width: small},
		{name: "build-rule", path: "/programme/1/rule?name=times", tag: "en", scheme: "light", width: desk},
		{name: "build-rule", path: "/programme/1/rule?name=times", tag: "zh", scheme: "dark", width: phone},
		{name: "build-wrong", path: "/programme/1/rule?name=times", tag: "ru", scheme: "light", width: phone, typed: []string{"factor", "много"}, until: ".problems"},
		{name: "build-tier", path: "/programme/1/tier?name=second", tag: "el", scheme: "light", width: phone},
		{name: "build-tiers", path: "/programme/1/tiers", tag: "zh", scheme: "light", width: phone},
		{name: "build-reward", path: "/programme/1/reward?name=off", tag: "mk", scheme: "light", width: phone},
		{name: "build-reward", path: "/programme/1/reward?name=off", tag: "en", scheme: "dark", width: desk},
		{name: "build-unit", path: "/programme/1/unit?name=points", tag: "ru", scheme: "dark", width: small},
		{name: "build-challenge", path: "/programme/1/challenge?name=challenge", tag: "en", scheme: "light", width: desk},
		{name: "build-challenge", path: "/programme/1/challenge?name=challenge", tag: "ru", scheme: "dark", width: small},
		{name: "build-challenge", path: "/programme/1/challenge", tag: "el", scheme: "light", width: phone},
		{name: "build-challenge-wrong", path: "/programme/1/challenge?name=challenge", tag: "mk", scheme: "light", width: phone, typed: []string{"target", "x"}, until: ".problems"},
		{name: "build-access", path: "/programme/1/access?name=early", tag: "zh", scheme: "dark", width: phone},
		{name: "build-access", path: "/programme/1/access", tag: "ru", scheme: "light", width: small},
		{name: "build-event", path: "/programme/1/reward?name=event", tag: "el", scheme: "dark", width: phone},
		{name: "build-event", path: "/programme/1/reward?name=event", tag: "en", scheme: "light", width: desk},
		{name: "build-about", path: "/programme/1/about", tag: "en", scheme: "dark", width: phone},
	})
}
