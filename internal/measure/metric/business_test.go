package metric_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"regulars/internal/base/columnar"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/fact"
)

// business is the facts of one shop, as files: the columns of each kind of file are the same throughout.
type business struct {
	sales              [][]fact.Sale // a file each
	customers          []fact.Customer
	answers            []fact.Answer
	costs              []fact.Cost
	saleAttributes     []string
	customerAttributes []string
	answerAttributes   []string
	kindIs             mirror.KindIs
	span               int64 // days that made-up facts are spread over
}

// load puts the facts into a database of the test's own.
func (b *business) load(t *testing.T) *mirror.Source {
	t.Helper()
	ctx := t.Context()
	db, err := columnar.Open(ctx, "", columnar.Options{MemoryLimit: "200MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c := mirror.New(db, b.kindIs)
	for _, batch := range b.batches() {
		f := c.File()
		if err := f.Take(ctx, batch); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	src, err := c.Finish(context.WithoutCancel(ctx))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (b *business) batches() []*fact.Batch {
	var out []*fact.Batch
	for _, file := range b.sales {
		out = append(out, &fact.Batch{Attributes: b.saleAttributes, Sales: file})
	}
	return append(out,
		&fact.Batch{Attributes: b.customerAttributes, Customers: b.customers},
		&fact.Batch{Attributes: b.answerAttributes, Answers: b.answers},
		&fact.Batch{Costs: b.costs})
}

// day0 is where made-up histories begin: the leap day of 2020 and several turns of the year lie within reach.
const day0 = 18_200 // 2019-10-31

const (
	hour   = int64(3_600_000_000)
	oneDay = 24 * hour
)

func at(local int64) fact.Moment { return fact.Moment{UTC: local, Local: local} }

// maker makes businesses of every sort from one source of chance.
type maker struct {
	*rand.Rand
	span  int64 // days of history
	names []string
	clock bool // orders have a time of day
}

func (m *maker) yes(chance float64) bool { return m.Float64() < chance }

func pick[T any](m *maker, of ...T) T { return of[m.IntN(len(of))] }

func (m *maker) moment() int64 {
	day := int64(day0) + m.Int64N(m.span)
	if !m.clock || m.yes(0.1) {
		return day * oneDay
	}
	if m.yes(0.3) {
		return day*oneDay + m.Int64N(24)*hour // many share their moment
	}
	return day*oneDay + m.Int64N(oneDay)
}

// customer is drawn unevenly: the first come often, the last may never.
func (m *maker) customer() string {
	return m.names[int(float64(len(m.names))*m.Float64()*m.Float64())]
}

func makeBusiness(seed uint64) *business {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 20))}
	m.span, m.clock = pick[int64](m, 3, 40, 40, 60, 60, 120, 120, 200, 400, 1100), m.yes(0.7)
	for i := range 1 + m.IntN(30) {
		m.names = append(m.names, fmt.Sprint(pick(m, "", "", "k"), (i*7)%31)) // text order is not number order
	}
	b := &business{kindIs: pick(m, mirror.ByCategory, mirror.ByCategory, mirror.ByProduct), span: m.span}
	b.saleAttributes = pick(m, nil, []string{"store"}, []string{"store", "till"})
	m.sell(b)
	if m.yes(0.6) {
		m.introduce(b)
	}
	if m.yes(0.8) {
		m.ask(b)
	}
	if m.yes(0.7) {
		m.spend(b)
	}
	return b
}

// sell makes the orders and returns.
func (m *maker) sell(b *business) {
	names := pick(m, "none", "rising", "random", "mixed")
	lines, goods := m.yes(0.5), pick(m, "none", "products", "both", "both")
	var all []fact.Sale
	for i := range m.IntN(121) {
		s := fact.Sale{Customer: m.customer(), Moment: at(m.moment()), Quantity: 1}
		switch names {
		case "rising":
			s.Order = fmt.Sprint(i + 1)
		case "random":
			s.Order = fmt.Sprint("A", m.IntN(400)) // sometimes twice, of one customer or of two
		case "mixed":
			s.Order = pick(m, "", fmt.Sprint("B", i))
		}
		if m.yes(0.06) {
			s.Customer = ""
		}
		for range 1 + m.IntN(3) {
			m.fill(&s, goods, len(b.saleAttributes))
			all = append(all, s)
			if !lines {
				break
			}
			if m.yes(0.1) {
				s.Moment = at(s.Moment.Local + m.Int64N(3*oneDay)) // a line added later
			}
		}
	}
	if m.yes(0.6) {
		all = append(all, m.takeBack(all, goods, len(b.saleAttributes))...)
	}
	if names != "rising" {
		m.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	b.sales = [][]fact.Sale{all}
	if cut := m.IntN(len(all) + 1); m.yes(0.3) {
		b.sales = [][]fact.Sale{all[:cut], all[cut:]}
	}
}

func (m *maker) fill(s *fact.Sale, goods string, attributes int) {
	s.AmountMinor = pick(m, 0, 100, 1999, 2500, m.Int64N(20_000))
	s.Product, s.Category = "", ""
	if goods != "none" && m.yes(0.9) {
		s.Product = pick(m, "tea", "coffee", "cup", "cake")
	}
	if goods == "both" && m.yes(0.7) {
		s.Category = pick(m, "drink", "food", "tea") // a category may be called like a product
	}
	s.Attributes = nil
	for range attributes {
		s.Attributes = append(s.Attributes, pick(m, "north", "south", "east", ""))
	}
}

// takeBack makes returns: of an order by name, or of nothing in particular; some larger than what was sold.
func (m *maker) takeBack(sold []fact.Sale, goods string, attributes int) []fact.Sale {
	var out []fact.Sale
	for range m.IntN(12) {
		s := fact.Sale{Customer: m.customer(), Moment: at(m.moment())}
		m.fill(&s, goods, attributes)
		if len(sold) > 0 && m.yes(0.6) {
			of := sold[m.IntN(len(sold))]
			s.Customer, s.Order = of.Customer, of.Order
			s.Moment = at(of.Moment.Local + m.Int64N(60*oneDay))
		}
		s.AmountMinor, s.Quantity, s.Return = -s.AmountMinor, -1, true
		out = append(out, s)
	}
	return out
}

// introduce makes the customers file: some of the customers, some who never bought, some twice.
func (m *maker) introduce(b *business) {
	b.customerAttributes = pick(m, nil, []string{"country"}, []string{"country", "store"})
	for _, name := range append(slices.Clone(m.names), "visitor", m.names[0]) {
		if m.yes(0.2) {
			continue
		}
		c := fact.Customer{
			Customer: name, Channel: pick(m, "", "ads", "friends", "street"),
			Referred: pick(m, fact.Unsaid, fact.No, fact.Yes),
		}
		for range b.customerAttributes {
			c.Attributes = append(c.Attributes, pick(m, "France", "Greece", "north", ""))
		}
		b.customers = append(b.customers, c)
	}
}

// ask makes answers of all kinds, delivered surveys that nobody finished, and complaints.
func (m *maker) ask(b *business) {
	b.answerAttributes = pick(m, nil, nil, []string{"branch"}, []string{"store"})
	delivered, scale := m.yes(0.4), pick(m, 0, 5, 10)
	aspects := []string{"service", "staff", "delivery", "price"}
	for range m.IntN(90) {
		a := fact.Answer{Moment: at(m.moment()), Kind: pick(m, "nps", "nps", "nps", "csat", "ces", "case"), Scale: scale}
		if m.yes(0.8) {
			a.Customer = m.customer()
		}
		if a.Kind == "csat" && m.yes(0.4) {
			a.Aspect = pick(m, aspects...)
		}
		a.Scored, a.Score = a.Kind != "case" && m.yes(0.9), float64(m.IntN(11))
		if a.Kind == "csat" && m.yes(0.9) {
			a.Score = float64(1 + m.IntN(max(scale, 5)))
		}
		if m.yes(0.1) {
			a.Scale = pick(m, 0, 5, 7, 10)
		}
		a.Delivered = delivered && a.Kind != "case"
		a.Finished = a.Scored || m.yes(0.2)
		if a.Kind == "case" {
			m.handle(&a)
		}
		for range b.answerAttributes {
			a.Attributes = append(a.Attributes, pick(m, "north", "south", ""))
		}
		b.answers = append(b.answers, a)
	}
}

// handle gives a complaint its replies and deadline.
func (m *maker) handle(a *fact.Answer) {
	from := a.Moment.Local
	if m.yes(0.7) {
		a.Replied = at(from + m.Int64N(3*oneDay))
	}
	if m.yes(0.6) {
		a.Solved = at(from + m.Int64N(40*oneDay))
	}
	if m.yes(0.7) {
		a.Due = at(from + m.Int64N(20*oneDay))
	}
}

// spend makes the costs.
func (m *maker) spend(b *business) {
	for range m.IntN(40) {
		b.costs = append(b.costs, fact.Cost{
			Moment: at((day0 + m.Int64N(m.span)) * oneDay), Channel: pick(m, "ads", "friends", "radio", ""),
			Retention: m.yes(0.4), AmountMinor: m.Int64N(50_000),
		})
	}
}
