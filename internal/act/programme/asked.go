package programme

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Asked is what a condition asks for, as forms have it.
type Asked struct {
	// Filled is, by the name of each phrase that is in it, what is filled in: "20" for an amount, the names of tiers, "yes".
	Filled map[string][]string
	// Own is the rest, for which there are no words, as it is written.
	Own string
}

// Kinds of what is filled into phrases.
const (
	PhraseFlag    = "flag"    // yes, or it is not there
	PhraseWhole   = "whole"   // so many or more
	PhraseAmount  = "amount"  // so much money or more, in units of the currency
	PhraseTier    = "tier"    // one of tiers
	PhraseSegment = "segment" // one of segments
	PhraseTexts   = "texts"   // one of names
)

// Phrase is a condition that there are words for, and that forms can read and write.
type Phrase struct {
	Name string
	Kind string
	Line bool // it looks at lines of an order
	// Order says that it looks at orders: for actions it makes no sense.
	Order bool

	field   string
	most    bool // so many at most, instead of at least
	decimal bool // the field is no whole number by itself
}

var phrases = []Phrase{
	{Name: "amount", Kind: PhraseAmount, field: "order.amount", Order: true},
	{Name: "items", Kind: PhraseWhole, field: "order.items", Order: true, decimal: true},
	{Name: "store", Kind: PhraseTexts, field: "order.store", Order: true},
	{Name: "channel", Kind: PhraseTexts, field: "order.channel", Order: true},
	{Name: "first", Kind: PhraseFlag, field: "customer.first_order", Order: true},
	{Name: "member", Kind: PhraseFlag, field: "customer.member"},
	{Name: "joined", Kind: PhraseWhole, field: "customer.member_days", most: true},
	{Name: "tier", Kind: PhraseTier, field: "customer.tier"},
	{Name: "segment", Kind: PhraseSegment, field: segmentField},
	{Name: "orders", Kind: PhraseWhole, field: "customer.orders"},
	{Name: "spend", Kind: PhraseAmount, field: "customer.spend"},
	{Name: "away", Kind: PhraseWhole, field: "customer.days_away"},
	{Name: "friends", Kind: PhraseWhole, field: "customer.friends"},
	{Name: "most_of", Kind: PhraseTexts, field: favouriteField},
	{Name: "category", Kind: PhraseTexts, field: "line.category", Line: true, Order: true},
	{Name: "product", Kind: PhraseTexts, field: "line.product", Line: true, Order: true},
	{Name: "favourite", Kind: PhraseFlag, field: "line.category == " + favouriteField, Line: true, Order: true},
	{Name: "paid", Kind: PhraseFlag, field: "line.amount > 0.0", Line: true, Order: true},
}

// Lasts says that it holds of an order whenever it is looked at, so that challenges, which are counted anew, can ask for it.
func (p *Phrase) Lasts() bool {
	return !slices.ContainsFunc(fields, func(f field) bool { return f.changes() && strings.Contains(p.field, f.name) })
}

// Phrases lists them, in the order in which they are written.
func Phrases() []Phrase { return slices.Clone(phrases) }

const (
	flagged = "yes"
	oneOf   = ` (?:== (?:§)|in \[(?:(?:§(?:, )?)+)\])`
)

var (
	wholePhrase  = regexp.MustCompile(`^ ([<>]=) (\d{1,9}(?:\.0)?|\d(?:\.\d+)?e\+0\d)$`)
	amountPhrase = regexp.MustCompile(`^ >= (\d+(?:\.\d+)?(?:e\+\d+)?)$`)
	textsPhrase  = phrase(`^` + oneOf + `$`)
	goodsPhrase  = phrase(`^(line\.category` + oneOf + `) \|\| (line\.product` + oneOf + `)$`)
)

// read is what is filled into the phrase where a part of a condition is one; nil: it is something else.
func (p *Phrase) read(part string) []string {
	rest, ok := strings.CutPrefix(part, p.field)
	if !ok {
		return nil
	}
	switch p.Kind {
	case PhraseFlag:
		if rest == "" {
			return []string{flagged}
		}
	case PhraseWhole:
		if m := wholePhrase.FindStringSubmatch(rest); len(m) > 2 && (m[1] == "<=") == p.most {
			if number := plainNumber(m[2]); len(number) <= len("999999999") && !strings.Contains(number, ".") {
				return []string{number}
			}
		}
	case PhraseAmount:
		if m := amountPhrase.FindStringSubmatch(rest); m != nil {
			return []string{plainNumber(m[1])}
		}
	default:
		if textsPhrase.MatchString(rest) {
			var all []string
			for _, text := range quotedTexts.FindAllString(rest, -1) {
				if said := unquoted(text); !slices.Contains(all, said) {
					all = append(all, said)
				}
			}
			return all
		}
	}
	return nil
}

// plainNumber is a number as people type it.
func plainNumber(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// write is the part of a condition.
func (p *Phrase) write(filled []string) string {
	switch p.Kind {
	case PhraseFlag:
		return p.field
	case PhraseWhole, PhraseAmount:
		number := filled[0]
		if (p.decimal || p.Kind == PhraseAmount) && !strings.Contains(number, ".") {
			number += ".0"
		}
		if p.most {
			return p.field + " <= " + number
		}
		return p.field + " >= " + number
	}
	var names []string
	for _, text := range filled {
		names = append(names, strconv.Quote(text))
	}
	if len(names) == 1 {
		return p.field + " == " + names[0]
	}
	return p.field + " in [" + strings.Join(names, ", ") + "]"
}

// asks is what a part of a condition asks for, by the name of the phrase; nil: there is none for it. Of goods either the
// category or the product may be named.
func asks(part string) map[string][]string {
	if m := goodsPhrase.FindStringSubmatch(part); m != nil {
		either := asks(m[1])
		maps.Copy(either, asks(m[2]))
		return either
	}
	for i := range phrases {
		if filled := phrases[i].read(part); filled != nil {
			return map[string][]string{phrases[i].Name: filled}
		}
	}
	return nil
}

func kindOf(line bool) int {
	if line {
		return onLine
	}
	return onOrder
}

// Ask takes a condition apart. One that says a thing twice has the first in its phrase.
func Ask(text string, line bool) (a Asked, err error) {
	a.Filled = map[string][]string{}
	c, err := compile(text, kindOf(line))
	if err != nil || c == nil {
		return a, err
	}
	var own []string
	for _, p := range c.parts {
		said := asks(p.text)
		twice := said == nil
		for name := range said {
			_, there := a.Filled[name]
			// A category in one part and a product in another are both asked for, not either.
			goods := name == "category" && len(a.Filled["product"]) > 0 || name == "product" && len(a.Filled["category"]) > 0
			twice = twice || there || goods || phraseOf(name).Line != line
		}
		if twice {
			own = append(own, p.text)
			continue
		}
		maps.Copy(a.Filled, said)
	}
	if recent := a.Filled["joined"]; recent != nil && a.Filled["member"] == nil {
		delete(a.Filled, "joined") // by itself it holds of who has not joined too
		own = append(own, phraseOf("joined").write(recent))
	}
	if a.Own = joined(own); len(own) > 0 && len(a.Filled) == 0 {
		a.Own = strings.TrimSpace(text)
	}
	return a, nil
}

// PhraseOf is the phrase of a name, which there is.
func PhraseOf(name string) *Phrase {
	p := *phraseOf(name)
	return &p
}

func phraseOf(name string) *Phrase {
	return &phrases[slices.IndexFunc(phrases, func(p Phrase) bool { return p.Name == name })]
}

// joined is parts with "and" between them.
func joined(parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	var all []string
	for _, p := range parts {
		if strings.Contains(p, "||") || strings.Contains(p, "?") {
			p = "(" + p + ")"
		}
		all = append(all, p)
	}
	return strings.Join(all, " && ")
}

// Same tells whether two ask for the same.
func (a *Asked) Same(b *Asked) bool {
	return a.Own == b.Own && maps.EqualFunc(a.Filled, b.Filled, slices.Equal)
}

// Write writes the condition. What cannot be understood in Own is refused.
func (a *Asked) Write(line bool) (string, error) {
	own, err := compile(a.Own, kindOf(line))
	if err != nil {
		return "", err
	}
	var parts []string
	for i := range phrases {
		p := &phrases[i]
		filled := a.Filled[p.Name]
		either := p.Name == "category" && len(a.Filled["product"]) > 0
		switch {
		case p.Line != line, p.Name == "product" && len(a.Filled["category"]) > 0: // it stands with the category
		case p.Name == "member" && len(a.Filled["joined"]) > 0: // who is no member joined -1 days ago
			parts = append(parts, p.write(nil))
		case len(filled) == 0:
		case either:
			parts = append(parts, p.write(filled)+" || "+phraseOf("product").write(a.Filled["product"]))
		default:
			parts = append(parts, p.write(filled))
		}
	}
	if own == nil {
		return joined(parts), nil
	}
	if len(parts) == 0 {
		return strings.TrimSpace(a.Own), nil
	}
	for _, p := range own.parts {
		parts = append(parts, p.text)
	}
	return joined(parts), nil
}
