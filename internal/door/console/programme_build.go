package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
)

// edit is a draft while one of its pieces is changed.
type edit struct {
	b    business.Business
	p    programme.Version
	d    *programme.Document
	name string // of the piece; empty: a new one
	tx   *db.Tx
}

// piece is a part of a programme that has a form of its own.
type piece struct {
	// find gives what the form is made from; nil: it is not there, which is right for a new one alone.
	find func(e *edit) any
	form func(v *visit, e *edit) (title string, f form, err error)
	save func(v *visit, e *edit) error
}

// pieces are those of a draft, by their names in addresses.
func pieces() map[string]piece {
	return map[string]piece{
		"rule":         {func(e *edit) any { return found(e.rule()) }, (*visit).ruleForm, (*visit).typedRule},
		"tier":         {func(e *edit) any { return found(e.level()) }, (*visit).levelForm, (*visit).typedLevel},
		"tiers":        {func(e *edit) any { return e.d.Tiers }, (*visit).tiersForm, (*visit).typedTiers},
		"reward":       {func(e *edit) any { return found(e.reward()) }, (*visit).rewardForm, (*visit).typedReward},
		"unit":         {func(e *edit) any { return found(e.unit()) }, (*visit).unitForm, (*visit).typedUnit},
		"challenge":    {func(e *edit) any { return found(e.challenge()) }, (*visit).challengeForm, (*visit).typedChallenge},
		"access":       {func(e *edit) any { return found(e.access()) }, (*visit).accessForm, (*visit).typedAccess},
		"translations": {(*edit).translations, (*visit).translationsForm, (*visit).typedTranslations},
		"about":        {func(e *edit) any { return aboutOf(e.d) }, (*visit).aboutForm, (*visit).typedAbout},
	}
}

func found[T any](one *T) any {
	if one == nil {
		return nil
	}
	return one
}

// named finds one of a list by its name.
func named[T any](all []T, name string, of func(*T) string) *T {
	for i := range all {
		if name != "" && of(&all[i]) == name {
			return &all[i]
		}
	}
	return nil
}

func ruleName(r *programme.Rule) string           { return r.Rule }
func rewardName(r *reward.Reward) string          { return r.Reward }
func unitName(u *programme.Unit) string           { return u.Unit }
func levelName(l *programme.Level) string         { return l.Tier }
func (e *edit) reward() *reward.Reward            { return named(e.d.Rewards, e.name, rewardName) }
func (e *edit) unit() *programme.Unit             { return named(e.d.Units, e.name, unitName) }
func challengeName(c *programme.Challenge) string { return c.Challenge }
func accessName(a *programme.Access) string       { return a.Access }
func (e *edit) challenge() *programme.Challenge   { return named(e.d.Challenges, e.name, challengeName) }
func (e *edit) access() *programme.Access         { return named(e.d.Access, e.name, accessName) }
func (e *edit) levels() []programme.Level         { return levelsOf(e.d) }
func (e *edit) level() *programme.Level           { return named(e.levels(), e.name, levelName) }
func (e *edit) page() string                      { return "/programme/" + strconv.FormatInt(e.p.Version, 10) }
func (e *edit) at(piece, at string) string        { return e.page() + "/" + piece + "?" + at }

// rule is the one of the form, switched on or off.
func (e *edit) rule() *programme.Rule {
	if r := named(e.d.Rules, e.name, ruleName); r != nil {
		return r
	}
	return named(e.d.Off, e.name, ruleName)
}

func levelsOf(d *programme.Document) []programme.Level {
	if d.Tiers == nil {
		return nil
	}
	return d.Tiers.Levels
}

// draftOf reads the draft of the address.
func (v *visit) draftOf(tx *db.Tx) (e *edit, err error) {
	n, err := v.versionOf()
	if err != nil {
		return nil, err
	}
	e = &edit{name: v.r.URL.Query().Get("name"), tx: tx}
	if e.b, err = business.Load(tx); err != nil {
		return nil, err
	}
	if e.p, err = programme.Load(tx, n); err != nil {
		return nil, err
	}
	e.d, err = programme.Parse(e.p.Document)
	return e, err
}

// thePiece is the one of the address.
func (v *visit) thePiece(e *edit) (piece, error) {
	one, ok := pieces()[v.r.PathValue("piece")]
	if !ok || e.name != "" && one.find(e) == nil {
		return one, fault.Coded("no_page", fault.NotFoundf("the draft has no such part"))
	}
	return one, nil
}

func (v *visit) showPiece() error {
	return v.allowed(account.ProgrammeWrite, func(account.Actor) error { return v.askPiece(nil) })
}

// askPiece shows the form of a piece; again, where something was wrong with what was typed.
func (v *visit) askPiece(wrong error) error {
	var title string
	var f form
	var e *edit
	if err := v.read(func(tx *db.Tx) (err error) {
		if e, err = v.draftOf(tx); err != nil || e.p.State != programme.Draft && wrong == nil {
			return err
		}
		one, err := v.thePiece(e)
		if err != nil {
			return err
		}
		if title, f, err = one.form(v, e); err == nil {
			f.Hidden, err = v.brought(one.find(e))
		}
		return err
	}); err != nil {
		return err
	}
	if e.p.State != programme.Draft && wrong == nil {
		return v.leave(e.page())
	}
	f.Action = v.r.URL.RequestURI()
	f.Button, f.Link, f.To = v.l.T("settings.save"), v.l.T("console.cancel"), e.page()
	if wrong != nil {
		v.meanwhile(&f, wrong)
	}
	for g := range f.Groups { // what holds something is open
		f.Groups[g].Open = f.Groups[g].filled(v)
	}
	return v.ask(title, v.l.T("rules.saves", v.l.Integer(e.p.Version)), f, wrong)
}

// filled tells whether something is typed or chosen in a group, so that it must be seen.
func (g *group) filled(v *visit) bool {
	for i := range g.Fields {
		f := &g.Fields[i]
		if f.Value != "" && f.Type != "select" || v.r.Method == http.MethodPost && v.typed(f.Name) != "" && f.Type != "select" {
			return true
		}
		if slices.ContainsFunc(f.Choices, func(c choice) bool { return f.Type == ticksType && c.Chosen }) {
			return true
		}
	}
	return false
}

const ticksType = "ticks"

// savePiece keeps what was typed in the draft.
func (v *visit) savePiece() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			return v.changed(by, v.askPiece, func(e *edit) error {
				one, err := v.thePiece(e)
				if err != nil {
					return err
				}
				if err := v.unchanged(one.find(e)); err != nil {
					return err
				}
				return one.save(v, e)
			})
		})
	})
}

// changed changes the draft of the address, and leads to its page; or shows again what was wrong.
func (v *visit) changed(by account.Actor, again func(wrong error) error, change func(e *edit) error) error {
	var e *edit
	err := v.write(func(tx *db.Tx) (err error) {
		if e, err = v.draftOf(tx); err != nil {
			return err
		}
		if err := change(e); err != nil {
			return err
		}
		text, err := json.Marshal(e.d)
		if err != nil {
			return fmt.Errorf("write the document: %w", err)
		}
		if err := programme.Rewrite(tx, &e.p, text, by.ID, e.b.Zone); err != nil {
			return inPiece(err)
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "programme.changed", Target: "programme:" + strconv.FormatInt(e.p.Version, 10), Count: 1, Request: by.Request})
	})
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return again(err)
	}
	if err != nil {
		return err
	}
	return v.leave(e.page() + "#rules")
}

// inPiece says of what is wrong with a document in which field of the form it was typed.
func inPiece(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	_, name, _ := strings.Cut(f.Field, ".")
	name = strings.TrimPrefix(name, "levels")
	if _, rest, ok := strings.Cut(name, "]."); ok {
		name = rest
	}
	moved := *f
	moved.Field = map[string]string{"if": "own", "lines": "own_lines"}[name]
	if moved.Field == "" {
		moved.Field = name
	} else { // such as one that is too long with what was chosen beside it
		moved.Code = "own_condition"
	}
	return &moved
}

// act moves a rule, switches it on or off, or takes a piece away.
func (v *visit) actOnPiece() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			return v.changed(by, func(wrong error) error { return v.version(by, "", wrong) }, func(e *edit) error {
				if err := v.unchanged(e.p.Document); err != nil {
					return err
				}
				e.name = v.typed("name")
				if !e.act(v.typed("of"), v.typed("act")) {
					return fault.Coded("no_page", fault.NotFoundf("the draft has no such part"))
				}
				return nil
			})
		})
	})
}

// act does it; false: there is nothing to be done.
func (e *edit) act(of, what string) bool {
	d := e.d
	at := func(all []programme.Rule) int {
		return slices.IndexFunc(all, func(r programme.Rule) bool { return r.Rule == e.name })
	}
	on, off := at(d.Rules), at(d.Off)
	switch {
	case of == "rule" && what == "up" && on > 0:
		d.Rules[on-1], d.Rules[on] = d.Rules[on], d.Rules[on-1]
	case of == "rule" && what == "down" && on >= 0 && on < len(d.Rules)-1:
		d.Rules[on+1], d.Rules[on] = d.Rules[on], d.Rules[on+1]
	case of == "rule" && what == "off" && on >= 0:
		d.Off, d.Rules = append(d.Off, d.Rules[on]), slices.Delete(d.Rules, on, on+1)
	case of == "rule" && what == "on" && off >= 0:
		d.Rules, d.Off = append(d.Rules, d.Off[off]), slices.Delete(d.Off, off, off+1)
	case of == "rule" && what == "remove" && on >= 0:
		d.Rules = slices.Delete(d.Rules, on, on+1)
	case of == "rule" && what == "remove" && off >= 0:
		d.Off = slices.Delete(d.Off, off, off+1)
	case of == "reward" && what == "remove" && e.reward() != nil:
		d.Rewards = slices.DeleteFunc(d.Rewards, func(r reward.Reward) bool { return r.Reward == e.name })
	case of == "challenge" && what == "remove" && e.challenge() != nil:
		d.Challenges = slices.DeleteFunc(d.Challenges, func(c programme.Challenge) bool { return c.Challenge == e.name })
	case of == "access" && what == "remove" && e.access() != nil:
		d.Access = slices.DeleteFunc(d.Access, func(a programme.Access) bool { return a.Access == e.name })
	case of == "unit" && what == "remove" && e.unit() != nil:
		d.Units = slices.DeleteFunc(d.Units, func(u programme.Unit) bool { return u.Unit == e.name })
	case of == "tier" && what == "remove" && e.level() != nil:
		if d.Tiers.Levels = slices.DeleteFunc(d.Tiers.Levels, func(l programme.Level) bool { return l.Tier == e.name }); len(d.Tiers.Levels) == 0 {
			d.Tiers = nil
		}
	default:
		return false
	}
	return true
}

// copyProgramme makes a draft of a version that is none, to be changed.
func (v *visit) copyProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		var e *edit
		if err := v.read(func(tx *db.Tx) (err error) { e, err = v.draftOf(tx); return err }); err != nil {
			return err
		}
		return v.once(by, func() error {
			return v.draft(by, e.b, e.p.Document, v.l.T("rules.copy.note", v.l.Integer(e.p.Version)))
		})
	})
}

// blankProgramme makes a draft in which nothing is promised yet.
func (v *visit) blankProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		d := programme.Document{Name: b.Name, Units: []programme.Unit{{Unit: "points", AllowsDebt: true}}, Rules: []programme.Rule{}}
		if strings.TrimSpace(d.Name) == "" {
			d.Name = v.l.T("nav.programme")
		}
		text, err := typeset(&d)
		if err != nil {
			return err
		}
		return v.once(by, func() error { return v.draft(by, b, text, "") })
	})
}

// builder is a draft as it is built: every piece as a sentence, with what can be done with it.
type builder struct {
	Rules, Off, Challenges, Tiers, Rewards, Access, Units []shownPiece
	About                                                 []string
	Kinds                                                 []reward.Kind
	Translations                                          []translated
}

type shownPiece struct {
	programme.Term

	Of, ID, To, At    string
	Seen              []hidden
	Up, Down, On, Off bool
	Stays             string // why it cannot be removed
}

func buildable(e *edit, terms *programme.Terms, seen []hidden, used string) *builder {
	out := &builder{About: slices.Concat(terms.Intro, terms.Friends), Kinds: reward.Kinds()}
	one := func(of, id string, t programme.Term) shownPiece {
		return shownPiece{Term: t, Of: of, ID: id, At: e.page(), Seen: seen, To: e.at(of, url.Values{"name": {id}}.Encode())}
	}
	for i := range terms.Rules {
		p := one("rule", e.d.Rules[i].Rule, terms.Rules[i])
		p.Up, p.Down, p.Off = i > 0, i < len(terms.Rules)-1, true
		out.Rules = append(out.Rules, p)
	}
	for i := range terms.Off {
		p := one("rule", e.d.Off[i].Rule, terms.Off[i])
		p.On = true
		out.Off = append(out.Off, p)
	}
	for i := range terms.Challenges {
		out.Challenges = append(out.Challenges, one("challenge", e.d.Challenges[i].Challenge, terms.Challenges[i]))
	}
	for i := range terms.Access {
		out.Access = append(out.Access, one("access", e.d.Access[i].Access, terms.Access[i]))
	}
	for i := range terms.Tiers {
		out.Tiers = append(out.Tiers, one("tier", e.d.Tiers.Levels[i].Tier, terms.Tiers[i]))
	}
	for i := range terms.Rewards {
		out.Rewards = append(out.Rewards, one("reward", e.d.Rewards[i].Reward, terms.Rewards[i]))
	}
	for i := range terms.Units {
		p := one("unit", e.d.Units[i].Unit, terms.Units[i])
		if e.d.Uses(p.ID) {
			p.Stays = used
		}
		out.Units = append(out.Units, p)
	}
	return out
}
