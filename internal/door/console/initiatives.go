package console

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/spending"
)

// initiatives is what was done to raise loyalty, and the form to add to it.
type initiatives struct {
	List   []shownInitiative
	Key    string // of what is added from this page: pressed twice is once
	Typed  map[string]string
	Errors map[string]string
}

type shownInitiative struct {
	Source, Reference, Name, Says, When string
}

// bySource is where initiatives come from that were typed in here.
const bySource = "console"

func (v *visit) showInitiatives() error {
	return v.allowed(account.FactsWrite, func(account.Actor) error { return v.initiatives(nil) })
}

func (v *visit) initiatives(wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	var list []spending.StoredInitiative
	if err := v.read(func(tx *db.Tx) (err error) { list, err = spending.AllInitiatives(tx); return err }); err != nil {
		return err
	}
	shown := initiatives{Key: rand.Text(), Typed: map[string]string{}, Errors: map[string]string{}}
	day := func(m fact.Moment) string { return v.l.Date(time.UnixMicro(m.Local).UTC()) }
	for i := range list {
		one := &list[i]
		s := shownInitiative{one.Source, one.Reference, one.Name, one.Description, v.l.T("initiatives.since", day(one.Started))}
		if !one.Ended.IsZero() {
			s.When = v.l.T("initiatives.between", day(one.Started), day(one.Ended))
		}
		shown.List = append(shown.List, s)
	}
	s := sheet{Title: v.l.T("nav.initiatives"), Lead: v.l.T("initiatives.lead"), Content: &shown}
	status := http.StatusOK
	shown.Typed["started_on"] = time.Now().In(zoneOf(b)).Format(time.DateOnly)
	if wrong != nil {
		if status = v.status(wrong); status >= http.StatusInternalServerError && fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		for _, name := range []string{"name", "started_on", "ended_on", "description"} {
			shown.Typed[name] = v.typed(name)
		}
		shown.Key = v.typed("key")
		said := problem{Text: v.say(wrong)}
		var f *fault.Fault
		if errors.As(wrong, &f) && f.Field != "" {
			said.Field = f.Field
			shown.Errors[f.Field] = said.Text
		}
		s.Problems = []problem{said}
	}
	return v.show(status, "initiatives", s)
}

// typedDay reads a day that was typed.
func (v *visit) typedDay(name string, zone *time.Location) (fact.Moment, error) {
	at, err := time.ParseInLocation(time.DateOnly, v.typed(name), zone)
	if err != nil {
		return fact.Moment{}, fault.In(name, fault.Coded("no_day", fault.Invalidf("%.20q is no day", v.typed(name))))
	}
	return fact.At(at, zone), nil
}

func (v *visit) addInitiative() error {
	return v.allowed(account.FactsWrite, func(by account.Actor) error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		i := spending.Initiative{Source: bySource, Reference: v.typed("key"), Name: v.typed("name"), Description: v.typed("description")}
		if i.Reference == "" {
			i.Reference = rand.Text()
		}
		i.Started, err = v.typedDay("started_on", facts.Business.Zone)
		if err == nil && v.typed("ended_on") != "" {
			i.Ended, err = v.typedDay("ended_on", facts.Business.Zone)
		}
		switch {
		case err != nil:
		case strings.TrimSpace(i.Name) == "":
			err = fault.In("name", fault.Coded("required", fault.Invalidf("an initiative has a name")))
		case !i.Ended.IsZero() && i.Ended.Day() < i.Started.Day():
			err = fault.In("ended_on", fault.Coded("empty_window", fault.Invalidf("it ended before it began")))
		}
		if err != nil {
			return v.initiatives(err)
		}
		if err := v.keep(by, "initiative", func(tx *db.Tx) (fact.Outcome, error) { return facts.Initiative(tx, i) }); err != nil {
			return v.initiatives(err)
		}
		return v.leave("/initiatives")
	})
}

// keep hands something in that was typed here.
func (v *visit) keep(by account.Actor, kind string, hand func(tx *db.Tx) (fact.Outcome, error)) error {
	return v.write(func(tx *db.Tx) error {
		out, err := hand(tx)
		if err == nil {
			err = out.Err
		}
		if err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: kind + "." + string(out.Status), Target: kind, Count: 1, Request: by.Request})
	})
}

// takeBack takes back what the form names by source and reference.
func (v *visit) takeBack(by account.Actor, kind string, remove func(*db.Tx, spending.Key) error) error {
	return v.write(func(tx *db.Tx) error {
		if err := remove(tx, spending.Key{Source: v.typed("source"), Reference: v.typed("reference")}); err != nil {
			return fmt.Errorf("remove what was typed in: %w", err)
		}
		return account.Record(tx, account.Entry{Actor: by, Action: kind + ".deleted", Target: kind, Count: 1, Request: by.Request})
	})
}

func (v *visit) removeInitiative() error {
	return v.allowed(account.FactsWrite, func(by account.Actor) error {
		if err := v.takeBack(by, "initiative", spending.DeleteInitiative); err != nil {
			return err
		}
		return v.leave("/initiatives")
	})
}
