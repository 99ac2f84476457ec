package console

import (
	"cmp"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/forecast"
	"regulars/internal/understand/recommend"
)

// nexts is the page of what to do next.
type nexts struct {
	At      string
	Sums    []sumOf
	Chosen  string // the kind that is listed; empty: all
	Table   template.HTML
	More    string
	None    bool
	Kinds   []choice
	Goods   goods
	Address string // of the file
}

// goods is what products to suggest are chosen by: nothing where there is nothing to choose by.
type goods struct {
	Categories, Margins []choice
	category            string
	least               float64
}

// Any is whether products can be chosen at all.
func (g goods) Any() bool { return len(g.Categories)+len(g.Margins) > 0 }

// Chosen is whether some were.
func (g goods) Chosen() bool { return g.category != "" || g.least > 0 }

// goods reads what the address says of the products, and what can be chosen: a category, with theirs the one that a customer
// buys most often, and a least margin in tenths where costs are known.
func (v *visit) goods(tx *db.Tx, theirs bool) (g goods, err error) {
	q := v.r.URL.Query()
	const most, tenths = 300, 10
	all, err := catalogue.Categories(tx, "", most)
	if err != nil {
		return g, err
	}
	costed, err := catalogue.Costed(tx)
	if err != nil {
		return g, err
	}
	add := func(value, name string) {
		chosen := value == q.Get("category")
		if chosen {
			g.category = value
		}
		g.Categories = append(g.Categories, choice{value, name, chosen})
	}
	if len(all) > 0 {
		add("", v.l.T("forecast.any"))
		if theirs {
			add(recommend.Favourite, v.l.T("forecast.goods.favourite"))
		}
	}
	for _, c := range all {
		add(c.Reference, c.Name)
	}
	for i := 0; costed && i < tenths; i++ {
		value, name := "", v.l.T("forecast.any")
		if i > 0 {
			value, name = strconv.Itoa(tenths*i), v.l.T("forecast.goods.from", v.l.Percent(float64(tenths*i), 0))
		}
		chosen := value == q.Get("margin")
		if chosen {
			g.least = float64(i) / tenths
		}
		g.Margins = append(g.Margins, choice{value, name, chosen})
	}
	return g, nil
}

// which is what of what to do next the address asks for.
func (v *visit) which(tx *db.Tx, digits int) (which forecast.Which, g goods, err error) {
	if g, err = v.goods(tx, false); err != nil {
		return which, g, err
	}
	which = forecast.Which{Kind: advice.Kind(v.r.URL.Query().Get("action")), Category: g.category, LeastMargin: g.least, Digits: digits}
	if !slices.Contains(advice.Kinds(), which.Kind) {
		which.Kind = ""
	}
	return which, g, nil
}

// sumOf is a kind of action: how many customers, and what is expected of all of them.
type sumOf struct{ Name, Do, Basis, Customers, Gain, Interval string }

func (v *visit) showNext() error {
	return v.allowed(account.PersonalRead, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		further, fit, after := v.place()
		var f *forecast.Fit
		var list []forecast.Next
		var sums []forecast.Sum
		var which forecast.Which
		var of goods
		err = v.read(func(tx *db.Tx) (err error) {
			if which, of, err = v.which(tx, b.Digits()); err != nil {
				return err
			}
			if f, err = v.fitOf(tx, further, fit); err != nil {
				return err
			}
			if sums, err = forecast.Sums(tx, f); err != nil {
				return err
			}
			list, err = forecast.Actions(tx, f, which, after, perPage+1)
			return err
		})
		if f := fault.KindOf(err); fit == 0 && (f == fault.NotFound || f == fault.Conflict) { // nothing is foretold yet, or there is too little
			return v.message(http.StatusOK, v.l.T("forecast.next.title"), message{Text: []string{v.say(err)}, Link: v.l.T("nav.predictions"), To: "/predictions"})
		}
		if err != nil {
			return err
		}
		card, err := f.Page(b.Currency)
		if err != nil {
			return err
		}
		t := teller{v, b, by, card.Money != nil}
		shown := nexts{At: v.l.T("forecast.at", v.l.Date(f.Fitted.In(zoneOf(b))), v.l.Date(dayOf(f.AsOf))), Chosen: string(which.Kind), None: len(list) == 0, Goods: of,
			Address: "/next/actions.csv?" + v.r.URL.RawQuery}
		shown.Kinds = append(shown.Kinds, choice{"", v.l.T("forecast.any"), which.Kind == ""})
		for _, s := range sums {
			shown.Kinds = append(shown.Kinds, choice{string(s.Kind), forecast.Name(v.l, s.Kind), s.Kind == which.Kind})
			shown.Sums = append(shown.Sums, sumOf{Name: forecast.Name(v.l, s.Kind), Do: forecast.Do(v.l, s.Kind), Basis: s.BasisWords(v.l), Customers: v.l.T("predict.col.customers") + ": " + v.l.Integer(s.Customers),
				Gain: t.short(s.Gain), Interval: v.l.T("interval.range", t.short(s.Low), t.short(s.High))})
		}
		if len(list) > perPage {
			list = list[:perPage]
			last := &list[perPage-1]
			q := v.r.URL.Query()
			q.Set("fit", strconv.FormatInt(f.ID, 10))
			q.Set("figure", strconv.FormatFloat(last.Gain.Value, 'g', -1, 64))
			q.Set("customer", strconv.FormatInt(last.Number, 10))
			shown.More = "?" + q.Encode()
		}
		if shown.Table, err = t.next(list); err != nil {
			return err
		}
		return v.show(http.StatusOK, "next", sheet{Title: v.l.T("forecast.next.title"), Lead: v.l.T("forecast.next.lead"), Content: shown})
	})
}

// amount is a gain: money, or purchases where no amounts are known.
func (t teller) amount(v float64) string {
	if t.paid {
		return t.money(v)
	}
	return t.l.Number(v, 2)
}

// short is amount for sums.
func (t teller) short(v float64) string {
	if t.paid {
		return t.l.MoneyShort(int64(math.Round(v*math.Pow10(t.b.Digits()))), t.b.Currency)
	}
	return t.l.Number(v, 1)
}

// next is the table of what to do.
func (t teller) next(list []forecast.Next) (template.HTML, error) {
	out := &page.Table{ID: "next", Caption: t.l.T("forecast.next.title"), Headed: true, Columns: []page.Column{page.WordColumn(t.l.T("predict.col.customer")),
		page.WordColumn(t.l.T("forecast.next.what")), page.WordColumn(t.l.T("forecast.next.why")), page.NumberColumn(t.l.T("forecast.next.size")), page.NumberColumn(t.l.T("forecast.next.gain"))}}
	for i := range list {
		n := &list[i]
		gain := page.NumberCell(t.amount(n.Gain.Value))
		gain.Sub = t.l.T("interval.range", t.amount(n.Gain.Low), t.amount(n.Gain.High))
		out.Add(t.who(&n.Scored), page.WordCell(forecast.Name(t.l, n.Kind)), page.WordCell(n.Reason(t.l)), page.NumberCell(t.amount(n.Size)), gain)
	}
	return t.written(out)
}

// exportNext gives all of it as a file. Who asked is in the trail.
func (v *visit) exportNext() error {
	return v.allowed(account.PersonalRead, func(by account.Actor) error {
		var f *forecast.Fit
		var b business.Business
		b, err := v.business()
		if err != nil {
			return err
		}
		var which forecast.Which
		err = v.read(func(tx *db.Tx) (err error) {
			if which, _, err = v.which(tx, b.Digits()); err != nil {
				return err
			}
			f, err = v.fitOf(tx, false, 0)
			return err
		})
		if err != nil {
			return err
		}
		err = v.write(func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: by, Action: "next_actions.exported", Target: "predictions", Count: f.Customers, Request: by.Request})
		})
		if err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		v.w.Header().Set("Content-Disposition", `attachment; filename="next-actions.csv"`)
		return forecast.WriteActions(v.ctx, v.Store, v.w, f, which, v.l, by.May(account.PersonalRead), b.Digits())
	})
}

// suggest adds what to suggest to a customer, of the products that were chosen.
func (v *visit) suggest(tx *db.Tx, fit int64, members []int64, digits int, say *ofOne) (err error) {
	const most = 3
	if say.Goods, err = v.goods(tx, true); err != nil {
		return err
	}
	lists, err := recommend.For(tx, fit, members, recommend.Wanted{Most: most, Category: say.Goods.category, LeastMargin: say.Goods.least, Digits: digits})
	if err != nil {
		return err
	}
	show := func(list []recommend.Suggested) (out []said) {
		for i := range list {
			s := &list[i]
			why := s.Reason(v.l)
			if next, known := s.Next(); known {
				why += " · " + v.l.T("forecast.goods.next", v.l.Date(dayOf(next)))
			}
			out = append(out, said{cmp.Or(s.Name, s.Reference), why})
		}
		return out
	}
	say.Again, say.New, say.Viewed, say.Favourite = show(lists.Again), show(lists.New), show(lists.Viewed), lists.Category
	return nil
}
