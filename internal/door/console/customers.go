package console

import (
	"cmp"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/record/answer"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
)

// clients is the page about customers: those who are chosen and sorted, or those who were looked for.
type clients struct {
	Asked string
	Kept  []hidden // what else was chosen, which stays so where somebody is looked for
	List  []client // of those who were looked for, and of all before there are figures of them
	None  string
	May   bool // type one in
	Chosen
}

type client struct{ ID, Name, Says string }

// customersMost is how many customers the page shows.
const customersMost = 50

func (v *visit) showCustomers() error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		page := clients{Asked: v.r.URL.Query().Get("q"), None: v.l.T("console.customers.none"), May: by.May(account.CustomersWrite)}
		c, err := v.chosenOf(by, b)
		if err != nil {
			return err
		}
		if !c.lookedFor() {
			return v.choose(by, b, c, &page)
		}
		page.Form = v.filterForm(by, c)
		var found []customer.Stored
		if err := v.read(func(tx *db.Tx) (err error) {
			found, err = customer.Search(tx, page.Asked, b.Country, customersMost)
			return err
		}); err != nil {
			return err
		}
		page.None = v.l.T("console.customers.nobody")
		page.List = v.clients(by, found, b)
		return v.show(http.StatusOK, "customers", sheet{Title: v.l.T("console.customers.title"), Content: page})
	})
}

func (v *visit) clients(by account.Actor, found []customer.Stored, b business.Business) (all []client) {
	for i := range found {
		s := &found[i]
		all = append(all, client{ID: fact.PublicID(fact.CustomerPrefix, s.Customer), Name: v.nameOf(by, s), Says: v.l.Date(s.Created.In(zoneOf(b)))})
	}
	return all
}

func zoneOf(b business.Business) *time.Location {
	if b.Zone == nil {
		return time.UTC
	}
	return b.Zone
}

// nameOf is what a customer is called, for who may know; for others the end of the id.
func (v *visit) nameOf(by account.Actor, s *customer.Stored) string {
	id := fact.PublicID(fact.CustomerPrefix, s.Customer)
	if !by.May(account.PersonalRead) {
		return id
	}
	p := &s.Profile
	name := p.FullName
	if name == "" {
		name = strings.Join(strings.Fields(p.GivenName+" "+p.MiddleName+" "+p.FamilyName), " ")
	}
	return cmp.Or(name, s.Reference, id)
}

// profile is what is known of a customer.
type profile struct {
	Ranks    []rank // in which segment, and by what
	ID       string
	Masked   bool
	Facts    []said
	Known    []said // identities
	Consents []agreed
	Notes    []jotted
	Phones   *handsets // on which they are told; nil: none
	Times    []moment
	More     bool
	Ahead    template.HTML // what is to come of the customer, where something is foretold
	Held     *held         // of the programme
	Person   *person       // what may be done
}

// said is something and what is said of it.
type said struct{ What, Says string }

// moment is something that happened.
type moment struct {
	at               int64
	When, What, Says string
	Amount           string
}

// momentsMost is how many moments of each kind the page shows.
const momentsMost = 50

func (v *visit) showCustomer() error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error {
		var number int64
		if err := fact.ParsePublicID(fact.CustomerPrefix, v.r.PathValue("id"), &number); err != nil {
			return noCustomer()
		}
		return v.customer(by, number, nil)
	})
}

// customer shows a customer; wrong is what was wrong with what was typed there.
func (v *visit) customer(by account.Actor, number int64, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	page := profile{ID: fact.PublicID(fact.CustomerPrefix, number), Masked: !by.May(account.PersonalRead)}
	var s *customer.Stored
	var consents []customer.Consent
	var past order.Past
	err = v.read(func(tx *db.Tx) (err error) {
		page.Times = nil
		if s, err = customer.Get(tx, number); err != nil || !s.Erased.IsZero() || s.Root != number {
			return err
		}
		members, err := customer.Members(tx, number)
		if err != nil {
			return err
		}
		if consents, err = customer.Consents(tx, members...); err != nil {
			return err
		}
		if page.Phones, err = v.handsets(tx, by, members, b); err != nil {
			return err
		}
		if page.Notes, err = v.notes(tx, by, members, b); err != nil {
			return err
		}
		if by.May(account.FactsRead) {
			if past, err = order.Before(tx, members, tx.Now.UnixMicro(), 0); err != nil {
				return err
			}
			return v.moments(tx, &page, members, b)
		}
		return nil
	})
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound:
		return noCustomer()
	case err != nil:
		return err
	case !s.Erased.IsZero():
		return erased()
	case s.Root != number:
		return v.leave("/customers/" + fact.PublicID(fact.CustomerPrefix, s.Root))
	}
	if err := v.ranked(&page, s, b); err != nil {
		return err
	}
	if page.Ahead, err = v.foretold(by, b, number); err != nil {
		return err
	}
	if page.Held, err = v.held(by, b, number); err != nil {
		return err
	}
	if page.Person, err = v.person(by, b, s, consents, wrong); err != nil {
		return err
	}
	page.Consents = v.agreements(consents, page.Masked, b)
	v.describe(&page, s, &past, b)
	slices.SortStableFunc(page.Times, func(x, y moment) int { return cmp.Compare(y.at, x.at) })
	sheet, status := sheet{Title: v.nameOf(by, s), Content: &page}, http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		sheet.Problems = []problem{{Field: page.Person.at(), Text: v.say(wrong)}}
		if page.Held != nil && path.Base(v.r.URL.Path) == "points" {
			if sheet.Problems[0].Field, err = v.notMoved(page.Held, by, wrong); err != nil {
				return err
			}
		}
	}
	return v.show(status, "customer", sheet)
}

// notMoved keeps what was typed of units that were not moved by hand, and tells at which field it went wrong.
func (v *visit) notMoved(h *held, by account.Actor, wrong error) (field string, err error) {
	if h.Ask, err = v.offers(by, wrong); err != nil {
		return "", err
	}
	h.Key = v.typed("key")
	for _, name := range []string{"units", "reason", "unit"} {
		h.Typed[name] = v.typed(name)
	}
	return cmp.Or(fieldOf(wrong), "units"), nil
}

// describe says who it is, to who may know.
func (v *visit) describe(page *profile, s *customer.Stored, past *order.Past, b business.Business) {
	zone := zoneOf(b)
	since := s.Created.In(zone)
	// What was sold before the system was there is brought in later.
	if first := dayOf(int32(past.FirstDay)); past.Orders > 0 && first.Before(since) { //nolint:gosec // a day
		since = first
	}
	page.Facts = append(page.Facts, said{v.l.T("console.customers.since"), v.l.Date(since)})
	if page.Masked {
		return
	}
	for _, i := range slices.Concat(s.Identities, page.Person.known) {
		page.Known = append(page.Known, said{v.called("kind", i.Kind), i.Written})
	}
	if born := s.Profile.Birthday; born != (customer.Birthday{}) {
		page.Facts = append(page.Facts, said{v.l.T("person.new.birthday"), v.born(born)})
	}
	if s.Profile.Language != "" {
		page.Facts = append(page.Facts, said{v.l.T("console.language"), tongueOf(s.Profile.Language)})
	}
	if s.Profile.Channel != "" {
		page.Facts = append(page.Facts, said{v.l.T("text.role.channel"), s.Profile.Channel})
	}
	for _, a := range s.Profile.Attributes {
		page.Facts = append(page.Facts, said{a.Name, a.Value})
	}
}

// tongueOf is a language by its own name, where pages speak it.
func tongueOf(tag string) string {
	if slices.Contains(locale.Tags(), tag) {
		if l, err := locale.Get(tag); err == nil {
			return l.Name()
		}
	}
	return tag
}

// born is a birthday as it is known, with the year or without.
func (v *visit) born(b customer.Birthday) string {
	if b.Year == 0 {
		const leap = 2000 // which has every day
		return v.l.DayMonth(time.Date(leap, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC))
	}
	return v.l.Date(time.Date(b.Year, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC))
}

// moments are what the person, under all its numbers, bought, gave back and said.
func (v *visit) moments(tx *db.Tx, page *profile, members []int64, b business.Business) error {
	filter := listing.Filter{Customers: members}
	orders, err := order.List(tx, filter, listing.Place{}, momentsMost)
	if err != nil {
		return err
	}
	for i := range orders {
		o := &orders[i]
		state := ""
		if o.State == order.Cancelled {
			state = v.l.T("console.customers.cancelled")
		}
		var what []string
		for _, l := range o.Lines {
			if name := cmp.Or(l.ProductName, l.Product, l.Category); name != "" {
				what = append(what, name)
			}
		}
		page.Times = append(page.Times, moment{o.Placed.UTC, v.wall(o.Placed), v.l.T("console.customers.order") + " " + o.Reference, strings.TrimSpace(state + " " + strings.Join(what, ", ")),
			v.l.Money(o.AmountMinor, b.Currency)})
	}
	returns, err := order.ListReturns(tx, filter, listing.Place{}, momentsMost)
	if err != nil {
		return err
	}
	for i := range returns {
		r := &returns[i]
		page.Times = append(page.Times, moment{r.Returned.UTC, v.wall(r.Returned), v.l.T("console.customers.return") + " " + r.Reference, r.Reason, v.l.Money(-r.AmountMinor, b.Currency)})
	}
	answers, err := answer.List(tx, filter, listing.Place{}, momentsMost)
	if err != nil {
		return err
	}
	for i := range answers {
		a := &answers[i]
		score := ""
		if a.Answer.Scored {
			score = v.l.Number(a.Answer.Score, 0)
		}
		comment := a.Answer.Comment
		if page.Masked {
			comment = ""
		}
		page.Times = append(page.Times, moment{a.Answer.Moment.UTC, v.wall(a.Answer.Moment), v.l.T("console.customers.answer") + " " + strings.ToUpper(a.Answer.Kind), comment, score})
	}
	page.More = len(orders) == momentsMost || len(returns) == momentsMost || len(answers) == momentsMost
	return nil
}

// wall is a moment as the clock of the business showed it.
func (v *visit) wall(m fact.Moment) string { return v.l.Date(time.UnixMicro(m.Local).UTC()) }
