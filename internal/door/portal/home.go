package portal

import (
	"cmp"
	"crypto/rand"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/member"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/trace"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/holiday"
	"regulars/web"
)

// overview is what a member has.
type overview struct {
	Hello      string
	Friend     string // why the link of one that they came by counts for nothing
	Since      string
	Card       template.HTML
	CardText   string
	Tier       *tier
	Stamps     []challenge
	Challenges []challenge
	Offers     []programme.Offer
	Access     []opened
	Balances   []balance
	Rewards    []offer
	Taken      []taken
	Friends    *friends
	Codes      bool         // there are packages with codes
	Draws      []listedDraw // that are open
	Gifts      []present    // of the last weeks
	Script     bool         // that keeps the card for when there is no network
	Key        string       // of what is redeemed from this page, and from another that shows the same: pressed twice is once
}

// tier is how the member stands.
type tier struct {
	Name, Until, Next string
}

type balance struct {
	Unit     string
	Units    string
	Beside   []string // pending, held, owed
	Expiring []string
}

type offer struct {
	Name, Reward, Text, Price string
	Sure                      string // the question before it is taken
	Can                       bool
	Why                       string
}

type taken struct {
	Path, Name, State string
	Until             string
}

const (
	shownExpiries = 4
	shownRewards  = 100
	shownTaken    = 20
)

func (v *visit) home() error {
	if v.me == 0 {
		_, script := web.Card()
		return v.show(http.StatusOK, "letter", sheet{Title: v.l.T("portal.welcome.title", v.name()), Lead: v.settings.Greeting, Content: joining{Asks: true, Key: rand.Text(), Script: script}})
	}
	return v.overview("")
}

func (v *visit) overview(problem string) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	o := overview{Friend: v.whyNot()}
	if o.Card, err = picture(fact.PublicID(fact.CustomerPrefix, v.me)); err != nil {
		return err
	}
	if o.CardText, err = v.number(); err != nil {
		return err
	}
	if o.Friends, err = v.friends(facts); err != nil {
		return err
	}
	_, o.Script = web.Card()
	err = v.read(func(tx *db.Tx) error { return v.look(tx, &o, facts) })
	if err != nil {
		return err
	}
	status := http.StatusOK
	if problem != "" {
		status = http.StatusConflict
	}
	return v.show(status, "home", sheet{Title: o.Hello, Lead: o.Since, Problem: problem, Content: o})
}

// look reads what a member has.
func (v *visit) look(tx *db.Tx, o *overview, facts *intake.Intake) error {
	zone := facts.Business.Zone
	stored, err := customer.Get(tx, v.me)
	if err != nil {
		return err
	}
	if o.Hello = v.l.T("portal.home.title", v.name()); stored.Profile.GivenName != "" {
		o.Hello = v.l.T("portal.home.hello", stored.Profile.GivenName)
	}
	members, err := customer.Members(tx, v.me)
	if err != nil {
		return err
	}
	if m, ok, err := member.Of(tx, members); err != nil {
		return err
	} else if ok {
		o.Since = v.l.T("portal.home.since", v.l.Date(m.Joined.In(zone)))
	}
	if v.club, err = facts.Programme().Book.Current(tx, zone); err != nil {
		return err
	}
	if o.Tier, err = v.tier(tx, facts.Programme(), zone); err != nil {
		return err
	}
	if o.Offers, err = facts.Programme().Offers(tx, v.me, v.l, facts.Business.Currency); err != nil {
		return err
	}
	if o.Stamps, err = v.stamps(tx, facts); err != nil {
		return err
	}
	if o.Challenges, err = v.challenges(tx, facts); err != nil {
		return err
	}
	if o.Access, err = v.access(tx, facts); err != nil {
		return err
	}
	if o.Balances, err = v.balances(tx, zone); err != nil {
		return err
	}
	if o.Rewards, err = v.offers(tx, facts.Rewards()); err != nil {
		return err
	}
	if o.Codes, err = packaging.Any(tx); err != nil {
		return err
	}
	if o.Gifts, err = v.presents(tx, members, zone); err != nil {
		return err
	}
	if o.Taken, o.Key, err = v.taken(tx, members, zone); err != nil || !v.draws {
		return err
	}
	o.Draws, err = v.drawsOf(tx, true)
	return err
}

// number is what the member says at a till that reads no codes; it is given when it is first shown.
func (v *visit) number() (said string, err error) {
	err = v.read(func(tx *db.Tx) error {
		members, err := customer.Members(tx, v.me)
		if err == nil {
			said, err = customer.Spoken(tx, members)
		}
		return err
	})
	if err == nil && said == "" {
		err = v.write(func(tx *db.Tx) error { said, err = customer.GiveNumber(tx, v.me); return err })
	}
	return said, err
}

// present is what the member was given on an occasion.
type present struct{ Occasion, Gave, Day string }

const (
	presentDays   = 30
	shownPresents = 5
)

func (v *visit) presents(tx *db.Tx, members []int64, zone *time.Location) (all []present, err error) {
	calendar, err := holiday.Load(tx)
	if err != nil {
		return nil, err
	}
	found, err := gift.GivenTo(tx, members, tx.Now.AddDate(0, 0, -presentDays), shownPresents)
	w := gift.Words{Locale: v.l, Calendar: &calendar}
	if v.club != nil {
		w.Club = v.club.Document
	}
	for i := range found {
		all = append(all, present{w.Occasion(&found[i]), w.Gave(&found[i]), v.l.Date(found[i].At.In(zone))})
	}
	return all, err
}

// tier is how the member stands in the tiers; nil where there are none, or they are in none and nothing is above.
func (v *visit) tier(tx *db.Tx, p *programme.Programme, zone *time.Location) (*tier, error) {
	s, ok, err := p.Standing(tx, v.me)
	if err != nil || !ok || s.Name == "" && s.NextName == "" {
		return nil, err
	}
	shown := &tier{Name: v.club.In(v.l, s.Name)}
	if s.Name != "" && !s.Until.Equal(points.Never) {
		shown.Until = v.l.T("portal.tier.until", v.l.Date(s.Until.Add(-time.Microsecond).In(zone)))
	}
	if s.NextName != "" {
		missing := v.l.Integer(s.Missing)
		if s.By == "spend" {
			missing = v.l.Money(s.Missing, v.business.Currency)
		}
		shown.Next = v.l.T("portal.tier.next."+s.By, missing, v.club.In(v.l, s.NextName))
	}
	return shown, nil
}

// challenge is how far the member has come with one.
type challenge struct {
	Name, Prize, Says, Streak string
	So, Target                int64 // no target: there is no bar
}

// stamps are how far the member has come with the stamp cards.
func (v *visit) stamps(tx *db.Tx, facts *intake.Intake) (all []challenge, err error) {
	found, err := facts.Programme().Stamps(tx, v.me)
	for i := range found {
		s := &found[i]
		all = append(all, challenge{Name: v.club.In(v.l, s.Name), Says: s.Words(v.l), So: s.Counted, Target: s.Of})
	}
	return all, err
}

// challenges are those that are not over, and those that the member has done.
func (v *visit) challenges(tx *db.Tx, facts *intake.Intake) (all []challenge, err error) {
	found, err := facts.Programme().Challenges(tx, v.me)
	// What goes on stands before what is yet to come, and that before what is over.
	later := func(p programme.Progress) int {
		return slices.Index([]programme.ProgressState{programme.Coming, programme.Over}, p.State)
	}
	slices.SortStableFunc(found, func(a, b programme.Progress) int { return cmp.Compare(later(a), later(b)) })
	for i := range found {
		if p := &found[i]; p.State != programme.Over || p.Done > 0 {
			one := challenge{v.club.In(v.l, p.Name), p.Prize(v.l), p.Words(v.l, v.business.Currency), p.Streak(v.l), min(p.So, p.Target), p.Target}
			if p.State == programme.Over {
				one.Target = 0
			}
			all = append(all, one)
		}
	}
	return all, err
}

// opened is what the member may come into before others.
type opened struct{ Name, Until string }

func (v *visit) access(tx *db.Tx, facts *intake.Intake) (all []opened, err error) {
	found, err := facts.Programme().AccessOf(tx, v.me, "")
	for i := range found {
		if e := &found[i]; e.Granted {
			one := opened{Name: v.club.In(v.l, e.Name)}
			if !e.Until.Equal(points.Never) {
				one.Until = v.l.T("access.until", v.l.Date(e.Until.Add(-time.Microsecond).In(facts.Business.Zone)))
			}
			all = append(all, one)
		}
	}
	return all, err
}

func (v *visit) balances(tx *db.Tx, zone *time.Location) (all []balance, err error) {
	units, err := points.Units(tx)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		if u.Kind != points.Spendable {
			continue
		}
		b, err := points.BalanceOf(tx, v.me, u.Code, tx.Now)
		if err != nil {
			return nil, err
		}
		shown := balance{Unit: points.UnitName(v.l, u.Code), Units: points.Amount(v.l, u.Code, b.Available)}
		for _, other := range []struct {
			key   string
			units int64
		}{{"pending", b.Pending}, {"held", b.Held}, {"debt", b.Debt}} {
			if other.units > 0 {
				shown.Beside = append(shown.Beside, v.l.P("portal.balance."+other.key, other.units))
			}
		}
		for i, e := range b.Expiring {
			if i == shownExpiries {
				break
			}
			// Good to the end of the day before.
			shown.Expiring = append(shown.Expiring, v.l.P("portal.balance.expires", e.Units, v.l.Date(e.At.Add(-time.Microsecond).In(zone))))
		}
		all = append(all, shown)
	}
	return all, nil
}

func (v *visit) offers(tx *db.Tx, desk *reward.Desk) (all []offer, err error) {
	found, err := reward.List(tx, false, "", shownRewards)
	if err != nil {
		return nil, err
	}
	words := v.rewardWords(tx)
	for i := range found {
		s := &found[i]
		if s.Coding.Kind == reward.Generic || s.Past(tx.Now) { // its code is told by the business; it has been
			continue
		}
		q, err := desk.Quote(tx, v.me, s)
		if err != nil {
			return nil, err
		}
		o := offer{Name: v.club.In(v.l, s.Name), Reward: s.Reward.Reward, Text: v.club.In(v.l, s.Description), Can: q.Why == nil, Price: v.l.T("portal.reward.free"),
			Sure: v.l.T("portal.reward.sure.free")}
		if s.Price > 0 {
			o.Price = points.Amount(v.l, s.Unit, s.Price)
			o.Sure = v.l.T("portal.reward.sure", o.Price)
		}
		if of := words.For(&s.Reward); of != "" {
			o.Price += " · " + of
		}
		if n, bounded := s.Remaining(); s.Kind == reward.Occasion && bounded && n > 0 {
			o.Price += " · " + v.l.P("portal.reward.places", n)
		}
		var f *fault.Fault
		switch {
		case q.Missing > 0:
			o.Why = v.l.P("portal.reward.missing", q.Missing)
		case errors.As(q.Why, &f):
			o.Why = v.l.T("portal.why." + f.Code)
		}
		all = append(all, o)
	}
	return all, nil
}

// taken is what the member took and has not used, and the key of what they take next: the same on every page that shows the same,
// so that a press in each of two tabs takes once.
func (v *visit) taken(tx *db.Tx, members []int64, zone *time.Location) (all []taken, next string, err error) {
	found, err := reward.Of(tx, members, 0, shownTaken)
	if err != nil {
		return nil, "", err
	}
	next = "first"
	if len(found) > 0 {
		next = "after-" + fact.PublicID(reward.Prefix, found[0].ID, found[0].Customer)
	}
	for i := range found {
		r := &found[i]
		if r.Over(tx.Now) || r.State != reward.Held && r.State != reward.Issued {
			continue
		}
		all = append(all, taken{Path: "/my/rewards/" + fact.PublicID(reward.Prefix, r.ID, r.Customer), Name: v.club.In(v.l, r.Promise.Name), State: v.l.T("portal.state." + string(r.State)), Until: v.until(r, zone)})
	}
	return all, next, nil
}

// until is the last day of what was taken; empty: it is good for good.
func (v *visit) until(r *reward.Redemption, zone *time.Location) string {
	if r.Until.Equal(points.Never) {
		return ""
	}
	return v.l.T("portal.reward.until", v.l.Date(r.Until.Add(-time.Microsecond).In(zone)))
}

// actor is the member as who acts, for the ledger.
func (v *visit) actor() string { return "member:" + fact.PublicID(fact.CustomerPrefix, v.me) }

// noted is the member as who acts, for the trail.
func (v *visit) noted() account.Actor {
	a := account.System("member_pages")
	a.Request = trace.ID(v.ctx)
	return a
}

// wish is the key of what is asked for by a form: sent twice it is once. Whoever goes back and asks for something else, with the key
// that the page had, wishes for that too.
func (v *visit) wish(what string) string {
	const most = 100
	key := v.typed("key")
	return "my/" + cmp.Or(key[:min(len(key), most)], rand.Text()) + "/" + what
}

func (v *visit) redeem() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		var s reward.Stored
		if err := v.read(func(tx *db.Tx) (err error) { s, err = reward.Load(tx, v.typed("reward")); return err }); err != nil {
			return err
		}
		if s.Price > 0 {
			if err := facts.Ledger().Gather(v.ctx, v.Store, v.me, s.Unit, s.Price); err != nil {
				return err
			}
		}
		var r reward.Redemption
		err = v.write(func(tx *db.Tx) error {
			r, err = facts.Rewards().Redeem(tx, reward.Wish{Customer: v.me, Reward: s.Reward.Reward, Key: v.wish(s.Reward.Reward), Actor: v.actor()})
			return err
		})
		if fault.KindOf(err) == fault.Conflict {
			return v.overview(v.say(err))
		}
		if err != nil {
			return err
		}
		return v.to("/my/rewards/" + fact.PublicID(reward.Prefix, r.ID, r.Customer))
	})
}

// voucher is a reward that the member took.
type voucher struct {
	Text, State, For, Until string
	Code                    string
	Picture                 template.HTML
}

func (v *visit) showReward() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		var number, owner int64
		if err := fact.ParsePublicID(reward.Prefix, v.r.PathValue("id"), &number, &owner); err != nil {
			return fault.Coded("no_page", fault.NotFoundf("there is no such page"))
		}
		var r reward.Redemption
		var over bool
		shown := voucher{}
		if err := v.read(func(tx *db.Tx) error {
			root, err := customer.Root(tx, owner)
			if err != nil || root != v.me {
				return fault.Coded("no_page", fault.NotFoundf("there is no such page"))
			}
			if v.club, err = facts.Programme().Book.Current(tx, facts.Business.Zone); err != nil {
				return err
			}
			r, err = reward.Get(tx, owner, number)
			over, shown.For = r.Over(tx.Now), v.rewardWords(tx).For(&r.Promise)
			return err
		}); err != nil {
			return err
		}
		shown.Text, shown.State = v.club.In(v.l, r.Promise.Description), v.l.T("portal.state."+string(r.State))
		switch {
		case over:
			shown.State = v.l.T("portal.state.void")
		case r.State == reward.Issued && r.Code != "":
			shown.Code = r.Code
			if shown.Picture, err = picture(r.Code); err != nil {
				return err
			}
		}
		if (r.State == reward.Held || r.State == reward.Issued) && !over {
			shown.Until = v.until(&r, facts.Business.Zone)
		}
		return v.show(http.StatusOK, "reward", sheet{Title: v.club.In(v.l, r.Promise.Name), Content: shown})
	})
}
