package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/vector"

	"regulars/internal/base/channel"
	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// letterView is what a letter shows.
type letterView struct {
	Lang     string
	Business string
	Days     string // the window
	Opening  openingView
	Tiles    []letterTile
	Whole    string // the address of the whole picture
	Settings string // where letters are chosen
}

type letterTile struct {
	tileView

	Picture string // name; empty: there is no trend to draw
}

// Letter is the picture at a glance as a letter: text, and a page with the trends as pictures. whole is the address of the
// whole picture, settings where one chooses what to get. To is left to whoever sends it.
func Letter(p *Picture, l *locale.Locale, business, whole, settings string) (m channel.Mail, err error) {
	b := newHTMLBuilder(p, l)
	v := b.page(false)
	if business == "" {
		business = "Regulars"
	}
	shown := letterView{Lang: l.Tag(), Business: business, Days: b.window(p.Window), Opening: v.Opening, Whole: whole, Settings: settings}
	text := []string{v.Opening.Headline}
	for _, c := range v.Opening.Changes {
		var items []string
		for _, i := range c.Items {
			item := i.Name
			if i.By != "" {
				item += " (" + i.By + ")"
			}
			items = append(items, item)
		}
		text = append(text, c.Label+": "+strings.Join(items, c.Separator))
	}
	var figures []string
	for _, t := range v.Tiles {
		one := letterTile{tileView: t}
		if points := full(b.byKey[t.Key].Series); len(points) > 2 {
			picture, err := trendPicture(points)
			if err != nil {
				return m, err
			}
			one.Picture = t.Key + ".png"
			m.Pictures = append(m.Pictures, channel.Picture{Name: one.Picture, PNG: picture})
		}
		shown.Tiles = append(shown.Tiles, one)
		line := t.Name + ": " + t.Value
		if t.Interval != "" {
			line += " (" + t.Interval + ")"
		}
		if t.Change != nil {
			line += " — " + strings.TrimSpace(t.Change.Verdict+" "+t.Change.Text)
		}
		figures = append(figures, line)
	}
	text = append(text, strings.Join(figures, "\n"), b.l.T("letters.whole")+"\n"+whole, b.l.T("letters.choose")+"\n"+settings)
	m.Text = strings.Join(text, "\n\n") + "\n"
	m.Subject = oneLine(b.l.T("letters.subject", business, v.Opening.Headline))
	t, err := template.New("letter").Funcs(template.FuncMap{"T": l.T, "token": token}).ParseFS(htmlFiles, "html/letter.gohtml")
	if err != nil {
		return m, err //nolint:wrapcheck // the file is ours
	}
	var out bytes.Buffer
	err = t.ExecuteTemplate(&out, "letter", shown)
	m.HTML = out.String()
	return m, err //nolint:wrapcheck // the template is ours
}

// token is a value of the style sheet, which letters have to say where it stands.
func token(name string) template.CSS { return template.CSS(page.Token(name)) } //nolint:gosec // our own file

func oneLine(text string) string {
	const longest = 180
	text = strings.Join(strings.Fields(text), " ")
	if signs := []rune(text); len(signs) > longest {
		return string(signs[:longest-1]) + "…"
	}
	return text
}

// The size of a trend in a letter; it is drawn twice as large, for sharp screens.
const (
	trendWidth  = 224
	trendHeight = 64
	trendMargin = 6
	trendStroke = 3
)

// trendPicture draws a trend and the band of its intervals. Names and numbers stand beside it as text: a picture has no
// language.
func trendPicture(points []metric.Point) ([]byte, error) {
	values, low, high := columnsOf(points)
	least, most := span(values, low, high)
	x := func(i int) float32 {
		return trendMargin + float32(i)*(trendWidth-2*trendMargin)/float32(max(len(points)-1, 1))
	}
	y := func(v float64) float32 {
		if most == least {
			return trendHeight / 2
		}
		return trendMargin + float32((most-v)/(most-least))*(trendHeight-2*trendMargin)
	}
	picture := image.NewRGBA(image.Rect(0, 0, trendWidth, trendHeight))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(colour("panel")), image.Point{}, draw.Src)
	band := vector.NewRasterizer(trendWidth, trendHeight)
	line := vector.NewRasterizer(trendWidth, trendHeight)
	for i := 1; i < len(points); i++ {
		if len(low) > i && !math.IsNaN(low[i-1]+high[i-1]+low[i]+high[i]) {
			band.MoveTo(x(i-1), y(high[i-1]))
			band.LineTo(x(i), y(high[i]))
			band.LineTo(x(i), y(low[i]))
			band.LineTo(x(i-1), y(low[i-1]))
			band.ClosePath()
		}
		if !math.IsNaN(values[i-1] + values[i]) {
			stroke(line, x(i-1), y(values[i-1]), x(i), y(values[i]))
		}
	}
	band.Draw(picture, picture.Bounds(), image.NewUniform(colour("chart-band")), image.Point{})
	line.Draw(picture, picture.Bounds(), image.NewUniform(colour("accent")), image.Point{})
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("draw a trend: %w", err)
	}
	return out.Bytes(), nil
}

// stroke is a line as thick as a stroke: a rectangle along it.
func stroke(r *vector.Rasterizer, x0, y0, x1, y1 float32) {
	dx, dy := x1-x0, y1-y0
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length == 0 {
		return
	}
	nx, ny := -dy/length*trendStroke/2, dx/length*trendStroke/2
	r.MoveTo(x0+nx, y0+ny)
	r.LineTo(x1+nx, y1+ny)
	r.LineTo(x1-nx, y1-ny)
	r.LineTo(x0-nx, y0-ny)
	r.ClosePath()
}

// colour is a token as a colour.
func colour(name string) color.RGBA {
	n, err := strconv.ParseUint(strings.TrimPrefix(page.Token(name), "#"), 16, 32)
	if err != nil {
		return color.RGBA{A: 255}
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255} //nolint:gosec // a byte each
}
