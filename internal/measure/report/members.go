package report

import (
	"context"
	"errors"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/business"
)

// Members gives up to limit customers of a segment of the facts that a source of a store shows (of all segments where it
// is empty), most paid first, behind the one given, unless it is nil.
func Members(ctx context.Context, source *mirror.Source, b business.Business, o Options, segment string, after *metric.Member, limit int) (members []metric.Member, err error) {
	if !source.Facts.Any {
		return nil, nil
	}
	o.Settings.UnitMinor = 1
	for range b.Digits() {
		o.Settings.UnitMinor *= 10
	}
	engine, err := metric.New(ctx, source, o.Settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	err = engine.Members(ctx, segment, after, limit, func(m metric.Member) error {
		members = append(members, m)
		return nil
	})
	return members, err
}
