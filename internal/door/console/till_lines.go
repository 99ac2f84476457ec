package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/order"
)

func (v *visit) typedAnyLine() bool {
	for i := range linesShown {
		if n := strconv.Itoa(i + 1); v.typed("product"+n) != "" || v.typed("amount"+n) != "" {
			return true
		}
	}
	return false
}

func (v *visit) typedLines(facts *intake.Intake) (lines []order.Line, err error) {
	digits := facts.Business.Digits()
	for i := range linesShown {
		n := strconv.Itoa(i + 1)
		l := order.Line{Quantity: 1}
		if l.Product, err = v.typedText("product"+n, textMost); err != nil {
			return nil, err
		}
		if v.typed("amount"+n) != "" {
			if l.AmountMinor, err = v.typedAmount("amount"+n, digits); err != nil {
				return nil, err
			}
		}
		if l.Product == "" && l.AmountMinor == 0 {
			continue
		}
		if v.typed("quantity"+n) != "" {
			const most = 1e6
			if l.Quantity, err = v.typedNumber("quantity" + n); err == nil && (l.Quantity <= 0 || l.Quantity > most) {
				err = unfit("quantity"+n, numberOf(l.Quantity))
			}
			if err != nil {
				return nil, err
			}
		}
		lines = append(lines, l)
	}
	return lines, v.read(func(tx *db.Tx) error {
		kinds, err := tillCategories(tx, facts)
		if err != nil {
			return err
		}
		for i := range lines {
			if l := &lines[i]; l.Product != "" {
				if err := kinds.bought(tx, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// kinds are the categories that there are, each in one spelling: that of the rules, which ask for it letter by letter, or else
// that of rewards, or of the catalogue.
type kinds []string

func tillCategories(tx *db.Tx, facts *intake.Intake) (all kinds, err error) {
	named, err := facts.Programme().Categories(tx)
	if err != nil {
		return nil, err
	}
	of, err := reward.Categories(tx)
	if err != nil {
		return nil, err
	}
	named = append(named, of...)
	places, err := catalogue.Categories(tx, "", choicesMost)
	for i := range places {
		named = append(named, places[i].Name)
	}
	for _, name := range named {
		if _, ok := all.spelled(name); !ok && strings.TrimSpace(name) != "" {
			all = append(all, name)
		}
	}
	return all, err
}

// spelled is a category in the spelling that it has, whatever its capitals and the spaces around it.
func (k kinds) spelled(typed string) (name string, ok bool) {
	i := slices.IndexFunc(k, func(one string) bool { return strings.EqualFold(strings.TrimSpace(one), strings.TrimSpace(typed)) })
	if i < 0 {
		return typed, false
	}
	return k[i], true
}

// bought finds out what was typed into a line: a product of the catalogue, a category, or something that nobody has sold before.
// The rules may ask for the category: a quote is of an order that is not kept, and so not completed.
func (k kinds) bought(tx *db.Tx, l *order.Line) error {
	called, name, err := productOf(tx, l.Product)
	if err != nil {
		return err
	}
	p, err := catalogue.Load(tx, called)
	switch {
	case err == nil:
		// One without a category may be called like one.
		if category, ok := k.spelled(cmp.Or(p.Category, l.Product)); ok || p.Category != "" {
			l.Category = category
		}
		l.Product, l.ProductName = called, name
		return nil
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	if category, ok := k.spelled(l.Product); ok {
		l.Product, l.Category = "", category
		return nil
	}
	l.Product, l.ProductName = called, name
	return nil
}
