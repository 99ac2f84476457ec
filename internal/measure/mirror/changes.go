package mirror

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/base/columnar"
	"regulars/internal/base/db"
	"regulars/internal/record/feed"
)

// changes are the facts that the feed names, by the table of the copy that they are in.
type changes struct {
	size           int
	facts          map[*table][]factKey
	aliases, costs bool
}

// factKey names a fact of a customer; the customer itself is fact 0.
type factKey struct{ customer, fact int64 }

// readChanges reads what has changed since the position; reaches is false where the copy is to be made anew.
func readChanges(tx *db.Tx, from feed.Position) (c *changes, to feed.Position, reaches bool, err error) {
	c = &changes{facts: map[*table][]factKey{}}
	to, reaches, err = feed.Since(tx, from, func(one feed.Change) error {
		c.size++
		key := factKey{one.Customer, one.Fact}
		switch one.Kind {
		case feed.Order, feed.Return:
			c.facts[saleLines] = append(c.facts[saleLines], key)
		case feed.Answer:
			c.facts[answers] = append(c.facts[answers], key)
		case feed.Customer:
			c.facts[customers] = append(c.facts[customers], factKey{customer: one.Customer})
		case feed.Alias:
			c.aliases = true
		case feed.Cost:
			c.costs = true
		case feed.Subscription, feed.Event, feed.Initiative, feed.Settings: // nothing of them is in the copy
		}
		return nil
	})
	for t, keys := range c.facts {
		slices.SortFunc(keys, func(a, b factKey) int {
			return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.fact, b.fact))
		})
		c.facts[t] = slices.Compact(keys)
	}
	return c, to, reaches, err
}

// take reads the changed facts as they are now and puts them in place of what the copy had, as sets.
func (w *writer) take(ctx context.Context, tx *db.Tx, c *changes) error {
	if c.size == 0 {
		return nil
	}
	if err := w.newNames(ctx, tx); err != nil {
		return err
	}
	for _, t := range []*table{saleLines, customers, answers} {
		if keys := c.facts[t]; len(keys) > 0 {
			if err := w.replace(ctx, tx, t, keys); err != nil {
				return err
			}
		}
	}
	for _, whole := range []struct {
		changed bool
		*table
	}{{c.aliases, aliases}, {c.costs, costs}} {
		if whole.changed {
			if err := w.exec(ctx, "DELETE FROM "+whole.name); err != nil {
				return err
			}
			if err := w.append(tx, whole.table); err != nil {
				return err
			}
		}
	}
	return nil
}

// newNames adds columns for attributes that the copy does not know yet.
func (w *writer) newNames(ctx context.Context, tx *db.Tx) (err error) {
	before, err := w.readNames(ctx)
	if err != nil {
		return err
	}
	if w.names, err = readNames(tx, before); err != nil {
		return err
	}
	for _, n := range w.names.list[len(before.list):] {
		for _, t := range tables() {
			if t.attributes == n.kind {
				if err := w.exec(ctx, "ALTER TABLE "+t.name+" ADD COLUMN "+n.column()+" VARCHAR"); err != nil {
					return err
				}
			}
		}
	}
	return w.writeNames(ctx, len(before.list))
}

// replace puts facts in place of what the copy had of them.
func (w *writer) replace(ctx context.Context, tx *db.Tx, t *table, keys []factKey) error {
	if err := w.remove(ctx, t, keys); err != nil {
		return err
	}
	s := newShape(t, w.names)
	l, err := w.load(s)
	if err != nil {
		return err
	}
	c := &catalogueIDs{}
	row := make([]any, s.width())
	err = lookup(tx, t, keys, func(rows *db.Rows) error {
		if err := s.scan(rows, row); err != nil {
			return err
		}
		w.note(tx, t, row, c)
		for i, v := range row {
			l.Row()[i] = v
		}
		return l.Append()
	})
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	return w.newCatalogue(ctx, tx, c)
}

// note remembers what a row brings with it.
func (w *writer) note(tx *db.Tx, t *table, row []any, c *catalogueIDs) {
	switch t {
	case saleLines:
		c.add(row[t.place("product_id")], row[t.place("category_id")])
	case customers:
		if row[t.place("erased_us")] != nil && w.erased == 0 {
			w.erased = tx.Now.UnixMicro()
		}
	}
}

// removeByName is up to how many facts are named in the statement: the engine then skips the blocks that have none of
// them. More go through a table.
const removeByName = 32

// remove deletes facts from the copy.
func (w *writer) remove(ctx context.Context, t *table, keys []factKey) error {
	if len(keys) <= removeByName {
		var named []string
		var who []string
		for _, k := range keys {
			named = append(named, fmt.Sprintf("(%d, %d)", k.customer, k.fact))
			who = append(who, fmt.Sprint(k.customer))
		}
		query := "DELETE FROM " + t.name + " WHERE customer_id IN (" + strings.Join(who, ", ") + ")"
		if t.key != "" {
			query += " AND (customer_id, " + t.key + ") IN (" + strings.Join(named, ", ") + ")"
		}
		return w.exec(ctx, query)
	}
	if err := w.exec(ctx, "CREATE OR REPLACE TEMP TABLE changed (customer_id BIGINT, fact_id BIGINT)"); err != nil {
		return err
	}
	l, err := columnar.LoadOn(w.conn, "changed", 2)
	if err != nil {
		return err
	}
	for _, k := range keys {
		l.Row()[0], l.Row()[1] = k.customer, k.fact
		if err := l.Append(); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	if err := l.Close(); err != nil {
		return err
	}
	query := "DELETE FROM " + t.name + " USING changed c WHERE " + t.name + ".customer_id = c.customer_id"
	if t.key != "" {
		query += " AND " + t.name + "." + t.key + " = c.fact_id"
	}
	return errors.Join(w.exec(ctx, query), w.exec(ctx, "DROP TABLE changed"))
}

// lookup reads facts by their keys.
func lookup(tx *db.Tx, t *table, keys []factKey, scan func(*db.Rows) error) error {
	columns := []string{"customer_id BIGINT"}
	if t.key != "" {
		columns = append(columns, t.key+" BIGINT")
	}
	args := make([]any, 0, len(columns)*len(keys))
	for _, k := range keys {
		if args = append(args, k.customer); t.key != "" {
			args = append(args, k.fact)
		}
	}
	return db.NewLookup(t.selection(), columns...).Each(tx, args, scan)
}

// append adds all rows of a small table.
func (w *writer) append(tx *db.Tx, t *table) error {
	s := newShape(t, w.names)
	l, err := w.load(s)
	if err != nil {
		return err
	}
	rows, err := tx.Query(t.selection())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	row := make([]any, s.width())
	for rows.Next() && err == nil {
		if err = s.scan(rows, row); err == nil {
			for i, v := range row {
				l.Row()[i] = v
			}
			err = l.Append()
		}
	}
	return errors.Join(err, rows.Close(), l.Close())
}

// catalogueIDs are the products and categories that rows speak of.
type catalogueIDs struct{ products, categories map[int64]bool }

func (c *catalogueIDs) add(product, category any) {
	for _, one := range []struct {
		id any
		to *map[int64]bool
	}{{product, &c.products}, {category, &c.categories}} {
		if id, ok := one.id.(int64); ok {
			if *one.to == nil {
				*one.to = map[int64]bool{}
			}
			(*one.to)[id] = true
		}
	}
}

// newCatalogue adds products and categories that the copy has not met before. Their names never change: the number is
// made of the name.
func (w *writer) newCatalogue(ctx context.Context, tx *db.Tx, c *catalogueIDs) error {
	for _, one := range []struct {
		*table
		ids map[int64]bool
	}{{products, c.products}, {categories, c.categories}} {
		if err := w.unmet(ctx, one.table, one.ids); err != nil {
			return err
		}
		if len(one.ids) == 0 {
			continue
		}
		args := make([]any, 0, len(one.ids))
		for id := range one.ids {
			args = append(args, id)
		}
		s := newShape(one.table, w.names)
		l, err := w.load(s)
		if err != nil {
			return err
		}
		row := make([]any, s.width())
		err = db.NewLookup(one.selection(), one.key+" BIGINT").Each(tx, args, func(rows *db.Rows) error {
			if err := s.scan(rows, row); err != nil {
				return err
			}
			for i, v := range row {
				l.Row()[i] = v
			}
			return l.Append()
		})
		if err := errors.Join(err, l.Close()); err != nil {
			return err
		}
	}
	return nil
}

// askedByID is up to how many ids are looked for by name; for more, all are read.
const askedByID = 500

// unmet leaves the ids that the table does not have yet.
func (w *writer) unmet(ctx context.Context, t *table, ids map[int64]bool) error {
	if len(ids) == 0 {
		return nil
	}
	query := "SELECT " + t.key + " FROM " + t.name
	if len(ids) <= askedByID {
		var list []string
		for id := range ids {
			list = append(list, strconv.FormatInt(id, 10))
		}
		query += " WHERE " + t.key + " IN (" + strings.Join(list, ", ") + ")"
	}
	rows, err := w.conn.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("read the ids in %s: %w", t.name, err)
	}
	var id sql.NullInt64
	for rows.Next() && err == nil {
		err = rows.Scan(&id)
		delete(ids, id.Int64)
	}
	return errors.Join(err, rows.Err(), rows.Close())
}
