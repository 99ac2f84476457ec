package console_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
)

// asShown is what a browser sends where the form of a draft's piece is opened and sent as it is.
func (p shown) asShown(t *testing.T) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(p.text))
	if err != nil {
		t.Fatal(err)
	}
	attribute := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	text := func(n *html.Node) string {
		if n.FirstChild == nil {
			return ""
		}
		return n.FirstChild.Data
	}
	var fields func(n *html.Node) []string
	fields = func(n *html.Node) (all []string) {
		name, named := attribute(n, "name")
		value, _ := attribute(n, "value")
		kind, _ := attribute(n, "type")
		_, checked := attribute(n, "checked")
		_, disabled := attribute(n, "disabled")
		switch {
		case !named || disabled:
		case n.Data == "input" && (kind != "checkbox" && kind != "radio" || checked):
			all = append(all, name, value)
		case n.Data == "textarea":
			all = append(all, name, strings.ReplaceAll(text(n), "\n", "\r\n"))
		case n.Data == "select":
			chosen, none := "", true
			for o := n.FirstChild; o != nil; o = o.NextSibling {
				if o.Data != "option" {
					continue
				}
				of, _ := attribute(o, "value")
				if _, is := attribute(o, "selected"); is || none {
					chosen, none = of, false
				}
			}
			all = append(all, name, chosen)
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			all = append(all, fields(child)...)
		}
		return all
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		form := url.Values{}
		for all := range slices.Chunk(fields(n), 2) {
			form.Add(all[0], all[1])
		}
		if form.Has("seen") {
			return form
		}
	}
	t.Fatalf("%s has no form of a piece: %s", p.path, p.text)
	return nil
}

// someText is a name as people give one.
func someText(r *rand.Rand) string {
	return []string{"tea", `a "quoted" cake`, "Καφές", "<b>", "back\\slash", "苹果", "don't", "a,b", "a & b", "🎂 cake", "two  spaces"}[r.IntN(11)]
}

func someTexts(r *rand.Rand) (all []string) {
	for range 1 + r.IntN(3) {
		if text := someText(r); !strings.Contains(strings.Join(all, "\n"), text) {
			all = append(all, text)
		}
	}
	return all
}

// someCondition is one that the builder can write, beside one's own.
func someCondition(t *testing.T, r *rand.Rand, line, orders bool) string {
	t.Helper()
	asked := programme.Asked{Filled: map[string][]string{}}
	for _, p := range programme.Phrases() {
		if p.Line != line || p.Order && !orders || r.IntN(4) > 0 {
			continue
		}
		switch p.Kind {
		case programme.PhraseFlag:
			asked.Filled[p.Name] = []string{"yes"}
		case programme.PhraseWhole:
			asked.Filled[p.Name] = []string{fmt.Sprint(r.IntN(1_000_000))}
		case programme.PhraseAmount:
			asked.Filled[p.Name] = []string{[]string{"0.5", "12", "1234567.89", "99.99", "20.10"}[r.IntN(5)]}
		case programme.PhraseTier:
			asked.Filled[p.Name] = []string{"bronze", "gold"}[:1+r.IntN(2)]
		case programme.PhraseSegment:
			asked.Filled[p.Name] = []string{"champions", "at_risk"}[:1+r.IntN(2)]
		default:
			asked.Filled[p.Name] = someTexts(r)
		}
	}
	switch {
	case r.IntN(3) > 0:
	case line:
		asked.Own = `line.quantity >= 2.0 || line.attributes['size'] == "l"`
	default:
		asked.Own = []string{"customer.member_years % 5 == 0", `customer.attributes['city'] == "Αθήνα" || time.month == 12`, "customer.member_years >= 2 && time.hour >= 9"}[r.IntN(3)]
	}
	text, err := asked.Write(line)
	if err != nil {
		t.Fatalf("%+v: %v", asked, err)
	}
	return text
}

func someEffect(r *rand.Rand, orders bool) programme.Effect {
	unit := []string{"points", "stamps", "étoiles"}[r.IntN(2)]
	units := 1 + r.Int64N(1_000_000)
	all := []programme.Effect{
		{Fixed: &programme.Fixed{Unit: unit, Units: units}},
		{Entries: &programme.Entries{Draw: "summer-2027", Entries: units}},
		{Rate: &programme.Rate{Unit: unit, Units: units, Minor: 1 + r.Int64N(100_000), KeepRemainder: r.IntN(2) > 0}},
		{Each: &programme.Each{Unit: unit, Units: units}},
		{Times: &programme.Times{Unit: unit, Factor: []float64{0.5, 1.05, 2, 33.333}[r.IntN(4)]}},
		{Card: &programme.Card{Every: 2 + r.Int64N(9), Free: []string{"", "last", "after"}[r.IntN(3)]}},
		{Card: &programme.Card{Every: 2 + r.Int64N(9), Unit: unit, Units: units}},
		{Discount: &programme.Discount{Percent: []float64{0.5, 7.25, 100}[r.IntN(3)]}},
		{Discount: &programme.Discount{AmountMinor: 1 + r.Int64N(100_000)}},
		{Discount: &programme.Discount{Steps: []programme.Step{{SpendMinor: 100, Percent: 3}, {SpendMinor: 10_001, Percent: 4.5}}}},
		{Gift: &programme.Gift{Text: someText(r), Product: []string{"", "cake"}[r.IntN(2)]}},
		{Gift: &programme.Gift{Product: someText(r)}},
		{FreeDelivery: &programme.FreeDelivery{}},
	}
	if !orders {
		all = all[:2]
	}
	return all[r.IntN(len(all))]
}

// someRule is one that the builder can write.
func someRule(t *testing.T, r *rand.Rand, name string) programme.Rule {
	t.Helper()
	actions := append([]string{"", "", "", programme.OnOrder}, programme.Actions()...)
	rule := programme.Rule{Rule: name, Name: someText(r) + " " + name, On: actions[r.IntN(len(actions))]}
	orders := rule.On == "" || rule.On == programme.OnOrder
	rule.Effect = someEffect(r, orders)
	if rule.On == programme.OnHoliday {
		rule.Holidays = []string{"easter", "halloween", "christmas"}[:1+r.IntN(3)]
	}
	rule.If = someCondition(t, r, false, orders)
	if orders {
		rule.Lines = someCondition(t, r, true, true)
	}
	if r.IntN(3) == 0 {
		rule.From, rule.Until = "2026-12-01", []string{"", "2027-01-31"}[r.IntN(2)]
	}
	if r.IntN(3) == 0 {
		rule.Days = [][]string{{"mon"}, {"sun", "mon"}, {"tue", "sat"}}[r.IntN(3)]
	}
	if r.IntN(3) == 0 {
		rule.Hours = []string{"07:00-10:30", "00:00-23:59"}[r.IntN(2)]
	}
	e := &rule.Effect
	gives := e.Fixed != nil || e.Rate != nil || e.Each != nil || e.Card != nil && e.Card.Unit != ""
	if r.IntN(2) == 0 {
		rule.Limit = &programme.Limit{Times: 1 + r.Int64N(9), Period: []reward.Period{reward.Ever, reward.PerDay, reward.PerMonth, reward.PerYear}[r.IntN(4)]}
		if gives && r.IntN(2) == 0 {
			rule.Limit.Units = 1 + r.Int64N(5000)
			rule.Limit.Times *= r.Int64N(2)
		}
	}
	if gives && r.IntN(3) == 0 {
		rule.Budget = 1 + r.Int64N(1_000_000)
	}
	if r.IntN(3) == 0 {
		rule.Group, rule.Priority = someText(r), r.IntN(7)-3
	}
	if orders && r.IntN(3) == 0 {
		rule.Include = [][]string{{"tax"}, {"tax", "shipping"}, {"paid_with_units", "tax"}}[r.IntN(3)]
	}
	return rule
}

// someChallenge is one that the builder can write.
func someChallenge(t *testing.T, r *rand.Rand, name string) programme.Challenge {
	t.Helper()
	counts := programme.Counts()
	ch := programme.Challenge{Challenge: name, Name: someText(r) + " " + name, Count: counts[r.IntN(len(counts))], Target: 1 + r.Int64N(100_000), From: "2026-12-01", Times: r.Int64N(3)}
	prize := func() programme.Prize {
		return []programme.Prize{{Unit: "points", Units: 1 + r.Int64N(1_000_000)}, {Unit: "stamps", Units: 1 + r.Int64N(9)}, {Reward: "off"}, {Reward: "coffee"}, {Reward: "twin"}, {Reward: "hundred"}}[r.IntN(6)]
	}
	if r.IntN(2) == 0 {
		ch.Until = "2027-02-28"
	}
	switch ch.Window = []string{"", programme.Weekly, programme.Monthly, programme.Rolling}[r.IntN(4)]; ch.Window {
	case programme.Rolling:
		ch.Days = 1 + r.IntN(60)
	case programme.Weekly, programme.Monthly:
		ch.InARow = r.Int64N(4)
		for at := int64(1); at < 9 && r.IntN(2) == 0; at += 1 + r.Int64N(4) {
			ch.Milestones = append(ch.Milestones, programme.Milestone{At: at, Gives: prize()})
		}
	}
	if len(ch.Milestones) == 0 || r.IntN(2) == 0 {
		gives := prize()
		ch.Gives = &gives
	}
	asked := programme.Asked{Filled: map[string][]string{}}
	lines := programme.Asked{Filled: map[string][]string{}}
	for _, p := range programme.Phrases() {
		if !p.Lasts() || r.IntN(4) > 0 {
			continue
		}
		to := asked.Filled
		if p.Line {
			to = lines.Filled
		}
		switch p.Kind {
		case programme.PhraseFlag:
			to[p.Name] = []string{"yes"}
		case programme.PhraseWhole, programme.PhraseAmount:
			to[p.Name] = []string{fmt.Sprint(r.IntN(1000))}
		default:
			to[p.Name] = someTexts(r)
		}
	}
	if r.IntN(4) == 0 {
		asked.Own = "time.hour >= 9 || time.month == 12"
	}
	var err error
	if ch.If, err = asked.Write(false); err == nil {
		ch.Lines, err = lines.Write(true)
	}
	if err != nil {
		t.Fatalf("%+v: %v", asked, err)
	}
	return ch
}

func someCoding(r *rand.Rand) (c reward.Coding) {
	switch c.Kind = reward.CodeKinds()[r.IntN(4)]; c.Kind {
	case reward.Unique:
		c.Pattern = []string{"", "##########", "Tea-#####-#####", " #####.#####_#### "}[r.IntN(4)]
	case reward.Generic:
		c.Code = []string{"SUN", "summer 27", "  A-B-C", "x_9.z"}[r.IntN(4)]
	}
	return c
}

// Whatever the builder can write is what it was where its form is opened and sent as it is: rules, switched on or off, challenges,
// tiers, units, what can be had, and who comes before others.
func TestWhatIsSavedUnchangedStaysAsItWas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.post("/programme/new?kind=cafe&goal=visits", shape(t, owner.get("/programme/new?kind=cafe&goal=visits"), "of", "x")...).wants(t, http.StatusOK, "/programme/1")
		r := rand.New(rand.NewPCG(11, 3)) //nolint:gosec // a test that can be repeated
		d := programme.Document{Name: "P", Starts: "2026-12-01", Units: []programme.Unit{
			{Unit: "points", AllowsDebt: true, Expiry: points.Expiry{Kind: points.After, N: 6, Every: points.Months}, Pending: points.Pending{Days: 3}}, {Unit: "stamps"}},
			Tiers: &programme.Tiers{By: "spend", Window: "months", Months: 12, Levels: []programme.Level{
				{Tier: "bronze", Name: "Bronze"}, {Tier: "gold", Name: "Gold <b>", From: 50_001, Factor: 1.25, Gift: &programme.Fixed{Unit: "points", Units: 5}}, {Tier: "friend", Name: "Friend", Invitation: true}}},
			Referral: &programme.Referral{MinimumMinor: 1001, WithinDays: 30, WaitDays: 14},
			Rewards: []reward.Reward{
				{Reward: "off", Name: "Five off", Kind: reward.Discount, Terms: []byte(`{"amount_minor":501}`), Unit: "points", Price: 100, GoodDays: 30, PerCustomer: 2, Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "coffee", Name: "A coffee & more", Kind: reward.Product, Terms: []byte(`{"product":"espresso"}`), Unit: "stamps", Price: 9, Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "twin", Name: "Five off", Kind: reward.CashBack, Terms: []byte(`{"amount_minor":500}`), Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "hundred", Name: "100", Kind: reward.Gift, Terms: []byte(`{"cost_minor":5}`), Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "nothing", Name: "Nothing said", Kind: reward.Gift, Terms: []byte(`{}`), Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "evening", Name: "A tasting", Kind: reward.Occasion, Terms: []byte(`{"begins_at":"2026-12-20T19:00:30+01:00","place":"The cellar"}`), Unit: "points", Price: 5, Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "early", Name: "Before others", Kind: reward.EarlyAccess, Terms: []byte(`{"from":"2026-12-20T19:00:00Z","until":"2026-12-21T19:00:00Z","what":"coats"}`), Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "ticket", Name: "A ticket", Kind: reward.Draw, Terms: []byte(`{"draw":"spring"}`), Coding: reward.Coding{Kind: reward.Unique}},
				{Reward: "plain", Name: "No code", Kind: reward.Gift, Terms: []byte(`{}`)},
				{Reward: "films", Name: "A film", Kind: reward.Gift, Terms: []byte(`{}`), Coding: reward.Coding{Kind: reward.Pool}},
				{Reward: "spring", Name: "Spring", Kind: reward.Discount, Terms: []byte(`{"percent":10}`), Coding: reward.Coding{Kind: reward.Generic, Code: " Spring-10 "}},
				{Reward: "sweet", Name: "Sweet", Kind: reward.Discount, Terms: []byte(`{"percent":10,"categories":["Tea","Cakes, \"pies\"","Coffee"],"products":["z","a"]}`)},
				{Reward: "made", Name: "Made", Kind: reward.Gift, Terms: []byte(`{}`), Coding: reward.Coding{Kind: reward.Unique, Pattern: "cafe #####-#####"}},
				{Reward: "trees", Name: "A tree", Kind: reward.Donation, Terms: []byte(`{"amount_minor":100,"to":"The wood"}`), Coding: reward.Coding{Kind: reward.Unique}}},
			Access: []programme.Access{
				{Access: "spring", Name: "The spring sale", From: "2027-03-01", Until: "2027-03-03", Tiers: []string{"gold", "bronze"}, Segments: []string{"at_risk"}, If: "customer.member && customer.attributes['city'] == \"Αθήνα\"", Rewards: []string{"early"}},
				{Access: "by-hand", Name: "By hand"}},
			Translations: map[string]map[string]string{"el": {"A tasting": "Μια γευσιγνωσία <b>", "By hand": "Με το χέρι"}, "zh": {"Five off": "减五欧元"}}}
		for n := range 12 {
			d.Rewards = append(d.Rewards, reward.Reward{Reward: fmt.Sprint("coded-", n), Name: someText(r), Kind: reward.Gift, Terms: []byte(`{}`), Coding: someCoding(r)})
		}
		for n := range 24 {
			d.Rules = append(d.Rules, someRule(t, r, fmt.Sprint("on-", n)))
			if n%4 == 0 {
				d.Off = append(d.Off, someRule(t, r, fmt.Sprint("off-", n)))
			}
			d.Challenges = append(d.Challenges, someChallenge(t, r, fmt.Sprint("challenge-", n)))
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		const at = "/programme/2"
		owner.post("/programme/1", "document", string(text), "note", "").wants(t, http.StatusOK, at)
		pieces := []string{"about", "tiers", "tier?name=bronze", "tier?name=gold", "tier?name=friend", "unit?name=points", "unit?name=stamps", "access?name=spring", "access?name=by-hand", "translations?name=el", "translations?name=zh", "translations?name=ru"}
		for i := range d.Rewards {
			pieces = append(pieces, "reward?name="+d.Rewards[i].Reward)
		}
		for i := range d.Challenges {
			pieces = append(pieces, "challenge?name="+d.Challenges[i].Challenge)
		}
		for _, all := range [][]programme.Rule{d.Rules, d.Off} {
			for i := range all {
				pieces = append(pieces, "rule?"+url.Values{"name": {all[i].Rule}}.Encode())
			}
		}
		kept := func() string {
			text, err := json.Marshal(s.documentOf(t, 2))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		before := kept()
		for _, piece := range pieces {
			page := owner.get(at + "/" + piece)
			sent := owner.fills(at+"/"+piece, page.asShown(t))
			if sent.status != http.StatusOK || sent.path != at {
				t.Errorf("%s: %d %s", piece, sent.status, sent.text[strings.Index(sent.text, "<main"):])
				continue
			}
			if after := kept(); after != before {
				n := 0
				for n < len(before) && n < len(after) && before[n] == after[n] {
					n++
				}
				t.Errorf("%s was\n%.400s\nand is\n%.400s", piece, before[max(0, n-150):], after[max(0, n-150):])
				before = after
			}
		}
	})
}
