package console

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/web"
)

// tillAlone is the page that the browser keeps for when there is no network: it names nobody, and takes sales that wait.
type tillAlone struct {
	Amount, Who field
	Store       []field
	Lines       []tillLine
	Products    []string // to choose from
	Open        bool
}

// showTillAlone is asked for by the browser while there is a network, and shown by it while there is none.
func (v *visit) showTillAlone() error {
	return v.atTill(func(by account.Actor, facts *intake.Intake) error {
		page := v.tillOf(by, facts)
		m := tillMember{}
		if err := v.read(func(tx *db.Tx) error { return v.saleFields(tx, facts, &m) }); err != nil {
			return err
		}
		v.fill(m.Store, false)
		page.Alone = &tillAlone{Store: m.Store, Amount: m.Sale[0], Lines: m.Lines, Products: m.Products,
			Who: field{Name: "who", Label: v.l.T("till.who"), Help: v.l.T("till.who.help"), Complete: "off"}}
		page.Alone.Amount.Help = ""
		return v.show(http.StatusOK, "till", sheet{Title: v.l.T("console.till.title"), Content: &page})
	})
}

// The states of a sale that waited, as the browser is told them.
const (
	sentNow    = "sent"
	sentAgain  = "again"   // it was there: the answer to it had been lost
	refusedNow = "refused" // it will be refused each time; says why, and what to do
	signIn     = "sign_in" // it waits until its owner has signed in
	ofAnother  = "other"   // it waits: somebody else is signed in
	notNow     = "not_now" // it waits: the server could not do it
	ready      = "ready"   // nothing was asked for but who is signed in
)

// waited is what became of a sale that waited in a browser.
type waited struct {
	State    string `json:"state"`
	Says     string `json:"says,omitempty"`
	Advice   string `json:"advice,omitempty"`
	Customer string `json:"customer,omitempty"`
	Reward   bool   `json:"reward,omitempty"` // what is wrong is the reward: the sale can be sent without it
	Whose    string `json:"whose,omitempty"`
}

func (v *visit) answer(status int, w waited) error {
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(status)
	return json.NewEncoder(v.w).Encode(w) //nolint:wrapcheck // who has gone needs no answer
}

// tillState tells a page that is open who is signed in by now.
func (v *visit) tillState() error {
	u, ok, err := v.user()
	switch {
	case err != nil:
		return err
	case !ok:
		return v.answer(http.StatusUnauthorized, waited{State: signIn})
	}
	return v.answer(http.StatusOK, waited{State: ready, Whose: u.ID})
}

// takeWaiting takes in a sale that was entered while there was no network. It is taken once, however often it is sent, and
// from nobody but who entered it.
func (v *visit) takeWaiting() error {
	u, ok, err := v.user()
	switch {
	case err != nil:
		return v.wait(err)
	case !ok:
		return v.answer(http.StatusUnauthorized, waited{State: signIn, Says: v.l.T("till.wait.sign_in")})
	case u.ID != v.typed("whose"):
		return v.answer(http.StatusForbidden, waited{State: ofAnother, Says: v.l.T("till.wait.other")})
	}
	by := v.actor(u)
	if err := by.Require(account.SalesWrite); err != nil {
		return v.wait(err)
	}
	if err := by.Require(account.CustomersRead); err != nil {
		return v.wait(err)
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return v.wait(err)
	}
	out, again, err := v.waiting(by, facts)
	if err != nil {
		return v.wait(err)
	}
	w := waited{State: sentNow, Customer: fact.PublicID(fact.CustomerPrefix, out.Customer)}
	if again {
		w.State = sentAgain
	}
	return v.answer(http.StatusOK, w)
}

func (v *visit) waiting(by account.Actor, facts *intake.Intake) (out fact.Outcome, again bool, err error) {
	root, err := v.waitingFor(facts)
	if err != nil {
		return out, false, err
	}
	o, err := v.someSale(facts, root)
	if err != nil {
		return out, false, err
	}
	off, err := v.shownOff()
	if err != nil {
		return out, false, err
	}
	age, err := v.waitedFor()
	if err != nil {
		return out, false, err
	}
	if err := v.gatherChosen(by, facts, root); err != nil {
		return out, false, err
	}
	return v.recordSale(by, facts, root, o, func(tx *db.Tx) (fact.Moment, sum, error) {
		// What was taken off was shown while there was a network, and paid; the reward is spent now, or the sale is refused.
		at := facts.At(tx.Now.Add(-age))
		with, err := v.chosenFor(tx, by, facts, root)
		if off.with = with.promise(); err != nil {
			return at, off, err
		}
		if now, err := quoted(tx, facts, root, withMoment(o.Order, at), nil); err == nil && now.rules == off.rules {
			off.lines = now.lines // the rules take off today what was shown, and so of the same lines
		}
		return at, off, v.useWith(tx, by, facts, with, o.Reference)
	})
}

// waitedFor is how long the sale has waited by the clock of the device, which need not be right.
func (v *visit) waitedFor() (time.Duration, error) {
	const longest = 366 * 24 * time.Hour
	entered, err := strconv.ParseInt(v.typed("entered"), 10, 64)
	if err != nil {
		return 0, fault.Coded("no_time", fault.Invalidf("%.20q is no time", v.typed("entered")))
	}
	sent, err := strconv.ParseInt(v.typed("sent"), 10, 64)
	if err != nil {
		return 0, fault.Coded("no_time", fault.Invalidf("%.20q is no time", v.typed("sent")))
	}
	if sent-entered > longest.Milliseconds() || entered-sent > longest.Milliseconds() {
		return 0, fault.Coded("waited_too_long", fault.Invalidf("it waited for more than a year"))
	}
	return max(0, time.Duration(sent-entered)*time.Millisecond), nil
}

// waitingFor is the customer of a sale that waited: the one whose page was open, or who is known by what was typed.
func (v *visit) waitingFor(facts *intake.Intake) (root int64, err error) {
	var found []customer.Stored
	err = v.read(func(tx *db.Tx) error {
		text := strings.TrimSpace(v.typed("who"))
		if id := v.typed("customer"); id != "" {
			text = id
		}
		var number int64
		if fact.ParsePublicID(fact.CustomerPrefix, text, &number) == nil {
			found, err = standingFor(tx, number)
			return err
		}
		numbers, err := customer.Exactly(tx, text, facts.Business.Country)
		if err == nil {
			found, err = standingFor(tx, numbers...)
		}
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0:
		return 0, fault.Coded("nobody_known", fault.NotFoundf("nobody is known by that"))
	case len(found) > 1:
		return 0, fault.Coded("several_known", fault.Conflictf("more than one customer is known by that"))
	}
	return found[0].Customer, nil
}

// wait answers that a sale was refused, or waits on because of what may pass.
func (v *visit) wait(err error) error {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable:
		return v.answer(v.status(err), waited{State: notNow, Says: v.say(err)})
	}
	advice, reward := v.l.T("till.advice"), fieldOf(err) == "with"
	if reward {
		advice = v.l.T("till.advice.reward")
	} else if code := codeOf(err); v.l.Has("till.advice." + code) {
		advice = v.l.T("till.advice." + code)
	}
	return v.answer(v.status(err), waited{State: refusedNow, Says: v.say(err), Advice: advice, Reward: reward})
}

// script gives a script that was bundled into the program; where it was built without, there is none.
func (v *visit) script(text string, ok bool) error {
	if !ok {
		return nothing(v)
	}
	v.w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	v.w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(v.w, v.r, "", started, bytes.NewReader([]byte(text)))
	return nil
}

func (v *visit) tillScript() error { return v.script(web.Till()) }
func (v *visit) codeWorker() error { return v.script(web.CodeWorker()) }

// tillWorker is what the browser runs for the page while there is no network; it may do so for nothing else here.
func (v *visit) tillWorker() error {
	v.w.Header().Set("Service-Worker-Allowed", "/till")
	return v.script(web.TillWorker())
}
