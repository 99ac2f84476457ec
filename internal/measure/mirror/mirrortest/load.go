// Package mirrortest puts facts into a store for tests and benchmarks of what measures them, table by table and without
// the rules of the intake: also such facts as the intake would not let in, and a great many at once.
//
// What always holds: the facts mean what the same facts mean as rows of files; each change is in the feed.
//
// It does not make identities, orders or payments: nothing that measures reads them.
package mirrortest

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
)

// Loader writes facts into a store. It remembers what it has numbered, so one serves one store.
type Loader struct {
	store  *db.DB
	rows   int64
	names  map[[2]string]string // kind and folded name: spelling
	people map[string]*fact.Customer
	said   map[string]map[string]string // attributes of people
	lines  map[[2]int64]int64           // lines of a fact so far
	known  map[int64]bool               // products and categories
}

// New makes a loader.
func New(store *db.DB) *Loader {
	return &Loader{
		store: store, names: map[[2]string]string{}, people: map[string]*fact.Customer{}, said: map[string]map[string]string{},
		lines: map[[2]int64]int64{}, known: map[int64]bool{},
	}
}

// ID numbers a text: above zero, and the same every time.
func ID(parts ...string) int64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return int64(h.Sum64()>>1) | 1
}

// inserts are the statements; each call of the loader fills what it needs.
type inserts struct {
	tx      *db.Tx
	changes []feed.Change
	rows    map[*db.Insert][]any
	order   []*db.Insert
	people  map[string]bool // of whom something is said
}

// What is there already is replaced, which is how a fact is corrected.
var (
	insertLine = db.NewInsert(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month,
		amount_minor, quantity, product_id, category_id, is_return, counts, attributes)`, 15,
		"ON CONFLICT (customer_id, fact_id, line_no) DO UPDATE SET amount_minor = excluded.amount_minor, attributes = excluded.attributes")
	insertCustomer = db.NewInsert(`INSERT INTO customers (customer_id, reference, kind, form_of_address, given_name, middle_name,
		family_name, full_name, folded_name, language, channel, referred, household, attributes, version, created_us, updated_us)`, 17,
		"ON CONFLICT (customer_id) DO UPDATE SET channel = excluded.channel, referred = excluded.referred, attributes = excluded.attributes")
	insertAnswer = db.NewInsert(`INSERT INTO answers (customer_id, answer_id, source, reference, answered_us, local_us, day, month, kind,
		aspect, score, scale, delivered, finished, replied_local_us, solved_local_us, due_local_us, comment, attributes, content, version,
		recorded_us, updated_us)`, 23, "ON CONFLICT (customer_id, answer_id) DO NOTHING")
	insertCost = db.NewInsert("INSERT INTO costs (source, reference, spent_us, local_us, day, month, channel, retention, amount_minor, note, updated_us)", 11,
		"ON CONFLICT (source, reference) DO NOTHING")
	insertCategory = db.NewInsert("INSERT INTO categories (category_id, name)", 2, "ON CONFLICT DO NOTHING")
	insertProduct  = db.NewInsert("INSERT INTO products (product_id, reference, name, updated_us)", 4, "ON CONFLICT DO NOTHING")
	insertName     = db.NewInsert("INSERT INTO attribute_names (kind, folded, name, place)", 4, "ON CONFLICT DO NOTHING")
)

func (i *inserts) add(insert *db.Insert, values ...any) {
	if i.rows[insert] == nil {
		i.order = append(i.order, insert)
	}
	i.rows[insert] = append(i.rows[insert], values...)
}

func (i *inserts) exec() error {
	for _, insert := range i.order {
		if _, err := insert.Exec(i.tx, i.rows[insert]); err != nil {
			return err
		}
	}
	return feed.Add(i.tx, i.changes...)
}

// perWrite is how many facts go into one transaction.
const perWrite = 2000

// Load writes the facts of a batch, which is a file or part of one.
func (l *Loader) Load(ctx context.Context, b *fact.Batch) error {
	names := func(kind string, used bool) []string {
		if !used {
			return nil
		}
		return l.namesOf(kind, b.Attributes)
	}
	sale, person, answer := names("sale", len(b.Sales) > 0), names("customer", len(b.Customers) > 0), names("answer", len(b.Answers) > 0)
	for _, part := range []struct {
		n    int
		take func(in *inserts, i int)
	}{
		{len(b.Sales), func(in *inserts, i int) { l.sale(in, &b.Sales[i], sale) }},
		{len(b.Customers), func(in *inserts, i int) { l.customer(in, &b.Customers[i], person) }},
		{len(b.Answers), func(in *inserts, i int) { l.answer(in, &b.Answers[i], answer) }},
		{len(b.Costs), func(in *inserts, i int) { l.cost(in, &b.Costs[i]) }},
	} {
		for from := 0; from < part.n; from += perWrite {
			in := &inserts{rows: map[*db.Insert][]any{}, people: map[string]bool{}}
			l.allNames(in)
			for i := from; i < min(from+perWrite, part.n); i++ {
				part.take(in, i)
			}
			for reference := range in.people {
				l.write(in, reference)
			}
			err := l.store.Write(ctx, func(tx *db.Tx) error {
				in.tx = tx
				return in.exec()
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Loader) namesOf(kind string, names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		key := [2]string{kind, strings.ToLower(n)}
		if l.names[key] == "" {
			l.names[key] = strings.Clone(n)
		}
		out[i] = l.names[key]
	}
	return out
}

func (l *Loader) allNames(in *inserts) {
	place := int64(0)
	for key, name := range l.names {
		place++
		in.add(insertName, key[0], key[1], name, place)
	}
}

func object(names, values []string) string {
	out := map[string]string{}
	for i, n := range names {
		if values[i] != "" {
			out[n] = values[i]
		}
	}
	return text(out)
}

func text(object map[string]string) string {
	if len(object) == 0 {
		return ""
	}
	b, err := json.Marshal(object)
	if err != nil {
		panic(err) // texts are always to be written
	}
	return string(b)
}

func month(local int64) int64 {
	t := time.UnixMicro(local).UTC()
	return int64(t.Year()*12) + int64(t.Month()) - 1
}

// who is a customer's number; somebody unknown has one below zero, of its own.
func (l *Loader) who(in *inserts, reference string) int64 {
	if reference == "" {
		return -ID("nobody", strconv.FormatInt(l.rows, 10))
	}
	id := ID("customer", reference)
	if l.people[reference] == nil {
		reference = strings.Clone(reference)
		l.people[reference], in.people[reference] = &fact.Customer{}, true
	}
	return id
}

// write puts down what is known of a customer.
func (l *Loader) write(in *inserts, reference string) {
	p := l.people[reference]
	var referred any
	if p.Referred != fact.Unsaid {
		referred = p.Referred == fact.Yes
	}
	id := ID("customer", reference)
	in.add(insertCustomer, id, reference, "person", "", "", "", "", "", "", "", p.Channel, referred, "", text(l.said[reference]), 1, 0, 0)
	in.changes = append(in.changes, feed.Change{Customer: id, Kind: feed.Customer})
}

func (l *Loader) sale(in *inserts, s *fact.Sale, names []string) {
	l.rows++
	row := strconv.FormatInt(l.rows, 10)
	customer := l.who(in, s.Customer)
	order := ID("row", row)
	if s.Order != "" {
		order = ID("order", s.Order)
	}
	id, kind := order, feed.Order
	if s.Return {
		id, kind = ID("return", row), feed.Return
	}
	l.lines[[2]int64{customer, id}]++
	var product, category any
	if s.Product != "" {
		at := ID("product", s.Product)
		product = at
		if !l.known[at] {
			l.known[at] = true
			in.add(insertProduct, at, s.Product, "", 0)
		}
	}
	if s.Category != "" {
		at := ID("category", s.Category)
		category = at
		if !l.known[at] {
			l.known[at] = true
			in.add(insertCategory, at, s.Category)
		}
	}
	in.add(insertLine, customer, id, l.lines[[2]int64{customer, id}], order, s.Moment.UTC, s.Moment.Local, int64(s.Moment.Day()),
		month(s.Moment.Local), s.AmountMinor, s.Quantity, product, category, s.Return, true, object(names, s.Attributes))
	in.changes = append(in.changes, feed.Change{Customer: customer, Kind: kind, Fact: id})
}

func (l *Loader) customer(in *inserts, c *fact.Customer, names []string) {
	if c.Customer == "" {
		return
	}
	l.who(in, c.Customer)
	in.people[strings.Clone(c.Customer)] = true
	if l.said[c.Customer] == nil {
		l.said[strings.Clone(c.Customer)] = map[string]string{}
	}
	p := l.people[c.Customer]
	if c.Channel != "" {
		p.Channel = strings.Clone(c.Channel)
	}
	if c.Referred != fact.Unsaid {
		p.Referred = c.Referred
	}
	for i, n := range names {
		if c.Attributes[i] != "" {
			l.said[c.Customer][n] = strings.Clone(c.Attributes[i])
		}
	}
}

func (l *Loader) answer(in *inserts, a *fact.Answer, names []string) {
	l.rows++
	row := strconv.FormatInt(l.rows, 10)
	customer, id := l.who(in, a.Customer), ID("answer", row)
	var score any
	if a.Scored {
		score = a.Score
	}
	in.add(insertAnswer, customer, id, "file", row, a.Moment.UTC, a.Moment.Local, int64(a.Moment.Day()), month(a.Moment.Local), a.Kind, a.Aspect,
		score, a.Scale, a.Delivered, a.Finished, orNull(a.Replied), orNull(a.Solved), orNull(a.Due), "", object(names, a.Attributes),
		[]byte{}, 1, 0, 0)
	in.changes = append(in.changes, feed.Change{Customer: customer, Kind: feed.Answer, Fact: id})
}

func (l *Loader) cost(in *inserts, c *fact.Cost) {
	l.rows++
	in.add(insertCost, "file", strconv.FormatInt(l.rows, 10), c.Moment.UTC, c.Moment.Local, int64(c.Moment.Day()), month(c.Moment.Local), c.Channel,
		c.Retention, c.AmountMinor, "", 0)
	in.changes = append(in.changes, feed.Change{Kind: feed.Cost})
}

func orNull(m fact.Moment) any {
	if m == (fact.Moment{}) {
		return nil
	}
	return m.Local
}
