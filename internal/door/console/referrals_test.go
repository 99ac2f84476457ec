package console_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/record/spending"
)

// befriends makes a business that rewards friends, where Ada brought some.
func (s *shop) befriends(t *testing.T, friends ...string) *intake.Intake {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	const document = `{"name": "Café", "starts": "2020-01-01", "units": [{"unit": "points", "allows_debt": true}], "referral": {"minimum_minor": 1000},
		"rewards": [{"reward": "euro", "name": "A euro off", "kind": "discount", "terms": {"amount_minor": 100}, "unit": "points", "price": 10, "codes": {"kind": "unique"}}],
		"rules": [{"rule": "friend", "name": "For bringing a friend", "on": "referral", "effect": {"fixed": {"unit": "points", "units": 50}}},
			{"rule": "came", "name": "For coming through a friend", "on": "referred", "effect": {"fixed": {"unit": "points", "units": 20}}}]}`
	s.write(t, func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", facts.Business.Zone)
		if err == nil {
			_, err = facts.Programme().Publish(tx, v.Version, "usr_1", facts.Business.Zone)
		}
		return err
	})
	code := ""
	ada := s.known(t, facts, "ada", "")
	s.write(t, func(tx *db.Tx) (err error) {
		code, err = referral.Code(tx, ada)
		return err
	})
	for _, name := range friends {
		friend := s.known(t, facts, name, "")
		s.write(t, func(tx *db.Tx) error {
			_, err := facts.Referrals().Tie(tx, friend, code)
			return err
		})
	}
	return facts
}

// known makes a customer who came by a channel; empty: nobody knows by which.
func (s *shop) known(t *testing.T, facts *intake.Intake, name, channel string) (number int64) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: "r-" + name}}, Profile: customer.Profile{Channel: channel}})
		if err == nil {
			err = out.Err
		}
		number = out.Customer
		return err
	})
	return number
}

// buys places an order of a customer, so long ago.
func (s *shop) buys(t *testing.T, facts *intake.Intake, name string, minor int64, before time.Duration) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		out, err := facts.Order(tx, intake.Order{Customer: customer.Identity{Kind: customer.OwnID, Value: "r-" + name}, Order: order.Order{Source: "r", Reference: name, Placed: facts.At(tx.Now.Add(-before)),
			Summed: true, Lines: []order.Line{{Product: "beans", Quantity: 1, AmountMinor: minor}}}})
		if err == nil {
			err = out.Err
		}
		return err
	})
}

// recommends makes a business where Ada brought three friends: one bought enough, one too little, one nothing. Five others came by
// leaflets: of fewer a measure says nothing.
func (s *shop) recommends(t *testing.T) {
	t.Helper()
	facts := s.befriends(t, "bob", "eve", "zoe")
	spends := map[string]int64{"ada": 5000, "bob": 2000, "eve": 500}
	leaflets := []string{"kim1", "kim2", "kim3", "kim4", "kim5"}
	for _, name := range leaflets {
		spends[name] = 3000
		s.known(t, facts, name, "leaflets")
	}
	// The measure of costs ends with the last whole day on which somebody bought.
	const day = 24 * time.Hour
	for name, minor := range spends {
		before := time.Duration(0)
		if slices.Contains(leaflets, name) {
			before = 5 * day
		}
		s.buys(t, facts, name, minor, before)
	}
	s.write(t, func(tx *db.Tx) error {
		_, err := spending.PutCosts(tx, []spending.Cost{{Source: "x", Reference: "1", Spent: facts.At(tx.Now.Add(-5 * day)), Channel: "leaflets", AmountMinor: 6250}})
		return err
	})
	if err := facts.Referrals().Due(t.Context(), s.d); err != nil {
		t.Fatal(err)
	}
}

func TestReferralsAreSetBesideOtherChannels(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		const at = "/referrals"
		owner.get(at).wants(t, http.StatusOK, at, "does not reward friends")
		s.recommends(t)
		until(t, func() bool { return !strings.Contains(owner.get(at).text, "does not reward friends") }) // the server hears of the programme within a second
		page := owner.get(at).wants(t, http.StatusOK, at, "Friends who came</dt><dd>3<", "Rewarded</dt><dd>1<", "Became customers</dt><dd>33%", "70 points", "€7.00", "leaflets", "€12.50")
		if strings.Contains(page.text, "There are no costs") {
			t.Error("it says that there are no costs")
		}
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			if p := s.signedIn(t, owner, role).get(at); (p.status == http.StatusOK) != may.May(account.MeasuresRead) {
				t.Errorf("%s with %d", role, p.status)
			}
		}
	})
}

// TestReferralsWithoutChannels is a café in its first week: a friend has come, and of nobody it is known by which channel.
func TestReferralsWithoutChannels(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		facts := s.befriends(t, "kim")
		const at = "/referrals"
		until(t, func() bool { return !strings.Contains(owner.get(at).text, "does not reward friends") })
		owner.get(at).wants(t, http.StatusOK, at, "Friends who came</dt><dd>1<", "There are no costs")
		s.buys(t, facts, "kim", 2000, 0)
		owner.get(at).wants(t, http.StatusOK, at, "Friends who came</dt><dd>1<", "There are no costs")
	})
}

// The share of new customers is that of the picture, which is drawn when somebody looks.
func TestReferralsAreAShareOfNewCustomers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.brought(t)
		s.recommends(t)
		s.Config.Handler = s.pages(t) // whose picture is drawn anew
		day, err := time.Parse(time.DateOnly, today(t))
		if err != nil {
			t.Fatal(err)
		}
		month := day.Format("January 2006")
		until(t, func() bool {
			owner.get("/picture")
			row := strings.Split(owner.get("/referrals").text, month)
			return len(row) > 1 && strings.Contains(row[1], "%")
		})
	})
}

func TestReferralsInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	s.recommends(t)
	until(t, func() bool { return strings.Contains(owner.get("/referrals").text, "€7.00") })
	s.looks(t, b, owner, []look{
		{name: "referrals", path: "/referrals", tag: "en", scheme: "light", width: desk},
		{name: "referrals", path: "/referrals", tag: "el", scheme: "dark", width: small},
		{name: "referrals", path: "/referrals", tag: "ru", scheme: "light", width: phone},
		{name: "referrals", path: "/referrals", tag: "zh", scheme: "dark", width: desk},
		{name: "referrals", path: "/referrals", tag: "mk", scheme: "light", width: small},
	})
}
