package paper

import (
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// thin is how wide cutting marks are.
const thin = 0.1

// SVG writes a page as a picture.
func (p *Page) SVG(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]smm" height="%[2]smm" viewBox="0 0 %[1]s %[2]s">`+"\n"+`<rect width="100%%" height="100%%" fill="#fff"/>`+"\n",
		number(p.Width), number(p.Height))
	if len(p.lines) > 0 {
		b.WriteString(`<path fill="none" stroke="#777" stroke-width="` + number(thin) + `" d="`)
		for _, l := range p.lines {
			fmt.Fprintf(&b, "M%s %sL%s %s", number(l.x1), number(l.y1), number(l.x2), number(l.y2))
		}
		b.WriteString("\"/>\n")
	}
	for _, c := range p.codes {
		// Modules are whole numbers within a picture of their own.
		fmt.Fprintf(&b, `<svg x="%s" y="%s" width="%[3]s" height="%[3]s" viewBox="0 0 %[4]d %[4]d" shape-rendering="crispEdges"><path d="`, number(c.x), number(c.y), number(c.side), c.modules)
		for _, r := range c.runs {
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", r.x, r.y, r.n, r.n)
		}
		b.WriteString("\"/></svg>\n")
	}
	b.WriteString(`<g font-family="Go, Noto Sans, Noto Sans CJK SC, Arial, sans-serif">` + "\n")
	for _, t := range p.texts {
		fmt.Fprintf(&b, `<text x="%s" y="%s" font-size="%s"`, number(t.x), number(t.y), number(t.size))
		if t.bold {
			b.WriteString(` font-weight="bold"`)
		}
		if t.centred {
			b.WriteString(` text-anchor="middle"`)
		}
		b.WriteString(">" + html.EscapeString(t.says) + "</text>\n")
	}
	b.WriteString("</g>\n</svg>\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write a picture: %w", err)
	}
	return nil
}

// number is a length without needless digits.
func number(mm float64) string {
	const digits = 3
	text := strconv.FormatFloat(mm, 'f', digits, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// PDF writes pages as one document. It is refused where the font lacks signs of theirs.
func PDF(w io.Writer, title string, made time.Time, pages []Page) error {
	if err := lacking(pages); err != nil {
		return err
	}
	f := fpdf.New("P", "mm", "A4", "")
	f.SetTitle(title, true)
	f.SetProducer("Regulars", true)
	f.SetCreationDate(made)
	f.SetModificationDate(made)
	f.SetCatalogSort(true)
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	f.AddUTF8FontFromBytes("Go", "", goregular.TTF)
	f.AddUTF8FontFromBytes("Go", "B", gobold.TTF)
	f.SetLineWidth(thin)
	for i := range pages {
		pages[i].onto(f)
	}
	if err := f.Output(w); err != nil {
		return fmt.Errorf("write a document: %w", err)
	}
	return nil
}

func (p *Page) onto(f *fpdf.Fpdf) {
	const grey = 0x77
	f.AddPageFormat("P", fpdf.SizeType{Wd: p.Width, Ht: p.Height})
	f.SetDrawColor(grey, grey, grey)
	f.SetFillColor(0, 0, 0)
	for _, l := range p.lines {
		f.Line(l.x1, l.y1, l.x2, l.y2)
	}
	for _, c := range p.codes {
		m := c.side / float64(c.modules)
		const over = 1.02 // so that no seam shows between rows
		for _, r := range c.runs {
			f.Rect(c.x+float64(r.x)*m, c.y+float64(r.y)*m, float64(r.n)*m, m*over, "F")
		}
	}
	for _, t := range p.texts {
		style := ""
		if t.bold {
			style = "B"
		}
		f.SetFont("Go", style, 0)
		f.SetFontUnitSize(t.size)
		x := t.x
		if t.centred {
			x -= f.GetStringWidth(t.says) / 2
		}
		f.Text(x, t.y, t.says)
	}
}
