package parameter_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/parameter"
	"regulars/internal/record/schema/schematest"
)

func TestWhatWasSaidIsKept(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		load := func() (p parameter.Parameters) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { p, err = parameter.Load(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return p
		}
		save := func(p parameter.Parameters) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return p.Save(tx) })
		}
		var set metric.Settings
		if p := load(); p.NPS != "" || p.ActivityDays != 0 {
			t.Errorf("nothing was said: %+v", p)
		} else if p.Settle(&set); set.ActivityDays != 0 || set.Bands != (metric.Bands{}) || set.Meaning != (metric.Meaning{}) {
			t.Errorf("nothing was said, and it is %+v", set)
		}
		want := parameter.Parameters{ActivityDays: 45, SecondOrderDays: 30, TopShare: .1, NPS: "1-10", CSATScale: 10, IndexWeights: []float64{2, 1, 0},
			Meaning: metric.Meaning{Limits: [4]float64{-10, 10, 20, 40}, Sentences: [5]string{"", "Так себе"}}}
		if err := save(want); err != nil {
			t.Fatal(err)
		}
		p := load()
		p.Settle(&set)
		bands, err := metric.ParseBands("1-10")
		if err != nil || set.ActivityDays != 45 || set.SecondOrderDays != 30 || set.TopShare != .1 || set.Bands != bands || set.CSATScale != 10 ||
			set.IndexWeights != [3]float64{2, 1, 0} || set.Meaning != want.Meaning {
			t.Errorf("%+v, %v", set, err)
		}
		// A question that says otherwise counts before it.
		asked := metric.Settings{ActivityDays: 7, SecondOrderDays: 8, TopShare: .5, Bands: metric.DefaultBands(), CSATScale: 5, IndexWeights: [3]float64{1, 1, 1}}
		p.Settle(&asked)
		if asked.ActivityDays != 7 || asked.SecondOrderDays != 8 || asked.TopShare != .5 || asked.Bands != metric.DefaultBands() || asked.CSATScale != 5 ||
			asked.IndexWeights != [3]float64{1, 1, 1} {
			t.Errorf("%+v", asked)
		}
		// What makes no sense is refused, and changes nothing.
		for field, wrong := range map[string]parameter.Parameters{
			"activity_days": {ActivityDays: -1}, "second_order_days": {SecondOrderDays: 4000}, "top_share": {TopShare: math.NaN()}, "nps": {NPS: "1-7"},
			"csat_scale": {CSATScale: 7}, "loyalty_index_weights": {IndexWeights: []float64{0, 0, 0}},
			"limit_2": {Meaning: metric.Meaning{Limits: [4]float64{0, 0, 50, 70}}}, "limit_4": {Meaning: metric.Meaning{Limits: [4]float64{0, 1, 2, 101}}},
			"sentence_3": {Meaning: metric.Meaning{Sentences: [5]string{2: strings.Repeat("я", 301)}}},
		} {
			var f *fault.Fault
			if err := save(wrong); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != field || f.Code == "" {
				t.Errorf("%s: %+v", field, err)
			}
		}
		for _, weights := range [][]float64{{1}, {1, 1, -1}, {math.Inf(1), 1, 1}, {math.NaN(), 1, 1}} {
			if err := save(parameter.Parameters{IndexWeights: weights}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v: %v", weights, err)
			}
		}
		if p := load(); p.ActivityDays != 45 {
			t.Errorf("%+v", p)
		}
		if err := save(parameter.Parameters{}); err != nil || load().NPS != "" {
			t.Errorf("%+v, %v", load(), err)
		}
	})
}

func TestWhatAnNPSMeans(t *testing.T) {
	t.Parallel()
	own := metric.Meaning{Limits: [4]float64{-10, 10, 20, 40}}
	for _, c := range []struct {
		nps        float64
		usual, own string
	}{
		{-100, "very_low", "very_low"}, {-10, "very_low", "very_low"}, {-9.9, "very_low", "average"}, {0, "very_low", "average"}, {.1, "average", "average"},
		{10, "average", "average"}, {30, "average", "better"}, {30.1, "good", "better"}, {50, "good", "leader"}, {70, "better", "leader"}, {70.1, "leader", "leader"}, {100, "leader", "leader"},
	} {
		if usual, mine := metric.NPSBand(c.nps), own.Band(c.nps); usual != c.usual || mine != c.own {
			t.Errorf("%g is %s and %s, want %s and %s", c.nps, usual, mine, c.usual, c.own)
		}
	}
}
