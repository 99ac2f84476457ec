package console

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/web"
)

// till is the page of who stands at the till: a customer is found, and what they buy, take and bring back is entered.
type till struct {
	Asked    string
	Found    []client // several whom what was typed may mean
	None     string
	First    bool // the field to find by has the focus
	Member   *tillMember
	Told     *tillTold
	Alone    *tillAlone // the page that is kept for when there is no network; nil: this is not it
	Script   bool       // the program was built with it
	Whose    string     // who is signed in, to whom sales that wait belong
	Decimal  int        // of the currency
	Currency string
}

// tillTold is what has just been done.
type tillTold struct {
	Title string
	Words []string
	Code  string
	Harm  bool
	Stays bool // the cashier goes on with this customer
}

const (
	foundMost = 10
	nameLeast = 3 // letters by which names are looked for: a till is no place to leaf through customers
	signLeast = 2 // of those scripts in which a whole name has two
)

// tooShort tells whether a text is too little to look for names by.
func tooShort(text string) bool {
	least := nameLeast
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		least = signLeast
	}
	return utf8.RuneCountInString(text) < least
}

// atTill calls what is done at the till, for who may sell.
func (v *visit) atTill(do func(by account.Actor, facts *intake.Intake) error) error {
	return v.allowed(account.SalesWrite, func(by account.Actor) error {
		if err := by.Require(account.CustomersRead); err != nil {
			return err
		}
		// Codes may be read with the camera of the device, by this page alone.
		v.w.Header().Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()")
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		return do(by, facts)
	})
}

// atCustomer calls what is done at the till with the customer of the address.
func (v *visit) atCustomer(do func(by account.Actor, facts *intake.Intake, s *customer.Stored) error) error {
	return v.atTill(func(by account.Actor, facts *intake.Intake) error {
		s, err := v.meant()
		if err != nil {
			return err
		}
		return do(by, facts, s)
	})
}

// tillOf is the page as it begins.
func (v *visit) tillOf(by account.Actor, facts *intake.Intake) till {
	_, script := web.Till()
	return till{Script: script, Whose: by.ID, Decimal: facts.Business.Digits(), Currency: facts.Business.Currency}
}

func (v *visit) showTill() error {
	return v.atTill(func(by account.Actor, facts *intake.Intake) error {
		page := v.tillOf(by, facts)
		page.First, page.Asked = true, strings.TrimSpace(v.r.URL.Query().Get("q"))
		if page.Asked == "" {
			return v.showTillPage(http.StatusOK, &page, nil)
		}
		found, at, err := v.lookUp(by, facts, page.Asked)
		if err != nil {
			return err
		}
		switch len(found) {
		case 0:
			other, err := v.otherCode(by, facts, page.Asked)
			switch {
			case err != nil:
				return err
			case other.To != "":
				return v.leave(other.To)
			case other.Says != "":
				page.None = other.Says
				return v.showTillPage(http.StatusOK, &page, nil)
			}
			page.None = v.l.T("till.find.nobody")
			return v.showTillPage(http.StatusNotFound, &page, nil)
		case 1:
			return v.leave("/till/" + fact.PublicID(fact.CustomerPrefix, found[0].Customer) + at)
		}
		for i := range found {
			s := &found[i]
			page.Found = append(page.Found, client{ID: fact.PublicID(fact.CustomerPrefix, s.Customer), Name: v.tillName(by, s), Says: phoneEnd(s)})
		}
		return v.showTillPage(http.StatusOK, &page, nil)
	})
}

func (v *visit) showTillPage(status int, page *till, wrong error) error {
	s := sheet{Title: v.l.T("console.till.title"), Content: page}
	if wrong != nil {
		s.Problems = []problem{{Text: v.say(wrong), Field: page.Member.wrongField()}}
	}
	return v.show(status, "till", s)
}

// lookUp finds whom what was typed or read off a card means: an id, an address, a number, a card, the beginning of a name, or
// the code of a reward; at is the part of the page that it is about.
func (v *visit) lookUp(by account.Actor, facts *intake.Intake, text string) (found []customer.Stored, at string, err error) {
	if err := v.wrongCodes.any(by.ID, time.Now()); err != nil {
		return nil, "", err
	}
	var spent string
	err = v.read(func(tx *db.Tx) error {
		var number int64
		if found, at = nil, ""; fact.ParsePublicID(fact.CustomerPrefix, text, &number) == nil {
			found, err = standingFor(tx, number)
			return err
		}
		if tooShort(text) {
			numbers, err := customer.Exactly(tx, text, facts.Business.Country)
			if err != nil {
				return err
			}
			found, err = standingFor(tx, numbers...)
			return err
		}
		if found, err = customer.Search(tx, text, facts.Business.Country, foundMost); err != nil || len(found) > 0 || !by.May(account.PointsRead) {
			return err
		}
		c, err := facts.Rewards().Find(tx, text)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			return nil
		case err != nil || c.Redemption == nil:
			return err
		}
		club, err := inForce(tx, facts)
		if err != nil {
			return err
		}
		at, spent = "#taken", v.spent(tx, club, c.Redemption)
		found, err = standingFor(tx, c.Redemption.Customer)
		return err
	})
	if spent != "" {
		v.Sessions.Put(v.ctx, "till", spent)
	}
	if err == nil && len(found) == 0 {
		v.wrongCodes.one(by.ID, time.Now())
	}
	return found, at, err
}

// standingFor are the customers who stand for the numbers, each once, without those who were erased.
func standingFor(tx *db.Tx, numbers ...int64) (all []customer.Stored, err error) {
	for _, n := range numbers {
		root, err := customer.Root(tx, n)
		if err != nil {
			return nil, err
		}
		s, err := customer.Get(tx, root)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			continue
		case err != nil:
			return nil, err
		case s.Erased.IsZero() && !slices.ContainsFunc(all, func(o customer.Stored) bool { return o.Customer == root }):
			all = append(all, *s)
		}
	}
	return all, nil
}

// wrong counts what was looked for and is nothing, so that nobody finds codes by trying: so many at once, and one more every
// few seconds. It is this process's own.
type wrong struct {
	lock sync.Mutex
	full map[string]time.Time // when who asks has all tries again
}

const (
	wrongMost  = 30
	wrongEvery = 4 * time.Second
)

// any refuses whoever has no try left.
func (w *wrong) any(who string, now time.Time) error {
	w.lock.Lock()
	defer w.lock.Unlock()
	if next := w.full[who].Add(-(wrongMost - 1) * wrongEvery); next.After(now) {
		return &account.TooSoon{Wait: next.Sub(now)}
	}
	return nil
}

func (w *wrong) one(who string, now time.Time) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.full == nil {
		w.full = map[string]time.Time{}
	}
	for other, full := range w.full {
		if full.Before(now) {
			delete(w.full, other)
		}
	}
	at := w.full[who]
	if at.Before(now) {
		at = now
	}
	w.full[who] = at.Add(wrongEvery)
}

// tillName is what to call a customer by: for who does not see personal data the first name and a letter.
func (v *visit) tillName(by account.Actor, s *customer.Stored) string {
	if by.May(account.PersonalRead) {
		return v.nameOf(by, s)
	}
	p := &s.Profile
	given, family := p.GivenName, p.FamilyName
	if words := strings.Fields(p.FullName); given == "" && len(words) > 0 {
		given = words[0]
		if family == "" && len(words) > 1 {
			family = words[len(words)-1]
		}
	}
	if first, _ := utf8.DecodeRuneInString(family); unicode.IsLetter(first) && given != "" {
		return given + " " + string(unicode.ToUpper(first)) + "."
	}
	return cmp.Or(given, fact.PublicID(fact.CustomerPrefix, s.Customer))
}

// phoneEnd is the end of the customer's number, by which two of one name are told apart.
func phoneEnd(s *customer.Stored) string {
	const shown, least = 4, 7
	for _, i := range s.Identities {
		if digits := []rune(i.Value); i.Kind == customer.Phone && len(digits) >= least {
			return "··· " + string(digits[len(digits)-shown:])
		}
	}
	return ""
}

// storeCookie is where the branch is kept that a device stands in.
const storeCookie = "till_store"

func (v *visit) branch() string {
	c, err := v.r.Cookie(storeCookie)
	if err != nil {
		return ""
	}
	store, err := url.QueryUnescape(c.Value)
	if err != nil {
		return ""
	}
	return store
}

func (v *visit) remember(store string) {
	http.SetCookie(v.w, &http.Cookie{Name: storeCookie, Value: url.QueryEscape(store), Path: "/till", MaxAge: int(languageLife / time.Second), HttpOnly: true,
		Secure: v.Secure, SameSite: http.SameSiteLaxMode})
}

// keyLength is how much of a form's key names what is entered by it: enough to be nobody else's.
const keyLength = 16

// key is the one of what is entered, made where the form was.
func (v *visit) key() (string, error) {
	key := v.typed("key")
	if len(key) < keyLength || strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return "", fault.Coded("key_lost", fault.Invalidf("the form has lost its key; open the page anew"))
	}
	return key[:keyLength], nil
}

func newKey() string { return rand.Text() }
