package console

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/programme/starter"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
)

// proposal is the page on which a first programme is chosen.
func (v *visit) showNewProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(account.Actor) error {
		q := v.r.URL.Query()
		kind, goal := starter.Kind(q.Get("kind")), starter.Goal(q.Get("goal"))
		if !slices.Contains(starter.Kinds(), kind) || !slices.Contains(starter.Goals(), goal) {
			return v.chooseStarter()
		}
		b, err := v.business()
		if err != nil {
			return err
		}
		c := starter.Suggest(kind, goal, v.usualOrder(), b.Digits())
		c.Name = b.Name
		return v.shapeStarter(&c, b, nil)
	})
}

// usualOrder is what an order usually comes to, as the picture was last drawn; 0: nobody knows.
func (v *visit) usualOrder() int64 {
	last := v.picture.latest(v.ctx)
	if last.Picture == nil {
		return 0
	}
	for i := range last.Measures {
		if m := &last.Measures[i]; m.Key == "average_order_value" && m.Value != nil {
			return int64(math.Round(*m.Value))
		}
	}
	return 0
}

// starters is the choice of what kind of business it is, and what the programme is for.
type starters struct {
	Kinds, Goals []kindChoice
	Hidden       []hidden // of the form that begins with nothing
}

type kindChoice struct {
	Value, Name, Says string
	Chosen            bool
}

func (v *visit) chooseStarter() error {
	s := starters{Hidden: keyed()}
	for i, k := range starter.Kinds() {
		s.Kinds = append(s.Kinds, kindChoice{string(k), v.l.T("programmes.kind." + string(k)), v.l.T("programmes.kind." + string(k) + ".says"), i == 0})
	}
	for i, g := range starter.Goals() {
		s.Goals = append(s.Goals, kindChoice{string(g), v.l.T("programmes.goal." + string(g)),
			v.l.T("programmes.goal.measure", v.l.T("measure."+g.Measure()+".name")), i == 0})
	}
	return v.show(http.StatusOK, "starters", sheet{Title: v.l.T("programmes.new"), Lead: v.l.T("programmes.new.says"), Content: s})
}

// shapeStarter is the form on which what was proposed is made one's own.
func (v *visit) shapeStarter(c *starter.Choices, b business.Business, wrong error) error {
	number := func(name, help string, value int64) field {
		return field{Name: name, Label: v.l.T("programmes.field." + name), Help: help, Value: strconv.FormatInt(value, 10), Mode: "numeric"}
	}
	amount := func(name, help string, minor int64) field {
		return field{Name: name, Label: v.l.T("programmes.field."+name, b.Currency), Help: help, Value: plainAmount(minor, b.Digits()), Mode: "decimal"}
	}
	earn := []field{
		{Name: "name", Label: v.l.T("programmes.field.name"), Value: c.Name},
		{Name: "back", Label: v.l.T("programmes.field.back"), Help: v.l.T("programmes.field.back.help", v.l.Money(int64(math.Pow10(b.Digits())), b.Currency)), Value: strconv.FormatFloat(c.Back, 'f', -1, 64), Mode: "decimal"},
		number("months", v.l.T("programmes.field.months.help"), int64(c.Months)),
		amount("off", v.l.T("programmes.field.off.help"), c.Off),
	}
	serve := []field{number("extra", v.l.T("programmes.field.extra."+string(c.Goal)), c.Extra)}
	switch c.Goal {
	case starter.Visits:
		serve = append(serve, number("month", v.l.T("programmes.field.month.help"), c.Month))
	case starter.Baskets:
		serve = append(serve, amount("basket", v.l.T("programmes.field.basket.help"), c.Basket))
	case starter.Newcomers:
		serve = append(serve, amount("least", v.l.T("programmes.field.least.help"), c.Least))
	case starter.WinBack:
		serve = append(serve, number("away", "", int64(c.Away)))
	}
	goods, err := v.goodsSold()
	if err != nil {
		return err
	}
	card := []field{number("card", v.l.T("programmes.field.card.help"), c.Card), {Name: "of", Label: v.l.T("programmes.field.of"), Help: v.l.T("programmes.field.of.help"), Value: cmp.Or(c.Called, c.Of), List: goods, Complete: "off", Optional: true}}
	more := []field{amount("second", v.l.T("programmes.field.second.help"), c.Second), amount("third", "", c.Third), number("birthday", "", c.Birthday), number("anniversary", "", c.Anniversary)}
	goal, tells := v.l.T("programmes.goal."+string(c.Goal)), v.l.T("measure."+c.Goal.Measure()+".name")
	says := v.l.T("programmes.shape.says", goal, tells)
	if v.usualOrder() <= 0 {
		says = v.l.T("programmes.shape.unknown", goal, tells, v.l.Money(c.Kind.Usual(b.Digits()), b.Currency))
	}
	return v.ask(v.l.T("programmes.new"), says,
		form{Hidden: keyed(), Action: "/programme/new?kind=" + string(c.Kind) + "&goal=" + string(c.Goal), Button: v.l.T("programmes.shape.button"), Link: v.l.T("programmes.other"), To: "/programme/new", Groups: []group{
			{Legend: v.l.T("programmes.group.earn"), Fields: earn}, {Legend: v.l.T("programmes.goal." + string(c.Goal)), Fields: serve},
			{Legend: v.l.T("programmes.group.card"), Fields: card}, {Legend: v.l.T("programmes.group.more"), Fields: more},
		}}, wrong)
}

// goodsSold are the categories, and then the products, that a card may be for.
func (v *visit) goodsSold() (names []string, err error) {
	err = v.read(func(tx *db.Tx) error {
		places, err := catalogue.Categories(tx, "", choicesMost)
		if err != nil {
			return err
		}
		products, err := catalogue.List(tx, "", "", choicesMost)
		names = nil
		for i := range places {
			names = append(names, places[i].Name)
		}
		for i := range products {
			if name := cmp.Or(products[i].Name, products[i].Reference); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return err
	})
	return names, err
}

// cardGoods finds in what was sold what a card is for, in whatever capitals it was typed: a card for something that is called
// otherwise in the orders would never be stamped. Where nothing was sold yet, it is taken as it was typed.
func (v *visit) cardGoods(c *starter.Choices) error {
	typed := strings.TrimSpace(c.Of)
	if c.Card == 0 || typed == "" {
		return nil
	}
	return v.read(func(tx *db.Tx) error {
		places, err := catalogue.Categories(tx, "", choicesMost)
		if err != nil {
			return err
		}
		var all kinds
		for i := range places {
			all = append(all, places[i].Name)
		}
		if category, ok := all.spelled(typed); ok {
			c.Of = category
			return nil
		}
		reference, name, err := productOf(tx, typed)
		if err != nil {
			return err
		}
		products, err := catalogue.List(tx, "", "", choicesMost)
		if err != nil {
			return err
		}
		_, err = catalogue.Load(tx, reference)
		switch {
		case err == nil:
			c.Of, c.Called = reference, cmp.Or(name, reference)
		case fault.KindOf(err) != fault.NotFound:
			return err
		case len(places)+len(products) > 0 && len(places) < choicesMost && len(products) < choicesMost: // all there are
			return fault.In("of", fault.Coded("no_goods", fault.Invalidf("nothing that was sold is called %.60q", typed)))
		}
		return nil
	})
}

// plainAmount is an amount as one types it.
func plainAmount(minor int64, digits int) string {
	return strconv.FormatFloat(float64(minor)/math.Pow10(digits), 'f', digits, 64)
}

// typedNumber reads a number that was typed, with a comma or a point.
func (v *visit) typedNumber(name string) (float64, error) {
	text := strings.ReplaceAll(strings.TrimSpace(v.typed(name)), ",", ".")
	if text == "" {
		return 0, required(name)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, fault.In(name, fault.Coded(noNumber, fault.Invalidf("%.60q is no number", v.typed(name))))
	}
	return n, nil
}

func (v *visit) newProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		q := v.r.URL.Query()
		c := starter.Choices{Kind: starter.Kind(q.Get("kind")), Goal: starter.Goal(q.Get("goal")), Name: v.typed("name"), Of: v.typed("of"), Basket: 1, Away: 1}
		if !slices.Contains(starter.Kinds(), c.Kind) || !slices.Contains(starter.Goals(), c.Goal) {
			return v.chooseStarter()
		}
		b, err := v.business()
		if err != nil {
			return err
		}
		c.From = starter.Begins(time.Now().In(zoneOf(b)))
		if err := v.chosenShape(&c, b.Digits()); err != nil {
			return v.shapeStarter(&c, b, err)
		}
		if err := v.cardGoods(&c); err != nil {
			return v.shapeStarter(&c, b, err)
		}
		d, err := c.Document(v.l, b.Currency, b.Digits())
		if err != nil {
			return v.shapeStarter(&c, b, err)
		}
		text, err := typeset(d)
		if err != nil {
			return err
		}
		return v.once(by, func() error { return v.draft(by, b, text, v.l.T("programmes.goal."+string(c.Goal))) })
	})
}

// chosenShape reads what was typed on the form.
func (v *visit) chosenShape(c *starter.Choices, digits int) error {
	const whole, minor, either = 1, 2, 3
	for _, one := range []struct {
		name string
		kind int
		to   func(n float64)
	}{
		{"back", either, func(n float64) { c.Back = n }},
		{"months", whole, func(n float64) { c.Months = int(n) }},
		{"off", minor, func(n float64) { c.Off = int64(n) }},
		{"extra", whole, func(n float64) { c.Extra = int64(n) }},
		{"basket", minor, func(n float64) { c.Basket = int64(n) }},
		{"least", minor, func(n float64) { c.Least = int64(n) }},
		{"month", whole, func(n float64) { c.Month = int64(n) }},
		{"away", whole, func(n float64) { c.Away = int(n) }},
		{"card", whole, func(n float64) { c.Card = int64(n) }},
		{"second", minor, func(n float64) { c.Second = int64(n) }},
		{"third", minor, func(n float64) { c.Third = int64(n) }},
		{"birthday", whole, func(n float64) { c.Birthday = int64(n) }},
		{"anniversary", whole, func(n float64) { c.Anniversary = int64(n) }},
	} {
		if !v.r.PostForm.Has(one.name) {
			continue // the form of this goal has none
		}
		var n float64
		var units int64
		var err error
		switch one.kind {
		case minor:
			units, err = moneyIn(one.name, v.typed(one.name), digits)
			n = float64(units)
		case whole:
			units, err = v.typedCount(one.name)
			n = float64(units)
		default:
			n, err = v.typedNumber(one.name)
		}
		if err != nil {
			return err
		}
		const most = 1e12
		n = min(max(n, -most), most)
		one.to(n)
	}
	return nil
}
