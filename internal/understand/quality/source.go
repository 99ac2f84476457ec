package quality

import (
	"cmp"
	"slices"
	"time"

	"regulars/internal/base/db"
)

// Source is who brings facts of a kind.
type Source struct {
	Kind  string    `json:"kind"`  // order, return, answer, subscription, event
	Name  string    `json:"name"`  // as the facts have it
	Facts int64     `json:"facts"` // that came from it
	Last  time.Time `json:"last"`  // when it last brought something
	Fact  time.Time `json:"fact"`  // the moment of the newest fact
	Days  int       `json:"days"`  // on which it brought something
	// Between two such days there are usually so many days, and in all but one of twenty cases no more than Longest; 0: too few
	// days are known.
	Usual   int64 `json:"usual_days"`
	Longest int64 `json:"longest_days"`
}

// Late tells for how many days a source has brought nothing, and whether that is longer than usual.
func (s *Source) Late(now time.Time) (days int64, late bool) {
	days = max(dayOf(now)-dayOf(s.Last), 0)
	return days, s.Longest > 0 && 2*days > 3*s.Longest
}

func dayOf(at time.Time) int64 { return at.UnixMicro() / micros }

const micros = int64(24 * time.Hour / time.Microsecond)

// bringing are the tables of facts that come from sources.
var bringing = []struct{ kind, table, moment string }{
	{"order", "orders", "placed_us"}, {"return", "returns", "returned_us"}, {"answer", "answers", "answered_us"},
	{"subscription", "subscriptions", "started_us"}, {"event", "events", "happened_us"},
}

// sources are all of them, those first that brought most.
func sources(tx *db.Tx) (all []Source, err error) {
	type of struct{ kind, name string }
	days := map[of][]int64{}
	found := map[of]*Source{}
	for _, b := range bringing {
		rows, err := tx.Query("SELECT source, recorded_us / 86400000000, count(*), max(recorded_us), max(" + b.moment + ") FROM " + b.table + " GROUP BY source, recorded_us / 86400000000")
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var name string
			var day, n int64
			var last, moment time.Time
			if err := rows.Scan(&name, &day, &n, &last, &moment); err != nil {
				return nil, err
			}
			key := of{b.kind, name}
			s := found[key]
			if s == nil {
				s = &Source{Kind: b.kind, Name: name}
				found[key] = s
			}
			s.Facts += n
			s.Last, s.Fact = later(s.Last, last), later(s.Fact, moment)
			days[key] = append(days[key], day)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	for key, s := range found {
		s.Days = len(days[key])
		s.Usual, s.Longest = gaps(days[key])
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b Source) int {
		return cmp.Or(cmp.Compare(b.Facts, a.Facts), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return all, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

const (
	gapsLeast  = 5  // of which it can be told what is usual
	gapsNewest = 60 // that are looked at
)

// gaps tells how many days lie between those on which something came: in the middle case, and in all but one of twenty.
func gaps(days []int64) (usual, longest int64) {
	slices.Sort(days)
	var all []int64
	for i := 1; i < len(days); i++ {
		all = append(all, days[i]-days[i-1])
	}
	if len(all) < gapsLeast {
		return 0, 0
	}
	all = all[max(0, len(all)-gapsNewest):]
	slices.Sort(all)
	const twentieth = 20
	return all[len(all)/2], all[len(all)-1-len(all)/twentieth]
}
