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

type (
	// GiftSettings say how gifts are told.
	GiftSettings = wire.GiftSettings
	// Surprise is a budget spread at random among those who qualify.
	Surprise = wire.Surprise
	// SurpriseWho says who qualifies.
	SurpriseWho = wire.SurpriseWho
	// SurpriseEstimate is who would qualify now, and what it costs.
	SurpriseEstimate = wire.SurpriseEstimate
	// SurpriseEffect is what both sides bought since.
	SurpriseEffect = wire.SurpriseEffect
	// Gift is what a customer was given on an occasion.
	Gift = wire.Gift
)

func surpriseAt(surprise, more string) string {
	return "/v1/surprises/" + url.PathEscape(surprise) + more
}

// Surprises lists surprises, those that are given last first.
func (c *Client) Surprises(ctx context.Context, l Lists) (Page[Surprise], error) {
	return list[Surprise](ctx, c, "/v1/surprises", l.query())
}

// PutSurprise makes a draft of a surprise, or changes one.
func (c *Client) PutSurprise(ctx context.Context, surprise string, s Surprise) (Surprise, error) {
	return send[Surprise](ctx, c, http.MethodPut, surpriseAt(surprise, ""), s)
}

// TranslateSurprise says what the name of a surprise is in other languages, by the language and the name as it is written.
func (c *Client) TranslateSurprise(ctx context.Context, surprise string, as map[string]map[string]string) (Surprise, error) {
	return send[Surprise](ctx, c, http.MethodPut, surpriseAt(surprise, "/translations"), wire.Translated{Translations: as})
}

// Surprise gets a surprise, once it is given with what came of it.
func (c *Client) Surprise(ctx context.Context, surprise string) (Surprise, error) {
	return send[Surprise](ctx, c, http.MethodGet, surpriseAt(surprise, ""), nil)
}

// DiscardSurprise removes a draft.
func (c *Client) DiscardSurprise(ctx context.Context, surprise string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: surpriseAt(surprise, "")}, nil)
	return err
}

// EstimateSurprise tells how many qualify now, and what giving to them costs.
func (c *Client) EstimateSurprise(ctx context.Context, surprise string) (SurpriseEstimate, error) {
	return send[SurpriseEstimate](ctx, c, http.MethodGet, surpriseAt(surprise, "/estimate"), nil)
}

// PlanSurprise has a surprise be given when its time has come.
func (c *Client) PlanSurprise(ctx context.Context, surprise string) (Surprise, error) {
	return send[Surprise](ctx, c, http.MethodPost, surpriseAt(surprise, "/plan"), nil)
}

// CancelSurprise has a planned surprise not be given.
func (c *Client) CancelSurprise(ctx context.Context, surprise string) (Surprise, error) {
	return send[Surprise](ctx, c, http.MethodPost, surpriseAt(surprise, "/cancel"), nil)
}

// Gifts lists what a customer was given on occasions, the newest first.
func (c *Client) Gifts(ctx context.Context, customer string) (Page[Gift], error) {
	return list[Gift](ctx, c, "/v1/customers/"+url.PathEscape(customer)+"/gifts", nil)
}

// HowGiftsAreTold gets whether letters are sent about gifts.
func (c *Client) HowGiftsAreTold(ctx context.Context) (GiftSettings, error) {
	return send[GiftSettings](ctx, c, http.MethodGet, "/v1/settings/gifts", nil)
}

// SetHowGiftsAreTold says whether letters are sent about gifts.
func (c *Client) SetHowGiftsAreTold(ctx context.Context, s GiftSettings) (GiftSettings, error) {
	return send[GiftSettings](ctx, c, http.MethodPut, "/v1/settings/gifts", s)
}
