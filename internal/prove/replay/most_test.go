package replay_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/packaging"
	"regulars/internal/base/locale"
	"regulars/internal/prove/replay"
)

// brief is a line of how the most is reckoned.
func brief(m *replay.Most) string {
	text := m.Kind + " " + m.Sum
	if m.Share != nil {
		text += fmt.Sprintf(" share=%g", *m.Share)
	}
	for _, of := range []struct {
		name string
		n    int64
	}{{"paid", m.PaidMinor}, {"year", m.YearTimes}, {"ever", m.EverTimes}, {"year_units", m.YearUnits}, {"ever_units", m.EverUnits}, {"all", m.AllTimes}, {"all_units", m.AllUnits}} {
		if of.n != 0 {
			text += fmt.Sprintf(" %s=%d", of.name, of.n)
		}
	}
	return text
}

// Each piece of a programme has the bound that can be reckoned for it. A point is worth 5 minor units.
func TestTheMostOfEachPiece(t *testing.T) {
	t.Parallel()
	rule := func(text string) string {
		return `"rules":[{"rule":"a","name":"A",` + text + `}]`
	}
	points := func(more string) string { return rule(more + `"effect":{"fixed":{"unit":"points","units":10}}`) }
	challenge := func(text string) string {
		return `"rules":[],"challenges":[{"challenge":"a","name":"A","count":"visits","target":2,"from":"2026-01-01",` + text + `}]`
	}
	const ten, twenty = `"gives":{"unit":"points","units":10}`, `"milestones":[{"at":3,"gives":{"unit":"points","units":20}}]`
	for name, c := range map[string]struct{ document, want string }{
		"a rate":                          {rule(`"effect":{"rate":{"unit":"points","units":1,"per_minor":100}}`), "rate share share=0.05 paid=100"},
		"a rate of what nobody can value": {rule(`"effect":{"rate":{"unit":"stamps","units":1,"per_minor":100}}`), "rate  paid=100"},
		"a rate with so many units":       {rule(`"limit":{"units":7,"period":"month"},"effect":{"rate":{"unit":"stamps","units":1,"per_minor":100}}`), "rate customer_year paid=100 year_units=84"},
		"a part of the price":             {rule(`"effect":{"discount":{"steps":[{"spend_minor":1,"percent":2.5},{"spend_minor":100,"percent":12.5}]}}`), "percent share share=0.125"},
		"an amount off":                   {rule(`"if":"order.amount > 20.0","effect":{"discount":{"amount_minor":100}}`), "amount share share=0.04997501249375312 paid=2001"},
		"more off than the price":         {rule(`"if":"order.amount >= 0.5","effect":{"discount":{"amount_minor":100}}`), "amount share share=1 paid=50"},
		"an amount off the first order":   {rule(`"if":"customer.first_order","effect":{"discount":{"amount_minor":100}}`), "amount customer_once year=1 ever=1"},
		"a sale of an amount":             {points(`"if":"order.amount >= 20.0",`), "sale share share=0.025 paid=2000"},
		"an amount in one of two cases":   {points(`"if":"order.amount >= 20.0 || order.store == 'x'",`), "sale "},
		"a sale":                          {points(``), "sale "},
		"a visit":                         {points(`"limit":{"times":1,"period":"day"},`), "sale customer_year year=366 year_units=3660"},
		"a visit of an amount":            {points(`"if":"order.amount >= 2.0","limit":{"times":1,"period":"day"},`), "sale customer_year share=0.25 paid=200 year=366 year_units=3660"},
		"a visit on Mondays":              {points(`"days":["mon"],"limit":{"times":1,"period":"day"},`), "sale customer_year year=53 year_units=530"},
		"a visit on Mondays and Fridays":  {points(`"days":["mon","fri"],"limit":{"times":1,"period":"day"},`), "sale customer_year year=106 year_units=1060"},
		"once a week":                     {points(`"limit":{"times":1,"period":"week"},`), "sale customer_year year=54 year_units=540"},
		"once a week in July":             {points(`"from":"2026-07-01","until":"2026-07-31","limit":{"times":1,"period":"week"},`), "sale customer_once year=5 ever=5 year_units=50 ever_units=50"},
		"a day about New Year":            {points(`"from":"2026-12-30","until":"2027-01-01","limit":{"times":2,"period":"day"},`), "sale customer_year year=4 ever=6 year_units=40 ever_units=60"},
		"so many units a month":           {points(`"limit":{"times":3,"units":25,"period":"month"},`), "sale customer_year year=36 year_units=300"},
		"twice for ever":                  {points(`"limit":{"times":2},`), "sale customer_once year=2 ever=2 year_units=20 ever_units=20"},
		"the first three orders":          {points(`"if":"customer.orders < 3",`), "sale customer_once year=3 ever=3 year_units=30 ever_units=30"},
		"the fourth order":                {points(`"if":"customer.orders == 3",`), "sale customer_once year=1 ever=1 year_units=10 ever_units=10"},
		"a budget":                        {points(`"budget":500,`), "sale all_customers all_units=500"},
		"a piece":                         {rule(`"effect":{"each":{"unit":"points","units":1}}`), "piece "},
		"a card":                          {rule(`"effect":{"card":{"every":10}}`), "card "},
		"a birthday":                      {points(`"on":"birthday",`), "birthday customer_year year=1 year_units=10"},
		"a birthday, once for ever":       {points(`"on":"birthday","limit":{"times":1},`), "birthday customer_once year=1 ever=1 year_units=10 ever_units=10"},
		"an anniversary":                  {points(`"on":"anniversary",`), "anniversary customer_year year=1 year_units=10"},
		"holidays":                        {points(`"on":"holiday","holidays":["easter","christmas"],`), "holiday customer_year year=2 year_units=20"},
		"joining":                         {points(`"on":"sign_up",`), "once customer_once year=1 ever=1 year_units=10 ever_units=10"},
		"being brought":                   {points(`"on":"referred",`), "once customer_once year=1 ever=1 year_units=10 ever_units=10"},
		"a friend":                        {points(`"on":"referral",`), "friend "},
		"a friend a month":                {points(`"on":"referral","limit":{"times":2,"period":"month"},`), "friend customer_year year=24 year_units=240"},
		"the first five friends":          {points(`"on":"referral","if":"customer.friends < 5",`), "friend customer_once year=5 ever=5 year_units=50 ever_units=50"},
		"friends from the second on":      {points(`"on":"referral","if":"customer.friends >= 1 && customer.friends <= 4",`), "friend customer_once year=4 ever=4 year_units=40 ever_units=40"},
		"an answer":                       {points(`"on":"answer",`), "action "},
		"an answer a month":               {points(`"on":"answer","limit":{"times":1,"period":"month"},`), "action customer_year year=12 year_units=120"},
		"a present":                       {rule(`"effect":{"gift":{"text":"a cup"}}`), "gift "},
		"entries":                         {rule(`"effect":{"entries":{"draw":"d","entries":2}}`), "entries "},
		"free delivery":                   {rule(`"effect":{"free_delivery":{}}`), "delivery "},
		"what is over":                    {points(`"until":"2026-05-31",`), ""},
		"a challenge":                     {challenge(ten), "challenge customer_once year=1 ever=1 year_units=10 ever_units=10"},
		"one of weeks":                    {challenge(`"window":"week",` + ten), "challenge customer_year year=54 year_units=540"},
		"one of weeks until":              {challenge(`"window":"week","until":"2026-01-31",` + ten), "challenge customer_once year=5 ever=5 year_units=50 ever_units=50"},
		"one of three months in a row":    {challenge(`"window":"month","in_a_row":3,` + ten), "challenge customer_year year=4 year_units=40"},
		"one of days":                     {challenge(`"window":"days","days":100,` + ten), "challenge customer_year year=5 year_units=50"},
		"one that can be had twice":       {challenge(`"window":"week","times":2,` + ten), "challenge customer_once year=2 ever=2 year_units=20 ever_units=20"},
		"a milestone":                     {challenge(`"window":"month",` + twenty), "milestone customer_year year=3 year_units=60"},
		"a milestone of a half year":      {challenge(`"window":"month","until":"2026-07-31",` + twenty), "milestone customer_once year=2 ever=2 year_units=40 ever_units=40"},
		"a reward":                        {challenge(`"window":"month","gives":{"reward":"five"}`), "challenge customer_year year=12"},
		"a tier": {`"rules":[],"tiers":{"by":"spend","window":"lifetime","levels":[{"tier":"a","name":"A","from":1,"gift":{"unit":"points","units":10}}]}`,
			"tier customer_once year=1 ever=1 year_units=10 ever_units=10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := document(t, `{"name":"P","units":[{"unit":"points"},{"unit":"stamps"}],`+c.document+`,"rewards":[`+five+`]}`)
			l := replay.Check(d, nil, &replay.Options{Digits: 2}, today)
			got := ""
			for i := range l.Worst.Lines {
				got += brief(&l.Worst.Lines[i])
			}
			if got != c.want {
				t.Errorf("reckoned %q, want %q", got, c.want)
			}
			said(t, &l)
		})
	}
}

// said looks whether all is in words, in every language.
func said(t *testing.T, l *replay.Lint) {
	t.Helper()
	for _, tag := range locale.Tags() {
		in, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		l.Say(in, "EUR")
		all := slices.Clone(l.Worst.Words)
		for i := range l.Worst.Lines {
			all = append(all, l.Worst.Lines[i].Words)
		}
		for _, words := range all {
			if words == "" || strings.ContainsAny(words, "{}⟦") {
				t.Errorf("%s: said as %q", tag, words)
			}
		}
	}
}

// The sums are of the lines, the rules of a group count once, and what is given beside the programme is in them.
func TestTheSumsOfTheMost(t *testing.T) {
	t.Parallel()
	d := document(t, `{"name":"P","units":[{"unit":"points"},{"unit":"stamps"}],"rules":[
		{"rule":"rate","name":"Rate","group":"g","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}},
		{"rule":"more","name":"More","group":"g","priority":1,"if":"time.weekday == 'mon'","effect":{"rate":{"unit":"points","units":3,"per_minor":100}}},
		{"rule":"double","name":"Double","group":"t","days":["tue"],"effect":{"times":{"unit":"points","factor":1.1}}},
		{"rule":"triple","name":"Triple","group":"t","days":["tue"],"hours":"10:00-11:00","priority":1,"effect":{"times":{"unit":"points","factor":1.2}}},
		{"rule":"stamp","name":"Stamp","effect":{"each":{"unit":"stamps","units":1}}},
		{"rule":"birthday","name":"Birthday","on":"birthday","effect":{"fixed":{"unit":"points","units":7}}},
		{"rule":"easter","name":"Easter","on":"holiday","holidays":["easter"],"effect":{"fixed":{"unit":"stamps","units":2}}},
		{"rule":"friend","name":"Friend","on":"referral","effect":{"fixed":{"unit":"points","units":5}}},
		{"rule":"welcome","name":"Welcome","on":"sign_up","effect":{"fixed":{"unit":"points","units":5}}}],
		"rewards":[{"reward":"five","name":"Five off","kind":"discount","terms":{"amount_minor":500},"unit":"points","price":300},
			{"reward":"cup","name":"Cup","kind":"product","terms":{"product":"cup"},"unit":"stamps","price":9}]}`)
	o := replay.Options{Digits: 2, Beside: replay.Beside{
		Surprises: []gift.Stored{{Surprise: gift.Surprise{Name: "Spring", Unit: "points", Units: 30, Budget: 100}}},
		Codes:     []packaging.Stored{{Batch: packaging.Batch{Name: "Boxes", Unit: "points", Units: 3, Codes: 100}, Used: 90}},
	}}
	l := replay.Check(d, nil, &o, today)
	w := l.Worst
	// 3 points a 100 at 500/300 minor units each, 1.2 times.
	if w.ShareOfRevenue != 0.06 {
		t.Errorf("%g of what is paid", w.ShareOfRevenue)
	}
	for _, c := range []struct {
		name  string
		is    replay.Sum
		units map[string]int64
		minor int64
	}{
		{"year", w.Year, map[string]int64{"points": 7, "stamps": 2}, 12}, // 7 × 500/300 = 11.67
		{"once", w.Once, map[string]int64{"points": 5}, 9},
		{"all", w.All, map[string]int64{"points": 90 + 30}, 150 + 50},
	} {
		if !maps.Equal(c.is.Units, c.units) || c.is.Minor != c.minor {
			t.Errorf("%s: %+v, want %v and %d", c.name, c.is, c.units, c.minor)
		}
	}
	if !slices.Equal(w.Unbounded, []string{"friend"}) || !slices.Equal(w.Outside, []string{"Stamp", "Friend"}) || !slices.Equal(w.Unvalued, []string{"stamps"}) {
		t.Errorf("unbounded %q, outside %q, unvalued %q", w.Unbounded, w.Outside, w.Unvalued)
	}
	said(t, &l)
	in, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	l.Say(in, "EUR")
	want := []string{
		"At most 6.0% of what is paid comes back: at the highest tier, with every multiplier, and for the smallest sales that count.",
		"Whatever the amount paid, one customer can get 7 points, 2 stamps (worth €0.12 as far as that is known) at most in a calendar year.",
		"Once for ever, one customer can get 5 points (worth €0.09 as far as that is known) at most.",
		"All customers together can get 120 points (worth €2.00 as far as that is known) at most of surprises, codes and budgets.",
		"Not every reward says in money what it is worth, so these may be worth more than is said: stamps.",
		"In none of these sums, for the reason said below: Stamp, Friend.",
	}
	if !slices.Equal(l.Worst.Words, want) {
		t.Errorf("%s", strings.Join(l.Worst.Words, "\n"))
	}
	text, err := json.Marshal(&l)
	if err != nil || !strings.Contains(string(text), `"words":"Friend: 5 points for each friend who is brought. Nothing limits how many friends that can be."`) {
		t.Errorf("%s (%v)", text, err)
	}
}

// A year is never longer than it is reckoned to be: whichever it is, as many days, weeks and months lie in it at most.
func TestNoYearHasMore(t *testing.T) {
	t.Parallel()
	for year := 2000; year < 2400; year++ {
		weeks, days := map[time.Time]bool{}, [7]int{}
		for on := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); on.Year() == year; on = on.AddDate(0, 0, 1) {
			weeks[on.AddDate(0, 0, -(int(on.Weekday())+6)%7)] = true
			days[on.Weekday()]++
		}
		if len(weeks) > 54 || slices.Max(days[:]) > 53 {
			t.Errorf("%d has %d weeks, and %v days", year, len(weeks), days)
		}
	}
}
