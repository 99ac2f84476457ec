package console

import (
	"crypto/rand"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/record/spending"
)

// costs is what was spent on customers, and the form to add to it.
type costs struct {
	Said  string
	List  []shownCost
	Form  form
	Older string // the address of those before; empty: there are none
}

type shownCost struct {
	Source, Reference, Amount, What, More, When string
}

// costsMost is how many costs a page has.
const costsMost = 50

// What a cost was for.
const (
	forWinning = "winning"
	forKeeping = "keeping"
)

func (v *visit) showCosts() error {
	return v.allowed(account.FactsWrite, func(account.Actor) error { return v.costs(nil) })
}

func (v *visit) costs(wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	after := spending.Place{Key: spending.Key{Source: q.Get("source"), Reference: q.Get("reference")}}
	if text := q.Get("spent"); text != "" {
		if after.Spent, err = strconv.ParseInt(text, 10, 64); err != nil {
			return fault.Coded("no_page", fault.NotFoundf("there is no such page"))
		}
	}
	var list []spending.StoredCost
	if err := v.read(func(tx *db.Tx) (err error) { list, err = spending.NewestCosts(tx, after, costsMost+1); return err }); err != nil {
		return err
	}
	shown := costs{Said: v.done()}
	if len(list) > costsMost {
		list = list[:costsMost]
		last := list[costsMost-1].Place()
		shown.Older = "/costs?" + url.Values{"spent": {strconv.FormatInt(last.Spent, 10)}, "source": {last.Source}, "reference": {last.Reference}}.Encode()
	}
	var channels []string
	for i := range list {
		c := &list[i]
		one := shownCost{Source: c.Source, Reference: c.Reference, Amount: v.l.Money(c.AmountMinor, b.Currency), What: v.l.T("costs.for." + purposeOf(c)), More: c.Channel,
			When: v.l.Date(time.UnixMicro(c.Spent.Local).UTC())}
		if c.Note != "" && one.More != "" {
			one.More += " · "
		}
		one.More += c.Note
		shown.List = append(shown.List, one)
		if c.Channel != "" && !slices.Contains(channels, c.Channel) {
			channels = append(channels, c.Channel)
		}
	}
	shown.Form = v.costForm(b, channels)
	s := sheet{Title: v.l.T("console.costs.title"), Lead: v.l.T("costs.lead"), Content: &shown}
	status := http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		s.Problems = []problem{v.wronged(&shown.Form, wrong)}
		shown.Form.Hidden[0].Value = v.typed("key")
	}
	v.fillForm(&shown.Form, false)
	return v.show(status, "costs", s)
}

func purposeOf(c *spending.StoredCost) string {
	if c.Retention {
		return forKeeping
	}
	return forWinning
}

func (v *visit) costForm(b business.Business, channels []string) form {
	amount := v.l.T("costs.amount")
	if b.Currency != "" {
		amount += ", " + b.Currency
	}
	return form{Action: "/costs", Button: v.l.T("costs.add"), Hidden: []hidden{{"key", rand.Text()}}, Groups: []group{{Fields: []field{
		{Name: "amount", Label: amount, Help: v.l.T("costs.amount.help"), Mode: "decimal"},
		{Name: "spent_on", Label: v.l.T("costs.day"), Help: v.l.T("costs.day.help"), Type: "date", Value: time.Now().In(zoneOf(b)).Format(time.DateOnly)},
		{Name: "for", Label: v.l.T("costs.for"), Type: "radios", Value: forWinning, Choices: []choice{
			{Value: forWinning, Name: v.l.T("costs.for.winning")}, {Value: forKeeping, Name: v.l.T("costs.for.keeping")},
		}},
		{Name: "channel", Label: v.l.T("costs.channel"), Help: v.l.T("costs.channel.help"), List: channels, Most: 300, Optional: true},
		{Name: "note", Label: v.l.T("costs.note"), Most: 1000, Optional: true},
	}}}}
}

func (v *visit) addCost() error {
	return v.allowed(account.FactsWrite, func(by account.Actor) error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		c, err := v.typedCost(&facts.Business)
		if err == nil {
			err = v.keep(by, "cost", func(tx *db.Tx) (fact.Outcome, error) { return facts.Cost(tx, c) })
		}
		if err != nil {
			return v.costs(err)
		}
		return v.leave("/costs?done=saved")
	})
}

// typedCost reads what was typed. The key of the form is the reference, so that pressed twice it is one cost.
func (v *visit) typedCost(b *business.Business) (c spending.Cost, err error) {
	c = spending.Cost{Source: bySource, Reference: v.typed("key"), Channel: strings.TrimSpace(v.typed("channel")), Note: strings.TrimSpace(v.typed("note")),
		Retention: v.typed("for") == forKeeping}
	if c.Reference == "" {
		c.Reference = rand.Text()
	}
	// Below zero it is money that came back.
	if c.AmountMinor, err = moneyIn("amount", v.typed("amount"), b.Digits()); err == nil && c.AmountMinor == 0 {
		err = unfit("amount", aboveZero)
	}
	if err != nil {
		return c, err
	}
	c.Spent, err = v.typedDay("spent_on", b.Zone)
	return c, err
}

var plainNumber = regexp.MustCompile(`^[-−]?(\d{1,15})(?:[.,](\d+))?$`)

// typedMoney reads an amount above zero that was typed, in minor units.
func (v *visit) typedMoney(name string, digits int) (minor int64, err error) {
	if minor, err = moneyIn(name, v.typed(name), digits); err == nil && minor <= 0 {
		err = unfit(name, aboveZero)
	}
	return minor, err
}

const moneyMost = 1_000_000_000_000

// badNumber is why a number is none for a field: the end of the key of the sentence that says what to write.
type badNumber string

const (
	aboveZero  badNumber = "above_zero"
	notZero    badNumber = "not_zero" // below zero takes
	zeroOrMore badNumber = "zero_or_more"
	tooMuch    badNumber = "too_much" // a slip of the hand, or a code that was scanned into the field
)

func (b badNumber) Error() string { return string(b) }

func unfit(name string, why badNumber) error {
	return fault.In(name, fault.Coded("out_of_range", fault.Invalidf("%w", why)))
}

// numberOf is why a number is none where it has to be above zero.
func numberOf(n float64) badNumber {
	if n > 0 {
		return tooMuch
	}
	return aboveZero
}

// amountOf is why an amount is none where it may be nothing.
func amountOf(minor int64) badNumber {
	if minor > 0 {
		return tooMuch
	}
	return zeroOrMore
}

// moneyIn reads an amount from a text, in minor units: digit by digit, so that no cent is lost.
func moneyIn(name, typed string, digits int) (minor int64, err error) {
	text := strings.Join(strings.Fields(strings.ReplaceAll(typed, "\u00a0", " ")), "")
	if text == "" {
		return 0, required(name)
	}
	m := plainNumber.FindStringSubmatch(text)
	if len(m) < 3 || len(m[2]) > digits {
		code := noNumber
		switch {
		case digits == 0:
			code = "no_whole_number"
		case len(m) > 2:
			code = tooFine
		}
		return 0, fault.In(name, fault.Coded(code, fault.Invalidf("%.20q is no amount", typed)))
	}
	minor, err = strconv.ParseInt(m[1]+m[2], 10, 64)
	if err == nil {
		for range digits - len(m[2]) {
			if minor > math.MaxInt64/10 {
				minor = math.MaxInt64
				break
			}
			minor *= 10
		}
	}
	if err != nil || minor > moneyMost {
		return 0, unfit(name, tooMuch)
	}
	if text[0] < '0' || text[0] > '9' {
		minor = -minor
	}
	return minor, nil
}

func (v *visit) removeCost() error {
	return v.allowed(account.FactsWrite, func(by account.Actor) error {
		if err := v.takeBack(by, "cost", spending.DeleteCost); err != nil {
			return err
		}
		return v.leave("/costs?done=deleted")
	})
}
