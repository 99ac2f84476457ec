package forecast

import (
	"context"
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/fact"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/outlook"
)

// Name is what is done, in words.
func Name(l *locale.Locale, k advice.Kind) string { return l.T("advice." + string(k) + ".name") }

// Do is how it is done, in a sentence.
func Do(l *locale.Locale, k advice.Kind) string { return l.T("advice." + string(k) + ".do") }

// Reason is why it is done with this customer.
func (n *Next) Reason(l *locale.Locale) string {
	switch n.Kind {
	case advice.AskWhy, advice.AskReferral:
		if n.NPS == nil || n.Kind == advice.AskWhy && *n.NPS > advice.Detractor {
			return l.T("advice.reason.case")
		}
		return l.T("advice.reason.score", l.Number(*n.NPS, 0))
	case advice.Thank:
		return l.T("advice.reason.best")
	case advice.OfferProduct:
		return l.T("advice.reason.offer", named(n.WithName, n.With), named(n.ProductName, n.Product), l.Integer(n.Together))
	case advice.WinBack, advice.SecondPurchase:
	}
	return outlook.Why(l, &n.Score)
}

func named(name, reference string) string {
	if name == "" {
		return reference
	}
	return name
}

// BasisWords says what the expected gain rests on.
func (n *Next) BasisWords(l *locale.Locale) string {
	if !n.Kind.Assumed() || n.Size <= 0 {
		return l.T("advice.basis.observed")
	}
	const percent = 100 // of what it is about, as it was assumed when the action was chosen
	of := func(v float64) string { return l.Percent(percent*v/n.Size, 0) }
	return l.T("advice.basis.assumed", of(n.Gain.Value), of(n.Gain.Low), of(n.Gain.High))
}

// WriteActions writes what to do next with all customers of a fit, a row each, as CSV. Money is in whole units of the
// currency; your own ids of customers are there for who may see personal data.
func WriteActions(ctx context.Context, d *db.DB, to io.Writer, f *Fit, which Which, l *locale.Locale, personal bool, digits int) error {
	out := csv.NewWriter(to)
	if err := out.Write([]string{"customer_id", "reference", "action", "reason", "size", "expected_gain", "gain_low", "gain_high", "basis", "product", "state", "p_alive", "churn_probability"}); err != nil {
		return err //nolint:wrapcheck // who has gone needs no answer
	}
	number := func(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }
	const part = 500
	var after Place
	for {
		var list []Next
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { list, err = Actions(tx, f, which, after, part); return err }); err != nil {
			return err
		}
		for i := range list {
			n := &list[i]
			places := digits
			if math.IsNaN(n.Value) {
				places = 2
			}
			reference := ""
			if personal {
				reference = n.ID
			}
			row := []string{fact.PublicID(fact.CustomerPrefix, n.Number), plain(reference), string(n.Kind), plain(n.Reason(l)), number(n.Size, places), number(n.Gain.Value, places),
				number(n.Gain.Low, places), number(n.Gain.High, places), string(n.Basis), plain(n.Product), string(n.State), number(n.Alive, 4), number(n.Chance(), 4)}
			if err := out.Write(row); err != nil {
				return err //nolint:wrapcheck // who has gone needs no answer
			}
			after = Place{n.Gain.Value, n.Number}
		}
		if out.Flush(); len(list) < part || out.Error() != nil {
			return out.Error() //nolint:wrapcheck // who has gone needs no answer
		}
	}
}

// plain keeps a cell from being taken for a formula by a spreadsheet.
func plain(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
