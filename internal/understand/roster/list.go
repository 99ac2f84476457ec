package roster

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// Condition is a part of a filter: f is the summary in its text, and $ stands for its next argument.
type Condition struct {
	Text string
	Args []any
}

// Found chooses whose name begins as somebody typed, and those who were found by it otherwise.
func Found(text string, customers []int64) Condition {
	c := Condition{Text: "(FALSE"}
	if begin := customer.Fold(text); begin != "" && !strings.HasPrefix(begin, nameless) {
		c.Text, c.Args = "((f.sort_name >= $ AND f.sort_name < $)", []any{begin, begin + "\U0010FFFF"}
	}
	for _, n := range customers {
		c.Text += " OR f.customer_id = $"
		c.Args = append(c.Args, n)
	}
	c.Text += ")"
	return c
}

// Span is from one number to another, both included; nil: not bounded there.
type Span struct{ From, To *int64 }

// Filter chooses persons; what is zero chooses nothing out.
type Filter struct {
	Segment      string
	LastFrom     *int64 // the day of the last order: not before that
	LastBefore   *int64 // and before this; who has never ordered is in neither
	Orders       Span
	SpentMinor   Span
	Agreed       string // a channel for which a consent is in force
	Withdrawn    string // one for which all that was given was taken back
	Trait, Value string // an attribute; without a value: whoever has it
	More         []Condition
	// Few says that hardly anybody is chosen, as Count told: then all of them are found and sorted, where otherwise everybody
	// is looked at in the order of the list until there are enough.
	Few bool
}

// FewMost is how many are few.
const FewMost = 2000

// Sort is what a list begins with.
type Sort string

// The orders of a list.
const (
	Newest  Sort = "newest" // who came last
	ByLast  Sort = "last_order"
	ByMany  Sort = "orders"
	BySpent Sort = "spent"
	ByName  Sort = "name"
)

// Sorts are all of them.
func Sorts() []Sort { return []Sort{Newest, ByLast, ByMany, BySpent, ByName} }

// ParseSort reads one; empty is the newest.
func ParseSort(text string) (Sort, error) {
	if text == "" {
		return Newest, nil
	}
	for _, s := range Sorts() {
		if text == string(s) {
			return s, nil
		}
	}
	return "", fault.In("sort", fault.Invalidf("%.40q is no order of this list; use newest, last_order, orders, spent or name", text))
}

// Place is where a page ends: what its last entry is sorted by. The zero Place is before the first page.
type Place struct {
	Figure   int64
	Name     string
	Customer int64
}

// Entry is a person in the list.
type Entry struct {
	Customer          int64
	Ordered           bool
	LastDay           int64 // of the last order, since 1970
	Orders            int64
	SpentMinor        int64
	Segment           string // empty: none yet
	Name              string // as it is sorted
	Agreed, Withdrawn []string
}

// Place is where a page ends that ends with the entry.
func (e *Entry) Place(by Sort) Place {
	p := Place{Customer: e.Customer}
	switch by {
	case ByLast:
		p.Figure = e.lastDay()
	case ByMany:
		p.Figure = e.Orders
	case BySpent:
		p.Figure = e.SpentMinor
	case ByName:
		p.Name = e.Name
	case Newest:
	}
	return p
}

func (e *Entry) lastDay() int64 {
	if !e.Ordered {
		return never
	}
	return e.LastDay
}

// question is a SELECT of the list.
type question struct{ db.Select }

func (q *question) span(column string, s Span) {
	if s.From != nil {
		q.Where(column+" >= $", *s.From)
	}
	if s.To != nil {
		q.Where(column+" <= $", *s.To)
	}
}

// holds asks for a word among marked ones. Text that is taken away where it is found makes it another: that is the same on
// every engine, where patterns are not.
func (q *question) holds(column, text string) {
	q.Where("replace("+column+", $, '') <> "+column, text)
}

func (q *question) filter(f *Filter) {
	if f.Segment != "" {
		q.Where("f.segment = $", f.Segment)
	}
	if f.LastFrom != nil {
		q.Where("f.last_day >= $", *f.LastFrom)
	}
	if f.LastBefore != nil {
		q.Where("f.last_day < $ AND f.last_day > $", *f.LastBefore, int64(never))
	}
	q.span("f.orders", f.Orders)
	q.span("f.spent_minor", f.SpentMinor)
	if f.Agreed != "" {
		q.holds("f.agreed", around+channelOf(f.Agreed)+around)
	}
	if f.Withdrawn != "" {
		q.holds("f.withdrawn", around+channelOf(f.Withdrawn)+around)
	}
	switch {
	case f.Trait != "" && f.Value != "":
		q.holds("f.traits", around+trait(f.Trait, f.Value)+around)
	case f.Trait != "":
		q.holds("f.traits", around+trait(f.Trait, ""))
	}
	for _, c := range f.More {
		q.Where(c.Text, c.Args...)
	}
}

// page is the query of at most limit persons behind a place.
func page(f *Filter, by Sort, after Place, limit int) (text string, args []any) {
	q := &question{}
	q.Text.WriteString("SELECT f.customer_id, f.sort_name, f.agreed, f.withdrawn, f.last_day, f.orders, f.spent_minor, f.segment FROM customer_summaries f")
	q.filter(f)
	further := after != Place{}
	column := map[Sort]string{ByLast: "f.last_day", ByMany: "f.orders", BySpent: "f.spent_minor", ByName: "f.sort_name"}[by]
	if f.Few {
		column = map[Sort]string{ByLast: "(f.last_day + 0)", ByMany: "(f.orders + 0)", BySpent: "(f.spent_minor + 0)", ByName: "(f.sort_name || '')"}[by]
	}
	sorted := ""
	switch by {
	case ByName:
		if further {
			q.Where("("+column+", f.customer_id) > ($, $)", after.Name, after.Customer)
		}
		sorted = column + ", f.customer_id"
	case ByLast, ByMany, BySpent:
		if further {
			q.Where("("+column+", f.customer_id) < ($, $)", after.Figure, after.Customer)
		}
		sorted = column + " DESC, f.customer_id DESC"
	case Newest:
		if further {
			q.Where("f.customer_id < $", after.Customer)
		}
		sorted = "f.customer_id DESC"
	}
	q.Args = append(q.Args, limit)
	return fmt.Sprintf("%s ORDER BY %s LIMIT $%d", q.Text.String(), sorted, len(q.Args)), q.Args
}

// List reads at most limit persons behind a place.
func List(tx *db.Tx, f *Filter, by Sort, after Place, limit int) ([]Entry, error) {
	text, args := page(f, by, after, limit)
	rows, err := tx.Query(text, args...)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for rows.Next() {
		var e Entry
		var agreed, withdrawn string
		if err := rows.Scan(&e.Customer, &e.Name, &agreed, &withdrawn, &e.LastDay, &e.Orders, &e.SpentMinor, &e.Segment); err != nil {
			return nil, err
		}
		if e.Ordered = e.LastDay != never; !e.Ordered {
			e.LastDay = 0
		}
		e.Agreed, e.Withdrawn = words(agreed), words(withdrawn)
		all = append(all, e)
	}
	return all, rows.Close()
}

func words(marked string) []string {
	return strings.FieldsFunc(marked, func(r rune) bool { return string(r) == around })
}

// Count tells how many persons a filter chooses.
func Count(tx *db.Tx, f *Filter) (n int64, err error) {
	q := &question{}
	q.Text.WriteString("SELECT count(*) FROM customer_summaries f")
	q.filter(f)
	err = tx.QueryRow(q.Text.String(), q.Args...).Scan(&n)
	return n, err
}

// Export reads all persons of a filter, a page at a time, each in a transaction of its own, with what is known of them.
func Export(read func(func(tx *db.Tx) error) error, f *Filter, by Sort, take func([]Entry, []customer.Stored) error) error {
	const page = 500
	for after := (Place{}); ; {
		var list []Entry
		var known []customer.Stored
		if err := read(func(tx *db.Tx) (err error) {
			if list, err = List(tx, f, by, after, page); err != nil {
				return err
			}
			numbers := make([]int64, len(list))
			for i := range list {
				numbers[i] = list[i].Customer
			}
			known, err = people(tx, numbers)
			return err
		}); err != nil {
			return err
		}
		if len(list) > 0 {
			if err := take(list, known); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
		after = list[page-1].Place(by)
	}
}

// people are the customers, with what they are known by under all their numbers.
func people(tx *db.Tx, numbers []int64) ([]customer.Stored, error) {
	all, err := customer.Several(tx, numbers)
	if err != nil {
		return nil, err
	}
	members, known, err := customer.MergedInto(tx, numbers)
	for i := range all {
		for _, m := range members[all[i].Customer] {
			all[i].Identities = append(all[i].Identities, known[m]...)
		}
	}
	return all, err
}

// Counts are what is known of how many customers.
type Counts struct {
	Customers, Reachable, Agreed, Named int64
}

// CountAll tells how many customers there are, can be written to or called, agreed to something, and have a name.
func CountAll(tx *db.Tx) (c Counts, err error) {
	err = tx.QueryRow(`SELECT count(*), count(CASE WHEN reachable THEN 1 END), count(CASE WHEN agreed <> '' THEN 1 END), count(CASE WHEN sort_name < $1 THEN 1 END)
		FROM customer_summaries`, nameless).Scan(&c.Customers, &c.Reachable, &c.Agreed, &c.Named)
	return c, err
}

// NameOf is what a customer is sorted by where a list is sorted by name.
func NameOf(tx *db.Tx, number int64) (name string, err error) {
	err = tx.QueryRow("SELECT sort_name FROM customer_summaries WHERE customer_id = $1", number).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, err
}
