package api

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/record/spending"
)

type productsIn struct {
	Paged

	Category string `query:"category" maxLength:"300"`
}

func (a *API) listProducts(ctx context.Context, in *productsIn) (*Listed[wire.Product], error) {
	after, err := in.afterText()
	if err != nil {
		return nil, err
	}
	var all []catalogue.Stored
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = catalogue.List(tx, in.Category, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	at := func(p catalogue.Stored) string { return cursorText(p.Reference) }
	return listed(ctx, in.Paged, all, at, func(p catalogue.Stored) wire.Product { return showProduct(&p) }), nil
}

func showProduct(p *catalogue.Stored) wire.Product {
	return wire.Product{Reference: p.Reference, Name: p.Name, Category: p.Category, CostMinor: p.CostMinor, SoldOut: p.SoldOut, UpdatedAt: &p.Updated}
}

type productKeyIn struct {
	Reference string `path:"reference" maxLength:"300"`
}

// ProductOut is a product.
type ProductOut struct {
	Body wire.Product
}

func (a *API) getProduct(ctx context.Context, in *productKeyIn) (*ProductOut, error) {
	var p *catalogue.Stored
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = catalogue.Load(tx, in.Reference)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &ProductOut{Body: showProduct(p)}, nil
}

type productIn struct {
	Body wire.Product
}

func (a *API) putProduct(ctx context.Context, in *productIn) (*KeptOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	p := productOf(&in.Body)
	return a.keep(ctx, "product", spending.Key{Reference: p.Reference}, fieldsOf(&in.Body),
		func(tx *db.Tx) (fact.Outcome, error) { return facts.Product(tx, p) })
}

func productOf(w *wire.Product) catalogue.Product {
	return catalogue.Product{Reference: w.Reference, Name: w.Name, Category: w.Category, CostMinor: w.CostMinor, SoldOut: w.SoldOut}
}

// places answers with a page of a list of names.
func (a *API) places(list func(*db.Tx, string, int) ([]catalogue.Place, error)) func(context.Context, *Paged) (*Listed[wire.Place], error) {
	return func(ctx context.Context, in *Paged) (*Listed[wire.Place], error) {
		after, err := in.afterText()
		if err != nil {
			return nil, err
		}
		var all []catalogue.Place
		err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
			all, err = list(tx, after, in.Limit+1)
			return err
		})
		if err != nil {
			return nil, err
		}
		at := func(p catalogue.Place) string { return cursorText(p.Reference) }
		return listed(ctx, *in, all, at, func(p catalogue.Place) wire.Place { return wire.Place(p) }), nil
	}
}
