package console

import (
	"cmp"
	"encoding/csv"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/workbook"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/roster"
)

// Chosen is the list of customers that a filter chose, and the form to choose others by.
type Chosen struct {
	Form     form
	Open     bool // something is wrong with what was chosen
	Chips    []chip
	Count    string
	Table    template.HTML
	More     string
	Files    []string // addresses of the list as CSV and as a workbook; none: not for the reader
	Age      string   // where the figures are not of this moment
	Reckoned bool     // there are figures of customers at all
}

// choose shows the customers that the address chooses.
func (v *visit) choose(by account.Actor, b business.Business, c *chosenBy, shown *clients) error {
	if given := v.r.URL.Query(); !given.Has("after") && given.Encode() != c.query.Encode() && len(given) > 0 {
		return v.leave(customersAt(c.query)) // the address as it may be passed on: without what is empty
	}
	age, err := v.roster().Fresh(v.ctx)
	if err != nil {
		return err
	}
	shown.Chips = v.readFacets(c, b)
	shown.Form = v.filterForm(by, c)
	for name := range c.query {
		if name != searched {
			shown.Kept = append(shown.Kept, hidden{name, c.query.Get(name)})
		}
	}
	slices.SortFunc(shown.Kept, func(a, b hidden) int { return strings.Compare(a.Name, b.Name) })
	shown.Reckoned = age.Ready
	if age.Behind {
		shown.Age = v.l.T("filter.first")
		if age.Ready {
			shown.Age = v.l.T("filter.behind", v.l.Date(age.At.In(zoneOf(b))), age.At.In(zoneOf(b)).Format("15:04"))
		}
	}
	s, status := sheet{Title: v.l.T("console.customers.title")}, http.StatusOK
	if c.wrong != nil {
		if fault.KindOf(c.wrong) == fault.Internal {
			return c.wrong
		}
		shown.Open, status = true, v.status(c.wrong)
		s.Problems = []problem{v.wronged(&shown.Form, c.wrong)}
	} else if err := v.listed(by, b, c, shown, age.Ready); err != nil {
		return err
	}
	s.Content = shown
	return v.show(status, "customers", s)
}

func (v *visit) roster() *roster.Keeper { return &roster.Keeper{DB: v.Store} }

// filterForm is the form by which customers are chosen and sorted.
func (v *visit) filterForm(by account.Actor, c *chosenBy) form {
	g, found := group{}, []hidden(nil)
	for i := range c.facets {
		for _, f := range c.facets[i].fields {
			f.Value = c.query.Get(f.Name)
			if f.Name == searched { // it has a form of its own
				if f.Value != "" {
					found = []hidden{{searched, f.Value}}
				}
				continue
			}
			g.Fields = append(g.Fields, f)
		}
	}
	sort := field{Name: "sort", Label: v.l.T("filter.sort"), Type: "select", Value: string(c.Sort), Optional: true}
	for _, s := range roster.Sorts() {
		if s != roster.ByName || by.May(account.PersonalRead) {
			sort.Choices = append(sort.Choices, choice{Value: string(s), Name: v.l.T("filter.sort." + string(s))})
		}
	}
	g.Fields = append(g.Fields, sort)
	v.fill(g.Fields, false)
	return form{Action: "/customers", Hidden: found, Groups: []group{g}, Button: v.l.T("filter.button")}
}

// listed reads a page of the list, and counts it.
func (v *visit) listed(by account.Actor, b business.Business, c *chosenBy, shown *clients, ready bool) error {
	if !ready && len(shown.Chips) == 0 && c.Sort == roster.Newest {
		var found []customer.Stored
		if err := v.read(func(tx *db.Tx) (err error) {
			found, err = customer.List(tx, customer.Filter{}, 0, customersMost)
			return err
		}); err != nil {
			return err
		}
		shown.List = v.clients(by, found, b)
		return nil
	}
	var list []roster.Entry
	var known []customer.Stored
	var count int64
	if err := v.read(func(tx *db.Tx) (err error) {
		if count, err = roster.Count(tx, &c.Filter); err != nil {
			return err
		}
		c.Filter.Few = count <= roster.FewMost
		after, err := placeOf(tx, v.r.URL.Query().Get("after"), c.Sort)
		if err != nil {
			return err
		}
		if list, err = roster.List(tx, &c.Filter, c.Sort, after, customersMost+1); err != nil {
			return err
		}
		known, err = customer.Several(tx, customersOf(list))
		return err
	}); err != nil {
		return err
	}
	if len(list) > customersMost {
		list, known = list[:customersMost], known[:customersMost]
		next := url.Values{}
		for name, values := range c.query {
			next[name] = values
		}
		next.Set("after", placeText(&list[customersMost-1], c.Sort))
		shown.More = customersAt(next)
	}
	shown.Count = v.l.P("segments.customers", count)
	if count == 0 && len(shown.Chips) > 0 {
		shown.None = v.l.T("filter.nobody")
	}
	if by.May(account.CustomersExport) && count > 0 {
		for _, kind := range []string{".csv", xlsx} {
			shown.Files = append(shown.Files, strings.Replace(customersAt(c.query), "/customers", "/customers/list"+kind, 1))
		}
	}
	var err error
	shown.Table, err = v.tableOf(by, b, list, known)
	return err
}

func customersOf(list []roster.Entry) []int64 {
	numbers := make([]int64, len(list))
	for i := range list {
		numbers[i] = list[i].Customer
	}
	return numbers
}

// placeText is where a page ends, for an address: a name is left out of it, and found again by the customer.
func placeText(e *roster.Entry, by roster.Sort) string {
	figure := ""
	if by != roster.ByName && by != roster.Newest {
		figure = strconv.FormatInt(e.Place(by).Figure, 10)
	}
	return figure + "." + fact.PublicID(fact.CustomerPrefix, e.Customer)
}

// placeOf reads what placeText wrote; anything else is before the first page.
func placeOf(tx *db.Tx, text string, by roster.Sort) (p roster.Place, err error) {
	figure, id, _ := strings.Cut(text, ".")
	if fact.ParsePublicID(fact.CustomerPrefix, id, &p.Customer) != nil {
		return roster.Place{}, nil //nolint:nilerr // whoever has changed the address begins anew
	}
	p.Figure = number(figure)
	if by == roster.ByName {
		p.Name, err = roster.NameOf(tx, p.Customer)
	}
	return p, err
}

// tableOf is the list as a table.
func (v *visit) tableOf(by account.Actor, b business.Business, list []roster.Entry, known []customer.Stored) (template.HTML, error) {
	if len(list) == 0 {
		return "", nil
	}
	t := &page.Table{ID: "customers", Caption: v.l.T("console.customers.title"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("predict.col.customer"))}}
	figures := by.May(account.FactsRead)
	if figures {
		t.Columns = append(t.Columns, page.NumberColumn(v.l.T("filter.col.last")), page.NumberColumn(v.l.T("filter.col.orders")), page.NumberColumn(v.l.T("filter.col.spent")))
	}
	for i := range list {
		e := &list[i]
		id := fact.PublicID(fact.CustomerPrefix, e.Customer)
		cells := []page.TableCell{{Text: v.nameOf(by, &known[i]), Href: "/customers/" + id, Class: "id"}}
		if figures {
			last := "–"
			if e.Ordered {
				last = v.l.DateShort(dayOf(int32(e.LastDay))) //nolint:gosec // a day
			}
			if e.Segment != "" {
				cells[0].Sub = v.l.T("segment." + e.Segment + ".name")
			}
			cells = append(cells, page.NumberCell(last), page.NumberCell(v.l.Integer(e.Orders)), page.NumberCell(v.l.Money(e.SpentMinor, b.Currency)))
		}
		t.Add(cells...)
	}
	return v.written(t)
}

// exportCustomers gives all customers that the address chooses as a file. Who asked, by what they were chosen and how many
// there are is in the trail.
func (v *visit) exportCustomers() error {
	return v.allowed(account.CustomersExport, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		c, err := v.chosenOf(by, b)
		if err != nil {
			return err
		}
		if v.readFacets(c, b); c.wrong != nil {
			return c.wrong
		}
		age, err := v.roster().Fresh(v.ctx)
		if err != nil {
			return err
		}
		if !age.Ready {
			return fault.Coded("summaries_not_ready", fault.Unavailablef("what customers are chosen by is being put together for the first time; try again in a few minutes"))
		}
		var count int64
		if err := v.read(func(tx *db.Tx) (err error) { count, err = roster.Count(tx, &c.Filter); return err }); err != nil {
			return err
		}
		book := strings.HasSuffix(v.r.URL.Path, xlsx)
		if book && count > workbook.MostRows {
			return fault.Coded("too_many_rows", fault.Invalidf("a workbook of %d customers is more than spreadsheets open; take the CSV, or choose fewer", count))
		}
		c.Filter.Few = count <= roster.FewMost
		var fields []string
		for name := range c.query {
			fields = append(fields, name)
		}
		slices.Sort(fields)
		if err := v.write(func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: by, Action: "customers.exported", Target: "customers", Fields: fields, Count: count, Request: by.Request})
		}); err != nil {
			return err
		}
		if book {
			return v.workbook("customers", exportHead, func(add func(row []any) error) error { return v.exported(by, b, c, add) })
		}
		v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		v.w.Header().Set("Content-Disposition", `attachment; filename="customers.csv"`)
		out := csv.NewWriter(v.w)
		if err := out.Write(exportHead); err != nil {
			return nil //nolint:nilerr // who has gone needs no answer
		}
		err = v.exported(by, b, c, func(row []any) error { return out.Write(texts(row, b.Digits())) })
		out.Flush()
		return err
	})
}

var exportHead = []string{"id", "reference", "name", "email", "phone", "last_order", "orders", "spent", "segment", "consents", "withdrawn"}

// exported gives the rows of the file.
func (v *visit) exported(by account.Actor, b business.Business, c *chosenBy, take func(row []any) error) error {
	personal, figures := by.May(account.PersonalRead), by.May(account.FactsRead)
	unit := 1.0
	for range b.Digits() {
		unit *= 10
	}
	return roster.Export(v.read, &c.Filter, c.Sort, func(list []roster.Entry, known []customer.Stored) error {
		for i := range list {
			e, s := &list[i], &known[i]
			row := []any{fact.PublicID(fact.CustomerPrefix, e.Customer), "", "", "", "", nil, nil, nil, "", strings.Join(e.Agreed, " "), strings.Join(e.Withdrawn, " ")}
			if personal {
				row[1], row[2], row[3], row[4] = s.Reference, v.nameOf(by, s), writtenOf(s, customer.Email), writtenOf(s, customer.Phone)
			}
			if figures {
				row[6], row[7], row[8] = e.Orders, float64(e.SpentMinor)/unit, e.Segment
				if e.Ordered {
					row[5] = dayOf(int32(e.LastDay)) //nolint:gosec // a day
				}
			}
			if err := take(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// writtenOf is the identity of a kind as it was written; of several the first.
func writtenOf(s *customer.Stored, kind string) (text string) {
	for _, i := range s.Identities {
		if i.Kind == kind {
			text = cmp.Or(text, i.Written)
		}
	}
	return text
}

// texts are the values of a row as a file of texts has them: nothing that a spreadsheet takes for a formula.
func texts(row []any, digits int) []string {
	out := make([]string, len(row))
	for i, value := range row {
		switch one := value.(type) {
		case string:
			out[i] = harmless(one)
		case int64:
			out[i] = strconv.FormatInt(one, 10)
		case float64:
			out[i] = strconv.FormatFloat(one, 'f', digits, 64)
		case time.Time:
			out[i] = one.Format(time.DateOnly)
		}
	}
	return out
}
