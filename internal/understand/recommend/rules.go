package recommend

import (
	"cmp"
	"math/bits"
	"slices"
)

// Rule says that baskets with all products of If tend to have Then as well.
type Rule struct {
	If       []int32
	Then     int32
	Together int // baskets with all of them
	Before   int // baskets with If
	After    int // baskets with Then
	Baskets  int
}

// Support is the share of baskets with all products of the rule.
func (r Rule) Support() float64 { return float64(r.Together) / float64(r.Baskets) }

// Confidence is how often Then is there where If is.
func (r Rule) Confidence() float64 { return float64(r.Together) / float64(r.Before) }

// Lift is how much more often than in any basket.
func (r Rule) Lift() float64 { return r.Confidence() * float64(r.Baskets) / float64(r.After) }

// Itemset is products bought together, and in how many baskets.
type Itemset struct {
	Items []int32
	Count int
}

// bitmap marks baskets.
type bitmap []uint64

// Itemsets finds every set of products that at least so many baskets hold, by crossing the marks of their baskets (Zaki
// 2000): exact counts, single products too.
func Itemsets(baskets []Basket, items, least int) []Itemset {
	words := (len(baskets) + 63) / 64
	marks, counts := make([]bitmap, items), make([]int, items)
	for i, basket := range baskets {
		for _, item := range basket {
			if marks[item] == nil {
				marks[item] = make(bitmap, words)
			}
			marks[item][i/64] |= 1 << (i % 64)
			counts[item]++
		}
	}
	m := &miner{least: max(1, least)}
	var level []entry
	for item, n := range counts {
		if n >= m.least {
			level = append(level, entry{int32(item), n, marks[item]})
		}
	}
	// The rarest first: their crossings die out soonest.
	slices.SortStableFunc(level, func(a, b entry) int { return cmp.Compare(a.count, b.count) })
	m.mine(nil, level)
	for _, s := range m.found {
		slices.Sort(s.Items)
	}
	slices.SortFunc(m.found, func(a, b Itemset) int {
		return cmp.Or(cmp.Compare(len(a.Items), len(b.Items)), slices.Compare(a.Items, b.Items))
	})
	return m.found
}

type entry struct {
	item  int32
	count int
	marks bitmap
}

type miner struct {
	least int
	found []Itemset
	spare []bitmap
}

// mine crosses every product of a level with those after it.
func (m *miner) mine(prefix []int32, level []entry) {
	for i, e := range level {
		set := append(slices.Clone(prefix), e.item)
		m.found = append(m.found, Itemset{set, e.count})
		var next []entry
		for _, other := range level[i+1:] {
			both := m.room(len(e.marks))
			n := 0
			for w, mark := range e.marks {
				mark &= other.marks[w]
				both[w] = mark
				n += bits.OnesCount64(mark)
			}
			if n >= m.least {
				next = append(next, entry{other.item, n, both})
			} else {
				m.spare = append(m.spare, both)
			}
		}
		if len(next) > 0 {
			m.mine(set, next)
		}
		for _, e := range next {
			m.spare = append(m.spare, e.marks)
		}
	}
}

func (m *miner) room(words int) bitmap {
	if n := len(m.spare); n > 0 {
		b := m.spare[n-1]
		m.spare = m.spare[:n-1]
		return b
	}
	return make(bitmap, words)
}

// Rules finds the rules with one product on the right, from so many baskets and with so much confidence, the most
// confident first. A rule at exactly the confidence asked for counts: it is compared in whole numbers, in millionths.
func Rules(baskets []Basket, items, least int, confidence float64) []Rule {
	sets := Itemsets(baskets, items, least)
	count := make(map[string]int, len(sets))
	for _, s := range sets {
		count[key(s.Items)] = s.Count
	}
	millionths := int(confidence*1e6 + .5)
	var rules []Rule
	for _, s := range sets {
		if len(s.Items) < 2 {
			continue
		}
		for i, then := range s.Items {
			rest := append(slices.Clone(s.Items[:i]), s.Items[i+1:]...)
			before := count[key(rest)]
			if s.Count*1_000_000 >= millionths*before {
				rules = append(rules, Rule{rest, then, s.Count, before, count[key([]int32{then})], len(baskets)})
			}
		}
	}
	slices.SortStableFunc(rules, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(b.Together*a.Before, a.Together*b.Before), cmp.Compare(b.Together, a.Together))
	})
	return rules
}

// key is a set of products as a map knows it.
func key(items []int32) string {
	b := make([]byte, 0, 4*len(items))
	for _, item := range items {
		b = append(b, byte(item), byte(item>>8), byte(item>>16), byte(item>>24))
	}
	return string(b)
}
