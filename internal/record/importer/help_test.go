package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// put writes a file for a test.
func put(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func gzipped(tb testing.TB, content string) string {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// everything is all facts of a file, copied out of the batches.
type everything struct {
	plan      *Plan
	account   Account
	sales     []fact.Sale
	customers []fact.Customer
	answers   []fact.Answer
	costs     []fact.Cost
	products  []fact.Product
}

// take reads a file and copies its facts.
func take(tb testing.TB, path string, opts Options) *everything {
	tb.Helper()
	p, err := Inspect(context.Background(), path, opts)
	if err != nil {
		tb.Fatalf("Inspect: %v", err)
	}
	e := &everything{plan: p}
	e.account, err = p.Read(context.Background(), opts, e.keep)
	if err != nil {
		tb.Fatalf("Read: %v", err)
	}
	checkAccount(tb, e.account)
	return e
}

func (e *everything) keep(b *fact.Batch) error {
	clone := func(list []string) []string {
		out := slices.Clone(list)
		for i := range out {
			out[i] = strings.Clone(out[i])
		}
		return out
	}
	for _, s := range b.Sales {
		s.Order, s.Customer, s.Product, s.Category = strings.Clone(s.Order), strings.Clone(s.Customer), strings.Clone(s.Product), strings.Clone(s.Category)
		s.Attributes = clone(s.Attributes)
		e.sales = append(e.sales, s)
	}
	for _, c := range b.Customers {
		c.Customer, c.Channel, c.Attributes = strings.Clone(c.Customer), strings.Clone(c.Channel), clone(c.Attributes)
		e.customers = append(e.customers, c)
	}
	for _, a := range b.Answers {
		a.Customer, a.Kind, a.Aspect, a.Comment, a.Attributes = strings.Clone(a.Customer), strings.Clone(a.Kind), strings.Clone(a.Aspect), strings.Clone(a.Comment), clone(a.Attributes)
		e.answers = append(e.answers, a)
	}
	for _, c := range b.Costs {
		c.Channel = strings.Clone(c.Channel)
		e.costs = append(e.costs, c)
	}
	for _, p := range b.Products {
		p.Reference, p.Name, p.Category = strings.Clone(p.Reference), strings.Clone(p.Name), strings.Clone(p.Category)
		e.products = append(e.products, p)
	}
	return nil
}

func checkAccount(tb testing.TB, a Account) {
	tb.Helper()
	if a.Unreadable+a.Unidentified+a.Later+a.Ignored+a.Rejected+a.Recorded != a.Rows {
		tb.Fatalf("the account does not add up: %+v", a)
	}
	reasons := int64(0)
	for _, n := range a.Reasons {
		reasons += n
	}
	if reasons != a.Unreadable+a.Rejected {
		tb.Fatalf("the reasons do not add up: %+v", a)
	}
}

// refuse inspects and reads a file that must be refused with a fault whose sentence holds all the words.
func refuse(tb testing.TB, path string, opts Options, words ...string) {
	tb.Helper()
	p, err := Inspect(context.Background(), path, opts)
	if err == nil {
		_, err = p.Read(context.Background(), opts, func(*fact.Batch) error { return nil })
	}
	if err == nil {
		tb.Fatalf("%s was read", path)
	}
	if fault.KindOf(err) != fault.Invalid {
		tb.Errorf("%v is not the kind of fault that a person can mend", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			tb.Errorf("%q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		tb.Errorf("%q is more than a sentence", err)
	}
}

// noteWords is notes as the tests write them: key and arguments.
func noteWords(notes []Note) string {
	var out []string
	for _, n := range notes {
		words := []string{string(n.Key)}
		for _, arg := range n.Args {
			switch v := arg.(type) {
			case time.Time:
				words = append(words, v.Format(time.DateOnly))
			case Path:
				words = append(words, filepath.Base(string(v)))
			default:
				words = append(words, fmt.Sprint(v))
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "; ")
}

// countWords is where the rows went: unreadable, unidentified, later, ignored, rejected, recorded.
func countWords(a Account) string {
	return fmt.Sprint(a.Unreadable, a.Unidentified, a.Later, a.Ignored, a.Rejected, a.Recorded)
}

// roleOf lists the columns' roles as "name=role", attributes left out.
func roleOf(p *Plan) string {
	var out []string
	for _, c := range p.Columns {
		if c.Role != roleAttribute {
			out = append(out, c.Name+"="+c.Role)
		}
	}
	return strings.Join(out, " ")
}
