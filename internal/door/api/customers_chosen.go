package api

import (
	"context"
	"slices"
	"strconv"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/roster"
)

// Chosen is what customers are chosen and sorted by, by what they did.
type Chosen struct {
	Segment       string `query:"segment" maxLength:"40" doc:"Only those in this RFM segment, such as champions. Needs facts.read, as all that is about orders."`
	LastFrom      string `query:"last_order_from" format:"date" doc:"The last order was on this day or later."`
	LastBefore    string `query:"last_order_before" format:"date" doc:"The last order was before this day; who has never ordered is left out."`
	OrdersFrom    string `query:"orders_from" pattern:"^[0-9]{1,15}$" doc:"So many orders at least."`
	OrdersTo      string `query:"orders_to" pattern:"^[0-9]{1,15}$" doc:"So many orders at most; 0: who has never ordered."`
	SpentFrom     string `query:"spent_minor_from" pattern:"^-?[0-9]{1,15}$" doc:"Paid so much at least, less what came back, in minor units."`
	SpentTo       string `query:"spent_minor_to" pattern:"^-?[0-9]{1,15}$" doc:"Paid so much at most."`
	Consent       string `query:"consent" maxLength:"100" doc:"Agreed to be reached by this channel, such as email, and did not take it back."`
	Withdrawn     string `query:"withdrawn" maxLength:"100" doc:"Took back all consents for this channel."`
	Member        string `query:"member" enum:"yes,no" doc:"Members of the programme, or those who are none. Needs points.read."`
	Tier          string `query:"tier" maxLength:"100" doc:"Only those in this tier of the programme. Needs points.read."`
	Churn         string `query:"churn" enum:"low,medium,high" doc:"How likely they do not come back, as was foretold last night: churn_probability under 0.3, under 0.7, or more."`
	Attribute     string `query:"attribute" maxLength:"300" doc:"Only those of whom this attribute is known. Needs personal.read."`
	AttributeText string `query:"value" maxLength:"4000" doc:"And is this, in letters of any size."`
	Sort          string `query:"sort" enum:"newest,last_order,orders,spent,name" doc:"What the list begins with; by name needs personal.read."`
}

// any tells whether something is chosen or sorted by what customers did.
func (c *Chosen) any() bool { return *c != Chosen{} }

// filter reads it, for who may ask so.
func (c *Chosen) filter(by account.Actor) (f roster.Filter, sort roster.Sort, err error) {
	figures := c.Segment+c.LastFrom+c.LastBefore+c.OrdersFrom+c.OrdersTo+c.SpentFrom+c.SpentTo+c.Churn != "" || c.Sort != "" && c.Sort != string(roster.Newest) && c.Sort != string(roster.ByName)
	for _, need := range []struct {
		asked      bool
		permission account.Permission
	}{{figures, account.FactsRead}, {c.Member+c.Tier != "", account.PointsRead}, {c.Attribute != "" || c.Sort == string(roster.ByName), account.PersonalRead}} {
		if need.asked {
			if err := by.Require(need.permission); err != nil {
				return f, sort, err
			}
		}
	}
	if sort, err = roster.ParseSort(c.Sort); err != nil {
		return f, sort, err
	}
	f.Segment, f.Agreed, f.Withdrawn, f.Trait, f.Value = c.Segment, c.Consent, c.Withdrawn, c.Attribute, c.AttributeText
	if c.AttributeText != "" && c.Attribute == "" {
		return f, sort, fault.In("value", fault.Coded(codeRequired, fault.Invalidf("say which attribute is to have the value")))
	}
	for _, day := range []struct {
		name, text string
		to         **int64
	}{{"last_order_from", c.LastFrom, &f.LastFrom}, {"last_order_before", c.LastBefore, &f.LastBefore}} {
		if day.text != "" {
			at, err := time.Parse(time.DateOnly, day.text)
			if err != nil {
				return f, sort, fault.In(day.name, fault.Coded("no_day", fault.Invalidf("%.20q is no day", day.text)))
			}
			n := int64(fact.At(at, time.UTC).Day())
			*day.to = &n
		}
	}
	for _, bound := range []struct {
		text string
		to   **int64
	}{{c.OrdersFrom, &f.Orders.From}, {c.OrdersTo, &f.Orders.To}, {c.SpentFrom, &f.SpentMinor.From}, {c.SpentTo, &f.SpentMinor.To}} {
		if n, err := strconv.ParseInt(bound.text, 10, 64); err == nil { // else it is empty: the pattern lets nothing else through
			*bound.to = &n
		}
	}
	if c.Member != "" {
		f.More = append(f.More, member.Chosen(c.Member == "yes"))
	}
	if c.Tier != "" {
		f.More = append(f.More, programme.InTier(c.Tier))
	}
	return f, sort, nil
}

// createdToo adds what the list of all customers is chosen by.
func (in *customersIn) createdToo(f *roster.Filter) {
	for _, bound := range []struct {
		at   time.Time
		text string
	}{{in.CreatedFrom, "c.created_us >= $"}, {in.CreatedBefore, "c.created_us < $"}, {in.UpdatedSince, "c.updated_us >= $"}} {
		if !bound.at.IsZero() {
			f.More = append(f.More, roster.Condition{Text: "EXISTS (SELECT 1 FROM customers c WHERE c.customer_id = f.customer_id AND " + bound.text + ")", Args: []any{bound.at}})
		}
	}
}

// CustomersOut is a list of customers.
type CustomersOut struct {
	Link  string `header:"Link" doc:"The address of the next page, rel=\"next\"."`
	Total string `header:"Total-Count" doc:"How many there are on all pages, where they are chosen or sorted by what they did."`
	Body  wire.Page[wire.Customer]
}

// chosenCustomers lists those who are chosen and sorted by what they did.
func (a *API) chosenCustomers(ctx context.Context, in *customersIn) (*CustomersOut, error) {
	by := actor(ctx)
	f, sort, err := in.filter(by)
	if err != nil {
		return nil, err
	}
	in.createdToo(&f)
	var after roster.Place
	if _, err := in.after(&after.Figure, &after.Customer); err != nil {
		return nil, err
	}
	age, err := (&roster.Keeper{DB: a.Store}).Fresh(ctx)
	if err != nil {
		return nil, err
	}
	if !age.Ready {
		return nil, fault.Coded("summaries_not_ready", fault.Unavailablef("what customers are chosen by is being put together for the first time; try again in a few minutes"))
	}
	var list []roster.Entry
	var all []known
	var total int64
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		g := f
		if in.Churn != "" {
			fit, err := readyFit(tx, false, 0)
			if err != nil {
				return err
			}
			g.More = append(slices.Clone(f.More), roster.InBand(fit, roster.Band(in.Churn)))
		}
		list, all, total, err = chosenPage(tx, &g, sort, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	figures := map[int64]*roster.Entry{}
	for i := range list {
		figures[list[i].Customer] = &list[i]
	}
	v, facts := a.view(ctx), by.May(account.FactsRead)
	at := func(k known) string {
		p := figures[k.stored.Customer].Place(sort)
		return cursor(p.Figure, p.Customer)
	}
	page := listed(ctx, in.Paged, all, at, func(k known) wire.Customer {
		out := showCustomer(v, &k)
		if facts {
			out.Summary = showSummary(figures[k.stored.Customer])
		}
		return out
	})
	return &CustomersOut{Link: page.Link, Total: strconv.FormatInt(total, 10), Body: page.Body}, nil
}

// chosenPage reads a page and counts all.
func chosenPage(tx *db.Tx, f *roster.Filter, sort roster.Sort, after roster.Place, limit int) (list []roster.Entry, all []known, total int64, err error) {
	if total, err = roster.Count(tx, f); err != nil {
		return nil, nil, 0, err
	}
	f.Few = total <= roster.FewMost
	if sort == roster.ByName && after != (roster.Place{}) {
		if after.Name, err = roster.NameOf(tx, after.Customer); err != nil {
			return nil, nil, 0, err
		}
	}
	if list, err = roster.List(tx, f, sort, after, limit); err != nil {
		return nil, nil, 0, err
	}
	numbers := make([]int64, len(list))
	for i := range list {
		numbers[i] = list[i].Customer
	}
	stored, err := customer.Several(tx, numbers)
	if err != nil {
		return nil, nil, 0, err
	}
	all, err = knownOf(tx, stored...)
	return list, all, total, err
}

func showSummary(e *roster.Entry) *wire.CustomerSummary {
	out := &wire.CustomerSummary{Orders: e.Orders, SpentMinor: e.SpentMinor, Segment: e.Segment}
	if e.Ordered {
		out.LastOrder = outlook.Day(int32(e.LastDay)) //nolint:gosec // a day
	}
	return out
}
