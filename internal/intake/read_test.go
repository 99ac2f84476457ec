package intake_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/activity"
	"regulars/internal/record/answer"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
)

// TestEverythingComesBack takes random facts in and reads them again, on both engines.
func TestEverythingComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		var played atomic.Int64
		rapid.Check(t, func(r *rapid.T) {
			d := &drawn{shop: s, r: r, source: fmt.Sprint("source ", played.Add(1))}
			rapid.SampledFrom([]func(){d.order, d.order, d.giveBack, d.answer, d.subscription, d.event}).Draw(r, "fact")()
		})
		s.sound()
	})
}

// drawn makes facts that say anything that can be said.
type drawn struct {
	*shop
	r      *rapid.T
	source string
}

var said = []string{"", "x", "Ελλάδα", "顾客", "😀 \u2028", `"; DROP TABLE orders; --`, "<script>alert(1)</script>", "a\tb\nc", `\N`}

func (d *drawn) text(label string) string { return rapid.SampledFrom(said).Draw(d.r, label) }

func (d *drawn) some(label string) string { return rapid.SampledFrom(said[1:]).Draw(d.r, label) }

func (d *drawn) amount(label string) int64 { return rapid.Int64Range(0, 1_000_000).Draw(d.r, label) }

func (d *drawn) moment(label string) fact.Moment {
	return d.At(time.UnixMicro(rapid.Int64Range(-1e15, 4e15).Draw(d.r, label)))
}

// maybe is a moment, or none.
func (d *drawn) maybe(label string) (m fact.Moment) {
	if rapid.Bool().Draw(d.r, label+" said") {
		m = d.moment(label)
	}
	return m
}

func (d *drawn) attributes(label string) (all fact.Attributes) {
	for range rapid.IntRange(0, 3).Draw(d.r, label) {
		name := rapid.SampledFrom([]string{"color", "Color", "store", "Sales Channel", "μέγεθος", "size"}).Draw(d.r, "name")
		all = append(all, fact.Attribute{Name: name, Value: d.text("value")})
	}
	return all
}

func (d *drawn) take(take func(tx *db.Tx) (fact.Outcome, error)) fact.Outcome {
	out := d.do(take)
	if out.Status != fact.Created && out.Status != fact.Updated {
		d.r.Fatalf("%s: %v", out.Status, out.Err)
	}
	return out
}

func (d *drawn) read(read func(tx *db.Tx) error) {
	if err := d.d.Read(d.t.Context(), read); err != nil {
		d.r.Fatal(err)
	}
}

func (d *drawn) same(what string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		d.r.Fatalf("%s: %+v, want %+v", what, got, want)
	}
}

// kept checks what every fact has.
func (d *drawn) kept(k listing.Kept, out fact.Outcome) {
	if k.Customer != out.Customer || k.ID != out.Fact || k.Version != 1 || k.Recorded != k.Updated || time.Since(k.Recorded) > time.Hour {
		d.r.Fatalf("kept as %+v, taken in as %+v", k, out)
	}
}

// folded are attributes by name, whatever its letters' size; the last of a name counts, and none is empty.
func folded(all ...fact.Attributes) map[string]string {
	out := map[string]string{}
	for _, a := range slices.Concat(all...) {
		out[strings.ToLower(a.Name)] = a.Value
	}
	maps.DeleteFunc(out, func(_, value string) bool { return value == "" })
	return out
}

func (d *drawn) order() {
	o := intake.Order{Order: order.Order{Source: d.source, Reference: d.some("reference"), Placed: d.moment("placed"), Summed: true,
		State:         rapid.SampledFrom([]order.State{order.Placed, order.Paid, order.Fulfilled, order.Cancelled}).Draw(d.r, "state"),
		DiscountMinor: d.amount("discount"), TaxMinor: d.amount("tax"), ShippingMinor: d.amount("shipping"),
		Store: d.text("store"), Channel: d.text("channel"), Attributes: d.attributes("attributes")}}
	if rapid.Bool().Draw(d.r, "customer") {
		o.Customer = own(d.source)
	}
	for range rapid.IntRange(0, 6).Draw(d.r, "lines") {
		o.Lines = append(o.Lines, order.Line{Moment: d.maybe("sold"), Product: d.text("product"), Category: d.text("category"),
			Quantity: rapid.Float64Range(-1e6, 1e6).Draw(d.r, "quantity"), AmountMinor: d.amount("amount"), Attributes: d.attributes("of line")})
	}
	if o.Summed = len(o.Lines) > 0; !o.Summed {
		o.AmountMinor = d.amount("amount")
	}
	for _, l := range o.Lines {
		o.AmountMinor += l.AmountMinor
	}
	for range rapid.IntRange(0, 3).Draw(d.r, "payments") {
		o.Payments = append(o.Payments, order.Payment{Method: d.text("method"), AmountMinor: d.amount("paid"), Paid: d.maybe("paid at")})
	}
	out := d.take(func(tx *db.Tx) (fact.Outcome, error) { return d.Order(tx, o) })
	got := d.loadOrder(out)
	d.kept(got.Kept, out)
	d.compareOrder(&got.Order, &o.Order)
	// Taken in again as it was read it is the same order, whatever is said of it in other words.
	again := intake.Order{Customer: o.Customer, Order: got.Order}
	next := d.do(func(tx *db.Tx) (fact.Outcome, error) { return d.Order(tx, again) })
	if next.Fact != out.Fact || next.Err != nil {
		d.r.Fatalf("read and taken in again: %+v, want it to be %+v", next, out)
	}
	d.compareOrder(&d.loadOrder(out).Order, &o.Order)
}

func (d *drawn) loadOrder(out fact.Outcome) (got *order.Stored) {
	d.read(func(tx *db.Tx) (err error) {
		got, err = order.Load(tx, out.Customer, out.Fact)
		return err
	})
	return got
}

func (d *drawn) compareOrder(got, want *order.Order) {
	d.same("order", []any{got.Source, got.Reference, got.Placed, got.State, got.AmountMinor, got.DiscountMinor, got.TaxMinor,
		got.ShippingMinor, got.Store, got.Channel, len(got.Lines), len(got.Payments)},
		[]any{want.Source, want.Reference, want.Placed, want.State, want.AmountMinor, want.DiscountMinor, want.TaxMinor,
			want.ShippingMinor, want.Store, want.Channel, len(want.Lines), len(want.Payments)})
	d.same("attributes", folded(got.Attributes), folded(want.Attributes))
	places := func(o *order.Order) fact.Attributes {
		return fact.Attributes{{Name: "store", Value: o.Store}, {Name: "sales channel", Value: o.Channel}}
	}
	for i := range want.Lines {
		g, w := &got.Lines[i], &want.Lines[i]
		if g.Moment.IsZero() && w.Moment == want.Placed {
			g.Moment = w.Moment
		}
		d.same("line", []any{g.Moment, g.Product, g.Category, g.Quantity, g.AmountMinor}, []any{w.Moment, w.Product, w.Category, w.Quantity, w.AmountMinor})
		d.same("attributes of the line", folded(places(got), got.Attributes, g.Attributes), folded(places(want), want.Attributes, w.Attributes))
	}
	for i, w := range want.Payments {
		g := got.Payments[i]
		d.same("payment", []any{g.Method, g.AmountMinor, g.Paid.UTC}, []any{w.Method, w.AmountMinor, w.Paid.UTC})
	}
}

func (d *drawn) giveBack() {
	sold := intake.Order{Customer: own(d.source), Order: order.Order{Source: d.source, Reference: "1", Placed: d.At(noon), Summed: true,
		Lines: []order.Line{{Product: "a", Category: "c", Quantity: 2, AmountMinor: 900}, {Product: "b", Quantity: 1, AmountMinor: 300}}}}
	bought := d.take(func(tx *db.Tx) (fact.Outcome, error) { return d.Order(tx, sold) })
	r := intake.Return{Customer: own(d.source), Return: order.Return{Source: d.source, Reference: d.some("reference"), Returned: d.moment("returned"),
		Reason: d.text("reason")}}
	if rapid.Bool().Draw(d.r, "names the order") {
		r.OrderReference = "1"
	}
	for range rapid.IntRange(0, 3).Draw(d.r, "lines") {
		l := order.ReturnLine{Moment: d.maybe("came back"), Product: d.text("product"), Category: d.text("category"),
			Quantity: rapid.Float64Range(0.5, 1e6).Draw(d.r, "quantity"), AmountMinor: d.amount("amount"), Attributes: d.attributes("of line")}
		if r.OrderReference != "" {
			l.Line = rapid.IntRange(0, 2).Draw(d.r, "line")
		}
		r.Lines = append(r.Lines, l)
	}
	if r.Summed = len(r.Lines) > 0; !r.Summed {
		r.AmountMinor = d.amount("amount")
	}
	handed := r
	handed.Lines = slices.Clone(r.Lines)
	out := d.take(func(tx *db.Tx) (fact.Outcome, error) { return d.Return(tx, handed) })
	var got *order.StoredReturn
	d.read(func(tx *db.Tx) (err error) {
		got, err = order.LoadReturn(tx, out.Customer, out.Fact)
		return err
	})
	d.kept(got.Kept, out)
	var named int64
	if r.OrderReference != "" {
		named = bought.Fact
	}
	var sum int64
	for i, w := range r.Lines {
		sum += w.AmountMinor
		if w.Line > 0 {
			w.Product, w.Category = sold.Lines[w.Line-1].Product, sold.Lines[w.Line-1].Category
		}
		g := got.Lines[i]
		if g.Moment.IsZero() && w.Moment == r.Returned {
			g.Moment = w.Moment
		}
		d.same("attributes of the line", folded(g.Attributes), folded(w.Attributes))
		g.Attributes, w.Attributes = nil, nil
		d.same("line", g, w)
	}
	d.same("return", []any{got.Source, got.Reference, got.Order, got.OrderReference, got.Returned, got.Reason, got.AmountMinor, len(got.Lines)},
		[]any{r.Source, r.Reference, named, r.OrderReference, r.Returned, r.Reason, max(sum, r.AmountMinor), len(r.Lines)})
}

func (d *drawn) answer() {
	a := intake.Answer{Source: d.source, Reference: d.some("reference"), Attributes: d.attributes("attributes"), Answer: fact.Answer{
		Moment: d.moment("given"), Kind: rapid.SampledFrom([]string{"nps", "csat", "ces", "case"}).Draw(d.r, "kind"),
		Aspect: d.text("aspect"), Scored: rapid.Bool().Draw(d.r, "scored"), Scale: rapid.IntRange(0, 10).Draw(d.r, "scale"),
		Delivered: rapid.Bool().Draw(d.r, "delivered"), Finished: rapid.Bool().Draw(d.r, "finished"), Comment: d.text("comment"),
		Replied: d.maybe("replied"), Solved: d.maybe("solved"), Due: d.maybe("due")}}
	if a.Answer.Scored {
		a.Answer.Score = rapid.Float64Range(-10, 10).Draw(d.r, "score")
	}
	if rapid.Bool().Draw(d.r, "customer") {
		a.Customer = own(d.source)
	}
	out := d.take(func(tx *db.Tx) (fact.Outcome, error) { return d.Answer(tx, a) })
	var got *answer.Stored
	d.read(func(tx *db.Tx) (err error) {
		got, err = answer.Load(tx, out.Customer, out.Fact)
		return err
	})
	d.kept(got.Kept, out)
	d.same("answer", got.Answer, a.Answer)
	d.same("names", []string{got.Source, got.Reference}, []string{a.Source, a.Reference})
	d.same("attributes", folded(got.Attributes), folded(a.Attributes))
}

func (d *drawn) subscription() {
	s := intake.Subscription{Customer: own(d.source), Subscription: activity.Subscription{Source: d.source, Reference: d.some("reference"),
		Plan: d.text("plan"), AmountMinor: d.amount("amount"), Started: d.moment("started"), Reason: d.text("reason")}}
	if rapid.Bool().Draw(d.r, "cancelled") {
		s.Cancelled = d.At(time.UnixMicro(s.Started.UTC + rapid.Int64Range(0, 1e15).Draw(d.r, "after")))
	}
	out := d.take(func(tx *db.Tx) (fact.Outcome, error) { return d.Subscription(tx, s) })
	var got *activity.StoredSubscription
	d.read(func(tx *db.Tx) (err error) {
		got, err = activity.LoadSubscription(tx, out.Customer, out.Fact)
		return err
	})
	d.kept(got.Kept, out)
	s.Subscription.Customer = out.Customer
	d.same("subscription", got.Subscription, s.Subscription)
}

func (d *drawn) event() {
	e := intake.Event{Customer: own(d.source), Event: activity.Event{Source: d.source, Reference: d.some("reference"), Name: d.some("name"),
		Happened: d.moment("happened"), Session: d.text("session"), DurationMS: d.amount("duration"), Product: d.text("product")}}
	if rapid.Bool().Draw(d.r, "visitor") {
		e.Customer.Kind = customer.Visitor
	}
	if rapid.Bool().Draw(d.r, "properties") {
		text, err := json.Marshal(map[string]any{"said": d.text("property"), "list": []int{1, 2}})
		if err != nil {
			d.r.Fatal(err)
		}
		e.Properties = text
	}
	out := d.take(func(tx *db.Tx) (fact.Outcome, error) { return d.Event(tx, e) })
	var got *activity.StoredEvent
	d.read(func(tx *db.Tx) (err error) {
		got, err = activity.LoadEvent(tx, out.Customer, activity.EventID(e.Source, e.Reference))
		return err
	})
	d.kept(got.Kept, out)
	want := e.Event
	want.Customer, want.Reference = out.Customer, "" // which only its id keeps
	d.same("event", got.Event, want)
}
