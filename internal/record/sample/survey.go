package sample

import "math"

// survey is what one customer who was asked says; scores are 0 where a question was not put or not answered, except
// nps, which is -1 then.
type survey struct {
	day      int32 // of the answer or, when nobody answered, of the delivery
	minute   int
	finished bool
	nps      int
	csat     int
	ces      int
	aspects  [aspectCount]int // 1-5
	comment  topic
	word     int // which of the comments on the topic
}

// The aspects asked about, in the order of aspectNames.
const (
	service = iota
	staff
	information
	quality
	delivery
	aspectCount
)

var aspectNames = [aspectCount]string{"service", "staff", "information", "product_quality", "delivery"}

// topic is what a comment is about.
type topic int

// The topics of comments; their texts are in words/*.json.
const (
	silent topic = iota
	praise
	plain
	lateness
	waiting
	warmth
	bad
	topicCount
)

// ask draws what the customer of visit v says when asked. Those who are content answer more often, as in life: the
// NPS of the answers is not the NPS of all who were asked.
func (w *world) ask(d *dice, v *visit) survey {
	d.aim(v.key, streamPerson, 0, 0)
	mood := float64(v.mood)
	s := survey{
		day:    v.day + 1 + int32(d.IntN(3)),
		minute: 9*60 + d.IntN(11*60),
		nps:    score(8.0+1.6*mood+1.1*d.NormFloat64(), 0, 10),
		csat:   score(4.0+0.8*mood+0.5*d.NormFloat64(), 1, 5),
		ces:    score(5.4+0.9*mood+0.8*d.NormFloat64(), 1, 7),
	}
	s.finished = d.chance(1 / (1 + math.Exp(0.6-0.5*mood)))
	for a := range s.aspects {
		s.aspects[a] = w.aspect(d, v, a)
	}
	s.remark(d, v)
	return s
}

// skips tells whether the question of recommending was left out.
func (w *world) skips(d *dice, v *visit) bool {
	d.aim(v.key, streamPerson, 1, 0)
	return d.chance(w.SkipShare)
}

func (w *world) aspect(d *dice, v *visit, a int) int {
	centre := [aspectCount]float64{4.1, 4.2, 3.8, 4.3, 4.1}[a] + 0.5*float64(v.mood) + 0.6*d.NormFloat64()
	switch {
	case a == delivery && v.channel != onSite:
		return 0
	case a == delivery && v.late:
		centre -= 1.2
	case a == service && v.wait:
		centre--
	case a == staff && v.warm:
		centre += 0.4
	}
	return score(centre, 1, 5)
}

// remark chooses what a comment is about: mostly nothing, else what happened.
func (s *survey) remark(d *dice, v *visit) {
	s.word = d.IntN(1 << 16)
	if !d.chance(0.35) {
		return
	}
	switch {
	case v.late:
		s.comment = lateness
	case v.wait:
		s.comment = waiting
	case s.nps >= 9 && v.warm:
		s.comment = warmth
	case s.nps >= 9:
		s.comment = praise
	case s.nps <= 5:
		s.comment = bad
	default:
		s.comment = plain
	}
}

// score rounds x into low..high.
func score(x float64, low, high int) int {
	return min(high, max(low, int(math.Round(x))))
}

// complaint holds the times of a case, in minutes since the start; zero where it has not happened.
type complaint struct {
	opened, replied, solved, due int64
	comment                      topic
	word                         int
}

// hours that a case should be answered within.
const dueHours = 24

// complain draws the case of visit v.
func (w *world) complain(d *dice, v *visit) complaint {
	d.aim(v.key, streamPerson, 2, 0)
	c := complaint{opened: int64(v.day)*1440 + int64(v.minute) + int64(20+d.IntN(600)), comment: bad, word: d.IntN(1 << 16)}
	c.due = c.opened + dueHours*60
	reply := dueHours * 60 * (0.02 + 0.9*d.Float64()*d.Float64())
	if !v.inTime {
		reply = dueHours * 60 * (1.05 + 2*d.Float64())
	}
	c.replied = c.opened + int64(reply)
	if d.chance(0.9) {
		c.solved = c.replied + int64(60*math.Exp(2.2+d.NormFloat64()))
	}
	switch {
	case v.late:
		c.comment = lateness
	case v.wait:
		c.comment = waiting
	}
	return c
}
