package upload

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/record/importer"
	"regulars/internal/understand/quality"
)

// State is how far an upload has come.
type State string

// The states.
const (
	Ready   State = "ready"   // it is known how to read it
	Waiting State = "waiting" // it is being taken in, or about to be
	Done    State = "done"
	Failed  State = "failed"
)

// Reading says how a file is to be read; what is left out is found out.
type Reading struct {
	Kind      string            `json:"kind,omitempty"`
	Encoding  string            `json:"encoding,omitempty"`
	Map       map[string]string `json:"map,omitempty"`
	Returns   string            `json:"returns,omitempty"`    // net or ignore
	ZeroPrice string            `json:"zero_price,omitempty"` // keep or reject
}

func (r *Reading) check() error {
	switch {
	case r.Kind != "" && !slices.Contains(importer.Kinds(), importer.Kind(r.Kind)):
		return fault.In("kind", fault.Invalidf("the kind %.40q is none of orders, customers, answers, costs, products", r.Kind))
	case r.Returns != "" && r.Returns != "net" && r.Returns != "ignore":
		return fault.In("returns", fault.Invalidf("returns are net (taken off) or ignore"))
	case r.ZeroPrice != "" && r.ZeroPrice != "keep" && r.ZeroPrice != "reject":
		return fault.In("zero_price", fault.Invalidf("rows with a zero price: keep or reject"))
	}
	return nil
}

// options are those of the reader, on the clock and in the currency of the business.
func (r *Reading) options(zone *time.Location, currency string) importer.Options {
	return importer.Options{Kind: importer.Kind(r.Kind), Encoding: r.Encoding, Map: r.Map, Zone: zone, Currency: currency,
		Digits: locale.Digits(currency), IgnoreReturns: r.Returns == "ignore", RejectZero: r.ZeroPrice == "reject"}
}

// Plan is how a file will be read.
type Plan struct {
	Kind        string     `json:"kind"`
	Format      string     `json:"format"`
	Compression string     `json:"compression,omitempty"`
	Encoding    string     `json:"encoding,omitempty"`
	Delimiter   string     `json:"delimiter,omitempty"`
	DecimalMark string     `json:"decimal_mark,omitempty"`
	Currency    string     `json:"currency,omitempty"`
	Columns     []Column   `json:"columns"`
	Sample      [][]string `json:"sample"`
}

// Column is a column and what it was taken for.
type Column struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Guess string `json:"guess,omitempty"`
}

func planned(p *importer.Plan) Plan {
	out := Plan{Kind: string(p.Kind), Format: p.Format, Compression: p.Compression, Encoding: p.Encoding, Delimiter: p.Delimiter, DecimalMark: p.DecimalMark,
		Currency: p.Currency, Columns: []Column{}, Sample: p.Sample}
	for _, c := range p.Columns {
		out.Columns = append(out.Columns, Column(c))
	}
	return out
}

// Rows says where every row went.
type Rows struct {
	Rows         int64            `json:"rows"`
	Unreadable   int64            `json:"unreadable"`
	Unidentified int64            `json:"unidentified"`
	Later        int64            `json:"later"`
	Ignored      int64            `json:"ignored"`
	Rejected     int64            `json:"rejected"`
	Recorded     int64            `json:"recorded"`
	Reasons      map[string]int64 `json:"reasons,omitempty"`
}

// Lost is how many rows could not be used: those that could not be read, and those that made no sense.
func (r *Rows) Lost() int64 { return r.Unreadable + r.Rejected }

// Facts says what became of the facts that the rows gave.
type Facts struct {
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Conflicts int64 `json:"conflicts"`
	Refused   int64 `json:"refused"`
}

// Result is what became of a file.
type Result struct {
	Rows         Rows  `json:"rows"`
	Facts        Facts `json:"facts"`
	HasRejected  bool  `json:"has_rejected"`
	RejectedSize int64 `json:"rejected_bytes,omitempty"`
}

// Upload is a file that was sent.
type Upload struct {
	ID       int64
	Name     string
	Source   string
	Bytes    int64
	State    State
	Reading  Reading
	Plan     Plan
	Result   *Result // when done
	Failure  string  // when failed: the sentence of the fault
	Job      int64
	By       string
	Version  int64
	Created  time.Time
	Updated  time.Time
	Finished time.Time // zero: not over
	Progress job.Progress
}

const columns = `upload_id, name, source, bytes, state, options, plan, result, failure, job_id, by_id, version, created_us, updated_us, finished_us`

// Get reads an upload, with how far its job has come.
func Get(tx *db.Tx, id int64) (Upload, error) {
	u, err := scan(tx.QueryRow("SELECT "+columns+" FROM uploads WHERE upload_id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return u, fault.NotFoundf("there is no such import")
	}
	if err != nil || u.State != Waiting {
		return u, err
	}
	switch record, err := job.Get(tx, u.Job); {
	case fault.KindOf(err) == fault.NotFound: // jobs are in no backup
		u.State, u.Failure = Failed, "the import was cut off, and what it left is not known; send the file again"
	case err != nil:
		return u, err
	case record.State == job.Dead || record.State == job.Discarded:
		u.State, u.Failure = Failed, record.Error
	default:
		u.Progress = record.Progress
	}
	return u, nil
}

// List reads up to limit uploads, the newest first, from behind the given one; 0: from the newest.
func List(tx *db.Tx, after int64, limit int) (list []Upload, err error) {
	query, args := "SELECT "+columns+" FROM uploads", []any{limit}
	if after != 0 {
		query += " WHERE upload_id < $2"
		args = append(args, after)
	}
	rows, err := tx.Query(query+" ORDER BY upload_id DESC LIMIT $1", args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		u, err := scan(rows.Scan)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		list = append(list, u)
	}
	return list, rows.Close()
}

func scan(from func(...any) error) (u Upload, err error) {
	var options, plan, result string
	var finished sql.Null[time.Time]
	err = from(&u.ID, &u.Name, &u.Source, &u.Bytes, &u.State, &options, &plan, &result, &u.Failure, &u.Job, &u.By, &u.Version, &u.Created, &u.Updated, &finished)
	if err != nil {
		return u, err
	}
	u.Finished = finished.V
	if err := errors.Join(json.Unmarshal([]byte(options), &u.Reading), json.Unmarshal([]byte(plan), &u.Plan)); err != nil {
		return u, fmt.Errorf("upload %d: %w", u.ID, err)
	}
	if result != "" {
		u.Result = &Result{}
		if err := json.Unmarshal([]byte(result), u.Result); err != nil {
			return u, fmt.Errorf("upload %d: %w", u.ID, err)
		}
	}
	return u, nil
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // they are ours
	}
	return string(b)
}

// Kind is that of the jobs that take uploads in.
const Kind = "import"

// payload is what a job is told.
type payload struct {
	Upload int64 `json:"upload"`
}

// Start has a job take the upload in. Of one that is being taken in, or was, nothing is done again.
func Start(tx *db.Tx, id int64) error {
	u, err := Get(tx, id)
	switch {
	case err != nil:
		return err
	case u.State == Waiting || u.State == Done:
		return nil
	}
	j, err := job.Add(tx, job.Job{Kind: Kind, Payload: payload{Upload: id}, Key: fmt.Sprint(id)})
	if err != nil {
		return err
	}
	n, err := tx.Exec("UPDATE uploads SET state = 'waiting', failure = '', job_id = $3, version = version + 1, updated_us = $4 WHERE upload_id = $1 AND version = $2",
		id, u.Version, j, tx.Now)
	if err == nil && n == 0 {
		return db.ErrRestart
	}
	return err
}

// Forget removes an upload that is not being taken in, with what is left of it.
func Forget(tx *db.Tx, id int64) error {
	u, err := Get(tx, id)
	switch {
	case err != nil:
		return err
	case u.State == Waiting:
		return fault.Conflictf("the file is being taken in; wait until it is")
	}
	if _, err := tx.Exec("DELETE FROM upload_parts WHERE upload_id = $1", id); err != nil {
		return err
	}
	_, err = tx.Exec("DELETE FROM uploads WHERE upload_id = $1", id)
	return err
}

// named is a name of a file, without the folders before it.
func named(name string) (string, error) {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	const most = 200
	if name = strings.TrimSpace(name); name == "" || name == "." || name == ".." || len(name) > most || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return "", fault.In("name", fault.Invalidf("say what the file is called, such as orders.csv, in at most %d bytes", most))
	}
	return name, nil
}

// Imported is what came of files that were read in: how far their rows could be used.
func Imported(files []Upload) (i quality.Imported) {
	for n := range files {
		if r := files[n].Result; r != nil {
			i.Files++
			i.Rows += r.Rows.Rows
			i.Rejected += r.Rows.Lost()
		}
	}
	return i
}
