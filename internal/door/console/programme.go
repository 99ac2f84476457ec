package console

import (
	"net/http"

	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
)

// programmes is the page of the programme: what is in force, and what was drafted.
type programmes struct {
	None      bool // nothing is published
	Version   int64
	Name      string
	Terms     *programme.Terms
	May       bool // the reader may write drafts
	Versions  []shownVersion
	Published string
	Stands    []stand
	Said      string // what was done just now
	Closed    bool   // members have no pages yet, and the reader may open them
	Waiting   string // how many drafts wait; empty: none, or the reader may not
}

type shownVersion struct {
	Version int64
	State   string
	Note    string
	When    string
	Live    bool
}

func (v *visit) showProgramme() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		shown := programmes{May: by.May(account.ProgrammeWrite), Said: v.done()}
		var live programme.Version
		var all, drafts []programme.Version
		const atOnce = 50
		err = v.read(func(tx *db.Tx) (err error) {
			live, err = programme.InForce(tx)
			if shown.None = fault.KindOf(err) == fault.NotFound; err != nil && !shown.None {
				return err
			}
			if all, err = programme.Versions(tx, 0, atOnce); err != nil || !shown.May {
				return err
			}
			pages, err := member.Load(tx)
			if err != nil {
				return err
			}
			shown.Closed = !pages.Open
			mine, err := v.waits(tx, by)
			if err != nil {
				return err
			}
			if drafts, err = programme.Drafts(tx, mostDrafts); mine > 0 {
				shown.Waiting = v.l.P("eyes.waiting.you", mine)
			} else if n := int64(len(drafts)); n > 0 {
				shown.Waiting = v.l.P("eyes.waiting", n)
			}
			return err
		})
		if err != nil {
			return err
		}
		if !shown.None {
			c, err := v.compiled(&live, b)
			if err != nil {
				return err
			}
			terms := c.Terms(v.l, b.Currency, b.Digits())
			shown.Version, shown.Name, shown.Terms, shown.Published = live.Version, c.Document.Name, &terms, v.l.Date(live.Published.In(b.Zone))
			if shown.Stands, err = v.stands(by); err != nil {
				return err
			}
		}
		for i := range all {
			shown.Versions = append(shown.Versions, v.shownVersion(&all[i], b))
		}
		return v.show(http.StatusOK, "programme", sheet{Title: v.l.T("nav.programme"), Content: shown})
	})
}

func (v *visit) shownVersion(p *programme.Version, b business.Business) shownVersion {
	when := p.Created
	if !p.Published.IsZero() {
		when = p.Published
	}
	return shownVersion{p.Version, v.l.T("programmes.state." + string(p.State)), p.Note, v.l.Date(when.In(b.Zone)), p.State == programme.Published}
}

// compiled makes a version ready to be asked.
func (v *visit) compiled(p *programme.Version, b business.Business) (*programme.Compiled, error) {
	d, err := programme.Parse(p.Document)
	if err != nil {
		return nil, err
	}
	c, err := programme.Compile(d, p.Version, b.Zone)
	if err != nil {
		return nil, err
	}
	err = v.read(func(tx *db.Tx) error { c, err = c.Named(tx); return err })
	return c, err
}
