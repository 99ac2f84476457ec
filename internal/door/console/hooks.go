package console

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/webhook"
)

// hooks is the page about programs outside that are told what happens, and the form to add one.
type hooks struct {
	Said         string
	Secret, Whom string // of the endpoint that was just made: now and never again
	Made         string // its id
	List         []shownHook
	Form         form
}

// shownHook is an endpoint in a list.
type shownHook struct {
	ID, URL, Description, State, Types string
	Good                               bool // enabled, and not failing
}

func (v *visit) showHooks() error {
	return v.allowed(account.WebhooksManage, func(account.Actor) error { return v.hooks(hooks{Said: v.done()}, nil) })
}

func (v *visit) hooks(p hooks, wrong error) error {
	var all []webhook.Endpoint
	if err := v.read(func(tx *db.Tx) (err error) { all, err = v.Hooks.Endpoints(tx); return err }); err != nil {
		return err
	}
	for i := range all {
		p.List = append(p.List, v.shownHook(&all[i]))
	}
	p.Form = form{Action: "/webhooks", Button: v.l.T("hooks.add"), Hidden: []hidden{{"key", rand.Text()}}, Groups: v.hookFields(&webhook.Endpoint{})}
	s := sheet{Title: v.l.T("console.webhooks.title"), Lead: v.l.T("hooks.lead"), Content: &p}
	status := http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		s.Problems = []problem{v.wronged(&p.Form, wrong)}
		v.fillForm(&p.Form, false)
	}
	return v.show(status, "hooks", s)
}

func (v *visit) shownHook(e *webhook.Endpoint) shownHook {
	s := shownHook{ID: e.ID, URL: e.URL, Description: e.Description, Good: e.Enabled && e.FailingSince.IsZero(), Types: v.l.T("hooks.which.all")}
	switch {
	case !e.Enabled:
		s.State = v.l.T("hooks.disabled")
	case !e.FailingSince.IsZero():
		s.State = v.l.T("hooks.failing")
	default:
		s.State = v.l.T("hooks.enabled")
	}
	if len(e.Types) > 0 {
		s.Types = strings.Join(e.Types, ", ")
	}
	return s
}

// Which events an endpoint wants.
const (
	allEvents  = "all"
	someEvents = "some"
)

// hookFields are what is to be said of an endpoint.
func (v *visit) hookFields(e *webhook.Endpoint) []group {
	which := allEvents
	var types []choice
	if len(e.Types) > 0 {
		which = someEvents
	}
	for _, t := range v.Hooks.Types() {
		if t.Name == webhook.TestType {
			continue
		}
		types = append(types, choice{t.Name, v.typeName(t.Name) + " · " + t.Name, slices.Contains(e.Types, t.Name)})
	}
	return []group{{Fields: []field{
		{Name: "url", Label: v.l.T("hooks.url"), Help: v.l.T("hooks.url.help"), Type: "url", Mode: "url", Value: e.URL, Complete: "off", Most: 2000},
		{Name: "description", Label: v.l.T("hooks.description"), Help: v.l.T("hooks.description.help"), Value: e.Description, Complete: "off", Most: 200, Optional: true},
		{Name: "which", Label: v.l.T("hooks.which"), Type: "radios", Value: which, Choices: []choice{
			{allEvents, v.l.T("hooks.which.all"), which == allEvents}, {someEvents, v.l.T("hooks.which.some"), which == someEvents},
		}},
		{Name: "types", Label: v.l.T("hooks.types"), Type: "ticks", Choices: types, Open: which == someEvents},
	}}}
}

// typeName is what a type of message is called in words; one without words by its name.
func (v *visit) typeName(name string) string {
	if key := "hooks.type." + name; v.l.Has(key) {
		return v.l.T(key)
	}
	return name
}

// typedHook reads what was typed of an endpoint that wants these types so far, and names what was said.
func (v *visit) typedHook(have []string) (c webhook.Change, fields []string, err error) {
	address, description, types := strings.TrimSpace(v.typed("url")), strings.TrimSpace(v.typed("description")), []string{}
	ticked := v.r.PostForm["types"]
	switch some := v.typed("which") == someEvents; {
	case some && len(ticked) == 0:
		return c, nil, fault.In("types", fault.Coded("none_chosen", fault.Invalidf("choose one at least, or all")))
	case some:
		types = ticked
	case len(ticked) > 0 && !slices.Equal(slices.Sorted(slices.Values(ticked)), slices.Sorted(slices.Values(have))): // who ticks some and forgets to say so would be sent all
		return c, nil, fault.In("which", fault.Coded("all_and_some", fault.Invalidf("all are chosen, and some are ticked; say which")))
	}
	fields = append(fields, "url")
	if description != "" {
		fields = append(fields, "description")
	}
	if len(types) > 0 {
		fields = append(fields, "types")
	}
	return webhook.Change{URL: &address, Description: &description, Types: &types}, fields, nil
}

// did notes in the trail what was done to an endpoint.
func (v *visit) did(tx *db.Tx, by account.Actor, action, endpoint string, fields ...string) error {
	return account.Record(tx, account.Entry{Actor: by, Action: action, Target: endpoint, Fields: fields, Count: 1, Request: by.Request})
}

func (v *visit) addHook() error {
	return v.allowed(account.WebhooksManage, func(by account.Actor) error {
		return v.once(by, func() error {
			var e webhook.Endpoint
			var secret string
			c, fields, err := v.typedHook(nil)
			if err == nil {
				err = v.write(func(tx *db.Tx) (err error) {
					if e, secret, err = v.Hooks.Create(tx, c); err != nil {
						return err
					}
					return v.did(tx, by, "webhook.created", e.ID, fields...)
				})
			}
			if err != nil {
				return v.hooks(hooks{}, err)
			}
			return v.hooks(hooks{Secret: secret, Whom: e.URL, Made: e.ID}, nil)
		})
	})
}

// hook is the page of one endpoint.
type hook struct {
	shownHook

	Said       string
	Secret     string // of a rotation just now
	Notes      []string
	Enabled    bool
	Version    string
	Key        string // of what is done from this page: pressed twice it is once
	Form       form
	Stretch    form
	States     []choice
	Deliveries []shownDelivery
	Older      string // the address of those before; empty: there are none
}

// shownDelivery is a message on its way, or there.
type shownDelivery struct {
	ID, Name, Type, State, When, Next string
	Failed, Waits                     bool
}

func (v *visit) showHook() error {
	return v.allowed(account.WebhooksManage, func(account.Actor) error { return v.hook(hook{Said: v.done()}, nil) })
}

// deliveriesMost is how many deliveries a page has.
const deliveriesMost = 50

func (v *visit) hook(p hook, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	var e webhook.Endpoint
	var list []webhook.Delivery
	if err := v.read(func(tx *db.Tx) (err error) {
		if e, err = v.Hooks.Endpoint(tx, v.r.PathValue("id")); err != nil {
			return err
		}
		list, err = v.Hooks.Deliveries(tx, e.ID, webhook.DeliveryFilter{State: webhook.DeliveryState(q.Get("state"))}, q.Get("after"), deliveriesMost+1)
		return err
	}); err != nil {
		return err
	}
	zone, here := zoneOf(b), "/webhooks/"+e.ID
	p.shownHook, p.Enabled, p.Version, p.Key = v.shownHook(&e), e.Enabled, strconv.FormatInt(e.Version, 10), rand.Text()
	p.Notes = v.hookNotes(&e, zone)
	p.Form = form{Action: here, Button: v.l.T("settings.save"), Hidden: []hidden{{"key", p.Key}, {"version", p.Version}}, Groups: v.hookFields(&e)}
	p.Stretch = v.stretchForm(&e, here, p.Key, zone)
	p.States = append(p.States, choice{"", v.l.T("console.jobs.all"), q.Get("state") == ""})
	for _, s := range []webhook.DeliveryState{webhook.Waiting, webhook.Delivered, webhook.Failed} {
		p.States = append(p.States, choice{string(s), v.l.T("hooks.state." + string(s)), string(s) == q.Get("state")})
	}
	if len(list) > deliveriesMost {
		list = list[:deliveriesMost]
		p.Older = here + "?" + url.Values{"state": {q.Get("state")}, "after": {list[deliveriesMost-1].Message}}.Encode()
	}
	for _, d := range list {
		p.Deliveries = append(p.Deliveries, v.shownDelivery(&d, zone))
	}
	s := sheet{Title: cmp.Or(e.Description, v.l.T("hooks.one")), Content: &p}
	status := http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		for _, f := range []*form{&p.Form, &p.Stretch} {
			if f.Action == v.r.URL.Path {
				s.Problems = []problem{v.wronged(f, wrong)}
				v.meanwhile(f, wrong)
				v.fillForm(f, false)
			}
		}
		if s.Problems == nil {
			s.Problems = []problem{{Text: v.say(wrong)}}
		}
	}
	return v.show(status, "hook", s)
}

// hookNotes are what one should know of an endpoint.
func (v *visit) hookNotes(e *webhook.Endpoint, zone *time.Location) (notes []string) {
	if !e.Enabled {
		notes = append(notes, v.l.T("hooks.reason."+string(e.Reason)))
	} else if !e.FailingSince.IsZero() {
		notes = append(notes, v.l.T("hooks.failing.since", v.clock(e.FailingSince, zone)))
	}
	if !e.PreviousUntil.IsZero() {
		notes = append(notes, v.l.T("hooks.previous", v.clock(e.PreviousUntil, zone)))
	}
	return notes
}

// clock is a moment as the business's own clock shows it.
func (v *visit) clock(at time.Time, zone *time.Location) string {
	at = at.In(zone)
	return v.l.Date(at) + ", " + at.Format(time.TimeOnly)
}

func (v *visit) shownDelivery(d *webhook.Delivery, zone *time.Location) shownDelivery {
	s := shownDelivery{ID: d.Message, Name: v.typeName(d.Type), Type: d.Type, State: v.l.T("hooks.state." + string(d.State)), When: v.clock(d.Created, zone),
		Failed: d.State == webhook.Failed, Waits: d.State == webhook.Waiting}
	if d.Attempts > 0 {
		s.When += " · " + v.l.P("hooks.attempts", int64(d.Attempts))
	}
	if s.Waits && d.Attempts > 0 && !d.Next.IsZero() {
		s.Next = v.l.T("hooks.next", v.clock(d.Next, zone))
	}
	return s
}

// versionSeen is the one of the endpoint that the page showed.
func (v *visit) versionSeen() (int64, error) {
	n, err := strconv.ParseInt(v.typed("version"), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.Coded("version_mismatch", fault.Conflictf("the form does not say what it was made from; open the page anew"))
	}
	return n, nil
}

// onHook does something with the endpoint that the address names, if it is as the page showed it, and leads back to it.
func (v *visit) onHook(word string, do func(tx *db.Tx, by account.Actor, id string, version int64) error) error {
	return v.allowed(account.WebhooksManage, func(by account.Actor) error {
		return v.once(by, func() error {
			id := v.r.PathValue("id")
			version, err := v.versionSeen()
			if err == nil {
				err = v.write(func(tx *db.Tx) error { return do(tx, by, id, version) })
			}
			if err != nil {
				return v.hook(hook{}, err)
			}
			to := "/webhooks/" + id
			if word == "deleted" {
				to = "/webhooks"
			}
			return v.leave(to + "?done=" + word)
		})
	})
}

func (v *visit) changeHook() error {
	return v.onHook("saved", func(tx *db.Tx, by account.Actor, id string, version int64) error {
		e, err := v.Hooks.Endpoint(tx, id)
		if err != nil {
			return err
		}
		c, fields, err := v.typedHook(e.Types)
		if err != nil {
			return err
		}
		if _, err := v.Hooks.Update(tx, id, version, c); err != nil {
			return err
		}
		return v.did(tx, by, "webhook.updated", id, fields...)
	})
}

func (v *visit) enableHook() error {
	enabled := v.typed("enabled") == "yes"
	word := map[bool]string{true: "enabled", false: "disabled"}[enabled]
	return v.onHook(word, func(tx *db.Tx, by account.Actor, id string, version int64) error {
		if _, err := v.Hooks.Update(tx, id, version, webhook.Change{Enabled: &enabled}); err != nil {
			return err
		}
		return v.did(tx, by, "webhook.updated", id, "enabled")
	})
}

func (v *visit) deleteHook() error {
	return v.onHook("deleted", func(tx *db.Tx, by account.Actor, id string, version int64) error {
		if err := v.Hooks.Delete(tx, id, version); err != nil {
			return err
		}
		return v.did(tx, by, "webhook.deleted", id)
	})
}

// testHook asks for no version: whatever the endpoint is by now, it can be tried.
func (v *visit) testHook() error {
	return v.sending("tested", func(tx *db.Tx, by account.Actor, id string) error {
		if _, err := v.Hooks.Test(tx, id); err != nil {
			return err
		}
		return v.did(tx, by, "webhook.tested", id)
	})
}

// rotateHook shows the new secret, once.
func (v *visit) rotateHook() error {
	return v.allowed(account.WebhooksManage, func(by account.Actor) error {
		return v.once(by, func() error {
			var secret string
			version, err := v.versionSeen()
			if err == nil {
				err = v.write(func(tx *db.Tx) (err error) {
					if _, secret, err = v.Hooks.Rotate(tx, v.r.PathValue("id"), version); err != nil {
						return err
					}
					return v.did(tx, by, "webhook.rotated", v.r.PathValue("id"))
				})
			}
			if err != nil {
				secret = ""
			}
			return v.hook(hook{Secret: secret}, err)
		})
	})
}
