package forecast

import (
	"math"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
)

// Two who turn out to be one person are scored as one at once, with the history of the one who stands for both, and stand
// in lists once; what came back takes off what they spend.
func TestOnePersonIsScoredAsOne(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		f := s.night()
		one, other := mirrortest.ID("customer", "guest-10"), mirrortest.ID("customer", "guest-40")
		before := s.of(10)
		s.write(func(tx *db.Tx) error { _, err := customer.Merge(tx, other, one); return err })
		both := s.of(10)
		days := map[int32]bool{}
		for _, number := range []int64{one, other} {
			if err := s.d.Read(s.Context(), func(tx *db.Tx) error {
				rows, err := tx.Query("SELECT day FROM sale_lines WHERE customer_id = $1", number)
				if err != nil {
					return err
				}
				for rows.Next() {
					var day int32
					if err := rows.Scan(&day); err != nil {
						return err
					}
					days[day] = true
				}
				return rows.Close()
			}); err != nil {
				s.Fatal(err)
			}
		}
		if both.Repeats+1 != len(days) || both.Repeats <= before.Repeats || both.Expected <= before.Expected || len(both.History) != 1 || both.History[0].Number != one {
			t.Errorf("both are %+v, and one was %+v", both, before.Score)
		}
		if list := s.all(f, ByValue, ""); len(list) != guests-1 {
			t.Errorf("the list has %d customers", len(list))
		}
		spent := both.Spend
		back := visit(10, firstDay+299)
		back.Return, back.AmountMinor, back.Quantity = true, -5000, -1
		s.load([]fact.Sale{back})
		if after := s.of(10); after.Repeats != both.Repeats || after.Spend >= spent {
			t.Errorf("what came back changes %v to %v", spent, after.Spend)
		}
	})
}

// Settings are refused where they make no sense, and count from the next fit on; the law that is kept is the one of its
// time.
func TestSettingsCountFromTheNextFit(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		first := s.night()
		for field, set := range map[string]Settings{
			"horizon_days":      {HorizonDays: 3, Margin: 1, ValueMonths: 12},
			"margin":            {HorizonDays: 90, Margin: 1.5, ValueMonths: 12},
			"discount_per_year": {HorizonDays: 90, Margin: 1, DiscountPerYear: math.NaN(), ValueMonths: 12},
			"value_months":      {HorizonDays: 90, Margin: 1, ValueMonths: 0},
		} {
			err := s.d.Write(s.Context(), set.Save)
			if f := new(fault.Fault); fault.KindOf(err) != fault.Invalid || !asFault(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		was := s.of(3)
		s.write(Settings{HorizonDays: 30, Margin: .25, DiscountPerYear: .1, ValueMonths: 12}.Save)
		if now := s.of(3); now.Value != was.Value || now.Fit.Days != 90 {
			t.Errorf("the settings count before they are to: %v, %v", now.Value, was.Value)
		}
		second := s.night()
		if now := s.of(3); second.Days != 30 || first.Days != 90 || math.Abs(now.Value-was.Value/4) > 1e-9*was.Value {
			t.Errorf("%v is a quarter of %v", now.Value, was.Value)
		}
	})
}

func asFault(err error, to **fault.Fault) bool {
	f, is := err.(*fault.Fault) //nolint:errorlint // as it was made
	*to = f
	return is
}

// The measures that are foretold are those of the newest fit, of everybody and of now; else they say why not.
func TestMeasuresAreOfTheNewestFit(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		load := func() (list []*metric.Definition) {
			if err := s.d.Read(s.Context(), func(tx *db.Tx) (err error) { list, err = LoadMeasures(tx); return err }); err != nil {
				s.Fatal(err)
			}
			return list
		}
		if len(load()) != 3 {
			t.Errorf("%d measures", len(load()))
		}
		f := s.night()
		page, err := f.Page("EUR")
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, c := range s.all(f, ByValue, "") {
			sum += c.Value
		}
		if math.Abs(sum-page.Totals.Value.Value) > 1e-6*sum || page.Totals.BestTenth <= .1 || page.Totals.BestTenth > 1 {
			t.Errorf("the values add up to %v, and the card says %v, of which the best tenth has %v", sum, page.Totals.Value.Value, page.Totals.BestTenth)
		}
		quiet := 0.0
		for _, n := range page.Totals.Quiet {
			quiet += n
		}
		if quiet != guests {
			t.Errorf("%v customers are spread", quiet)
		}
		fragment, err := outlook.FragmentOf(page, english(t))
		if err != nil || !strings.Contains(string(fragment.Tiles), "tile") || !strings.Contains(string(fragment.Trust), "How far to trust it") || fragment.Headline == "" {
			t.Errorf("%+v, %v", fragment, err)
		}
	})
}

func english(t *testing.T) *locale.Locale {
	t.Helper()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Every action has words for what is done, how, why, and on what the gain rests, in every language.
func TestActionsAreSaid(t *testing.T) {
	t.Parallel()
	score := 3.0
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range advice.Kinds() {
			for _, nps := range []*float64{nil, &score} {
				n := Next{Kind: k, NPS: nps, Product: "beans", With: "cups", Together: 7}
				n.State, n.Age = predict.Late, 30
				for what, words := range map[string]string{"name": Name(l, k), "how": Do(l, k), "why": n.Reason(l), "basis": n.BasisWords(l)} {
					if words == "" || strings.Contains(words, "{") || strings.Contains(words, "advice.") {
						t.Errorf("%s: %s of %s: %q", tag, what, k, words)
					}
				}
				if k == advice.OfferProduct && (!strings.Contains(n.Reason(l), "beans") || !strings.Contains(n.Reason(l), "cups")) {
					t.Errorf("%s: %s", tag, n.Reason(l))
				}
			}
		}
	}
}

// A file of actions cannot make a spreadsheet reckon, and names nobody to who may not know.
func TestTheFileOfActions(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		evil := visit(0, firstDay+1)
		evil.Customer = "=HYPERLINK(1)"
		var visits []fact.Sale
		for day := int64(1); day < 240; day += 6 {
			evil.Moment = fact.At(time.Unix((firstDay+day)*86400, 0), time.UTC)
			visits = append(visits, evil)
		}
		s.load(visits)
		f := s.night()
		for _, personal := range []bool{true, false} {
			var out strings.Builder
			if err := WriteActions(s.Context(), s.d, &out, f, Which{}, english(t), personal, 2); err != nil {
				t.Fatal(err)
			}
			rows := strings.Split(strings.TrimSpace(out.String()), "\n")
			if len(rows) < guests/2 || strings.Contains(out.String(), ",=HYPER") || strings.Contains(out.String(), "guest-") != personal {
				t.Errorf("%d rows: %.600s", len(rows), out.String())
			}
			for _, row := range rows {
				if strings.Count(row, ",") < 12 {
					t.Errorf("%s", row)
				}
			}
		}
	})
}
