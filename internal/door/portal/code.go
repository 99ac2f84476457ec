package portal

import (
	"net/http"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// inside is the page of a code that lay in a package.
type inside struct {
	Code   string // as it is printed; empty: it is asked for
	Typed  string
	Gives  string
	Batch  string
	Until  string
	Action string // where it is taken; empty: it cannot be
	Taken  string // that it is theirs
	Join   string // where to go on for who has not come in yet
	SignIn string
}

// askCode asks for the code, for who has no camera.
func (v *visit) askCode() error {
	if code := packaging.Normal(v.r.URL.Query().Get("code")); code != "" {
		return v.to(packaging.Path(code))
	}
	typed := v.r.URL.Query().Get("code")
	s := sheet{Title: v.l.T("portal.code.title"), Lead: v.l.T("portal.code.lead"), Content: inside{Typed: typed}}
	status := http.StatusOK
	if typed != "" {
		status, s.Problem = http.StatusUnprocessableEntity, v.l.T("portal.error.package_code_not_found")
	}
	return v.show(status, "code", s)
}

// showCode asks before a code is used: programs that look at links follow them, and press no buttons. Who has not come in is
// told nothing of it, so that nobody learns which codes there are.
func (v *visit) showCode() error {
	code := v.r.PathValue("code")
	if text := packaging.Normal(code); text != "" {
		code = text
	}
	if v.me == 0 {
		in := inside{Code: packaging.Shown(code), Join: "/my/join", SignIn: "/my/sign-in"}
		if packaging.Normal(code) != "" {
			in.Join, in.SignIn = in.Join+"?code="+code, in.SignIn+"?code="+code
		}
		return v.show(http.StatusOK, "code", sheet{Title: v.l.T("portal.code.title"), Lead: v.l.T("portal.code.first", v.name()), Content: in})
	}
	return v.tried(code, packaging.Find)
}

// useCode gives what it stands for.
func (v *visit) useCode() error {
	if v.me == 0 {
		return v.to(packaging.Path(v.r.PathValue("code")))
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	return v.tried(v.r.PathValue("code"), func(tx *db.Tx, root int64, code string) (packaging.Gift, error) {
		g, err := facts.Packages().Use(tx, root, code, v.actor())
		if err == nil && !g.Mine {
			err = account.Record(tx, account.Entry{Actor: v.noted(), Action: "package_code.used", Target: fact.PublicID(fact.CustomerPrefix, root), Count: 1, Request: v.noted().Request})
		}
		g.Mine = err == nil
		return g, err
	})
}

// tried looks a code up, or uses it, and shows what it is. Wrong ones are counted, and have the next ones wait.
func (v *visit) tried(code string, try func(tx *db.Tx, root int64, code string) (packaging.Gift, error)) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	who, from := v.actor(), v.Address(v.r)
	if err := account.ChargeGuess(v.ctx, v.Store, who, from); err != nil {
		return err
	}
	var g packaging.Gift
	if err := v.write(func(tx *db.Tx) (err error) {
		if g, err = try(tx, v.me, code); err != nil {
			return err
		}
		return account.ForgiveGuess(tx, who, from)
	}); err != nil {
		return err
	}
	in := inside{Code: packaging.Shown(g.Code), Batch: g.Batch.Name, Gives: points.Amount(v.l, g.Batch.Unit, g.Batch.Units)}
	title := v.l.T("portal.code.title")
	if g.Mine {
		title = v.l.T("portal.code.taken")
		in.Taken = v.l.T("portal.code.yours", v.l.Date(g.Used.In(facts.Business.Zone)))
	} else {
		in.Action = packaging.Path(g.Code)
		if !g.Batch.Until.Equal(points.Never) {
			in.Until = v.l.T("portal.reward.until", v.l.Date(g.Batch.Until.Add(-1).In(facts.Business.Zone)))
		}
	}
	return v.show(http.StatusOK, "code", sheet{Title: title, Content: in})
}

// brings is the code of a package that somebody comes with, from the link or the form that it led to; empty: none.
func (v *visit) brings() string {
	code := v.typed("code")
	if code == "" {
		code = v.r.URL.Query().Get("code")
	}
	return packaging.Normal(code)
}
