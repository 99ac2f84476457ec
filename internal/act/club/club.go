// Package club tells the measures of the catalogue what they need of the programme: who its members are, and what moved in its
// main unit.
//
// A member is a customer who has joined, or has earned anything: where nobody is asked to join, whoever is given units takes
// part. The main unit is the spendable one that most customers have.
//
// It works out no figures (measure/metric does), and reads its tables through their packages alone.
package club

import (
	"context"
	"math"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// LoadMeasures gives the measures of the programme in a store; what they rest on is read when they are worked out.
func LoadMeasures(tx *db.Tx, d *db.DB) ([]*metric.Definition, error) {
	b, err := business.Load(tx)
	if err != nil {
		return nil, err
	}
	unit, err := points.MainUnit(tx)
	if err != nil {
		return nil, err
	}
	anybody := unit != ""
	if !anybody {
		if err := member.Each(tx, func(int64, time.Time, time.Time) error { anybody = true; return nil }); err != nil {
			return nil, err
		}
	}
	if !anybody {
		return metric.OfProgramme(nil), nil
	}
	if b.Zone == nil {
		b.Zone = time.UTC
	}
	c := &club{d: d, zone: b.Zone, unit: unit}
	if unit == "" { // members alone, as of files that say who they are
		return metric.OfMembers(&metric.Club{Members: c.members}), nil
	}
	return metric.OfProgramme(&metric.Club{Members: c.members, Moves: c.moves, Liability: c.liability}), nil
}

type club struct {
	d    *db.DB
	zone *time.Location
	unit string
}

// rows are handed on outside of the transaction: it may begin again, and what was handed on cannot be taken back.
type memberRow struct{ customer, since, until int64 }

func (c *club) members(ctx context.Context, add func(customer, since, until int64) error) error {
	var all []memberRow
	if err := c.d.Read(ctx, func(tx *db.Tx) error {
		roots, err := customer.Merged(tx)
		if err != nil {
			return err
		}
		all = all[:0]
		local := func(t time.Time) int64 { return fact.At(t, c.zone).Local }
		if err := member.Each(tx, func(who int64, joined, left time.Time) error {
			until := int64(metric.StillMember)
			if !left.IsZero() {
				until = local(left)
			}
			all = append(all, memberRow{rootOf(roots, who), local(joined), until})
			return nil
		}); err != nil {
			return err
		}
		return points.FirstEarned(tx, func(who int64, at time.Time) error {
			all = append(all, memberRow{rootOf(roots, who), local(at), metric.StillMember})
			return nil
		})
	}); err != nil {
		return err
	}
	for i := range all {
		if err := add(all[i].customer, all[i].since, all[i].until); err != nil {
			return err
		}
	}
	return nil
}

func rootOf(roots map[int64]int64, who int64) int64 {
	if root, merged := roots[who]; merged {
		return root
	}
	return who
}

var kinds = map[points.EntryKind]metric.MoveKind{points.Issue: metric.Issued, points.Spent: metric.Redeemed, points.Expired: metric.Expired}

func (c *club) moves(ctx context.Context, from int64, add func(metric.UnitMove) error) error {
	var all []metric.UnitMove
	if err := c.d.Read(ctx, func(tx *db.Tx) error {
		roots, err := customer.Merged(tx)
		if err != nil {
			return err
		}
		all = all[:0]
		// A day earlier, whatever the clocks did; what is too early finds no frame.
		return points.Moves(tx, c.unit, time.UnixMicro(from).Add(-24*time.Hour), func(m points.Movement) error {
			all = append(all, metric.UnitMove{Customer: rootOf(roots, m.Customer), Lot: m.Lot, Kind: kinds[m.Kind], Units: m.Units, At: fact.At(m.At, c.zone).Local})
			return nil
		})
	}); err != nil {
		return err
	}
	for i := range all {
		if err := add(all[i]); err != nil {
			return err
		}
	}
	return nil
}

// liability is what the main unit's outstanding units will probably cost, by the best that a reward gives for one.
func (c *club) liability(ctx context.Context) (value stats.Interval, reason string, err error) {
	value = stats.Interval{Low: math.NaN(), High: math.NaN(), SE: math.NaN()}
	err = c.d.Read(ctx, func(tx *db.Tx) error {
		value.Value, value.N, reason = 0, 0, ""
		v, err := programme.InForce(tx)
		switch {
		case err != nil && fault.KindOf(err) == fault.NotFound:
			reason = "no_programme"
			return nil
		case err != nil:
			return err
		}
		document, err := programme.Parse(v.Document)
		if err != nil {
			return err
		}
		worth, known := document.Worth()[c.unit]
		if !known {
			reason = "units_without_worth"
			return nil
		}
		cohorts, err := liability.Read(tx, c.unit, c.zone)
		if err != nil {
			return err
		}
		liability.Estimate(cohorts, 1)
		for i := range cohorts {
			value.Value += worth * cohorts[i].Use * float64(cohorts[i].Outstanding)
			value.N += float64(cohorts[i].Outstanding)
		}
		value.Value = math.Round(value.Value)
		return nil
	})
	return value, reason, err
}
