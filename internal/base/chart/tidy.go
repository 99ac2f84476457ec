package chart

import (
	"html"
	"regexp"
	"strconv"
	"strings"
)

// What ECharts writes for its own browser side, and what counts up from one drawing to the next.
var (
	styleBlock = regexp.MustCompile(`(?s)<style\s*>.*?</style>`)
	ownAttrs   = regexp.MustCompile(` (?:ecmeta_[a-z_]+|class|pointer-events|xml:space)="[^"]*"`)
	ownIDs     = regexp.MustCompile(`(id="|url\(#|href="#)zr\d+-`)
	background = regexp.MustCompile(`<rect [^>]*fill="none"></rect>`)
	openTag    = regexp.MustCompile(`^\s*<svg [^>]*>`)
	indents    = regexp.MustCompile(`>\s*\n\s*<`)
	inherited  = regexp.MustCompile(`font-family:inherit;?`)
	styled     = regexp.MustCompile(` style="((?:font-size|font-weight|font-style):[^":;]*;?)+"`)
)

// tidy makes the SVG that ECharts wrote fit to stand in a page: named, themed, the same each time.
func tidy(svg string, option Option, width, height int) string {
	svg = openTag.ReplaceAllString(svg, "")
	svg = styleBlock.ReplaceAllString(svg, "")
	svg = background.ReplaceAllString(svg, "")
	svg = inTags(svg, func(tag string) string {
		tag = ownAttrs.ReplaceAllString(tag, "")
		tag = inherited.ReplaceAllString(tag, "")
		tag = styled.ReplaceAllStringFunc(tag, attributes)
		tag = ownIDs.ReplaceAllString(tag, "${1}"+option.ID+"-")
		return themed(tag)
	})
	svg = indents.ReplaceAllString(strings.TrimSpace(svg), "><")
	return head(option, width, height) + svg
}

// attributes says a style as attributes, which a page may have whose policy allows no style within it.
func attributes(style string) string {
	var b strings.Builder
	for _, declaration := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(style, ` style="`), `"`), ";") {
		if name, value, found := strings.Cut(declaration, ":"); found {
			b.WriteString(" " + name + `="` + value + `"`)
		}
	}
	return b.String()
}

// inTags changes the tags of the SVG and leaves the text between them as it is: a label may look like anything.
// ECharts escapes < and > in texts, so a tag is all from one to the other.
func inTags(svg string, change func(string) string) string {
	var b strings.Builder
	b.Grow(len(svg))
	for {
		start := strings.IndexByte(svg, '<')
		if start < 0 {
			break
		}
		end := strings.IndexByte(svg[start:], '>')
		if end < 0 {
			break
		}
		b.WriteString(svg[:start])
		b.WriteString(change(svg[start : start+end+1]))
		svg = svg[start+end+1:]
	}
	b.WriteString(svg)
	return b.String()
}

// head is the opening of the SVG, with what it says to those who do not see it.
func head(option Option, width, height int) string {
	w, h := strconv.Itoa(width), strconv.Itoa(height)
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width="` + w + `" height="` + h +
		`" viewBox="0 0 ` + w + ` ` + h + `" aria-labelledby="` + option.ID + `-title`)
	if option.Summary != "" {
		b.WriteString(` ` + option.ID + `-desc`)
	}
	b.WriteString(`"><title id="` + option.ID + `-title">` + html.EscapeString(option.Title) + `</title>`)
	if option.Summary != "" {
		b.WriteString(`<desc id="` + option.ID + `-desc">` + html.EscapeString(option.Summary) + `</desc>`)
	}
	return b.String()
}
