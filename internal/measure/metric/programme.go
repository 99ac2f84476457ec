package metric

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"regulars/internal/base/stats"
)

// Club is what a higher floor knows of a loyalty programme. Moments are on the clock of the business, in microseconds.
type Club struct {
	// Members adds since when customers are members, and until when they were; who has several numbers comes several times.
	Members func(ctx context.Context, add func(customer, since, until int64) error) error
	// Moves adds what moved from a moment on, in the unit that the programme is about.
	Moves func(ctx context.Context, from int64, add func(UnitMove) error) error
	// Liability is what the units outstanding will probably cost, as of now, or why nobody knows.
	Liability func(ctx context.Context) (value stats.Interval, reason string, err error)
}

// StillMember is until when somebody is a member who is one.
const StillMember = math.MaxInt64

// UnitMove is units that were issued, redeemed or expired, of a lot; less than none where that was taken back.
type UnitMove struct {
	Customer, Lot int64
	Kind          MoveKind
	Units         int64
	At            int64
}

// MoveKind is what became of units.
type MoveKind int8

// The kinds of moves.
const (
	Issued MoveKind = iota + 1
	Redeemed
	Expired
)

// OfProgramme are the measures of a loyalty programme; nil: there is none, and they say so.
func OfProgramme(club *Club) []*Definition {
	moved := func(sql string) Column { return Column{"moved", sql} }
	units := func(key, better, column string) *Definition {
		return &Definition{
			Key: key, Unit: count, Better: better, Total: true, ofProgramme: wholeProgramme, club: club,
			Columns: []Column{moved(column), moved("CASE WHEN " + column + " <> 0 THEN 1 ELSE 0 END")}, Value: total, N: nth(1),
		}
	}
	all := []*Definition{
		{
			Key: "enrolment_rate", Unit: percent, Better: higher, Empty: reasonNoOrders, ofProgramme: partsToo, club: club, Compute: enrolled,
			Formula: "{0} / {1} x 100",
		},
		{
			Key: "programme_activity", Unit: percent, Better: higher, Empty: reasonNoMembers, ofProgramme: wholeProgramme, club: club, Compute: tookPart,
			Formula: "{0} / {1} x 100",
		},
		units("points_issued", none, "issued"),
		units("points_redeemed", higher, "redeemed"),
		units("points_expired", lower, "expired"),
		{
			Key: "redemption_rate", Unit: percent, Better: higher, Empty: reasonNothingIssued, ofProgramme: wholeProgramme, club: club,
			Columns: []Column{moved("used"), moved("granted"), moved("CASE WHEN granted <> 0 THEN 1 ELSE 0 END")}, Value: quotient(0, 1, 100), N: nth(2),
			Interval: delta(0, 1, 100), Within: within(0, 100), Formula: "{0} / {1} x 100",
			Operands: func(_ *Engine, t []float64) []Operand { return operands(count, count)(nil, t[:2]) },
		},
		{
			Key: "liability", Unit: minor, Better: lower, Single: true, ofProgramme: wholeProgramme, club: club,
			Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
				value, reason, err := e.club.Liability(ctx)
				out := map[int]Estimate{}
				for _, f := range frames {
					out[f] = noEstimate("")
				}
				if out[frameWindow] = (Estimate{Interval: value}); reason != "" {
					out[frameWindow] = noEstimate(reason)
				}
				return out, err
			},
		},
	}
	for _, l := range []lift{{"order_value", minor, 0, 1}, {"frequency", ratio, 1, 2}, {"value", minor, 0, 2}} {
		for _, matched := range []bool{false, true} {
			d := &Definition{Key: "member_lift_" + l.of, Unit: l.unit, Better: higher, Empty: reasonTooFew, ofProgramme: partsToo, club: club}
			if matched {
				d.Key += "_matched"
			}
			d.Compute = func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
				return l.compute(ctx, e, frames, matched)
			}
			all = append(all, d)
		}
	}
	return all
}

// OfMembers are those of OfProgramme that need to know of members alone, as files have them.
func OfMembers(club *Club) []*Definition {
	return slices.DeleteFunc(OfProgramme(club), func(d *Definition) bool { return d.ofProgramme != partsToo })
}

// Moot says that a measure is of a programme, and there is none: nobody misses it who did not ask for it.
func (d *Definition) Moot() bool { return d.ofProgramme != 0 && d.club == nil }

// Of what a measure of a programme can be asked.
const (
	wholeProgramme = 1 // of all customers, without conditions
	partsToo       = 2
)

// enrolled is the share of the customers who had bought by the end of a frame that were members then.
func enrolled(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
	if err := e.ensure(ctx, "life", "member"); err != nil {
		return nil, err
	}
	return e.shares(ctx, `SELECT f.frame, count(CASE WHEN m.since_us < f.to_us AND m.until_us >= f.to_us THEN 1 END), count(*)
		FROM frame f JOIN life l ON l.grp = f.grp AND l.first_us < f.to_us LEFT JOIN member m ON m.customer_id = l.customer_id GROUP BY f.frame`, frames)
}

// tookPart is the share of members at the end of a frame who earned or redeemed in it.
func tookPart(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
	if err := e.ensure(ctx, "member", "moved"); err != nil {
		return nil, err
	}
	return e.shares(ctx, `SELECT f.frame, count(CASE WHEN t.took > 0 THEN 1 END), count(*) FROM frame f
		JOIN member m ON m.since_us < f.to_us AND m.until_us >= f.to_us
		LEFT JOIN moved t ON t.frame = f.frame AND t.customer_id = m.customer_id WHERE f.grp = 0 GROUP BY f.frame`, frames)
}

// shares reads frames with two counts, the one a part of the other.
func (e *Engine) shares(ctx context.Context, query string, frames []int) (map[int]Estimate, error) {
	out := map[int]Estimate{}
	for _, f := range frames {
		out[f] = noEstimate("")
	}
	err := rows(ctx, e.conn, query, func(r *sql.Rows) error {
		var frame int
		var part, whole float64
		if err := r.Scan(&frame, &part, &whole); err != nil {
			return err
		}
		if _, asked := out[frame]; asked && whole > 0 {
			const percent = 100
			out[frame] = Estimate{Interval: stats.Wilson(part, whole).Scale(percent), Operands: []Operand{{Value: part, Unit: count}, {Value: whole, Unit: count}}}
		}
		return nil
	})
	return out, err
}

// lift is what members have more of than other customers who bought in a frame: one total over another.
type lift struct {
	of       string
	unit     string
	num, den int // of paid, orders, customers
}

// compute sets members beside the others; matched: beside those who first bought in the same quarter of a year, and so have
// had as long to come back. Neither is an effect: who joins is no chance.
func (l lift) compute(ctx context.Context, e *Engine, frames []int, matched bool) (map[int]Estimate, error) {
	if err := e.ensure(ctx, "bought", "life", "member"); err != nil {
		return nil, err
	}
	stratum := "0"
	if matched {
		stratum = "CAST(floor(l.first_month / 3.0) AS INTEGER)"
	}
	type side struct{ n, paid, orders, paid2, orders2, both float64 }
	type place struct{ frame, stratum int }
	sides := map[place]*[2]side{}
	const add = "sum(CAST(%s AS DOUBLE PRECISION))"
	err := rows(ctx, e.conn, `SELECT b.frame, `+stratum+` AS stratum, CASE WHEN m.since_us < f.to_us AND m.until_us >= f.to_us THEN 1 ELSE 0 END AS is_member,
		CAST(count(*) AS DOUBLE PRECISION), `+fmt.Sprintf(add, "b.paid - b.returned")+", "+fmt.Sprintf(add, "b.orders")+`,
		sum(CAST(b.paid - b.returned AS DOUBLE PRECISION) * (b.paid - b.returned)),
		sum(CAST(b.orders AS DOUBLE PRECISION) * b.orders), sum(CAST(b.paid - b.returned AS DOUBLE PRECISION) * b.orders)
		FROM bought b JOIN frame f ON f.frame = b.frame LEFT JOIN life l ON l.grp = f.grp AND l.customer_id = b.customer_id
		LEFT JOIN member m ON m.customer_id = b.customer_id WHERE b.orders > 0 GROUP BY 1, 2, 3`, func(r *sql.Rows) error {
		var at place
		var member int
		var s side
		if err := r.Scan(&at.frame, &at.stratum, &member, &s.n, &s.paid, &s.orders, &s.paid2, &s.orders2, &s.both); err != nil {
			return err
		}
		if sides[at] == nil {
			sides[at] = &[2]side{}
		}
		sides[at][member] = s
		return nil
	})
	if err != nil {
		return nil, err
	}
	figure := func(s *side) stats.Interval {
		return stats.Ratio(stats.Sums{N: s.n, T: []float64{s.paid, s.orders, s.n},
			C: [][]float64{{s.paid2, s.both, s.paid}, {s.both, s.orders2, s.orders}, {s.paid, s.orders, s.n}}}, l.num, l.den)
	}
	out := map[int]Estimate{}
	for _, f := range frames {
		var value, variance, members, others float64
		for at, both := range sides {
			if at.frame != f || both[0].n < minimumInterval || both[1].n < minimumInterval {
				continue // nobody to set beside each other
			}
			c := stats.IndependentDifference(figure(&both[1]), figure(&both[0]))
			value += both[1].n * c.Difference
			variance += both[1].n * both[1].n * c.SE * c.SE
			members += both[1].n
			others += both[0].n
		}
		if n := min(members, others); n < minimumGroup {
			out[f] = noEstimate(reasonTooFew)
		} else {
			value, se := value/members, math.Sqrt(variance)/members
			out[f] = Estimate{Interval: stats.Interval{Value: value, Low: value - stats.Z95*se, High: value + stats.Z95*se, SE: se, N: n}}
		}
	}
	return out, nil
}

// buildMembers makes member(customer_id, since_us, until_us) of the club.
func buildMembers(ctx context.Context, e *Engine) error {
	if err := e.exec(ctx, "CREATE TEMP TABLE joined (customer_id BIGINT, since_us BIGINT, until_us BIGINT)"); err != nil {
		return err
	}
	if err := e.source.Fill(ctx, e.conn, "joined", 3, func(add func(...any) error) error {
		return e.club.Members(ctx, func(customer, since, until int64) error { return add(customer, since, until) })
	}); err != nil {
		return err
	}
	return e.exec(ctx, "CREATE TEMP TABLE member AS SELECT customer_id, min(since_us) AS since_us, min(until_us) AS until_us FROM joined GROUP BY customer_id")
}

// buildMoved makes moved: frame, customer_id, and what units of theirs moved in it; used is what was redeemed by now of those
// granted in it, took whether they earned or redeemed.
func buildMoved(ctx context.Context, e *Engine) error {
	if err := e.exec(ctx, "CREATE TEMP TABLE move (customer_id BIGINT, lot_id BIGINT, kind INTEGER, units BIGINT, local_us BIGINT, day INTEGER)"); err != nil {
		return err
	}
	first := slices.MinFunc(e.frames, func(a, b frame) int { return int(min(max(a.from-b.from, -1), 1)) })
	if err := e.source.Fill(ctx, e.conn, "move", 6, func(add func(...any) error) error {
		return e.club.Moves(ctx, first.from, func(m UnitMove) error {
			if m.At >= e.set.AsOf {
				return nil
			}
			return add(m.Customer, m.Lot, int32(m.Kind), m.Units, m.At, int32(floorDay(m.At)))
		})
	}); err != nil {
		return err
	}
	kind := func(k MoveKind) string { return fmt.Sprintf("CASE WHEN m.kind = %d THEN m.units ELSE 0 END", k) }
	return e.exec(ctx, "CREATE TEMP TABLE moved AS SELECT frame, customer_id, "+sumOf("issued")+" AS issued, "+sumOf("redeemed")+" AS redeemed, "+sumOf("expired")+
		" AS expired, "+sumOf("used")+" AS used, "+sumOf("granted")+` AS granted, max(took) AS took FROM (
		SELECT f.frame, m.customer_id, `+kind(Issued)+" AS issued, "+kind(Redeemed)+" AS redeemed, "+kind(Expired)+` AS expired, 0 AS used, 0 AS granted,
			CASE WHEN m.kind < `+fmt.Sprint(Expired)+` AND m.units > 0 THEN 1 ELSE 0 END AS took
			FROM move m JOIN frame_day f ON `+e.inFrame("m", "0")+`
		UNION ALL
		SELECT f.frame, m.customer_id, 0, 0, 0, `+kind(Redeemed)+", "+kind(Issued)+`, 0
			FROM move m JOIN (SELECT customer_id, lot_id, min(local_us) AS local_us, min(day) AS day FROM move WHERE kind = `+fmt.Sprint(Issued)+` AND units > 0
				GROUP BY customer_id, lot_id) i ON i.customer_id = m.customer_id AND i.lot_id = m.lot_id
			JOIN frame_day f ON `+e.inFrame("i", "0")+`) both_ways
		GROUP BY frame, customer_id`)
}
