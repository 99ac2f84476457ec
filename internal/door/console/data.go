package console

import (
	"context"
	"encoding/hex"
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake/upload"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

const importPrefix fact.Prefix = "imp"

// data is the page about files: those that came, and a form for the next.
type data struct {
	May   bool // send one
	Keyed []hidden
	Files []shownFile
}

// shownFile is a file in the list.
type shownFile struct {
	ID, Name, State, When, Facts string
}

func (v *visit) showData() error {
	return v.allowed(account.ImportsRead, func(by account.Actor) error { return v.data(by, nil) })
}

// filesMost is how many files the page shows.
const filesMost = 50

func (v *visit) data(by account.Actor, wrong error) error {
	var list []upload.Upload
	if err := v.read(func(tx *db.Tx) (err error) { list, err = upload.List(tx, 0, filesMost); return err }); err != nil {
		return err
	}
	d := data{May: by.May(account.ImportsWrite), Keyed: keyed()}
	for i := range list {
		u := &list[i]
		f := shownFile{ID: fact.PublicID(importPrefix, u.ID), Name: u.Name, State: v.l.T("console.data.state." + string(u.State)), When: v.l.Date(u.Created)}
		if u.Result != nil {
			f.Facts = v.factsOf(u.Result)
		}
		d.Files = append(d.Files, f)
	}
	s := sheet{Title: v.l.T("console.data.title"), Lead: v.l.T("console.data.lead"), Content: d}
	status := http.StatusOK
	if wrong != nil {
		if fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		status = v.status(wrong)
		s.Problems = []problem{{"file", v.say(wrong)}}
	}
	return v.show(status, "data", s)
}

func (v *visit) factsOf(r *upload.Result) string {
	f := r.Facts
	return v.l.P("console.data.facts", f.Created+f.Updated+f.Unchanged)
}

// fileTime is how long a file may take to arrive.
const fileTime = time.Hour

// takeFile takes the file of the form, and goes on to how it is understood.
func (v *visit) takeFile() error {
	return v.allowed(account.ImportsWrite, func(by account.Actor) (err error) {
		_ = http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(fileTime)) // where it cannot be set, the usual one holds
		name, key, from, err := v.file()
		if err != nil {
			return v.data(by, err)
		}
		came, err := upload.Receive(name, from)
		if err != nil {
			return v.data(by, err)
		}
		defer func() { err = errors.Join(err, came.Drop()) }()
		v.r.PostForm = url.Values{"key": {key}, "file": {came.Name}, "content": {hex.EncodeToString(came.Sum[:])}} // by which it is the same form
		return v.once(by, func() error {
			u, err := came.Keep(v.ctx, v.Store, upload.New{Source: "file", By: by.ID}, func(tx *db.Tx, id int64) error {
				return account.Record(tx, account.Entry{Actor: by, Action: "import.created", Target: fact.PublicID(importPrefix, id), Fields: []string{"name"}})
			})
			if err != nil {
				return v.data(by, err)
			}
			return v.leave("/data/" + fact.PublicID(importPrefix, u.ID))
		})
	})
}

// file is the first file of the form, and the key that stands before it.
func (v *visit) file() (name, key string, from io.Reader, err error) {
	none := fault.In("file", fault.Coded("no_file", fault.Invalidf("choose a file first")))
	form, err := v.r.MultipartReader()
	if err != nil {
		return "", "", nil, none
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", "", nil, none
		}
		if part.FileName() != "" {
			return part.FileName(), key, part, nil
		}
		if part.FormName() == "key" {
			const longest = 100
			text, err := io.ReadAll(io.LimitReader(part, longest))
			if err != nil {
				return "", "", nil, none
			}
			key = string(text)
		}
	}
}

// fileOf is the file that the address names.
func (v *visit) fileOf() (u upload.Upload, err error) {
	var id int64
	if err := fact.ParsePublicID(importPrefix, v.r.PathValue("id"), &id); err != nil {
		return u, fault.NotFoundf("there is no such import")
	}
	err = v.read(func(tx *db.Tx) (err error) { u, err = upload.Get(tx, id); return err })
	return u, err
}

// understood is how a file is understood, or what became of it.
type understood struct {
	ID, State, Kind, Progress string
	Ready, Waiting, Done      bool
	May                       bool
	Failure                   string
	Kinds                     []choice
	Columns                   []column
	Version                   int64
	Counts                    []count
	Rejected                  bool
	Hidden                    []hidden
}

type column struct {
	Name, Number string
	Sample       []string
	Roles        []choice
	Taken        string
}

type count struct{ Says, Number string }

func (v *visit) showFile() error {
	return v.allowed(account.ImportsRead, func(by account.Actor) error {
		u, err := v.fileOf()
		if err != nil {
			return err
		}
		return v.understood(by, &u, nil)
	})
}

func (v *visit) understood(by account.Actor, u *upload.Upload, wrong error) error {
	page := understood{ID: fact.PublicID(importPrefix, u.ID), State: v.l.T("console.data.state." + string(u.State)), Ready: u.State == upload.Ready || u.State == upload.Failed,
		Waiting: u.State == upload.Waiting, Done: u.State == upload.Done, May: by.May(account.ImportsWrite), Version: u.Version, Hidden: keyed(),
		Kind: v.l.T("text.kind_of_file." + u.Plan.Kind)}
	for _, k := range importer.Kinds() {
		kind := string(k)
		page.Kinds = append(page.Kinds, choice{kind, v.l.T("text.kind_of_file." + kind), kind == u.Plan.Kind})
	}
	if u.State == upload.Failed {
		page.Failure = u.Failure
	}
	page.Columns = v.columns(&u.Plan)
	if page.Waiting {
		v.w.Header().Set("Refresh", "2")
		page.Progress = v.l.P("console.data.progress", u.Progress.Done, u.Progress.Total)
	}
	if r := u.Result; page.Done && r != nil {
		page.Counts, page.Rejected = v.counts(r), r.HasRejected && page.May
	}
	s := sheet{Title: u.Name, Lead: page.State, Content: page}
	status := http.StatusOK
	if wrong != nil {
		if fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		status, s.Problems = v.status(wrong), []problem{{"", v.say(wrong)}}
	}
	return v.show(status, "file", s)
}

// rolesOf are what columns of a kind of file can be.
var rolesOf = map[string][]string{
	"orders":    {"customer", "order", "date", "time", "amount", "price", "quantity", "product", "category", "state", "currency"},
	"customers": {"customer", "channel", "referred"},
	"answers":   {"customer", "date", "time", "kind", "aspect", "score", "scale", "comment", "state", "replied", "solved", "due"},
	"costs":     {"date", "channel", "amount", "kind"},
	"products":  {"product", "name", "category", "cost", "sold_out", "stock"},
}

const (
	asItIs  = "attribute"
	sampled = 3
)

func (v *visit) columns(p *upload.Plan) (all []column) {
	for i, c := range p.Columns {
		shown := column{Name: c.Name, Number: "#" + strconv.Itoa(i+1), Taken: c.Role}
		if key := "text.role." + c.Role; v.l.Has(key) {
			shown.Taken = v.l.T(key)
		}
		for _, row := range p.Sample[:min(sampled, len(p.Sample))] {
			if i < len(row) {
				shown.Sample = append(shown.Sample, row[i])
			}
		}
		shown.Roles = []choice{{asItIs, v.l.T("text.role.attribute"), !slices.Contains(rolesOf[p.Kind], c.Role)}}
		for _, role := range rolesOf[p.Kind] {
			shown.Roles = append(shown.Roles, choice{role, v.l.T("text.role." + role), role == c.Role})
		}
		all = append(all, shown)
	}
	return all
}

func (v *visit) counts(r *upload.Result) (all []count) {
	for _, c := range []struct {
		key string
		n   int64
	}{
		{"rows", r.Rows.Rows}, {"recorded", r.Rows.Recorded}, {"unreadable", r.Rows.Unreadable}, {"unidentified", r.Rows.Unidentified}, {"ignored", r.Rows.Ignored + r.Rows.Later},
		{"rejected", r.Rows.Rejected}, {"created", r.Facts.Created}, {"updated", r.Facts.Updated}, {"unchanged", r.Facts.Unchanged},
		{"conflicts", r.Facts.Conflicts + r.Facts.Refused},
	} {
		if c.n > 0 || c.key == "rows" {
			all = append(all, count{v.l.T("console.data.count." + c.key), v.l.Integer(c.n)})
		}
	}
	return all
}

// readAs changes how a file is read.
func (v *visit) readAs() error {
	return v.allowed(account.ImportsWrite, func(by account.Actor) error {
		u, err := v.fileOf()
		if err != nil {
			return err
		}
		wanted := upload.Reading{Kind: v.typed("kind"), Map: map[string]string{}, Returns: u.Reading.Returns, ZeroPrice: u.Reading.ZeroPrice, Encoding: u.Reading.Encoding}
		if wanted.Kind == u.Plan.Kind { // another kind has other roles: they are found out anew
			wanted.Map = v.chosenRoles(&u.Plan)
		}
		return v.once(by, func() error {
			changed, err := upload.Replan(v.ctx, v.Store, u.ID, u.Version, wanted, func(tx *db.Tx) error {
				return account.Record(tx, account.Entry{Actor: by, Action: "import.updated", Target: fact.PublicID(importPrefix, u.ID), Fields: []string{"kind", "map"}})
			})
			if err != nil {
				return v.understood(by, &u, err)
			}
			return v.leave("/data/" + fact.PublicID(importPrefix, changed.ID))
		})
	})
}

// chosenRoles says which column is what, as chosen; a role that was guessed and nobody chose has no column.
func (v *visit) chosenRoles(p *upload.Plan) map[string]string {
	chosen := map[string]string{}
	for i, c := range p.Columns {
		number := "#" + strconv.Itoa(i+1)
		if role := v.typed("role" + number); role != asItIs && slices.Contains(rolesOf[p.Kind], role) {
			chosen[role] = number
		} else if slices.Contains(rolesOf[p.Kind], c.Role) && chosen[c.Role] == "" {
			chosen[c.Role] = "-"
		}
	}
	return chosen
}

// start has a file taken in.
func (v *visit) start() error {
	return v.allowed(account.ImportsWrite, func(by account.Actor) error {
		u, err := v.fileOf()
		if err != nil {
			return err
		}
		return v.once(by, func() error {
			err := v.write(func(tx *db.Tx) error {
				if err := upload.Start(tx, u.ID); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "import.started", Target: fact.PublicID(importPrefix, u.ID)})
			})
			if err != nil {
				return v.understood(by, &u, err)
			}
			return v.leave("/data/" + fact.PublicID(importPrefix, u.ID))
		})
	})
}

// rejected gives the rows that could not be used.
func (v *visit) rejected() error {
	return v.allowed(account.ImportsWrite, func(by account.Actor) error {
		u, err := v.fileOf()
		if err != nil {
			return err
		}
		if u.Result == nil || !u.Result.HasRejected {
			return fault.NotFoundf("this import has no rejected rows")
		}
		if err := v.write(func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: by, Action: "import.rejected_read", Target: fact.PublicID(importPrefix, u.ID)})
		}); err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		v.w.Header().Set("Content-Disposition", `attachment; filename="rejected.csv"`)
		if _, err := upload.Rejected(v.ctx, v.Store, u.ID, v.w); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
}

func escaped(s string) string { return html.EscapeString(strings.TrimSpace(s)) }
