package report

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"regulars/internal/base/locale"
)

// Every kind of picture in every language is a page that keeps the rules below; charts are drawn in one language, for
// they hold the same texts as their tables.
func TestEveryPageKeepsTheRules(t *testing.T) {
	t.Parallel()
	for name := range pictures() {
		for _, tag := range locale.Tags() {
			t.Run(name+"."+tag, func(t *testing.T) {
				t.Parallel()
				r := charts(t)
				if tag != "en" {
					r = nil
				}
				page := htmlPage(t, name, tag, r)
				root := tree(t, page)
				checkBalance(t, page)
				checkSelfContained(t, root)
				checkStructure(t, root, tag)
				checkReferences(t, root)
				checkTables(t, root)
				if missing := regexp.MustCompile(`⟦[^⟧]*⟧`).FindAllString(string(page), 5); missing != nil {
					t.Errorf("texts are missing: %v", missing)
				}
				for _, never := range []string{"%!", "NaN", "<nil>", "ZgotmplZ", "map["} {
					if strings.Contains(textOf(root), never) {
						t.Errorf("%q is on the page", never)
					}
				}
			})
		}
	}
}

// checkBalance reads the page as tokens: whatever opens is closed, in order. A browser would mend it in silence.
func checkBalance(t *testing.T, page []byte) {
	t.Helper()
	void := []string{"meta", "link", "br", "img", "hr", "input", "!doctype"}
	var open []string
	z := html.NewTokenizer(bytes.NewReader(page))
	for z.Next() != html.ErrorToken {
		switch token := z.Token(); token.Type {
		case html.StartTagToken:
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Errorf("</%s> closes nothing; open are %v", token.Data, open)
				return
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("never closed: %v", open)
	}
}

// checkSelfContained: no script, and nothing that makes a browser ask anybody for anything.
func checkSelfContained(t *testing.T, root *html.Node) {
	t.Helper()
	for _, n := range elements(root) {
		switch n.DataAtom {
		case atom.Script, atom.Iframe, atom.Object, atom.Embed, atom.Img, atom.Form, atom.Base, atom.Video, atom.Audio:
			t.Errorf("<%s> is on the page", n.Data)
		case atom.Style:
			if css := textOf(n); strings.Contains(css, "url(") || strings.Contains(css, "@import") {
				t.Error("the style sheet fetches something")
			}
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s> would run a script", n.Data, a.Key)
			case (a.Key == "href" || a.Key == "src" || a.Key == "xlink:href") && !strings.HasPrefix(a.Val, "#") && a.Val != "data:,":
				t.Errorf("<%s %s=%q> leads out of the page", n.Data, a.Key, a.Val)
			case a.Key == "style" && strings.Contains(a.Val, "url("):
				t.Errorf("<%s style=%q> fetches something", n.Data, a.Val)
			}
		}
	}
}

// checkStructure: language, title, landmarks, and headings that go down one level at a time.
func checkStructure(t *testing.T, root *html.Node, tag string) {
	t.Helper()
	count := map[string]int{}
	level := 0
	for _, n := range elements(root) {
		if n.Namespace == "" { // a chart has a title too
			count[n.Data]++
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			next := int(n.Data[1] - '0')
			if next > level+1 {
				t.Errorf("after a heading of level %d comes one of level %d: %s", level, next, textOf(n))
			}
			if strings.TrimSpace(textOf(n)) == "" {
				t.Errorf("an empty heading of level %d", next)
			}
			level = next
		}
		if n.DataAtom == atom.Html {
			if lang, _ := attr(n, "lang"); lang != tag {
				t.Errorf("lang is %q, want %q", lang, tag)
			}
		}
	}
	for name, want := range map[string]int{"h1": 1, "main": 1, "title": 1, "header": 1, "footer": 1, "nav": 1} {
		if count[name] != want {
			t.Errorf("%d <%s>, want %d", count[name], name, want)
		}
	}
}

// checkReferences: ids are unique, and whatever points to one finds it.
func checkReferences(t *testing.T, root *html.Node) {
	t.Helper()
	ids := map[string]bool{}
	for _, n := range elements(root) {
		if id, ok := attr(n, "id"); ok {
			if ids[id] || id == "" || strings.ContainsAny(id, " <>\"'") {
				t.Errorf("the id %q is there twice, or is none", id)
			}
			ids[id] = true
		}
	}
	inURL := regexp.MustCompile(`url\(#([^)]*)\)`)
	for _, n := range elements(root) {
		for _, a := range n.Attr {
			var targets []string
			switch {
			case a.Key == "aria-labelledby":
				targets = strings.Fields(a.Val)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				targets = []string{a.Val[1:]}
			default:
				for _, found := range inURL.FindAllStringSubmatch(a.Val, -1) {
					targets = append(targets, found[1])
				}
			}
			for _, target := range targets {
				if !ids[target] {
					t.Errorf("<%s %s=%q> points to nothing", n.Data, a.Key, a.Val)
				}
			}
		}
	}
}

// checkTables: caption, headings with scope, as many cells as columns; a table stands in a region that can be reached
// by key.
func checkTables(t *testing.T, root *html.Node) {
	t.Helper()
	for _, n := range elements(root) {
		if n.DataAtom != atom.Table {
			continue
		}
		id, _ := attr(n, "id")
		if _, ok := attr(n.Parent, "tabindex"); !ok {
			t.Errorf("table %s cannot be scrolled by key", id)
		}
		columns, captions := -1, 0
		for _, c := range elements(n) {
			switch c.DataAtom {
			case atom.Caption:
				captions++
			case atom.Th:
				if _, ok := attr(c, "scope"); !ok {
					t.Errorf("table %s has a heading without scope", id)
				}
			case atom.Tr:
				cells := 0
				for cell := range c.ChildNodes() {
					if cell.Type == html.ElementNode {
						cells++
					}
				}
				if columns < 0 {
					columns = cells
				}
				if cells != columns {
					t.Errorf("table %s has a row of %d cells under %d headings", id, cells, columns)
				}
			}
		}
		if captions != 1 {
			t.Errorf("table %s has %d captions", id, captions)
		}
	}
}
