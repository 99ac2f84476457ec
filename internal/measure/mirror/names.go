package mirror

import (
	"cmp"
	"fmt"
	"slices"

	"regulars/internal/base/db"
)

// attributeName is a name that facts of one kind use for something beyond their columns.
type attributeName struct {
	kind, folded, name string
	number             int32 // among those of all kinds, by folded name
	at                 int   // its column in the copy, among those of its kind
}

// column is where the copy keeps the values.
func (n *attributeName) column() string { return fmt.Sprintf("a%d", n.at) }

// attributeNames are all of them, those of sales first. Names of two kinds that differ in nothing but small and capital
// letters are one attribute.
type attributeNames struct {
	list []attributeName
}

func (a *attributeNames) of(kind string) []attributeName {
	var out []attributeName
	for _, n := range a.list {
		if n.kind == kind {
			out = append(out, n)
		}
	}
	return out
}

// readNames reads the names that the store knows. Columns that the copy has stay what they are: names are only added.
func readNames(tx *db.Tx, before *attributeNames) (*attributeNames, error) {
	rows, err := tx.Query("SELECT kind, folded, name, place FROM attribute_names ORDER BY kind, place, folded")
	if err != nil {
		return nil, err
	}
	out := &attributeNames{list: slices.Clone(before.list)}
	for rows.Next() {
		var n attributeName
		var place int64
		if err := rows.Scan(&n.kind, &n.folded, &n.name, &place); err != nil {
			return nil, err
		}
		out.add(n)
	}
	return out, rows.Close()
}

// add appends a name that is not there yet.
func (a *attributeNames) add(n attributeName) {
	same := func(o attributeName) bool { return o.kind == n.kind && o.folded == n.folded }
	if slices.ContainsFunc(a.list, same) {
		return
	}
	n.number = int32(len(a.list))
	if i := slices.IndexFunc(a.list, func(o attributeName) bool { return o.folded == n.folded }); i >= 0 {
		n.number = a.list[i].number
	}
	n.at = len(a.of(n.kind))
	a.list = append(a.list, n)
}

// attributes are what a source shows, each once, by what it is an attribute of.
func (a *attributeNames) attributes() []Attribute {
	list := slices.Clone(a.list)
	places := []string{"sale", "customer", "answer"}
	slices.SortStableFunc(list, func(x, y attributeName) int {
		return cmp.Compare(slices.Index(places, x.kind), slices.Index(places, y.kind))
	})
	var out []Attribute
	for _, n := range list {
		i := slices.IndexFunc(out, func(o Attribute) bool { return o.Number == n.number })
		if i < 0 {
			i = len(out)
			out = append(out, Attribute{Name: n.name, Number: n.number})
		}
		switch n.kind {
		case "sale":
			out[i].Sales = n.shown()
		case "customer":
			out[i].Customers = n.shown()
		default:
			out[i].Answers = true
		}
	}
	return out
}

// shown is the column of the views.
func (n *attributeName) shown() string { return fmt.Sprintf("attribute_%d", n.number) }
