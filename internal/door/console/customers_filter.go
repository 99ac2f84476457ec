package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/forecast"
	"regulars/internal/understand/roster"
)

// chosenBy is a filter of customers as the address holds it: by what it can be chosen, what of that was, and what is wrong
// with it.
type chosenBy struct {
	Filter roster.Filter
	Sort   roster.Sort
	query  url.Values // what was chosen, without what is empty
	facets []facet
	wrong  error
}

// facet is one thing that customers are chosen by: the fields of the form, and how they are read into the filter.
type facet struct {
	need   account.Permission // empty: whoever may see customers
	fields []field
	// take reads what was chosen, and says it in a few words.
	take func(c *chosenBy, b business.Business) (says string, err error)
}

const attributesShown = 200

// facetsOf are what customers can be chosen by, as far as the reader may and there is something to choose.
func (v *visit) facetsOf(by account.Actor, b business.Business) (all []facet, err error) {
	var tiers [][2]string
	var fit *forecast.Fit
	var attributes []string
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil && fault.KindOf(err) != fault.Conflict { // the business is not set up yet
		return nil, err
	}
	err = v.read(func(tx *db.Tx) (err error) {
		if facts != nil {
			c, err := facts.Programme().Book.Current(tx, zoneOf(b))
			if err != nil {
				return err
			}
			tiers = c.TierNames()
		}
		if fit, err = forecast.Newest(tx); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		attributes, err = catalogue.AttributeNames(tx, catalogue.Customers)
		return err
	})
	all = []facet{v.byText(), v.bySegment(), v.byDay("last_from", v.fromDay), v.byDay("last_before", v.beforeDay), v.byNumber("orders_from", false), v.byNumber("orders_to", true), v.byMoney("spent_from", false), v.byMoney("spent_to", true),
		v.byChannel("consent"), v.byChannel("withdrawn"), v.byMember(tiers)}
	if fit != nil && fit.Ready {
		all = append(all, v.byChurn(fit))
	}
	if len(attributes) > 0 {
		all = append(all, v.byAttribute(attributes[:min(len(attributes), attributesShown)]))
	}
	return slices.DeleteFunc(all, func(f facet) bool { return f.need != "" && !by.May(f.need) }), err
}

// chosenOf reads the filter in the address. What is wrong with it is in the answer: the page shows it at its field.
func (v *visit) chosenOf(by account.Actor, b business.Business) (c *chosenBy, err error) {
	c = &chosenBy{query: url.Values{}}
	asked := v.r.URL.Query()
	if c.facets, err = v.facetsOf(by, b); err != nil {
		return nil, err
	}
	for i := range c.facets {
		for _, f := range c.facets[i].fields {
			if text := strings.TrimSpace(asked.Get(f.Name)); text != "" {
				c.query.Set(f.Name, text)
			}
		}
	}
	if c.Sort, err = roster.ParseSort(asked.Get("sort")); err != nil || c.Sort == roster.ByName && !by.May(account.PersonalRead) {
		c.Sort = roster.Newest
	}
	if c.Sort != roster.Newest {
		c.query.Set("sort", string(c.Sort))
	}
	return c, nil
}

// lookedFor says that somebody is looked for among all customers, and nothing else is chosen: that needs no figures of them.
func (c *chosenBy) lookedFor() bool { return c.query.Has(searched) && len(c.query) == 1 }

// chip is something that was chosen, and the address without it.
type chip struct{ Says, Without string }

// read reads the facets into the filter, and says what was chosen.
func (v *visit) readFacets(c *chosenBy, b business.Business) (chips []chip) {
	for i := range c.facets {
		f := &c.facets[i]
		if !slices.ContainsFunc(f.fields, func(f field) bool { return c.query.Get(f.Name) != "" }) {
			continue
		}
		says, err := f.take(c, b)
		if err != nil {
			c.wrong = cmp.Or(c.wrong, err)
			continue
		}
		without := url.Values{}
		for name, values := range c.query {
			if !slices.ContainsFunc(f.fields, func(f field) bool { return f.Name == name }) {
				without[name] = values
			}
		}
		chips = append(chips, chip{says, customersAt(without)})
	}
	return chips
}

func customersAt(q url.Values) string {
	if len(q) == 0 {
		return "/customers"
	}
	return "/customers?" + q.Encode()
}

func noChoice(name, text string) error {
	return fault.In(name, fault.Coded("no_choice", fault.Invalidf("%.60q is none of those to choose from", text)))
}

func (v *visit) one(name string, choices []choice) field {
	return field{Name: name, Label: v.l.T("filter." + name), Type: "select", Optional: true, Choices: append([]choice{{Name: v.l.T("filter.any")}}, choices...)}
}

// searched is the field in which somebody is looked for.
const searched = "q"

// byText chooses who is called so, or known by exactly that.
func (v *visit) byText() facet {
	return facet{"", []field{{Name: searched, Optional: true}}, func(c *chosenBy, b business.Business) (string, error) {
		text := c.query.Get(searched)
		return v.l.T("filter.q", text), v.read(func(tx *db.Tx) error {
			found, err := customer.Search(tx, text, b.Country, customersMost)
			if err != nil {
				return err
			}
			numbers := make([]int64, len(found))
			for i := range found {
				numbers[i] = found[i].Customer
			}
			c.Filter.More = append(c.Filter.More, roster.Found(text, numbers))
			return nil
		})
	}}
}

func (v *visit) bySegment() facet {
	var all []choice
	for _, s := range metric.Segments() {
		all = append(all, choice{Value: s, Name: v.l.T("segment." + s + ".name")})
	}
	return facet{account.FactsRead, []field{v.one("segment", all)}, func(c *chosenBy, _ business.Business) (string, error) {
		c.Filter.Segment = c.query.Get("segment")
		if !slices.Contains(metric.Segments(), c.Filter.Segment) {
			return "", noChoice("segment", c.Filter.Segment)
		}
		return v.l.T("filter.segment") + ": " + v.l.T("segment."+c.Filter.Segment+".name"), nil
	}}
}

func (v *visit) fromDay(c *chosenBy, day int64)   { c.Filter.LastFrom = &day }
func (v *visit) beforeDay(c *chosenBy, day int64) { c.Filter.LastBefore = &day }

func (v *visit) byDay(name string, to func(*chosenBy, int64)) facet {
	return facet{account.FactsRead, []field{{Name: name, Label: v.l.T("filter." + name), Type: "date", Optional: true}}, func(c *chosenBy, _ business.Business) (string, error) {
		day, err := time.Parse(time.DateOnly, c.query.Get(name))
		if err != nil {
			return "", fault.In(name, fault.Coded("no_day", fault.Invalidf("%.20q is no date", c.query.Get(name))))
		}
		to(c, int64(fact.At(day, time.UTC).Day()))
		return v.l.T("filter."+name) + ": " + v.l.Date(day), nil
	}}
}

// end is where a span begins or ends.
func end(s *roster.Span, last bool) **int64 {
	if last {
		return &s.To
	}
	return &s.From
}

func (v *visit) byNumber(name string, last bool) facet {
	return facet{account.FactsRead, []field{{Name: name, Label: v.l.T("filter." + name), Mode: "numeric", Complete: "off", Optional: true}}, func(c *chosenBy, _ business.Business) (string, error) {
		n, err := strconv.ParseInt(c.query.Get(name), 10, 64)
		if err != nil || n < 0 {
			return "", fault.In(name, fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", c.query.Get(name))))
		}
		*end(&c.Filter.Orders, last) = &n
		return v.l.T("filter."+name) + ": " + v.l.Integer(n), nil
	}}
}

func (v *visit) byMoney(name string, last bool) facet {
	return facet{account.FactsRead, []field{{Name: name, Label: v.l.T("filter." + name), Mode: "decimal", Complete: "off", Optional: true}}, func(c *chosenBy, b business.Business) (string, error) {
		n, err := moneyIn(name, c.query.Get(name), b.Digits())
		if err != nil {
			return "", err
		}
		*end(&c.Filter.SpentMinor, last) = &n
		return v.l.T("filter."+name) + ": " + v.l.Money(n, b.Currency), nil
	}}
}

func (v *visit) byChannel(name string) facet {
	var all []choice
	for _, word := range consentChannels {
		all = append(all, choice{Value: word, Name: v.called("channel", word)})
	}
	return facet{"", []field{v.one(name, all)}, func(c *chosenBy, _ business.Business) (string, error) {
		to := &c.Filter.Agreed
		if name == "withdrawn" {
			to = &c.Filter.Withdrawn
		}
		if *to = c.query.Get(name); len(*to) > channelMost {
			return "", noChoice(name, *to)
		}
		return v.l.T("filter."+name) + ": " + v.called("channel", *to), nil
	}}
}

// byMember chooses members, those who are none, and those in a tier.
func (v *visit) byMember(tiers [][2]string) facet {
	all := []choice{{Value: "yes", Name: v.l.T("filter.member.yes")}, {Value: "no", Name: v.l.T("filter.member.no")}}
	const of = "tier:"
	for _, t := range tiers {
		all = append(all, choice{Value: of + t[0], Name: v.l.T("filter.member.tier", t[1])})
	}
	return facet{account.PointsRead, []field{v.one("member", all)}, func(c *chosenBy, _ business.Business) (string, error) {
		text := c.query.Get("member")
		at := slices.IndexFunc(all, func(one choice) bool { return one.Value == text })
		if at < 0 {
			return "", noChoice("member", text)
		}
		if tier, ok := strings.CutPrefix(text, of); ok {
			c.Filter.More = append(c.Filter.More, programme.InTier(tier))
		} else {
			c.Filter.More = append(c.Filter.More, member.Chosen(text == "yes"))
		}
		return all[at].Name, nil
	}}
}

func (v *visit) byChurn(fit *forecast.Fit) facet {
	var all []choice
	for _, band := range roster.Bands() {
		all = append(all, choice{Value: string(band), Name: v.l.T("filter.churn." + string(band))})
	}
	return facet{account.FactsRead, []field{v.one("churn", all)}, func(c *chosenBy, _ business.Business) (string, error) {
		band := roster.Band(c.query.Get("churn"))
		if !slices.Contains(roster.Bands(), band) {
			return "", noChoice("churn", string(band))
		}
		c.Filter.More = append(c.Filter.More, roster.InBand(fit, band))
		return v.l.T("filter.churn") + ": " + v.l.T("filter.churn."+string(band)), nil
	}}
}

// byAttribute chooses by what else is kept of a customer. It tells who somebody is: whoever may not know that may not ask.
func (v *visit) byAttribute(names []string) facet {
	var all []choice
	for _, name := range names {
		all = append(all, choice{Value: name, Name: name})
	}
	return facet{account.PersonalRead, []field{v.one("attribute", all), {Name: "value", Label: v.l.T("filter.value"), Help: v.l.T("filter.value.help"), Complete: "off", Optional: true, Most: textMost}}, func(c *chosenBy, _ business.Business) (string, error) {
		name, value := c.query.Get("attribute"), c.query.Get("value")
		switch {
		case name == "":
			return "", fault.In("attribute", fault.Coded("required", fault.Invalidf("choose which attribute is to have the value")))
		case len(value) > textMost:
			return "", fault.In("value", fault.Coded("too_long", fault.Invalidf("the value has more than %d bytes", textMost)))
		}
		c.Filter.Trait, c.Filter.Value = name, value
		if value == "" {
			return v.l.T("filter.has", name), nil
		}
		return name + ": " + value, nil
	}}
}
