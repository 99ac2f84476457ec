// Package analysis answers questions about the facts as they are now, for all doors of a server.
//
// Noun. A Desk opens the facts for each question and closes them after it.
//
// What always holds: a few questions at a time are worked at, and the others wait, whichever door they came through; what
// was foretold last night is part of every answer.
//
// What it does not do: keep answers, or ask whether somebody may have them.
package analysis

import (
	"context"
	"errors"
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/parameter"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/understand/forecast"
)

// atOnce is how many questions are worked at: each may take all cores and much memory.
const atOnce = 2

// Desk answers questions.
type Desk struct {
	store  *db.DB
	open   func(context.Context, mirror.View) (*mirror.Source, error)
	more   []Measures
	places chan struct{}
}

// Measures are those that a floor above the catalogue brings.
type Measures func(tx *db.Tx, store *db.DB) ([]*metric.Definition, error)

// New makes a desk of a store; open shows the facts in it as they are now, and more are measures besides those of the catalogue
// and those that are foretold.
func New(store *db.DB, open func(context.Context, mirror.View) (*mirror.Source, error), more ...Measures) *Desk {
	return &Desk{store: store, open: open, more: more, places: make(chan struct{}, atOnce)}
}

// Place waits for a place at the desk, for work that is heavy in its own way; who has it gives it back with free.
func (d *Desk) Place(ctx context.Context) (free func(), err error) {
	select {
	case d.places <- struct{}{}:
		return func() { <-d.places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Catalogue is every measure that there is.
func Catalogue() []*metric.Definition {
	return slices.Concat(metric.Catalogue([3]float64{}), forecast.Measures(nil), metric.OfProgramme(nil))
}

// Picture works out what is asked for.
func (d *Desk) Picture(ctx context.Context, o report.Options) (p *report.Picture, err error) {
	err = d.ask(ctx, &o, func(ctx context.Context, source *mirror.Source, b business.Business) (err error) {
		p, err = report.FromStore(ctx, source, b, o)
		return err
	})
	return p, err
}

// Draw works out the loyalty picture of the facts as they are now, with its trends by month.
func (d *Desk) Draw(ctx context.Context) (*report.Picture, error) {
	return d.Picture(ctx, report.Options{Settings: metric.Settings{Period: metric.ByMonth}})
}

// Members are customers of a segment, those who paid most first, from behind one on; of no segment: of all.
func (d *Desk) Members(ctx context.Context, o report.Options, segment string, after *metric.Member, limit int) (all []metric.Member, err error) {
	err = d.ask(ctx, &o, func(ctx context.Context, source *mirror.Source, b business.Business) (err error) {
		all, err = report.Members(ctx, source, b, o, segment, after, limit)
		return err
	})
	return all, err
}

func (d *Desk) ask(ctx context.Context, o *report.Options, answer func(context.Context, *mirror.Source, business.Business) error) (err error) {
	free, err := d.Place(ctx)
	if err != nil {
		return err
	}
	defer free()
	var b business.Business
	err = d.store.Read(ctx, func(tx *db.Tx) (err error) {
		if b, err = business.Load(tx); err != nil {
			return err
		}
		said, err := parameter.Load(tx)
		if err != nil {
			return err
		}
		said.Settle(&o.Settings)
		if o.More, err = forecast.LoadMeasures(tx); err != nil {
			return err
		}
		for _, load := range d.more {
			all, err := load(tx, d.store)
			if err != nil {
				return err
			}
			o.More = append(o.More, all...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	ctx = db.Background(ctx) // from here on it may go over everything
	source, err := d.open(ctx, mirror.View{Kind: o.Kind, AsOf: o.Settings.AsOf})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	return answer(ctx, source, b)
}
