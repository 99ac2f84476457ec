package churn

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
)

// street is a shop where who buys much mostly stays for years, and who buys little mostly for months.
func street() *Gatherer {
	r := rand.New(rand.NewPCG(3, 7))
	var g Gatherer
	for i := range 900 {
		id := strconv.Itoa(i)
		from := int32(r.IntN(300))
		faithful := r.IntN(2) == 0
		stop, pieces := from+20+int32(r.ExpFloat64()*120), 1.0
		if faithful {
			stop = from + 20 + int32(r.ExpFloat64()*1000)
		}
		if faithful != (r.IntN(5) == 0) {
			pieces = 6
		}
		for at := from; at < min(stop, 400); at += 4 + int32(r.IntN(40)) {
			g.Add(Line{Customer: id, Order: id + "/" + strconv.Itoa(int(at)), Product: strconv.Itoa(r.IntN(9)), Day: at, Amount: 500 * pieces, Quantity: pieces})
		}
	}
	return &g
}

// blind is a rival who tells everybody the share of all.
func blind(g *Gatherer, days ...int32) (out []Rival) {
	for _, day := range days {
		r := Rival{Day: day, Told: map[string]float64{}}
		for _, id := range g.At(day).IDs {
			r.Told[id] = .4
		}
		out = append(out, r)
	}
	return out
}

func TestTheBetterOneIsUsed(t *testing.T) {
	t.Parallel()
	g := street()
	rivals := blind(g, 340, 280)
	trial := g.Try(400, 60, rivals)
	if trial.Lack != NothingLacks || !trial.Better || trial.Used() == nil || len(trial.Looks) != 2 || trial.Day != 340 {
		t.Fatalf("the trial is %+v", trial)
	}
	learned, rival := trial.Overall()
	if learned.AUC < .75 || rival.AUC != .5 || learned.LogLoss >= rival.LogLoss || learned.Brier >= rival.Brier {
		t.Errorf("learnt %+v, and the rival %+v", learned, rival)
	}
	// A rival who knows: the classifier does no better, and is not used.
	for _, r := range rivals {
		s := g.At(r.Day)
		for i, left := range g.Left(s, r.Day+60) {
			r.Told[s.IDs[i]] = .1
			if left {
				r.Told[s.IDs[i]] = .9
			}
		}
	}
	if trial = g.Try(400, 60, rivals); trial.Better || trial.Used() != nil || trial.Law == nil {
		t.Errorf("beside one who knows: %+v", trial)
	}
	// It is the same when it was kept.
	text, err := json.Marshal(trial)
	if err != nil {
		t.Fatal(err)
	}
	var again Trial
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	s := g.At(400)
	if !reflect.DeepEqual(trial.Law.Chances(s.Rows), again.Law.Chances(s.Rows)) {
		t.Error("a classifier that was kept foretells something else")
	}
	if err := json.Unmarshal([]byte(`{"names":["orders"],"weights":[1],"mean":[],"spread":[1]}`), &Classifier{}); err == nil {
		t.Error("half a classifier was read")
	}
}

// What comes after the day that a trial is of changes nothing of it; what comes after the day of a look changes nothing of
// what was learnt for it.
func TestATrialDoesNotSeeTheFuture(t *testing.T) {
	t.Parallel()
	clean, later := street(), street()
	for i := range 900 {
		id := strconv.Itoa(i)
		later.Add(Line{Customer: id, Order: id + "/later", Product: "leak", Day: 400 + int32(i%3), Amount: 1e7, Quantity: 1000, TakenBack: i%2 == 0})
		later.Heard(Said{Customer: id, Day: 400, Complaint: i%2 == 0})
	}
	a, b := clean.Try(400, 60, blind(clean, 340)), later.Try(400, 60, blind(clean, 340))
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the future changes %+v to %+v", a, b)
	}
	before, _, _, _ := clean.learn(400, 60)
	after, _, _, _ := later.learn(400, 60)
	if !reflect.DeepEqual(before, after) {
		t.Error("what is learnt on a day knows of that day or later")
	}
	if known, _, _, _ := later.learn(403, 60); reflect.DeepEqual(before, known) {
		t.Error("the leak would not be seen at all: the test proves nothing")
	}
}

// A leak is planted that no snapshot can see: goodbyes that were written down months later, with the date of the last day on
// which the customer was still there. The trial catches it.
func TestAPlantedLeakIsCaught(t *testing.T) {
	t.Parallel()
	g := street()
	for _, day := range []int32{280, 340} {
		s := g.At(day)
		for i, left := range g.Left(s, day+60) {
			if left {
				g.Add(Line{Customer: s.IDs[i], Order: "goodbye" + s.IDs[i] + strconv.Itoa(int(day)), Day: day - 1, Amount: -1, Quantity: -1, TakenBack: true})
			}
		}
		for i, left := range g.Left(s, day+60) { // whoever comes has been forgiven
			if !left {
				g.Heard(Said{Customer: s.IDs[i], Day: day - 1, At: int64(day), Score: 10})
			}
		}
	}
	trial := g.Try(400, 60, blind(g, 340))
	if trial.Lack != TooGood || trial.Used() != nil || trial.Better {
		t.Errorf("the leak was believed: %+v", trial)
	}
}

// The order in which lines come changes no bit.
func TestTheOrderOfLinesDoesNotMatter(t *testing.T) {
	t.Parallel()
	one := street()
	one.sort()
	var other Gatherer
	for i := len(one.lines) - 1; i >= 0; i-- {
		l := one.lines[i]
		other.Add(Line{Customer: one.ids[l.who], Order: strconv.Itoa(int(l.order)), Product: strconv.Itoa(int(l.product)), Day: l.day, Amount: l.amount, Quantity: l.quantity})
	}
	if a, b := one.Try(400, 60, blind(one, 340)), other.Try(400, 60, blind(one, 340)); !reflect.DeepEqual(a, b) {
		t.Error("what is learnt depends on the order of lines")
	}
}

func TestTooLittleToLearnFrom(t *testing.T) {
	t.Parallel()
	var none Gatherer
	if trial := none.Try(400, 60, nil); trial.Lack != FewCustomers || trial.Used() != nil || trial.Law != nil {
		t.Errorf("of nothing: %+v", trial)
	}
	g := street()
	if trial := g.Try(400, 60, nil); trial.Lack != ShortPast || trial.Used() != nil {
		t.Errorf("with nothing to be tested on: %+v", trial)
	}
	if trial := g.Try(400, 60, blind(g, 70)); trial.Lack != ShortPast {
		t.Errorf("with a time too early to be learnt for: %+v", trial)
	}
	var nobody *Trial
	if nobody.Used() != nil {
		t.Error("a trial that never was is used")
	}
}

func TestWhatWasSaid(t *testing.T) {
	t.Parallel()
	said := []Said{{Day: 10, At: 1, Score: 2}, {Day: 300, At: 3, Score: 10}, {Day: 300, At: 2, Score: 5}, {Day: 310, Complaint: true}, {Day: 500, At: 5, Score: 0}}
	for day, want := range map[int32][]float64{
		10: {0, 0, 0}, 11: {1, 0, 0}, 300: {1, 0, 0}, 311: {0, 1, 1}, 500: {0, 1, 1}, 501: {1, 0, 1}, 700: {1, 0, 0}, 900: {0, 0, 0},
	} {
		if got := words(said, day); !reflect.DeepEqual(got, want) {
			t.Errorf("before day %d: %v, want %v", day, got, want)
		}
	}
}

// Reasons are on the side that makes sense, one of those that say the same, and nobody leaves for being not unhappy.
func TestReasonsMakeSense(t *testing.T) {
	t.Parallel()
	names := []Feature{Recency, Overdue, Orders30, Orders60, Unhappy, Happy, Tenure}
	c := &Classifier{Names: names, mean: make([]float64, 7), spread: []float64{1, 1, 1, 1, 1, 1, 1}}
	c.Law.Weights = []float64{1, 2, -1, 1, -1, -1, -1}
	c.mean = []float64{5, 1, 2, 2, .5, .5, 6}
	got := c.Reasons([]float64{9, 2, 0, 4, 0, 0, 3}, 9)
	want := []Reason{{Recency, 9, 4}, {Tenure, 3, 3}, {Orders30, 0, 2}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("reasons %v, want %v", got, want)
	}
	if got := c.Reasons([]float64{6, 0, 4, 2, 0, 0, 9}, 9); got != nil {
		t.Errorf("who is likelier to stay than most has reasons to leave: %v", got)
	}
	if got := c.Row([]Feature{Tenure, "new", Recency}, []float64{7, 8, 9}); !reflect.DeepEqual(got, []float64{9, 0, 0, 0, 0, 0, 7}) {
		t.Errorf("the row of a classifier that was kept is %v", got)
	}
}
