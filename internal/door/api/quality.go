package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake/upload"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/duplicate"
	"regulars/internal/understand/quality"
)

func (a *API) tableOfQuality() {
	on(a, get, "/v1/data/quality", account.ImportsRead, "Get the quality of data", a.getQuality,
		says("How far the figures can be trusted: what is missing, what is there twice, and what has stopped coming. Looked at each night; how late a source is, is told at this moment."))
	on(a, post, "/v1/data/quality/check", account.ImportsWrite, "Check the quality of data", a.checkQuality, says("Has it looked at now, in the background."))
	on(a, get, "/v1/data/duplicates", account.CustomersRead, "List suspected duplicates", a.listDuplicates,
		says("Pairs of customers who may be one person, the likeliest first, as they were last looked for. Merge a pair with POST /v1/customers/{id}/merge."))
	on(a, post, "/v1/data/duplicates/dismiss", account.CustomersWrite, "Dismiss a suspected duplicate", a.dismissDuplicate,
		says("Says that two customers are not one person: they are suspected no more, also after one of them was merged into somebody else."))
}

type qualityIn struct {
	Lang string `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of what is said."`
}

// QualityOut is how far the data can be trusted.
type QualityOut struct{ Body wire.DataQuality }

// importsLooked is of how many files the rows are counted.
const importsLooked = 50

func (a *API) getQuality(ctx context.Context, in *qualityIn) (*QualityOut, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	var r *quality.Report
	var files []upload.Upload
	var asked bool
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if r, err = quality.Load(tx); err != nil {
			return err
		}
		if asked, err = quality.Asked(tx); err != nil {
			return err
		}
		files, err = upload.List(tx, 0, importsLooked)
		return err
	}); err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fault.Coded("not_checked", fault.NotFoundf("nothing was looked at yet: it is done each night, and POST /v1/data/quality/check does it now"))
	}
	now := time.Now()
	out := wire.DataQuality{CheckedAt: r.At.UTC(), Checking: asked, Lines: []wire.QualityLine{}, Sources: []wire.DataSource{}}
	for _, one := range r.Lines(now, upload.Imported(files)) {
		key := "quality." + one.Key
		line := wire.QualityLine{Key: one.Key, Verdict: string(one.Verdict), Count: one.Count, Of: one.Of, Percent: one.Percent, Name: l.T(key + ".name"), Means: l.T(key + ".means")}
		if one.Verdict == quality.Look {
			line.Do = l.T(key + ".do")
		}
		out.Lines = append(out.Lines, line)
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		days, late := s.Late(now)
		out.Sources = append(out.Sources, wire.DataSource{Kind: s.Kind, Source: s.Name, Facts: s.Facts, LastAt: s.Last.UTC(), NewestAt: s.Fact.UTC(), UsualDays: s.Usual, LongestDays: s.Longest, SilentDays: days, Late: late})
	}
	return &QualityOut{Body: out}, nil
}

// AskedOut is the answer to what is done in the background.
type AskedOut struct{ Status int }

func (a *API) checkQuality(ctx context.Context, _ *struct{}) (*AskedOut, error) {
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := quality.Ask(tx); err != nil {
			return err
		}
		return a.did(ctx, tx, "data_quality.asked", "data_quality", nil, 0)
	})
	return &AskedOut{Status: http.StatusAccepted}, err
}

type duplicatesIn struct {
	Paged
}

func (a *API) listDuplicates(ctx context.Context, in *duplicatesIn) (*Listed[wire.Duplicate], error) {
	var after duplicate.Place
	if _, err := in.after(&after.Likelihood, &after.First, &after.Second); err != nil {
		return nil, err
	}
	var list []duplicate.Pair
	reference := map[int64]string{}
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if list, err = duplicate.List(tx, after, in.Limit+1); err != nil {
			return err
		}
		var numbers []int64
		for i := range list {
			numbers = append(numbers, list[i].First, list[i].Second)
		}
		known, err := customer.Several(tx, numbers)
		for i := range known {
			reference[known[i].Customer] = known[i].Reference
		}
		return err
	}); err != nil {
		return nil, err
	}
	personal := a.view(ctx).personal
	show := func(number int64) wire.DuplicateOne {
		one := wire.DuplicateOne{ID: fact.PublicID(fact.CustomerPrefix, number)}
		if personal {
			one.Reference = reference[number]
		}
		return one
	}
	at := func(p duplicate.Pair) string { return cursor(p.Likelihood, p.First, p.Second) }
	return listed(ctx, in.Paged, list, at, func(p duplicate.Pair) wire.Duplicate {
		const whole = 1000
		out := wire.Duplicate{First: show(p.First), Second: show(p.Second), Likelihood: float64(p.Likelihood) / whole}
		for _, r := range p.Reasons {
			out.Reasons = append(out.Reasons, string(r))
		}
		return out
	}), nil
}

type dismissIn struct {
	Body wire.DuplicateApart
}

// DismissedOut says nothing more.
type DismissedOut struct{ Status int }

func (a *API) dismissDuplicate(ctx context.Context, in *dismissIn) (*DismissedOut, error) {
	var one, other int64
	if err := fact.ParsePublicID(fact.CustomerPrefix, in.Body.First, &one); err != nil {
		return nil, fault.In("first", err)
	}
	if err := fact.ParsePublicID(fact.CustomerPrefix, in.Body.Second, &other); err != nil {
		return nil, fault.In("second", err)
	}
	err := a.Store.Write(ctx, func(tx *db.Tx) error { return duplicate.TellApart(tx, noted(ctx), one, other) })
	return &DismissedOut{Status: http.StatusNoContent}, err
}
