package points_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
)

// script is a history of accounts in words, and what they must have in between. Its steps are the table below: a pattern
// and what it does. "fails with CODE: step" demands that the step is refused. A date in "has ... expiring" is the last day
// on which the units are good; times are those of the business.
type script struct {
	t      *testing.T
	d      *db.DB
	c      *clock
	l      *points.Ledger
	who    map[string]int64
	holds  map[string]int64
	sent   [][2]int64
	serial int
}

type step struct {
	pattern *regexp.Regexp
	do      func(s *script, a []string) error
}

func pattern(text string) *regexp.Regexp { return regexp.MustCompile("^" + text + "$") }

var steps = []step{
	{pattern(`unit( with debt)? never expires`), func(s *script, a []string) error {
		return s.unit(a[0], points.Expiry{})
	}},
	{pattern(`unit( with debt)? expires after (\d+) (days|months|years)(?: to the end of (months|quarters|years))?`), func(s *script, a []string) error {
		return s.unit(a[0], points.Expiry{Kind: points.After, N: num(a[1]), Every: points.Span(a[2]), Round: points.Span(a[3])})
	}},
	{pattern(`unit( with debt)? expires on ([\d -]+)`), func(s *script, a []string) error {
		return s.unit(a[0], points.Expiry{Kind: points.Fixed, Dates: strings.Fields(a[1])})
	}},
	{pattern(`unit( with debt)? expires when idle for (\d+) (days|months|years)`), func(s *script, a []string) error {
		return s.unit(a[0], points.Expiry{Kind: points.Idle, N: num(a[1]), Every: points.Span(a[2])})
	}},
	{pattern(`on (\d+-\d+-\d+)(?: at (\d+:\d+))?`), func(s *script, a []string) error {
		if a[1] == "" {
			a[1] = "12:00"
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", a[0]+" "+a[1], zone)
		s.c.set(at)
		return err
	}},
	{pattern(`(\w+) earns (\d+) for (\S+?)(?: line (\d+))?(?: of (\d+) parts)?(?: pending (\d+) days)?(?: until (\w+))?`), func(s *script, a []string) error {
		g := points.Grant{Units: int64(num(a[1])), Line: int64(num(a[3])), Whole: int64(num(a[4])), Pending: &points.Pending{Days: num(a[5]), Until: a[6]}}
		return s.op(a[0], "", a[2], func(tx *db.Tx, act points.Act) (points.Receipt, error) { return s.l.Earn(tx, act, g) })
	}},
	{pattern(`(\w+)'s (\S+) is (\w+)`), func(s *script, a []string) error {
		return s.op(a[0], "", "event:"+a[2], func(tx *db.Tx, act points.Act) (points.Receipt, error) {
			return s.l.Activate(tx, act, points.Waiting{For: a[2], Of: a[1]})
		})
	}},
	{pattern(`(\w+) spends (\d+)(?: as (\w+))?`), func(s *script, a []string) error {
		return s.op(a[0], a[2], "reward", func(tx *db.Tx, act points.Act) (points.Receipt, error) { return s.l.Spend(tx, act, int64(num(a[1]))) })
	}},
	{pattern(`(\w+) holds (\d+) as (\w+)(?: for (\d+) hours)?`), func(s *script, a []string) error {
		return s.op(a[0], a[2], "checkout", func(tx *db.Tx, act points.Act) (points.Receipt, error) {
			r, err := s.l.Hold(tx, act, int64(num(a[1])), time.Duration(max(num(a[3]), 1))*time.Hour)
			s.holds[a[2]] = r.Hold
			return r, err
		})
	}},
	{pattern(`(\w+) commits (?:(\d+) of )?(\w+)`), func(s *script, a []string) error {
		return s.op(a[0], "", "checkout", func(tx *db.Tx, act points.Act) (points.Receipt, error) {
			return s.l.Commit(tx, act, s.holds[a[2]], int64(num(a[1])))
		})
	}},
	{pattern(`(\w+) cancels (\w+)`), func(s *script, a []string) error {
		return s.op(a[0], "", "checkout", func(tx *db.Tx, act points.Act) (points.Receipt, error) { return s.l.Cancel(tx, act, s.holds[a[1]]) })
	}},
	{pattern(`(\w+) returns (?:(\d+) parts of )?(\S+?)(?: line (\d+))?(?: as (\w+))?`), func(s *script, a []string) error {
		r := points.Return{Of: a[2], Line: int64(num(a[3])), Parts: int64(num(a[1])), All: a[1] == "" && a[3] == ""}
		return s.op(a[0], a[4], "return", func(tx *db.Tx, act points.Act) (points.Receipt, error) { return s.l.Reverse(tx, act, r) })
	}},
	{pattern(`(\w+) gets back (?:(\d+) of )?(\w+)`), func(s *script, a []string) error {
		return s.op(a[0], "", "cancelled", func(tx *db.Tx, act points.Act) (points.Receipt, error) {
			return s.l.Refund(tx, act, points.Refund{Key: a[2], Units: int64(num(a[1]))})
		})
	}},
	{pattern(`(\w+) is corrected by (-?\d+)`), func(s *script, a []string) error {
		return s.op(a[0], "", "correction", func(tx *db.Tx, act points.Act) (points.Receipt, error) { return s.l.Adjust(tx, act, int64(num(a[1]))) })
	}},
	{pattern(`(\w+) sends (\d+) to (\w+)`), func(s *script, a []string) error {
		return s.op(a[0], "", "gift", func(tx *db.Tx, act points.Act) (points.Receipt, error) {
			r, err := s.l.Transfer(tx, act, s.who[a[2]], int64(num(a[1])))
			if err == nil {
				s.sent = append(s.sent, [2]int64{act.Customer, r.Hold})
			}
			return r, err
		})
	}},
	{pattern(`transfers arrive`), func(s *script, _ []string) error {
		for _, h := range s.sent {
			if err := s.l.Forward(s.t.Context(), s.d, h[0], h[1]); err != nil {
				return err
			}
		}
		return nil
	}},
	{pattern(`the nightly job runs`), func(s *script, _ []string) error {
		_, err := s.l.SettleDue(s.t.Context(), s.d, 100)
		return err
	}},
	{pattern(`(\w+) has (\d+)((?:, \d+ [\w ]+?)*)(?:, expiring (.*))?`), func(s *script, a []string) error {
		got, want := show(balance(s.t, s.d, s.who[a[0]], "points"), strings.Contains(a[2], "spent"), strings.Contains(a[2], "expired"),
			strings.Contains(a[2], "reversed"), a[3] != ""), a[1]+a[2]
		if a[3] != "" {
			want += ", expiring " + a[3]
		}
		if got != want {
			return fmt.Errorf("%s has %s, not %s", a[0], got, want)
		}
		return nil
	}},
}

func num(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// show is a balance in the words of the scripts.
func show(b points.Balance, spent, expired, reversed, dates bool) string {
	out := fmt.Sprint(b.Available)
	for _, f := range []struct {
		units int64
		name  string
		shown bool
	}{{b.Pending, "pending", b.Pending > 0}, {b.Held, "held", b.Held > 0}, {b.InTransit, "in transit", b.InTransit > 0}, {b.Debt, "debt", b.Debt > 0},
		{b.Spent, "spent", spent}, {b.Expired, "expired", expired}, {b.Reversed, "reversed", reversed}} {
		if f.shown {
			out += fmt.Sprintf(", %d %s", f.units, f.name)
		}
	}
	if !dates {
		return out
	}
	var parts []string
	for _, e := range b.Expiring {
		parts = append(parts, fmt.Sprintf("%d on %s", e.Units, e.At.Add(-time.Microsecond).In(zone).Format("2006-01-02")))
	}
	if b.NeverExpiring > 0 {
		parts = append(parts, fmt.Sprintf("%d never", b.NeverExpiring))
	}
	return out + ", expiring " + strings.Join(parts, " and ")
}

func (s *script) unit(debt string, e points.Expiry) error {
	return s.d.Write(s.t.Context(), func(tx *db.Tx) error {
		return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable, AllowsDebt: debt != "", Expiry: e})
	})
}

// op runs an operation; one without a key of its own has a new one.
func (s *script) op(who, key, cause string, fn func(*db.Tx, points.Act) (points.Receipt, error)) error {
	s.serial++
	if key == "" {
		key = fmt.Sprintf("step-%d", s.serial)
	}
	if s.who[who] == 0 {
		return fmt.Errorf("there is no %s", who)
	}
	act := points.Act{Customer: s.who[who], Unit: "points", Key: key, Cause: cause, Actor: "user:1", Reason: "as the script says"}
	_, err := do(s.t, s.d, func(tx *db.Tx) (points.Receipt, error) { return fn(tx, act) })
	return err
}

func (s *script) run(line string) error {
	for _, st := range steps {
		if m := st.pattern.FindStringSubmatch(line); m != nil {
			return st.do(s, m[1:])
		}
	}
	return fmt.Errorf("no step reads like this")
}

var failing = pattern(`fails with (\w+): (.*)`)

func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) {
			t.Parallel()
			text := string(must(os.ReadFile(file)))
			each(t, func(t *testing.T, d *db.DB, c *clock) {
				t.Helper()
				made := people(t, d, 3)
				s := &script{t: t, d: d, c: c, l: points.New(zone), holds: map[string]int64{},
					who: map[string]int64{"anna": made[0], "boris": made[1], "chloe": made[2]}}
				for n, line := range strings.Split(text, "\n") {
					if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
						continue
					}
					m := failing.FindStringSubmatch(line)
					if m != nil {
						line = m[2]
					}
					err := s.run(line)
					switch {
					case m == nil && err != nil:
						t.Errorf("%s:%d: %s: %v", file, n+1, line, err)
					case m != nil && code(err) != m[1]:
						t.Errorf("%s:%d: %s: %v, and should fail with %s", file, n+1, line, err, m[1])
					}
				}
				sound(t, d)
			})
		})
	}
}
