package paper

// Labels are many of one kind, each with a code of its own, on sheets of A4: three beside each other and seven below, as
// label paper of 21 has them, or plain paper to be cut along the marks.
type Labels struct {
	Business string // whose they are
	Thanks   string // a sentence
	Gives    string // what the code gives
	Until    string // how long; empty: for ever
	Codes    []Label
}

// Label is one of them.
type Label struct {
	Link string // what its QR code leads to
	Code string // for who types it
}

// The sheet, in millimetres: A4, and the labels on it.
const (
	sheetWidth, sheetHeight = 210, 297
	labelWidth, labelHeight = 63.5, 38.1
	columns, rows           = 3, 7
	between                 = 2.5 // columns
	left, top               = 7.25, 15.15
	inside                  = 2.5 // between the edge of a label and what stands on it
	codeSide                = 28.0
	mark                    = 2.0 // a half of a cutting mark

	// PerSheet is how many labels a sheet has.
	PerSheet = columns * rows
)

// Sheets is how many sheets so many labels take.
func Sheets(labels int) int { return (labels + PerSheet - 1) / PerSheet }

// Pages lays the labels out.
func (l *Labels) Pages() ([]Page, error) {
	beside, err := l.beside()
	if err != nil {
		return nil, err
	}
	pages := make([]Page, Sheets(len(l.Codes)))
	for i := range pages {
		pages[i] = Page{Width: sheetWidth, Height: sheetHeight}
		some := l.Codes[i*PerSheet : min((i+1)*PerSheet, len(l.Codes))]
		for at := range some {
			x, y := left+float64(at%columns)*(labelWidth+between), top+float64(at/columns)*labelHeight
			pages[i].corners(x, y)
			if err := l.onto(&pages[i], x, y, &some[at], beside); err != nil {
				return nil, err
			}
		}
	}
	return pages, nil
}

// corners marks where a label is cut.
func (p *Page) corners(x, y float64) {
	for _, at := range [][2]float64{{x, y}, {x + labelWidth, y}, {x, y + labelHeight}, {x + labelWidth, y + labelHeight}} {
		p.lines = append(p.lines, line{at[0] - mark/2, at[1], at[0] + mark/2, at[1]}, line{at[0], at[1] - mark/2, at[0], at[1] + mark/2})
	}
}

// onto draws one label; beside is what stands beside every code.
func (l *Labels) onto(p *Page, x, y float64, label *Label, beside []text) error {
	// The white margin of the code reaches the edge.
	if err := p.qr(x+1, y+1, codeSide, label.Link); err != nil {
		return err
	}
	for _, t := range beside {
		t.x, t.y = t.x+x, t.y+y
		p.texts = append(p.texts, t)
	}
	_, err := p.put(x+1+codeSide/2, y+codeSide+0.2, codeSide, block{says: label.Code, size: 2.9, least: 2, most: 1, centred: true})
	return err
}

// beside lays out what stands beside every code, from the corner of a label on: once, because it is the same on all of them.
func (l *Labels) beside() ([]text, error) {
	const column, width = codeSide + 2, labelWidth - codeSide - 2 - inside
	var p Page
	var err error
	at := inside
	for _, b := range []block{
		{says: l.Business, size: 4.2, least: 2.6, most: 2, bold: true},
		{says: l.Thanks, size: 2.9, least: 2, most: 4},
		{says: l.Gives, size: 3.4, least: 2.2, most: 3, bold: true},
		{says: l.Until, size: 2.5, least: 1.9, most: 2},
	} {
		before := at
		if at, err = p.put(column, at, width, b); err != nil {
			return nil, err
		}
		if at > before {
			at += 0.9
		}
	}
	return p.texts, nil
}

// Insert is a card for one customer, of the size A6.
type Insert struct {
	Business string
	Greeting string   // by name
	Thanks   string   // a sentence
	Has      []string // what they have
	Brings   []string // what the code is for
	Link     string   // what the QR code leads to
	Code     string   // for who types it; empty: there is none
}

// The card, in millimetres.
const (
	cardWidth, cardHeight = 105, 148
	cardInside            = 9
	cardCode              = 54.0
)

// Page lays the card out.
func (i *Insert) Page() (Page, error) {
	p := Page{Width: cardWidth, Height: cardHeight}
	const middle, width = cardWidth / 2.0, cardWidth - 2.0*cardInside
	blocks := []block{{says: i.Business, size: 7, least: 4, most: 2, bold: true, centred: true}, {says: i.Greeting, size: 5, least: 3.4, most: 2, centred: true},
		{says: i.Thanks, size: 4.2, least: 2.8, most: 4, centred: true}}
	for _, has := range i.Has {
		blocks = append(blocks, block{says: has, size: 5, least: 3, most: 1, bold: true, centred: true})
	}
	at := float64(cardInside)
	var err error
	for _, b := range blocks {
		before := at
		if at, err = p.put(middle, at, width, b); err != nil {
			return p, err
		}
		if at > before {
			at += 2.2
		}
	}
	// The code stands at the bottom, with what it is for below it, so that cards of one business look alike.
	below := float64(cardHeight - cardInside - 22)
	if err := p.qr(middle-cardCode/2, below-cardCode, cardCode, i.Link); err != nil {
		return p, err
	}
	if at, err = p.put(middle, below-1, width, block{says: i.Code, size: 4, least: 3, most: 1, bold: true, centred: true}); err != nil {
		return p, err
	}
	for _, brings := range i.Brings {
		if at, err = p.put(middle, at+0.6, width, block{says: brings, size: 3.2, least: 2.2, most: 2, centred: true}); err != nil {
			return p, err
		}
	}
	return p, nil
}
