package console

import (
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/holiday"
)

// gives is what a rule can give, by the names of their forms; for actions it is units alone.
var gives = []string{"rate", "fixed", "each", "card", "card_units", "times", "percent", "off", "gift", "free_delivery", "entries"}

const steps = "steps" // a ladder of discounts, which is kept and has no form

// giveOf is the form of what a rule gives.
func giveOf(e *programme.Effect) string {
	switch {
	case e.Rate != nil:
		return "rate"
	case e.Each != nil:
		return "each"
	case e.Times != nil:
		return "times"
	case e.Card != nil && e.Card.Unit != "":
		return "card_units"
	case e.Card != nil:
		return "card"
	case e.Discount != nil && len(e.Discount.Steps) > 0:
		return steps
	case e.Discount != nil && e.Discount.Percent > 0:
		return "percent"
	case e.Discount != nil:
		return "off"
	case e.Gift != nil:
		return "gift"
	case e.FreeDelivery != nil:
		return "free_delivery"
	case e.Entries != nil:
		return "entries"
	}
	return "fixed"
}

// ruleChoices is what a new rule can be, or what another rule may give instead.
type ruleChoices struct {
	Orders, Others []way
	Back           string
}

type way struct{ To, Name, Says string }

func (v *visit) showRuleChoices() error {
	return v.allowed(account.ProgrammeWrite, func(account.Actor) error {
		var e *edit
		if err := v.read(func(tx *db.Tx) (err error) { e, err = v.draftOf(tx); return err }); err != nil {
			return err
		}
		to := func(on, give string) string {
			q := url.Values{"on": {on}, "give": {give}}
			if e.name != "" {
				q.Set("name", e.name)
			}
			return e.at("rule", q.Encode())
		}
		c := ruleChoices{Back: e.page()}
		for _, give := range gives {
			c.Orders = append(c.Orders, way{to(programme.OnOrder, give), v.l.T("rules.give." + give), v.l.T("rules.give." + give + ".says")})
		}
		if e.name == "" {
			for _, on := range programme.Actions() {
				c.Others = append(c.Others, way{to(on, "fixed"), v.l.T("rules.on." + on), ""})
			}
		}
		return v.show(http.StatusOK, "gives", sheet{Title: v.l.T("rules.choose"), Lead: v.l.T("rules.choose.says"), Content: c})
	})
}

// shownRule is a rule as its form has it: as it is, or as a new one begins.
func (v *visit) shownRule(e *edit) (r programme.Rule, give string, err error) {
	q := v.r.URL.Query()
	if there := e.rule(); there != nil {
		r, give = *there, giveOf(&there.Effect)
	} else if on := q.Get("on"); on != programme.OnOrder {
		r.On = on
	}
	if other := q.Get("give"); other != "" && other != give {
		if give, r.Effect = other, (programme.Effect{}); give == steps { // which there is no form for
			give = ""
		}
	}
	if r.On != "" && r.On != programme.OnOrder && (!slices.Contains(programme.Actions(), r.On) || give != "fixed" && give != "entries") || give != steps && !slices.Contains(gives, give) {
		return r, give, fault.Coded("no_page", fault.NotFoundf("no rule gives that"))
	}
	return r, give, nil
}

func (v *visit) ruleForm(e *edit) (title string, f form, err error) {
	r, give, err := v.shownRule(e)
	if err != nil {
		return "", f, err
	}
	title = v.l.T("rules.give." + give)
	if r.On != "" && r.On != programme.OnOrder {
		title = v.l.T("rules.on." + r.On)
	} else {
		f.Beside, f.BesideTo = v.l.T("rules.give.other"), e.at("rules", url.Values{"name": {e.name}}.Encode())
	}
	first := []field{{Name: "name", Label: v.l.T("rules.name"), Help: v.l.T("rules.name.help"), Value: r.Name, Most: 200}}
	if r.On == programme.OnHoliday {
		kept, err := v.holidayField(&r)
		if err != nil {
			return "", f, err
		}
		first = append(first, kept)
	}
	f.Groups = []group{{Fields: append(first, v.effectFields(e, &r.Effect, give)...)}}
	action := r.On != "" && r.On != programme.OnOrder
	asked, err := v.askedFields(e, &r, func(p *programme.Phrase) bool { return !action || !p.Order })
	if err != nil {
		return "", f, err
	}
	f.Groups = append(f.Groups, asked...)
	f.Groups = append(f.Groups, v.timeGroup(&r), v.limitGroup(&r, give), v.ownGroup(&r))
	return title, f, nil
}

// holidayField is for which holidays of the calendar a rule is; one that is not in it any more stays to be chosen.
func (v *visit) holidayField(r *programme.Rule) (field, error) {
	f := field{Name: "holidays", Label: v.l.T("rules.holidays"), Help: v.l.T("rules.holidays.help"), Type: ticksType, Open: true}
	err := v.read(func(tx *db.Tx) error {
		f.Choices = nil
		calendar, err := holiday.Load(tx)
		keys := slices.Clone(r.Holidays)
		for _, d := range calendar.Ahead(tx.Now) {
			keys = append(keys, d.Holiday)
		}
		for i, key := range keys {
			if !slices.Contains(keys[:i], key) {
				f.Choices = append(f.Choices, choice{key, calendar.Name(v.l, key), slices.Contains(r.Holidays, key)})
			}
		}
		return err
	})
	return f, err
}

// unitChoices are the units of the programme, and those that there are words for.
func (v *visit) unitChoices(e *edit, value string) (all []choice, chosen string) {
	var codes []string
	for i := range e.d.Units {
		codes = append(codes, e.d.Units[i].Unit)
	}
	for _, code := range []string{"points", "stamps"} {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, code := range codes {
		all = append(all, choice{Value: code, Name: points.UnitName(v.l, code)})
	}
	if value == "" {
		value = codes[0]
	}
	return all, value
}

func written(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func writtenFloat(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

func ticked(yes bool) string {
	if yes {
		return yesValue
	}
	return ""
}

const yesValue = "yes"

func (v *visit) numberField(name, help string, value int64, optional bool) field {
	return field{Name: name, Label: v.l.T("rules." + name), Help: help, Value: written(value), Mode: "numeric", Optional: optional}
}

func (v *visit) moneyField(e *edit, name, help string, minor int64, optional bool) field {
	f := field{Name: name, Label: v.l.T("rules."+name, e.b.Currency), Help: help, Mode: "decimal", Optional: optional}
	if minor != 0 {
		f.Value = plainAmount(minor, e.b.Digits())
	}
	return f
}

// effectFields are those for what a rule gives.
func (v *visit) effectFields(e *edit, x *programme.Effect, give string) []field {
	amount := func(unit string, n int64) []field {
		choices, unit := v.unitChoices(e, unit)
		return []field{v.numberField("units", "", max(n, 1), false), {Name: "unit", Label: v.l.T("rules.unit"), Type: "select", Choices: choices, Value: unit}}
	}
	switch give {
	case "rate":
		r := programme.Rate{Minor: int64(math.Pow10(e.b.Digits()))}
		if x.Rate != nil {
			r = *x.Rate
		}
		return append(amount(r.Unit, r.Units), v.moneyField(e, "per", "", r.Minor, false),
			field{Name: "keep", Label: v.l.T("rules.keep"), Type: "tick", Value: ticked(r.KeepRemainder), Optional: true})
	case "fixed":
		r := programme.Fixed{}
		if x.Fixed != nil {
			r = *x.Fixed
		}
		return amount(r.Unit, r.Units)
	case "each":
		r := programme.Each{Unit: "stamps"}
		if x.Each != nil {
			r = *x.Each
		}
		return amount(r.Unit, r.Units)
	case "card", "card_units":
		return v.cardFields(e, x.Card, give)
	case "times":
		r := programme.Times{Factor: 2}
		if x.Times != nil {
			r = *x.Times
		}
		choices, unit := v.unitChoices(e, r.Unit)
		return []field{{Name: "factor", Label: v.l.T("rules.factor"), Help: v.l.T("rules.factor.help"), Value: writtenFloat(r.Factor), Mode: "decimal"},
			{Name: "unit", Label: v.l.T("rules.unit"), Type: "select", Choices: choices, Value: unit}}
	case "percent", "off":
		r := programme.Discount{}
		if x.Discount != nil {
			r = *x.Discount
		}
		if give == "off" {
			return []field{v.moneyField(e, "off", "", r.AmountMinor, false)}
		}
		return []field{{Name: "percent", Label: v.l.T("rules.percent"), Value: writtenFloat(r.Percent), Mode: "decimal"}}
	case "gift":
		r := programme.Gift{}
		if x.Gift != nil {
			r = *x.Gift
		}
		return []field{{Name: "gift", Label: v.l.T("rules.gift"), Value: r.Text, Most: 200, Optional: r.Product != ""},
			{Name: "gift_product", Label: v.l.T("rules.gift_product"), Value: r.Product, Most: 200, Optional: true}}
	case "entries":
		r := programme.Entries{Entries: 1}
		if x.Entries != nil {
			r = *x.Entries
		}
		return []field{v.numberField("entries", "", r.Entries, false),
			{Name: "draw", Label: v.l.T("rules.draw"), Help: v.l.T("rules.draw.help"), Value: r.Draw, Most: 60}}
	}
	return nil
}

func (v *visit) cardFields(e *edit, c *programme.Card, give string) []field {
	card := programme.Card{Every: 10, Free: "last"}
	if c != nil {
		card = *c
	}
	fields := []field{v.numberField("every", "", card.Every, false)}
	if give == "card" {
		return append(fields, field{Name: "free", Label: v.l.T("rules.free"), Type: "select", Value: card.Free, Choices: []choice{
			{Value: "last", Name: v.l.T("rules.free.last")}, {Value: "after", Name: v.l.T("rules.free.after")}}})
	}
	choices, unit := v.unitChoices(e, card.Unit)
	return append(fields, v.numberField("units", "", max(card.Units, 1), false), field{Name: "unit", Label: v.l.T("rules.unit"), Type: "select", Choices: choices, Value: unit})
}

// Into which groups of the form the phrases of conditions go.
var phraseGroups = []struct {
	key     string
	phrases []string
}{
	{"goods", []string{"favourite", "category", "product", "paid"}},
	{"order", []string{"amount", "items", "first", "store", "channel"}},
	{"customer", []string{"member", "joined", "tier", "segment", "orders", "spend", "away", "most_of", "friends"}},
}

// askedFields are the conditions that there are phrases for: those that may be asked for, and those that are.
func (v *visit) askedFields(e *edit, r *programme.Rule, may func(*programme.Phrase) bool) (all []group, err error) {
	order, lines, err := askedOf(r)
	if err != nil {
		return nil, err
	}
	filled := map[string][]string{}
	maps.Copy(filled, order.Filled)
	maps.Copy(filled, lines.Filled)
	kinds := map[string]programme.Phrase{}
	for _, p := range programme.Phrases() {
		kinds[p.Name] = p
	}
	for _, g := range phraseGroups {
		out := group{Legend: v.l.T("rules.group." + g.key), Folded: true}
		for _, name := range g.phrases {
			p := kinds[name]
			if !may(&p) && len(filled[name]) == 0 {
				continue
			}
			f, err := v.phraseField(e, &p, filled[name])
			if err != nil {
				return nil, err
			}
			out.Fields = append(out.Fields, f)
		}
		if len(out.Fields) > 0 {
			all = append(all, out)
		}
	}
	return all, nil
}

// askedOf is what the conditions of a rule ask for, of orders and customers, and of lines.
func askedOf(r *programme.Rule) (order, lines programme.Asked, err error) {
	if order, err = programme.Ask(r.If, false); err == nil {
		lines, err = programme.Ask(r.Lines, true)
	}
	return order, lines, err
}

const mostTicks = 30 // more names than that are typed

// phraseField is the field of a phrase.
func (v *visit) phraseField(e *edit, p *programme.Phrase, filled []string) (f field, err error) {
	f = field{Name: "if_" + p.Name, Label: v.l.T("rules.if."+p.Name, e.b.Currency), Optional: true}
	switch p.Kind {
	case programme.PhraseFlag:
		f.Type, f.Value = "tick", ticked(len(filled) > 0)
		return f, nil
	case programme.PhraseWhole, programme.PhraseAmount:
		f.Mode, f.Value = "numeric", strings.Join(filled, "")
		if p.Kind == programme.PhraseAmount {
			f.Mode = "decimal"
		}
		return f, nil
	}
	known, err := v.namesFor(e, p.Name)
	if err != nil {
		return f, err
	}
	if p.Name == "product" || len(known) == 0 && p.Kind == programme.PhraseTexts || len(known) > mostTicks {
		f.Type, f.Help, f.Value = "textarea", v.l.T("rules.if.lines"), strings.Join(filled, "\n")
		return f, nil
	}
	for _, name := range filled {
		if !slices.ContainsFunc(known, func(c choice) bool { return c.Value == name }) {
			known = append(known, choice{Value: name, Name: name})
		}
	}
	f.Type = ticksType
	for _, c := range known {
		c.Chosen = slices.Contains(filled, c.Value)
		f.Choices = append(f.Choices, c)
	}
	return f, nil
}

// namesFor are the names that can be chosen from for a phrase.
func (v *visit) namesFor(e *edit, phrase string) (all []choice, err error) {
	var places []catalogue.Place
	switch phrase {
	case "tier":
		all = e.tierChoices()
	case "segment":
		all = v.segmentChoices()
	case "store":
		places, err = catalogue.Stores(e.tx, "", mostTicks+1)
	case "channel":
		places, err = catalogue.Channels(e.tx, "", mostTicks+1)
	case "category", "most_of":
		places, err = catalogue.Categories(e.tx, "", mostTicks+1)
	}
	for _, p := range places {
		c := choice{Value: p.Reference, Name: p.Name}
		if c.Name == "" {
			c.Name = p.Reference
		}
		all = append(all, c)
	}
	return all, err
}

func (e *edit) tierChoices() (all []choice) {
	for _, l := range e.levels() {
		all = append(all, choice{Value: l.Tier, Name: l.Name})
	}
	return all
}

func (v *visit) segmentChoices() (all []choice) {
	for _, s := range metric.Segments() {
		all = append(all, choice{Value: s, Name: v.l.T("segment." + s + ".name")})
	}
	return all
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func (v *visit) timeGroup(r *programme.Rule) group {
	opens, closes, _ := strings.Cut(r.Hours, "-")
	days := field{Name: "days", Label: v.l.T("rules.days"), Type: ticksType, Optional: true}
	for _, d := range weekdays {
		days.Choices = append(days.Choices, choice{d, v.l.T("terms.day." + d), slices.Contains(r.Days, d)})
	}
	return group{Legend: v.l.T("rules.group.time"), Folded: true, Fields: []field{days,
		{Name: "opens", Label: v.l.T("rules.opens"), Type: "time", Value: opens, Optional: true}, {Name: "closes", Label: v.l.T("rules.closes"), Type: "time", Value: closes, Optional: true},
		{Name: "from", Label: v.l.T("rules.from"), Type: "date", Value: r.From, Optional: true}, {Name: "until", Label: v.l.T("rules.until"), Type: "date", Value: r.Until, Optional: true}}}
}

func (v *visit) periodField(value reward.Period) field {
	f := field{Name: "period", Label: v.l.T("rules.period"), Type: "select", Value: string(value)}
	for _, p := range []reward.Period{reward.Ever, reward.PerDay, reward.PerWeek, reward.PerMonth, reward.PerYear} {
		key := string(p)
		if p == reward.Ever {
			key = "ever"
		}
		f.Choices = append(f.Choices, choice{Value: string(p), Name: v.l.T("rules.period." + key)})
	}
	return f
}

// unitGives are those of what rules give that are units.
var unitGives = []string{"rate", "fixed", "each", "card_units"}

func (v *visit) limitGroup(r *programme.Rule, give string) group {
	limit := programme.Limit{}
	if r.Limit != nil {
		limit = *r.Limit
	}
	g := group{Legend: v.l.T("rules.group.limits"), Folded: true, Fields: []field{v.numberField("times", "", limit.Times, true)}}
	if slices.Contains(unitGives, give) {
		g.Fields = append(g.Fields, v.numberField("most", "", limit.Units, true))
	}
	g.Fields = append(g.Fields, v.periodField(limit.Period))
	if slices.Contains(unitGives, give) {
		g.Fields = append(g.Fields, v.numberField("budget", v.l.T("rules.budget.help"), r.Budget, true))
	}
	return g
}

// ownGroup is what one must know CEL for, and what is seldom wanted.
func (v *visit) ownGroup(r *programme.Rule) group {
	orders := r.On == "" || r.On == programme.OnOrder
	g := group{Legend: v.l.T("rules.group.own"), Folded: true, Fields: v.ownFields(r, orders, programme.Fields())}
	if orders {
		include := field{Name: "include", Label: v.l.T("rules.include"), Type: ticksType, Optional: true}
		for _, what := range []string{"tax", "shipping", "paid_with_units"} {
			include.Choices = append(include.Choices, choice{what, v.l.T("rules.include." + what), slices.Contains(r.Include, what)})
		}
		g.Fields = append(g.Fields, include)
	}
	g.Fields = append(g.Fields, field{Name: "group", Label: v.l.T("rules.group"), Help: v.l.T("rules.group.help"), Value: r.Group, Most: 60, Optional: true},
		field{Name: "priority", Label: v.l.T("rules.priority"), Value: written(int64(r.Priority)), Mode: "numeric", Optional: true})
	return g
}

// ownFields are those for conditions that there are no phrases for, which may speak of some things.
func (v *visit) ownFields(r *programme.Rule, lines bool, of []string) []field {
	order, line, err := askedOf(r)
	if err != nil { // what is kept can be understood
		order.Own, line.Own = r.If, r.Lines
	}
	all := []field{{Name: "own", Label: v.l.T("rules.own", "CEL"), Help: v.l.T("rules.own.help", strings.Join(of, ", ")), Type: "textarea", Value: order.Own, Optional: true}}
	if lines {
		all = append(all, field{Name: "own_lines", Label: v.l.T("rules.own_lines", "CEL"), Type: "textarea", Value: line.Own, Optional: true})
	}
	return all
}
