package importer

import (
	"sort"
	"sync"
)

// guess is a role found for a column, and why.
type guess struct {
	role     string
	column   int
	likeness int
	why      string
}

const (
	byName    = "by_name"
	byContent = "by_content"
	byMap     = "by_map"
)

// Guesses lists what Column.Guess can be.
func Guesses() []string { return []string{byName, byContent, byMap} }

// synonym is a folded name of a role.
type synonym struct {
	folded string
	parts  []string
	rank   int
	han    bool // written without blanks
}

// knownRole is a role with its names folded.
type knownRole struct {
	roleSpec
	synonyms []synonym
	shun     []string
}

// knownRoles folds the names of all roles, once.
var knownRoles = sync.OnceValue(func() map[Kind][]knownRole {
	out := map[Kind][]knownRole{}
	for _, k := range Kinds() {
		for _, spec := range roleList(k) {
			role := knownRole{roleSpec: spec}
			for i, name := range spec.names {
				role.synonyms = append(role.synonyms, synonym{fold(name), words(name), i, isHan(name)})
			}
			for _, name := range spec.avoid {
				role.shun = append(role.shun, fold(name))
			}
			out[k] = append(out[k], role)
		}
	}
	return out
})

// likeness is how well the name fits the role, 0 to 100, and the place of the synonym in the list.
func (r *knownRole) likeness(n *columnName) (best, rank int) {
	if n.folded == "" {
		return 0, 0
	}
	avoided := n.has(r.shun)
	for i := range r.synonyms {
		s := &r.synonyms[i]
		l := likeness(n, s)
		if l < 90 && avoided {
			continue
		}
		if l > best {
			best, rank = l, s.rank
		}
	}
	if best == 0 && r.role == roleQuantity && isCount(n) {
		return 55, 0
	}
	return best, rank
}

// isCount is true for names such as "number of cds".
func isCount(n *columnName) bool {
	for _, prefix := range countPrefixes {
		parts := words(prefix)
		if len(n.words) > len(parts) && equalWords(n.words[:len(parts)], parts) {
			return true
		}
	}
	return false
}

// knownNames counts the cells that are names of some role of some kind of file.
func knownNames(cells []string) int {
	n := 0
	for _, cell := range cells {
		name := newColumnName(cell)
		for _, roles := range knownRoles() {
			found := false
			for i := range roles {
				if l, _ := roles[i].likeness(&name); l >= 60 {
					found = true
					break
				}
			}
			if found {
				n++
				break
			}
		}
	}
	return n
}

// matching is the roles of one kind of file laid over the columns.
type matching struct {
	kind    Kind
	columns []*profile
	found   map[string]guess // by role
	taken   map[int]string   // column -> role
}

// match finds the roles of a kind by name; roles and columns in fixed are settled before.
func match(k Kind, columns []*profile, fixed map[string]guess, barred map[string]bool) *matching {
	m := &matching{kind: k, columns: columns, found: map[string]guess{}, taken: map[int]string{}}
	for role, g := range fixed {
		m.found[role] = g
		m.taken[g.column] = role
	}
	type candidate struct {
		guess
		rank int
	}
	var all []candidate
	roles := knownRoles()[k]
	for i := range roles {
		r := &roles[i]
		if _, settled := m.found[r.role]; settled || barred[r.role] {
			continue
		}
		for c, p := range columns {
			l, rank := r.likeness(&p.name)
			if l == 0 || !p.fits(r.content, l) || (r.role == roleState && !p.isState(k, l)) || (r.role == roleCustomer && p.fractional()) {
				continue
			}
			if r.role == roleOrder && p.name.folded == nameOfOrder && !p.numbered() {
				continue
			}
			if l < 90 && r.content == idContent && r.role != roleCustomer && p.fractional() {
				continue
			}
			all = append(all, candidate{guess{r.role, c, l, byName}, rank})
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if x, y := columns[a.column].filled == 0, columns[b.column].filled == 0; x != y {
			return y // an empty column serves only where no other does
		}
		if a.likeness != b.likeness {
			return a.likeness > b.likeness
		}
		if a.role == b.role && a.rank != b.rank {
			return a.rank < b.rank
		}
		return false
	})
	for _, c := range all {
		if _, have := m.found[c.role]; have || m.taken[c.column] != "" {
			continue
		}
		m.set(c.guess)
	}
	return m
}

func (m *matching) set(g guess) {
	m.found[g.role] = g
	m.taken[g.column] = g.role
}

// drop takes a role from its column again.
func (m *matching) drop(role string) {
	if g, ok := m.found[role]; ok {
		delete(m.found, role)
		delete(m.taken, g.column)
	}
}

// dropEmpty takes the roles from columns that have their names and nothing in them, so that others can serve.
func (m *matching) dropEmpty(s *sample) (dropped []guess) {
	if len(s.data()) == 0 {
		return nil
	}
	for _, role := range sortedRoles(m.found) {
		if g := m.found[role]; g.why == byName && m.columns[g.column].filled == 0 {
			m.drop(role)
			dropped = append(dropped, g)
		}
	}
	return dropped
}

// keepEmpty gives the roles back for which nothing else serves, and says which ones others took.
func (m *matching) keepEmpty(dropped []guess, product []int) (served []guess) {
	for _, g := range dropped {
		if m.has(g.role) || g.role == roleAmount && (m.has(rolePrice) || len(product) > 0) {
			served = append(served, g)
			continue
		}
		m.set(g)
	}
	return served
}

// has is true when the role was found, by name or otherwise.
func (m *matching) has(roles ...string) bool {
	for _, r := range roles {
		if _, ok := m.found[r]; ok {
			return true
		}
	}
	return false
}

// named is true when a column was found for the role under a name that is a synonym as a whole.
func (m *matching) named(roles ...string) bool {
	for _, r := range roles {
		if g, ok := m.found[r]; ok && (g.likeness >= 90 || g.why == byMap) {
			return true
		}
	}
	return false
}

// numbered is true for names of orders such as #1001.
func (p *profile) numbered() bool {
	return len(p.example) > 1 && p.example[0] == '#' && allDigits([]byte(p.example[1:]))
}

// isState tells states of orders or surveys from other columns called state or status: their words are known, or the name
// leaves no doubt.
func (p *profile) isState(k Kind, likeness int) bool {
	if p.filled == 0 {
		return likeness >= 90
	}
	known := p.states
	if k == Answers {
		known = p.surveys
	}
	return known >= max(1, p.filled/3) || (likeness >= 90 && len(p.name.words) > 1)
}
