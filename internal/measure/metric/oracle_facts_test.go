package metric_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/fact"
)

// oracle answers what the engine answers, going over the facts with plain loops. It was written from the definitions of
// the measures, not from the engine's SQL.
type oracle struct {
	b           *business
	set         metric.Settings // with everything filled in
	first, last int64
	any         bool
	months      bool // whole calendar months were asked for

	everybody *scope
	groups    []string // largest first
	grouped   map[string]*scope
}

// scope is who and what is looked at: everybody, those that the conditions let through, or one group of them.
type scope struct {
	people  []*person // with an order or a return, by id
	answers []answer
	costs   []fact.Cost
}

type person struct {
	id      string
	orders  []order // by moment
	refunds []refund
}

type order struct {
	at, paid int64
	kinds    map[string]bool
}

type refund struct {
	at, amount int64
	repeat     bool // takes back an order that is not of the first purchase day
}

// answer has somebody to belong to: its customer, or an unknown one of its own.
type answer struct {
	*fact.Answer
	who string
}

func dayOf(local int64) int64 {
	d := local / oneDay
	if local%oneDay < 0 {
		d--
	}
	return d
}

// newOracle fills in the settings and sorts the facts.
func newOracle(b *business, set metric.Settings) *oracle {
	o := &oracle{b: b, set: set, grouped: map[string]*scope{}}
	saw := func(m fact.Moment) {
		if !o.any {
			o.first, o.last, o.any = m.Local, m.Local, true
		}
		o.first, o.last = min(o.first, m.Local), max(o.last, m.Local)
	}
	for s := range b.eachSale() {
		saw(s.Moment)
	}
	for _, a := range b.answers {
		saw(a.Moment)
	}
	for _, c := range b.costs {
		saw(c.Moment)
	}
	o.resolve()
	saleOK, answerOK := o.conditions()
	o.everybody = o.scopeOf(saleOK, answerOK)
	o.everybody.costs = b.costs
	if o.set.ActivityDays == 0 {
		o.set.ActivityDays = o.usualGap()
	}
	if o.set.SecondOrderDays == 0 {
		o.set.SecondOrderDays = o.set.ActivityDays
	}
	if set.By != "" {
		o.breakDown(saleOK, answerOK)
	}
	return o
}

func (o *oracle) resolve() {
	s := &o.set
	if s.AsOf == 0 && o.any {
		s.AsOf = (dayOf(o.last) + 1) * oneDay
	}
	s.To = min(cmp.Or(s.To, s.AsOf), s.AsOf) // a window into the future ends now
	o.months = s.From != 0
	s.From = cmp.Or(s.From, s.To-365*oneDay)
	from, to := wall(s.From), wall(s.To)
	o.months = o.months && s.From%oneDay == 0 && s.To%oneDay == 0 && from.Day() == 1 && to.Day() == 1
	s.TopShare = cmp.Or(s.TopShare, 0.2)
	s.RFM = cmp.Or(s.RFM, metric.RFMCuts)
	s.UnitMinor = cmp.Or(s.UnitMinor, 100)
	if s.Bands == (metric.Bands{}) {
		s.Bands = metric.Bands{Min: 0, Detractor: 6, Passive: 8, Max: 10}
	}
	if s.CSATScale == 0 {
		s.CSATScale = 5
		for _, a := range o.b.answers {
			if a.Kind == "csat" && a.Scored && (a.Score > 5 || a.Scale > 5) {
				s.CSATScale = 10
			}
		}
	}
}

// eachSale goes over the sales of all files.
func (b *business) eachSale() func(func(*fact.Sale) bool) {
	return func(yield func(*fact.Sale) bool) {
		for _, file := range b.sales {
			for i := range file {
				if !yield(&file[i]) {
					return
				}
			}
		}
	}
}

// scopeOf gathers what lies before as-of and passes.
func (o *oracle) scopeOf(saleOK func(*fact.Sale) bool, answerOK func(*fact.Answer) bool) *scope {
	type key struct{ customer, order string }
	people, orders := map[string]*person{}, map[key]*order{}
	get := func(id string) *person {
		if people[id] == nil {
			people[id] = &person{id: id}
		}
		return people[id]
	}
	unnamed := 0
	bills := map[*person][]*order{}
	for s := range o.b.eachSale() {
		if s.Customer == "" || s.Return || s.Moment.Local >= o.set.AsOf || !saleOK(s) {
			continue
		}
		p, k := get(s.Customer), key{s.Customer, s.Order}
		if s.Order == "" {
			unnamed++
			k.order = fmt.Sprint("row ", unnamed)
		}
		if orders[k] == nil {
			orders[k] = &order{at: s.Moment.Local, kinds: map[string]bool{}}
			bills[p] = append(bills[p], orders[k])
		}
		b := orders[k]
		b.at, b.paid = min(b.at, s.Moment.Local), b.paid+s.AmountMinor
		if kind := o.kindOf(s); kind != "" {
			b.kinds[kind] = true
		}
	}
	for p, bs := range bills {
		for _, b := range bs {
			p.orders = append(p.orders, *b)
		}
		slices.SortFunc(p.orders, func(a, b order) int { return cmp.Compare(a.at, b.at) })
	}
	for s := range o.b.eachSale() {
		if s.Customer == "" || !s.Return || s.Moment.Local >= o.set.AsOf || !saleOK(s) {
			continue
		}
		p := get(s.Customer)
		takenBack := dayOf(s.Moment.Local)
		if b := orders[key{s.Customer, s.Order}]; s.Order != "" && b != nil {
			takenBack = dayOf(b.at)
		}
		p.refunds = append(p.refunds, refund{
			at: s.Moment.Local, amount: -s.AmountMinor,
			repeat: len(p.orders) > 0 && takenBack > dayOf(p.orders[0].at),
		})
	}
	out := &scope{}
	for _, id := range slices.Sorted(maps.Keys(people)) {
		out.people = append(out.people, people[id])
	}
	for i := range o.b.answers {
		a := &o.b.answers[i]
		if a.Moment.Local < o.set.AsOf && answerOK(a) {
			out.answers = append(out.answers, answer{a, cmp.Or(a.Customer, fmt.Sprint("somebody ", i))})
		}
	}
	return out
}

// kindOf is the category where there is one, else the product; or always the product.
func (o *oracle) kindOf(s *fact.Sale) string {
	switch {
	case o.b.kindIs == mirror.ByCategory && s.Category != "":
		return "category " + s.Category
	case s.Product != "":
		return "product " + s.Product
	}
	return ""
}

// purchaseDays are the days a person ordered on, ascending.
func (p *person) purchaseDays() []int64 {
	var out []int64
	for _, b := range p.orders {
		if d := dayOf(b.at); len(out) == 0 || out[len(out)-1] != d {
			out = append(out, d)
		}
	}
	return out
}

// usualGap is the 90th percentile of the days between purchase days, rounded up to a round number.
func (o *oracle) usualGap() int {
	var gaps []float64
	for _, p := range o.everybody.people {
		days := p.purchaseDays()
		for i := 1; i < len(days); i++ {
			gaps = append(gaps, float64(days[i]-days[i-1]))
		}
	}
	slices.Sort(gaps)
	for _, round := range []int{30, 60, 90, 180} {
		if len(gaps) > 0 && quantile7(gaps, 0.9) <= float64(round) {
			return round
		}
	}
	return 365
}

// quantile7 interpolates between the two neighbours of 1 + (n - 1) q.
func quantile7(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// trait is an attribute as the oracle sees it: what a sale, a customer or an answer says under its name.
type trait struct {
	sale     func(*fact.Sale) string
	customer map[string]string
	answer   func(*fact.Answer) string
}

func (o *oracle) trait(name string) trait {
	b := o.b
	var out trait
	switch name {
	case "category":
		return trait{sale: func(s *fact.Sale) string { return s.Category }}
	case "product":
		return trait{sale: func(s *fact.Sale) string { return s.Product }}
	case "channel":
		out.customer = map[string]string{}
		for _, c := range b.customers {
			out.customer[c.Customer] = cmp.Or(c.Channel, out.customer[c.Customer])
		}
		return out
	case "segment":
		out.customer = map[string]string{}
		all := o.scopeOf(func(*fact.Sale) bool { return true }, func(*fact.Answer) bool { return false })
		for _, s := range o.score(all, o.set.AsOf) {
			out.customer[s.Reference] = s.Segment
		}
		return out
	}
	if i := slices.Index(b.saleAttributes, name); i >= 0 && b.rows() > 0 {
		out.sale = func(s *fact.Sale) string { return s.Attributes[i] }
	}
	if i := slices.Index(b.customerAttributes, name); i >= 0 {
		known := map[string]string{}
		for _, c := range b.customers {
			if c.Attributes[i] != "" {
				known[c.Customer] = c.Attributes[i] // what a later row says wins
			}
		}
		if len(known) > 0 {
			out.customer = known
		}
	}
	if i := slices.Index(b.answerAttributes, name); i >= 0 {
		out.answer = func(a *fact.Answer) string { return a.Attributes[i] }
		if !slices.ContainsFunc(b.answers, func(a fact.Answer) bool { return a.Attributes[i] != "" }) {
			out.answer = nil
		}
	}
	return out
}

func (b *business) rows() (n int) {
	for range b.eachSale() {
		n++
	}
	return n
}

// conditions are the settings' Where, as what a sale and an answer must pass.
func (o *oracle) conditions() (saleOK func(*fact.Sale) bool, answerOK func(*fact.Answer) bool) {
	sales := []func(*fact.Sale) bool{func(*fact.Sale) bool { return true }}
	answers := []func(*fact.Answer) bool{func(*fact.Answer) bool { return true }}
	for _, c := range o.set.Where {
		s, a := o.condition(c)
		sales, answers = append(sales, s), append(answers, a)
	}
	return all(sales), all(answers)
}

func all[T any](tests []func(T) bool) func(T) bool {
	return func(v T) bool {
		return !slices.ContainsFunc(tests, func(ok func(T) bool) bool { return !ok(v) })
	}
}

// condition: a sale has the attribute itself, else its customer has it. An answer has it itself, else its customer has,
// else its customer has a sale that passes. Who has no such attribute does not have the value; an answer without it is
// left out either way.
func (o *oracle) condition(c metric.Condition) (func(*fact.Sale) bool, func(*fact.Answer) bool) {
	t := o.trait(c.Attribute)
	passes := func(v string) bool { return slices.Contains(c.Values, v) != c.Not }
	sale := func(s *fact.Sale) bool {
		switch {
		case t.sale != nil:
			return passes(t.sale(s))
		case t.customer != nil:
			return passes(t.customer[s.Customer])
		}
		return c.Not
	}
	answer := func(a *fact.Answer) bool {
		switch {
		case t.answer != nil:
			return t.answer(a) != "" && passes(t.answer(a))
		case a.Customer == "":
			return false
		case t.customer != nil:
			return passes(t.customer[a.Customer])
		}
		return o.hasSale(a.Customer, sale)
	}
	return sale, answer
}

func (o *oracle) hasSale(customer string, ok func(*fact.Sale) bool) bool {
	for s := range o.b.eachSale() {
		if s.Customer == customer && s.Moment.Local < o.set.AsOf && ok(s) {
			return true
		}
	}
	return false
}

// breakDown makes a scope of each value of the attribute of By, the value with most customers first.
func (o *oracle) breakDown(saleOK func(*fact.Sale) bool, answerOK func(*fact.Answer) bool) {
	t := o.trait(o.set.By)
	size := o.sizes(t, saleOK)
	delete(size, "")
	o.groups = slices.SortedFunc(maps.Keys(size), func(a, b string) int {
		return cmp.Or(-cmp.Compare(size[a], size[b]), strings.Compare(a, b))
	})
	for _, g := range o.groups {
		sale := func(s *fact.Sale) bool {
			switch {
			case t.sale != nil:
				return saleOK(s) && t.sale(s) == g
			case t.customer != nil:
				return saleOK(s) && t.customer[s.Customer] == g
			}
			return false
		}
		o.grouped[g] = o.scopeOf(sale, func(a *fact.Answer) bool {
			switch {
			case !answerOK(a):
				return false
			case t.answer != nil:
				return t.answer(a) == g
			case t.customer != nil:
				return t.customer[a.Customer] == g
			}
			return a.Customer != "" && o.hasSale(a.Customer, sale)
		})
		if o.set.By == "channel" {
			for _, c := range o.b.costs {
				if c.Channel == g {
					o.grouped[g].costs = append(o.grouped[g].costs, c)
				}
			}
		}
	}
}

// sizes are the customers of each value, or the answers where only answers have it.
func (o *oracle) sizes(t trait, saleOK func(*fact.Sale) bool) map[string]int {
	size := map[string]int{}
	switch {
	case t.sale != nil:
		seen := map[[2]string]bool{}
		for s := range o.b.eachSale() {
			k := [2]string{s.Customer, t.sale(s)}
			if s.Customer != "" && s.Moment.Local < o.set.AsOf && saleOK(s) && !seen[k] {
				seen[k] = true
				size[k[1]]++
			}
		}
	case t.customer != nil:
		for _, v := range t.customer {
			size[v]++
		}
	default:
		for i := range o.b.answers {
			size[t.answer(&o.b.answers[i])]++
		}
	}
	return size
}
