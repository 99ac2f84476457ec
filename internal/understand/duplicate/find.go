package duplicate

import (
	"cmp"
	"context"
	"hash/maphash"
	"math"
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// Pair is two customers who may be one person.
type Pair struct {
	First, Second int64 // the lower number first
	Likelihood    int64 // in thousandths
	Reasons       []Reason
}

// Found is what a search came to.
type Found struct {
	Pairs []Pair // the likeliest first
	More  int64  // how many were suspected beyond those that are kept
}

const (
	// sharedMost is how many may have the same for it to tell anything of them: more are a shop, a club, a made-up number.
	sharedMost = 6
	// keptMost is how many pairs are kept.
	keptMost   = 10_000
	readAtOnce = 2000
)

// Search looks through all customers. told is how far it has come.
func Search(ctx context.Context, d *db.DB, told func(customers int64)) (Found, error) {
	h := &hasher{maphash.MakeSeed()}
	var keys []key
	behind, seen := int64(0), int64(0)
	for {
		some, n := []key(nil), 0
		next := behind
		if err := d.Read(ctx, func(tx *db.Tx) error {
			some, next = some[:0], behind
			numbers, err := customer.Numbers(tx, behind, readAtOnce)
			if n = len(numbers); err != nil || n == 0 {
				return err
			}
			next = numbers[n-1]
			briefs, err := customer.Briefs(tx, numbers[0], next)
			for _, b := range briefs {
				if !b.Erased {
					some = append(some, h.keys(b)...)
				}
			}
			return err
		}); err != nil {
			return Found{}, err
		}
		if n == 0 {
			break
		}
		keys, behind, seen = append(keys, some...), next, seen+int64(n)
		told(seen)
	}
	var apart map[[2]int64]bool
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { apart, err = toldApart(tx); return err }); err != nil {
		return Found{}, err
	}
	return pairs(keys, apart), nil
}

// pairs are those of customers with the same keys, but those who were told apart.
func pairs(keys []key, apart map[[2]int64]bool) (f Found) {
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.reason, b.reason), cmp.Compare(a.who, b.who))
	})
	keys = slices.Compact(keys)
	why := map[[2]int64]uint16{}
	for from := 0; from < len(keys); {
		end := from + 1
		for end < len(keys) && keys[end].sum == keys[from].sum && keys[end].reason == keys[from].reason {
			end++
		}
		if end-from <= sharedMost {
			for i := from; i < end; i++ {
				for j := i + 1; j < end; j++ {
					if pair := [2]int64{keys[i].who, keys[j].who}; !apart[pair] {
						why[pair] |= 1 << keys[from].reason
					}
				}
			}
		}
		from = end
	}
	for who, mask := range why {
		f.Pairs = append(f.Pairs, suspected(who, mask))
	}
	slices.SortFunc(f.Pairs, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Likelihood, a.Likelihood), cmp.Compare(b.First, a.First), cmp.Compare(b.Second, a.Second))
	})
	if len(f.Pairs) > keptMost {
		f.More = int64(len(f.Pairs) - keptMost)
		f.Pairs = f.Pairs[:keptMost]
	}
	return f
}

// suspected is a pair with its reasons. Each makes it likelier, as if they knew nothing of each other; what says the same
// less exactly is left out.
func suspected(who [2]int64, mask uint16) Pair {
	has := func(r Reason) bool { return mask&(1<<placeOf(r)) != 0 }
	if has(SameBirthday) {
		mask &^= 1 << placeOf(SameDay)
	}
	if has(SamePhone) {
		mask &^= 1 << placeOf(SameTail)
	}
	p, not := Pair{First: who[0], Second: who[1]}, 1.0
	const whole = 1000
	for i := range reasons {
		if mask&(1<<i) != 0 {
			p.Reasons = append(p.Reasons, reasons[i].Reason)
			not *= 1 - reasons[i].likely/whole
		}
	}
	p.Likelihood = min(int64(math.Round(whole*(1-not))), whole-1)
	return p
}
