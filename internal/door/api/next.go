package api

import (
	"context"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/forecast"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/recommend"
)

func (a *API) tableOfNext() {
	on(a, get, "/v1/next-actions", account.CustomersRead, "List what to do next", a.listNext, under("predictions"),
		says("One thing for each customer, those first of whom most is expected. All pages are of the night that the first page was of."))
	on(a, get, "/v1/next-actions.csv", account.CustomersRead, "Export what to do next", a.exportNext, under("predictions"), says("All of it, as CSV, in the same order."))
	on(a, get, "/v1/recommendations", account.CustomersRead, "Get recommendations", a.getRecommendations, under("predictions"),
		says("For one customer: what they will buy again, and what they have never bought and would, each with its reason. From their orders of this moment, and what was learnt of all orders last night."))
}

type nextIn struct {
	Paged
	ChosenNext
}

// ChosenNext is what of it is asked for.
type ChosenNext struct {
	Action   string  `query:"action" enum:"win_back,ask_why,thank,ask_referral,offer_product,second_purchase" doc:"Only this."`
	Category string  `query:"category" maxLength:"300" doc:"Only offers of products of this category."`
	Margin   float64 `query:"least_margin" minimum:"0" maximum:"1" doc:"Only offers of products of whose average price at least this part is left above the cost (cost_minor of the product); those without a cost are left out. 0: any."`
	Lang     string  `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of reasons."`
}

func (n *ChosenNext) which(v view) forecast.Which {
	return forecast.Which{Kind: advice.Kind(n.Action), Category: n.Category, LeastMargin: n.Margin, Digits: locale.Digits(v.currency)}
}

// ready reads the fit of a list: the newest, or the one that the page before was of.
func readyFit(tx *db.Tx, further bool, id int64) (*forecast.Fit, error) {
	if further {
		return forecast.Get(tx, id)
	}
	f, err := forecast.Newest(tx)
	if err == nil && !f.Ready {
		_, err = f.Forecaster() // says what is lacking
	}
	return f, err
}

func (a *API) listNext(ctx context.Context, in *nextIn) (*Listed[wire.NextAction], error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	var fit, figure int64
	var after forecast.Place
	further, err := in.after(&fit, &figure, &after.Customer)
	if err != nil {
		return nil, err
	}
	after.Figure = math.Float64frombits(uint64(figure)) //nolint:gosec // the bits, as they were given out
	v := a.view(ctx)
	var list []forecast.Next
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		f, err := readyFit(tx, further, fit)
		if err == nil {
			list, err = forecast.Actions(tx, f, in.which(v), after, in.Limit+1)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	at := func(n forecast.Next) string {
		return cursor(n.Fit, int64(math.Float64bits(n.Gain.Value)), n.Number) //nolint:gosec // the bits, to come back as they are
	}
	return listed(ctx, in.Paged, list, at, func(n forecast.Next) wire.NextAction { return showNext(v, l, &n) }), nil
}

func showNext(v view, l *locale.Locale, n *forecast.Next) wire.NextAction {
	out := wire.NextAction{Customer: fact.PublicID(fact.CustomerPrefix, n.Number), Action: string(n.Kind), Reason: n.Reason(l), Basis: string(n.Basis),
		BasisWords: n.BasisWords(l), Product: n.Product, With: n.With, Together: n.Together}
	if v.personal {
		out.Reference = n.ID
	}
	if math.IsNaN(n.Value) {
		out.Size, out.Gain = &n.Size, &n.Gain.Value
		return out
	}
	out.SizeMinor, out.GainMinor, out.LowMinor, out.HighMinor = v.minor(n.Size), v.minor(n.Gain.Value), v.minor(n.Gain.Low), v.minor(n.Gain.High)
	return out
}

type exportNextIn struct{ ChosenNext }

// exportNext writes it page by page; who asked is in the trail, because names of customers leave the house.
func (a *API) exportNext(ctx context.Context, in *exportNextIn) (*huma.StreamResponse, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	var f *forecast.Fit
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { f, err = readyFit(tx, false, 0); return err }); err != nil {
		return nil, err
	}
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		return a.did(ctx, tx, "next_actions.exported", "predictions", nil, f.Customers)
	})
	if err != nil {
		return nil, err
	}
	v := a.view(ctx)
	return &huma.StreamResponse{Body: func(c huma.Context) { //nolint:contextcheck // it has the context of the request
		c.SetHeader("Content-Type", "text/csv; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="next-actions.csv"`)
		if err := forecast.WriteActions(c.Context(), a.Store, c.BodyWriter(), f, in.which(v), l, v.personal, locale.Digits(v.currency)); err != nil {
			_ = problem(c.Context(), err) // into the log: the answer has begun
		}
	}}, nil
}

type recommendIn struct {
	For     string   `query:"for" required:"true" maxLength:"400" doc:"The customer: an id of ours, your own id, or kind:value such as email:ada@example.com."`
	Most    int      `query:"most" minimum:"1" maximum:"50" default:"5" doc:"How many of each."`
	Without []string `query:"without,explode" maxItems:"200" doc:"Products that are not to be suggested, besides those that are sold out."`
	Margin  float64  `query:"least_margin" minimum:"0" maximum:"1" doc:"Only products of whose average price at least this part is left above the cost (cost_minor of the product); those without a cost are left out. 0: any."`
	Of      string   `query:"category" maxLength:"300" doc:"Only of this category; favourite: of the one that the customer buys most often."`
	Lang    string   `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of reasons."`
}

// RecommendationsOut are suggestions.
type RecommendationsOut struct{ Body wire.Recommendations }

func (a *API) getRecommendations(ctx context.Context, in *recommendIn) (*RecommendationsOut, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	var root int64
	var lists *recommend.Lists
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if root, err = a.person(tx, in.For); err != nil {
			return fault.In("for", err)
		}
		f, err := forecast.Newest(tx)
		if err != nil {
			return err
		}
		members, err := customer.Members(tx, root)
		if err != nil {
			return err
		}
		lists, err = recommend.For(tx, f.ID, members, recommend.Wanted{Most: in.Most, Without: in.Without, LeastMargin: in.Margin, Category: in.Of,
			Digits: locale.Digits(a.view(ctx).currency)})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &RecommendationsOut{Body: wire.Recommendations{Customer: fact.PublicID(fact.CustomerPrefix, root), Category: lists.Category,
		Again: showSuggested(l, lists.Again), New: showSuggested(l, lists.New), Viewed: showSuggested(l, lists.Viewed)}}, nil
}

func showSuggested(l *locale.Locale, list []recommend.Suggested) []wire.Recommendation {
	out := make([]wire.Recommendation, len(list))
	for i := range list {
		s := &list[i]
		out[i] = wire.Recommendation{Product: s.Reference, Name: s.Name, Category: s.Category, Score: s.Score, Orders: s.Times, UsualDays: s.Gap,
			With: s.With, Together: s.Together, Reason: s.Reason(l)}
		if next, known := s.Next(); known {
			out[i].NextPurchase = outlook.Day(next)
		}
	}
	return out
}
