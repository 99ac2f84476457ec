package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/intake"
	"regulars/internal/intake/files"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/record/importer"
)

// ImportCmd takes files into the store.
type ImportCmd struct {
	Sources
	Place

	Source string `help:"What to call the system that the files are from: the same order of another source is another order." default:"file" placeholder:"NAME"`
	Sample bool   `help:"The files are made up (regulars demo makes some): the new place becomes a sample business, which says so on every page and is taken away in a click."`
	Format string `help:"text or json: how to say what became of rows and facts." default:"text" enum:"text,json"`
	Lang   string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
}

// Run imports the files.
func (i *ImportCmd) Run(c *Context) (err error) {
	l, err := locale.Get(i.Lang)
	if err != nil {
		return err
	}
	read, err := i.reading()
	if err != nil {
		return err
	}
	if i.DryRun {
		plans, _, err := i.inspect(c, l, &read)
		if err != nil {
			return err
		}
		return showPlans(c, l, plans)
	}
	at, err := i.create(c.Ctx, "import")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	if i.Sample {
		if err := at.DB.Write(c.Ctx, func(tx *db.Tx) error { return business.BeSample(tx, l.T("sample.name")) }); err != nil {
			return err
		}
	}
	in, plans, err := i.agree(c, l, at.DB, &read)
	if err != nil {
		return err
	}
	o := files.Options{Source: i.Source, Import: read}
	if at.Folder != nil {
		o.Folder = at.Folder.Path
	}
	if !i.Quiet {
		i.show(c, l, &o)
	}
	results, err := files.Import(c.Ctx, at.DB, in, plans, o)
	if errors.Is(err, context.Canceled) {
		return halted(results)
	}
	if err != nil {
		return err
	}
	if i.Format == "json" {
		return writeJSON(c.Stdout, results)
	}
	return writeResults(c.Stdout, l, results)
}

// agree makes sure that the files are read by the clock and the currency of the store. Nothing is set in the store before
// it is known that the files can be read.
func (i *ImportCmd) agree(c *Context, l *locale.Locale, d *db.DB, read *importer.Options) (*intake.Intake, []*importer.Plan, error) {
	want := business.Business{Currency: read.Currency}
	if i.Timezone != "" {
		want.Zone = read.Zone
	}
	var have business.Business
	err := d.Read(c.Ctx, func(tx *db.Tx) (err error) {
		if have, err = business.Load(tx); err == nil {
			have, err = have.With(want)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if have.Zone != nil {
		read.Zone = have.Zone
	}
	read.Currency, read.Digits = have.Currency, have.Digits()
	plans, currency, err := i.inspect(c, l, read)
	if err != nil {
		return nil, nil, err
	}
	in, err := intake.New(c.Ctx, d, business.Business{Zone: read.Zone, Currency: currency})
	if err == nil && have.Zone == nil && !i.Quiet { // neither said now nor before: said aloud once, since it stays so
		_, _ = fmt.Fprintln(c.Stderr, l.T("cli.import.zone", read.Zone.String(), "Europe/Athens"))
	}
	return in, plans, err
}

// show tells on the terminal how files are read, and how far the import is.
func (i *ImportCmd) show(c *Context, l *locale.Locale, o *files.Options) {
	o.Planned, _ = told(c, l, &o.Import)
	storing := newProgress(c.Stderr, l)
	storing.key = "cli.import.progress"
	o.Taking = storing.update
	o.Read = func(p *importer.Plan, _ importer.Account, before int64) {
		storing.done()
		if before > 0 {
			_, _ = fmt.Fprintln(c.Stderr, l.P("cli.import.goes_on", before, harmless(filepath.Base(p.Path))))
		}
	}
	o.Done = storing.done
}

// halted says how to go on.
func halted(results []files.Result) error {
	where := "before anything was taken in"
	for i := range results {
		if r := &results[i]; r.Taken > 0 {
			where = fmt.Sprintf("after %d facts of %s, which are kept", r.Taken, r.Plan.Path)
		}
	}
	return &stopped{"stopped " + where + "; give the same command again to go on from there"}
}

// writeResults says what became of rows and facts.
func writeResults(w io.Writer, l *locale.Locale, results []files.Result) error {
	for i := range results {
		r := &results[i]
		if _, err := fmt.Fprintln(w, harmless(filepath.Base(r.Plan.Path))); err != nil {
			return err
		}
		if err := report.Account(w, r.Rows, l); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, factsLine(l, &r.Facts)); err != nil {
			return err
		}
	}
	return nil
}

// factsLine is what became of the facts in one sentence; what befell none is left out.
func factsLine(l *locale.Locale, t *files.Tally) string {
	var parts []string
	for _, part := range []struct {
		key   string
		facts int64
	}{
		{"created", t.Created}, {"updated", t.Updated}, {"unchanged", t.Unchanged}, {"conflicts", t.Conflicts}, {"refused", t.Refused},
	} {
		if part.facts > 0 {
			parts = append(parts, l.T("cli.import.part."+part.key, part.facts))
		}
	}
	if len(parts) == 0 {
		return l.P("cli.import.facts", 0)
	}
	return l.T("text.file", l.P("cli.import.facts", t.All()), strings.Join(parts, ", "))
}

// writeJSON says the same for programs.
func writeJSON(w io.Writer, results []files.Result) error {
	type rows struct {
		Rows         int64            `json:"rows"`
		Unreadable   int64            `json:"unreadable"`
		Unidentified int64            `json:"unidentified"`
		Later        int64            `json:"later"`
		Ignored      int64            `json:"ignored"`
		Rejected     int64            `json:"rejected"`
		Recorded     int64            `json:"recorded"`
		Reasons      map[string]int64 `json:"reasons"`
		RejectedFile string           `json:"rejected_file,omitempty"`
	}
	type one struct {
		File   string      `json:"file"`
		Kind   string      `json:"kind"`
		Rows   rows        `json:"rows"`
		Facts  files.Tally `json:"facts"`
		Before int64       `json:"facts_before"`
	}
	out := struct {
		Files []one `json:"files"`
	}{Files: []one{}}
	for i := range results {
		r := &results[i]
		a := &r.Rows
		out.Files = append(out.Files, one{File: r.Plan.Path, Kind: string(r.Plan.Kind), Facts: r.Facts, Before: r.Before, Rows: rows{a.Rows,
			a.Unreadable, a.Unidentified, a.Later, a.Ignored, a.Rejected, a.Recorded, a.Reasons, a.RejectedFile}})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}
