package importer

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"regulars/internal/base/fault"
)

// mapping is Options.Map laid over the columns of a file.
type mapping struct {
	fixed   map[string]guess // role -> column
	product []int            // amount=Quantity*UnitPrice
	barred  map[string]bool  // roles that the map says have no column
	skipped []string         // entries that do not apply to this file
}

// applies is true when the map names one of the roles for this file.
func (m *mapping) applies(roles ...string) bool {
	for _, r := range roles {
		if _, ok := m.fixed[r]; ok {
			return true
		}
	}
	return false
}

// parseMap finds the columns that Options.Map names.
func parseMap(path string, opts Options, titles []string) (*mapping, error) {
	m := &mapping{fixed: map[string]guess{}, barred: map[string]bool{}}
	roles := make([]string, 0, len(opts.Map))
	for role := range opts.Map {
		roles = append(roles, role)
	}
	sort.Strings(roles)
	for _, name := range roles {
		role := strings.ToLower(strings.TrimSpace(name))
		if !isRole(role) {
			return nil, fault.Invalidf("--map %s=%s: there is no role %q; roles are %s", name, opts.Map[name], name, strings.Join(allRoles(), ", "))
		}
		if err := m.add(path, role, strings.TrimSpace(opts.Map[name]), opts.MapLoosely, titles); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// add finds the column or the columns of one entry.
func (m *mapping) add(path, role, expr string, loosely bool, titles []string) error {
	if expr == "" || expr == "-" {
		m.barred[role] = true
		return nil
	}
	c, ok := findColumn(expr, titles)
	if factors := strings.Split(expr, "*"); role == roleAmount && len(factors) > 1 && (!ok || titles[c] != expr) {
		// Names are found without their marks: "Total*" is not the column Total, but half of a product.
		ok = false
		for _, f := range factors {
			if strings.TrimSpace(f) == "" {
				return fault.Invalidf("--map %s=%s: a column is missing beside the *; write a product as Quantity*UnitPrice", role, expr)
			}
		}
	}
	if ok {
		m.fixed[role] = guess{role, c, 100, byMap}
		return nil
	}
	missing := expr
	if factors := strings.Split(expr, "*"); role == roleAmount && len(factors) > 1 {
		for _, f := range factors {
			c, ok := findColumn(strings.TrimSpace(f), titles)
			if !ok {
				missing = strings.TrimSpace(f)
				break
			}
			m.product = append(m.product, c)
		}
		if len(m.product) == len(factors) {
			return nil
		}
		m.product = nil
	}
	if loosely {
		m.skipped = append(m.skipped, role)
		return nil
	}
	return fault.Invalidf("--map %s=%s: %s has no column %q; its columns are %s", role, expr, path, missing, listColumns(titles))
}

// findColumn finds a column by its name, by its name folded, or by "#3".
func findColumn(name string, titles []string) (int, bool) {
	if i := slices.Index(titles, name); i >= 0 {
		return i, true
	}
	if number, ok := strings.CutPrefix(name, "#"); ok {
		n, err := strconv.Atoi(number)
		return n - 1, err == nil && n >= 1 && n <= len(titles)
	}
	folded := fold(name)
	if folded == "" {
		return 0, false
	}
	found := -1
	for i, t := range titles {
		if fold(t) == folded {
			if found >= 0 {
				return 0, false
			}
			found = i
		}
	}
	return found, found >= 0
}

func isRole(role string) bool { return slices.Contains(allRoles(), role) }

// Roles lists what Column.Role can be.
func Roles() []string { return append(allRoles(), roleAttribute, roleIgnored) }

// allRoles lists the roles of all kinds of file, once each.
func allRoles() []string {
	var out []string
	for _, k := range Kinds() {
		for _, r := range roleList(k) {
			if !slices.Contains(out, r.role) {
				out = append(out, r.role)
			}
		}
	}
	return out
}

// listColumns is the columns for a sentence; of very many the first.
func listColumns(titles []string) string {
	const most = 40
	if len(titles) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(titles[:most], ", "), len(titles)-most)
	}
	return strings.Join(titles, ", ")
}
