package client

import (
	"context"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// Holidays are those that a business keeps.
	Holidays = wire.Holidays
	// OwnHoliday is a day of the business's own.
	OwnHoliday = wire.OwnHoliday
	// HolidayDay is a holiday on its day.
	HolidayDay = wire.HolidayDay
)

// Holidays gets the holidays that the business keeps, named in a language; empty: in English.
func (c *Client) Holidays(ctx context.Context, lang string) (h Holidays, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/settings/holidays", query: with(url.Values{}, "lang", lang)}, &h)
	return h, err
}

// SetHolidays says which holidays are kept, in place of what was said before.
func (c *Client) SetHolidays(ctx context.Context, h Holidays) (Holidays, error) {
	return send[Holidays](ctx, c, http.MethodPut, "/v1/settings/holidays", h)
}
