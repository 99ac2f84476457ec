package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/prove/replay"
	"regulars/internal/record/business"
	"regulars/web"
)

// draft keeps a document as a draft, and leads to its page.
func (v *visit) draft(by account.Actor, b business.Business, text []byte, note string) error {
	var made programme.Version
	if err := v.write(func(tx *db.Tx) (err error) {
		if made, err = programme.Write(tx, text, note, by.ID, b.Zone); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "programme.written", Target: "programme:" + strconv.FormatInt(made.Version, 10), Count: 1, Request: by.Request})
	}); err != nil {
		return err
	}
	return v.leave("/programme/" + strconv.FormatInt(made.Version, 10))
}

// oneVersion is the page of a version: what it promises, what should be looked at, and what it would have done.
type oneVersion struct {
	shownVersion

	Draft, May bool
	Eyes       eyes
	Terms      programme.Terms
	Findings   []shownFinding
	Worst      []string
	Reckoned   []string // how it was, line by line
	Example    example
	Build      *builder // of a draft, for who may change it
	Seen       []hidden
	Script     bool
	Rehearsal  *shownRehearsal
	Changes    []programme.Changed    // from what is in force, in words
	Written    []programme.Difference // the same as it is written, and what there are no words for
	Document   string
	Edited     bool // what is in the editor was not kept
}

type shownFinding struct{ Severity, Kind, Words, Where string }

func (v *visit) versionOf() (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue("version"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.Coded("no_page", fault.NotFoundf("there is no version %.60q", v.r.PathValue("version")))
	}
	return n, nil
}

func (v *visit) showVersion() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.version(by, "", nil) })
}

// version shows a version; typed is a document that could not be kept, and why.
func (v *visit) version(by account.Actor, typed string, wrong error) error {
	n, err := v.versionOf()
	if err != nil {
		return err
	}
	b, err := v.business()
	if err != nil {
		return err
	}
	o := replay.Options{Zone: b.Zone, Digits: b.Digits(), Today: time.Now().In(b.Zone)}
	p, live, seen, err := v.readVersion(by, n, &o)
	if err != nil {
		return err
	}
	c, err := v.compiled(&p, b)
	if err != nil {
		return err
	}
	shown := oneVersion{shownVersion: v.shownVersion(&p, b), Draft: p.State == programme.Draft, May: by.May(account.ProgrammeWrite), Eyes: seen, Terms: c.Terms(v.l, b.Currency, b.Digits()),
		Document: indented(p.Document)}
	if live.Version != 0 && live.Version != p.Version {
		if err := shown.since(v, &live, &p, c, b); err != nil {
			return err
		}
	}
	lint := replay.Check(c.Document, nil, &o, o.Today)
	if shown.May && v.r.URL.Query().Has("rehearse") {
		if shown.Rehearsal, lint, err = v.rehearse(c, &live, b, o); err != nil {
			return err
		}
	}
	shown.looked(v.l, &lint, b.Currency)
	if shown.Example, err = v.example(c, b); err != nil {
		return err
	}
	if shown.Seen, err = v.brought(p.Document); err != nil {
		return err
	}
	if shown.Draft && shown.May {
		e := &edit{p: p, d: c.Document}
		shown.Build = buildable(e, &shown.Terms, shown.Seen, v.l.T("rules.unit.used"))
		if shown.Build.Translations, err = v.translated(e); err != nil {
			return err
		}
	}
	_, shown.Script = web.Live()
	s := sheet{Title: c.Document.Name, Lead: v.l.T("programmes.version", v.l.Integer(p.Version)), Content: &shown}
	status := http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		s.Problems = []problem{{Text: v.say(wrong)}}
		if typed != "" {
			shown.Document, shown.Edited, s.Problems[0].Field = typed, true, "document"
		}
	}
	return v.show(status, "version", s)
}

// readVersion reads a version with what it is looked at by, and the one in force, which is 0 where there is none.
func (v *visit) readVersion(by account.Actor, n int64, o *replay.Options) (p, live programme.Version, seen eyes, err error) {
	err = v.read(func(tx *db.Tx) (err error) {
		if p, err = programme.Load(tx, n); err != nil {
			return err
		}
		if o.Beside, err = replay.LoadBeside(tx); err != nil {
			return err
		}
		d, err := programme.Parse(p.Document)
		if err != nil {
			return err
		}
		if seen, err = v.eyesOn(tx, by, &p, d); err != nil {
			return err
		}
		live, err = programme.InForce(tx)
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return err
	})
	return p, live, seen, err
}

// since tells what is otherwise than in the version in force.
func (shown *oneVersion) since(v *visit, live, p *programme.Version, c *programme.Compiled, b business.Business) (err error) {
	if shown.Written, err = programme.Diff(live.Document, p.Document); err != nil {
		return err
	}
	before, err := v.compiled(live, b)
	if err != nil {
		return err
	}
	shown.Changes = c.Changes(before, v.l, b.Currency, b.Digits())
	return nil
}

// looked tells what the linter found.
func (shown *oneVersion) looked(l *locale.Locale, lint *replay.Lint, currency string) {
	lint.Say(l, currency)
	for i := range lint.Findings {
		f := &lint.Findings[i]
		shown.Findings = append(shown.Findings, shownFinding{string(f.Severity), l.T("lint." + string(f.Severity)), f.Words, f.Where})
	}
	shown.Worst = lint.Worst.Words
	for i := range lint.Worst.Lines {
		shown.Reckoned = append(shown.Reckoned, lint.Worst.Lines[i].Words)
	}
}

// indented is a document as it is kept, in the order of the documentation.
func indented(text []byte) string {
	d, err := programme.Parse(text)
	if err != nil {
		return string(text)
	}
	out, err := typeset(d)
	if err != nil {
		return string(text)
	}
	return string(out)
}

// typeset writes a document for people to read.
func typeset(d *programme.Document) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("write the document: %w", err)
	}
	return out.Bytes(), nil
}

// editProgramme keeps a document that was typed as a new draft.
func (v *visit) editProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		return v.once(by, func() error {
			typed := v.typed("document")
			err := v.draft(by, b, []byte(typed), v.typed("note"))
			if err != nil && fault.KindOf(err) == fault.Invalid {
				return v.version(by, typed, err)
			}
			return err
		})
	})
}

// alone names for the trail that four eyes were asked for, and nobody else was there.
func alone(so bool) []string {
	if so {
		return []string{"alone"}
	}
	return nil
}

func (v *visit) publishProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		n, err := v.versionOf()
		if err != nil {
			return err
		}
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		return v.once(by, func() error {
			err := v.write(func(tx *db.Tx) error {
				before, err := programme.Load(tx, n)
				if err != nil {
					return err
				}
				if err := v.unchanged(before.Document); err != nil { // nobody publishes what they have not seen
					return err
				}
				p, err := facts.Programme().Publish(tx, n, by.ID, facts.Business.Zone)
				if err != nil || !p.Published.Equal(tx.Now) { // it was before
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "programme.published", Target: "programme:" + strconv.FormatInt(p.Version, 10), Fields: alone(p.Alone), Count: 1, Request: by.Request})
			})
			if k := fault.KindOf(err); err != nil && (k == fault.Conflict || k == fault.Forbidden) {
				return v.version(by, "", err)
			}
			if err != nil {
				return err
			}
			return v.leave("/programme")
		})
	})
}
