package importer

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"regulars/internal/base/fault"
	"regulars/internal/record/importer/parse"
)

// Inspect finds out how a file is to be read. It reads the head of the file, and all of it once where the head
// leaves the order of day and month or the decimal mark open. Its errors are faults with a sentence for a person.
func Inspect(ctx context.Context, path string, opts Options) (_ *Plan, err error) {
	opts.Currency = strings.ToUpper(opts.Currency)
	src, err := open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	p := &Plan{Path: path, Format: string(src.kind), Compression: src.compression, Notes: src.notes}
	p.layout.source = src.kind
	s, err := readSample(src, p, opts.Encoding)
	if err != nil {
		return nil, err
	}
	titles := s.findHeader()
	p.layout.own = s.header && isOwnHeader(titles) && strings.HasSuffix(path, RejectedSuffix)
	columns, err := s.profiles(ctx, titles)
	if err != nil {
		return nil, err
	}
	if err := p.settle(opts, s, titles, columns); err != nil {
		return nil, err
	}
	if err := p.decideOpen(ctx, s, columns, opts); err != nil {
		return nil, err
	}
	p.describe(s, columns, opts)
	return p, nil
}

// settle finds the kind of file and the roles of its columns.
func (p *Plan) settle(opts Options, s *sample, titles []string, columns []*profile) error {
	mapped, err := parseMap(p.Path, opts, titles)
	if err != nil {
		return err
	}
	named := columns
	if p.layout.own {
		named = withoutOwn(columns)
	}
	m, err := kindOf(opts, named, mapped)
	if err != nil {
		return err
	}
	for _, role := range sortedRoles(mapped.fixed) {
		if m.kind.hasRole(role) {
			continue
		}
		if !opts.MapLoosely {
			return fault.Invalidf("--map %s=%s: %s holds %s, which have no %s; it can be told with --kind", role, opts.Map[role], p.Path, m.kind, role)
		}
		mapped.skipped = append(mapped.skipped, role)
	}
	if m.kind != Orders {
		mapped.product = nil
	}
	empty := m.dropEmpty(s)
	m.fill(s, mapped.product, mapped.barred)
	for _, g := range m.keepEmpty(empty, mapped.product) {
		p.note(NoteEmptyColumn, titles[g.column])
	}
	if m.kind == Orders {
		if len(mapped.product) > 0 {
			m.drop(roleAmount)
		} else if c := m.dropOrderTotal(s); c >= 0 {
			p.note(NoteOrderTotal, titles[c])
		} else if c := m.repeatsTotal(s); c >= 0 {
			p.layout.roles.once = true
			p.note(NoteOrderOnce, titles[c])
		}
	}
	if role, what := m.required(mapped.product); role != "" {
		return fault.Invalidf("%s: no column looks like %s of %s; its columns are %s. Say which one it is with --map %s=COLUMN",
			p.Path, what, m.kind, listColumns(titles), role)
	}
	p.Kind, p.Unmapped, p.Header = m.kind, mapped.skipped, s.header
	p.Delimiter = string(rune(p.layout.cut.Delimiter))
	p.Sample = s.shown()
	p.layout.cut.Width = s.width
	p.layout.skip = s.titles
	if s.header {
		p.layout.skip++
	}
	p.setRoles(m, mapped, titles)
	p.layout.roles.logged = m.logsReturns(s)
	return nil
}

// setRoles writes down what each column is.
func (p *Plan) setRoles(m *matching, mapped *mapping, titles []string) {
	roles := &p.layout.roles
	roles.column = map[string]int{}
	for role, g := range m.found {
		roles.column[role] = g.column
	}
	if p.Kind == Answers {
		roles.scores = m.scoreColumns()
	}
	if p.Kind == Orders {
		switch q, price := roles.at(roleQuantity), roles.at(rolePrice); {
		case len(mapped.product) > 0:
			roles.product = mapped.product
		case roles.at(roleAmount) >= 0:
		case q >= 0:
			roles.product = []int{q, price}
		default:
			roles.product = []int{price}
		}
	}
	p.Columns = make([]Column, len(titles))
	for c, title := range titles {
		col := Column{Name: title, Role: roleAttribute}
		for role, g := range m.found {
			if g.column == c {
				col.Role, col.Guess = role, g.why
			}
		}
		switch {
		case col.Role != roleAttribute:
		case m.taken[c] == roleScore:
			col.Role, col.Guess = roleScore, byName
		case contains(mapped.product, c):
			col.Role, col.Guess = roleAmount, byMap
		case p.layout.own && c < 2, m.columns[min(c, len(m.columns)-1)].filled == 0 && !p.Header, p.Kind == Costs, p.Kind == Products:
			col.Role = roleIgnored
		default:
			roles.others = append(roles.others, c)
			p.Attributes = append(p.Attributes, title)
		}
		p.Columns[c] = col
	}
}

// describe says in words what was decided, and what must be said aloud.
func (p *Plan) describe(s *sample, columns []*profile, opts Options) {
	roles := &p.layout.roles
	p.layout.columns = make([]columnStyle, len(columns))
	mark := p.decimalMark(columns)
	for c, col := range columns {
		own, certain := col.numbers.Decided()
		if own == 0 && (!certain || contains(p.moneyColumns(), c)) {
			own = mark // as the other money of the file is written
		}
		if own == 0 && mark == 0 && strings.Contains(col.numbers.Example, ".") && p.isGrouped(c, columns, s, opts) {
			own, p.DecimalMark = ',', ","
		}
		order, _ := col.dates.Decided()
		p.layout.columns[c] = columnStyle{
			number: parse.NumberStyle{Decimal: own},
			date:   parse.DateStyle{Order: order, Serial: col.serial(), Months: p.Kind == Costs},
			point0: col.pointZeroIDs(),
			digits: col.plainIDs(),
		}
	}
	if mark != 0 {
		p.DecimalMark = string(rune(mark))
	} else if p.DecimalMark == "" {
		p.DecimalMark = "."
	}
	if c := roles.at(roleDate); c >= 0 {
		p.DateLayout = dateLayout(columns[c], p.layout.columns[c].date, roles.at(roleTime) >= 0)
	}
	if o := roles.at(roleOrder); p.Kind == Orders && o >= 0 {
		p.Lines = columns[o].repeats()
	}
	p.findCurrency(s, columns, opts)
	p.noteIDs(columns)
	p.noteKind(columns)
	if len(s.data()) == 0 {
		p.note(NoteNoRows)
	}
}

// moneyColumns are the columns whose decimal mark counts most.
func (p *Plan) moneyColumns() []int {
	var out []int
	for _, role := range []string{roleAmount, rolePrice, roleCost, roleScore, roleQuantity} {
		if c := p.layout.roles.at(role); c >= 0 {
			out = append(out, c)
		}
	}
	return append(out, p.layout.roles.product...)
}

// decimalMark is the mark that the money, else any number of the file, is written with; 0: none is.
func (p *Plan) decimalMark(columns []*profile) byte {
	for _, c := range p.moneyColumns() {
		if mark, certain := columns[c].numbers.Decided(); certain && mark != 0 {
			return mark
		}
	}
	return 0
}

// noteIDs says which ids are read otherwise than they are written.
func (p *Plan) noteIDs(columns []*profile) {
	for _, role := range []string{roleCustomer, roleOrder, roleProduct} {
		c := p.layout.roles.at(role)
		if c >= 0 && p.layout.columns[c].point0 {
			p.note(NotePointZero, columns[c].title, columns[c].example, string(withoutPoint0([]byte(columns[c].example))))
		}
	}
}

// noteKind says what may surprise about the kind of file.
func (p *Plan) noteKind(columns []*profile) {
	if hasSummary(columns) {
		switch p.Kind {
		case Orders:
			p.note(NoteSummaryOrders, Path(filepath.Base(p.Path)))
		case Customers:
			p.note(NoteSummary, Path(filepath.Base(p.Path)))
		case Answers, Costs, Products:
		}
	}
	if p.Kind == Answers && p.layout.roles.at(roleKind) < 0 {
		scores := p.layout.roles.scores
		for i := range scores {
			if scores[i].kind != "" {
				continue
			}
			scores[i].kind = "nps"
			n := &columns[scores[i].column].numbers
			if n.Max <= 5 && n.Numbers > 0 {
				scores[i].kind = "csat"
			}
			p.note(NoteAsked, columns[scores[i].column].title, strings.ToUpper(scores[i].kind), n.Max)
		}
	}
}

func contains(list []int, c int) bool {
	for _, v := range list {
		if v == c {
			return true
		}
	}
	return false
}

func sortedRoles(m map[string]guess) []string {
	var out []string
	for _, role := range allRoles() {
		if _, ok := m[role]; ok {
			out = append(out, role)
		}
	}
	return out
}

// withoutOwn hides the line number and the reason in a file of rejected rows that is read again.
func withoutOwn(columns []*profile) []*profile {
	out := append([]*profile(nil), columns...)
	for c := range 2 {
		hidden := *columns[c]
		hidden.name, hidden.filled = columnName{}, 0
		out[c] = &hidden
	}
	return out
}
