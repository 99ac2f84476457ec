// Package statement says what came and went on a customer's account, as statements of accounts do: a line for what moved at once,
// with what it was for and why it was so much.
//
// It reads what the ledger, the programme, rewards, gifts and draws keep, through their packages, and keeps nothing itself.
package statement

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/draw"
	"regulars/internal/act/gift"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/record/holiday"
	"regulars/internal/record/order"
)

// Reader is who reads a statement, and in what.
type Reader struct {
	*locale.Locale

	Zone      *time.Location
	Currency  string
	Programme *programme.Programme
	// To is a member or one of the staff: these are told reasons too, and of what nothing came.
	To programme.Reader
}

// Line is what moved at once, for one thing.
type Line struct {
	At    time.Time
	Unit  string
	Units int64    // below zero: it went; nothing: the programme looked at something and gave none
	What  string   // it was for
	Why   []string // it was so much: a sentence a rule

	operation, no int64
	cause         string
	explained     int64 // units that Why is about
}

// signs are of the kinds of entries that change what somebody has, less what they owe. What is held, and comes back, does not, nor does
// what fills a debt: that went when it became owed.
var signs = map[points.EntryKind]int64{
	points.Issue: 1, points.Undo: 1, points.Bring: 1, points.Spent: -1, points.Commit: -1, points.Expired: -1, points.Reversed: -1, points.Recall: -1,
	points.Send: -1, points.Owe: -1,
}

// Lines reads what moved of a unit on the account of customers, who are one person, the newest first, from behind a page on. limit is
// how many entries of the ledger are read at most: of these, some are one line, and some none. next is zero at the end.
func (r *Reader) Lines(tx *db.Tx, members []int64, unit string, after points.Page, limit int) (all []Line, next points.Page, err error) {
	entries, next, err := points.Entries(tx, members, unit, after, limit)
	if err != nil || len(entries) == 0 {
		return nil, points.Page{}, err
	}
	if len(entries) < limit {
		next = points.Page{}
	} else if whole := slices.IndexFunc(entries, func(e points.Entry) bool { return together(&e, &entries[len(entries)-1]) }); whole > 0 {
		// What moved at once stays on one page.
		entries = entries[:whole]
		next = points.Page{Operation: entries[whole-1].Operation, No: entries[whole-1].No}
	}
	f, err := r.finder(tx, members, entries[len(entries)-1].At)
	if err != nil {
		return nil, next, err
	}
	for i := range entries {
		e := &entries[i]
		sign, seen := signs[e.Kind]
		if !seen {
			continue
		}
		what, err := f.what(e)
		if err != nil {
			return nil, next, err
		}
		if n := len(all); n > 0 && all[n-1].What == what && together(&entries[i-1], e) {
			all[n-1].Units += sign * e.Units
			continue
		}
		line := Line{At: e.At, Unit: unit, Units: sign * e.Units, What: what, operation: e.Operation, no: e.No, cause: e.Cause}
		if line.Why, line.explained, err = f.why(e, unit); err != nil {
			return nil, next, err
		}
		all = append(all, line)
	}
	r.once(all)
	return all, next, nil
}

// once leaves out what does not explain a line. A cause is explained as it stands by now: to members where that is what moved, and not
// what is left of it after a return; to staff beside what moved last.
func (r *Reader) once(all []Line) {
	told := map[string]bool{}
	for i := range all {
		l := &all[i]
		if len(l.Why) > 0 && (r.To == programme.ForMember && l.explained != l.Units || r.To != programme.ForMember && told[l.cause]) {
			l.Why = nil
		}
		told[l.cause] = told[l.cause] || len(l.Why) > 0
	}
}

// together tells whether two entries moved at once, for one thing: out of several lots, or for several rules.
func together(a, b *points.Entry) bool {
	return a.Operation == b.Operation || a.Cause == b.Cause && a.At.Equal(b.At)
}

// Latest is what moved last in any unit, and what the programme looked at and gave nothing for, the newest first.
func (r *Reader) Latest(tx *db.Tx, members []int64, limit int) (all []Line, err error) {
	units, err := points.Units(tx)
	if err != nil {
		return nil, err
	}
	const entriesOfLine = 4 // a line is of several where units of several lots go at once
	moved := map[string]bool{}
	for i := range units {
		if units[i].Kind != points.Spendable {
			continue
		}
		lines, _, err := r.Lines(tx, members, units[i].Code, points.Page{}, limit*entriesOfLine)
		if err != nil {
			return nil, err
		}
		for j := range lines {
			moved[lines[j].cause] = true
		}
		all = append(all, lines...)
	}
	outcomes, err := programme.Explanations(tx, members, time.Time{}, limit)
	if err != nil {
		return nil, err
	}
	var f *finder
	for i := range outcomes {
		o := &outcomes[i]
		if moved[o.Cause] {
			continue
		}
		if f == nil {
			if f, err = r.finder(tx, members, outcomes[len(outcomes)-1].At); err != nil {
				return nil, err
			}
		}
		what, err := f.about(o.Customer, o.Cause)
		if err != nil {
			return nil, err
		}
		named, err := f.club.ResultsIn(tx, r.Locale, o.Results)
		if err != nil {
			return nil, err
		}
		all = append(all, Line{At: o.At, What: what, Why: programme.Words(r.Locale, r.To, r.Currency, named), cause: o.Cause})
	}
	slices.SortStableFunc(all, func(a, b Line) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.operation, a.operation), cmp.Compare(b.no, a.no))
	})
	return all[:min(len(all), limit)], nil
}

// finder finds what causes are about, each once.
type finder struct {
	*Reader

	tx    *db.Tx
	club  *programme.Compiled // as it is in force; nil: none is
	known map[string]string
	gifts map[string]string
	sales map[string]sale
}

// sale is an order as it is called on its own day, and that day.
type sale struct{ text, day string }

// finder knows the gifts since a moment.
func (r *Reader) finder(tx *db.Tx, members []int64, since time.Time) (*finder, error) {
	f := &finder{Reader: r, tx: tx, known: map[string]string{}, gifts: map[string]string{}, sales: map[string]sale{}}
	var err error
	if f.club, err = r.Programme.Book.Current(tx, r.Zone); err != nil {
		return nil, err
	}
	calendar, err := holiday.Load(tx)
	if err != nil {
		return nil, err
	}
	w := gift.Words{Locale: r.Locale, Calendar: &calendar}
	const most = 2 * points.MostEntries
	found, err := gift.GivenTo(tx, members, since, most)
	for i := range found {
		f.gifts[found[i].Cause] = r.T("statement.gift", w.Occasion(&found[i]))
	}
	return f, err
}

// what says what an entry was, in a few words: what it was for where that is known, and how it moved.
func (f *finder) what(e *points.Entry) (string, error) {
	if e.Reason != "" && f.To != programme.ForMember {
		return f.T("programme.line", f.moved(e), e.Reason), nil
	}
	if e.Of == "adjust" {
		return f.moved(e), nil
	}
	about, err := f.about(e.Customer, e.Cause)
	if about == "" || err != nil {
		return f.moved(e), err
	}
	if s, is := f.sales[name(e.Customer, e.Cause)]; is && e.Kind == points.Issue && s.day == f.Date(e.At.In(f.Zone)) {
		return s.text, nil
	}
	switch e.Kind {
	case points.Issue, points.Spent, points.Commit:
		return about, nil
	case points.Reversed, points.Recall:
		if strings.HasPrefix(e.Cause, "order:") {
			return f.T("statement.returned", about), nil
		}
		return f.T("statement.taken_back", about), nil
	}
	return f.T("programme.line", f.moved(e), about), nil
}

// moved is how an entry moved.
func (f *finder) moved(e *points.Entry) string {
	for _, key := range []string{"statement." + e.Of + "." + string(e.Kind), "statement." + string(e.Kind)} {
		if f.Has(key) {
			return f.T(key)
		}
	}
	return string(e.Kind)
}

// about says what a cause is about; empty: nothing that people have a name for.
func (f *finder) about(who int64, cause string) (text string, err error) {
	key := name(who, cause)
	if known, ok := f.known[key]; ok {
		return known, nil
	}
	if text = f.gifts[cause]; text == "" {
		if text, err = f.find(who, cause); fault.KindOf(err) == fault.NotFound { // it is not kept any more
			text, err = "", nil
		}
	}
	f.known[key] = text
	return text, err
}

// name tells what causes are apart: orders of two customers may have one number.
func name(who int64, cause string) string { return strconv.FormatInt(who, 10) + " " + cause }

func (f *finder) find(who int64, cause string) (string, error) {
	kind, id, _ := strings.Cut(cause, ":")
	switch kind {
	case "order":
		o, err := order.Load(f.tx, who, number(id))
		if err != nil {
			return "", err
		}
		amount, day := f.Money(o.AmountMinor, f.Currency), f.Date(time.UnixMicro(o.Placed.Local).UTC())
		f.sales[name(who, cause)] = sale{f.T("statement.order", amount), day}
		return f.T("statement.order.day", amount, day), nil
	case "redemption":
		taken, err := reward.Get(f.tx, who, number(id))
		return f.T("statement.reward", f.club.In(f.Locale, taken.Promise.Name)), err
	case "draw":
		d, err := draw.Load(f.tx, id)
		return f.T("statement.draw", d.Translations.In(f.Locale, d.Name)), err
	case "tier":
		if f.club == nil {
			return "", nil
		}
		if called := f.club.TierName(id); called != "" {
			return f.T("statement.tier", f.club.In(f.Locale, called)), nil
		}
		return "", nil
	case "package":
		return f.T("statement.package"), nil
	case "challenge":
		called, err := f.Programme.ChallengeOf(f.tx, cause)
		if called == "" || err != nil {
			return "", err
		}
		return f.T("statement.challenge", f.club.In(f.Locale, called)), nil
	case programme.OnHoliday:
		return "", nil // it is among the gifts
	}
	if key := "terms.on." + kind; id != "" && f.Has(key) {
		return f.T(key), nil
	}
	return "", nil
}

// why says why what was earned was so much. To members it is told where they earned something; to staff also what was taken back of
// it. Of a challenge and a gift its name says it.
func (f *finder) why(e *points.Entry, unit string) (words []string, units int64, err error) {
	if e.Of == "adjust" && f.To != programme.ForMember {
		words, err = f.approval(e.Cause)
		return words, 0, err
	}
	if e.Of == "adjust" || strings.HasPrefix(e.Cause, "challenge:") || f.gifts[e.Cause] != "" || e.Kind != points.Issue && (f.To == programme.ForMember || e.Kind != points.Reversed) {
		return nil, 0, nil
	}
	o, ok, err := programme.Of(f.tx, e.Customer, e.Cause)
	if err != nil || !ok || f.To == programme.ForMember && !slices.ContainsFunc(o.Results, func(r programme.Result) bool { return r.Gave() }) {
		return nil, 0, err
	}
	for i := range o.Results {
		if one := &o.Results[i]; one.Unit == unit {
			units += one.Units - one.Kept
		}
	}
	named, err := f.club.ResultsIn(f.tx, f.Locale, o.Results)
	if err != nil {
		return nil, 0, err
	}
	return programme.Words(f.Locale, f.To, f.Currency, named), units, nil
}

// approval says who asked for what was moved by hand, and who approved it; nothing where nobody had to.
func (f *finder) approval(cause string) ([]string, error) {
	r, approved, err := byhand.OfCause(f.tx, cause)
	if !approved || err != nil {
		return nil, err
	}
	names, err := account.Names(f.tx)
	said := []string{f.T("statement.approved", cmp.Or(names[r.Asker], r.Asker), cmp.Or(names[r.By], r.By))}
	if r.Answer != "" {
		said = append(said, r.Answer)
	}
	return said, err
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
