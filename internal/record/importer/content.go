package importer

import (
	"strings"

	"regulars/internal/record/importer/parse"
)

// fill finds by content the roles that names have not told. Named says that the file has a header: then only what
// is hard to mistake is taken.
func (m *matching) fill(s *sample, product []int, barred map[string]bool) {
	wants := func(role string) bool { return !m.has(role) && !barred[role] }
	if m.kind != Customers && m.kind != Products && wants(roleDate) {
		m.fillDate()
	}
	switch m.kind {
	case Orders:
		if wants(roleAmount) && !m.has(rolePrice) && len(product) == 0 {
			m.fillAmount()
		}
		if wants(roleQuantity) && !s.header {
			m.fillQuantity()
		}
		if wants(roleCustomer) {
			m.fillCustomer(s, wants(roleOrder))
		}
	case Costs:
		if wants(roleAmount) {
			m.fillAmount()
		}
	case Customers:
		if wants(roleCustomer) {
			m.fillCustomer(s, false)
		}
	case Answers, Products:
	}
}

// free lists the columns without a role that pass a test.
func (m *matching) free(test func(*profile) bool) []int {
	var out []int
	for c, p := range m.columns {
		if m.taken[c] == "" && p.filled > 0 && test(p) {
			out = append(out, c)
		}
	}
	return out
}

func (m *matching) fillDate() {
	avoid := foldAll(dateAvoid)
	found := m.free(func(p *profile) bool {
		months := 0
		if m.kind == Costs {
			months = p.dates.Months
		}
		return p.share(p.dates.Dates+months) >= 0.9 && !p.name.has(avoid)
	})
	if len(found) > 0 {
		m.set(guess{roleDate, found[0], 0, byContent})
	}
}

// fillAmount takes the one column that can only be money; of several none, for a wrong sum is worse than a question.
func (m *matching) fillAmount() {
	avoid := foldAll(amountAvoid)
	numeric := m.free(func(p *profile) bool {
		return p.numbers.Share() >= 0.9 && p.share(p.dates.Compact) < 0.9 && p.padded == 0 && !p.name.has(avoid)
	})
	var decimals []int
	for _, c := range numeric {
		if m.columns[c].fractional() {
			decimals = append(decimals, c)
		}
	}
	switch {
	case len(decimals) == 1:
		m.set(guess{roleAmount, decimals[0], 0, byContent})
	case len(decimals) == 0 && len(numeric) == 1 && (m.has(roleCustomer) || m.kind == Costs):
		m.set(guess{roleAmount, numeric[0], 0, byContent})
	}
}

// fillQuantity takes the one column of small whole numbers.
func (m *matching) fillQuantity() {
	found := m.free(func(p *profile) bool {
		return p.numbers.Share() >= 0.99 && !p.fractional() && p.padded == 0 && p.numbers.Max <= 100_000 &&
			p.distinct()*10 <= p.filled && p.longest <= 6
	})
	if len(found) == 1 && m.has(roleAmount) {
		m.set(guess{roleQuantity, found[0], 0, byContent})
	}
}

// fillCustomer looks for ids. A column whose values repeat, each on one date only, holds orders; the customer is then
// what an order determines and varies most. Without such a column it is the first that looks like an id.
func (m *matching) fillCustomer(s *sample, wantOrder bool) {
	found := m.free(func(p *profile) bool {
		if p.fractional() || p.distinct() < 2 && p.filled > 1 || p.longest > 64 || p.share(p.dates.Dates) >= 0.9 && p.padded == 0 && p.dates.Compact == 0 {
			return false
		}
		if s.header && p.share(p.digits+p.point0+p.lettered) < 0.8 {
			return false
		}
		return p.filled < 200 || p.distinct()*100 >= p.filled
	})
	if len(found) == 0 {
		return
	}
	date, dated := m.found[roleDate]
	if dated && wantOrder && len(found) > 1 {
		for _, o := range found {
			if !s.eachOn(o, date.column) {
				continue
			}
			best := -1
			for _, c := range found {
				if c != o && s.determines(o, c) && (best < 0 || m.columns[c].distinct() > m.columns[best].distinct()) {
					best = c
				}
			}
			if best >= 0 && m.columns[best].distinct() < m.columns[o].distinct() {
				m.set(guess{roleOrder, o, 0, byContent})
				m.set(guess{roleCustomer, best, 0, byContent})
				return
			}
		}
	}
	c := m.mostRepeated(found)
	if c != found[0] && wantOrder && !s.header && m.isUnique(found[0]) {
		m.set(guess{roleOrder, found[0], 0, byContent})
	}
	m.set(guess{roleCustomer, c, 0, byContent})
}

// mostRepeated is the first of the columns, unless every row has a value of its own there: customers come back. Then
// it is the one of most values that does repeat.
func (m *matching) mostRepeated(columns []int) int {
	best := columns[0]
	if !m.isUnique(best) {
		return best
	}
	for _, c := range columns[1:] {
		if !m.isUnique(c) && (best == columns[0] || m.columns[c].distinct() > m.columns[best].distinct()) {
			best = c
		}
	}
	return best
}

// isUnique is true for a column of some length in which no value occurs twice.
func (m *matching) isUnique(c int) bool {
	p := m.columns[c]
	return p.filled >= 10 && p.distinct() == p.filled
}

// eachOn is true when values of column a repeat, and each has one value of column b only.
func (s *sample) eachOn(a, b int) bool {
	seen := map[string]bool{}
	repeats := 0
	for _, row := range s.data() {
		if a < len(row) {
			if seen[row[a]] {
				repeats++
			}
			seen[row[a]] = true
		}
	}
	return repeats*10 >= len(s.data()) && s.determines(a, b)
}

// determines is true when each value of column a goes with one value of column b, but for a few rows.
func (s *sample) determines(a, b int) bool {
	first := map[string]string{}
	breaks := 0
	for _, row := range s.data() {
		if a >= len(row) || b >= len(row) || isNobody(parse.TrimSpace([]byte(row[b]))) {
			continue
		}
		if v, ok := first[row[a]]; !ok {
			first[row[a]] = row[b]
		} else if v != row[b] {
			breaks++
		}
	}
	return breaks*100 <= len(s.data())
}

// repeats is true when values of the column often occur twice; a return under the id of its order is not often.
func (p *profile) repeats() bool {
	return (p.filled-p.distinct())*10 >= p.filled && p.distinct() < p.filled
}

func foldAll(list []string) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = fold(w)
	}
	return out
}

// scoreColumns finds the columns of a survey that hold scores: one, or several with the question in their names.
func (m *matching) scoreColumns() []scoreColumn {
	var out []scoreColumn
	kinds := answerKinds()
	kindOfName := func(c int) string {
		for _, w := range m.columns[c].name.words {
			if k := kinds[w]; k != "" && k != "case" {
				return k
			}
		}
		return ""
	}
	first, ok := m.found[roleScore]
	if !ok {
		return nil
	}
	out = append(out, scoreColumn{column: first.column, kind: kindOfName(first.column)})
	if m.has(roleKind) || first.why == byMap {
		return out
	}
	for c, p := range m.columns {
		if m.taken[c] != "" || p.numbers.Share() < 0.5 {
			continue
		}
		if k := kindOfName(c); k != "" {
			out = append(out, scoreColumn{column: c, kind: k})
			m.taken[c] = roleScore
		} else if a := aspects()[strings.TrimSuffix(p.name.folded, "score")]; a != "" && p.numbers.Max <= 10 && p.numbers.Min >= 0 {
			out = append(out, scoreColumn{column: c, kind: "csat", aspect: a})
			m.taken[c] = roleScore
		}
	}
	return out
}
