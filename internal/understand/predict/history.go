package predict

import (
	"cmp"
	"math"
	"slices"
)

// purchase is what a customer bought, or took back, on a day.
type purchase struct {
	who    int32
	day    int32
	minor  int64
	repaid bool
}

// Gatherer collects purchases in any order.
type Gatherer struct {
	index     map[string]int32
	ids       []string
	numbers   []int64 // of customers of a store, by place; none where they come from files
	purchases []purchase
}

// Add takes one purchase: who, on which day (since 1970-01-01, the business's own), for how much in minor units.
func (g *Gatherer) Add(id string, day int32, minor int64) { g.add(id, day, minor, false) }

// Return takes an amount off the purchase it can belong to: the last one not after its day.
func (g *Gatherer) Return(id string, day int32, minor int64) { g.add(id, day, minor, true) }

// Customer begins one of a store, under its number there, and gives the place that Sale takes. Ids are not compared: two
// calls are two customers.
func (g *Gatherer) Customer(number int64, id string) (who int32) {
	g.ids, g.numbers = append(g.ids, id), append(g.numbers, number)
	return int32(len(g.ids) - 1)
}

// Sale takes a purchase of a customer of a store, or an amount that came back.
func (g *Gatherer) Sale(who, day int32, minor int64, repaid bool) {
	g.purchases = append(g.purchases, purchase{who, day, minor, repaid})
}

func (g *Gatherer) add(id string, day int32, minor int64, repaid bool) {
	if g.index == nil {
		g.index = make(map[string]int32)
	}
	who, known := g.index[id]
	if !known {
		who = int32(len(g.ids))
		id = string([]byte(id)) // what was given may live in a buffer
		g.index[id] = who
		g.ids = append(g.ids, id)
	}
	g.purchases = append(g.purchases, purchase{who, day, minor, repaid})
}

// Person is one customer: the days of purchase in order, and what each day came to, less what was returned of it.
type Person struct {
	ID     string
	Number int64 // in a store; 0: of files
	Days   []int32
	Minor  []int64
}

// History is all customers who ever bought, in the order of their ids.
type History struct {
	People      []Person
	First, Last int32 // days of the first and the last purchase
	Purchases   int   // purchase days
	Paid        bool  // any amount is above zero
}

// History puts what was gathered in order: one purchase a customer and day.
func (g *Gatherer) History() *History {
	slices.SortFunc(g.purchases, func(a, b purchase) int {
		if a.who != b.who {
			return int(a.who) - int(b.who)
		}
		if a.day != b.day {
			return cmp.Compare(a.day, b.day)
		}
		return compareBool(a.repaid, b.repaid)
	})
	h := &History{First: math.MaxInt32, Last: math.MinInt32}
	days, minor := make([]int32, 0, len(g.purchases)), make([]int64, 0, len(g.purchases))
	for i := 0; i < len(g.purchases); {
		who, from := g.purchases[i].who, len(days)
		for ; i < len(g.purchases) && g.purchases[i].who == who; i++ {
			p := g.purchases[i]
			last := len(days) - 1
			switch {
			case !p.repaid && (len(days) == from || days[last] != p.day):
				days, minor = append(days, p.day), append(minor, p.minor)
			case len(days) == from: // taken back before anything was bought
			case p.repaid:
				minor[last] -= p.minor
			default:
				minor[last] += p.minor
			}
		}
		if len(days) == from {
			continue
		}
		p := Person{ID: g.ids[who], Days: days[from:len(days):len(days)], Minor: minor[from:len(days):len(days)]}
		if len(g.numbers) > 0 {
			p.Number = g.numbers[who]
		}
		h.People = append(h.People, p)
		h.First, h.Last = min(h.First, p.Days[0]), max(h.Last, p.Days[len(p.Days)-1])
		h.Purchases += len(p.Days)
		h.Paid = h.Paid || slices.Max(p.Minor) > 0
	}
	slices.SortFunc(h.People, func(a, b Person) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Number, b.Number)) })
	return h
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Until is how many purchase days the customer has up to the day, that day included.
func (p *Person) Until(day int32) int {
	n, _ := slices.BinarySearch(p.Days, day+1)
	return n
}

// Stat is the customer as known at the end of the day; false for one who has not bought yet.
func (p *Person) Stat(day int32) (Stat, bool) {
	n := p.Until(day)
	if n == 0 {
		return Stat{}, false
	}
	s := Stat{Repeats: n - 1, Last: float64(p.Days[n-1] - p.Days[0]), Age: float64(day - p.Days[0])}
	s.Chances = taken(p.Days[:n], day)
	for i := 1; i < n; i++ {
		s.LogGaps += math.Log(float64(p.Days[i]-p.Days[i-1]) / daysPerWeek)
	}
	return s, true
}

// Stats is everybody known at the end of the day, and who they are, by their place in People.
func (h *History) Stats(day int32) (stats []Stat, who []int) {
	who = make([]int, 0, len(h.People))
	for i := range h.People {
		if h.People[i].Days[0] <= day {
			who = append(who, i)
		}
	}
	stats = make([]Stat, len(who))
	each(len(who), func(i int) { stats[i], _ = h.People[who[i]].Stat(day) })
	return stats, who
}

// Spend is the average of what repeat purchase days came to, up to the day, in minor units, and how many they are.
func (p *Person) Spend(day int32) (mean float64, repeats int) {
	n := p.Until(day)
	if n < 2 {
		return 0, 0
	}
	sum := 0.0
	for _, v := range p.Minor[1:n] {
		sum += float64(max(0, v))
	}
	return sum / float64(n-1), n - 1
}

// spent is what repeat purchases came to until the day, customer by customer, in whole units of a currency with so many
// digits.
func (h *History) spent(day int32, digits int) []Spent {
	unit := math.Pow10(digits)
	out := make([]Spent, 0, len(h.People))
	for i := range h.People {
		mean, n := h.People[i].Spend(day)
		if n > 0 {
			out = append(out, Spent{n, mean / unit})
		}
	}
	return out
}
