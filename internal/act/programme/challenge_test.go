package programme_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/programme"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// challenged is a programme with one challenge, as it is written.
func challenged(challenge string) string {
	return `{"name": "C", "units": [{"unit": "points", "allows_debt": true}], "rules": [],
		"rewards": [{"reward": "coffee", "name": "A coffee", "kind": "product", "terms": {"product": "coffee"}, "codes": {"kind": "unique"}}], "challenges": [` + challenge + `]}`
}

func whole(t *testing.T, document string) *programme.Compiled {
	t.Helper()
	d, err := programme.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	c, err := programme.Compile(d, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sold is a sale on a day, of lines such as "coffee espresso 2 500".
func sold(t *testing.T, day, store string, lines ...string) programme.Sale {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04", day+"T10:30")
	if err != nil {
		t.Fatal(err)
	}
	s := programme.Sale{Placed: fact.Moment{UTC: at.UnixMicro(), Local: at.UnixMicro()}, Store: store}
	for _, text := range lines {
		var l programme.SaleLine
		if _, err := fmt.Sscan(text, &l.Category, &l.Product, &l.Quantity, &l.AmountMinor); err != nil {
			t.Fatal(err)
		}
		s.Lines = append(s.Lines, l)
	}
	return s
}

func number(t *testing.T, day string) int64 {
	t.Helper()
	s := sold(t, day, "")
	return int64(s.Placed.Day())
}

// How far somebody has come, by what is counted, the window, and the day on which one asks.
func TestProgressOfChallenges(t *testing.T) {
	t.Parallel()
	const gives = `, "gives": {"unit": "points", "units": 10}}`
	sales := []programme.Sale{
		sold(t, "2026-11-02", "north", "coffee espresso 2 500", "food cake 1 400"),
		sold(t, "2026-11-02", "north", "coffee latte 1 350"),
		sold(t, "2026-11-10", "south", "coffee espresso 1 250"),
		sold(t, "2026-11-17", "south", "food bread 1.5 300"),
		sold(t, "2026-11-25", "", "tea oolong 3 900"),
		sold(t, "2026-11-26", "north", "coffee espresso 0 0"), // it all came back
	}
	for _, c := range []struct {
		what, challenge, on string
		so, row, done       int64
		state               programme.ProgressState
		begins, ends        string
	}{
		{"orders in all the time", `"count": "orders", "target": 9, "from": "2026-11-01", "until": "2026-11-30"`, "2026-11-26", 5, 0, 0, programme.Running, "2026-11-01", "2026-11-30"},
		{"visits", `"count": "visits", "target": 4, "from": "2026-11-01"`, "2026-11-26", 4, 0, 1, programme.Reached, "2026-11-01", ""},
		{"visits until a day", `"count": "visits", "target": 4, "from": "2026-11-01", "until": "2026-11-18"`, "2026-11-26", 0, 0, 0, programme.Over, "2026-11-01", "2026-11-18"},
		{"before it begins", `"count": "visits", "target": 4, "from": "2026-12-01"`, "2026-11-26", 0, 0, 0, programme.Coming, "2026-12-01", ""},
		{"spend", `"count": "spend", "target": 2500, "from": "2026-11-01"`, "2026-11-26", 2700, 0, 1, programme.Reached, "2026-11-01", ""},
		{"spend on coffee", `"count": "spend", "target": 2500, "from": "2026-11-01", "lines": "line.category == 'coffee'"`, "2026-11-26", 1100, 0, 0, programme.Running, "2026-11-01", ""},
		{"pieces of coffee", `"count": "pieces", "target": 4, "from": "2026-11-01", "lines": "line.category == 'coffee'"`, "2026-11-26", 4, 0, 1, programme.Reached, "2026-11-01", ""},
		{"categories", `"count": "categories", "target": 3, "from": "2026-11-01"`, "2026-11-26", 3, 0, 1, programme.Reached, "2026-11-01", ""},
		{"products", `"count": "products", "target": 6, "from": "2026-11-01"`, "2026-11-26", 5, 0, 0, programme.Running, "2026-11-01", ""},
		{"stores", `"count": "stores", "target": 2, "from": "2026-11-01"`, "2026-11-26", 2, 0, 1, programme.Reached, "2026-11-01", ""},
		{"large orders", `"count": "orders", "target": 2, "from": "2026-11-01", "if": "order.amount >= 9.0"`, "2026-11-26", 2, 0, 1, programme.Reached, "2026-11-01", ""},
		{"on a weekday", `"count": "orders", "target": 2, "from": "2026-11-01", "if": "time.weekday == 'mon'"`, "2026-11-26", 2, 0, 1, programme.Reached, "2026-11-01", ""},
		{"a month", `"count": "visits", "target": 2, "from": "2026-11-10", "window": "month"`, "2026-11-26", 3, 0, 1, programme.Reached, "2026-11-10", "2026-11-30"},
		{"a new month", `"count": "visits", "target": 2, "from": "2026-11-10", "window": "month"`, "2026-12-01", 0, 0, 1, programme.Running, "2026-12-01", "2026-12-31"},
		{"ten days", `"count": "visits", "target": 2, "from": "2026-11-01", "window": "days", "days": 10`, "2026-11-11", 2, 0, 1, programme.Reached, "2026-11-02", "2026-11-11"},
		{"ten days that are over", `"count": "visits", "target": 2, "from": "2026-11-01", "window": "days", "days": 10`, "2026-11-14", 0, 0, 1, programme.Running, "", ""},
		{"ten days again", `"count": "visits", "target": 2, "from": "2026-11-01", "window": "days", "days": 10`, "2026-11-26", 2, 0, 2, programme.Reached, "2026-11-17", "2026-11-26"},
		{"once", `"count": "visits", "target": 2, "from": "2026-11-01", "window": "days", "days": 10, "times": 1`, "2026-11-26", 2, 0, 1, programme.Over, "2026-11-17", "2026-11-26"},
		{"four weeks in a row", `"count": "orders", "target": 1, "from": "2026-11-01", "window": "week", "in_a_row": 4`, "2026-11-26", 1, 4, 1, programme.Reached, "2026-11-23", "2026-11-29"},
		{"in the week after", `"count": "orders", "target": 1, "from": "2026-11-01", "window": "week", "in_a_row": 4`, "2026-12-05", 0, 4, 1, programme.Running, "2026-11-30", "2026-12-06"},
		{"broken off", `"count": "orders", "target": 1, "from": "2026-11-01", "window": "week", "in_a_row": 4`, "2026-12-07", 0, 0, 1, programme.Running, "2026-12-07", "2026-12-13"},
		{"two in a row, twice", `"count": "orders", "target": 1, "from": "2026-11-01", "window": "week", "in_a_row": 2`, "2026-11-26", 1, 4, 2, programme.Reached, "2026-11-23", "2026-11-29"},
	} {
		doc := whole(t, challenged(`{"challenge": "c", "name": "C", `+c.challenge+gives))
		sales := slices.DeleteFunc(slices.Clone(sales), func(s programme.Sale) bool { return int64(s.Placed.Day()) > number(t, c.on) })
		p := doc.Progress(sales, "", 2, number(t, c.on))[0]
		if p.So != c.so || p.Row != c.row || p.Done != c.done || p.State != c.state || p.Begins != c.begins || p.Ends != c.ends {
			t.Errorf("%s: %d so far, %d in a row, %d times, %s, %s to %s; want %+v", c.what, p.So, p.Row, p.Done, p.State, p.Begins, p.Ends, c)
		}
		mixed := slices.Clone(sales)
		rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if q := doc.Progress(mixed, "", 2, number(t, c.on))[0]; q.So != p.So || q.Done != p.Done || q.Row != p.Row {
			t.Errorf("%s: told in another order it is %+v", c.what, q)
		}
	}
	only := whole(t, strings.Replace(challenged(`{"challenge": "c", "name": "C", "count": "orders", "target": 9, "from": "2026-11-01"`+gives), `"name": "C",`, `"name": "C", "members_only": true,`, 1))
	for joined, want := range map[string]int64{"": 0, "2026-11-10": 3, "2026-11-11": 2} {
		if p := only.Progress(sales, joined, 2, number(t, "2026-11-26"))[0]; p.So != want {
			t.Errorf("a member since %q: %d, want %d", joined, p.So, want)
		}
	}
	stones := whole(t, challenged(`{"challenge": "c", "name": "C", "count": "orders", "target": 1, "from": "2026-11-01", "window": "week", "milestones": [{"at": 3, "gives": {"reward": "coffee"}}, {"at": 6, "gives": {"unit": "points", "units": 1}}]}`))
	if p := stones.Progress(sales, "", 2, number(t, "2026-11-26"))[0]; p.Row != 4 || p.Done != 1 || p.Next == nil || p.Next.At != 6 {
		t.Errorf("milestones: %+v", p)
	}
}

// Weeks in a row against a plain loop over the days.
func TestStreaksAgainstDays(t *testing.T) {
	t.Parallel()
	doc := whole(t, challenged(`{"challenge": "c", "name": "C", "count": "visits", "target": 2, "from": "2026-01-05", "window": "week", "in_a_row": 2, "gives": {"unit": "points", "units": 1}}`))
	monday := number(t, "2026-01-05")
	rapid.Check(t, func(rt *rapid.T) {
		came := rapid.SliceOfN(rapid.Bool(), 70, 70).Draw(rt, "days")
		var sales []programme.Sale
		for i, yes := range came {
			if yes {
				sales = append(sales, sold(t, time.Date(2026, 1, 5+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), "", "food cake 1 100"))
			}
		}
		var done, row, alive int64
		for week := 0; week < len(came); week += 7 {
			visits := 0
			for _, yes := range came[week : week+7] {
				if yes {
					visits++
				}
			}
			if week < len(came)-7 || visits >= 2 { // this week is not over
				alive = row + 1
			}
			if row++; visits < 2 {
				row = 0
			}
			if week < len(came)-7 {
				alive = row
			}
			if row > 0 && row%2 == 0 {
				done++
			}
		}
		if p := doc.Progress(sales, "", 2, monday+69)[0]; p.Done != done || p.Row != alive {
			rt.Errorf("done %d and %d in a row, want %d and %d", p.Done, p.Row, done, alive)
		}
	})
}

func TestWhatAChallengeMayNotBe(t *testing.T) {
	t.Parallel()
	const right = `{"challenge": "c", "name": "C", "count": "visits", "target": 5, "from": "2026-11-01", "window": "month", "in_a_row": 2, "gives": {"unit": "points", "units": 10}}`
	whole(t, challenged(right))
	change := func(old, next string) string { return strings.Replace(right, old, next, 1) }
	for _, c := range []struct{ what, challenge, field, says string }{
		{"a name with capitals", change(`"challenge": "c"`, `"challenge": "C"`), "challenge", "small Latin"},
		{"no name", change(`"name": "C"`, `"name": ""`), "name", "needs a name"},
		{"an unknown count", change(`"visits"`, `"smiles"`), "count", "nothing that a challenge counts"},
		{"no target", change(`"target": 5`, `"target": 0`), "target", "above 0"},
		{"no first day", change(`"from": "2026-11-01", `, ""), "from", "from which day on"},
		{"a day that is none", change(`2026-11-01`, `2026-11-31`), "from", "no day"},
		{"an unknown window", change(`"month"`, `"fortnight"`), "window", "no window"},
		{"days without their number", change(`"window": "month", "in_a_row": 2`, `"window": "days"`), "days", "1 to"},
		{"days of a month", change(`"window": "month"`, `"window": "month", "days": 3`), "days", "1 to"},
		{"in a row of nothing", change(`"window": "month", `, ""), "in_a_row", "say window"},
		{"nothing given", change(`, "gives": {"unit": "points", "units": 10}`, ""), "gives", "what challenge c gives"},
		{"both given", change(`"units": 10`, `"units": 10, "reward": "coffee"`), "gives", "one of the two"},
		{"a unit that is none", change(`"points"`, `"stars"`), "gives.unit", "no unit stars"},
		{"a reward that is none", change(`"unit": "points", "units": 10`, `"reward": "tea"`), "gives.reward", "no reward tea"},
		{"milestones that fall", change(`"gives"`, `"milestones": [{"at": 3, "gives": {"reward": "coffee"}}, {"at": 3, "gives": {"reward": "coffee"}}], "gives"`), "milestones[1].at", "rise"},
		{"a condition that changes", change(`"count"`, `"if": "customer.tier == 'gold'", "count"`), "if", "which changes"},
		{"a condition on the past", change(`"count"`, `"if": "customer.orders > 3", "count"`), "if", "which changes"},
		{"no condition", change(`"count"`, `"lines": "line.colour == 'red'", "count"`), "lines", "cannot be understood"},
		{"there twice", right + "," + right, "challenge", "there already"},
	} {
		d, err := programme.Parse([]byte(challenged(c.challenge)))
		if err == nil {
			_, err = programme.Compile(d, 1, time.UTC)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		at := "challenges[0]."
		if c.what == "there twice" {
			at = "challenges[1]."
		}
		var f *fault.Fault
		if !errors.As(err, &f) || f.Field != at+c.field {
			t.Errorf("%s: %v, want it at %q", c.what, f, at+c.field)
		}
	}
}

// Where versions differ, challenges and accesses go by their names, not their places.
func TestDifferencesOfChallenges(t *testing.T) {
	t.Parallel()
	before := `{"challenges": [{"challenge": "a", "target": 1}, {"challenge": "b", "target": 2}], "access": [{"access": "x", "until": "2026-01-01"}]}`
	after := `{"challenges": [{"challenge": "b", "target": 3}, {"challenge": "a", "target": 1}], "access": [{"access": "y", "until": "2026-01-01"}, {"access": "x", "until": "2026-02-01"}]}`
	found, err := programme.Diff([]byte(before), []byte(after))
	var places []string
	for _, d := range found {
		places = append(places, d.At)
	}
	if want := []string{"access[x].until", "access[y].access", "access[y].until", "challenges[b].target"}; err != nil || !slices.Equal(places, want) {
		t.Errorf("%v, %v", places, err)
	}
}
