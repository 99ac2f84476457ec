package api

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
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

type journalIn struct {
	Unit       string  `path:"unit" maxLength:"40" example:"points"`
	Month      string  `query:"month" required:"true" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-03" doc:"The month, on the clocks of the business."`
	ValueMinor float64 `query:"value_minor" exclusiveMinimum:"0" maximum:"1000000000" doc:"What one unit is worth to whoever uses it, in minor units of the currency. Left out: by the reward of the programme in force that gives most for one."`
	Otherwise  float64 `query:"otherwise" minimum:"0" maximum:"1" default:"1" doc:"The share that is expected to be used where nothing has been used yet."`
	Cash       string  `query:"cash" maxLength:"60" default:"cash" doc:"Your account for what customers paid."`
	Revenue    string  `query:"revenue" maxLength:"60" default:"revenue" doc:"Your account for revenue."`
	Deferred   string  `query:"deferred" maxLength:"60" default:"deferred revenue" doc:"Your account for what is owed to customers."`
}

// getJournal writes what a month's sales defer and what of all deferrals becomes revenue in it (IFRS 15, ASC 606), as it stood at
// the month's end, as CSV.
func (a *API) getJournal(ctx context.Context, in *journalIn) (*huma.StreamResponse, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	first, err := time.ParseInLocation("2006-01", in.Month, facts.Business.Zone)
	if err != nil || first.After(time.Now()) {
		return nil, fault.In("month", fault.Invalidf("%q is no month such as 2026-03 that has begun", in.Month))
	}
	var lines []liability.Line
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		if _, err := points.LoadUnit(tx, in.Unit); err != nil {
			return err
		}
		value := in.ValueMinor
		if value == 0 {
			var err error
			if value, err = worthOf(tx, in.Unit); err != nil {
				return err
			}
		}
		books, err := liability.ReadBooks(tx, in.Unit, facts.Business.Zone)
		if err != nil {
			return err
		}
		sold, released, err := books.Month(fact.At(first, facts.Business.Zone).Month(), value, in.Otherwise)
		if err != nil {
			return err
		}
		lines = liability.Journal(first.AddDate(0, 1, -1).Format(time.DateOnly), in.Unit+" "+in.Month, sold, released, in.Cash, in.Revenue, in.Deferred)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) { //nolint:contextcheck // it has the context of the request
		c.SetHeader("Content-Type", "text/csv; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="journal-`+in.Unit+"-"+in.Month+`.csv"`)
		if err := liability.WriteCSV(c.BodyWriter(), lines); err != nil {
			_ = problem(c.Context(), err) // into the log: the answer has begun
		}
	}}, nil
}

// worthOf is what a unit is worth by the programme in force.
func worthOf(tx *db.Tx, unit string) (float64, error) {
	v, err := programme.InForce(tx)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return 0, err
	}
	if err == nil {
		d, err := programme.Parse(v.Document)
		if err != nil {
			return 0, err
		}
		if worth := d.Worth()[unit]; worth > 0 {
			return worth, nil
		}
	}
	return 0, fault.In("value_minor", fault.Invalidf("no reward of the programme in force says what a unit of %s is worth; say it", unit))
}
