package api

import (
	"context"
	"fmt"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
)

type liabilityIn struct {
	Unit       string  `path:"unit" maxLength:"40" example:"points"`
	ValueMinor int64   `query:"value_minor" minimum:"0" maximum:"1000000000" doc:"What one unit is worth to whoever uses it, in minor units of the currency; left out, no amounts are given."`
	Otherwise  float64 `query:"otherwise" minimum:"0" maximum:"1" default:"1" doc:"The share that is expected to be used where nothing has been used yet. 1 is the careful one."`
}

// LiabilityOut is what the units that customers hold will cost.
type LiabilityOut struct {
	Body wire.Liability
}

func (a *API) getLiability(ctx context.Context, in *liabilityIn) (*LiabilityOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &LiabilityOut{}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		if _, err := points.LoadUnit(tx, in.Unit); err != nil {
			return err
		}
		cohorts, err := liability.Read(tx, in.Unit, facts.Business.Zone)
		if err != nil {
			return err
		}
		liability.Estimate(cohorts, in.Otherwise)
		out.Body = wire.Liability{Unit: in.Unit, AsOf: tx.Now, ExpectedUnits: liability.ExpectedUnits(cohorts), Cohorts: make([]wire.LiabilityCohort, len(cohorts))}
		for i := range cohorts {
			c := &cohorts[i]
			const months = 12
			out.Body.Cohorts[i] = wire.LiabilityCohort{Month: fmt.Sprintf("%04d-%02d", c.Month/months, c.Month%months+1), Issued: c.Issued, Outstanding: c.Outstanding,
				Used: c.Used, Gone: c.Gone, UsedByAge: c.UsedByAge, Use: c.Use}
			out.Body.OutstandingUnits += c.Outstanding
			out.Body.CostMinor += liability.CostMinor(c.Outstanding, in.ValueMinor, c.Use)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
