package draw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The first line of the list: what it is, and which way of reading and drawing it has.
const listFormat = "regulars-draw-list/1"

// Entry is a line of the list.
type Entry struct {
	Code   string `json:"code"`
	Weight int64  `json:"weight"`
}

// Sheet is the list of a draw, in the form in which it is hashed and drawn from.
type Sheet struct {
	Draw    string
	Prizes  []Prize
	Entries []Entry // in the order of their codes
}

// head is the lines above the entries.
func (s *Sheet) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ndraw %s\n", listFormat, s.Draw)
	for _, p := range s.Prizes {
		fmt.Fprintf(&b, "prize %d %s\n", p.Count, p.Name)
	}
	return b.String()
}

func (e Entry) line() string { return "entry " + e.Code + " " + strconv.FormatInt(e.Weight, 10) + "\n" }

// Text is the sheet as it is hashed.
func (s *Sheet) Text() string {
	var b strings.Builder
	b.WriteString(s.head())
	for _, e := range s.Entries {
		b.WriteString(e.line())
	}
	return b.String()
}

// Hash is that of a list, or of a seed, as it is told: SHA-256 in small hexadecimal digits.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ParseSheet reads a list back; whatever Text would not have written is refused.
func ParseSheet(text string) (*Sheet, error) {
	rest, ok := strings.CutPrefix(text, listFormat+"\ndraw ")
	if !ok {
		return nil, fmt.Errorf("it does not begin with %s and the draw", listFormat)
	}
	s := &Sheet{}
	s.Draw, rest, _ = strings.Cut(rest, "\n")
	for n := 3; rest != ""; n++ {
		line, more, whole := strings.Cut(rest, "\n")
		if rest = more; !whole {
			return nil, fmt.Errorf("line %d has no end", n)
		}
		kind, says, _ := strings.Cut(line, " ")
		first, second, _ := strings.Cut(says, " ")
		switch {
		case kind == "prize" && len(s.Entries) == 0:
			count, err := natural(first)
			if err != nil || second == "" {
				return nil, fmt.Errorf("line %d is no prize", n)
			}
			s.Prizes = append(s.Prizes, Prize{second, count})
		case kind == "entry":
			weight, err := natural(second)
			if err != nil || first == "" {
				return nil, fmt.Errorf("line %d is no entry", n)
			}
			if last := len(s.Entries) - 1; last >= 0 && s.Entries[last].Code >= first {
				return nil, fmt.Errorf("line %d is out of order", n)
			}
			s.Entries = append(s.Entries, Entry{first, weight})
		default:
			return nil, fmt.Errorf("line %d is neither a prize nor an entry", n)
		}
	}
	if s.total() < 0 {
		return nil, fmt.Errorf("the weights are more than %d together", int64(math.MaxInt64))
	}
	return s, nil
}

// natural reads a number above 0 that is written in the one way there is.
func natural(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return n, nil
}

// total is the sum of the weights; -1: more than can be counted.
func (s *Sheet) total() (sum int64) {
	for _, e := range s.Entries {
		if sum > math.MaxInt64-e.Weight {
			return -1
		}
		sum += e.Weight
	}
	return sum
}

// Winner is an entry that won.
type Winner struct {
	Place int64  `json:"place"` // 1 is drawn first
	Prize string `json:"prize"`
	Entry string `json:"entry"`
}

// numbers are those that a seed and the hash of a list give, one after the other.
type numbers struct {
	seed []byte
	hash string
	next int64
}

// draw is the next number.
func (n *numbers) draw() uint64 {
	mac := hmac.New(sha256.New, n.seed)
	mac.Write([]byte(n.hash + ":" + strconv.FormatInt(n.next, 10)))
	n.next++
	return binary.BigEndian.Uint64(mac.Sum(nil))
}

// below is a number from 0 to less than the bound, each as likely as the other: numbers at the end of the range, which do not
// fill the bound once more, are passed over.
func (n *numbers) below(bound uint64) uint64 {
	over := (math.MaxUint64%bound + 1) % bound // 2^64 mod bound
	for {
		if x := n.draw(); x <= math.MaxUint64-over {
			return x % bound
		}
	}
}

// Winners draws from the sheet: for each prize in turn, one place after the other, an entry of those that have not won yet,
// each as likely as its weight says. Where there are fewer entries than places, the last places stay empty.
func (s *Sheet) Winners(seed []byte) (all []Winner) {
	n := &numbers{seed: seed, hash: Hash([]byte(s.Text()))}
	t := newTree(s.Entries)
	for _, p := range s.Prizes {
		for range p.Count {
			if len(all) == len(s.Entries) {
				return all
			}
			at := t.take(int64(n.below(uint64(t.left)))) //nolint:gosec // both are from 0 to less than 2^63
			all = append(all, Winner{int64(len(all)) + 1, p.Name, s.Entries[at].Code})
		}
	}
	return all
}

// tree is sums of weights (Fenwick's), so that the entry at a place among all weights is found without going through them.
type tree struct {
	weights []int64
	sums    []int64
	left    int64
	top     int // the highest power of two that is not more than there are
}

func newTree(entries []Entry) *tree {
	t := &tree{weights: make([]int64, len(entries)), sums: make([]int64, len(entries)+1), top: 1}
	for i, e := range entries {
		t.weights[i] = e.Weight
		t.add(i, e.Weight)
	}
	for 2*t.top <= len(entries) {
		t.top *= 2
	}
	return t
}

func (t *tree) add(i int, weight int64) {
	t.left += weight
	for i++; i < len(t.sums); i += i & -i {
		t.sums[i] += weight
	}
}

// take finds the entry that holds the place, counting the weights of those before, and takes it out.
func (t *tree) take(place int64) (at int) {
	for step := t.top; step > 0; step /= 2 {
		if at+step < len(t.sums) && t.sums[at+step] <= place {
			at += step
			place -= t.sums[at]
		}
	}
	t.add(at, -t.weights[at])
	return at
}
