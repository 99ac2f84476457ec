package client

import (
	"context"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// Draw is a prize draw.
	Draw = wire.Draw
	// DrawPrize is something to win.
	DrawPrize = wire.DrawPrize
	// DrawBought is that entries are sold for units.
	DrawBought = wire.DrawBought
	// DrawRules is that rules of the programme put entries in.
	DrawRules = wire.DrawRules
	// DrawEarned is that orders earn entries.
	DrawEarned = wire.DrawEarned
	// DrawWinner is an entry that won.
	DrawWinner = wire.DrawWinner
	// NewDrawEntry is that somebody enters.
	NewDrawEntry = wire.NewDrawEntry
	// OwnDraw is how a customer stands in a draw.
	OwnDraw = wire.OwnDraw
)

func drawAt(draw, more string) string { return "/v1/draws/" + url.PathEscape(draw) + more }

// Draws lists draws, those that close last first.
func (c *Client) Draws(ctx context.Context, l Lists) (Page[Draw], error) {
	return list[Draw](ctx, c, "/v1/draws", l.query())
}

// PutDraw makes a draft of a draw, or changes one.
func (c *Client) PutDraw(ctx context.Context, draw string, d Draw) (Draw, error) {
	return send[Draw](ctx, c, http.MethodPut, drawAt(draw, ""), d)
}

// TranslateDraw says what name, prizes and terms of a draw are in other languages, by the language and the text as it is written.
func (c *Client) TranslateDraw(ctx context.Context, draw string, as map[string]map[string]string) (Draw, error) {
	return send[Draw](ctx, c, http.MethodPut, drawAt(draw, "/translations"), wire.Translated{Translations: as})
}

// Draw gets a draw.
func (c *Client) Draw(ctx context.Context, draw string) (Draw, error) {
	return send[Draw](ctx, c, http.MethodGet, drawAt(draw, ""), nil)
}

// DiscardDraw removes a draft.
func (c *Client) DiscardDraw(ctx context.Context, draw string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: drawAt(draw, "")}, nil)
	return err
}

// PublishDraw makes the seed of a draw, and its commitment known.
func (c *Client) PublishDraw(ctx context.Context, draw string) (Draw, error) {
	return send[Draw](ctx, c, http.MethodPost, drawAt(draw, "/publish"), nil)
}

// CloseDraw freezes the list of a draw whose time is over.
func (c *Client) CloseDraw(ctx context.Context, draw string) (Draw, error) {
	return send[Draw](ctx, c, http.MethodPost, drawAt(draw, "/close"), nil)
}

// DrawWinners draws the winners of a frozen list.
func (c *Client) DrawWinners(ctx context.Context, draw string) (Draw, error) {
	return send[Draw](ctx, c, http.MethodPost, drawAt(draw, "/draw"), nil)
}

// CancelDraw cancels a draw, for a reason that everybody can read.
func (c *Client) CancelDraw(ctx context.Context, draw, reason string) (Draw, error) {
	return send[Draw](ctx, c, http.MethodPost, drawAt(draw, "/cancel"), wire.DrawCancel{Reason: reason})
}

// Winners lists who won a draw.
func (c *Client) Winners(ctx context.Context, draw string) (Page[DrawWinner], error) {
	return list[DrawWinner](ctx, c, drawAt(draw, "/winners"), nil)
}

// Enter enters a customer into a draw.
func (c *Client) Enter(ctx context.Context, draw string, e NewDrawEntry) (OwnDraw, error) {
	return send[OwnDraw](ctx, c, http.MethodPost, drawAt(draw, "/entries"), e)
}

// OwnDraws lists the draws that a customer takes part in.
func (c *Client) OwnDraws(ctx context.Context, customer string) (Page[OwnDraw], error) {
	return list[OwnDraw](ctx, c, "/v1/customers/"+url.PathEscape(customer)+"/draws", nil)
}
