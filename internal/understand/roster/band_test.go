package roster

import (
	"slices"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/understand/forecast"
)

// Whoever a fit foretold something of is in one band, by that fit alone.
func TestBandsOfChurn(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		var who []int64
		chances := []float64{0, 0.29, 0.3, 0.69, 0.7, 1}
		for n := range chances {
			who = append(who, s.comes(string(rune('a'+n)), customer.Profile{}))
		}
		other := s.comes("z", customer.Profile{})
		score := func(fit, number int64, none float64) {
			s.write(func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO prediction_scores (customer_id, fit_id, repeats, last_days, age_days, log_gaps, p_alive, p_none, purchases, worth, at_risk, state)
					VALUES ($1, $2, 1, 1, 1, 1, 1, $3, 1, 1, 1, 'late')`, number, fit, none)
				return err
			})
		}
		for n, chance := range chances {
			score(2, who[n], chance)
			score(1, who[n], 0.5)
		}
		score(1, other, 0.9)
		s.fresh(&Keeper{DB: s.d})
		for n, band := range Bands() {
			got := numbers(s.list(Filter{More: []Condition{InBand(&forecast.Fit{ID: 2}, band)}}, Newest))
			slices.Reverse(got)
			if want := who[2*n : 2*n+2]; !slices.Equal(got, want) {
				s.Errorf("%s: %v, want %v", band, got, want)
			}
		}
		if got := s.list(Filter{More: []Condition{InBand(&forecast.Fit{ID: 1}, MiddleChurn)}}, Newest); len(got) != len(chances) {
			s.Errorf("of the fit before: %d", len(got))
		}
	})
}

// A day later segments are judged anew, of everybody; and after a restore, which brings no summaries, all are reckoned.
func TestSummariesAreMadeAnew(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		k := &Keeper{DB: s.d}
		a := s.comes("a", customer.Profile{})
		s.buys(a, 3, 5000)
		s.fresh(k)
		if e := s.list(Filter{}, Newest)[0]; e.Segment != "" {
			s.Errorf("before there are cuts it is %q", e.Segment)
		}
		s.write(cuts().Save)
		s.fresh(k)
		if e := s.list(Filter{}, Newest)[0]; e.Segment != "promising" && e.Segment != "new" {
			s.Errorf("with the first cuts it is %q", e.Segment)
		}
		// As of yesterday's judgement nothing has changed, but the day has.
		s.write(func(tx *db.Tx) error {
			st, err := load(tx)
			if err != nil {
				return err
			}
			st.Day--
			if _, err := tx.Exec("UPDATE customer_summaries SET segment = 'lost', orders = 77"); err != nil {
				return err
			}
			return st.save(tx)
		})
		s.fresh(k)
		if e := s.list(Filter{}, Newest)[0]; e.Segment == "lost" || e.Orders != 1 {
			s.Errorf("a day later: %+v", e)
		}
		s.write(func(tx *db.Tx) error {
			if _, err := tx.Exec("DELETE FROM customer_summaries"); err != nil {
				return err
			}
			_, err := tx.Exec("UPDATE settings SET value = 'another' WHERE key = 'store_id'")
			return err
		})
		if age := s.fresh(k); !age.Ready || age.Behind || len(s.list(Filter{}, Newest)) != 1 {
			s.Errorf("after a restore: %+v", age)
		}
		// A pass that was broken off goes on where it stood.
		b := s.comes("b", customer.Profile{})
		s.write(func(tx *db.Tx) error {
			st, err := load(tx)
			if err != nil {
				return err
			}
			st.Ready, st.Whole, st.Through = false, &began{Position: st.Position, Day: st.Day, Cuts: st.Cuts}, a
			if _, err := tx.Exec("UPDATE customer_summaries SET orders = 77 WHERE customer_id = $1", a); err != nil {
				return err
			}
			return st.save(tx)
		})
		s.fresh(k)
		all := s.list(Filter{}, Newest)
		if len(all) != 2 || all[0].Customer != b || all[1].Orders != 77 {
			s.Errorf("what was done before the stop is done again: %+v", all)
		}
		s.buys(a, 1, 10)
		s.fresh(k)
		if e := s.list(Filter{Orders: Span{To: to(int64(2))}}, BySpent); len(e) != 2 || e[0].Orders != 2 {
			s.Errorf("%+v", e)
		}
	})
}

// Orders of tomorrow are not counted before their time, and what was cancelled or came back is not spent.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		a := s.comes("a", customer.Profile{})
		s.buys(a, 3, 5000)
		s.buys(a, -2, 700)
		s.fresh(&Keeper{DB: s.d})
		e := s.list(Filter{}, Newest)[0]
		if e.Orders != 1 || e.SpentMinor != 5000 || e.LastDay >= time.Now().Unix()/86400 {
			s.Errorf("%+v", e)
		}
		s.read(func(tx *db.Tx) error {
			c, err := CountAll(tx)
			if c != (Counts{Customers: 1}) || err != nil {
				s.Errorf("%+v, %v", c, err)
			}
			name, err := NameOf(tx, a)
			if name != nameless+"a" || err != nil {
				s.Errorf("%q, %v", name, err)
			}
			name, err = NameOf(tx, 5)
			if name != "" || err != nil {
				s.Errorf("of nobody: %q, %v", name, err)
			}
			return nil
		})
	})
}
