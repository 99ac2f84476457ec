package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/parameter"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/forecast"
)

func (v *visit) showParameters() error {
	return v.allowed(account.SettingsRead, func(by account.Actor) error { return v.askParameters(by, nil) })
}

// askParameters shows how the business is measured and foretold, to be changed by who may.
func (v *visit) askParameters(by account.Actor, wrong error) error {
	var said parameter.Parameters
	var ahead forecast.Settings
	err := v.read(func(tx *db.Tx) (err error) {
		if said, err = parameter.Load(tx); err == nil {
			ahead, err = forecast.LoadSettings(tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	may := by.May(account.SettingsWrite)
	measures, foretold := v.measuresForm(&said), v.foretoldForm(&ahead)
	p := setting{}
	if may {
		measures.Button, foretold.Button = v.l.T("settings.save"), v.l.T("settings.save")
		if measures.Hidden, err = v.brought(said); err != nil {
			return err
		}
		if foretold.Hidden, err = v.brought(ahead); err != nil {
			return err
		}
	} else {
		p.Notes = append(p.Notes, v.l.T("settings.read_only"))
		for _, f := range []*form{&measures, &foretold} {
			for g := range f.Groups {
				for i := range f.Groups[g].Fields {
					f.Groups[g].Fields[i].Fixed = true
				}
			}
		}
	}
	p.Forms = []form{measures, foretold}
	return v.setting(v.l.T("console.parameters.title"), v.l.T("parameters.lead"), p, wrong)
}

// scales are those of the NPS question that have words; another is typed over the API.
var scales = []string{"0-10", "1-10"}

func (v *visit) measuresForm(said *parameter.Parameters) form {
	days := func(name string, n int) field {
		return field{Name: name, Label: v.l.T("parameters." + name), Help: v.l.T("parameters." + name + ".help"), Value: orNothing(n), Mode: "numeric", Optional: true}
	}
	nps := field{Name: "nps", Label: v.l.T("parameters.nps"), Help: v.l.T("parameters.nps.help"), Type: "select", Value: said.NPS, Choices: []choice{{Name: v.l.T("parameters.usual")}}}
	known := slices.Clone(scales)
	if said.NPS != "" && !slices.Contains(known, said.NPS) {
		known = append(known, said.NPS)
	}
	for _, scale := range known {
		name := scale
		if key := "report.voice.scale." + strings.ReplaceAll(scale, "-", "_"); v.l.Has(key) {
			name = v.l.T(key)
		}
		nps.Choices = append(nps.Choices, choice{Value: scale, Name: name})
	}
	csat := field{Name: "csat_scale", Label: v.l.T("parameters.csat"), Type: "select", Value: orNothing(said.CSATScale), Choices: []choice{
		{Name: v.l.T("parameters.csat.answers")}, {Value: "5", Name: v.l.T("parameters.csat.to", 5)}, {Value: "10", Name: v.l.T("parameters.csat.to", 10)},
	}}
	top := field{Name: "top_share", Label: v.l.T("parameters.top"), Help: v.l.T("parameters.top.help"), Mode: "decimal", Optional: true}
	if said.TopShare != 0 {
		top.Value = plain(said.TopShare * 100)
	}
	var weights []field
	for i, name := range []string{"nps", "repurchase_rate", "multi_kind_share"} {
		w := field{Name: "weight_" + strconv.Itoa(i+1), Label: v.l.T("measure." + name + ".name"), Mode: "decimal", Optional: true}
		if len(said.IndexWeights) > i {
			w.Value = plain(said.IndexWeights[i])
		}
		weights = append(weights, w)
	}
	weights[0].Help = v.l.T("parameters.weights.help")
	return form{Action: "/parameters", Title: v.l.T("parameters.measures"), Groups: []group{
		{Fields: []field{days("activity_days", said.ActivityDays), days("second_order_days", said.SecondOrderDays), top}},
		{Legend: v.l.T("parameters.questions"), Fields: []field{nps, csat}},
		{Legend: v.l.T("parameters.weights"), Fields: weights},
		{Legend: v.l.T("parameters.meaning"), Fields: v.meaning(&said.Meaning)},
	}}
}

// meaning are the fields of what an NPS means: for each band up to where it goes, and its sentence.
func (v *visit) meaning(said *metric.Meaning) (fields []field) {
	bands, edges := metric.MeaningBands(), said.Edges()
	for i, key := range bands {
		name := v.l.T("band.nps." + key + ".name")
		if i < len(edges) {
			fields = append(fields, field{Name: "limit_" + strconv.Itoa(i+1), Label: v.l.T("parameters.limit", name), Value: plain(edges[i]), Mode: "decimal"})
		}
		fields = append(fields, field{Name: "sentence_" + strconv.Itoa(i+1), Label: v.l.T("parameters.sentence", name), Help: v.l.T("parameters.sentence.help", v.l.T("band.nps."+key+".sentence")),
			Value: said.Sentences[i], Most: 300, Optional: true})
	}
	return fields
}

func (v *visit) foretoldForm(s *forecast.Settings) form {
	number := func(name, value string) field {
		return field{Name: name, Label: v.l.T("parameters." + name), Help: v.l.T("parameters." + name + ".help"), Value: value, Mode: "decimal"}
	}
	var gains []field
	for _, k := range assumedKinds() {
		gains = append(gains, field{Name: "gain_" + string(k), Label: v.l.T("advice." + string(k) + ".name"), Mode: "decimal", Value: plain(s.Assumed.Of(k).Value * 100)})
	}
	gains[0].Help = v.l.T("parameters.gains.help")
	return form{Action: "/parameters/predictions", Title: v.l.T("parameters.predictions"), Lead: v.l.T("parameters.predictions.lead"), Groups: []group{{Fields: []field{
		number("horizon_days", strconv.Itoa(s.HorizonDays)), number("margin", plain(s.Margin*100)), number("discount_per_year", plain(s.DiscountPerYear*100)),
		number("value_months", strconv.Itoa(s.ValueMonths)),
	}}, {Legend: v.l.T("parameters.gains"), Fields: gains}}}
}

// assumedKinds are the actions of which something is assumed.
func assumedKinds() []advice.Kind {
	return slices.DeleteFunc(advice.Kinds(), func(k advice.Kind) bool { return !k.Assumed() })
}

// typedGains reads what is expected of actions. Who says another figure than there was has the bounds move along with it: a
// guess that is twice as high is twice as wide.
func (v *visit) typedGains(was advice.Assumptions) (advice.Assumptions, error) {
	gains := advice.Assumptions{}
	for _, k := range assumedKinds() {
		name := "gain_" + string(k)
		percent, err := v.typedNumber(name)
		if err != nil {
			return nil, err
		}
		value, e := percent/100, was.Of(k)
		if !(value >= 0 && value <= 1) {
			return nil, fault.OutOfRange(name, 0, 100, int64(percent))
		}
		if plain(e.Value*100) == plain(percent) {
			if said, own := was[k]; own {
				gains[k] = said
			}
			continue
		}
		usual := advice.Assumptions(nil).Of(k)
		times := value / usual.Value
		gains[k] = advice.Effect{Low: min(usual.Low*times, value), Value: value, High: min(max(usual.High*times, value), 1)}
	}
	return gains, nil
}

// plain is a number as one types it, without the dust of binary fractions.
func plain(n float64) string {
	const digits = 10
	return strconv.FormatFloat(n, 'g', digits, 64)
}

func orNothing(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (v *visit) saveParameters() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedParameters(by); err != nil {
				return v.askParameters(by, err)
			}
			v.picture.forget()
			return v.leave("/parameters?done=saved")
		})
	})
}

func (v *visit) savedParameters(by account.Actor) error {
	p := parameter.Parameters{NPS: v.typed("nps")}
	whole := map[string]*int{"activity_days": &p.ActivityDays, "second_order_days": &p.SecondOrderDays, "csat_scale": &p.CSATScale}
	for _, name := range []string{"activity_days", "second_order_days", "csat_scale"} {
		if err := v.typedWhole(name, whole[name]); err != nil {
			return err
		}
	}
	if strings.TrimSpace(v.typed("top_share")) != "" {
		percent, err := v.typedNumber("top_share")
		if err != nil {
			return err
		}
		if p.TopShare = percent / 100; !(p.TopShare > 0) {
			return unfit("top_share", aboveZero)
		}
	}
	if err := v.typedWeights(&p); err != nil {
		return err
	}
	for i := range p.Meaning.Limits {
		limit, err := v.typedNumber(fmt.Sprintf("limit_%d", i+1))
		if err != nil {
			return err
		}
		p.Meaning.Limits[i] = limit
	}
	if p.Meaning.Limits == (&metric.Meaning{}).Edges() { // the usual ones stay those that are usual
		p.Meaning.Limits = [4]float64{}
	}
	for i := range p.Meaning.Sentences {
		p.Meaning.Sentences[i] = strings.TrimSpace(v.typed(fmt.Sprintf("sentence_%d", i+1)))
	}
	return v.write(func(tx *db.Tx) error {
		have, err := parameter.Load(tx)
		if err != nil {
			return err
		}
		if err := v.unchanged(have); err != nil {
			return err
		}
		if err := p.Save(tx); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "measures.set", Target: "measures", Count: 1, Request: by.Request})
	})
}

// typedWeights reads the weights of the loyalty index: all of them, or none.
func (v *visit) typedWeights(p *parameter.Parameters) error {
	const all = 3
	for i := range all {
		name := fmt.Sprintf("weight_%d", i+1)
		if strings.TrimSpace(v.typed(name)) == "" {
			continue
		}
		w, err := v.typedNumber(name)
		if err != nil {
			return err
		}
		if w < 0 {
			return unfit(name, zeroOrMore)
		}
		if p.IndexWeights == nil {
			p.IndexWeights = make([]float64, all)
		}
		p.IndexWeights[i] = w
	}
	if p.IndexWeights != nil && slices.Max(p.IndexWeights) == 0 {
		return unfit("weight_1", aboveZero)
	}
	return nil
}

// typedWhole reads a whole number, where one was typed.
func (v *visit) typedWhole(name string, to *int) error {
	text := strings.TrimSpace(v.typed(name))
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return fault.In(name, fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", text)))
	}
	*to = n
	return nil
}

func (v *visit) savePrediction() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedPrediction(by); err != nil {
				return v.askParameters(by, err)
			}
			return v.leave("/parameters?done=saved")
		})
	})
}

func (v *visit) savedPrediction(by account.Actor) error {
	var s forecast.Settings
	for _, one := range []struct {
		name string
		to   *int
	}{{"horizon_days", &s.HorizonDays}, {"value_months", &s.ValueMonths}} {
		if err := v.typedWhole(one.name, one.to); err != nil {
			return err
		}
	}
	for _, one := range []struct {
		name string
		to   *float64
	}{{"margin", &s.Margin}, {"discount_per_year", &s.DiscountPerYear}} {
		percent, err := v.typedNumber(one.name)
		if err != nil {
			return err
		}
		*one.to = percent / 100
	}
	return v.write(func(tx *db.Tx) error {
		have, err := forecast.LoadSettings(tx)
		if err != nil {
			return err
		}
		if err := v.unchanged(have); err != nil {
			return err
		}
		if s.Assumed, err = v.typedGains(have.Assumed); err != nil {
			return err
		}
		if err := s.Save(tx); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "predictions.set", Target: "predictions", Count: 1, Request: by.Request})
	})
}
