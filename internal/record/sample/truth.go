package sample

import (
	"math"
	"math/bits"
	"strconv"
)

// Truth is what is known about the business because it was made up. It is written to truth.json.
type Truth struct {
	Seed      uint64 `json:"seed"`
	Customers int    `json:"customers"`
	Start     string `json:"start"` // first day of business
	End       string `json:"end"`   // the day after the last
	Window    string `json:"window_from"`
	Currency  string `json:"currency"`
	Digits    int    `json:"currency_digits"`
	Lines     bool   `json:"lines"` // a row of orders.csv is a line of an order, else a whole order
	// Process is what everything was drawn from.
	Process Process `json:"process"`
	// Written counts what is in the files.
	Written Written `json:"written"`
	// Expected is what a measure of the window [Window, End) should find, by its key, in its own unit (money in minor
	// units). A number in a key is a setting of the measure: retention_rate_90 is for 90 days of activity.
	// nps_asked is what nps would be if all who were asked had answered.
	Expected map[string]Estimate `json:"expected"`
}

// Estimate is a value from a run of the process with its standard error.
type Estimate struct {
	Value float64 `json:"value"`
	SE    float64 `json:"se"`
}

// Written counts what is in the files.
type Written struct {
	Rows          int64 `json:"rows"`           // of orders.csv, without the header
	BrokenRows    int64 `json:"broken_rows"`    // that cannot be read
	AnonymousRows int64 `json:"anonymous_rows"` // without a customer
	ReturnRows    int64 `json:"return_rows"`
	Orders        int64 `json:"orders"` // of known customers, returns not counted
	GrossMinor    int64 `json:"gross_minor"`
	ReturnedMinor int64 `json:"returned_minor"`
	Alive         int64 `json:"customers_not_gone"` // who have not left for good
	Answers       int64 `json:"answer_rows"`
	Cases         int64 `json:"case_rows"`
	Costs         int64 `json:"cost_rows"`
}

// ratio estimates sum x / sum y over customers with its standard error by the delta method.
type ratio struct{ n, x, y, xx, yy, xy float64 }

func (r *ratio) add(x, y float64) {
	r.n++
	r.x += x
	r.y += y
	r.xx += x * x
	r.yy += y * y
	r.xy += x * y
}

func (r *ratio) estimate(scale float64) Estimate {
	v := r.x / r.y
	ss := r.xx - 2*v*r.xy + v*v*r.yy
	return Estimate{Value: v * scale, SE: scale * math.Sqrt(ss*r.n/(r.n-1)) / r.y}
}

// truthCustomers is how many customers the independent run has.
const truthCustomers = 60_000

// aftermath is how long that run looks beyond the end, for what happens within so many days of a first order.
const aftermath = 90

var activityDays = []int{30, 60, 90, 180, 365}

var secondOrderDays = []int{30, 60, 90}

// expectation gathers the measures over the customers of the independent run.
type expectation struct {
	w      *world
	from   int32
	end    int32
	ratios map[string]*ratio
	d      *dice
	lines  []line
}

// expected runs the process anew with other customers and gives what the measures of the last days should find.
func (w *world) expected(from int) map[string]Estimate {
	other := *w
	other.seed, other.customers = mix(w.seed+streamTruth), truthCustomers
	other.SurveyShare = 1 // being asked changes nothing in a life, and all answers tell more than a few
	e := &expectation{w: &other, from: int32(from), end: int32(w.days), ratios: map[string]*ratio{}, d: newDice()}
	d := newDice()
	var life []visit
	for i := range other.customers {
		b := other.born(d, i)
		life = life[:0]
		for b.next < float64(w.days+aftermath) {
			life = append(life, other.visit(d, i, &b))
		}
		e.purchases(life)
		e.moments(life)
		e.voice(life)
	}
	out := map[string]Estimate{}
	for key, r := range e.ratios {
		if r.y > 0 {
			out[key] = r.estimate(scaleOf(key))
		}
	}
	return out
}

func scaleOf(key string) float64 {
	switch key {
	case "average_order_value", "average_order_value_gross", "purchase_frequency", "customer_value", "upsell_ratio",
		"csat_mean", "ces_mean":
		return 1
	}
	return 100
}

func (e *expectation) add(key string, x, y float64) {
	r := e.ratios[key]
	if r == nil {
		r = &ratio{}
		e.ratios[key] = r
	}
	r.add(x, y)
}

func (e *expectation) purchases(life []visit) {
	var orders, gross, back float64
	var kinds uint
	for i := range life {
		v := &life[i]
		in := v.day >= e.from && v.day < e.end
		if !in && v.returned == 0 {
			continue
		}
		e.lines = e.w.basket(e.d, v, e.lines[:0])
		if in {
			orders++
			for _, l := range e.lines {
				gross += float64(l.price * l.quantity)
				kinds |= 1 << catalogue[l.product].category
			}
		}
		if day := v.day + int32(v.returned); v.returned > 0 && day >= e.from && day < e.end {
			l := takenBack(e.lines)
			back += float64(l.price * l.quantity)
		}
	}
	active := indicator(orders > 0)
	multi := indicator(bits.OnesCount(kinds) > 1)
	e.add("repurchase_rate", indicator(orders > 1), active)
	e.add("purchase_frequency", orders, active)
	e.add("average_order_value", gross-back, orders)
	e.add("average_order_value_gross", gross, orders)
	e.add("customer_value", gross-back, active)
	e.add("multi_kind_share", multi, active)
	e.add("upsell_ratio", multi, active-multi)
}

// moments gathers what compares two moments: retention, and the second order after the first.
func (e *expectation) moments(life []visit) {
	first, second := int32(-1), int32(math.MaxInt32)
	lastBefore, lastAtEnd := int32(-1), int32(-1)
	for i := range life {
		switch day := life[i].day; {
		case first < 0:
			first = day
		case day > first:
			second = min(second, day)
		}
		if life[i].day < e.from {
			lastBefore = life[i].day
		}
		if life[i].day < e.end {
			lastAtEnd = life[i].day
		}
	}
	for _, days := range activityDays {
		start := lastBefore >= 0 && current(lastBefore, e.from, days)
		both := start && current(lastAtEnd, e.end, days)
		e.add("retention_rate_"+strconv.Itoa(days), indicator(both), indicator(start))
	}
	fresh := first >= e.from && first < e.end
	for _, days := range secondOrderDays {
		again := fresh && second-first <= int32(days)
		e.add("second_order_rate_"+strconv.Itoa(days), indicator(again), indicator(fresh))
	}
}

// current tells whether a purchase on day last is at most so many days old when day at begins; a purchase is some
// hours into its day, which makes its age a fraction less than the difference.
func current(last, at int32, days int) bool { return int(at-last) <= days }

func (e *expectation) voice(life []visit) {
	sums := map[string]*[2]float64{}
	count := func(key string, x float64) {
		if sums[key] == nil {
			sums[key] = &[2]float64{}
		}
		sums[key][0] += x
		sums[key][1]++
	}
	for i := range life {
		v := &life[i]
		if !v.asked {
			continue
		}
		s := e.w.ask(e.d, v)
		if s.day < e.from || s.day >= e.end {
			continue
		}
		count("response_rate", indicator(s.finished))
		count("nps_asked", promotes(s.nps))
		if !s.finished {
			continue
		}
		if !e.w.skips(e.d, v) {
			count("nps", promotes(s.nps))
		}
		count("csat_top", indicator(s.csat >= 4))
		count("csat_mean", float64(s.csat))
		count("ces_easy", indicator(s.ces >= 5))
		count("ces_mean", float64(s.ces))
	}
	for key, s := range sums {
		e.add(key, s[0], s[1])
	}
}

// promotes is 1 for a promoter, -1 for a detractor and 0 for a passive.
func promotes(nps int) float64 { return indicator(nps >= 9) - indicator(nps <= 6) }

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
