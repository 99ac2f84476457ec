package console

import (
	"net/url"
	"strings"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
)

// meaning is what a code means that is no customer's.
type meaning struct {
	To   string // where one goes on with it; empty: Says is all
	Says string
}

// bare is the code in what was read, and the page that it is the link of; a code by itself has none.
func bare(text string) (code, page string) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return text, ""
	}
	if after, ok := strings.CutPrefix(u.Path, packaging.Path("")); ok {
		return after, u.Host
	}
	return u.Query().Get("ref"), u.Host
}

// otherCode is what a code means that is no customer's: a friend's, a package's, or a reward's that nobody has taken.
func (v *visit) otherCode(by account.Actor, facts *intake.Intake, text string) (m meaning, err error) {
	code, page := bare(text)
	err = v.read(func(tx *db.Tx) error {
		if _, whose, err := v.friendOf(tx, by, code); err != nil || whose != "" {
			m.To = "/till/join?ref=" + url.QueryEscape(referral.Normal(code))
			return err
		}
		if !by.May(account.PointsRead) {
			return nil
		}
		g, err := packaging.Find(tx, 0, code)
		switch {
		case err == nil:
			m.Says = v.l.T("till.code.package", points.Amount(v.l, g.Batch.Unit, g.Batch.Units), v.Public()+strings.TrimSuffix(packaging.Path(""), "/"))
			return nil
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
		c, err := facts.Rewards().Find(tx, code)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			return nil
		case err != nil || c.Redemption != nil:
			return err
		}
		club, err := inForce(tx, facts)
		says := "till.code.untaken"
		if c.Kind == reward.Generic {
			says = "till.code.everybody"
		}
		m.Says = v.l.T(says, club.In(v.l, c.Reward.Name))
		return err
	})
	if m == (meaning{}) && page != "" {
		m.Says = v.l.T("till.code.page", page)
	}
	return m, err
}

// friendOf is the code of who brings somebody, and what to call them; empty: it is nobody's.
func (v *visit) friendOf(tx *db.Tx, by account.Actor, text string) (code, name string, err error) {
	if code = referral.Normal(text); code == "" {
		return "", "", nil
	}
	root, err := referral.Whose(tx, code)
	if err != nil || root <= 0 {
		return "", "", err
	}
	found, err := standingFor(tx, root)
	if err != nil || len(found) == 0 {
		return "", "", err
	}
	return code, v.tillName(by, &found[0]), nil
}

// spent is what the till says of a reward whose code cannot be used any more; empty: it can be.
func (v *visit) spent(tx *db.Tx, club *programme.Compiled, r *reward.Redemption) string {
	state := r.State
	if r.Over(tx.Now) {
		state = reward.Void
	}
	if state == reward.Held || state == reward.Issued {
		return ""
	}
	return v.l.T("till.code.spent", club.In(v.l, r.Promise.Name), v.l.T("rewards.state."+string(state)))
}
