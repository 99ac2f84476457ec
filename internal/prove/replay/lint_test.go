package replay_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/locale"
	"regulars/internal/prove/replay"
)

var today = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func document(t *testing.T, text string) *programme.Document {
	t.Helper()
	d, err := programme.Parse([]byte(text))
	if err == nil {
		_, err = programme.Compile(d, 1, time.UTC)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return d
}

func codes(l *replay.Lint) (all []string) {
	for _, f := range l.Findings {
		all = append(all, f.Code+" "+f.Where)
	}
	return all
}

// Units and rules of documents that are otherwise without a finding.
const (
	head   = `{"name":"P","units":[{"unit":"points"}],"rules":[{"rule":"rate","name":"A point a euro","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}},`
	thanks = `{"rule":"thanks","name":"For an answer","on":"answer","limit":{"times":1,"period":"month"},"effect":{"fixed":{"unit":"points","units":5}}},
		{"rule":"welcome","name":"Welcome","on":"sign_up","effect":{"fixed":{"unit":"points","units":5}}}`
	friends = `],"referral":{"minimum_minor":1000},"rewards":[` + five + `]}`
	five    = `{"reward":"five","name":"Five off","kind":"discount","terms":{"amount_minor":500},"unit":"points","price":100}`
	tail    = `],"rewards":[` + five + `]}`
)

// challenging is a document with a challenge that is otherwise without a finding.
func challenging(challenge string) string {
	return strings.Replace(head+thanks+tail, `"rewards"`, `"challenges":[{"challenge":"c","name":"C",`+challenge+`,"gives":{"unit":"points","units":5}}],"rewards"`, 1)
}

func TestEachFindingIsFound(t *testing.T) {
	t.Parallel()
	rule := func(text string) string {
		if whole := head + thanks + "," + text + tail; !strings.Contains(text, `"on":"referral"`) {
			return whole
		}
		return head + thanks + "," + text + friends
	}
	for name, c := range map[string]struct {
		document string
		options  replay.Options
		want     []string
	}{
		"nothing": {head + thanks + tail, replay.Options{}, nil},
		"a challenge that is over before it begins": {challenging(`"count":"orders","target":1,"from":"2026-07-02","until":"2026-07-01"`), replay.Options{}, []string{"challenge_never challenges[0]"}},
		"more days than a week has":                 {challenging(`"count":"visits","target":8,"from":"2026-07-01","window":"week"`), replay.Options{}, []string{"challenge_never challenges[0]"}},
		"as many days as a week has":                {challenging(`"count":"visits","target":7,"from":"2026-07-01","window":"week"`), replay.Options{}, nil},
		"more days than the window has":             {challenging(`"count":"visits","target":4,"from":"2026-07-01","window":"days","days":3`), replay.Options{}, []string{"challenge_never challenges[0]"}},
		"31 days in months":                         {challenging(`"count":"visits","target":31,"from":"2026-06-15","until":"2026-07-31","window":"month"`), replay.Options{}, nil},
		"31 days in what is left of two":            {challenging(`"count":"visits","target":31,"from":"2026-06-15","until":"2026-07-30","window":"month"`), replay.Options{}, []string{"challenge_never challenges[0]"}},
		"more weeks than there are":                 {challenging(`"count":"orders","target":1,"from":"2026-07-06","until":"2026-08-02","window":"week","in_a_row":5`), replay.Options{}, []string{"challenge_never challenges[0]"}},
		"as many weeks as there are":                {challenging(`"count":"orders","target":1,"from":"2026-07-06","until":"2026-08-02","window":"week","in_a_row":4`), replay.Options{}, nil},
		"a challenge that is over":                  {challenging(`"count":"orders","target":1,"from":"2026-04-01","until":"2026-05-31"`), replay.Options{}, []string{"challenge_over challenges[0]"}},
		"an access that is over":                    {strings.Replace(head+thanks+tail, `"rewards"`, `"access":[{"access":"a","name":"A","until":"2026-05-31"}],"rewards"`, 1), replay.Options{}, []string{"access_over access[0]"}},
		"never in force":                            {rule(`{"rule":"a","name":"A","from":"2026-07-02","until":"2026-07-01","effect":{"times":{"unit":"points","factor":2}}}`), replay.Options{}, []string{"rule_never rules[3]"}},
		"friends for whom nothing is given":         {head + thanks + friends, replay.Options{}, []string{"referral_empty referral"}},
		"friends of a programme that has none":      {head + thanks + `,{"rule":"f","name":"F","on":"referral","limit":{"times":1,"period":"month"},"effect":{"fixed":{"unit":"points","units":5}}}` + tail, replay.Options{}, []string{"rule_no_referral rules[3]"}},
		"over":                                      {rule(`{"rule":"a","name":"A","until":"2026-05-31","effect":{"times":{"unit":"points","factor":2}}}`), replay.Options{}, []string{"rule_over rules[3]"}},
		"ends today":                                {rule(`{"rule":"a","name":"A","until":"2026-06-01","effect":{"times":{"unit":"points","factor":2}}}`), replay.Options{}, nil},
		"shadowed":                                  {rule(`{"rule":"a","name":"A","group":"g","effect":{"times":{"unit":"points","factor":2}}},{"rule":"b","name":"B","group":"g","days":["mon"],"effect":{"times":{"unit":"points","factor":3}}}`), replay.Options{}, []string{"rule_shadowed rules[4]"}},
		"comes first":                               {rule(`{"rule":"a","name":"A","group":"g","effect":{"times":{"unit":"points","factor":2}}},{"rule":"b","name":"B","group":"g","priority":1,"days":["mon"],"effect":{"times":{"unit":"points","factor":3}}}`), replay.Options{}, nil},
		"limits end":                                {rule(`{"rule":"a","name":"A","group":"g","limit":{"times":1},"effect":{"times":{"unit":"points","factor":2}}},{"rule":"b","name":"B","group":"g","effect":{"times":{"unit":"points","factor":3}}}`), replay.Options{}, nil},
		"twice":                                     {rule(`{"rule":"a","name":"A","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}}`), replay.Options{}, []string{"rule_twice rules[3]"}},
		"no such tier":                              {rule(`{"rule":"a","name":"A","if":"customer.tier == 'gold'","effect":{"times":{"unit":"points","factor":2}}}`), replay.Options{}, []string{"tier_unknown rules[3]"}},
		"reviews without end":                       {rule(`{"rule":"a","name":"A","on":"review","effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, []string{"action_endless rules[3]"}},
		"orders split":                              {rule(`{"rule":"a","name":"A","effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, []string{"order_endless rules[3]"}},
		"first orders":                              {rule(`{"rule":"a","name":"A","if":"customer.first_order","effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, nil},
		"presents with orders split":                {rule(`{"rule":"a","name":"A","effect":{"gift":{"text":"a cup"}}}`), replay.Options{}, []string{"order_endless rules[3]"}},
		"an amount off orders split":                {rule(`{"rule":"a","name":"A","if":"order.amount < 100.0","effect":{"discount":{"amount_minor":50}}}`), replay.Options{}, []string{"order_endless rules[3]"}},
		"friends without end":                       {rule(`{"rule":"a","name":"A","on":"referral","effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, []string{"friend_endless rules[3]"}},
		"a ladder without a top":                    {rule(`{"rule":"a","name":"A","on":"referral","if":"customer.friends >= 3","effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, []string{"friend_endless rules[3]"}},
		"so many friends":                           {rule(`{"rule":"a","name":"A","on":"referral","if":"customer.friends < 3","effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, nil},
		"so many friends a month":                   {rule(`{"rule":"a","name":"A","on":"referral","limit":{"times":2,"period":"month"},"effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, nil},
		"orders of an amount":                       {rule(`{"rule":"a","name":"A","if":"order.amount >= 20.0","effect":{"fixed":{"unit":"points","units":5}}}`), replay.Options{}, nil},
		"free pieces earn": {head + thanks + `,{"rule":"a","name":"A","effect":{"each":{"unit":"points","units":1}}}],"rewards":[` + five + `,{"reward":"cup","name":"A cup","kind":"product","terms":{"product":"cup"},"unit":"points","price":50}]}`,
			replay.Options{}, []string{"free_earns rules[3]"}},
		"free pieces do not": {head + thanks + `,{"rule":"a","name":"A","lines":"line.amount > 0.0","effect":{"each":{"unit":"points","units":1}}}],"rewards":[` + five + `,{"reward":"cup","name":"A cup","kind":"product","terms":{"product":"cup"},"unit":"points","price":50}]}`,
			replay.Options{}, nil},
		"units earn":     {rule(`{"rule":"a","name":"A","include":["paid_with_units"],"effect":{"rate":{"unit":"points","units":1,"per_minor":1000}}}`), replay.Options{}, []string{"units_earn rules[3]"}},
		"stacked":        {rule(`{"rule":"a","name":"A","effect":{"discount":{"percent":60}}},{"rule":"b","name":"B","days":["mon"],"effect":{"discount":{"steps":[{"spend_minor":1,"percent":41}]}}}`), replay.Options{}, []string{"stacked rules"}},
		"one of a group": {rule(`{"rule":"a","name":"A","group":"g","effect":{"discount":{"percent":60}}},{"rule":"b","name":"B","group":"g","priority":1,"days":["mon"],"effect":{"discount":{"percent":41}}}`), replay.Options{}, nil},
		"tiers of what nobody earns": {`{"name":"P","units":[{"unit":"points"},{"unit":"status","kind":"qualifying"}],"rules":[` + strings.TrimPrefix(head, `{"name":"P","units":[{"unit":"points"}],"rules":[`) + thanks + `],"rewards":[` + five + `],
			"tiers":{"by":"units","unit":"status","window":"lifetime","levels":[{"tier":"a","name":"A","from":1}]}}`, replay.Options{}, []string{"tier_unit tiers"}},
		"a tier of nothing": {head + thanks + `],"rewards":[` + five + `],"tiers":{"by":"spend","window":"lifetime","levels":[{"tier":"a","name":"A","from":1},{"tier":"b","name":"B","from":2}]}}`, replay.Options{}, []string{"tier_empty tiers.levels[1]"}},
		"a reward for what nobody earns": {`{"name":"P","units":[{"unit":"points"},{"unit":"stars"}],"rules":[` + strings.TrimPrefix(head, `{"name":"P","units":[{"unit":"points"}],"rules":[`) + thanks + `],"rewards":[` + five + `,{"reward":"s","name":"S","kind":"gift","unit":"stars","price":5}]}`,
			replay.Options{}, []string{"reward_unit rewards[1]"}},
		"a unit for nothing": {`{"name":"P","units":[{"unit":"points"},{"unit":"stars"}],"rules":[{"rule":"s","name":"S","if":"order.amount > 5.0","effect":{"fixed":{"unit":"stars","units":1}}},` + strings.TrimPrefix(head, `{"name":"P","units":[{"unit":"points"}],"rules":[`) + thanks + tail,
			replay.Options{}, []string{"unit_useless units[1]"}},
		"more than the price":  {head + thanks + tail, replay.Options{ValueMinor: map[string]float64{"points": 100}}, []string{"earns_above_price rules"}},
		"more than the margin": {head + thanks + tail, replay.Options{Margin: 0.04}, []string{"earns_above_margin rules"}},
		"within the margin":    {head + thanks + tail, replay.Options{Margin: 0.05}, nil},
		"too small":            {head + thanks + tail, replay.Options{ValueMinor: map[string]float64{"points": 0.9}}, []string{"too_small rewards"}},
		"nothing personal":     {head + strings.SplitN(thanks, ",\n", 2)[0] + tail, replay.Options{}, []string{"nothing_personal rules"}},
		"no answer":            {head + strings.SplitN(thanks, ",\n", 2)[1] + tail, replay.Options{}, []string{"no_answer rules"}},
		"uneven":               {rule(`{"rule":"a","name":"A","if":"order.store == 'north'","effect":{"times":{"unit":"points","factor":2}}}`), replay.Options{}, []string{"uneven rules[3]"}},
		"many rules": {rule(strings.Join(func() (all []string) {
			for _, n := range strings.Fields("a b c d e f g h i j") {
				all = append(all, `{"rule":"`+n+`","name":"`+n+`","days":["mon"],"limit":{"times":1},"if":"order.items > 1.0","effect":{"gift":{"text":"`+n+`"}}}`)
			}
			return all
		}(), ",")), replay.Options{}, []string{"many_rules rules"}},
		"hard words": {strings.Replace(head+thanks+tail, `"name":"Five off"`, `"name":"Five off","description":"`+strings.Repeat("notwithstanding aforementioned stipulations ", 20)+`"`, 1), replay.Options{}, []string{"hard_to_read "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.Digits = 2
			l := replay.Check(document(t, c.document), nil, &c.options, today)
			if got := codes(&l); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			for _, tag := range locale.Tags() {
				in, err := locale.Get(tag)
				if err != nil {
					t.Fatal(err)
				}
				l.Say(in, "EUR")
				for _, f := range l.Findings {
					if f.Words == "" || strings.ContainsAny(f.Words, "{}") || strings.Contains(f.Words, "lint.") {
						t.Errorf("%s: %s is said as %q", tag, f.Code, f.Words)
					}
				}
			}
		})
	}
}

// The worst of a finding comes first, and what may be given in the worst case is told.
func TestTheWorstCase(t *testing.T) {
	t.Parallel()
	d := document(t, `{"name":"P","units":[{"unit":"points"}],"rules":[
		{"rule":"rate","name":"R","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}},
		{"rule":"twice","name":"T","days":["mon"],"effect":{"times":{"unit":"points","factor":2}}},
		{"rule":"review","name":"V","on":"review","effect":{"fixed":{"unit":"points","units":5}}},
		{"rule":"capped","name":"C","on":"answer","budget":1000,"effect":{"fixed":{"unit":"points","units":5}}}],
		"tiers":{"by":"spend","window":"lifetime","levels":[{"tier":"a","name":"A","from":0},{"tier":"b","name":"B","from":5,"factor":1.5}]},
		"rewards":[`+five+`]}`)
	l := replay.Check(d, nil, &replay.Options{Margin: 0.1, Digits: 2}, today)
	// 5 minor units a point; a point a 100; twice on Mondays, half as much again in the tier.
	if w := l.Worst; w.BudgetsMinor != 5000 || w.ShareOfRevenue != 0.05*2*1.5 || !slices.Equal(w.Unbounded, []string{"review"}) {
		t.Errorf("%+v", w)
	}
	if got := codes(&l); !slices.Equal(got, []string{"action_endless rules[2]", "earns_above_margin rules"}) {
		t.Errorf("%q", got)
	}
}

func TestTheCafeIsClean(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/cafe.json")
	if err != nil {
		t.Fatal(err)
	}
	if l := replay.Check(document(t, string(text)), nil, &replay.Options{Margin: 0.6, Digits: 2}, today); len(l.Findings) > 0 {
		t.Errorf("%+v", l.Findings)
	}
}
