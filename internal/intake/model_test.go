package intake_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// TestAnyHistory plays random calls on both engines and on a plain model in memory, and wants the same answers and in the
// end the same sums. The model says what intake promises in the shortest words; it knows no SQL.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		var played atomic.Int64
		rapid.Check(t, func(r *rapid.T) {
			p := &play{shop: s, r: r, m: newModel(), name: fmt.Sprintf("play %d ", played.Add(1)), aliases: map[string]int64{}}
			for range rapid.IntRange(1, 30).Draw(r, "calls") {
				p.call()
			}
			p.compare()
		})
		s.sound()
	})
}

// play is one random history: names of its own keep it apart from the others in the same database.
type play struct {
	*shop
	r       *rapid.T
	m       *model
	name    string
	aliases map[string]int64 // by who was merged away: what undoing takes
}

func (p *play) who(label string, nobody bool) string {
	names := []string{"ada", "bob", "cem", "dia"}
	if nobody {
		names = append(names, "")
	}
	return rapid.SampledFrom(names).Draw(p.r, label)
}

func (p *play) identity(name string) customer.Identity {
	if name == "" {
		return customer.Identity{}
	}
	return own(p.name + name)
}

func (p *play) call() {
	calls := []func(){p.order, p.order, p.order, p.giveBack, p.giveBack, p.answer, p.subscribe, p.profile, p.merge, p.undo, p.erase, p.event}
	rapid.SampledFrom(calls).Draw(p.r, "call")()
}

// take runs a call in a transaction; what it refuses by an error rolls back.
func (p *play) take(what string, want fact.Status, call func(tx *db.Tx) (fact.Outcome, error)) {
	p.t.Helper()
	var out fact.Outcome
	err := p.write(func(tx *db.Tx) (err error) {
		out, err = call(tx)
		return err
	})
	if err != nil {
		out.Status = fact.Refused
		out.Err = err
	}
	if out.Status != want {
		p.r.Fatalf("%s: %q (%v), want %q", what, out.Status, out.Err, want)
	}
}

func (p *play) reference(label string) string {
	return rapid.SampledFrom([]string{"1", "2", "3"}).Draw(p.r, label)
}

func (p *play) order() {
	who, reference := p.who("customer", true), p.reference("order")
	amount := rapid.SampledFrom([]int64{0, 100, 250}).Draw(p.r, "amount")
	lines := rapid.IntRange(0, 2).Draw(p.r, "lines")
	state := rapid.SampledFrom([]order.State{order.Paid, order.Paid, order.Cancelled}).Draw(p.r, "state")
	o := intake.Order{Customer: p.identity(who), Order: order.Order{Source: p.name, Reference: reference, Placed: p.At(noon), State: state,
		AmountMinor: amount * int64(max(1, lines))},
		Once: rapid.Bool().Draw(p.r, "once"), PerCustomer: rapid.Bool().Draw(p.r, "per customer")}
	for range lines {
		o.Lines = append(o.Lines, order.Line{Product: "x", Quantity: 1, AmountMinor: amount})
	}
	what := fmt.Sprintf("order %s of %q: %s %d in %d lines, once %v, per customer %v", reference, who, state, amount, lines, o.Once, o.PerCustomer)
	content := entry{kind: "order", amount: o.AmountMinor, counts: state != order.Cancelled, text: fmt.Sprint(lines)}
	want := p.m.put(claim{"order", reference}, who, content, o.Once, o.PerCustomer)
	p.take(what, want, func(tx *db.Tx) (fact.Outcome, error) { return p.Order(tx, o) })
}

func (p *play) giveBack() {
	who, reference := p.who("customer", true), p.reference("return")
	of := rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(p.r, "of order")
	r := intake.Return{Customer: p.identity(who), Return: order.Return{Source: p.name, Reference: reference, OrderReference: of,
		Returned: p.At(noon), AmountMinor: rapid.SampledFrom([]int64{50, 100}).Draw(p.r, "amount")},
		Bounded: rapid.Bool().Draw(p.r, "bounded"), PerCustomer: rapid.Bool().Draw(p.r, "per customer")}
	what := fmt.Sprintf("return %s of %q: %d of order %q, bounded %v, per customer %v", reference, who, r.AmountMinor, of, r.Bounded, r.PerCustomer)
	want := p.m.giveBack(reference, who, of, r.AmountMinor, r.Bounded, r.PerCustomer)
	p.take(what, want, func(tx *db.Tx) (fact.Outcome, error) { return p.Return(tx, r) })
}

func (p *play) answer() {
	who, reference := p.who("customer", true), p.reference("answer")
	score := rapid.IntRange(0, 2).Draw(p.r, "score")
	a := intake.Answer{Source: p.name, Reference: reference, Customer: p.identity(who),
		Answer: fact.Answer{Moment: p.At(noon), Kind: "nps", Score: float64(score), Scored: true, Finished: true}}
	want := p.m.put(claim{"answer", reference}, who, entry{kind: "answer", text: fmt.Sprint(score)}, false, false)
	p.take(fmt.Sprintf("answer %s of %q: %d", reference, who, score), want, func(tx *db.Tx) (fact.Outcome, error) { return p.Answer(tx, a) })
}

func (p *play) subscribe() {
	who, reference := p.who("customer", false), p.reference("subscription")
	sub := intake.Subscription{Customer: p.identity(who)}
	sub.Source, sub.Reference, sub.Started = p.name, reference, p.At(noon)
	sub.Plan = rapid.SampledFrom([]string{"small", "large"}).Draw(p.r, "plan")
	want := p.m.put(claim{"subscription", reference}, who, entry{kind: "subscription", text: sub.Plan}, false, false)
	p.take(fmt.Sprintf("subscription %s of %q: %s", reference, who, sub.Plan), want,
		func(tx *db.Tx) (fact.Outcome, error) { return p.Subscription(tx, sub) })
}

func (p *play) event() {
	who, reference := p.who("customer", false), p.reference("event")
	e := intake.Event{Customer: p.identity(who)}
	e.Source, e.Reference, e.Happened = p.name, reference, p.At(noon)
	e.Name = rapid.SampledFrom([]string{"Product Viewed", "Cart Viewed"}).Draw(p.r, "name")
	want := p.m.event(who, reference, e.Name)
	p.take(fmt.Sprintf("event %s of %q: %s", reference, who, e.Name), want, func(tx *db.Tx) (fact.Outcome, error) { return p.Event(tx, e) })
}

func (p *play) profile() {
	who := p.who("customer", false)
	city := rapid.SampledFrom([]string{"", "Athens", "Patras"}).Draw(p.r, "city")
	mail := rapid.SampledFrom([]string{"", "one@example.com", "two@example.com"}).Draw(p.r, "mail")
	c := intake.Customer{Identities: []customer.Identity{p.identity(who)}, Profile: customer.Profile{Attributes: fact.Attributes{{Name: "city", Value: city}}}}
	if city == "" {
		c.Profile.Attributes = nil
	}
	if mail != "" {
		c.Identities = append(c.Identities, customer.Identity{Kind: "shop", Value: p.name + mail})
	}
	want, taken := p.m.profile(who, city, mail)
	p.take(fmt.Sprintf("customer %q in %q, %q", who, city, mail), want, func(tx *db.Tx) (fact.Outcome, error) {
		out, err := p.Customer(tx, c)
		if err == nil && (len(out.Taken) > 0) != taken {
			err = fmt.Errorf("taken %v, want %v", out.Taken, taken)
		}
		return out.Outcome, err
	})
}

func (p *play) merge() {
	from, into := p.who("from", false), p.who("into", false)
	want, gone := p.m.merge(from, into)
	p.take(fmt.Sprintf("merge %s into %s", from, into), want, func(tx *db.Tx) (fact.Outcome, error) {
		alias, out, err := p.Merge(tx, p.identity(from), p.identity(into))
		if gone != nil {
			gone.alias = alias
		}
		return out, err
	})
}

func (p *play) undo() {
	merged := p.m.mergedAway()
	if len(merged) == 0 {
		return
	}
	c := rapid.SampledFrom(merged).Draw(p.r, "undo")
	alias := c.alias
	c.into = nil
	p.take("undo a merge", fact.Updated, func(tx *db.Tx) (fact.Outcome, error) { return p.Undo(tx, alias) })
}

func (p *play) erase() {
	who := p.who("erase", false)
	want := p.m.erase(who)
	_, err := p.Erase(p.t.Context(), p.d, p.identity(who))
	if (err == nil) != want {
		p.r.Fatalf("erase %q: %v, want %v", who, err, want)
	}
}

// compare sets what is kept beside the model: sums, versions, who is whose.
func (p *play) compare() {
	// The directory is found first: it is spread over a cluster by another key than the facts are.
	const with = "WITH r AS MATERIALIZED (SELECT customer_id, fact_id FROM fact_references WHERE source = $1 AND kind = '%s') "
	const where = " FROM r JOIN %s f ON f.customer_id = r.customer_id AND f.%s = r.fact_id"
	for _, kind := range []struct{ kind, table, id string }{
		{"order", "orders", "order_id"}, {"return", "returns", "return_id"}, {"answer", "answers", "answer_id"},
		{"subscription", "subscriptions", "subscription_id"},
	} {
		facts, versions := p.m.count(kind.kind)
		with, from := fmt.Sprintf(with, kind.kind), fmt.Sprintf(where, kind.table, kind.id)
		if n := p.number(with+"SELECT count(*)"+from, p.name); n != facts {
			p.r.Fatalf("%d facts of kind %s, want %d", n, kind.kind, facts)
		}
		if n := p.number(with+"SELECT CAST(coalesce(sum(version), 0) AS BIGINT)"+from, p.name); n != versions {
			p.r.Fatalf("%d versions of kind %s, want %d", n, kind.kind, versions)
		}
		if n := p.number(with+"SELECT count(*)"+from+" JOIN fact_history h ON h.customer_id = r.customer_id AND h.fact_id = r.fact_id",
			p.name); n != versions-facts {
			p.r.Fatalf("%d versions of kind %s in the history, want %d", n, kind.kind, versions-facts)
		}
	}
	// By person, as readers see it: what was paid, less what came back.
	for _, name := range []string{"ada", "bob", "cem", "dia"} {
		sum, orders, known := p.m.person(name)
		if !known {
			continue
		}
		of := `WITH one AS (SELECT coalesce(a.root_id, i.customer_id) AS root FROM identities i LEFT JOIN aliases a ON a.customer_id = i.customer_id
			WHERE i.kind = 'id' AND i.value = $1), member AS (SELECT root AS customer_id FROM one UNION ALL
			SELECT a.customer_id FROM aliases a JOIN one ON one.root = a.root_id) SELECT CAST(coalesce(`
		if n := p.number(of+`sum(amount_minor), 0) AS BIGINT) FROM sale_lines WHERE counts AND customer_id IN (SELECT customer_id FROM member)`, p.name+name); n != sum {
			p.r.Fatalf("%s paid %d, want %d", name, n, sum)
		}
		if n := p.number(of+`count(*), 0) AS BIGINT) FROM orders WHERE customer_id IN (SELECT customer_id FROM member)`, p.name+name); n != orders {
			p.r.Fatalf("%s has %d orders, want %d", name, n, orders)
		}
	}
	if n := p.number("SELECT count(*) FROM identities WHERE kind = 'id' AND value LIKE $1", p.name+"%"); n != int64(len(p.m.known)) {
		p.r.Fatalf("%d customers are known, want %d", n, len(p.m.known))
	}
}
