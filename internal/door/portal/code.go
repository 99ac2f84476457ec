package portal

import (
	"cmp"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/parameter"
	"regulars/internal/record/customer"
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
	Asks   *asked // the question before it gives; nil: there is none
	Join   string // where to go on for who has not come in yet
	SignIn string
}

// asked is a question, and what was answered so far.
type asked struct {
	Says    string
	Scores  []int
	Low     string // what the lowest and the highest mean
	High    string
	Score   string
	Comment string
}

// commentMost bounds what is said beside a score.
const commentMost = 1000

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
	return v.tried(code, packaging.Find, nil)
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
	err = v.tried(v.r.PathValue("code"), func(tx *db.Tx, root int64, code string) (packaging.Gift, error) {
		g, err := packaging.Find(tx, root, code)
		if err == nil && !g.Mine {
			err = v.answers(tx, facts, &g)
		}
		if err != nil || g.Mine {
			return g, err
		}
		g, err = facts.Packages().Use(tx, root, code, v.actor())
		if err == nil {
			err = account.Record(tx, account.Entry{Actor: v.noted(), Action: "package_code.used", Target: fact.PublicID(fact.CustomerPrefix, root), Count: 1, Request: v.noted().Request})
		}
		g.Mine = err == nil
		return g, err
	}, nil)
	if f := (*fault.Fault)(nil); errors.As(err, &f) && (f.Code == noScore || f.Code == longComment) {
		return v.tried(v.r.PathValue("code"), packaging.Find, err) // the question once more, with what was typed
	}
	return err
}

// What may be wrong with an answer.
const (
	noScore     = "no_score"
	longComment = "long_comment"
)

// answers records what a member answers, where a code asks a question before it gives: in the same transaction, so that one
// never comes without the other, and once, because the code is.
func (v *visit) answers(tx *db.Tx, facts *intake.Intake, g *packaging.Gift) error {
	if g.Batch.Question == "" {
		return nil
	}
	scores, err := npsScores(tx)
	if err != nil || len(scores) == 0 {
		return err
	}
	score, err := strconv.Atoi(v.typed("score"))
	if err != nil || !slices.Contains(scores, score) {
		return fault.In("score", fault.Coded(noScore, fault.Invalidf("%.20q is none of the scores %v", v.typed("score"), scores)))
	}
	comment := strings.TrimSpace(v.typed("comment"))
	if utf8.RuneCountInString(comment) > commentMost {
		return fault.In("comment", fault.Coded(longComment, fault.Invalidf("a comment has at most %d characters", commentMost)))
	}
	out, err := facts.Answer(tx, intake.Answer{Source: "package", Reference: g.Code, Customer: customer.Numbered(v.me), Answer: fact.Answer{
		Moment: fact.At(tx.Now, facts.Business.Zone), Kind: g.Batch.Question, Score: float64(score), Scored: true, Scale: scores[len(scores)-1], Delivered: true, Finished: true, Comment: comment,
	}})
	return cmp.Or(err, out.Err)
}

// npsScores are the scores to choose from, on the scale of the business; none where it is one that cannot be shown so.
func npsScores(tx *db.Tx) (all []int, err error) {
	said, err := parameter.Load(tx)
	if err != nil {
		return nil, err
	}
	bands, err := metric.ParseBands(said.NPS)
	const most = 20
	if err != nil || bands.Max-bands.Min > most {
		return nil, err
	}
	for n := math.Ceil(bands.Min); n <= bands.Max; n++ {
		all = append(all, int(n))
	}
	return all, nil
}

// question is what is asked, filled with what was answered before.
func (v *visit) question(scores []int) *asked {
	q := &asked{Says: v.l.T("portal.code.nps", v.name()), Scores: scores, Score: v.typed("score"), Comment: v.typed("comment")}
	end := func(at int, says string) string { return strconv.Itoa(q.Scores[at]) + " – " + v.l.T(says) }
	q.Low, q.High = end(0, "portal.code.nps.low"), end(len(q.Scores)-1, "portal.code.nps.high")
	return q
}

// tried looks a code up, or uses it, and shows what it is, with what was wrong before. Wrong codes are counted, and have the next
// ones wait.
func (v *visit) tried(code string, try func(tx *db.Tx, root int64, code string) (packaging.Gift, error), wrong error) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	who, from := v.actor(), v.Address(v.r)
	if err := account.ChargeGuess(v.ctx, v.Store, who, from); err != nil {
		return err
	}
	var g packaging.Gift
	var scores []int
	if err := v.write(func(tx *db.Tx) (err error) {
		if g, err = try(tx, v.me, code); err != nil {
			return err
		}
		if scores, err = npsScores(tx); err != nil {
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
		if g.Batch.Question != "" && len(scores) > 0 {
			in.Asks = v.question(scores)
		}
		if !g.Batch.Until.Equal(points.Never) {
			in.Until = v.l.T("portal.reward.until", v.l.Date(g.Batch.Until.Add(-1).In(facts.Business.Zone)))
		}
	}
	return v.again("code", sheet{Title: title, Content: in}, wrong)
}

// brings is the code of a package that somebody comes with, from the link or the form that it led to; empty: none.
func (v *visit) brings() string {
	code := v.typed("code")
	if code == "" {
		code = v.r.URL.Query().Get("code")
	}
	return packaging.Normal(code)
}
