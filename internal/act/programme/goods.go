package programme

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Goods are the products, by their references, and the categories that a rule or a challenge is for.
type Goods struct {
	Where, Name          string // its place in the document, and what it is called
	Products, Categories []string
}

// What a condition asks to be of a category, or a product. What it asks not to be may well be sold by nobody.
var (
	categoriesWanted = []*regexp.Regexp{
		regexp.MustCompile(`line\.category (?:==|in) (\[[^]]*\]|` + quoted + `)`),
		regexp.MustCompile(`(` + quoted + `) in order\.categories`),
	}
	productsWanted = []*regexp.Regexp{
		regexp.MustCompile(`line\.product (?:==|in) (\[[^]]*\]|` + quoted + `)`),
		regexp.MustCompile(`(` + quoted + `) in order\.products`),
	}
)

// Goods are those that the rules and challenges of the document name in their conditions, and as what is given.
func (d *Document) Goods() (all []Goods) {
	add := func(g Goods, lines, order string) {
		for kind, text := range map[int]string{onLine: lines, onOrder: order} {
			c, err := compile(text, kind)
			if err != nil || c == nil { // what is wrong with it is said where it is compiled
				continue
			}
			c.parts = slices.DeleteFunc(c.parts, func(p part) bool { return strings.HasPrefix(p.text, "!") })
			g.Categories = append(g.Categories, c.texts(categoriesWanted)...)
			g.Products = append(g.Products, c.texts(productsWanted)...)
		}
		slices.Sort(g.Categories)
		slices.Sort(g.Products)
		if g.Categories, g.Products = slices.Compact(g.Categories), slices.Compact(g.Products); len(g.Categories)+len(g.Products) > 0 {
			all = append(all, g)
		}
	}
	for i := range d.Rules {
		r := &d.Rules[i]
		g := Goods{Where: fmt.Sprintf("rules[%d]", i), Name: r.Name}
		if r.Effect.Gift != nil && r.Effect.Gift.Product != "" {
			g.Products = []string{r.Effect.Gift.Product}
		}
		add(g, r.Lines, r.If)
	}
	for i := range d.Challenges {
		c := &d.Challenges[i]
		add(Goods{Where: fmt.Sprintf("challenges[%d]", i), Name: c.Name}, c.Lines, c.If)
	}
	return all
}
