package api_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/fact"
	"regulars/internal/understand/forecast"
)

// passers are regulars first, and then some who buy one piece or eight; who takes one is soon gone, which the days of
// purchase alone hardly tell.
func (s *shop) passers(from, to int) {
	s.t.Helper()
	now := time.Now().UTC().Truncate(24 * time.Hour).Add(9 * time.Hour)
	r := rand.New(rand.NewPCG(1, uint64(from)))
	var b fact.Batch
	for i := from; i < to; i++ {
		first, last, pieces, every := i%60, 300, 1, func(at int) int { return 6 + i%25 + (i*at)%3 - 1 }
		if i >= 120 {
			first, pieces, every = r.IntN(250), 8, func(int) int { return 3 + r.IntN(30) }
			if r.IntN(2) == 0 {
				last, pieces = min(300, first+20+int(r.ExpFloat64()*40)), 1
			}
		}
		for day := first; day < last; day += every(day) {
			b.Sales = append(b.Sales, fact.Sale{Customer: "p" + strconv.Itoa(i), Moment: fact.At(now.AddDate(0, 0, day-300), time.UTC), Quantity: float64(pieces),
				Product: "beans", AmountMinor: int64(300 * pieces)})
		}
	}
	if err := mirrortest.New(s.d).Load(s.t.Context(), &b); err != nil {
		s.t.Fatal(err)
	}
}

// The chance of leaving is learnt from the past where that is better, and says so, with both figures and reasons.
func TestLearntChurn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.works((&forecast.Runner{DB: s.d}).Job())
		if _, err := s.SetPredictions(ctx, client.PredictionSettings{HorizonDays: 60, Margin: .5, ValueMonths: 6}); err != nil {
			t.Fatal(err)
		}
		s.passers(0, 80)
		s.refitted()
		p, err := s.Predictions(ctx, "en")
		if err != nil || p.Churn == nil || p.Churn.Used != "model" || p.Churn.Lacks != "few_customers" || p.Churn.Learned != nil || len(p.Churn.Words) != 1 {
			t.Fatalf("of 80 customers: %+v, %v", p.Churn, err)
		}
		few, err := s.PredictionsOfCustomers(ctx, "value", "", client.Lists{Limit: 3})
		if err != nil || few.Data[0].ChurnBasis != "model" || few.Data[0].None != few.Data[0].ModelNone {
			t.Errorf("%+v, %v", few, err)
		}
		s.passers(80, 720)
		s.refitted()
		p, err = s.Predictions(ctx, "ru")
		if err != nil || p.Churn == nil || p.Churn.Used != "learned" || p.Churn.Lacks != "" {
			t.Fatalf("of many customers: %+v, %v", p.Churn, err)
		}
		c := p.Churn
		if c.Learned.LogLoss >= c.Model.LogLoss || c.Customers < 300 || c.Left == 0 || len(c.Looks) == 0 || c.Looks[0].Customers == 0 || len(c.Weights) < 14 || len(c.Words) != 4 {
			t.Errorf("%+v", c)
		}
		if c.Looks[0].From <= c.Looks[len(c.Looks)-1].From && len(c.Looks) > 1 || c.AsOf >= p.AsOf {
			t.Errorf("the looks are %+v, learnt as of %s", c.Looks, c.AsOf)
		}
		many, err := s.PredictionsOfCustomers(ctx, "at_risk", "late", client.Lists{Limit: 20})
		if err != nil || len(many.Data) == 0 {
			t.Fatalf("%+v, %v", many, err)
		}
		differ, reasons := false, 0
		for _, one := range many.Data {
			if one.ChurnBasis != "learned" || one.None <= 0 || one.None >= 1 {
				t.Errorf("%+v", one)
			}
			differ = differ || one.None != one.ModelNone
			full, err := s.CustomerPredictions(ctx, one.Customer, "ru")
			if err != nil || full.ChurnBasis != "learned" || full.None != one.None || full.ModelNone != one.ModelNone || len(full.History) == 0 {
				t.Fatalf("%+v, %v", full, err)
			}
			for _, r := range full.Reasons {
				if strings.Contains(r, "forecast.") || r == "" {
					t.Errorf("a reason is %q", r)
				}
			}
			reasons += len(full.Reasons)
		}
		if !differ || reasons == 0 {
			t.Errorf("what was learnt says what the model says, or gives no reasons: %d", reasons)
		}
	})
}
