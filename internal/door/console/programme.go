package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/act/programme/starter"
	"regulars/internal/base/account"
	"regulars/internal/base/chart"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/page"
	"regulars/internal/prove/replay"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
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
		shown := programmes{May: by.May(account.ProgrammeWrite)}
		var live programme.Version
		var all []programme.Version
		const atOnce = 50
		err = v.read(func(tx *db.Tx) (err error) {
			live, err = programme.InForce(tx)
			if shown.None = fault.KindOf(err) == fault.NotFound; err != nil && !shown.None {
				return err
			}
			all, err = programme.Versions(tx, 0, atOnce)
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
	return programme.Compile(d, p.Version, b.Zone)
}

// proposal is the page on which a first programme is chosen.
func (v *visit) showNewProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(account.Actor) error {
		q := v.r.URL.Query()
		kind, goal := starter.Kind(q.Get("kind")), starter.Goal(q.Get("goal"))
		if !slices.Contains(starter.Kinds(), kind) || !slices.Contains(starter.Goals(), goal) {
			return v.chooseStarter()
		}
		b, err := v.business()
		if err != nil {
			return err
		}
		c := starter.Suggest(kind, goal, v.usualOrder(), b.Digits())
		c.Name = b.Name
		return v.shapeStarter(&c, b, nil)
	})
}

// usualOrder is what an order usually comes to, as the picture was last drawn; 0: nobody knows.
func (v *visit) usualOrder() int64 {
	last := v.picture.latest(v.ctx)
	if last.Picture == nil {
		return 0
	}
	for i := range last.Measures {
		if m := &last.Measures[i]; m.Key == "average_order_value" && m.Value != nil {
			return int64(math.Round(*m.Value))
		}
	}
	return 0
}

// starters is the choice of what kind of business it is, and what the programme is for.
type starters struct{ Kinds, Goals []kindChoice }

type kindChoice struct {
	Value, Name, Says string
	Chosen            bool
}

func (v *visit) chooseStarter() error {
	var s starters
	for i, k := range starter.Kinds() {
		s.Kinds = append(s.Kinds, kindChoice{string(k), v.l.T("programmes.kind." + string(k)), v.l.T("programmes.kind." + string(k) + ".says"), i == 0})
	}
	for i, g := range starter.Goals() {
		s.Goals = append(s.Goals, kindChoice{string(g), v.l.T("programmes.goal." + string(g)),
			v.l.T("programmes.goal.measure", v.l.T("measure."+g.Measure()+".name")), i == 0})
	}
	return v.show(http.StatusOK, "starters", sheet{Title: v.l.T("programmes.new"), Lead: v.l.T("programmes.new.says"), Content: s})
}

// shapeStarter is the form on which what was proposed is made one's own.
func (v *visit) shapeStarter(c *starter.Choices, b business.Business, wrong error) error {
	number := func(name, help string, value int64) field {
		return field{Name: name, Label: v.l.T("programmes.field." + name), Help: help, Value: strconv.FormatInt(value, 10), Mode: "numeric"}
	}
	amount := func(name, help string, minor int64) field {
		return field{Name: name, Label: v.l.T("programmes.field."+name, b.Currency), Help: help, Value: plainAmount(minor, b.Digits()), Mode: "decimal"}
	}
	earn := []field{
		{Name: "name", Label: v.l.T("programmes.field.name"), Value: c.Name},
		{Name: "back", Label: v.l.T("programmes.field.back"), Help: v.l.T("programmes.field.back.help"), Value: strconv.FormatFloat(c.Back, 'f', -1, 64), Mode: "decimal"},
		number("months", v.l.T("programmes.field.months.help"), int64(c.Months)),
		amount("off", v.l.T("programmes.field.off.help"), c.Off),
	}
	serve := []field{number("extra", v.l.T("programmes.field.extra."+string(c.Goal)), c.Extra)}
	switch c.Goal {
	case starter.Baskets:
		serve = append(serve, amount("basket", v.l.T("programmes.field.basket.help"), c.Basket))
	case starter.WinBack:
		serve = append(serve, number("away", "", int64(c.Away)))
	default:
	}
	card := []field{number("card", v.l.T("programmes.field.card.help"), c.Card), {Name: "of", Label: v.l.T("programmes.field.of"), Help: v.l.T("programmes.field.of.help"), Value: c.Of, Optional: true}}
	more := []field{amount("second", v.l.T("programmes.field.second.help"), c.Second), amount("third", "", c.Third), number("birthday", "", c.Birthday)}
	return v.ask(v.l.T("programmes.new"), v.l.T("programmes.shape.says", v.l.T("programmes.goal."+string(c.Goal)), v.l.T("measure."+c.Goal.Measure()+".name")),
		form{Action: "/programme/new?kind=" + string(c.Kind) + "&goal=" + string(c.Goal), Button: v.l.T("programmes.shape.button"), Link: v.l.T("programmes.other"), To: "/programme/new", Groups: []group{
			{Legend: v.l.T("programmes.group.earn"), Fields: earn}, {Legend: v.l.T("programmes.goal." + string(c.Goal)), Fields: serve},
			{Legend: v.l.T("programmes.group.card"), Fields: card}, {Legend: v.l.T("programmes.group.more"), Fields: more},
		}}, wrong)
}

// plainAmount is an amount as one types it.
func plainAmount(minor int64, digits int) string {
	return strconv.FormatFloat(float64(minor)/math.Pow10(digits), 'f', digits, 64)
}

// typedNumber reads a number that was typed, with a comma or a point.
func (v *visit) typedNumber(name string) (float64, error) {
	text := strings.ReplaceAll(strings.TrimSpace(v.typed(name)), ",", ".")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, fault.In(name, fault.Coded("no_number", fault.Invalidf("%.60q is no number", v.typed(name))))
	}
	return n, nil
}

func (v *visit) newProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		q := v.r.URL.Query()
		c := starter.Choices{Kind: starter.Kind(q.Get("kind")), Goal: starter.Goal(q.Get("goal")), Name: v.typed("name"), Of: v.typed("of"), Basket: 1, Away: 1}
		if !slices.Contains(starter.Kinds(), c.Kind) || !slices.Contains(starter.Goals(), c.Goal) {
			return v.chooseStarter()
		}
		b, err := v.business()
		if err != nil {
			return err
		}
		if err := v.chosenShape(&c, b.Digits()); err != nil {
			return v.shapeStarter(&c, b, err)
		}
		d, err := c.Document(v.l, b.Currency, b.Digits())
		if err != nil {
			return v.shapeStarter(&c, b, err)
		}
		text, err := typeset(d)
		if err != nil {
			return err
		}
		return v.draft(by, b, text, v.l.T("programmes.goal."+string(c.Goal)))
	})
}

// chosenShape reads what was typed on the form.
func (v *visit) chosenShape(c *starter.Choices, digits int) error {
	const whole, minor, any = 1, 2, 3
	for _, one := range []struct {
		name string
		kind int
		to   func(n float64)
	}{
		{"back", any, func(n float64) { c.Back = n }},
		{"months", whole, func(n float64) { c.Months = int(n) }},
		{"off", minor, func(n float64) { c.Off = int64(n) }},
		{"extra", whole, func(n float64) { c.Extra = int64(n) }},
		{"basket", minor, func(n float64) { c.Basket = int64(n) }},
		{"away", whole, func(n float64) { c.Away = int(n) }},
		{"card", whole, func(n float64) { c.Card = int64(n) }},
		{"second", minor, func(n float64) { c.Second = int64(n) }},
		{"third", minor, func(n float64) { c.Third = int64(n) }},
		{"birthday", whole, func(n float64) { c.Birthday = int64(n) }},
	} {
		if !v.r.PostForm.Has(one.name) {
			continue // the form of this goal has none
		}
		n, err := v.typedNumber(one.name)
		if err != nil {
			return err
		}
		const most = 1e12
		n = min(max(n, -most), most)
		switch {
		case one.kind == minor:
			n = math.Round(n * math.Pow10(digits))
		case one.kind == whole && n != math.Trunc(n):
			return fault.In(one.name, fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", v.typed(one.name))))
		}
		one.to(n)
	}
	return nil
}

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
	Terms      programme.Terms
	Findings   []shownFinding
	Worst      string
	Tiers      []choice
	Amount     string
	Example    []string
	Rehearsal  *shownRehearsal
	Changes    []programme.Difference
	Document   string
	Edited     bool // what is in the editor was not kept
}

type shownFinding struct{ Severity, Kind, Words, Where string }

// shownRehearsal is what a version would have done.
type shownRehearsal struct {
	Sentences []string
	Tables    []template.HTML
	Charts    []drawn
}

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
	var p, live programme.Version
	if err := v.read(func(tx *db.Tx) (err error) {
		if p, err = programme.Load(tx, n); err != nil {
			return err
		}
		live, err = programme.InForce(tx)
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return err
	}); err != nil {
		return err
	}
	c, err := v.compiled(&p, b)
	if err != nil {
		return err
	}
	shown := oneVersion{shownVersion: v.shownVersion(&p, b), Draft: p.State != programme.Published, May: by.May(account.ProgrammeWrite), Terms: c.Terms(v.l, b.Currency, b.Digits()),
		Document: indented(p.Document)}
	if live.Version != 0 && live.Version != p.Version {
		if shown.Changes, err = programme.Diff(live.Document, p.Document); err != nil {
			return err
		}
	}
	o := replay.Options{Zone: b.Zone, Digits: b.Digits(), Today: time.Now().In(b.Zone)}
	lint := replay.Check(c.Document, nil, &o, o.Today)
	if shown.May && v.r.URL.Query().Has("rehearse") {
		if shown.Rehearsal, lint, err = v.rehearse(c, &live, b, o); err != nil {
			return err
		}
	}
	lint.Say(v.l)
	for i := range lint.Findings {
		f := &lint.Findings[i]
		shown.Findings = append(shown.Findings, shownFinding{string(f.Severity), v.l.T("lint." + string(f.Severity)), f.Words, f.Where})
	}
	if share := lint.Worst.ShareOfRevenue; share > 0 {
		shown.Worst = v.l.T("programmes.worst", v.l.Percent(100*share, 1))
	}
	v.example(&shown, c, b)
	s := sheet{Title: c.Document.Name, Lead: v.l.T("programmes.version", v.l.Integer(p.Version)), Content: &shown}
	status := http.StatusOK
	if wrong != nil {
		status, shown.Document, shown.Edited = v.status(wrong), typed, true
		s.Problems = []problem{{Field: "document", Text: v.say(wrong)}}
	}
	return v.show(status, "version", s)
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

// example says what an order of an amount would give, to whom it is asked for.
func (v *visit) example(shown *oneVersion, c *programme.Compiled, b business.Business) {
	q := v.r.URL.Query()
	minor := max(v.usualOrder(), 0)
	if minor == 0 {
		const usual = 40
		minor = int64(usual * math.Pow10(b.Digits()))
	}
	if n, err := strconv.ParseFloat(strings.ReplaceAll(q.Get("amount"), ",", "."), 64); err == nil && n > 0 && n < 1e9 {
		minor = int64(math.Round(n * math.Pow10(b.Digits())))
	}
	shown.Amount = plainAmount(minor, b.Digits())
	known := programme.Known{Orders: 1, SpendMinor: minor, Member: true}
	if t := c.Document.Tiers; t != nil {
		for _, level := range t.Levels {
			chosen := level.Tier == q.Get("tier") || !q.Has("tier") && level.Tier == t.Levels[0].Tier
			shown.Tiers = append(shown.Tiers, choice{level.Tier, level.Name, chosen})
			if chosen {
				known.Tier, known.Factor = level.Tier, level.Factor
			}
		}
	}
	sale := programme.Sale{Placed: fact.At(time.Now(), b.Zone), Lines: []programme.SaleLine{{Quantity: 1, AmountMinor: minor}}}
	results := c.Evaluate(programme.OnOrder, &sale, &known, b.Digits(), func(*programme.Rule) programme.Allowance { return programme.Free() })
	shown.Example = programme.Words(v.l, programme.Cashier, b.Currency, results)
}

// rehearse runs a version over the orders of before, beside the one in force.
func (v *visit) rehearse(c *programme.Compiled, live *programme.Version, b business.Business, o replay.Options) (*shownRehearsal, replay.Lint, error) {
	var present *programme.Compiled
	if live.Version != 0 && live.Version != c.Version {
		var err error
		if present, err = v.compiled(live, b); err != nil {
			return nil, replay.Lint{}, err
		}
	}
	if !v.rehearsing.TryLock() { // it takes a processor for itself
		return nil, replay.Lint{}, fault.Coded("rehearsing", fault.Unavailablef("somebody else is rehearsing a programme"))
	}
	defer v.rehearsing.Unlock()
	o.ValueMinor, o.From = replay.Worth(c.Document), o.Today.AddDate(-2, 0, 0)
	out, err := replay.Run(v.ctx, v.Store, c, present, o)
	if err != nil {
		return nil, replay.Lint{}, err
	}
	shown := &shownRehearsal{}
	if out.Orders == 0 {
		shown.Sentences = []string{v.l.T("replay.nothing")}
		return shown, out.Lint, nil
	}
	from, _ := time.Parse(time.DateOnly, out.First)
	to, _ := time.Parse(time.DateOnly, out.Last)
	d := &out.Draft
	shown.Sentences = append(shown.Sentences, v.l.T("replay.title", v.l.Integer(out.Orders), v.l.Integer(out.Customers), v.l.Date(from), v.l.Date(to)),
		v.l.T("replay.cost", v.l.Money(d.CostMinor, b.Currency), v.l.Percent(100*d.CostShare, 2)), v.l.T("replay.customers", v.l.Integer(d.Customers)))
	if d.Any != nil && d.Any.MedianDays != nil {
		shown.Sentences = append(shown.Sentences, v.l.T("programmes.soon", v.l.Number(*d.Any.MedianDays, 0)))
	}
	if x := out.Compared; x != nil {
		shown.Sentences = append(shown.Sentences, v.l.T("replay.compared", v.l.Integer(x.Winners), v.l.Integer(x.Losers), v.l.Integer(x.Same), v.l.Money(x.MostLostMinor, b.Currency)))
	}
	if shown.Tables, err = v.rehearsed(d, b); err != nil {
		return nil, out.Lint, err
	}
	shown.Charts = v.costChart(d, b)
	return shown, out.Lint, nil
}

// rehearsed is what the rules gave, and who stood in which tier.
func (v *visit) rehearsed(d *replay.Side, b business.Business) (all []template.HTML, err error) {
	rules := &page.Table{ID: "rehearsed-rules", Caption: v.l.T("programmes.table.rules"), Columns: []page.Column{page.WordColumn(v.l.T("programmes.table.rule")),
		page.NumberColumn(v.l.T("programmes.table.orders")), page.NumberColumn(v.l.T("programmes.table.units")), page.NumberColumn(v.l.T("programmes.table.off"))}}
	for i := range d.Rules {
		r := &d.Rules[i]
		units, off := "–", "–"
		if r.Units > 0 {
			units = v.l.Integer(r.Units) + " " + r.Unit
		}
		if r.DiscountMinor > 0 {
			off = v.l.Money(r.DiscountMinor, b.Currency)
		}
		rules.Add(page.WordCell(r.Name), page.NumberCell(v.l.Integer(r.Orders)), page.NumberCell(units), page.NumberCell(off))
	}
	tables := []*page.Table{rules}
	if len(d.Tiers) > 0 {
		tiers := &page.Table{ID: "rehearsed-tiers", Caption: v.l.T("programmes.table.tiers"), Columns: []page.Column{page.WordColumn(v.l.T("programmes.table.tier")),
			page.NumberColumn(v.l.T("programmes.table.customers")), page.NumberColumn(v.l.T("programmes.table.rose"))}}
		for _, t := range d.Tiers {
			tiers.Add(page.WordCell(t.Name), page.NumberCell(v.l.Integer(t.Customers)), page.NumberCell(v.l.Integer(t.Rose)))
		}
		tables = append(tables, tiers)
	}
	for _, t := range tables {
		text, err := v.written(t)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// costChart draws what the version would have cost, month by month; the newest two years.
func (v *visit) costChart(d *replay.Side, b business.Business) []drawn {
	if v.Charts == nil {
		return nil
	}
	const months, width = 24, 640
	last := d.Months[max(0, len(d.Months)-months):]
	c := chart.Bars{About: chart.About{ID: "cost-chart", Title: v.l.T("programmes.chart.cost")}}
	most := 1.0
	for _, m := range last {
		at, err := time.Parse("2006-01", m.Month)
		if err != nil {
			continue
		}
		c.Bars = append(c.Bars, chart.Bar{Name: v.l.MonthShort(at), Value: float64(m.CostMinor), Low: math.NaN(), High: math.NaN(), Label: v.l.MoneyShort(m.CostMinor, b.Currency)})
		most = max(most, float64(m.CostMinor))
	}
	for _, at := range chart.Ticks(0, most, 5) {
		c.Ticks = append(c.Ticks, chart.Tick{Value: at, Label: v.l.MoneyShort(int64(at), b.Currency)})
	}
	if len(c.Bars) == 0 {
		return nil
	}
	svg, err := v.Charts.SVG(v.ctx, c, width, c.Height())
	if err != nil {
		return nil // the tables say what matters
	}
	return []drawn{{c.ID, c.Title, c.Summary, template.HTML(svg)}} //nolint:gosec // the renderer escapes texts
}

// edit keeps a document that was typed as a new draft.
func (v *visit) editProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		typed := v.typed("document")
		err = v.draft(by, b, []byte(typed), v.typed("note"))
		if err != nil && fault.KindOf(err) == fault.Invalid {
			return v.version(by, typed, err)
		}
		return err
	})
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
		if err := v.write(func(tx *db.Tx) error {
			p, err := facts.Programme().Publish(tx, n, by.ID, facts.Business.Zone)
			if err != nil {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "programme.published", Target: "programme:" + strconv.FormatInt(p.Version, 10), Count: 1, Request: by.Request})
		}); err != nil {
			return err
		}
		return v.leave("/programme")
	})
}
