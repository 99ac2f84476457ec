package intake_test

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/prove/replay"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// story is what happened in one programme: by it the bounds that were said are reckoned out.
type story struct {
	who                              int64
	paid, sales, pieces, acts, years int64
	friends, backs                   int64
	first, last                      time.Time
}

// most is how many units a line lets a customer have who did so.
func (s *story) most(m *replay.Most, kept bool) int64 {
	whole := func(v float64) *big.Rat {
		r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
		return r
	}
	units := new(big.Rat).Mul(big.NewRat(m.Units, 1), whole(m.Factor))
	down := func(r *big.Rat) int64 { return new(big.Int).Quo(r.Num(), r.Denom()).Int64() }
	bound := int64(1 << 60)
	switch m.Kind {
	case "rate":
		bound = down(new(big.Rat).Mul(units, big.NewRat(s.paid, m.PaidMinor)))
		if kept { // what is left over of a sale that came back stays
			bound += s.backs * (down(whole(m.Factor)) + 1)
		}
	case "piece":
		bound = down(new(big.Rat).Mul(units, big.NewRat(s.pieces, 1)))
	case "card_units":
		bound = m.Units * (s.pieces/m.Pieces + s.backs)
	case "sale":
		bound = m.Units * s.sales
		if m.PaidMinor > 0 {
			bound = min(bound, m.Units*(s.paid/m.PaidMinor))
		}
	case "friend":
		bound = m.Units * s.friends
	case "action":
		bound = m.Units * s.acts
	}
	if m.YearUnits > 0 {
		bound = min(bound, m.YearUnits*s.years)
	}
	if m.EverUnits > 0 {
		bound = min(bound, m.EverUnits)
	}
	if m.AllUnits > 0 {
		bound = min(bound, m.AllUnits)
	}
	return bound
}

// randomProgramme is a document of some rules, whose names no other has.
func randomProgramme(rt *rapid.T, n int, from string) string {
	pick := func(label string, all ...string) string { return rapid.SampledFrom(all).Draw(rt, label) }
	limit := func() string {
		return pick("limit", "", `,"limit":{"times":1,"period":"day"}`, `,"limit":{"times":1,"period":"week"}`, `,"limit":{"times":2,"period":"month"}`, `,"limit":{"times":3,"period":"year"}`,
			`,"limit":{"times":2}`, `,"limit":{"units":25,"period":"month"}`, `,"budget":40`, `,"limit":{"units":9,"period":"day"},"budget":30`)
	}
	units := func() int64 { return rapid.Int64Range(1, 9).Draw(rt, "units") }
	group := func() string { return pick("group", "", "", `,"group":"g"`) }
	var rules []string
	add := func(name, on, more, effect string) {
		rules = append(rules, fmt.Sprintf(`{"rule":"%s-%d-%d","name":"R","on":"%s"%s,"effect":{%s}}`, name, n, len(rules), on, more, effect))
	}
	for range rapid.IntRange(1, 7).Draw(rt, "rules") {
		fixed := fmt.Sprintf(`"fixed":{"unit":"points","units":%d}`, units())
		switch rapid.IntRange(0, 9).Draw(rt, "rule") {
		case 0:
			keep := pick("keep", "", `,"keep_remainder":true`)
			add("rate", "order", group()+pick("limited", "", `,"limit":{"units":25,"period":"month"}`), fmt.Sprintf(`"rate":{"unit":"points","units":%d,"per_minor":%d%s}`, units(), rapid.Int64Range(50, 700).Draw(rt, "per"), keep))
		case 1:
			add("sale", "order", pick("if", "", `,"if":"order.amount >= 7.5"`, `,"if":"order.amount > 20.0"`, `,"if":"customer.orders < 3"`, `,"if":"order.amount >= 5.0 && order.items > 1.0"`)+limit()+group(), fixed)
		case 2:
			add("times", "order", pick("days", "", `,"days":["mon","sat"]`)+group(), fmt.Sprintf(`"times":{"unit":"points","factor":%s}`, pick("factor", "1.1", "1.5", "2", "0.5", "3")))
		case 3:
			add("piece", "order", pick("lines", "", `,"lines":"line.category == 'coffee'"`)+limit(), fmt.Sprintf(`"each":{"unit":"points","units":%d}`, units()))
		case 4:
			add("card", "order", "", fmt.Sprintf(`"card":{"every":%d,"unit":"points","units":%d}`, rapid.IntRange(2, 6).Draw(rt, "every"), units()))
		case 5:
			add("day", pick("occasion", "birthday", "anniversary"), limit(), fixed)
		case 6:
			add("join", "sign_up", "", fixed)
		case 7:
			add("friend", "referral", pick("ladder", "", `,"if":"customer.friends < 2"`, `,"if":"customer.friends >= 1 && customer.friends < 3"`, `,"limit":{"times":1,"period":"year"}`), fixed)
		case 8:
			add("review", "review", limit(), fixed)
		case 9:
			add("visit", "order", `,"limit":{"times":1,"period":"day"}`+pick("on days", "", `,"days":["tue"]`), fixed)
		}
	}
	challenges := []string{}
	for i := range rapid.IntRange(0, 3).Draw(rt, "challenges") {
		window := pick("window", `"window":"week"`, `"window":"week","in_a_row":2`, `"window":"month"`, `"window":"days","days":9`, `"window":"days","days":1`, `"until":"2999-12-31"`)
		if strings.Contains(window, "week") || strings.Contains(window, "month") {
			window += pick("milestones", "", fmt.Sprintf(`,"milestones":[{"at":1,"gives":{"unit":"points","units":%d}},{"at":3,"gives":{"unit":"points","units":50}}]`, units()))
		}
		challenges = append(challenges, fmt.Sprintf(`{"challenge":"c-%d-%d","name":"C","count":"%s","target":%d,"from":"%s",%s%s,"gives":{"unit":"points","units":%d}}`,
			n, i, pick("count", "orders", "visits", "pieces"), rapid.IntRange(1, 3).Draw(rt, "target"), from, window, pick("times", "", `,"times":2`), units()))
	}
	tiers := pick("tiers", "", `,"tiers":{"by":"spend","window":"months","months":2,"levels":[{"tier":"a","name":"A","from":0},{"tier":"b","name":"B","from":900,"factor":1.3,"gift":{"unit":"points","units":11}},{"tier":"c","name":"C","from":2000,"factor":2.5}]}`)
	return fmt.Sprintf(`{"name":"P","units":[{"unit":"points"}],"rules":[%s],"challenges":[%s],"referral":{}%s}`, strings.Join(rules, ","), strings.Join(challenges, ","), tiers)
}

// Whatever a programme promises, and whatever a customer does, no piece of it gives more than was said, and all together do not.
func TestNothingGivesMoreThanTheMost(t *testing.T) {
	t.Parallel()
	eachClub(t, `{"name":"Nothing","units":[{"unit":"points"}],"rules":[]}`, func(t *testing.T, c *club) {
		t.Helper()
		n, began := 0, c.now()
		rapid.Check(t, func(rt *rapid.T) {
			n++
			c.us.Store(began.AddDate(0, 0, n).UnixMicro()) // each story begins anew, on a birthday of its own: the clock does not reach far beyond this century
			document := randomProgramme(rt, n, c.now().In(c.Business.Zone).Format(time.DateOnly))
			c.publish(document)
			s := &story{first: c.now()}
			s.who = c.born(fmt.Sprint("m", n))
			code := c.code(s.who)
			type sale struct {
				ref  string
				left int64
			}
			var sold []*sale
			for i := range rapid.IntRange(1, 16).Draw(rt, "steps") {
				switch rapid.IntRange(0, 9).Draw(rt, "act") {
				default: // some buy every week, or every month
					every := rapid.SampledFrom([]int{0, 0, 7, 31}).Draw(rt, "every")
					for j := range max(1, min(every, 1)*rapid.IntRange(1, 9).Draw(rt, "in a row")) {
						pieces, each := rapid.Int64Range(1, 4).Draw(rt, "pieces"), rapid.Int64Range(20, 1500).Draw(rt, "price")
						one := &sale{ref: fmt.Sprint("m", n, "-", i, "-", j), left: pieces}
						sold = append(sold, one)
						s.paid, s.pieces, s.sales = s.paid+pieces*each, s.pieces+pieces, s.sales+1
						c.buys(fmt.Sprint("m", n), one.ref, nil, line("espresso", rapid.SampledFrom([]string{"coffee", "food"}).Draw(rt, "category"), float64(pieces), pieces*each))
						c.pass(time.Duration(every) * 24 * time.Hour)
					}
				case 0:
					if len(sold) == 0 || sold[len(sold)-1].left < 1 {
						continue
					}
					one := sold[len(sold)-1]
					one.left--
					s.backs++
					c.returns(one.ref+"/"+strconv.Itoa(i), one.ref, order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 20})
				case 1:
					c.joins(t, s.who)
				case 2:
					s.acts++
					if err := c.write(func(tx *db.Tx) error { return c.Programme().Did(tx, s.who, "review", strconv.Itoa(i)) }); err != nil {
						rt.Fatal(err)
					}
				case 3:
					name := fmt.Sprint("f", n, "-", i)
					if err := c.tie(c.someone(name), code); err != nil {
						rt.Fatal(err)
					}
					s.friends++
					c.buys(name, name, nil, line("cake", "food", 1, 500))
					c.due()
				case 4:
					c.pass(c.now().AddDate(1, 0, 0).Sub(c.now()))
					for range 2 {
						if err := errors.Join(c.Programme().Birthdays(t.Context(), c.d), c.Programme().Anniversaries(t.Context(), c.d)); err != nil {
							rt.Fatal(err)
						}
					}
				}
				if rapid.Bool().Draw(rt, "later") {
					c.pass(time.Duration(rapid.IntRange(1, 24*20).Draw(rt, "hours")) * time.Hour)
				}
			}
			s.last = c.now()
			s.years = int64(s.last.In(c.Business.Zone).Year() - s.first.In(c.Business.Zone).Year() + 1)
			c.noMore(rt, document, s)
		})
	})
}

// born is a customer whose birthday is today.
func (c *club) born(name string) (number int64) {
	c.t.Helper()
	today := c.now().In(c.Business.Zone)
	if err := c.write(func(tx *db.Tx) error {
		out, err := c.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: name}},
			Profile: customer.Profile{Birthday: customer.Birthday{Month: int(today.Month()), Day: today.Day()}}})
		number = out.Customer
		return errors.Join(err, out.Err)
	}); err != nil {
		c.t.Fatal(err)
	}
	return number
}

// noMore compares what the rules gave with what was said.
func (c *club) noMore(rt *rapid.T, document string, s *story) {
	d, err := programme.Parse([]byte(document))
	if err != nil {
		rt.Fatal(err)
	}
	lint := replay.Check(d, nil, &replay.Options{Digits: 2}, s.first)
	bound, all := map[string]int64{}, int64(0)
	for i := range lint.Worst.Lines {
		m := &lint.Worst.Lines[i]
		name, kept := "tier", false
		if at := -1; strings.HasPrefix(m.Where, "rules[") {
			if _, err := fmt.Sscanf(m.Where, "rules[%d]", &at); err != nil {
				rt.Fatal(err)
			}
			name, kept = d.Rules[at].Rule, d.Rules[at].Effect.Rate != nil && d.Rules[at].Effect.Rate.KeepRemainder
		} else if strings.HasPrefix(m.Where, "challenges[") {
			if _, err := fmt.Sscanf(m.Where, "challenges[%d]", &at); err != nil {
				rt.Fatal(err)
			}
			name = d.Challenges[at].Challenge
		}
		most := s.most(m, kept)
		bound[name] += most
		all += most
	}
	var gave map[string]int64
	var issued int64
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) {
		if gave, err = tx.Numbers("SELECT rule, sum(units) FROM programme_awards WHERE customer_id = $1 GROUP BY rule", s.who); err != nil {
			return err
		}
		issued, err = points.IssuedSince(tx, []int64{s.who}, "points", time.Time{})
		return err
	}); err != nil {
		rt.Fatal(err)
	}
	for rule, units := range gave {
		if units > bound[rule] {
			rt.Errorf("%s gave %d units, and %d were said to be the most: %s", rule, units, bound[rule], document)
		}
		issued -= units
	}
	if issued > bound["tier"] {
		rt.Errorf("tiers gave %d units, and %d were said to be the most: %s", issued, bound["tier"], document)
	}
	total := issued
	for _, units := range gave {
		total += units
	}
	if total > all {
		rt.Errorf("%d units were given, and %d were said to be the most: %s", total, all, document)
	}
}
