package console

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/paper"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// The ways of writing down what is printed.
const (
	asPDF = "pdf"
	asSVG = "svg"
)

// shownUnits is of how many units a card says what there is.
const shownUnits = 3

// thanksMost bounds the sentence on a label.
const thanksMost = 120

// printForm asks how the labels are to be, filled with what was asked for before.
func (v *visit) printForm(s *packaging.Stored) *form {
	sheets := paper.Sheets(int(s.Codes))
	f := &form{Action: "/packages/" + s.Batch.Batch + "/sheet", Button: v.l.T("packages.download"), Groups: []group{{Fields: []field{
		{Name: "language", Label: v.l.T("packages.language"), Type: "select", Value: v.l.Tag(), Choices: v.tongues()},
		{Name: "thanks", Label: v.l.T("packages.thanks"), Help: v.l.T("packages.thanks.help"), Most: thanksMost, Optional: true},
		{Name: "format", Label: v.l.T("packages.format"), Help: v.l.T("packages.format.help"), Type: "radios", Value: asPDF,
			Choices: []choice{{Value: asPDF, Name: v.l.T("packages.format.pdf")}, {Value: asSVG, Name: v.l.T("packages.format.svg")}}},
	}}}}
	if sheets > 1 {
		f.Groups[0].Fields = append(f.Groups[0].Fields, field{Name: "sheet", Label: v.l.T("packages.sheet"), Help: v.l.T("packages.sheet.help", sheets), Value: "1", Mode: "numeric", Optional: true})
	}
	for i := range f.Groups[0].Fields {
		at := &f.Groups[0].Fields[i]
		if q := v.r.URL.Query(); q.Has(at.Name) {
			at.Value = q.Get(at.Name)
		}
	}
	v.fillForm(f, false)
	return f
}

// tongues are the languages to choose from, each by its own name.
func (v *visit) tongues() (all []choice) {
	for _, tag := range locale.Tags() {
		all = append(all, choice{Value: tag, Name: v.Locales[tag].Name()})
	}
	return all
}

// printBatch gives the labels of a batch as a file; into the trail first, because codes are worth what they give.
func (v *visit) printBatch() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		file, err := v.labels(by)
		if k := fault.KindOf(err); k == fault.Invalid || k == fault.Conflict {
			return v.batch(by, err)
		}
		if err != nil {
			return err
		}
		return v.handOut(file)
	})
}

// printed is a file to be printed.
type printed struct {
	name, format string
	content      bytes.Buffer
}

// handOut sends a file.
func (v *visit) handOut(f *printed) error {
	v.w.Header().Set("Content-Type", map[string]string{asPDF: "application/pdf", asSVG: "image/svg+xml"}[f.format])
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+"."+f.format+`"`)
	v.w.Header().Set("Cache-Control", "no-store")
	_, _ = v.w.Write(f.content.Bytes()) // who has gone needs no answer
	return nil
}

// toPrint is how what is printed is to be.
func (v *visit) toPrint() (l *locale.Locale, format string) {
	q := v.r.URL.Query()
	if format = q.Get("format"); format != asSVG {
		format = asPDF
	}
	l, ok := v.Locales[q.Get("language")]
	if !ok {
		l = v.l
	}
	return l, format
}

func (v *visit) labels(by account.Actor) (*printed, error) {
	b, err := v.business()
	if err != nil {
		return nil, err
	}
	l, format := v.toPrint()
	thanks := strings.Join(strings.Fields(v.r.URL.Query().Get("thanks")), " ")
	if utf8.RuneCountInString(thanks) > thanksMost {
		return nil, fault.In("thanks", fault.Coded("thanks_long", fault.Invalidf("a sentence of %d signs at most fits on a label", thanksMost)))
	}
	if thanks == "" {
		thanks = l.T("packages.label.thanks")
	}
	var s packaging.Stored
	var codes []packaging.Code
	if err := v.read(func(tx *db.Tx) (err error) {
		if s, err = packaging.Load(tx, v.r.PathValue("batch")); err != nil {
			return err
		}
		if s.State(tx.Now) != packaging.Open {
			return fault.Coded("batch_over", fault.Conflictf("the codes of %s give nothing any more, so they are not printed", s.Batch.Batch))
		}
		codes, err = packaging.CodesOf(tx, s.Batch.Batch, 0, packaging.MostCodes)
		return err
	}); err != nil {
		return nil, err
	}
	labels := paper.Labels{Business: b.Name, Thanks: thanks, Gives: points.Amount(l, s.Unit, s.Units)}
	if !s.Until.Equal(points.Never) {
		labels.Until = l.T("packages.label.until", l.Date(s.Until.Add(-time.Microsecond).In(zoneOf(b))))
	}
	file := &printed{name: "codes-" + s.Batch.Batch, format: format}
	if format == asSVG {
		no, err := v.sheetNo(paper.Sheets(len(codes)))
		if err != nil {
			return nil, err
		}
		file.name += "-" + strconv.Itoa(no)
		codes = codes[(no-1)*paper.PerSheet : min(no*paper.PerSheet, len(codes))]
	}
	public := strings.TrimSuffix(v.Public(), "/")
	for _, c := range codes {
		labels.Codes = append(labels.Codes, paper.Label{Link: public + packaging.Path(c.Code), Code: packaging.Shown(c.Code)})
	}
	pages, err := labels.Pages()
	if err != nil {
		return nil, err
	}
	if err := file.write(s.Name, s.Created, pages); err != nil {
		return nil, err
	}
	return file, v.write(func(tx *db.Tx) error {
		return account.Record(tx, account.Entry{Actor: by, Action: "package_batch.printed", Target: "package:" + s.Batch.Batch, Count: int64(len(codes)), Request: by.Request})
	})
}

// write draws the pages: of a picture the first.
func (f *printed) write(title string, made time.Time, pages []paper.Page) error {
	if f.format == asSVG {
		return pages[0].SVG(&f.content)
	}
	err := paper.PDF(&f.content, title, made, pages)
	return fault.In("format", err)
}

// sheetNo is which of so many sheets is asked for.
func (v *visit) sheetNo(of int) (int, error) {
	text := v.r.URL.Query().Get("sheet")
	if text == "" {
		return 1, nil
	}
	no, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || no < 1 || no > of {
		return 0, fault.In("sheet", fault.Coded("no_sheet", fault.Invalidf("there are sheets 1 to %d, and no %.10q", of, text)))
	}
	return no, nil
}

// tongueOf is the language that a customer reads, or else the reader's.
func (v *visit) tongueOf(s *customer.Stored) *locale.Locale {
	if tag := strings.ToLower(s.Profile.Language); tag != "" {
		tag, _, _ = strings.Cut(tag, "-")
		if slices.Contains(locale.Tags(), tag) {
			return v.Locales[tag]
		}
	}
	return v.l
}

// insert gives the card that is laid into the package of a customer, by name and in their language.
func (v *visit) insert() error {
	return v.with(account.PersonalRead, func(by account.Actor, s *customer.Stored) error {
		if err := by.Require(account.PointsRead); err != nil {
			return err
		}
		format := v.r.PathValue("format")
		if format != asPDF && format != asSVG {
			return nothing(v)
		}
		card, err := v.card(s)
		if err != nil {
			return err
		}
		page, err := card.Page()
		if err != nil {
			return err
		}
		id := fact.PublicID(fact.CustomerPrefix, s.Customer)
		file := &printed{name: "insert-" + id, format: format}
		if err := file.write(card.Greeting, time.Now(), []paper.Page{page}); err != nil {
			return err
		}
		if err := v.write(func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: by, Action: "customer.insert_printed", Target: id, Count: 1, Request: by.Request})
		}); err != nil {
			return err
		}
		return v.handOut(file)
	})
}

// card is what stands on it. Where the programme has no referral, the code leads to the pages of members.
func (v *visit) card(s *customer.Stored) (*paper.Insert, error) {
	b, err := v.business()
	if err != nil {
		return nil, err
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return nil, err
	}
	l := v.tongueOf(s)
	public := strings.TrimSuffix(v.Public(), "/")
	card := &paper.Insert{Business: b.Name, Greeting: l.T("packages.insert.hello"), Thanks: l.T("packages.insert.thanks"), Link: public + "/my/", Brings: []string{l.T("packages.insert.pages")}}
	if name := strings.TrimSpace(cmp.Or(s.Profile.GivenName, s.Profile.FullName)); name != "" {
		card.Greeting = l.T("packages.insert.dear", name)
	}
	err = v.write(func(tx *db.Tx) error {
		card.Has = nil
		units, err := points.Units(tx)
		if err != nil {
			return err
		}
		for i := range units {
			if units[i].Kind != points.Spendable {
				continue
			}
			balance, err := points.BalanceOf(tx, s.Customer, units[i].Code, tx.Now)
			if err != nil {
				return err
			}
			if len(card.Has) < shownUnits && balance.Available > 0 {
				card.Has = append(card.Has, points.Amount(l, units[i].Code, balance.Available))
			}
		}
		c, err := facts.Programme().Book.Current(tx, facts.Business.Zone)
		if err != nil || c == nil || c.Document.Referral == nil {
			return err
		}
		if card.Code, err = referral.Code(tx, s.Customer); err != nil {
			return err
		}
		card.Link, card.Brings = public+referral.Path(card.Code), []string{l.T("packages.insert.brings")}
		if gives := bothGet(l, c, facts.Business.Currency, facts.Business.Digits()); gives != "" {
			card.Brings = append(card.Brings, gives)
		}
		return nil
	})
	if len(card.Has) == 0 {
		card.Thanks = l.T("packages.insert.thanks.none")
	}
	return card, err
}

// bothGet is what who brings a friend and who is brought get, where the programme gives both something.
func bothGet(l *locale.Locale, c *programme.Compiled, currency string, digits int) string {
	var you, them []string
	terms := c.Terms(l, currency, digits)
	for i := range c.Document.Rules {
		switch c.Document.Rules[i].On {
		case "referral":
			you = append(you, terms.Rules[i].Gives)
		case "referred":
			them = append(them, terms.Rules[i].Gives)
		}
	}
	if len(you) == 0 || len(them) == 0 {
		return ""
	}
	return l.T("packages.insert.gives", strings.Join(you, ", "), strings.Join(them, ", "))
}
