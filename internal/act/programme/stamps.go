package programme

import (
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/customer"
)

// Stamps is how far somebody has come with a stamp card.
type Stamps struct {
	Rule, Name string
	Counted    int64 // of the pieces of this card
	Of         int64 // pieces to a card
	Missing    int64 // pieces until the next gives something: a free one comes behind them, units with the last of them
	Unit       string
	Units      int64 // that a full card gives; 0: a free piece
}

// Stamps tells how far somebody, who stands for a person, has come with each stamp card of the programme that is in force today.
// It goes by what the next order goes on with.
func (p *Programme) Stamps(tx *db.Tx, root int64) (all []Stamps, err error) {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || c == nil {
		return nil, err
	}
	today := tx.Now.In(p.Ledger.Zone).Format(time.DateOnly)
	for _, r := range c.rules {
		if k := r.Rule.Effect.Card; k != nil && !r.Rule.otherDay(today) {
			all = append(all, Stamps{Rule: r.Rule.Rule, Name: r.Rule.Name, Of: k.cycle(), Unit: k.Unit, Units: k.Units})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	if c.Document.MembersOnly {
		members, err := customer.Members(tx, root)
		if err != nil {
			return nil, err
		}
		if _, joined, err := member.Of(tx, members); err != nil || !joined {
			return nil, err
		}
	}
	sums, err := tx.Numbers("SELECT rule, base_minor FROM programme_sums WHERE customer_id = $1", root)
	for i := range all {
		s := &all[i]
		s.Counted = max(sums[s.Rule], 0) % s.Of
		if s.Missing = s.Of - s.Counted; s.Units == 0 {
			s.Missing--
		}
	}
	return all, err
}

// Words says how far, and what is next, such as "8 of 10; after 1 more the next is free".
func (s *Stamps) Words(l *locale.Locale) string {
	so := l.T("stamps.so", l.Integer(s.Counted), l.Integer(s.Of))
	switch {
	case s.Units > 0:
		return l.P("stamps.units", s.Missing, so, points.Amount(l, s.Unit, s.Units))
	case s.Missing == 0:
		return l.T("stamps.free", so)
	}
	return l.P("stamps.next", s.Missing, so)
}
