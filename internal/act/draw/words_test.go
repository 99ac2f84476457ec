package draw_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/base/locale"
)

// words are those of a café in Athens.
func words(t *testing.T, tag string) draw.Words {
	t.Helper()
	l, err := locale.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	return draw.Words{Locale: l, Zone: zone, Currency: "EUR", Business: "Café Olga"}
}

// The terms say what the settings say, and nothing of ways that there are not.
func TestTheTermsSayWhatTheSettingsSay(t *testing.T) {
	t.Parallel()
	d := summer()
	d.Terms = "Only in Greece.\r\n\n  No cash.  "
	all := strings.Join(words(t, "en").Terms(&d), "\n")
	for _, want := range []string{
		"Café Olga holds this draw. One can take part from 1 June 2026, 12:00 to 11 June 2026, 12:00.", // on the clocks of the business
		"To be won: A bicycle; 2 × A bag of coffee.", "Every member can enter once for nothing.", "The price of one: 10 points. Most that one person can buy: 5.",
		"Each order of €20.00 or more", "Most that orders give one person: 3.", "Nobody wins twice.", "what was paid for entries is given back", "Only in Greece.\nNo cash.",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the terms do not say %q:\n%s", want, all)
		}
	}
	d.Free, d.Bought, d.Terms = false, nil, ""
	all = strings.Join(words(t, "en").Terms(&d), "\n")
	for _, not := range []string{"for nothing", "bought", "given back", "Greece"} {
		if strings.Contains(all, not) {
			t.Errorf("the terms say %q:\n%s", not, all)
		}
	}
}

// In every language each point of a verdict, each state and each term has its words, with what they are about.
func TestDrawsAreToldInEveryLanguage(t *testing.T) {
	t.Parallel()
	p := finished(rand.New(rand.NewPCG(1, 1)))
	noted := draw.Noted{Commitment: p.Commitment, ListHash: p.ListHash, Entry: "K07"}
	right := draw.Verify(&p, noted)
	q := p
	q.Winners = nil
	q.List = strings.Replace(q.List, "K07", "L07", 1)
	q.Seed = strings.Repeat("0", 64)
	wrong := draw.Verify(&q, draw.Noted{Commitment: "x", ListHash: "x", Entry: "K07"})
	q.State = draw.Frozen
	undrawn := draw.Verify(&q, draw.Noted{})
	d := summer()
	for _, tag := range locale.Tags() {
		w := words(t, tag)
		var texts []string
		for _, v := range []*draw.Verdict{&right, &wrong, &undrawn} {
			for _, said := range w.Verdict(v) {
				texts = append(texts, said.Mark, said.Text)
			}
		}
		if said := w.Verdict(&right); len(said) != 7 || slices.ContainsFunc(said, func(s draw.Said) bool { return !s.OK }) || !strings.Contains(said[4].Text, "K07") {
			t.Errorf("%s: what is right: %+v", tag, said)
		}
		if said := w.Verdict(&wrong); len(said) != 7 || slices.ContainsFunc(said, func(s draw.Said) bool { return s.OK }) {
			t.Errorf("%s: what is wrong: %+v", tag, said)
		}
		texts = append(texts, w.Terms(&d)...)
		for state, when := range map[draw.State][]time.Time{draw.Draft: {began}, draw.Published: {began.Add(-time.Hour), began, began.Add(30 * day)}, draw.Closing: {began.Add(30 * day)},
			draw.Frozen: {began}, draw.Drawn: {began}, draw.Cancelled: {began}} {
			for _, now := range when {
				texts = append(texts, w.State(&draw.Stored{Draw: d, State: state}, now))
			}
		}
		for _, text := range texts {
			if text == "" || strings.ContainsAny(text, "⟦{}") {
				t.Errorf("%s: %q", tag, text)
			}
		}
	}
}

// How a draw stands is told by the clock where nobody has written it down yet.
func TestTheStateIsThatOfTheMoment(t *testing.T) {
	t.Parallel()
	s := &draw.Stored{Draw: summer(), State: draw.Published}
	w := words(t, "en")
	for _, c := range []struct {
		at         time.Time
		says       string
		open, over bool
	}{
		{began.Add(-time.Microsecond), "opens soon", false, false}, {began, "open", true, false}, {began.Add(10*day - time.Microsecond), "open", true, false},
		{began.Add(10 * day), "closed, being counted", false, true},
	} {
		if got := w.State(s, c.at); got != c.says || s.Open(c.at) != c.open || s.Over(c.at) != c.over {
			t.Errorf("%s: %s, open %v, over %v", c.at, got, s.Open(c.at), s.Over(c.at))
		}
	}
}
