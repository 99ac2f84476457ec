package console

import (
	"bytes"
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/web"
)

// example is an order that was made up, and what it would give.
type example struct {
	Amount, Pieces, Time string
	Tiers, Days, Goods   []choice
	First, Member        bool
	Says                 string
	Gives                []string
	// What is wrong with what was typed; it gives nothing then.
	AmountError, PiecesError string
}

// example asks the version what an order would give, as it will be asked once it is in force.
func (v *visit) example(c *programme.Compiled, b business.Business) (x example, err error) {
	q := v.r.URL.Query()
	x = example{First: q.Has("first"), Member: !q.Has("amount") || q.Has("member")}
	minor, pieces := v.exampleAmount(&x, q.Get("amount"), b.Digits()), x.pieces(v, q.Get("pieces"))
	known := programme.Known{Orders: 1, SpendMinor: minor, Member: x.Member}
	now := time.Now().In(zoneOf(b))
	if x.First {
		known.Orders, known.SpendMinor = 0, 0
	} else {
		known.LastDay = now.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if known.Member {
		known.Joined = known.LastDay
	}
	tier := v.exampleTier(&x, c, &known, q.Get("tier"))
	day, placed := v.exampleDay(&x, q.Get("day"), q.Get("time"), now)
	goods, err := v.exampleGoods(&x, c, &known, q.Get("goods"))
	if err != nil {
		return x, err
	}
	sale := programme.Sale{Placed: fact.At(placed, zoneOf(b)), Lines: []programme.SaleLine{{Product: goods, Category: goods, Quantity: float64(pieces), AmountMinor: minor}}}
	results, _ := c.Quote(&sale, &known, b.Digits(), func(*programme.Rule) programme.Allowance { return programme.Free() })
	about := []string{v.l.Money(minor, b.Currency)}
	for _, more := range []string{tier, day, goods} {
		if more != "" {
			about = append(about, more)
		}
	}
	if x.AmountError != "" || x.PiecesError != "" {
		return x, nil // what another order would give was not asked
	}
	x.Says = v.l.T("rules.example.says", strings.Join(about, " · "))
	x.Gives = programme.Words(v.l, programme.Cashier, b.Currency, results)
	return x, nil
}

// exampleAmount is the amount that was typed, or what an order usually comes to; what is none stays in its field.
func (v *visit) exampleAmount(x *example, typed string, digits int) (minor int64) {
	minor = max(v.usualOrder(), 0)
	if minor == 0 {
		const usual = 40
		minor = int64(usual * math.Pow10(digits))
	}
	if strings.TrimSpace(typed) != "" {
		n, err := moneyIn("amount", typed, digits)
		if err == nil && n <= 0 {
			err = unfit("amount", aboveZero)
		}
		if err != nil {
			x.Amount, x.AmountError = typed, v.say(err)
			return minor
		}
		minor = n
	}
	x.Amount = v.l.Plain(plainAmount(minor, digits))
	return minor
}

// pieces are those that were typed, or one.
func (x *example) pieces(v *visit, typed string) int64 {
	const most = 1000
	x.Pieces = typed
	n, err := strconv.ParseInt(strings.TrimSpace(cmp.Or(typed, "1")), 10, 64)
	switch {
	case err != nil:
		x.PiecesError = v.say(fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", typed)))
	case n < 1 || n > most:
		x.PiecesError = v.say(fault.OutOfRange("pieces", 1, most, n))
	default:
		x.Pieces = strconv.FormatInt(n, 10)
		return n
	}
	return 1
}

const clockLayout = "15:04"

// exampleTier chooses the tier of the customer: the first, where none was.
func (v *visit) exampleTier(x *example, c *programme.Compiled, known *programme.Known, chosen string) (name string) {
	levels := levelsOf(c.Document)
	at := max(slices.IndexFunc(levels, func(l programme.Level) bool { return l.Tier == chosen }), 0)
	for i, l := range levels {
		x.Tiers = append(x.Tiers, choice{l.Tier, l.Name, i == at})
		if i == at {
			known.Tier, known.Factor, name = l.Tier, l.Factor, l.Name
		}
	}
	return name
}

// exampleDay chooses the day of the week and the time of the day: today and now, where none was.
func (v *visit) exampleDay(x *example, chosen, clock string, now time.Time) (name string, at time.Time) {
	at = now
	if t, err := time.Parse(clockLayout, clock); err == nil {
		at = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, now.Location())
	}
	x.Time = at.Format(clockLayout)
	if slices.Contains(weekdays, chosen) {
		for weekdays[(int(at.Weekday())+6)%7] != chosen {
			at = at.AddDate(0, 0, 1)
		}
	}
	for i, d := range weekdays {
		x.Days = append(x.Days, choice{d, v.l.T("terms.day." + d), i == (int(at.Weekday())+6)%7})
	}
	return v.l.T("terms.day." + weekdays[(int(at.Weekday())+6)%7]), at
}

// ownFavourite stands for what the customer buys most of, among the goods of an example.
const ownFavourite = "*"

// exampleGoods chooses what is bought: something that no rule asks for, where nothing was.
func (v *visit) exampleGoods(x *example, c *programme.Compiled, known *programme.Known, chosen string) (string, error) {
	var names, most []string
	for i := range c.Document.Rules {
		order, lines, err := askedOf(&c.Document.Rules[i])
		if err != nil {
			return "", err
		}
		names = append(names, slices.Concat(lines.Filled["category"], lines.Filled["product"])...)
		most = append(most, order.Filled["most_of"]...)
	}
	favourite := choice{Value: ownFavourite, Name: v.l.T("rules.example.favourite"), Chosen: chosen == ownFavourite}
	if len(most) > 0 {
		favourite.Name = most[0]
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if !slices.Contains(names, chosen) {
		chosen = ""
	}
	asked := c.AsksFavourite() && known.Orders > 0 // of who comes the first time nothing is known
	if favourite.Chosen = favourite.Chosen && asked; favourite.Chosen {
		chosen, known.Favourite = favourite.Name, favourite.Name
	}
	if len(names) > 0 || asked {
		x.Goods = append(x.Goods, choice{"", v.l.T("rules.example.anything"), chosen == ""})
	}
	if asked {
		x.Goods = append(x.Goods, favourite)
	}
	for _, name := range names {
		x.Goods = append(x.Goods, choice{name, name, name == chosen && !favourite.Chosen})
	}
	return chosen, nil
}

// showExample answers with what the order would give alone, for a page that asks again while one types.
func (v *visit) showExample() error {
	return v.allowed(account.ProgrammeRead, func(account.Actor) error {
		var e *edit
		if err := v.read(func(tx *db.Tx) (err error) { e, err = v.draftOf(tx); return err }); err != nil {
			return err
		}
		c, err := programme.Compile(e.d, e.p.Version, e.b.Zone)
		if err != nil {
			return err
		}
		x, err := v.example(c, e.b)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := v.Pages[v.l.Tag()]["version"].ExecuteTemplate(&out, "gives", x); err != nil {
			return err //nolint:wrapcheck // the templates are ours
		}
		v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		v.w.WriteHeader(http.StatusOK)
		_, _ = v.w.Write(out.Bytes()) // who has gone needs no answer
		return nil
	})
}

// liveScript asks for a part of a page again while one types.
func (v *visit) liveScript() error { return v.script(web.Live()) }
