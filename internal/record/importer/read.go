package importer

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"regulars/internal/record/fact"
	"regulars/internal/record/importer/parse"
	"regulars/internal/record/importer/table"
)

const (
	batchRows     = 2048
	progressEvery = 200 * time.Millisecond
)

// verdict is where a row goes.
type verdict uint8

const (
	unreadable verdict = iota
	unidentified
	later
	ignored
	rejected
	recorded
)

// rowReader makes facts of rows and gathers them in a batch.
type rowReader interface {
	// row reads one row; its cells stay valid until the batch is emptied.
	row(cells [][]byte, line int64) (verdict, Reason)
	// facts is the batch and how many facts are in it.
	facts() (*fact.Batch, int)
	// empty forgets the facts of the batch.
	empty()
	// notes says what came to light on the way.
	notes(p *Plan) []Note
}

// Read reads the whole file and hands its facts to emit in batches, which are valid only during the call. An error
// of emit stops the reading and is returned. The account is that of the rows read so far, also with an error.
func (p *Plan) Read(ctx context.Context, opts Options, emit func(*fact.Batch) error) (account Account, err error) {
	opts.Currency = strings.ToUpper(opts.Currency)
	src, err := open(ctx, p.Path)
	if err != nil {
		return Account{}, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	var switched atomic.Pointer[string]
	t, err := src.rows(ctx, p, func(name string) { switched.Store(&name) })
	if err != nil {
		return Account{}, err
	}
	defer t.Close()
	run := &reading{
		plan: p, opts: opts, src: src, table: t, emit: emit, reader: p.newRowReader(opts), start: time.Now(),
		rejects: newRejects(p.Path, opts.RejectedDir, p.titles()), account: Account{Reasons: map[string]int64{}},
	}
	err = run.all(ctx)
	if name := switched.Load(); name != nil {
		run.account.Notes = append(run.account.Notes, note(NoteEncodingLater, *name))
	}
	run.account.Notes = append(run.account.Notes, run.reader.notes(p)...)
	if err != nil {
		run.rejects.abandon()
		return run.account, err
	}
	notes, path := run.rejects.finish()
	run.account.RejectedFile = path
	run.account.Notes = append(run.account.Notes, notes...)
	return run.account, nil
}

// reading is one run over the file.
type reading struct {
	plan     *Plan
	opts     Options
	src      *source
	table    *table.Reader
	emit     func(*fact.Batch) error
	reader   rowReader
	rejects  *rejects
	account  Account
	counts   [recorded + 1]int64
	start    time.Time
	reported time.Time
}

// all reads window after window.
func (r *reading) all(ctx context.Context) error {
	defer r.settle()
	skip := r.plan.layout.skip
	for {
		for r.table.Next() {
			if skip > 0 {
				skip--
				continue
			}
			if err := r.row(&r.table.Row); err != nil {
				return err
			}
			if r.account.Rows%batchRows == 0 {
				if err := r.flush(); err != nil {
					return err
				}
			}
		}
		if err := r.flush(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := r.table.Advance()
		if err != nil {
			return readFault(r.plan.Path, r.src.compression, r.account.Rows, err)
		}
		if !more {
			r.src.wholly()
			r.report(true)
			return nil
		}
	}
}

// row reads a row and counts where it went.
func (r *reading) row(row *table.Row) error {
	r.account.Rows++
	v := unreadable
	var why Reason
	sentence := ""
	switch cells := row.Cells; {
	case row.Flaw != table.NoFlaw:
		why = flawReason(row.Flaw)
	case len(cells) > len(r.plan.Columns) && !emptyCells(cells[len(r.plan.Columns):]):
		why = TooManyCells
	default:
		v, why = r.reader.row(cells, row.Line)
		if v == unreadable && len(cells) < len(r.plan.Columns) {
			why = MissingCells
		}
	}
	if r.opts.Refused != nil && (v == recorded || v == unidentified) {
		var err error
		if sentence, err = r.opts.Refused(row.Line); err != nil {
			return err
		}
		if sentence != "" {
			v, why = rejected, NotKept
		}
	}
	r.counts[v]++
	if v == unreadable || v == rejected {
		r.account.Reasons[string(why)]++
		if sentence == "" {
			sentence = why.Sentence()
		}
		r.rejects.add(row.Line, sentence, row.Cells)
	}
	return nil
}

// flush hands the batch on.
func (r *reading) flush() error {
	b, n := r.reader.facts()
	if n > 0 {
		if err := r.emit(b); err != nil {
			return err
		}
		r.reader.empty()
	}
	if r.opts.Progress != nil {
		r.report(false)
	}
	return nil
}

// settle writes the counts into the account.
func (r *reading) settle() {
	a := &r.account
	a.Unreadable, a.Unidentified, a.Later = r.counts[unreadable], r.counts[unidentified], r.counts[later]
	a.Ignored, a.Rejected, a.Recorded = r.counts[ignored], r.counts[rejected], r.counts[recorded]
}

// report tells how far the reading is, not too often.
func (r *reading) report(last bool) {
	if r.opts.Progress == nil {
		return
	}
	now := time.Now()
	if !last && now.Sub(r.reported) < progressEvery {
		return
	}
	r.reported = now
	pr := Progress{File: r.plan.Path, BytesRead: r.src.read.Load(), Bytes: r.src.size, Rows: r.account.Rows, Elapsed: now.Sub(r.start)}
	if pr.BytesRead > 0 && pr.BytesRead < pr.Bytes {
		pr.TimeLeft = time.Duration(float64(pr.Elapsed) / float64(pr.BytesRead) * float64(pr.Bytes-pr.BytesRead))
	}
	r.opts.Progress(pr)
}

func flawReason(f table.Flaw) Reason {
	if f == table.Unclosed {
		return UnclosedQuote
	}
	return NotText
}

func emptyCells(cells [][]byte) bool {
	for _, c := range cells {
		if len(parse.TrimSpace(c)) > 0 {
			return false
		}
	}
	return true
}

func (p *Plan) titles() []string {
	out := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		out[i] = c.Name
	}
	return out
}

func (p *Plan) newRowReader(opts Options) rowReader {
	switch p.Kind {
	case Customers:
		return newCustomerReader(p, opts)
	case Answers:
		return newAnswerReader(p, opts)
	case Costs:
		return newCostReader(p, opts)
	case Products:
		return newProductReader(p, opts)
	case Orders:
	}
	return newSaleReader(p, opts)
}

// text is a cell as a string without copying it: valid as long as the cell is.
func text(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

// cellAt is a trimmed cell; nil where the file has no such column or the row no such cell.
func cellAt(cells [][]byte, c int) []byte {
	if uint(c) >= uint(len(cells)) {
		return nil
	}
	b := cells[c]
	if n := len(b); n > 0 && b[0] > ' ' && b[0] < 0x80 && b[0] != '=' && b[n-1] > ' ' && b[n-1] < 0x80 {
		return b
	}
	return trim(b)
}

// trim takes off blanks, and the ="..." that some programs write so that spreadsheets leave long ids alone.
func trim(b []byte) []byte {
	b = parse.TrimSpace(b)
	if n := len(b); n > 3 && b[0] == '=' && b[1] == '"' && b[n-1] == '"' {
		b = parse.TrimSpace(b[2 : n-1])
	}
	return b
}
