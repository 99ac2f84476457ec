package replay

import (
	"cmp"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/packaging"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
)

// Worst is the most that can be given from now on, of what has a bound. It goes by what is bought, before anything of it comes
// back: what a customer has spent by then stays with them where the unit allows no debt. What is given by hand is not in it.
type Worst struct {
	// BudgetsMinor is what the rules with a budget give when all of it is taken.
	BudgetsMinor int64 `json:"budgets_minor"`
	// ShareOfRevenue is what goes back of what is paid, at the highest tier, with every multiplier, and of sales that are as small as
	// a rule allows, as a share of it.
	ShareOfRevenue float64 `json:"share_of_revenue"`
	// Year is what one customer can have in a calendar year beside that, Once what one can have once for ever, and All what all
	// customers together can have of surprises, codes, and budgets that are in none of the others.
	Year Sum `json:"customer_year"`
	Once Sum `json:"customer_once"`
	All  Sum `json:"all_customers"`
	// Unbounded are the rules of which nothing limits how often they give, and no smallest sale how much that is of what is paid.
	Unbounded []string `json:"unbounded"`
	// Outside are the names of what is in none of the sums: what nothing limits, and what is given for pieces or costs what nobody
	// has said.
	Outside []string `json:"outside"`
	// Unvalued are the units of which not every reward says in money what they are worth: their worth here is the least.
	Unvalued []string `json:"unvalued"`
	// Lines tell for each piece of the programme, and what is given beside it, how it was reckoned.
	Lines []Most `json:"lines"`
	// Words say the sums.
	Words []string `json:"words"`
}

// Sum is units, and what these and what is given beside them are worth as far as that is known, rounded up.
type Sum struct {
	Units map[string]int64 `json:"units"`
	Minor int64            `json:"minor"`
}

func newWorst() Worst {
	sum := func() Sum { return Sum{Units: map[string]int64{}} }
	return Worst{Year: sum(), Once: sum(), All: sum(), Unbounded: []string{}, Outside: []string{}, Unvalued: []string{}, Lines: []Most{}}
}

// The sums that a line is in.
const (
	inShare = "share"
	inYear  = "customer_year"
	inOnce  = "customer_once"
	inAll   = "all_customers"
)

// Most is the most that a piece of the programme gives, and how that was reckoned.
type Most struct {
	// Where is the place in the document, such as rules[2]; empty: it is given beside the programme.
	Where string `json:"where,omitempty"`
	Name  string `json:"name"`
	// Kind is what it is reckoned by: rate, percent, amount, sale, piece, card, card_units, gift, delivery, entries; birthday,
	// anniversary, holiday, once, friend, action; challenge, milestone, tier; surprise, codes.
	Kind string `json:"kind"`
	// Unit and Units are what is given each time, or Reward, or AmountMinor off.
	Unit        string `json:"unit,omitempty"`
	Units       int64  `json:"units,omitempty"`
	Reward      string `json:"reward,omitempty"`
	AmountMinor int64  `json:"amount_minor,omitempty"`
	// PaidMinor is what must be paid each time: for the units of a rate, and of a sale the smallest that counts. 0: anything.
	PaidMinor int64 `json:"paid_minor,omitempty"`
	// Pieces is how many must be bought each time, or of how many in a row a milestone is.
	Pieces int64 `json:"pieces,omitempty"`
	// Factor is the most that tiers and multipliers make of it.
	Factor float64 `json:"factor"`
	// Share is what it comes to of what is paid; left out where that is not known.
	Share *float64 `json:"share,omitempty"`
	// YearTimes and EverTimes are how often one customer can have it, in a calendar year and at all, YearUnits and EverUnits how many
	// units that is; 0: that has no bound.
	YearTimes int64 `json:"year_times,omitempty"`
	EverTimes int64 `json:"ever_times,omitempty"`
	YearUnits int64 `json:"year_units,omitempty"`
	EverUnits int64 `json:"ever_units,omitempty"`
	// AllTimes and AllUnits are of all customers together; 0: that has no bound.
	AllTimes int64 `json:"all_times,omitempty"`
	AllUnits int64 `json:"all_units,omitempty"`
	// Sum is in which sum it is: share, customer_year, customer_once or all_customers; empty: in none.
	Sum   string `json:"sum,omitempty"`
	Words string `json:"words"`

	rule    *programme.Rule
	called  string // the reward
	window  string // of a challenge
	days    int64
	row     int64
	share   *big.Rat
	worth   *big.Rat // each time, or of a unit; nil: nobody knows
	orders  int64    // of how many the condition can hold
	friends int64
}

// Beside is what is given beside the programme: the surprises that are planned, and the batches of codes that can be used.
type Beside struct {
	Surprises []gift.Stored
	Codes     []packaging.Stored
}

// LoadBeside reads what is given beside the programme.
func LoadBeside(tx *db.Tx) (b Beside, err error) {
	const page = 500
	var last gift.Stored
	for more := true; more; {
		found, err := gift.List(tx, last.Gives.UnixMicro(), last.Surprise.Surprise, page)
		if err != nil {
			return b, err
		}
		for i := range found {
			if last = found[i]; last.State == gift.Planned || last.State == gift.Giving {
				b.Surprises = append(b.Surprises, last)
			}
		}
		more = len(found) == page
	}
	after := ""
	for more := true; more; {
		found, err := packaging.List(tx, after, page)
		if err != nil {
			return b, err
		}
		for i := range found {
			if after = found[i].Batch.Batch; found[i].State(tx.Now) == packaging.Open && found[i].Used < found[i].Codes {
				b.Codes = append(b.Codes, found[i])
			}
		}
		more = len(found) == page
	}
	return b, nil
}

// decimal is a number as it is written in a document, exactly.
func decimal(v float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// product is without overflow: what does not fit is as much as fits.
func product(a, b int64) int64 {
	n := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	if !n.IsInt64() {
		return math.MaxInt64
	}
	return n.Int64()
}

func added(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// most reckons the most that each piece gives, and adds it up.
func (l *linter) most(today time.Time) {
	day := today.Format(time.DateOnly)
	for i := range l.d.Rules {
		r := &l.d.Rules[i]
		if r.Effect.Times != nil || r.Until != "" && (r.Until < day || r.Until < r.From) {
			continue // it is in what it multiplies; or it gives nothing any more
		}
		m := Most{Where: at("rules", i), Name: r.Name, Factor: 1, rule: r, AllUnits: r.Budget}
		l.rule(&m)
		l.add(&m)
	}
	for i := range l.d.Challenges {
		c := &l.d.Challenges[i]
		if c.Never() {
			continue
		}
		prize := func(where, kind string, p *programme.Prize, in int64) {
			often := c.Often(in)
			m := Most{Where: at("challenges", i) + where, Name: c.Name, Kind: kind, Unit: p.Unit, Units: p.Units, Reward: p.Reward, Factor: 1, Pieces: in, window: c.Window, days: int64(c.Days), row: max(c.InARow, 1)}
			m.often(often.Year, often.Ever)
			l.add(&m)
		}
		if c.Gives != nil {
			prize(".gives", "challenge", c.Gives, 0)
		}
		for j := range c.Milestones {
			prize("."+at("milestones", j), "milestone", &c.Milestones[j].Gives, c.Milestones[j].At)
		}
	}
	if l.d.Tiers != nil {
		for i := range l.d.Tiers.Levels {
			if level := &l.d.Tiers.Levels[i]; level.Gift != nil {
				m := Most{Where: "tiers." + at("levels", i), Name: level.Name, Kind: "tier", Unit: level.Gift.Unit, Units: level.Gift.Units, Factor: 1}
				m.often(0, 1)
				l.add(&m)
			}
		}
	}
	for i := range l.o.Beside.Surprises {
		s := &l.o.Beside.Surprises[i]
		l.add(&Most{Name: s.Name, Kind: "surprise", Unit: s.Unit, Units: s.Units, Reward: s.Surprise.Reward, Factor: 1, AllTimes: s.Count()})
	}
	for i := range l.o.Beside.Codes {
		b := &l.o.Beside.Codes[i]
		l.add(&Most{Name: b.Name, Kind: "codes", Unit: b.Unit, Units: b.Units, Factor: 1, AllTimes: b.Codes - b.Used})
	}
	l.total()
}

// often bounds how often one customer can have it; 0: that has no end.
func (m *Most) often(year, ever int64) {
	if ever > 0 && (m.EverTimes == 0 || ever < m.EverTimes) {
		m.EverTimes = ever
	}
	if year == 0 || m.EverTimes > 0 && m.EverTimes < year {
		year = m.EverTimes
	}
	if year > 0 && (m.YearTimes == 0 || year < m.YearTimes) {
		m.YearTimes = year
	}
	if each := m.Kind != "rate" && m.Kind != "piece" && m.Kind != "card_units"; each && m.Units > 0 {
		m.YearUnits, m.EverUnits = product(m.YearTimes, m.Units), product(m.EverTimes, m.Units)
	}
}

// rule says what a rule gives each time, and how often at most.
func (l *linter) rule(m *Most) {
	r := m.rule
	e := &r.Effect
	narrow := programme.NarrowOf(r.If)
	order := r.On == "" || r.On == programme.OnOrder
	switch {
	case e.Rate != nil:
		m.Kind, m.Unit, m.Units, m.PaidMinor = "rate", e.Rate.Unit, e.Rate.Units, e.Rate.Minor
		factor := new(big.Rat).Mul(l.top, l.timesOf(m.Unit))
		m.Factor, _ = factor.Float64()
		if worth := l.exact[m.Unit]; worth != nil {
			m.share = new(big.Rat).Mul(big.NewRat(m.Units, m.PaidMinor), factor.Mul(factor, worth))
		}
	case e.Each != nil:
		m.Kind, m.Unit, m.Units, m.Pieces = "piece", e.Each.Unit, e.Each.Units, 1
		m.Factor, _ = l.timesOf(m.Unit).Float64()
	case e.Card != nil && e.Card.Unit != "":
		m.Kind, m.Unit, m.Units, m.Pieces = "card_units", e.Card.Unit, e.Card.Units, e.Card.Every
	case e.Card != nil:
		m.Kind, m.Pieces = "card", e.Card.Every
		if e.Card.Free == "after" {
			m.Pieces++
		}
	case e.Discount != nil && e.Discount.AmountMinor > 0:
		m.Kind, m.AmountMinor = "amount", e.Discount.AmountMinor
	case e.Discount != nil:
		most := e.Discount.Percent
		for _, s := range e.Discount.Steps {
			most = max(most, s.Percent)
		}
		m.Kind, m.share = "percent", new(big.Rat).Quo(decimal(most), big.NewRat(100, 1))
	case e.Gift != nil:
		m.Kind = "gift"
	case e.FreeDelivery != nil:
		m.Kind = "delivery"
	case e.Entries != nil:
		m.Kind = "entries"
	default:
		m.Kind, m.Unit, m.Units = kindOn(r.On), e.Fixed.Unit, e.Fixed.Units
	}
	periods := r.Periods()
	if order && m.Kind != "rate" {
		m.PaidMinor, m.orders = l.smallest(&narrow), narrow.Orders
		m.often(0, narrow.Orders)
		if m.PaidMinor > 0 && m.share == nil {
			if worth := l.each(m); worth != nil {
				m.share = worth.Quo(worth, big.NewRat(m.PaidMinor, 1))
				if whole := big.NewRat(1, 1); m.AmountMinor > 0 && m.share.Cmp(whole) > 0 {
					m.share = whole // no more comes off than the price
				}
			}
		}
	}
	if r.Limit != nil && r.Limit.Times > 0 {
		m.often(product(periods.Year, r.Limit.Times), product(periods.Ever, r.Limit.Times))
	}
	switch r.On {
	case programme.OnBirthday, programme.OnAnniversary:
		m.often(1, 0)
	case programme.OnHoliday:
		m.often(int64(len(r.Holidays)), 0)
	case "sign_up", "referred":
		m.often(0, 1)
	case "referral":
		m.friends = narrow.Friends
		m.often(0, narrow.Friends)
	}
	if r.Limit != nil && r.Limit.Units > 0 {
		least := func(have, limit int64) int64 {
			if have == 0 || limit > 0 && limit < have {
				return limit
			}
			return have
		}
		m.EverUnits = least(m.EverUnits, product(periods.Ever, r.Limit.Units))
		m.YearUnits = least(least(m.YearUnits, product(periods.Year, r.Limit.Units)), m.EverUnits)
	}
}

// kindOn is how what a rule gives for something is reckoned.
func kindOn(on string) string {
	switch on {
	case "", programme.OnOrder:
		return "sale"
	case programme.OnBirthday, programme.OnAnniversary, programme.OnHoliday:
		return on
	case "sign_up", "referred":
		return "once"
	case "referral":
		return "friend"
	}
	return "action"
}

// smallest is the smallest sale that a condition lets through, in minor units, rounded down; 0: any.
func (l *linter) smallest(n *programme.Narrow) int64 {
	amount, ok := new(big.Rat).SetString(n.Amount)
	if !ok {
		return 0
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(l.o.Digits)), nil)
	amount.Mul(amount, new(big.Rat).SetInt(scale))
	minor := new(big.Int).Quo(amount.Num(), amount.Denom())
	if !minor.IsInt64() {
		return 0
	}
	if n.Above && amount.IsInt() {
		return added(minor.Int64(), 1)
	}
	return minor.Int64()
}

// each is what it is worth each time, in minor units; nil: nobody knows.
func (l *linter) each(m *Most) *big.Rat {
	switch worth := l.exact[m.Unit]; {
	case m.AmountMinor > 0:
		return big.NewRat(m.AmountMinor, 1)
	case m.Unit != "" && worth != nil:
		return new(big.Rat).Mul(worth, big.NewRat(m.Units, 1))
	case m.Reward != "":
		if i := slices.IndexFunc(l.d.Rewards, func(r reward.Reward) bool { return r.Reward == m.Reward }); i >= 0 {
			if minor, known := l.d.Rewards[i].WorthMinor(); known {
				return big.NewRat(minor, 1)
			}
		}
	}
	return nil
}

// add puts a line into the sum that it belongs to.
func (l *linter) add(m *Most) {
	w := &l.out.Worst
	if m.share != nil {
		v, _ := m.share.Float64()
		m.Share = &v
	}
	if m.AllTimes > 0 && m.Units > 0 {
		m.AllUnits = product(m.AllTimes, m.Units)
	}
	if i := slices.IndexFunc(l.d.Rewards, func(r reward.Reward) bool { return m.Reward != "" && r.Reward == m.Reward }); i >= 0 {
		m.called = l.d.Rewards[i].Name
	}
	into := func(name string, sum *Sum, units, times int64, minor *big.Rat) bool {
		if units == 0 && (times == 0 || minor == nil) {
			return false
		}
		m.Sum = name
		if units > 0 {
			sum.Units[m.Unit], minor = added(sum.Units[m.Unit], units), nil
			if worth := l.exact[m.Unit]; worth != nil {
				minor, times = worth, units
			}
		}
		if minor != nil {
			sum.Minor = added(sum.Minor, up(new(big.Rat).Mul(minor, new(big.Rat).SetInt64(times))))
		}
		return true
	}
	worth := l.each(m)
	if m.worth = worth; m.Unit != "" {
		m.worth = l.exact[m.Unit]
	}
	once := m.EverTimes > 0 && m.EverTimes <= m.YearTimes || m.EverUnits > 0 && m.EverUnits <= m.YearUnits
	switch {
	case (m.Kind == "rate" || m.Kind == "percent") && m.share != nil:
		m.Sum = inShare
	case once && into(inOnce, &w.Once, m.EverUnits, m.EverTimes, worth):
	case into(inYear, &w.Year, m.YearUnits, m.YearTimes, worth):
	case m.share != nil:
		m.Sum = inShare
	case into(inAll, &w.All, m.AllUnits, m.AllTimes, worth):
	}
	w.Lines = append(w.Lines, *m)
}

// up is a number rounded up.
func up(r *big.Rat) int64 {
	n, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	if !n.IsInt64() {
		return math.MaxInt64
	}
	return n.Int64()
}

// bounded tells whether something limits how much it gives of what is paid, or how often.
func (m *Most) bounded() bool {
	switch m.Kind {
	case "rate", "percent", "piece", "card", "card_units":
		return true
	}
	return m.YearTimes > 0 || m.YearUnits > 0 || m.AllTimes > 0 || m.AllUnits > 0 || m.PaidMinor > 0
}

// total adds up the shares, of the rules of a group the largest, and names what is in no sum.
func (l *linter) total() {
	w := &l.out.Worst
	sum, groups := new(big.Rat), map[string]*big.Rat{}
	for i := range w.Lines {
		m := &w.Lines[i]
		if m.rule != nil && m.AllUnits > 0 {
			if worth := l.exact[m.Unit]; worth != nil {
				w.BudgetsMinor = added(w.BudgetsMinor, up(new(big.Rat).Mul(worth, big.NewRat(m.AllUnits, 1))))
			}
		}
		if m.rule != nil && !m.bounded() && m.Kind != "entries" && m.Kind != "delivery" {
			w.Unbounded = append(w.Unbounded, m.rule.Rule)
		}
		switch {
		case m.Sum == "" && m.Kind != "entries" && !slices.Contains(w.Outside, m.Name):
			w.Outside = append(w.Outside, m.Name)
		case m.Sum != inShare:
		case m.rule.Group == "":
			sum.Add(sum, m.share)
		case groups[m.rule.Group] == nil || groups[m.rule.Group].Cmp(m.share) < 0:
			groups[m.rule.Group] = m.share
		}
	}
	for _, part := range groups {
		sum.Add(sum, part)
	}
	w.ShareOfRevenue, _ = sum.Float64()
	unvalued := map[string]bool{}
	for i := range l.d.Units {
		unit := l.d.Units[i].Unit
		given := slices.ContainsFunc(w.Lines, func(m Most) bool { return m.Unit == unit })
		open := func(r reward.Reward) bool { _, known := r.WorthMinor(); return r.Unit == unit && r.Price > 0 && !known }
		if _, said := l.o.ValueMinor[unit]; given && !said && slices.ContainsFunc(l.d.Rewards, open) {
			unvalued[unit] = true
		}
	}
	w.Unvalued = slices.AppendSeq(w.Unvalued, maps.Keys(unvalued))
	slices.Sort(w.Unvalued)
	slices.SortStableFunc(w.Lines, func(a, b Most) int {
		order := []string{inShare, inYear, inOnce, inAll, ""}
		return cmp.Compare(slices.Index(order, a.Sum), slices.Index(order, b.Sum))
	})
}
