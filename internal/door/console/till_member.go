package console

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
)

// tillMember is the customer at the till.
type tillMember struct {
	ID, Name, Phone string
	Full            bool // the reader may open the customer's page
	Tier            string
	Join            []field // what they agree to who is no member yet; none: they are one
	Stamps          []challengeRow
	Challenges      []challengeRow
	Access          []accessRow
	Offers          []programme.Offer
	Balances        []heldUnit
	Units           []choice // that can be spent
	Rewards         []tillReward
	Later           []tillReward // that cannot be had now
	Taken           []tillTaken
	Past            []tillPast
	Spend           bool // may redeem
	Key             string
	Whose           string // to whom the sale belongs, if it has to wait
	Sale            []field
	With            []field // the reward that is taken with the sale; none: there is none that lowers one
	Store           []field
	Lines           []tillLine
	Products        []string // to choose from
	Open            bool     // lines were typed
	Quote           *tillQuote
	wrong           string
	Spending        typedAgain // of the form by which units are taken
}

func (m *tillMember) wrongField() string {
	if m == nil {
		return ""
	}
	return m.wrong
}

type tillReward struct {
	Reward, Name, Price, Why string

	Off   bool // it lowers the sale with which it is used
	Goods bool // by a product that is among its lines
	Lines bool // by what is on its lines
}

// tillTaken is a reward that the customer took and did not get yet.
type tillTaken struct {
	ID, Name, Code, Until string

	Off, Goods, Lines bool
}

// tillPast is a sale of before.
type tillPast struct {
	ID, When, What, Amount, Back string
	Left                         string // that can still come back; empty: nothing

	Returning typedAgain // of its form
}

// typedAgain is a form that was sent and refused: what was typed, and what is wrong with which field of it.
type typedAgain struct {
	Open          bool
	Typed, Errors map[string]string
}

const (
	pastMost    = 5
	rewardsMost = 100
	takenMost   = 50
)

// tillAsked is how a customer's page came to be shown.
type tillAsked struct {
	wrong error
	quote *tillQuote
	told  *tillTold
}

func (v *visit) showTillCustomer() error {
	return v.atCustomer(func(by account.Actor, facts *intake.Intake, s *customer.Stored) error {
		if id := fact.PublicID(fact.CustomerPrefix, s.Customer); v.r.PathValue("id") != id {
			return v.leave("/till/" + id)
		}
		told, err := v.tellDone(facts, s)
		if err != nil {
			return err
		}
		return v.tillCustomer(by, facts, s, tillAsked{told: told})
	})
}

// retry shows the customer again where something was wrong with what was asked for.
func (v *visit) retry(by account.Actor, facts *intake.Intake, s *customer.Stored, err error) error {
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict && k != fault.NotFound {
		return err
	}
	return v.tillCustomer(by, facts, s, tillAsked{wrong: err})
}

func (v *visit) tillCustomer(by account.Actor, facts *intake.Intake, s *customer.Stored, asked tillAsked) error {
	page := v.tillOf(by, facts)
	page.Told, page.First = asked.told, asked.told != nil && !asked.told.Harm && !asked.told.Stays
	m := &tillMember{ID: fact.PublicID(fact.CustomerPrefix, s.Customer), Name: v.tillName(by, s), Phone: phoneEnd(s), Full: by.May(account.PersonalRead),
		Spend: by.May(account.PointsSpend), Key: newKey(), Whose: by.ID, Quote: asked.quote}
	page.Member = m
	if typed := v.typed("key"); typed != "" && !sentBefore(asked.wrong) && codeOf(asked.wrong) != "key_lost" {
		m.Key = typed
	}
	err := v.read(func(tx *db.Tx) error {
		members, err := customer.Members(tx, s.Customer)
		if err != nil {
			return err
		}
		_, joined, err := member.Of(tx, members)
		if err != nil {
			return err
		}
		if m.Join = nil; !joined {
			m.Join = v.joiningAtTill(facts.Business.Name)
		}
		if by.May(account.PointsRead) {
			if err := v.tillHeld(tx, facts, m, s.Customer, members); err != nil {
				return err
			}
			if m.Spend {
				v.withField(m)
			}
		}
		if by.May(account.FactsRead) {
			if m.Past, err = v.tillPast(tx, facts, members); err != nil {
				return err
			}
		}
		return v.saleFields(tx, facts, m)
	})
	if err != nil {
		return err
	}
	v.fillSale(m, asked.wrong)
	v.fillJoin(m, asked.wrong)
	v.fillReturn(m, asked.wrong)
	v.fillSpend(m, asked.wrong)
	status := http.StatusOK
	if asked.wrong != nil {
		status = v.status(asked.wrong)
	} else if m.Quote == nil && !page.First && len(m.Sale) > 0 {
		m.Sale[0].First = true
	}
	return v.showTillPage(status, &page, asked.wrong)
}

// tillHeld is what the customer has of the programme.
func (v *visit) tillHeld(tx *db.Tx, facts *intake.Intake, m *tillMember, root int64, members []int64) (err error) {
	if m.Balances, _, err = v.balances(tx, root, facts.Business.Zone); err != nil {
		return err
	}
	units, err := points.Units(tx)
	if err != nil {
		return err
	}
	m.Units = nil
	for i := range units {
		if u := &units[i]; u.Kind == points.Spendable {
			m.Units = append(m.Units, choice{u.Code, points.UnitName(v.l, u.Code), u.Code == v.typed("unit")})
		}
	}
	club, err := inForce(tx, facts)
	if err != nil {
		return err
	}
	standing, ok, err := facts.Programme().Standing(tx, root)
	if err != nil {
		return err
	}
	if ok {
		m.Tier = club.In(v.l, standing.Name)
	}
	if m.Stamps, err = v.stamps(tx, facts, root); err != nil {
		return err
	}
	if m.Challenges, err = v.challenges(tx, facts, root, false); err != nil {
		return err
	}
	if m.Access, err = v.access(tx, facts, root, false); err != nil {
		return err
	}
	if m.Offers, err = facts.Programme().Offers(tx, root, v.l, facts.Business.Currency); err != nil {
		return err
	}
	if err := v.tillRewards(tx, facts, club, m, root); err != nil {
		return err
	}
	m.Taken = nil
	taken, err := reward.Of(tx, members, 0, takenMost)
	for i := range taken {
		r := &taken[i]
		if r.State != reward.Issued || r.Over(tx.Now) {
			continue
		}
		t := tillTaken{ID: fact.PublicID(reward.Prefix, r.ID, r.Customer), Name: club.In(v.l, r.Promise.Name), Code: r.Code, Off: r.Promise.TakesOff(), Goods: r.Promise.Kind == reward.Product, Lines: ofLines(&r.Promise)}
		if !r.Until.Equal(points.Never) {
			t.Until = v.l.T("till.taken.until", v.l.Date(r.Until.Add(-time.Microsecond).In(facts.Business.Zone)))
		}
		m.Taken = append(m.Taken, t)
	}
	return err
}

func (v *visit) tillRewards(tx *db.Tx, facts *intake.Intake, club *programme.Compiled, m *tillMember, root int64) error {
	all, err := reward.List(tx, false, "", rewardsMost)
	if err != nil {
		return err
	}
	m.Rewards, m.Later = nil, nil
	words := &programme.RewardWords{Words: v.drawWords(facts.Business), Called: draw.Called(tx, v.l)}
	for i := range all {
		s := &all[i]
		one := tillReward{Reward: s.Reward.Reward, Name: club.In(v.l, s.Name), Price: v.l.T("till.reward.free"), Off: s.TakesOff(), Goods: s.Kind == reward.Product, Lines: ofLines(&s.Reward)}
		if s.Price > 0 {
			one.Price = points.Amount(v.l, s.Unit, s.Price)
		}
		if of := words.For(&s.Reward); of != "" {
			one.Price += " · " + of
		}
		q, err := facts.Rewards().Quote(tx, root, s)
		if err != nil {
			return err
		}
		if q.Why == nil {
			m.Rewards = append(m.Rewards, one)
			continue
		}
		if one.Why = v.say(q.Why); q.Missing > 0 {
			one.Why = v.l.T("till.reward.missing", points.Amount(v.l, s.Unit, q.Missing))
		}
		m.Later = append(m.Later, one)
	}
	return nil
}

// tillPast are the customer's last sales, with what of each can still come back.
func (v *visit) tillPast(tx *db.Tx, facts *intake.Intake, members []int64) (all []tillPast, err error) {
	orders, err := order.List(tx, listing.Filter{Customers: members}, listing.Place{}, pastMost)
	if err != nil {
		return nil, err
	}
	currency := facts.Business.Currency
	for i := range orders {
		o := &orders[i]
		p := tillPast{ID: fact.PublicID(fact.OrderPrefix, o.ID, o.Customer), When: v.wall(o.Placed), Amount: v.l.Money(o.AmountMinor, currency)}
		for j := range o.Lines {
			if name := cmp.Or(o.Lines[j].ProductName, o.Lines[j].Product, o.Lines[j].Category); name != "" {
				p.What += ", " + name
			}
		}
		p.What = trimmed(p.What)
		back, none, err := returned(tx, o)
		if err != nil {
			return nil, err
		}
		if back > 0 {
			p.Back = v.l.T("till.past.back", v.l.Money(back, currency))
		}
		switch {
		case o.State == order.Cancelled:
			p.Back = v.l.T("console.customers.cancelled")
		case back < o.AmountMinor || none && o.DiscountMinor > 0: // what was paid for with a reward alone comes back too
			p.Left = v.l.Money(o.AmountMinor-back, currency)
		}
		all = append(all, p)
	}
	return all, nil
}

// trimmed is a list without the separator that it begins with.
func trimmed(list string) string {
	if len(list) > 2 {
		return list[2:]
	}
	return list
}

// returned is how much of an order came back; none: nothing did.
func returned(tx *db.Tx, o *order.Stored) (minor int64, none bool, err error) {
	back, err := order.ReturnedOf(tx, o.Customer, o.ID)
	for _, b := range back {
		minor += b.AmountMinor
	}
	return minor, len(back) == 0, err
}

// tellDone tells of what the address names as just done: a sale, a return, a reward.
func (v *visit) tellDone(facts *intake.Intake, s *customer.Stored) (told *tillTold, err error) {
	q := v.r.URL.Query()
	err = v.read(func(tx *db.Tx) error {
		members, err := customer.Members(tx, s.Customer)
		if err != nil {
			return err
		}
		var id, owner int64
		mine := func(prefix fact.Prefix, text string) bool {
			return text != "" && fact.ParsePublicID(prefix, text, &id, &owner) == nil && slices.Contains(members, owner)
		}
		switch {
		case mine(fact.OrderPrefix, q.Get("sold")):
			told, err = v.tellSale(tx, facts, members, owner, id)
		case mine(fact.ReturnPrefix, q.Get("back")):
			told, err = v.tellReturn(tx, facts, members, owner, id)
		case mine(reward.Prefix, q.Get("took")):
			told, err = v.tellReward(tx, facts, owner, id)
		}
		if fault.KindOf(err) == fault.NotFound && err != nil {
			told, err = nil, nil
		}
		return err
	})
	said, joined := v.Sessions.Pop(v.ctx, "till"), v.Sessions.Pop(v.ctx, "till-joined")
	switch {
	case told != nil:
	case joined != "": // what they came for is still to be sold
		told = &tillTold{Title: joined, Stays: true}
	case said != "":
		told = &tillTold{Title: said}
	}
	return told, err
}

func (v *visit) tellSale(tx *db.Tx, facts *intake.Intake, members []int64, owner, id int64) (*tillTold, error) {
	o, err := order.Load(tx, owner, id)
	if err != nil {
		return nil, err
	}
	club, err := inForce(tx, facts)
	if err != nil {
		return nil, err
	}
	currency := facts.Business.Currency
	told := &tillTold{Title: v.l.T("till.sold", v.l.Money(o.AmountMinor, currency))}
	out, ok, err := programme.Of(tx, owner, programme.OrderCause(id))
	if ok {
		gave, _ := given(out.Results, (*programme.Result).Gave)
		if gave, err = club.ResultsIn(tx, v.l, gave); err != nil {
			return nil, err
		}
		told.Words = programme.Words(v.l, programme.Cashier, currency, gave)
	}
	if err != nil || o.DiscountMinor == 0 {
		return told, err
	}
	off := []string{v.l.T("till.sold.off", v.l.Money(o.AmountMinor+o.DiscountMinor, currency), v.l.Money(o.DiscountMinor, currency))}
	used, err := reward.For(tx, members, o.Reference)
	for i := range used {
		off = append(off, v.l.T("till.sold.used", club.In(v.l, used[i].Promise.Name)))
	}
	told.Words = append(off, told.Words...)
	return told, err
}

func (v *visit) tellReturn(tx *db.Tx, facts *intake.Intake, members []int64, owner, id int64) (*tillTold, error) {
	r, err := order.LoadReturn(tx, owner, id)
	if err != nil {
		return nil, err
	}
	club, err := inForce(tx, facts)
	if err != nil {
		return nil, err
	}
	told := &tillTold{Title: v.l.T("till.returned", v.l.Money(r.AmountMinor, facts.Business.Currency)), Words: []string{v.l.T("till.returned.says")}}
	used, err := reward.For(tx, members, r.OrderReference)
	for i := range used {
		if state := used[i].State; state == reward.Refunded || state == reward.Issued {
			told.Words = append(told.Words, v.l.T("till.returned."+string(state), club.In(v.l, used[i].Promise.Name)))
		}
	}
	return told, err
}

func (v *visit) tellReward(tx *db.Tx, facts *intake.Intake, owner, id int64) (*tillTold, error) {
	r, err := reward.Get(tx, owner, id)
	if err != nil {
		return nil, err
	}
	club, err := inForce(tx, facts)
	if err != nil {
		return nil, err
	}
	told := &tillTold{Title: v.l.T("till.took."+string(r.State), club.In(v.l, r.Promise.Name)), Code: r.Code}
	if r.State == reward.Issued && !atOnce(r.Promise.Kind) {
		told.Words = []string{v.l.T("till.took.later")}
	}
	return told, nil
}
