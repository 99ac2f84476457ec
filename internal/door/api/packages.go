package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
)

func (a *API) tableOfPackages() {
	const one = "/v1/package-batches/{batch}"
	on(a, get, "/v1/package-batches", account.ProgrammeRead, "List batches of package codes", a.listBatches, says("By your name for them."))
	on(a, post, "/v1/package-batches", account.ProgrammeWrite, "Make a batch of package codes", a.newBatch,
		says("Codes to be printed and laid into packages. Whoever scans one joins or comes in on the pages of members, and gets what it gives, once. A batch does not change; made again with the same content it is the same."))
	on(a, get, one, account.ProgrammeRead, "Get a batch of package codes", a.getBatch)
	on(a, get, one+"/codes", account.ProgrammeWrite, "List the codes of a batch", a.listPackageCodes, says("By number, with the link that is printed. A code is worth what it gives to whoever holds it."))
	on(a, post, one+"/stop", account.ProgrammeWrite, "Stop a batch of package codes", a.stopBatch, says("Codes that are not used give nothing any more. What was given stays."))
}

func showBatch(now time.Time, zone *time.Location, s *packaging.Stored) wire.PackageBatch {
	shown := wire.PackageBatch{Batch: s.Batch.Batch, Name: s.Name, Unit: s.Unit, Units: s.Units, Codes: s.Codes, Question: s.Question, Used: s.Used, State: string(s.State(now)), CreatedAt: &s.Created, StoppedAt: s.Stopped}
	if !s.Until.Equal(points.Never) {
		shown.Until = s.Until.Add(-time.Microsecond).In(zone).Format(time.DateOnly)
	}
	return shown
}

func (a *API) listBatches(ctx context.Context, in *Paged) (*Listed[wire.PackageBatch], error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	after, err := in.afterText()
	if err != nil {
		return nil, err
	}
	var shown []wire.PackageBatch
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		shown = nil
		all, err := packaging.List(tx, after, in.Limit+1)
		for i := range all {
			shown = append(shown, showBatch(tx.Now, facts.Business.Zone, &all[i]))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, *in, shown, func(b wire.PackageBatch) string { return cursorText(b.Batch) }, func(b wire.PackageBatch) wire.PackageBatch { return b }), nil
}

// BatchIn names a batch.
type BatchIn struct {
	Batch string `path:"batch" maxLength:"60"`
}

// BatchOut is a batch.
type BatchOut struct {
	Status   int
	Location string `header:"Location"`
	Body     wire.PackageBatch
}

// batchOut does something with a batch and answers with it.
func (a *API) batchOut(ctx context.Context, do func(tx *db.Tx, zone *time.Location) (packaging.Stored, int, error)) (*BatchOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &BatchOut{}
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		s, status, err := do(tx, facts.Business.Zone)
		*out = BatchOut{Status: status, Location: "/v1/package-batches/" + s.Batch.Batch, Body: showBatch(tx.Now, facts.Business.Zone, &s)}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type newBatchIn struct {
	Body wire.PackageBatch
}

func (a *API) newBatch(ctx context.Context, in *newBatchIn) (*BatchOut, error) {
	w := &in.Body
	return a.batchOut(ctx, func(tx *db.Tx, zone *time.Location) (s packaging.Stored, status int, err error) {
		b := packaging.Batch{Batch: w.Batch, Name: w.Name, Unit: w.Unit, Units: w.Units, Codes: w.Codes, Question: w.Question, Until: points.Never}
		if w.Until != "" {
			if b.Until, err = packaging.EndOf(w.Until, zone); err != nil {
				return s, 0, fault.In("until", err)
			}
		}
		s, made, err := packaging.Make(tx, b, who(ctx))
		if err != nil || !made {
			return s, http.StatusOK, err
		}
		return s, http.StatusCreated, a.did(ctx, tx, "package_batch.made", "package:"+b.Batch, fieldsOf(w), b.Codes)
	})
}

func (a *API) getBatch(ctx context.Context, in *BatchIn) (*BatchOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &BatchOut{Status: http.StatusOK}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		s, err := packaging.Load(tx, in.Batch)
		out.Body = showBatch(tx.Now, facts.Business.Zone, &s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) stopBatch(ctx context.Context, in *BatchIn) (*BatchOut, error) {
	return a.batchOut(ctx, func(tx *db.Tx, _ *time.Location) (packaging.Stored, int, error) {
		s, err := packaging.Stop(tx, in.Batch)
		if err != nil || s.Stopped == nil || !s.Stopped.Equal(tx.Now) { // it was before
			return s, http.StatusOK, err
		}
		return s, http.StatusOK, a.did(ctx, tx, "package_batch.stopped", "package:"+in.Batch, nil, 1)
	})
}

type packageCodesIn struct {
	BatchIn
	Paged
}

// listPackageCodes goes into the trail, because codes are worth what they give.
func (a *API) listPackageCodes(ctx context.Context, in *packageCodesIn) (*Listed[wire.PackageCode], error) {
	var after int64
	if _, err := in.after(&after); err != nil {
		return nil, err
	}
	var all []packaging.Code
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if _, err := packaging.Load(tx, in.Batch); err != nil {
			return err
		}
		var err error
		if all, err = packaging.CodesOf(tx, in.Batch, after, in.Limit+1); err != nil {
			return err
		}
		return a.did(ctx, tx, "package_batch.read", "package:"+in.Batch, nil, int64(min(len(all), in.Limit)))
	})
	if err != nil {
		return nil, err
	}
	public := ""
	if a.Public != nil {
		public = a.Public()
	}
	return listed(ctx, in.Paged, all, func(c packaging.Code) string { return cursor(c.No) }, func(c packaging.Code) wire.PackageCode {
		shown := wire.PackageCode{Number: c.No, Code: packaging.Shown(c.Code), Link: public + packaging.Path(c.Code)}
		if c.Customer != 0 {
			shown.Customer, shown.UsedAt = publicCustomer(c.Customer), &c.Used
		}
		return shown
	}), nil
}
