package metric_test

import (
	"math"

	"regulars/internal/base/stats"
)

// voiceLaws are the measures of answers.
func voiceLaws() map[string]func(*view) figure {
	out := map[string]func(*view) figure{
		"nps":               (*view).nps,
		"nps_with_passives": (*view).npsWithPassives,
		"nps_weighted":      (*view).npsWeighted,
		"loyalty_index":     (*view).index,
		"loyalty_index_plain": func(v *view) figure {
			return v.indexOf(100, -100, 0, v.oneKind(), [3]float64{1, 1, 1})
		},
		"csat_top":  func(v *view) figure { return v.top("csat", "") },
		"csat_mean": func(v *view) figure { return v.mean("csat", "") },
		"ces_easy":  func(v *view) figure { return v.top("ces", "") },
		"ces_mean":  func(v *view) figure { return v.mean("ces", "") },

		"response_rate": func(v *view) figure {
			type survey struct {
				who string
				at  int64
			}
			finished := map[survey]bool{} // all that one person was asked at one moment is one survey
			for _, a := range v.said() {
				if k := (survey{a.who, a.Moment.Local}); a.Delivered && a.Kind != "case" {
					finished[k] = finished[k] || a.Finished
				}
			}
			done, sent := vec{}, vec{}
			for k, is := range finished {
				done[k.who] += one(is)
				sent[k.who]++
			}
			return shareOf(done, sent, float64(len(sent)))
		},
		"first_reply_minutes": func(v *view) figure { return v.minutes(func(a answer) int64 { return a.Replied.Local }) },
		"solution_minutes":    func(v *view) figure { return v.minutes(func(a answer) int64 { return a.Solved.Local }) },
		"in_time_share":       (*view).inTime,
		"recovered_share":     (*view).recovered,
	}
	for _, a := range []string{
		"service", "staff", "problem_solving", "information", "product_quality", "delivery", "site", "price", "brand",
	} {
		out["aspect_"+a+"_mean"] = func(v *view) figure { return v.mean("csat", a) }
		out["aspect_"+a+"_top"] = func(v *view) figure { return v.top("csat", a) }
	}
	return out
}

// said are the answers in the view.
func (v *view) said() []answer {
	var out []answer
	for _, a := range v.s.answers {
		if v.holds(a.Moment.Local) {
			out = append(out, a)
		}
	}
	return out
}

// valid are the scores to one question that are on its scale.
func (v *view) valid(kind, aspect string) []answer {
	var out []answer
	for _, a := range v.said() {
		ok := a.Scored && a.Kind == kind && a.Aspect == aspect
		switch kind {
		case "nps":
			ok = ok && a.Score >= v.o.set.Bands.Min && a.Score <= v.o.set.Bands.Max
		case "ces":
			ok = ok && a.Score >= 1 && a.Score <= 7
		default:
			ok = ok && a.Score >= 1 && a.Score <= float64(v.o.set.CSATScale) && (a.Scale == 0 || a.Scale == v.o.set.CSATScale)
		}
		if ok {
			out = append(out, a)
		}
	}
	return out
}

// camps counts promoters, detractors and all by who answered.
func (v *view) camps() (promoters, detractors, answers vec) {
	promoters, detractors, answers = vec{}, vec{}, vec{}
	for _, a := range v.valid("nps", "") {
		promoters[a.who] += one(a.Score > v.o.set.Bands.Passive)
		detractors[a.who] += one(a.Score <= v.o.set.Bands.Detractor)
		answers[a.who]++
	}
	return promoters, detractors, answers
}

func (v *view) nps() figure {
	p, d, n := v.camps()
	f := plain((p.sum()-d.sum())/n.sum()*100, n.sum())
	i := stats.NPS(p.sum(), n.sum()-p.sum()-d.sum(), d.sum())
	f.low, f.high = i.Low, i.High
	f.columns, f.units = []vec{p, d, n}, float64(len(n))
	f.of = func(t []float64) float64 { return (t[0] - t[1]) / t[2] * 100 }
	f.slopes = []float64{100 / n.sum(), -100 / n.sum(), -f.value / n.sum()}
	f.change = func(a, b stats.Sums, cross [][]float64) stats.Change {
		return stats.NPSChangeSums(a, b, cross, 0, 1, 2)
	}
	return f
}

func (v *view) npsWithPassives() figure {
	p, d, n := v.camps()
	f := plain(100-200*d.sum()/n.sum(), n.sum())
	w := stats.Wilson(d.sum(), n.sum())
	f.low, f.high = 100-200*w.High, 100-200*w.Low
	f.columns, f.units = []vec{p, d, n}, float64(len(n))
	f.of = func(t []float64) float64 { return 100 - 200*t[1]/t[2] }
	f.slopes = []float64{0, -200 / n.sum(), 200 * d.sum() / n.sum() / n.sum()}
	return f
}

// npsWeighted counts each RFM segment of those asked by how many of it were asked.
func (v *view) npsWeighted() figure {
	segment := map[string]string{}
	for _, s := range v.o.score(v.o.everybody, v.o.set.AsOf) {
		segment[s.Reference] = s.Segment
	}
	b := v.o.set.Bands
	strata := map[string]*stats.Stratum{}
	for _, a := range v.said() {
		if a.Kind != "nps" || a.Aspect != "" || !a.Delivered || a.Scored && (a.Score < b.Min || a.Score > b.Max) {
			continue
		}
		s := strata[segment[a.Customer]]
		if s == nil {
			s = &stats.Stratum{}
			strata[segment[a.Customer]] = s
		}
		s.Share++
		s.Promoters += one(a.Scored && a.Score > b.Passive)
		s.Passives += one(a.Scored && a.Score > b.Detractor && a.Score <= b.Passive)
		s.Detractors += one(a.Scored && a.Score <= b.Detractor)
	}
	var list []stats.Stratum
	var shares, value float64
	for _, s := range strata {
		list = append(list, *s)
		if n := s.Promoters + s.Passives + s.Detractors; n > 0 {
			shares += s.Share
			value += s.Share * 100 * (s.Promoters - s.Detractors) / n
		}
	}
	f := interval(stats.NPSWeighted(list).Interval)
	f.value = value / shares
	return f
}

// top is the share of the two best scores, or of 5 to 7 on the effort question.
func (v *view) top(kind, aspect string) figure {
	best := 4.0
	switch {
	case kind == "ces":
		best = 5
	case v.o.set.CSATScale == 10:
		best = 9
	}
	top, n := vec{}, vec{}
	for _, a := range v.valid(kind, aspect) {
		top[a.who] += one(a.Score >= best)
		n[a.who]++
	}
	return shareOf(top, n, float64(len(n)))
}

func (v *view) mean(kind, aspect string) figure {
	total, n := vec{}, vec{}
	var scores, counts []float64
	for _, a := range v.valid(kind, aspect) {
		total[a.who] += a.Score
		n[a.who]++
		scores, counts = append(scores, a.Score), append(counts, 1)
	}
	f := quotient(total, n, 1, float64(len(n)))
	i := stats.TCounts(scores, counts) // over answers, whoever gave them
	f.low, f.high = i.Low, i.High
	return f
}

// index is the weighted mean of (NPS + 100) / 2, repurchase rate and share buying several kinds.
func (v *view) index() figure { return v.indexOf(50, -50, 50, v.active(), v.o.weights()) }

func (o *oracle) weights() [3]float64 {
	if o.set.IndexWeights == [3]float64{} {
		return [3]float64{1, 1, 1}
	}
	return o.set.IndexWeights
}

// indexOf is the weighted mean of up x promoters / n + down x detractors / n + base, of the repurchase rate, and of
// several kinds over the divisor, both x 100. Its slopes are those of three quotients.
func (v *view) indexOf(up, down, base float64, divisor vec, w [3]float64) figure {
	p, d, n := v.camps()
	again, active, several := v.boughtAgain(), v.active(), v.severalKinds()
	all := w[0] + w[1] + w[2]
	score := (up*p.sum() + down*d.sum()) / n.sum()
	f := plain((w[0]*(score+base)+w[1]*100*again.sum()/active.sum()+w[2]*100*several.sum()/divisor.sum())/all,
		math.Min(n.sum(), active.sum()))
	f.columns = []vec{p, d, n, again, active, several, divisor}
	f.units = math.Max(float64(len(n)), v.bought())
	f.of = func(t []float64) float64 {
		return (w[0]*((up*t[0]+down*t[1])/t[2]+base) + w[1]*100*t[3]/t[4] + w[2]*100*t[5]/t[6]) / all
	}
	f.slopes = []float64{
		w[0] * up / n.sum(), w[0] * down / n.sum(), -w[0] * score / n.sum(),
		w[1] * 100 / active.sum(), -w[1] * 100 * again.sum() / active.sum() / active.sum(),
		w[2] * 100 / divisor.sum(), -w[2] * 100 * several.sum() / divisor.sum() / divisor.sum(),
	}
	for i := range f.slopes {
		f.slopes[i] /= all
	}
	f.linear()
	return f
}

// minutes is the median time from a complaint to a moment of it. What lies after as-of has not happened.
func (v *view) minutes(to func(answer) int64) figure {
	var values []float64
	for _, a := range v.said() {
		if end := to(a); end != 0 && end < v.o.set.AsOf {
			values = append(values, float64(end-a.Moment.Local)/60e6)
		}
	}
	return median(values)
}

// inTime is over the complaints with a deadline that are solved or past it.
func (v *view) inTime() figure {
	good, n := vec{}, vec{}
	for _, a := range v.said() {
		due, solved := a.Due.Local, a.Solved.Local
		if solved >= v.o.set.AsOf {
			solved = 0
		}
		if due != 0 && (solved != 0 || due < v.o.set.AsOf) {
			good[a.who] += one(solved != 0 && solved <= due)
			n[a.who]++
		}
	}
	return shareOf(good, n, float64(len(n)))
}

// recovered is over the known customers with a complaint or an unhappy answer: did they order after the first?
func (v *view) recovered() figure {
	since := map[string]int64{}
	for _, a := range v.said() {
		unhappy := a.Kind == "case"
		switch {
		case !a.Scored:
		case a.Kind == "nps":
			unhappy = a.Score <= v.o.set.Bands.Detractor
		case a.Kind == "csat":
			unhappy = int(a.Score) <= v.o.set.CSATScale/2
		case a.Kind == "ces":
			unhappy = a.Score <= 3
		}
		if at, ok := since[a.Customer]; a.Customer != "" && unhappy && (!ok || a.Moment.Local < at) {
			since[a.Customer] = a.Moment.Local
		}
	}
	back := vec{}
	for id, at := range since {
		back[id] = 0
		for _, p := range v.s.people {
			if p.id == id && len(p.orders) > 0 {
				back[id] = one(p.orders[len(p.orders)-1].at > at)
			}
		}
	}
	return shareOf(back, ones(back), float64(len(back)))
}
