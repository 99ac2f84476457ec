package cli

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/measure/page"
	"regulars/internal/understand/recommend"
)

// RecommendCmd suggests what customers will buy again, and what they have never bought and would.
type RecommendCmd struct {
	For     string   `help:"Id of a customer, or all." required:"" placeholder:"ID|all"`
	Most    int      `help:"How many suggestions a list." default:"10" placeholder:"N"`
	Without []string `help:"Products never to suggest. What a products file says is sold out never is." placeholder:"PRODUCT,..."`
	// What a products file says of costs and categories narrows the lists.
	Category    string  `help:"Only of this category; favourite: of the one that each customer buys most often." placeholder:"NAME"`
	LeastMargin float64 `help:"Only products of whose average price at least this part, from 0 to 1, is left above the cost that a products file says." placeholder:"SHARE"`

	Format string `help:"text, json or csv." default:"text" enum:"text,json,csv"`
	Lang   string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Out    string `help:"File to write to. Default: standard output." placeholder:"PATH" type:"path"`

	Sources
}

// suggested is the suggestions for one customer.
type suggested struct {
	Customer string    `json:"customer"`
	Category string    `json:"favourite_category,omitempty"`
	Again    []product `json:"again"`
	New      []product `json:"new"`
}

// product is one suggestion, with its reason in figures and in words.
type product struct {
	Product  string  `json:"product"`
	Name     string  `json:"name,omitempty"`
	Score    float64 `json:"score"`
	Times    int32   `json:"orders_with_it,omitempty"`
	With     string  `json:"bought_with,omitempty"`
	Together int32   `json:"customers_of_both,omitempty"`
	Reason   string  `json:"reason"`
}

// Run suggests.
func (r *RecommendCmd) Run(c *Context) error {
	l, err := locale.Get(r.Lang)
	if err != nil {
		return err
	}
	read, err := r.reading()
	if err != nil {
		return err
	}
	if r.Most < 1 || r.Most > 1000 {
		return fault.Invalidf("--most must be from 1 to 1000, not %d", r.Most)
	}
	if !(r.LeastMargin >= 0 && r.LeastMargin <= 1) {
		return fault.Invalidf("--least-margin is a part from 0 to 1, for example 0.3, not %g", r.LeastMargin)
	}
	plans, _, err := r.inspect(c, l, &read)
	if err != nil {
		return err
	}
	if r.DryRun {
		return showPlans(c, l, plans)
	}
	if err := checkOutputs(plans, r.Out, ""); err != nil {
		return err
	}
	o := recommend.Reading{}
	if !r.Quiet {
		o.Planned, o.Done = told(c, l, &read)
	}
	o.Import = read
	shop, err := recommend.FromFiles(c.Ctx, plans, o)
	if err != nil {
		return err
	}
	all, err := r.suggest(shop, l)
	if err != nil {
		return err
	}
	var written bytes.Buffer
	if err := r.render(&written, all, l); err != nil {
		return err
	}
	if r.Out != "" {
		return writeFile(r.Out, written.Bytes())
	}
	_, err = written.WriteTo(c.Stdout)
	return err
}

// suggest makes the lists of one customer, or of all.
func (r *RecommendCmd) suggest(shop *recommend.Shop, l *locale.Locale) ([]suggested, error) {
	of, err := shop.Narrowed(recommend.Wanted{Most: r.Most, Without: r.Without, LeastMargin: r.LeastMargin, Category: r.Category})
	if err != nil {
		return nil, err
	}
	if r.For != "all" {
		i, found := shop.Find(r.For)
		if !found {
			return nil, fault.NotFoundf("no customer %q has bought anything in the files; --for takes an id as the files write it, or all", r.For)
		}
		return []suggested{lists(shop, i, shop.Likeness.New(&shop.Customers[i], of(i)), of(i), l)}, nil
	}
	out := make([]suggested, len(shop.IDs))
	for i, novel := range shop.Likeness.NewForEach(of) {
		out[i] = lists(shop, i, novel, of(i), l)
	}
	return out, nil
}

// lists puts the suggestions for a customer into words.
func lists(shop *recommend.Shop, i int, novel []recommend.Suggestion, o recommend.Options, l *locale.Locale) suggested {
	words := func(list []recommend.Suggestion) []product {
		out := make([]product, len(list))
		for k, s := range list {
			p := product{Product: shop.Products[s.Item], Name: shop.Name(s.Item), Score: s.Score, Times: s.Times, Together: s.Together}
			switch {
			case s.Times > 0:
				p.Reason = l.T("recommend.times", l.Integer(int64(s.Times)))
			case s.With >= 0:
				p.With = shop.Products[s.With]
				p.Reason = l.T("recommend.with", shop.Name(s.With), l.Integer(int64(s.Together)))
			default:
				p.Reason = l.T("recommend.popular")
			}
			if p.Name == p.Product {
				p.Name = ""
			}
			out[k] = p
		}
		return out
	}
	return suggested{shop.IDs[i], shop.Category(i), words(shop.Again(&shop.Customers[i], o)), words(novel)}
}

func (r *RecommendCmd) render(w io.Writer, all []suggested, l *locale.Locale) error {
	switch r.Format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(all)
	case "csv":
		return suggestionsCSV(w, all)
	}
	for _, s := range all {
		fmt.Fprintln(w, l.T("recommend.title", page.Plain(s.Customer)))
		if s.Category != "" {
			fmt.Fprintln(w, l.T("recommend.category", page.Plain(s.Category)))
		}
		for _, list := range []struct {
			key      string
			products []product
		}{{"recommend.again", s.Again}, {"recommend.new", s.New}} {
			fmt.Fprintf(w, "\n%s\n", l.T(list.key))
			for _, p := range list.products {
				fmt.Fprintf(w, "  %s  %s\n", page.Plain(cmp.Or(p.Name, p.Product)), page.Plain(p.Reason))
			}
		}
		fmt.Fprintln(w)
	}
	return nil
}

// suggestionsCSV writes a row a suggestion.
func suggestionsCSV(w io.Writer, all []suggested) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"id", "list", "rank", "product", "score", "reason"}}
	for _, s := range all {
		for i, p := range s.Again {
			rows = append(rows, []string{s.Customer, "again", strconv.Itoa(i + 1), p.Product, strconv.FormatFloat(p.Score, 'f', 6, 64), p.Reason})
		}
		for i, p := range s.New {
			rows = append(rows, []string{s.Customer, "new", strconv.Itoa(i + 1), p.Product, strconv.FormatFloat(p.Score, 'f', 6, 64), p.Reason})
		}
	}
	return out.WriteAll(rows)
}
