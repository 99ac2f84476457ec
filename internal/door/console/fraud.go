package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/fraud"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// flags is the page of what may be misuse: what waits for a person first.
type flags struct {
	Said          string
	Kinds, States []choice
	List          []shownFlag
	Older         string // the address of those before; empty: there are none
	Limits        bool   // the reader may change from where on something is flagged
}

// shownFlag is a flag in words, with what may be done about it.
type shownFlag struct {
	ID, Kind, State, Says, Found, Waits string
	Open, Misuse                        bool
	Who                                 door
	With                                []door
	More                                string
	Orders                              string
	Decided                             string
	May                                 bool // the reader may decide
	Typed, Error                        string
	Do                                  []door
}

const (
	flagsMost = 30 // on a page
	withMost  = 6  // customers that a flag names
)

func (v *visit) showFraud() error {
	return v.allowed(account.PointsAdjust, func(by account.Actor) error { return v.fraud(by, nil) })
}

// asked is which flags are to be seen: those that wait, unless something else is asked for.
func (v *visit) askedFlags() (f fraud.Filter, before int64, err error) {
	q := v.r.URL.Query()
	f.Kind, f.State = fraud.Kind(q.Get("kind")), fraud.State(q.Get("state"))
	if !slices.Contains(fraud.Kinds(), f.Kind) {
		f.Kind = ""
	}
	switch {
	case q.Get("state") == "any":
		f.State = ""
	case !slices.Contains(fraud.States(), f.State):
		f.State = fraud.Open
	}
	if text := q.Get("before"); text != "" {
		if before, err = strconv.ParseInt(text, 10, 64); err != nil {
			return f, 0, fault.Coded("no_page", fault.NotFoundf("there is no such page"))
		}
	}
	return f, before, nil
}

func (v *visit) fraud(by account.Actor, wrong error) error {
	filter, before, err := v.askedFlags()
	if err != nil {
		return err
	}
	page := flags{Limits: by.May(account.SettingsWrite)}
	if word := v.r.URL.Query().Get("done"); slices.Contains([]string{"asked", string(fraud.Cleared), string(fraud.Confirmed)}, word) {
		page.Said = v.l.T("fraud.done." + word)
	}
	page.Kinds = append(page.Kinds, choice{"", v.l.T("fraud.filter.any"), filter.Kind == ""})
	for _, k := range fraud.Kinds() {
		page.Kinds = append(page.Kinds, choice{string(k), k.Name(v.l), k == filter.Kind})
	}
	for _, s := range fraud.States() {
		page.States = append(page.States, choice{string(s), s.Name(v.l), s == filter.State})
	}
	page.States = append(page.States, choice{"any", v.l.T("fraud.filter.any"), filter.State == ""})
	if err := v.read(func(tx *db.Tx) error { return v.listFlags(tx, by, &page, filter, before) }); err != nil {
		return err
	}
	s, status := sheet{Title: v.l.T("console.fraud.title"), Lead: v.l.T("fraud.lead"), Content: &page}, http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		said := problem{Text: v.say(wrong)}
		for i := range page.List {
			if f := &page.List[i]; f.ID == v.r.PathValue("id") && f.May && fieldOf(wrong) == "reason" {
				f.Typed, f.Error, said.Field = v.typed("reason"), said.Text, "reason-"+f.ID
			}
		}
		s.Problems = []problem{said}
	}
	return v.show(status, "fraud", s)
}

func (v *visit) listFlags(tx *db.Tx, by account.Actor, page *flags, filter fraud.Filter, before int64) error {
	page.List, page.Older = nil, ""
	list, err := fraud.List(tx, filter, before, flagsMost+1)
	if err != nil {
		return err
	}
	if len(list) > flagsMost {
		list = list[:flagsMost]
		page.Older = "/fraud?" + url.Values{"kind": {string(filter.Kind)}, "state": {cmp.Or(string(filter.State), "any")},
			"before": {strconv.FormatInt(list[flagsMost-1].ID, 10)}}.Encode()
	}
	names, err := account.Names(tx)
	if err != nil {
		return err
	}
	s, err := fraud.LoadSettings(tx)
	if err != nil {
		return err
	}
	for i := range list {
		shown, err := v.shownFlag(tx, by, &list[i], names, s.PendingDays)
		if err != nil {
			return err
		}
		page.List = append(page.List, shown)
	}
	return nil
}

func (v *visit) shownFlag(tx *db.Tx, by account.Actor, f *fraud.Flag, names map[string]string, wait int64) (s shownFlag, err error) {
	b, err := business.Load(tx)
	if err != nil {
		return s, err
	}
	day := func(t time.Time) string { return v.l.Date(t.In(zoneOf(b))) }
	s = shownFlag{ID: fact.PublicID(fraud.Prefix, f.ID, f.Customer), Kind: f.Kind.Name(v.l), State: f.State.Name(v.l), Open: f.State == fraud.Open,
		Misuse: f.State == fraud.Confirmed, Says: f.Words(v.l, cmp.Or(names[f.Evidence.Staff], f.Evidence.Staff)), Found: v.l.T("fraud.found", day(f.Found)),
		Orders: strings.Join(f.Evidence.References, ", ")}
	if s.Who, err = v.wayTo(tx, by, f.Customer); err != nil {
		return s, err
	}
	more := max(f.Evidence.Count, int64(len(f.Evidence.Customers)))
	for _, number := range f.Evidence.Customers {
		if len(s.With) == withMost {
			break
		}
		more--
		if number == f.Customer {
			continue
		}
		way, err := v.wayTo(tx, by, number)
		if err != nil {
			return s, err
		}
		s.With = append(s.With, way)
	}
	if more > 0 {
		s.More = v.l.T("fraud.more", more)
	}
	if s.Open {
		s.May = f.Evidence.Staff != by.ID || fraud.Alone(tx, by.ID) == nil
		if f.Kind.High() && wait > 0 {
			s.Waits = v.l.T("fraud.waits", wait)
		}
		return s, nil
	}
	s.Decided = v.l.T("fraud.decided", cmp.Or(names[f.By], f.By), day(f.Decided), f.Reason)
	if s.Misuse {
		s.Do = v.toDo(by, f, s.Who.To)
	}
	return s, nil
}

// wayTo leads to a customer, or says only the number of one who has been forgotten.
func (v *visit) wayTo(tx *db.Tx, by account.Actor, number int64) (door, error) {
	who, err := customer.Get(tx, number)
	if err != nil {
		return door{}, err
	}
	d := door{Name: v.nameOf(by, who)}
	if who.Erased.IsZero() {
		d.To = "/customers/" + fact.PublicID(fact.CustomerPrefix, who.Root)
	}
	return d, nil
}

// toDo is what may be done by hand about misuse, and where.
func (v *visit) toDo(by account.Actor, f *fraud.Flag, whose string) (all []door) {
	add := func(to, key string, need account.Permission) {
		if to != "" && by.May(need) {
			all = append(all, door{To: to, Name: v.l.T("fraud.do." + key)})
		}
	}
	at := func(part string) string {
		if whose == "" {
			return ""
		}
		return whose + part
	}
	switch f.Kind {
	case fraud.Shared, fraud.Ring, fraud.FriendsAlso:
		add(at(""), "merge", account.CustomersWrite)
	case fraud.StaffOwn, fraud.StaffOne:
		add("/users", "staff", account.UsersManage)
		done := "points.adjusted"
		if f.Evidence.Orders > 0 {
			done = "order.created"
		}
		add("/trail?"+url.Values{"action": {done}}.Encode(), "trail", account.AuditRead)
	}
	add(at("#held"), "take_back", account.PointsAdjust)
	if f.Kind != fraud.StaffOwn && f.Kind != fraud.StaffOne {
		add("/programme", "limits", account.ProgrammeWrite)
	}
	return all
}

// decideFlag clears a flag or confirms it.
func (v *visit) decideFlag() error {
	return v.allowed(account.PointsAdjust, func(by account.Actor) error {
		to := fraud.State(v.typed("to"))
		var number, id int64
		err := fact.ParsePublicID(fraud.Prefix, v.r.PathValue("id"), &id, &number)
		if err == nil {
			err = v.write(func(tx *db.Tx) error {
				if _, err := fraud.Decide(tx, number, id, to, by.ID, v.typed("reason")); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "flag." + string(to), Target: v.r.PathValue("id"), Fields: []string{"state", "reason"}, Count: 1, Request: by.Request})
			})
		}
		if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict || k == fault.Forbidden) {
			return v.fraud(by, err)
		}
		if err != nil {
			return err
		}
		next := "/fraud?done=" + string(to)
		if to == fraud.Confirmed {
			next += "&state=" + string(to)
		}
		return v.leave(next)
	})
}

// lookForFraud has it looked for now.
func (v *visit) lookForFraud() error {
	return v.allowed(account.PointsAdjust, func(account.Actor) error {
		if err := v.write(fraud.Ask); err != nil {
			return err
		}
		return v.leave("/fraud?done=asked")
	})
}
