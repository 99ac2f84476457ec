package files

import (
	"context"
	"errors"
	"fmt"

	"regulars/internal/record/fact"
)

// refuse remembers on disk the lines of the facts that were not kept.
func (r *run) refuse(ctx context.Context, f *file, b *batch, outcomes []fact.Outcome) error {
	var all []refusedLine
	for i, o := range outcomes {
		if o.Status != fact.Refused && o.Status != fact.Conflict {
			continue
		}
		for _, line := range b.linesOf(i) {
			all = append(all, refusedLine{line, refusal(o)})
		}
	}
	return f.stage.refuse(ctx, all)
}

// refuse adds lines to the table of those that were not kept, which is made when it is needed first.
func (s *stage) refuse(ctx context.Context, all []refusedLine) error {
	if len(all) == 0 {
		return nil
	}
	if _, err := s.db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+s.table+"_refused (line BIGINT, reason VARCHAR)"); err != nil {
		return fmt.Errorf("make the table of refused lines: %w", err)
	}
	s.refusals = true
	l, err := s.db.Load(ctx, s.table+"_refused", 2)
	if err != nil {
		return err
	}
	for _, one := range all {
		l.Row()[0], l.Row()[1] = one.Line, one.Reason
		if err := l.Append(); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	return l.Close()
}

// reject reads the file once more where facts were not kept, so that their rows are among the rejected ones.
func (r *run) reject(ctx context.Context, f *file) (err error) {
	if !f.stage.refusals {
		return nil
	}
	p := &refusals{ctx: ctx, stage: f.stage}
	o := r.o.Import
	o.Progress = nil
	o.Refused = p.reason
	f.rows, err = f.plan.Read(ctx, o, func(*fact.Batch) error { return nil })
	return err
}

// refusals are the lines that were not kept, read in their order.
type refusals struct {
	ctx   context.Context //nolint:containedctx // asked by a function that has none
	stage *stage
	page  []refusedLine
	last  int64
	ended bool
}

// reason is why a line was not kept, empty for one that was. It is asked of lines in their order.
func (p *refusals) reason(line int64) (string, error) {
	for {
		for len(p.page) > 0 && p.page[0].Line < line {
			p.page = p.page[1:]
		}
		if len(p.page) > 0 {
			if p.page[0].Line == line {
				return p.page[0].Reason, nil
			}
			return "", nil
		}
		if p.ended {
			return "", nil
		}
		if err := p.load(); err != nil {
			return "", err
		}
	}
}

func (p *refusals) load() error {
	rows, err := p.stage.db.QueryContext(p.ctx, fmt.Sprintf("SELECT line, min(reason) FROM %s_refused WHERE line > %d GROUP BY line ORDER BY line LIMIT %d",
		p.stage.table, p.last, pageRows))
	if err != nil {
		return fmt.Errorf("read the refused lines: %w", err)
	}
	p.page = p.page[:0]
	for rows.Next() {
		var one refusedLine
		if err := rows.Scan(&one.Line, &one.Reason); err != nil {
			return errors.Join(fmt.Errorf("read the refused lines: %w", err), rows.Close())
		}
		p.page = append(p.page, one)
		p.last = one.Line
	}
	p.ended = len(p.page) == 0
	return errors.Join(rows.Err(), rows.Close())
}
