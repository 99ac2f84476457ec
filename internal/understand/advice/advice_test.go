package advice

import (
	"math"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/understand/predict"
)

func nps(v float64) *float64 { return &v }

func TestOneActionTheBest(t *testing.T) {
	t.Parallel()
	offer := &Offer{Product: 1, With: 2, Together: 40, Buyers: 100, Price: 10}
	for name, c := range map[string]struct {
		Customer
		want Kind
	}{
		"stays away":           {Customer{Score: &predict.Score{State: predict.Late, None: .8}, Worth: 10, AtRisk: 50, Offer: offer}, WinBack},
		"gone, nothing left":   {Customer{Score: &predict.Score{State: predict.Gone, None: 1}, Worth: 1}, ""},
		"unhappy":              {Customer{Score: &predict.Score{State: predict.OnTime}, Worth: 100, Best: true, NPS: nps(6), Offer: offer}, AskWhy},
		"complains":            {Customer{Score: &predict.Score{State: predict.OnTime}, Worth: 100, NPS: nps(10), OpenCase: true, Offer: offer}, AskWhy},
		"happy":                {Customer{Score: &predict.Score{State: predict.OnTime}, Worth: 30, Typical: 40, NPS: nps(9)}, AskReferral},
		"happy, but late":      {Customer{Score: &predict.Score{State: predict.Late}, AtRisk: 30, Typical: 4000, NPS: nps(9)}, WinBack},
		"best":                 {Customer{Score: &predict.Score{State: predict.OnTime}, Worth: 300, Typical: 40, Best: true}, Thank},
		"would like the other": {Customer{Score: &predict.Score{State: predict.OnTime}, Worth: 300, Best: true, Offer: offer}, OfferProduct},
		"once":                 {Customer{Score: &predict.Score{State: predict.OnceOnly, None: .7}, Typical: 40, Worth: 3}, SecondPurchase},
		"by accident":          {Customer{Score: &predict.Score{State: predict.OnTime}, Offer: &Offer{Together: 4, Buyers: 4, Price: 10}}, ""},
	} {
		got, found := Choose(c.Customer, nil)
		if got.Kind != c.want || found != (c.want != "") {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
		if found && !(got.Gain.Low <= got.Gain.Value && got.Gain.Value < got.Gain.High && got.Gain.Value < got.Size) {
			t.Errorf("%s: gains %+v", name, got)
		}
	}
	if got, _ := Choose(Customer{Score: &predict.Score{State: predict.OnTime, None: .5}, Offer: offer}, nil); got.Basis != Observed || got.Gain.Value != 2 {
		t.Errorf("%+v", got)
	}
	for _, k := range Kinds() {
		is, e := k.Assumed(), Assumptions(nil).Of(k)
		if is == (k == OfferProduct) || is && !(0 <= e.Low && e.Low < e.Value && e.Value < e.High && e.High < 1) {
			t.Errorf("%s: %+v", k, e)
		}
	}
}

func TestABusinessSaysWhatItExpects(t *testing.T) {
	t.Parallel()
	once := Customer{Score: &predict.Score{State: predict.OnceOnly, None: .7}, Typical: 40, Worth: 3}
	usual, found := Choose(once, nil)
	if !found || usual.Kind != SecondPurchase {
		t.Fatalf("%+v, %v", usual, found)
	}
	more, found := Choose(once, Assumptions{SecondPurchase: {.1, .2, .4}})
	if !found || more.Size != usual.Size || math.Abs(more.Gain.Value-.2*more.Size) > 1e-12 || math.Abs(more.Gain.High-.4*more.Size) > 1e-12 {
		t.Errorf("%+v, %v", more, found)
	}
	if none, found := Choose(once, Assumptions{SecondPurchase: {}}); found {
		t.Errorf("of which nothing is expected: %+v", none)
	}
	for _, wrong := range []Assumptions{{OfferProduct: {0, .1, .2}}, {"dance": {0, .1, .2}}, {Thank: {.2, .1, .3}}, {Thank: {0, .1, 1.1}}, {Thank: {-.1, .1, .2}}, {Thank: {0, math.NaN(), 1}}} {
		if err := wrong.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if err := (Assumptions{Thank: {0, 0, 0}, WinBack: {1, 1, 1}}).Check(); err != nil {
		t.Error(err)
	}
}
