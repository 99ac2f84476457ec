package api

import (
	"context"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/business"
	"regulars/internal/record/holiday"
)

type holidaysAskedIn struct {
	Lang string `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of the names."`
}

// HolidaysOut are the holidays of a business.
type HolidaysOut struct{ Body wire.Holidays }

func (a *API) getHolidays(ctx context.Context, in *holidaysAskedIn) (*HolidaysOut, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	out := &HolidaysOut{}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		b, err := business.Load(tx)
		if err != nil {
			return err
		}
		c, err := holiday.Load(tx)
		if err != nil {
			return err
		}
		zone := b.Zone
		if zone == nil {
			zone = time.UTC
		}
		out.Body = wire.Holidays{Country: c.Country, Keeps: c.Keeps(), Off: c.Off}
		for _, o := range c.Own {
			out.Body.Own = append(out.Body.Own, wire.OwnHoliday(o))
		}
		for _, d := range c.Ahead(tx.Now.In(zone)) {
			out.Body.Ahead = append(out.Body.Ahead, wire.HolidayDay{Holiday: d.Holiday, Name: c.Name(l, d.Holiday), Day: d.On.Format(time.DateOnly), Off: d.Off})
		}
		return nil
	})
	return out, err
}

type holidaysIn struct{ Body wire.Holidays }

func (a *API) putHolidays(ctx context.Context, in *holidaysIn) (*HolidaysOut, error) {
	b := &in.Body
	c := holiday.Calendar{Country: b.Country, Off: b.Off}
	for _, o := range b.Own {
		c.Own = append(c.Own, holiday.Own(o))
	}
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := c.Save(tx); err != nil {
			return err
		}
		return a.did(ctx, tx, "settings.update", "holidays", fieldsOf(b), 1)
	}); err != nil {
		return nil, err
	}
	return a.getHolidays(ctx, &holidaysAskedIn{Lang: "en"})
}
