package forecast

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/churn"
	"regulars/internal/understand/predict"
)

// parish adds guests of two kinds, whom days of purchase alone do not tell apart for long: those who buy a single piece leave
// after a while, those who buy many stay.
func (s *town) parish() {
	r := rand.New(rand.NewPCG(5, 6))
	var visits []fact.Sale
	for i := guests; i < guests+600; i++ {
		from, stop, pieces := r.IntN(250), 300, 8
		if r.IntN(2) == 0 {
			stop, pieces = min(300, from+20+int(r.ExpFloat64()*40)), 1
		}
		for at := from; at < stop; at += 3 + r.IntN(30) {
			v := visit(i, int64(firstDay+at))
			v.Quantity, v.AmountMinor = float64(pieces), int64(300*pieces)
			visits = append(visits, v)
		}
	}
	s.load(visits)
}

func (s *town) horizon(days int) {
	s.write(Settings{HorizonDays: days, Margin: 1, ValueMonths: 12}.Save)
}

// The past of the business teaches who leaves: the night compares that with the law, keeps the better one for everybody
// with reasons, and a customer is told of now as at night.
func TestChurnIsLearntAtNight(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		s.parish()
		s.horizon(60)
		f := s.night()
		trial := f.Churn
		if trial == nil || !trial.Better || trial.Law == nil || len(trial.Looks) == 0 || trial.Day != f.AsOf+1-60 {
			t.Fatalf("the trial is %+v", trial)
		}
		learned, rival := trial.Overall()
		if learned.AUC <= rival.AUC || learned.LogLoss >= rival.LogLoss {
			t.Errorf("learnt %+v is the better one beside %+v", learned, rival)
		}
		list, reasons := s.all(f, ByValue, ""), 0
		for _, kept := range list {
			if kept.Learned == nil || kept.Chance() != *kept.Learned || kept.Model != kept.None || !(kept.Chance() > 0 && kept.Chance() < 1) {
				t.Fatalf("%s: %+v", kept.ID, kept.Leaving)
			}
			reasons += len(kept.Reasons)
		}
		if len(list) != guests+600 || reasons < len(list)/4 {
			t.Errorf("%d customers have %d reasons", len(list), reasons)
		}
		for _, kept := range list[:40] {
			guest, _ := strconv.Atoi(kept.ID[len("guest-"):])
			if now := s.of(guest); now.AsOf == f.AsOf && !reflect.DeepEqual(now.Leaving, kept.Leaving) {
				t.Fatalf("%s is told %+v now, and %+v at night", kept.ID, now.Leaving, kept.Leaving)
			}
		}
		// Who comes today is less likely to stay away, at once.
		late := s.all(f, ByRisk, predict.Late)[0]
		guest, _ := strconv.Atoi(late.ID[len("guest-"):])
		s.load([]fact.Sale{visit(guest, s.day.Load())})
		if now := s.of(guest); now.Chance() >= late.Chance() {
			t.Errorf("%s came back, and %v became %v", late.ID, late.Chance(), now.Chance())
		}
		// Two who are one person are told of as one.
		one, other := mirrortest.ID("customer", "guest-3"), mirrortest.ID("customer", "guest-4")
		s.write(func(tx *db.Tx) error { _, err := customer.Merge(tx, other, one); return err })
		again := s.night()
		for _, kept := range s.all(again, ByValue, "") {
			if kept.ID != "guest-3" {
				continue
			}
			if now := s.of(3); now.AsOf == again.AsOf && !reflect.DeepEqual(now.Leaving, kept.Leaving) {
				t.Errorf("the two are told %+v now, and %+v at night", now.Leaving, kept.Leaving)
			}
		}
	})
}

// What is bought on the day itself, or dated later, is not learnt from: it changes nothing of last night.
func TestTheNightDoesNotLearnFromTheFuture(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		s.parish()
		s.horizon(60)
		f := s.night()
		var visits []fact.Sale
		for i := range guests + 600 {
			if i%2 == 0 {
				v := visit(i, s.day.Load())
				v.Quantity, v.AmountMinor = 1000, 100_000_000
				visits = append(visits, v)
			}
		}
		s.load(visits)
		if again := s.night(); again.AsOf != f.AsOf || !reflect.DeepEqual(again.Churn, f.Churn) {
			t.Errorf("today changes what was learnt by yesterday: %+v, and before %+v", again.Churn, f.Churn)
		}
		s.day.Add(1)
		if later := s.night(); reflect.DeepEqual(later.Churn, f.Churn) {
			t.Error("the leak would not be seen at all: the test proves nothing")
		}
	})
}

// Too little to learn from gives a sentence, and the law's figure stays.
func TestTooLittleToLearnLeaving(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		f := s.night() // hardly anybody left
		if f.Churn == nil || f.Churn.Lack != churn.FewCustomers || f.Churn.Used() != nil {
			t.Fatalf("the trial is %+v", f.Churn)
		}
		for _, kept := range s.all(f, ByValue, "") {
			if kept.Learned != nil || kept.Chance() != kept.None || len(kept.Reasons) != 0 {
				t.Fatalf("%s: %+v", kept.ID, kept.Leaving)
			}
		}
		if l := s.of(1); l.Learned != nil || l.Chance() != l.None {
			t.Errorf("now: %+v", l.Leaving)
		}
		for _, tag := range []string{"en", "ru", "zh", "el", "mk"} {
			l, err := locale.Get(tag)
			if err != nil {
				t.Fatal(err)
			}
			if words := f.ChurnWords(l); len(words) != 1 || !strings.Contains(words[0], "100") {
				t.Errorf("%s: %q", tag, words)
			}
		}
	})
}

// Everything that may be said has words in every language.
func TestWordsOfLeaving(t *testing.T) {
	t.Parallel()
	chance := .5
	said := Leaving{Learned: &chance}
	for _, f := range churn.Features() {
		if f != churn.Happy {
			said.Reasons = append(said.Reasons, churn.Reason{Feature: f, Value: 2.4})
		}
	}
	for _, tag := range []string{"en", "ru", "zh", "el", "mk"} {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		words := said.ReasonWords(l, "EUR")
		if len(words) != len(said.Reasons) {
			t.Errorf("%s has %d words for %d reasons", tag, len(words), len(said.Reasons))
		}
		for _, lack := range []churn.Lack{churn.FewCustomers, churn.ShortPast, churn.TooGood} {
			f := &Fit{Churn: &churn.Trial{Lack: lack}}
			if got := f.ChurnWords(l); len(got) != 1 || strings.Contains(got[0], "forecast.") {
				t.Errorf("%s, %s: %q", tag, lack, got)
			}
		}
		f := &Fit{Churn: &churn.Trial{Customers: 500, Left: 90, Looks: []churn.Look{{Customers: 10, Learned: churn.Mark{AUC: .81, LogLoss: .4}, Rival: churn.Mark{AUC: .73, LogLoss: .5}}}}}
		if got := strings.Join(f.ChurnWords(l), " "); !strings.Contains(got, "81") || !strings.Contains(got, "73") || !strings.Contains(got, "500") {
			t.Errorf("%s: %q", tag, got)
		}
	}
	if (&Fit{}).ChurnWords(nil) != nil {
		t.Error("a fit that tried nothing says something")
	}
	if row := (Leaving{Learned: &chance, Reasons: []churn.Reason{{Value: math.NaN()}}}).row(); row[1] != "" {
		t.Errorf("a reason that is no number is kept as %v", row)
	}
}
