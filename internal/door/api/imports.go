package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/intake/upload"
	"regulars/internal/record/fact"
)

const importPrefix = intake.UploadPrefix

// ImportOut is an import.
type ImportOut struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     wire.Import
}

func showImport(u *upload.Upload) wire.Import {
	out := wire.Import{ID: fact.PublicID(importPrefix, u.ID), Name: u.Name, Source: u.Source, Bytes: u.Bytes, State: string(u.State), Reading: u.Reading,
		Plan: u.Plan, Result: u.Result, Failure: u.Failure, Version: u.Version, CreatedAt: u.Created.UTC()}
	if u.State == upload.Waiting {
		out.Progress = &wire.ImportProgress{Rows: u.Progress.Done, Total: u.Progress.Total}
	}
	if !u.Finished.IsZero() {
		at := u.Finished.UTC()
		out.FinishedAt = &at
	}
	return out
}

func importOut(u *upload.Upload) *ImportOut {
	return &ImportOut{Status: http.StatusOK, ETag: etag(u.Version), Body: showImport(u)}
}

type newImportIn struct {
	Name      string `query:"name" maxLength:"200" doc:"What the file is called; of a form, left out." example:"orders.csv"`
	Source    string `query:"source" maxLength:"100" default:"file" doc:"What the system is called that the file is from: the same order of another source is another order."`
	Kind      string `query:"kind" enum:"orders,customers,answers,costs,products" doc:"What the rows are. Default: found out."`
	Encoding  string `query:"encoding" maxLength:"40" doc:"Default: found out."`
	Returns   string `query:"returns" enum:"net,ignore" doc:"Take returns off (net) or leave them out."`
	ZeroPrice string `query:"zero_price" enum:"keep,reject"`
	Start     bool   `query:"start" doc:"Take it in at once, without looking at how it is read."`
}

// uploadTime is how long a file may take to arrive.
const uploadTime = time.Hour

// newImport takes a file as the body, or as the first file of a form.
func (a *API) newImport(ctx context.Context, in *newImportIn) (*ImportOut, error) {
	r := streamed(ctx)
	if r == nil {
		return nil, errors.New("the route does not stream")
	}
	_ = r.control.SetReadDeadline(time.Now().Add(uploadTime)) // where it cannot be set, the usual one holds
	name, body, err := fileOf(r.Request, in.Name)
	if err != nil {
		return nil, err
	}
	n := upload.New{Name: name, Source: in.Source, By: actor(ctx).ID,
		Reading: upload.Reading{Kind: in.Kind, Encoding: in.Encoding, Returns: in.Returns, ZeroPrice: in.ZeroPrice}}
	u, err := upload.Keep(ctx, a.Store, n, body, func(tx *db.Tx, id int64) error {
		if in.Start {
			if err := upload.Start(tx, id); err != nil {
				return err
			}
		}
		return a.did(ctx, tx, "import.created", fact.PublicID(importPrefix, id), []string{"name", "source"}, 1)
	})
	if err != nil {
		return nil, err
	}
	out := importOut(&u)
	out.Status, out.Location = http.StatusCreated, "/v1/imports/"+out.Body.ID
	return out, nil
}

// fileOf is the file that a request brings.
func fileOf(r *http.Request, name string) (string, io.Reader, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		if name == "" {
			return "", nil, fault.In("name", fault.Coded(codeRequired, fault.Invalidf("say what the file is called: ?name=orders.csv")))
		}
		return name, r.Body, nil
	}
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.Coded(codeBroken, fault.Invalidf("the form cannot be read: %w", err))
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", nil, fault.Coded(codeBroken, fault.Invalidf("there is no file in the form"))
		}
		if part.FileName() != "" {
			if name == "" {
				name = part.FileName()
			}
			return name, part, nil
		}
	}
}

// ImportIn names an import.
type ImportIn struct {
	ID string `path:"id" maxLength:"40" doc:"Id of the import."`
}

func (in *ImportIn) number() (n int64, err error) {
	return n, fact.ParsePublicID(importPrefix, in.ID, &n)
}

func (a *API) getImport(ctx context.Context, in *ImportIn) (*ImportOut, error) {
	id, err := in.number()
	if err != nil {
		return nil, err
	}
	var u upload.Upload
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		u, err = upload.Get(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return importOut(&u), nil
}

func (a *API) listImports(ctx context.Context, in *struct{ Paged }) (*Listed[wire.Import], error) {
	var after int64
	if _, err := in.after(&after); err != nil {
		return nil, err
	}
	var list []upload.Upload
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = upload.List(tx, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, list, func(u upload.Upload) string { return cursor(u.ID) }, func(u upload.Upload) wire.Import { return showImport(&u) }), nil
}

type readingIn struct {
	ImportIn
	Matched
	Body wire.ImportReading
}

func (a *API) readImportAs(ctx context.Context, in *readingIn) (*ImportOut, error) {
	id, err := in.number()
	if err != nil {
		return nil, err
	}
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	u, err := upload.Replan(ctx, a.Store, id, version, upload.Reading(in.Body), func(tx *db.Tx) error {
		return a.did(ctx, tx, "import.updated", in.ID, fieldsOf(&in.Body), 1)
	})
	if err != nil {
		return nil, err
	}
	return importOut(&u), nil
}

func (a *API) startImport(ctx context.Context, in *ImportIn) (*ImportOut, error) {
	id, err := in.number()
	if err != nil {
		return nil, err
	}
	var u upload.Upload
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := upload.Start(tx, id); err != nil {
			return err
		}
		if err := a.did(ctx, tx, "import.started", in.ID, nil, 1); err != nil {
			return err
		}
		u, err = upload.Get(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := importOut(&u)
	out.Status = http.StatusAccepted
	return out, nil
}

func (a *API) forgetImport(ctx context.Context, in *ImportIn) (*none, error) {
	id, err := in.number()
	if err != nil {
		return nil, err
	}
	return &none{}, a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := upload.Forget(tx, id); err != nil {
			return err
		}
		return a.did(ctx, tx, "import.deleted", in.ID, nil, 1)
	})
}

// readRejected gives the rows that could not be used, as they came, with the reason of each.
func (a *API) readRejected(ctx context.Context, in *ImportIn) (*huma.StreamResponse, error) {
	id, err := in.number()
	if err != nil {
		return nil, err
	}
	err = a.Store.Write(ctx, func(tx *db.Tx) error { // rows are what customers did: who reads them is written down
		u, err := upload.Get(tx, id)
		if err != nil {
			return err
		}
		if u.Result == nil || !u.Result.HasRejected {
			return fault.NotFoundf("this import has no rejected rows")
		}
		return a.did(ctx, tx, "import.rejected_read", in.ID, nil, 1)
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) { //nolint:contextcheck // it has the context of the request
		c.SetHeader("Content-Type", "text/csv; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="rejected.csv"`)
		if _, err := upload.Rejected(c.Context(), a.Store, id, c.BodyWriter()); err != nil {
			_ = problem(c.Context(), err) // into the log: the answer has begun
		}
	}}, nil
}
