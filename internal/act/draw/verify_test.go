package draw_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/draw"
)

// again is the drawing as the documentation describes it, by the shortest way: so somebody else would write a verifier.
func again(list string, seed []byte) (winners []string) {
	sum := sha256.Sum256([]byte(list))
	hash := hex.EncodeToString(sum[:])
	type entry struct {
		code   string
		weight uint64
	}
	var left []entry
	var places uint64
	for _, line := range strings.Split(list, "\n") {
		f := strings.Fields(line)
		var n uint64
		switch {
		case strings.HasPrefix(line, "prize "):
			_, _ = fmt.Sscan(f[1], &n)
			places += n
		case strings.HasPrefix(line, "entry "):
			_, _ = fmt.Sscan(f[2], &n)
			left = append(left, entry{f[1], n})
		}
	}
	counter := 0
	for range places {
		total := new(big.Int)
		for _, e := range left {
			total.Add(total, new(big.Int).SetUint64(e.weight))
		}
		if total.Sign() == 0 {
			break
		}
		// The greatest multiple of the total that is not more than 2^64.
		range64 := new(big.Int).Lsh(big.NewInt(1), 64)
		limit := new(big.Int).Mul(new(big.Int).Div(range64, total), total)
		x := new(big.Int)
		for {
			mac := hmac.New(sha256.New, seed)
			_, _ = fmt.Fprintf(mac, "%s:%d", hash, counter)
			counter++
			if x.SetUint64(binary.BigEndian.Uint64(mac.Sum(nil)[:8])); x.Cmp(limit) < 0 {
				break
			}
		}
		place := new(big.Int).Mod(x, total).Uint64()
		for i, e := range left {
			if place < e.weight {
				winners = append(winners, e.code)
				left = slices.Delete(left, i, i+1)
				break
			}
			place -= e.weight
		}
	}
	return winners
}

func seedOf(n uint64) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, n))
	return sum[:]
}

func someSheet(t *rapid.T) *draw.Sheet {
	s := &draw.Sheet{Draw: "d", Prizes: []draw.Prize{{Name: "A bicycle", Count: rapid.Int64Range(1, 3).Draw(t, "bicycles")}, {Name: "咖啡 for 2", Count: rapid.Int64Range(1, 20).Draw(t, "coffees")}}}
	weight := rapid.OneOf(rapid.Int64Range(1, 5), rapid.Int64Range(1, math.MaxInt64/64))
	for i := range rapid.IntRange(0, 40).Draw(t, "entries") {
		s.Entries = append(s.Entries, draw.Entry{Code: fmt.Sprintf("C%03d", i), Weight: weight.Draw(t, "weight")})
	}
	return s
}

// Whoever reads the documentation draws the same, nobody is drawn twice, and as many are drawn as there are places and entries for.
func TestTheWinnersAreThoseOfTheDocumentation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, seed := someSheet(t), seedOf(rapid.Uint64().Draw(t, "seed"))
		won := s.Winners(seed)
		var codes []string
		places := 0
		for i, w := range won {
			codes = append(codes, w.Entry)
			if w.Place != int64(i)+1 {
				t.Fatalf("place %d comes after %d others", w.Place, i)
			}
		}
		for _, p := range s.Prizes {
			for range p.Count {
				if places < len(won) && won[places].Prize != p.Name {
					t.Fatalf("place %d wins %s, not %s", places+1, won[places].Prize, p.Name)
				}
				places++
			}
		}
		if len(won) != min(places, len(s.Entries)) {
			t.Fatalf("%d won of %d, for %d places", len(won), len(s.Entries), places)
		}
		if want := again(s.Text(), seed); !slices.Equal(codes, want) {
			t.Fatalf("drawn %v, by the documentation %v", codes, want)
		}
		if slices.Sort(codes); len(slices.Compact(codes)) != len(won) {
			t.Fatalf("somebody won twice: %v", won)
		}
	})
}

// What is written is read as it was, and nothing else is.
func TestAListIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := someSheet(t)
		got, err := draw.ParseSheet(s.Text())
		if err != nil || got.Text() != s.Text() {
			t.Fatalf("%v: %s", err, s.Text())
		}
		text := []byte(s.Text())
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[at] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		if got, err := draw.ParseSheet(string(text)); err == nil && got.Text() != string(text) {
			t.Fatalf("read %q, which is written %q", text, got.Text())
		}
	})
	const head = "regulars-draw-list/1\ndraw d\nprize 1 A\n"
	for text, why := range map[string]string{
		"":                              "does not begin",
		head + "entry A 1":              "line 4 has no end",
		head + "entry A 01\n":           "line 4 is no entry",
		head + "entry A 0\n":            "line 4 is no entry",
		head + "entry A -1\n":           "line 4 is no entry",
		head + "entry A 1.5\n":          "line 4 is no entry",
		head + "entry  1\n":             "line 4 is no entry",
		head + "prize 0 B\n":            "line 4 is no prize",
		head + "prize 2\n":              "line 4 is no prize",
		head + "gift 2 B\n":             "neither",
		head + "\n":                     "neither",
		head + "entry B 1\nentry A 1\n": "line 5 is out of order",
		head + "entry A 1\nentry A 1\n": "line 5 is out of order",
		head + "entry A 1\nprize 1 B\n": "neither",
		head + fmt.Sprintf("entry A %d\nentry B 1\n", int64(math.MaxInt64)): "together",
		strings.Replace(head, "/1", "/2", 1):                                "does not begin",
	} {
		if _, err := draw.ParseSheet(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", text, err, why)
		}
	}
}

// The first place goes to each as often as its weight says, and so does the second among those who are left: chi-square over
// many seeds. The seeds are fixed, and so is the outcome.
func TestEachIsDrawnAsOftenAsItsWeight(t *testing.T) {
	t.Parallel()
	s := &draw.Sheet{Draw: "d", Prizes: []draw.Prize{{Name: "A", Count: 2}}}
	weights := []int64{1, 1, 2, 3, 5, 8, 13, 21}
	var total float64
	for i, w := range weights {
		s.Entries = append(s.Entries, draw.Entry{Code: fmt.Sprint("C", i), Weight: w})
		total += float64(w)
	}
	const times = 40_000
	first, second := make([]float64, len(weights)), make([]float64, len(weights))
	at := func(code string) int { return int(code[1] - '0') }
	for n := range uint64(times) {
		won := s.Winners(seedOf(n))
		first[at(won[0].Entry)]++
		second[at(won[1].Entry)]++
	}
	expect := func(i int) (a, b float64) {
		p := float64(weights[i]) / total
		for j, w := range weights {
			if j != i {
				q := float64(w) / total
				b += q * p / (1 - q)
			}
		}
		return times * p, times * b
	}
	var chi1, chi2 float64
	for i := range weights {
		e1, e2 := expect(i)
		chi1 += (first[i] - e1) * (first[i] - e1) / e1
		chi2 += (second[i] - e2) * (second[i] - e2) / e2
	}
	// 7 degrees of freedom: 24.32 is exceeded once in a thousand (NIST/SEMATECH e-Handbook, table 1.3.6.7.4).
	if chi1 > 24.32 || chi2 > 24.32 {
		t.Errorf("chi-square of the first place %.1f, of the second %.1f: %v %v", chi1, chi2, first, second)
	}
}

// A total that does not divide 2^64 would favour the first entries, if numbers at the end of the range were not passed over:
// of weights like these every fourth number is.
func TestNobodyIsFavouredByTheEndOfTheRange(t *testing.T) {
	t.Parallel()
	third := int64(1) << 61 // three of them: 2^64 is two and two thirds times their sum
	s := &draw.Sheet{Draw: "d", Prizes: []draw.Prize{{Name: "A", Count: 1}}}
	for _, code := range []string{"A", "B", "C"} {
		s.Entries = append(s.Entries, draw.Entry{Code: code, Weight: third})
	}
	const times = 12_000
	won := map[string]float64{}
	for n := range uint64(times) {
		won[s.Winners(seedOf(n))[0].Entry]++
	}
	chi := 0.0
	for _, e := range s.Entries {
		chi += (won[e.Code] - times/3) * (won[e.Code] - times/3) / (times / 3)
	}
	if chi > 13.82 { // 2 degrees of freedom, once in a thousand
		t.Errorf("chi-square %.1f: %v", chi, won)
	}
}

// finished is the public file of a draw that was held.
func finished(r *rand.Rand) draw.Public {
	s := &draw.Sheet{Draw: "summer", Prizes: []draw.Prize{{Name: "A bicycle", Count: 1}, {Name: "Coffee", Count: 4}}}
	for i := range 30 {
		s.Entries = append(s.Entries, draw.Entry{Code: fmt.Sprintf("K%02d", i), Weight: 1 + r.Int64N(9)})
	}
	seed := seedOf(r.Uint64())
	at := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	return draw.Public{Format: draw.Format, Draw: "summer", Name: "Summer", Business: "Café Olga", State: draw.Drawn, Opens: at, Closes: at, PublishedAt: at, FrozenAt: at, DrawnAt: at,
		Prizes: s.Prizes, Commitment: draw.Hash(seed), List: s.Text(), ListHash: draw.Hash([]byte(s.Text())), Seed: hex.EncodeToString(seed), Winners: s.Winners(seed)}
}

// Whatever byte of the seed, the commitment, the list, its hash or a winner is changed, it is found out.
func TestAnyChangedByteIsFoundOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := finished(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "draw"), 1)))
		if v := draw.Verify(&p, draw.Noted{Commitment: p.Commitment, ListHash: p.ListHash, Entry: "K07"}); !v.OK() {
			t.Fatalf("as it was: %v", v.String())
		}
		one := rapid.IntRange(0, len(p.Winners)-1).Draw(t, "winner")
		texts := map[string]*string{"seed": &p.Seed, "commitment": &p.Commitment, "list": &p.List, "hash": &p.ListHash, "winner": &p.Winners[one].Entry, "prize": &p.Winners[one].Prize,
			"of": &p.Draw, "prizes": &p.Prizes[0].Name}
		what := texts[rapid.SampledFrom([]string{"seed", "commitment", "list", "hash", "winner", "prize", "of", "prizes"}).Draw(t, "what")]
		b := []byte(*what)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
		*what = string(b)
		if v := draw.Verify(&p, draw.Noted{}); v.OK() || !v.Wrong() {
			t.Fatalf("nothing is found in %+v", p)
		}
	})
}

func TestWinnersLeftOutAddedOrMovedAreFoundOut(t *testing.T) {
	t.Parallel()
	p := finished(rand.New(rand.NewPCG(1, 1)))
	for what, change := range map[string]func(q *draw.Public){
		"left out":      func(q *draw.Public) { q.Winners = q.Winners[:4] },
		"none":          func(q *draw.Public) { q.Winners = nil },
		"twice":         func(q *draw.Public) { q.Winners = append(q.Winners, q.Winners[0]) },
		"changed over":  func(q *draw.Public) { q.Winners[1].Entry, q.Winners[2].Entry = q.Winners[2].Entry, q.Winners[1].Entry },
		"another place": func(q *draw.Public) { q.Winners[0].Place = 2 },
		"no list":       func(q *draw.Public) { q.List = "" },
		"big letters":   func(q *draw.Public) { q.Seed = strings.ToUpper(q.Seed) },
		"not drawn":     func(q *draw.Public) { q.State = draw.Frozen },
		"a list made to fit": func(q *draw.Public) {
			q.List = strings.Replace(q.List, "entry K00", "entry K0!", 1)
			q.ListHash = draw.Hash([]byte(q.List))
		},
	} {
		q := p
		q.Winners = slices.Clone(p.Winners)
		change(&q)
		if v := draw.Verify(&q, draw.Noted{}); !v.Wrong() {
			t.Errorf("%s: nothing is found", what)
		}
	}
	// A list and winners that fit each other, but not what was told before.
	q := finished(rand.New(rand.NewPCG(2, 2)))
	if v := draw.Verify(&q, draw.Noted{Commitment: p.Commitment}); v.OK() {
		t.Error("another seed than was committed to passes")
	}
	if v := draw.Verify(&q, draw.Noted{ListHash: p.ListHash}); v.OK() {
		t.Error("another list than was told passes")
	}
	if v := draw.Verify(&q, draw.Noted{Entry: "K99"}); v.OK() {
		t.Error("somebody who is not on the list is told they are")
	}
	q.State, q.Seed, q.Winners = draw.Frozen, "", nil
	if v := draw.Verify(&q, draw.Noted{}); v.OK() || v.Wrong() {
		t.Errorf("before it is drawn: %v", v.String())
	}
}

func TestThePublicFileIsReadBack(t *testing.T) {
	t.Parallel()
	p := finished(rand.New(rand.NewPCG(3, 3)))
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	q, err := draw.Read(out.Bytes())
	if v := draw.Verify(&q, draw.Noted{}); err != nil || !v.OK() {
		t.Fatalf("%v %v", err, v.String())
	}
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil || fields["format"] != "regulars-draw/1" || fields["list_hash"] != p.ListHash {
		t.Errorf("%v %v", err, fields)
	}
	for _, text := range []string{"", "[]", "{}", `{"format":"regulars-draw/2"}`, `{"format":"regulars-draw/1","more":1}`, out.String() + "{}", out.String()[:100]} {
		if _, err := draw.Read([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
