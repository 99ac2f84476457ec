package sample

import "math"

// Process holds the parameters of the process; times are in days, money in whole units of the currency.
type Process struct {
	// Visits: rate a day ~ Gamma(R, Alpha); chance of leaving after a visit from Beta(A, B), see the package comment.
	R      float64 `json:"r"`
	Alpha  float64 `json:"alpha"`
	A      float64 `json:"a"`
	B      float64 `json:"b"`
	Effect float64 `json:"satisfaction_effect_on_leaving"`
	// Spend: a visit costs Gamma(P, v), v ~ Gamma(Q, Gamma) for the customer: mean P Gamma / (Q - 1).
	P     float64 `json:"p"`
	Q     float64 `json:"q"`
	Gamma float64 `json:"gamma"`
	// Season: the rate is multiplied by the month's and the weekday's factor (Sunday first).
	Months   [12]float64 `json:"months"`
	Weekdays [7]float64  `json:"weekdays"`
	Growth   float64     `json:"growth"` // joining is 1 + Growth times as quick at the end as at the start
	// Experience: how often things happen, and what they do to satisfaction.
	LateShare    float64 `json:"late_share"` // of deliveries
	WaitShare    float64 `json:"wait_share"` // of visits at busy hours
	WarmShare    float64 `json:"warm_share"` // of visits to a store
	LateEffect   float64 `json:"late_effect"`
	WaitEffect   float64 `json:"wait_effect"`
	WarmEffect   float64 `json:"warm_effect"`
	MoodSpread   float64 `json:"mood_spread"`
	ChanceSpread float64 `json:"chance_spread"`
	// Voice: of visits, surveys and bad visits.
	SurveyShare float64 `json:"survey_share"`
	SkipShare   float64 `json:"skip_share"`
	CaseShare   float64 `json:"case_share"`
	// Untidiness.
	ReturnShare    float64   `json:"return_share"`
	AnonymousShare float64   `json:"anonymous_share"` // sales to nobody known for each known visit
	Channels       []Channel `json:"acquisition_channels"`
}

// Channel is a way in which customers hear of the business.
type Channel struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"` // of new customers
	Cost  float64 `json:"cost"`  // of winning one, in whole units of the currency
}

// standard is the process of the demo; scale turns euros into the currency's whole units.
func standard(scale float64) Process {
	return Process{
		R: 0.8, Alpha: 12, A: 1.2, B: 10, Effect: 0.8,
		P: 4, Q: 5, Gamma: 12 * scale,
		Months:   [12]float64{0.84, 0.87, 0.96, 1, 1.04, 1, 0.9, 0.84, 1, 1.05, 1.14, 1.36},
		Weekdays: [7]float64{0.9, 0.85, 0.95, 0.98, 1, 1.12, 1.2},
		Growth:   0.6,

		LateShare: 0.14, WaitShare: 0.16, WarmShare: 0.3,
		LateEffect: -1.5, WaitEffect: -1, WarmEffect: 0.6,
		MoodSpread: 0.7, ChanceSpread: 0.5,

		SurveyShare: 0.07, SkipShare: 0.04, CaseShare: 0.25,
		ReturnShare: 0.015, AnonymousShare: 0.06,
		Channels: []Channel{
			{"walk-in", 0.4, 0}, {"recommendation", 0.18, 3 * scale}, {"search", 0.16, 8 * scale},
			{"social", 0.15, 11 * scale}, {"flyer", 0.11, 6 * scale},
		},
	}
}

// recommended is the index of the channel of those who came by word of mouth.
const recommended = 1

// buyer is what is lasting about a customer, and where they are in their life. It is kept for every customer.
type buyer struct {
	next   float64 // moment of the next visit, in days since the start
	rate   float32 // visits a day
	leave  float32 // chance of leaving after an ordinary visit
	spend  float32 // mean of a visit, in whole units
	mood   float32
	online float32 // share of visits that are orders on the site
	visits uint32  // so far
	home   uint8   // store
	likes  uint8   // category
}

// visit is one order and all that follows from it.
type visit struct {
	key      uint64 // of the stream that the lines, answers and times are drawn from
	customer int32  // -1: nobody known
	day      int32
	minute   int16
	channel  uint8
	store    uint8
	likes    uint8
	minor    int64
	mood     float32 // satisfaction with this visit
	late     bool
	wait     bool
	warm     bool
	asked    bool
	cased    bool
	inTime   bool  // the complaint is answered in time
	returned int16 // days until something is taken back; 0: nothing is
	back     bool  // this is the taking back, not the visit
	order    int64 // given when written
}

// Ways to order.
const (
	inStore = iota
	onSite
	inApp
)

// world is the process with everything fixed that a run needs.
type world struct {
	Process
	seed      uint64
	customers int
	days      int // of business; the season may go on after it
	season    *season
	digits    int
	scale     float64 // whole units of the currency in a euro, about
	lines     bool    // orders have lines
}

// born draws customer i. The stratified place in the queue of joining keeps numbers in the order of joining.
func (w *world) born(d *dice, i int) buyer {
	d.aim(w.seed, streamBuyer, uint64(i), 0)
	place := (float64(i) + d.Float64()) / float64(w.customers)
	// Joining has density 1 + g x over the time of the process, x in 0..1; this is the inverse of its integral.
	g := w.Growth
	x := place
	if g != 0 {
		x = (math.Sqrt(1+place*g*(2+g)) - 1) / g
	}
	b := buyer{
		next:   w.season.calendar(x * w.season.process(float64(w.days))),
		rate:   float32(d.gamma(w.R) / w.Alpha),
		leave:  float32(d.beta(w.A, w.B)),
		spend:  float32(w.P * w.Gamma / d.gamma(w.Q)),
		mood:   float32(w.MoodSpread * d.NormFloat64()),
		online: 0.08,
		home:   uint8(d.pick(storeWeights[:])),
		likes:  uint8(d.pick(categoryWeights)),
	}
	if d.chance(0.25) {
		b.online = 0.7
	}
	return b
}

// visit draws the visit of customer i that b.next announces, and moves b on to the next one: past the end of the
// calendar when the customer has left.
func (w *world) visit(d *dice, i int, b *buyer) visit {
	d.aim(w.seed, streamVisit, uint64(i), uint64(b.visits))
	v := visit{key: d.Uint64(), customer: int32(i), day: int32(b.next), likes: b.likes, store: b.home}
	if d.chance(float64(b.online)) {
		v.channel = onSite
	} else if d.chance(0.2) {
		v.channel = inApp
	}
	if v.store = b.home; d.chance(0.15) {
		v.store = uint8(d.pick(storeWeights[:]))
	}
	v.minute = w.minute(d, v.channel)
	v.minor = w.price(d, float64(b.spend))
	w.experience(d, b, &v)

	v.asked = d.chance(w.SurveyShare)
	if v.mood < -1.2 && d.chance(w.CaseShare) {
		v.cased, v.inTime = true, d.chance(0.7)
	}
	if d.chance(w.ReturnShare) {
		v.returned = int16(1 + d.IntN(20))
	}
	w.moveOn(d, b, &v)
	return v
}

func (w *world) experience(d *dice, b *buyer, v *visit) {
	mood := float64(b.mood) + w.ChanceSpread*d.NormFloat64()
	if v.channel == onSite {
		v.late = d.chance(w.LateShare)
	} else {
		v.wait = busy(v.minute) && d.chance(w.WaitShare)
		v.warm = d.chance(w.WarmShare)
	}
	if v.late {
		mood += w.LateEffect
	}
	if v.wait {
		mood += w.WaitEffect
	}
	if v.warm {
		mood += w.WarmEffect
	}
	v.mood = float32(mood)
}

// moveOn decides whether the customer leaves and, if not, when the next visit is. A complaint that is answered in
// time takes back what the bad visit did to staying.
func (w *world) moveOn(d *dice, b *buyer, v *visit) {
	b.visits++
	mood := float64(v.mood)
	if v.cased && v.inTime && mood < 0 {
		mood = 0
	}
	left := 1 - math.Pow(1-float64(b.leave), math.Exp(-w.Effect*mood))
	if d.chance(left) {
		b.next = math.Inf(1)
		return
	}
	rate := float64(b.rate)
	if rate <= 0 {
		b.next = math.Inf(1)
		return
	}
	b.next = w.season.calendar(w.season.process(b.next) + d.ExpFloat64()/rate)
}

// alive tells whether a customer whose next visit is at next has not left; calendar gives days() for visits after the
// end of the calendar.
func (b *buyer) alive() bool { return !math.IsInf(b.next, 1) }

// price is what a visit of a customer with this mean costs, in minor units, at least one.
func (w *world) price(d *dice, mean float64) int64 {
	minor := d.gamma(w.P) / w.P * mean * math.Pow10(w.digits)
	return max(1, int64(math.Round(minor)))
}

// stranger is a sale to nobody known, next to visit v.
func (w *world) stranger(d *dice, v *visit) visit {
	d.aim(v.key, streamVisit, 1, 0)
	s := visit{key: d.Uint64(), customer: -1, day: v.day, store: v.store, likes: uint8(d.pick(categoryWeights))}
	s.minute = w.minute(d, inStore)
	s.minor = w.price(d, w.P*w.Gamma/d.gamma(w.Q))
	return s
}

// hasStranger tells whether a sale to nobody known goes with visit v.
func (w *world) hasStranger(d *dice, v *visit) bool {
	d.aim(v.key, streamVisit, 0, 0)
	return d.chance(w.AnonymousShare)
}

// minute draws the time of day: mornings and lunch in a store, evenings on the site.
func (w *world) minute(d *dice, channel uint8) int16 {
	centre, spread := 8.6, 0.8
	u := d.Float64()
	switch {
	case channel == onSite && u < 0.7:
		centre, spread = 20.2, 1.3
	case channel == onSite:
		centre, spread = 12.5, 2
	case u < 0.45:
	case u < 0.75:
		centre, spread = 12.8, 0.7
	default:
		centre, spread = 16, 1.4
	}
	hour := centre + spread*d.NormFloat64()
	return int16(60 * min(21.9, max(7, hour)))
}

// busy tells whether a queue is likely.
func busy(minute int16) bool {
	hour := minute / 60
	return hour == 8 || hour == 12 || hour == 13
}
