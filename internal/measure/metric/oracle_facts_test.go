package metric_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

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
	o.resolve() // costs do not say how far the facts reach
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
