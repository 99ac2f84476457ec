package churn

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
)

// shop is a small one: customers who slow down leave.
func shop(leak bool) *Gatherer {
	r := rand.New(rand.NewPCG(1, 1))
	var g Gatherer
	for i := range 400 {
		id := strconv.Itoa(i)
		stops := 100 + int32(r.IntN(200))
		for at := int32(r.IntN(60)); at < 300; at += 3 + int32(r.IntN(25)) {
			if i%2 == 0 && at > stops {
				break
			}
			g.Add(Line{Customer: id, Order: id + "/" + strconv.Itoa(int(at)), Product: strconv.Itoa(r.IntN(9)), Day: at, Amount: 10 + r.Float64(), Quantity: 1})
		}
		if leak {
			g.Add(Line{Customer: id, Order: id + "/leak", Product: "leak", Day: 200 + int32(i%2), Amount: 1e6, Quantity: 1000, TakenBack: i%3 == 0})
		}
	}
	return &g
}

// A leak is planted: a large order, or a return, on the very day of the snapshot and after. Nothing of it may be seen.
func TestALeakIsNotSeen(t *testing.T) {
	t.Parallel()
	clean, leaky := shop(false).At(200), shop(true).At(200)
	if !reflect.DeepEqual(clean, leaky) {
		t.Error("the snapshot of a day knows what came on that day or later")
	}
	if later := shop(true).At(202); reflect.DeepEqual(clean.Rows, later.Rows) {
		t.Error("the leak would not be seen at all: the test proves nothing")
	}
}

func TestFeaturesByHand(t *testing.T) {
	t.Parallel()
	var g Gatherer
	for _, l := range []Line{
		{Customer: "a", Order: "1", Product: "tea", Day: 10, Amount: 5, Quantity: 2},
		{Customer: "a", Order: "1", Product: "cup", Day: 10, Amount: 7, Quantity: 1},
		{Customer: "a", Order: "2", Product: "tea", Day: 10, Amount: 3, Quantity: 1},
		{Customer: "a", Order: "3", Product: "tea", Day: 50, Amount: 9, Quantity: 3},
		{Customer: "a", Order: "C3", Product: "tea", Day: 52, Amount: -9, Quantity: -3, TakenBack: true},
		{Customer: "a", Order: "4", Product: "pot", Day: 80, Amount: 40, Quantity: 1}, // not known yet
		{Customer: "b", Order: "C9", Product: "tea", Day: 20, TakenBack: true},        // bought nothing
	} {
		g.Add(l)
	}
	s := g.At(80)
	want := map[Feature]float64{Recency: 30, Tenure: 70, Orders: 3, Money: 24, MoneyAnOrder: 8, ActiveDays: 2, MeanGap: 40,
		Overdue: 30.0 / 41, Orders30: 1, Orders60: 1, Orders90: 3, Products: 2, Returns: 1, Pieces: 7}
	if len(s.Rows) != 1 || s.IDs[0] != "a" {
		t.Fatalf("customers %v", s.IDs)
	}
	for j, name := range s.Names {
		if s.Rows[0][j] != want[name] {
			t.Errorf("%s is %v, want %v", name, s.Rows[0][j], want[name])
		}
	}
	if left := g.Left(s, 80); !left[0] {
		t.Error("nobody can come in no time")
	}
	if left := g.Left(s, 81); left[0] {
		t.Error("a bought on day 80")
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	g := shop(false)
	s := g.At(200)
	left := g.Left(s, 260)
	c := Train(s.Names, s.Rows, left, Options{Squash: true, Penalty: 1})
	quiet, busy := -1, -1
	for i, row := range s.Rows {
		if row[0] > 60 {
			quiet = i
		}
		if row[0] < 4 {
			busy = i
		}
	}
	if c.Chance(s.Rows[quiet]) < .8 || c.Chance(s.Rows[busy]) > .4 {
		t.Errorf("chances %.3f for somebody long gone, %.3f for one who was here", c.Chance(s.Rows[quiet]), c.Chance(s.Rows[busy]))
	}
	reasons := c.Reasons(s.Rows[quiet], 3)
	if len(reasons) == 0 || len(reasons) > 3 {
		t.Fatalf("reasons %v", reasons)
	}
	said := false
	for _, r := range reasons {
		said = said || r.Feature == Recency && r.Value == s.Rows[quiet][0] || r.Feature == Orders30 || r.Feature == Overdue
	}
	if !said {
		t.Errorf("staying away is not among the reasons %v", reasons)
	}
}

func TestWithoutData(t *testing.T) {
	t.Parallel()
	var g Gatherer
	s := g.At(5)
	if c := Train(s.Names, s.Rows, nil, Options{Squash: true}); c.Chance(make([]float64, len(s.Names))) != .5 {
		t.Error("out of nothing comes half")
	}
	same := [][]float64{{1}, {1}, {1}, {1}}
	if p := Train([]Feature{Orders}, same, []bool{true, true, true, true}, Options{Penalty: 1}).Chance([]float64{1}); !(p > .8 && p < 1) {
		t.Errorf("all left: %v", p)
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	got := Encode([]string{"plan", "months", "flag"}, [][]string{{"b", "1", "0"}, {"a", " ", "1"}, {"b", "3.5", "0"}})
	want := &Table{Names: []Feature{"months", "plan=a", "plan=b", "flag=0", "flag=1"}, Numbers: 1,
		Rows: [][]float64{{1, 0, 1, 1, 0}, {0, 1, 0, 0, 1}, {3.5, 0, 1, 1, 0}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
