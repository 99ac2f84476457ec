package programme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// bought is what a person bought, for challenges.
type bought struct {
	sales  []Sale
	joined string // the day; empty: they are no member
}

// boughtBy reads what the numbers of a person bought since the first day that any of the programmes' challenges counts.
func (p *Programme) boughtBy(tx *db.Tx, members []int64, all ...*Compiled) (b bought, err error) {
	from := lastDay
	for _, c := range all {
		for _, ch := range c.challenges {
			from = min(from, ch.from)
		}
	}
	if from == lastDay {
		return b, nil
	}
	m, joined, err := member.Of(tx, members)
	if err != nil {
		return b, err
	}
	if joined {
		b.joined = m.Joined.In(p.Ledger.Zone).Format(time.DateOnly)
	}
	// The days are those of the clocks where it was bought, which are no more than a day off.
	return b, order.PlacedBy(tx, members, (from-2)*fact.MicrosPerDay, func(o *order.Stored, back []order.Back) {
		s := SaleOf(&o.Order, back)
		s.paid(all[0], &o.Order)
		b.sales = append(b.sales, s)
	})
}

// prizeKey is how a prize is told from the others of its challenge, and the times that it was won from each other.
func (p *prize) key(n int64) string {
	if p.at > 0 {
		return fmt.Sprintf("%d.%d", p.at, n)
	}
	return strconv.FormatInt(n, 10)
}

// parseKey finds the prize, and which time it was.
func (ch *challenge) parseKey(key string) (p *prize, n int64) {
	at, times, milestone := strings.Cut(key, ".")
	place := int64(0)
	if milestone {
		place, _ = strconv.ParseInt(at, 10, 64)
		at = times
	}
	n, _ = strconv.ParseInt(at, 10, 64)
	for i := range ch.prizes {
		if ch.prizes[i].at == place {
			return &ch.prizes[i], n
		}
	}
	return nil, 0
}

// won is a prize that was won, or was and is taken back.
type won struct {
	challenge, key string
	version        int64
	stands         bool
	own            bool // by this number of the person
}

// wonBy reads what the numbers of a person have won.
func wonBy(tx *db.Tx, root int64, members []int64) (all []won, err error) {
	for _, who := range members {
		rows, err := tx.Query(outcomeColumns+" WHERE customer_id = $1 AND cause LIKE '"+onChallenge+":%' ORDER BY cause", who)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var o Outcome
			if err := o.scan(rows); err != nil {
				return nil, err
			}
			name, key, _ := strings.Cut(strings.TrimPrefix(o.Cause, onChallenge+":"), ":")
			stands := slices.ContainsFunc(o.Results, func(r Result) bool { return r.Why != TakenBack })
			all = append(all, won{name, key, o.Version, stands, who == root})
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// challenge brings what a person has won to what is due for what they bought: the programme in force says what else is won, and
// each prize is judged by the version that it was won under. What somebody bought who was merged into another is looked at by a job:
// nobody writes facts of two.
func (p *Programme) challenge(tx *db.Tx, current *Compiled, who int64) error {
	if current == nil {
		return nil
	}
	// The row is held until the transaction ends: of two orders at once, the second sees what the first made of it. Who has none was
	// never looked at for a challenge.
	const row = onChallenge + ":"
	if len(current.challenges) == 0 {
		var n int64
		if err := tx.QueryRow("SELECT count(*) FROM programme_sums WHERE customer_id = $1 AND rule = $2", who, row).Scan(&n); err != nil || n == 0 {
			return err
		}
	}
	root, err := customer.Root(tx, who)
	if err == nil && root != who {
		_, err = job.Add(tx, job.Job{Kind: lookKind, Payload: person{root}})
		return err
	}
	if err != nil {
		return err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return err
	}
	t := &turn{Programme: p, tx: tx, who: root, cause: onChallenge}
	if _, err := t.sum(row); err != nil {
		return err
	}
	had, err := wonBy(tx, root, members)
	if err != nil {
		return err
	}
	versions := []*Compiled{current}
	for _, w := range had {
		if w.own && !slices.ContainsFunc(versions, func(c *Compiled) bool { return c.Version == w.version }) {
			c, err := p.Book.Version(tx, w.version, p.Ledger.Zone)
			if err != nil {
				return err
			}
			versions = append(versions, c)
		}
	}
	b, err := p.boughtBy(tx, members, versions...)
	if err != nil {
		return err
	}
	for _, c := range versions {
		if err := p.judge(tx, c, root, &b, had, c == current); err != nil {
			return err
		}
	}
	return nil
}

// judge brings what was won under a version to what is due by it, and where it is in force adds what is won besides.
func (p *Programme) judge(tx *db.Tx, c *Compiled, root int64, b *bought, had []won, inForce bool) error {
	for _, ch := range c.challenges {
		due := ch.reached(c.tallies(ch, b.sales, b.joined, p.Digits))
		for i := range ch.prizes {
			pr := &ch.prizes[i]
			know := map[int64]won{}
			n := due[i]
			for _, w := range had {
				if w.challenge != ch.Challenge.Challenge {
					continue
				}
				at, times := ch.parseKey(w.key)
				switch {
				case at != pr:
				case w.own:
					know[times] = w
				case w.stands: // won by another number of theirs
					n--
				}
			}
			for times, w := range know {
				if w.version == c.Version && w.stands && times > n {
					if err := p.win(tx, c, root, ch, pr, times, false); err != nil {
						return err
					}
				}
			}
			for times := int64(1); times <= n; times++ {
				w, there := know[times]
				if !there && inForce || there && w.version == c.Version && !w.stands {
					if err := p.win(tx, c, root, ch, pr, times, true); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// win gives a prize, or takes it back.
func (p *Programme) win(tx *db.Tx, c *Compiled, who int64, ch *challenge, pr *prize, n int64, due bool) error {
	t := &turn{Programme: p, tx: tx, who: who, cause: ActionCause(onChallenge, ch.Challenge.Challenge+":"+pr.key(n))}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone)}
	if _, err := t.begin(c, onChallenge, &s); err != nil {
		return err
	}
	if err := t.read(); err != nil {
		return err
	}
	results := []Result{{Rule: pr.Rule.Rule, Name: pr.Rule.Name, Why: TakenBack}}
	res := &results[0]
	if due {
		res.Why, res.Unit, res.Units = Fine, pr.unit, pr.Rule.Effect.Fixed.Units
	}
	if pr.reward != "" {
		if err := t.hand(pr.reward, res); err != nil {
			return err
		}
	}
	if err := t.post(c, []*rule{pr.rule}, results, &s); err != nil {
		return err
	}
	if err := t.keep(results); err != nil {
		return err
	}
	return p.tellChallenge(tx, who, ch, pr, n, due)
}

// hand gives a reward as a prize, or takes it back where it was not used. One that cannot be had says so; it is not owed.
func (t *turn) hand(name string, res *Result) error {
	desk := &reward.Desk{Ledger: t.Ledger}
	due := res.Why == Fine
	if len(t.before) > 0 && t.before[0].Redemption > 0 {
		r, err := reward.Get(t.tx, t.who, t.before[0].Redemption)
		if err != nil {
			return err
		}
		if !due && r.State == reward.Issued && !r.Over(t.tx.Now) {
			_, err := desk.Refund(t.tx, t.who, r.ID, reward.Who{Actor: "programme", Reason: t.cause})
			return err
		}
		res.Reward, res.Redemption = r.Promise.Name, r.ID // it was had, and is not given again
		return nil
	}
	if !due {
		return nil
	}
	offer, err := reward.Load(t.tx, name)
	if err != nil {
		return err
	}
	offer.Price = 0
	q, err := desk.Quote(t.tx, t.who, &offer)
	if err != nil {
		return err
	}
	if q.Why != nil {
		res.Why, res.Detail = NoReward, offer.Name
		return nil //nolint:nilerr // that it cannot be had is an outcome
	}
	r, err := desk.Redeem(t.tx, reward.Wish{Customer: t.who, Reward: name, Key: t.cause + "/" + strconv.FormatInt(t.no, 10), Actor: "programme", Gift: true})
	if fault.KindOf(err) == fault.Conflict { // somebody else has had the last one meanwhile
		return db.ErrRestart
	}
	res.Reward, res.Redemption = offer.Name, r.ID
	return err
}

// Challenges tells how far a person has come with each challenge of the programme in force that is not over for good.
func (p *Programme) Challenges(tx *db.Tx, root int64) ([]Progress, error) {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || c == nil || len(c.challenges) == 0 {
		return nil, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return nil, err
	}
	b, err := p.boughtBy(tx, members, c)
	if err != nil {
		return nil, err
	}
	return c.Progress(b.sales, b.joined, p.Digits, int64(fact.At(tx.Now, p.Ledger.Zone).Day())), nil
}

// Progress tells how far somebody who bought so has come with each challenge, on a day.
func (c *Compiled) Progress(sales []Sale, joined string, digits int, today int64) []Progress {
	all := make([]Progress, 0, len(c.challenges))
	for _, ch := range c.challenges {
		p := ch.progress(c.tallies(ch, sales, joined, digits), today)
		p.c = c
		all = append(all, p)
	}
	return all
}
