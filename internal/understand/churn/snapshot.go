package churn

import (
	"cmp"
	"math"
	"slices"
)

// Line is one line of an order, or of a return or a cancellation.
type Line struct {
	Customer, Order, Product string
	Day                      int32 // since 1970-01-01, the business's own
	Amount                   float64
	Quantity                 float64
	TakenBack                bool
}

// Said is what a customer said on a day.
type Said struct {
	Customer  string
	Day       int32
	At        int64   // the moment, which of two answers of a day is the later
	Score     float64 // whether they would recommend the business, from 0 to 10
	Complaint bool    // a complaint, and no score
}

// line is a Line with numbers for names.
type line struct {
	who, order, product, day int32
	amount, quantity         float64
	back                     bool
}

// Gatherer collects lines in any order.
type Gatherer struct {
	people, orders, products map[string]int32
	ids                      []string
	lines                    []line
	said                     map[int32][]Said
	sorted                   bool
}

// Heard takes what a customer said.
func (g *Gatherer) Heard(s Said) {
	if g.said == nil {
		g.said = map[int32][]Said{}
	}
	who := g.who(s.Customer)
	g.said[who] = append(g.said[who], s)
}

// who numbers a customer.
func (g *Gatherer) who(id string) int32 {
	if g.people == nil {
		g.people, g.orders, g.products = map[string]int32{}, map[string]int32{}, map[string]int32{}
	}
	who, known := g.people[id]
	if !known {
		who = number(g.people, id)
		g.ids = append(g.ids, id)
	}
	return who
}

// Add takes a line.
func (g *Gatherer) Add(l Line) {
	who := g.who(l.Customer)
	g.lines = append(g.lines, line{who, number(g.orders, l.Order), number(g.products, l.Product), l.Day, l.Amount, l.Quantity, l.TakenBack})
	g.sorted = false
}

func number(names map[string]int32, name string) int32 {
	n, known := names[name]
	if !known {
		n = int32(len(names))
		names[string([]byte(name))] = n
	}
	return n
}

func (g *Gatherer) sort() {
	if g.sorted {
		return
	}
	// By their ids, so that what is learnt does not depend on the order in which lines came.
	order := make([]int32, len(g.ids))
	for i := range order {
		order[i] = int32(i) //nolint:gosec // customers
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(g.ids[a], g.ids[b]) })
	rank := make([]int32, len(order))
	for i, who := range order {
		rank[who] = int32(i) //nolint:gosec // customers
	}
	slices.SortStableFunc(g.lines, func(a, b line) int { return cmp.Or(cmp.Compare(rank[a.who], rank[b.who]), cmp.Compare(a.day, b.day)) })
	g.sorted = true
}

// Feature is one column of a snapshot.
type Feature string

// The features. Days are counted back from the eve of the snapshot's day.
const (
	Recency      Feature = "recency_days"
	Tenure       Feature = "tenure_days"
	Orders       Feature = "orders"
	Money        Feature = "money"
	MoneyAnOrder         = Feature("money_an_order")
	ActiveDays   Feature = "purchase_days"
	MeanGap      Feature = "mean_gap_days"
	Overdue      Feature = "recency_over_gap"
	Orders30     Feature = "orders_30_days"
	Orders60     Feature = "orders_60_days"
	Orders90     Feature = "orders_90_days"
	Products     Feature = "products"
	Returns      Feature = "returned_orders"
	Pieces       Feature = "pieces"
	Unhappy      Feature = "unhappy"    // 1: the last score of a year was 6 or less
	Happy        Feature = "happy"      // 1: it was 9 or more
	Complaints   Feature = "complaints" // of a year
)

// Features lists the columns of a snapshot in their order.
func Features() []Feature {
	return []Feature{Recency, Tenure, Orders, Money, MoneyAnOrder, ActiveDays, MeanGap, Overdue, Orders30, Orders60, Orders90, Products, Returns, Pieces,
		Unhappy, Happy, Complaints}
}

// Snapshot is what was known of customers on the eve of a day.
type Snapshot struct {
	Day   int32
	Names []Feature
	IDs   []string
	Rows  [][]float64
}

// At takes the snapshot of a day: everybody with a purchase before it. Nothing of the day itself, or later, is looked at.
func (g *Gatherer) At(day int32) *Snapshot {
	g.sort()
	s := &Snapshot{Day: day, Names: Features()}
	for from := 0; from < len(g.lines); {
		to := from
		for to < len(g.lines) && g.lines[to].who == g.lines[from].who {
			to++
		}
		before := from
		for before < to && g.lines[before].day < day {
			before++
		}
		if row := features(g.lines[from:before], day); row != nil {
			s.IDs, s.Rows = append(s.IDs, g.ids[g.lines[from].who]), append(s.Rows, append(row, words(g.said[g.lines[from].who], day)...))
		}
		from = to
	}
	return s
}

// features is the row of one customer from the lines before the day; nil without a purchase.
func features(known []line, day int32) []float64 {
	var recent [3]map[int32]bool
	for i := range recent {
		recent[i] = map[int32]bool{}
	}
	orders, days, products, back := map[int32]bool{}, map[int32]bool{}, map[int32]bool{}, map[int32]bool{}
	money, pieces := 0.0, 0.0
	first, last := int32(math.MaxInt32), int32(math.MinInt32)
	for _, l := range known {
		if l.back {
			back[l.order] = true
			continue
		}
		first, last = min(first, l.day), max(last, l.day)
		orders[l.order], days[l.day], products[l.product] = true, true, true
		money, pieces = money+l.amount, pieces+l.quantity
		for i, span := range []int32{30, 60, 90} {
			if day-l.day <= span {
				recent[i][l.order] = true
			}
		}
	}
	if len(orders) == 0 {
		return nil
	}
	recency, tenure := float64(day-last), float64(day-first)
	gap := tenure
	if len(days) > 1 {
		gap = float64(last-first) / float64(len(days)-1)
	}
	n := float64(len(orders))
	return []float64{recency, tenure, n, money, money / n, float64(len(days)), gap, recency / (gap + 1), float64(len(recent[0])),
		float64(len(recent[1])), float64(len(recent[2])), float64(len(products)), float64(len(back)), pieces}
}

// words is what a customer had said within a year before the day: unhappy, happy, complaints.
func words(said []Said, day int32) []float64 {
	const year, detractor, promoter = 365, 6, 9
	var unhappy, happy, complaints float64
	latest := int64(math.MinInt64)
	for _, s := range said {
		switch {
		case s.Day >= day || day-s.Day > year:
		case s.Complaint:
			complaints++
		case s.At >= latest:
			latest, unhappy, happy = s.At, 0, 0
			if s.Score <= detractor {
				unhappy = 1
			} else if s.Score >= promoter {
				happy = 1
			}
		}
	}
	return []float64{unhappy, happy, complaints}
}

// Left says who of a snapshot bought nothing from its day to the end, that day not included.
func (g *Gatherer) Left(s *Snapshot, end int32) []bool {
	came := map[string]bool{}
	for _, l := range g.lines {
		if !l.back && l.day >= s.Day && l.day < end {
			came[g.ids[l.who]] = true
		}
	}
	left := make([]bool, len(s.IDs))
	for i, id := range s.IDs {
		left[i] = !came[id]
	}
	return left
}
