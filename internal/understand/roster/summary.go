package roster

import (
	"math"
	"slices"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/understand/segment"
)

// never is the day of the last order of who has placed none.
const never = math.MinInt32

// nameless sorts those without a name behind those with one.
const nameless = "\U0010FFFD"

// summary is what is reckoned of a person, or of one number of theirs.
type summary struct {
	customer, root  int64
	name, reference string
	traits          []string
	consents        customer.Brief // of which only these are looked at
	reachable       bool
	lastDay         int64
	orders, minor   int64
}

// row is a summary as it is kept.
type row struct {
	name, traits, agreed, withdrawn string
	reachable                       bool
	lastDay, orders, minor          int64
	segment                         string
}

// gather reckons the numbers from low to high, each for itself; who was erased is not among them.
func gather(tx *db.Tx, low, high int64) (map[int64]*summary, error) {
	briefs, err := customer.Briefs(tx, low, high)
	if err != nil {
		return nil, err
	}
	totals, err := order.Totals(tx, low, high, tx.Now.UnixMicro())
	if err != nil {
		return nil, err
	}
	all := make(map[int64]*summary, len(briefs))
	for n, b := range briefs {
		if b.Erased {
			continue
		}
		s := &summary{customer: n, root: b.Root, name: b.FoldedName, reference: customer.Fold(b.Reference), consents: *b, lastDay: never}
		for _, a := range b.Attributes {
			s.traits = append(s.traits, trait(a.Name, a.Value))
		}
		for _, i := range b.Known {
			s.reachable = s.reachable || i.Kind == customer.Email || i.Kind == customer.Phone
		}
		all[n] = s
	}
	for n, t := range totals {
		s := all[n]
		if s == nil && n < 0 { // a visitor who was merged into a customer has nothing but what was bought
			s = &summary{customer: n, lastDay: never}
			all[n] = s
		}
		if s == nil {
			continue
		}
		s.orders, s.minor = t.Orders, t.Minor
		if t.Orders > 0 {
			s.lastDay = t.LastDay
		}
	}
	return all, nil
}

// add has a person be what one more of their numbers says too. The first is the one who stands for the person: of a trait
// that several have, theirs counts.
func (s *summary) add(o *summary) {
	if s.consents.Consents == nil {
		*s = *o
		s.traits, s.consents.Consents = slices.Clone(o.traits), map[[2]string]customer.Said{}
		for key, said := range o.consents.Consents {
			s.consents.Says(key, said)
		}
		return
	}
	for key, said := range o.consents.Consents {
		s.consents.Says(key, said)
	}
	s.reachable = s.reachable || o.reachable
	s.lastDay = max(s.lastDay, o.lastDay)
	s.orders += o.orders
	s.minor += o.minor
}

// around marks where a word begins and ends among others: no text of a customer holds it.
const around = "\x1f"

// trait is an attribute as it is looked for, in letters of any size.
func trait(name, value string) string {
	plain := func(s string) string { return strings.ReplaceAll(customer.Fold(s), around, " ") }
	return plain(name) + "=" + plain(value)
}

func marked(words []string) string {
	if len(words) == 0 {
		return ""
	}
	slices.Sort(words)
	return around + strings.Join(slices.Compact(words), around) + around
}

// row is what is kept of the person.
func (s *summary) row(day int32, cuts *segment.Cuts) row {
	yes, no := []string{}, []string{}
	for key, said := range s.consents.Consents {
		if said.Granted {
			yes = append(yes, channelOf(key[0]))
		} else {
			no = append(no, channelOf(key[0]))
		}
	}
	no = slices.DeleteFunc(no, func(channel string) bool { return slices.Contains(yes, channel) })
	out := row{name: s.name, traits: marked(slices.Clone(s.traits)), agreed: marked(yes), withdrawn: marked(no), reachable: s.reachable, lastDay: s.lastDay, orders: s.orders, minor: s.minor}
	if out.name == "" {
		out.name = nameless + s.reference
	}
	if s.orders > 0 {
		out.segment = cuts.Of(max(int64(day)-s.lastDay, 0), s.orders, s.minor)
	}
	return out
}

func channelOf(name string) string { return strings.ReplaceAll(customer.Fold(name), around, " ") }

// kept are the rows that are there for numbers from low to high.
func kept(tx *db.Tx, low, high int64) (map[int64]row, error) {
	rows, err := tx.Query(`SELECT customer_id, sort_name, traits, agreed, withdrawn, reachable, last_day, orders, spent_minor, segment
		FROM customer_summaries WHERE customer_id BETWEEN $1 AND $2`, low, high)
	if err != nil {
		return nil, err
	}
	all := map[int64]row{}
	for rows.Next() {
		var n int64
		var r row
		if err := rows.Scan(&n, &r.name, &r.traits, &r.agreed, &r.withdrawn, &r.reachable, &r.lastDay, &r.orders, &r.minor, &r.segment); err != nil {
			return nil, err
		}
		all[n] = r
	}
	return all, rows.Close()
}

var insert = db.NewInsert(`INSERT INTO customer_summaries (customer_id, sort_name, traits, agreed, withdrawn, reachable, last_day, orders, spent_minor, segment)`, 10,
	`ON CONFLICT (customer_id) DO UPDATE SET sort_name = excluded.sort_name, traits = excluded.traits, agreed = excluded.agreed, withdrawn = excluded.withdrawn,
	reachable = excluded.reachable, last_day = excluded.last_day, orders = excluded.orders, spent_minor = excluded.spent_minor, segment = excluded.segment`)

// put keeps summaries; those that are kept so already are left alone.
func put(tx *db.Tx, all []*summary, have map[int64]row, day int32, cuts *segment.Cuts) error {
	var args []any
	for _, s := range all {
		r := s.row(day, cuts)
		if before, ok := have[s.customer]; ok && before == r {
			continue
		}
		args = append(args, s.customer, r.name, r.traits, r.agreed, r.withdrawn, r.reachable, r.lastDay, r.orders, r.minor, r.segment)
	}
	_, err := insert.Exec(tx, args)
	return err
}
