package fraud

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/record/schema/schematest"
)

func TestAddressesOfOneMailbox(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"ada@example.com", "ADA+shop@Example.com ", true}, {"a.d.a@gmail.com", "ada+x@googlemail.com", true}, {"a.da@example.com", "ada@example.com", false},
		{"ada@example.com", "ada@example.org", false}, {"ada", "ada@", true}, {"", "@", true},
	} {
		if got := mailboxOf(c.one) == mailboxOf(c.other); got != c.same {
			t.Errorf("%s and %s: %v", c.one, c.other, got)
		}
	}
}

func TestValuesThatSayNothing(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"": "", "n/a": "", "none": "", "000-000": "", "+30 210 123": "30210123", "Οδός 12, Αθήνα": "οδός12αθήνα", "北京市朝阳区12": "北京市朝阳区12", "----------": ""} {
		if got := plain(value); got != want {
			t.Errorf("%q is %q, not %q", value, got, want)
		}
	}
}

// Whatever is joined, in whatever order: groups are what one can walk to, by plain search.
func TestGroupsAreWhatOneCanWalkTo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		const n = 25
		u, beside := union{}, map[int64][]int64{}
		for range r.IntN(30) {
			a, b := r.Int64N(n), r.Int64N(n)
			u.join(a, b)
			beside[a], beside[b] = append(beside[a], b), append(beside[b], a)
		}
		var want [][]int64
		seen := map[int64]bool{}
		for start := range int64(n) {
			if seen[start] || beside[start] == nil {
				continue
			}
			seen[start] = true
			group := []int64{start}
			for i := 0; i < len(group); i++ {
				for _, next := range beside[group[i]] {
					if !seen[next] {
						seen[next] = true
						group = append(group, next)
					}
				}
			}
			slices.Sort(group)
			want = append(want, group)
		}
		if got := u.groups(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("seed %d: %v, not %v", seed, got, want)
		}
	}
}

// The chance that so many are gone is that of throwing a coin, counted out.
func TestUnlikelyIsCountedOut(t *testing.T) {
	t.Parallel()
	for n := range int64(12) {
		for gone := range n + 1 {
			for _, p := range []float64{0.1, 0.5, 0.9} {
				tail := 0.0
				for throw := range 1 << n { // every way in which they could come or not
					chance, heads := 1.0, int64(0)
					for i := range n {
						if throw>>i&1 == 1 {
							heads++
							chance *= p
						} else {
							chance *= 1 - p
						}
					}
					if heads >= gone {
						tail += chance
					}
				}
				if math.Abs(tail-0.001) > 1e-9 && unlikely(n, gone, p) != (tail < 0.001) {
					t.Errorf("%d of %d at %v has a chance of %v", gone, n, p, tail)
				}
			}
		}
	}
}

func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		t.Helper()
		load := func() (s Settings) {
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { s, err = LoadSettings(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := load()
		if s.Orders != Usual().Orders || s.PendingDays == 0 || !s.Rings || s.Check() != nil {
			t.Errorf("nobody has set any: %+v", s)
		}
		s.Orders, s.Rings, s.Attributes = 0, false, Named(" IMEI, phone ,, imei,")
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return s.Save(tx) }); err != nil {
			t.Fatal(err)
		}
		if got := load(); fmt.Sprint(got) != fmt.Sprint(s) || strings.Join(got.Attributes, " ") != "imei phone" {
			t.Errorf("%+v is kept as %+v", s, got)
		}
		for field, change := range map[string]func(*Settings){
			"orders": func(s *Settings) { s.Orders = 1 }, "unit_times": func(s *Settings) { s.UnitTimes = -1 }, "staff_times": func(s *Settings) { s.StaffTimes = 1001 },
			"returns": func(s *Settings) { s.Returns = 1 }, "customers": func(s *Settings) { s.Customers = 1 }, "friends": func(s *Settings) { s.Friends = 2 },
			"pending_days": func(s *Settings) { s.PendingDays = 366 }, "attributes": func(s *Settings) { s.Attributes = make([]string, 21) },
		} {
			wrong := s
			change(&wrong)
			err := d.Write(t.Context(), func(tx *db.Tx) error { return wrong.Save(tx) })
			var f *fault.Fault
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if got := load(); fmt.Sprint(got) != fmt.Sprint(s) {
			t.Errorf("what was refused is kept: %+v", got)
		}
	})
}

// Every kind and every state has a name and a sentence in every language, with its numbers in it.
func TestFlagsSpeakEveryLanguage(t *testing.T) {
	t.Parallel()
	e := Evidence{Day: "2026-03-04", Days: 90, Orders: 17, Usual: 2.5, Units: 4711, Unit: "points", Times: 23, All: 8642, Attribute: "phone", Count: 19, Friends: 31, Gone: 29}
	says := map[Kind][]string{
		ManyOrders: {"17"}, ManyUnits: {"711"}, StaffOwn: {"Olga", "17"}, StaffOne: {"Olga", "23", "90", "711", "642"}, ReturnLoop: {"23", "90", "711"},
		Shared: {"19"}, Ring: {"19"}, FewComeBack: {"31", "29", "3"}, FriendsAlso: {"29"},
	}
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range States() {
			if !l.Has("fraud.state." + string(s)) {
				t.Errorf("%s: %s has no name", tag, s)
			}
		}
		for _, k := range Kinds() {
			f := Flag{Kind: k, Evidence: e, Found: time.Now()}
			text := f.Words(l, "Olga")
			if !l.Has("fraud.kind."+string(k)) || text == "" || strings.ContainsAny(text, "{}%") {
				t.Errorf("%s: %s says %q", tag, k, text)
			}
			for _, number := range says[k] {
				if !strings.Contains(text, number) {
					t.Errorf("%s: %s does not say %s: %q", tag, k, number, text)
				}
			}
		}
		byHand := e
		byHand.Orders = 0
		text := (&Flag{Kind: StaffOwn, Evidence: byHand, Found: time.Now()}).Words(l, "Olga")
		for _, number := range []string{"Olga", "23", "90", "711"} {
			if !strings.Contains(text, number) {
				t.Errorf("%s: units that staff gave themselves: no %s in %q", tag, number, text)
			}
		}
		own := Flag{Kind: Ring, Evidence: Evidence{Count: 1}}
		if text := own.Words(l, ""); text == "" || strings.Contains(text, "1") {
			t.Errorf("%s: who brought themselves: %q", tag, text)
		}
		if AttributeName(l, "imei") != "imei" || AttributeName(l, "phone") == "phone" && tag != "en" {
			t.Errorf("%s: attributes are called %q and %q", tag, AttributeName(l, "imei"), AttributeName(l, "phone"))
		}
	}
}
