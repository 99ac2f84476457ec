package importer

import (
	"bytes"
	"math"

	"regulars/internal/record/fact"
	"regulars/internal/record/importer/parse"
)

// answerReader reads rows of survey answers and cases.
type answerReader struct {
	opts     Options
	customer ids
	dates    moments
	replied  moments
	solved   moments
	due      moments
	scores   []scoreColumn
	styles   []parse.NumberStyle
	kind     int
	aspect   int
	comment  int
	scale    int
	state    int
	kinds    lookup[string]
	aspects  lookup[string]
	states   lookup[surveyState]
	others   attributes
	batch    fact.Batch
}

func newAnswerReader(p *Plan, opts Options) *answerReader {
	roles := &p.layout.roles
	r := &answerReader{
		opts: opts, customer: newIDs(p, roleCustomer), dates: newMoments(p, opts, roleDate), replied: newMoments(p, opts, roleReplied),
		solved: newMoments(p, opts, roleSolved), due: newMoments(p, opts, roleDue), scores: roles.scores,
		kind: roles.at(roleKind), aspect: roles.at(roleAspect), comment: roles.at(roleComment), scale: roles.at(roleScale),
		state: roles.at(roleState), kinds: lookup[string]{table: answerKinds()}, aspects: lookup[string]{table: aspects()},
		states: lookup[surveyState]{table: surveyStates()}, others: attributes{columns: roles.others},
	}
	if len(r.scores) == 0 {
		r.scores = []scoreColumn{{column: -1, kind: "case"}}
	}
	for _, s := range r.scores {
		style := parse.NumberStyle{}
		if s.column >= 0 {
			style = p.layout.columns[s.column].number
		}
		r.styles = append(r.styles, style)
	}
	r.batch.Attributes = p.Attributes
	r.batch.Answers = make([]fact.Answer, 0, batchRows)
	return r
}

func (r *answerReader) facts() (*fact.Batch, int) { return &r.batch, len(r.batch.Answers) }

func (r *answerReader) notes(p *Plan) []Note { return r.customer.notes(p) }

func (r *answerReader) empty() {
	r.batch.Answers = r.batch.Answers[:0]
	r.others.empty()
}

// row reads a row of answers: one answer, or one for each column of scores. An answer by nobody known is recorded.
func (r *answerReader) row(cells [][]byte, line int64) (verdict, Reason) {
	a := fact.Answer{Row: line, Customer: text(r.customer.of(cells, line)), Comment: text(cellAt(cells, r.comment))}
	why := r.times(&a, cells)
	if why != NoReason {
		return unreadable, why
	}
	if why = r.question(&a, cells); why != NoReason {
		return unreadable, why
	}
	state := surveyUnknown
	if r.state >= 0 {
		state, _ = r.states.of(cellAt(cells, r.state))
		a.Delivered = state != surveyUndelivered
	}
	before := len(r.batch.Answers)
	for i, s := range r.scores {
		one := a
		if one.Kind == "" {
			one.Kind = s.kind
		}
		if s.aspect != "" {
			one.Aspect = s.aspect
		}
		if why = r.score(&one, cells, i); why != NoReason {
			r.batch.Answers = r.batch.Answers[:before]
			return unreadable, why
		}
		one.Finished = state == surveyFinished || (state == surveyUnknown && one.Scored)
		r.batch.Answers = append(r.batch.Answers, one)
	}
	if r.opts.AsOf != 0 && a.Moment.Local >= r.opts.AsOf {
		r.batch.Answers = r.batch.Answers[:before]
		return later, NoReason
	}
	other := r.others.of(cells)
	for i := before; i < len(r.batch.Answers); i++ {
		r.batch.Answers[i].Attributes = other
	}
	return recorded, NoReason
}

// times reads the moments of the answer or the case.
func (r *answerReader) times(a *fact.Answer, cells [][]byte) (why Reason) {
	if a.Moment, why = r.dates.of(cells); why != NoReason {
		return why
	}
	if a.Replied, why = r.replied.maybe(cells); why != NoReason {
		return why
	}
	if a.Solved, why = r.solved.maybe(cells); why != NoReason {
		return why
	}
	a.Due, why = r.due.maybe(cells)
	return why
}

// question reads what was asked: kind, aspect and scale.
func (r *answerReader) question(a *fact.Answer, cells [][]byte) Reason {
	if cell := cellAt(cells, r.kind); !isNobody(cell) {
		kind, ok := r.kinds.of(cell)
		if !ok {
			return BadKind
		}
		a.Kind = kind
	}
	if cell := cellAt(cells, r.aspect); !isNobody(cell) {
		if aspect, ok := r.aspects.of(cell); ok {
			a.Aspect = aspect
		} else {
			a.Aspect = text(cell)
		}
	}
	if cell := cellAt(cells, r.scale); !isNobody(cell) {
		// "1-5", "0..10" or "5": the highest score is the last number.
		if i := bytes.LastIndexAny(cell, "-. –"); i >= 0 {
			cell = cell[i+1:]
		}
		d, _, status := (parse.NumberStyle{}).Parse(cell)
		if status != parse.OK || d.Scale != 0 || d.Mant < 1 || d.Mant > 1000 {
			return BadScore
		}
		a.Scale = int(d.Mant)
	}
	return NoReason
}

// score reads one score; "8/10" brings its scale along.
func (r *answerReader) score(a *fact.Answer, cells [][]byte, i int) Reason {
	cell := cellAt(cells, r.scores[i].column)
	if isNobody(cell) {
		return NoReason
	}
	if slash := bytes.IndexByte(cell, '/'); slash > 0 {
		d, _, status := (parse.NumberStyle{}).Parse(cell[slash+1:])
		if status != parse.OK || d.Scale != 0 || d.Mant < 1 || d.Mant > 1000 {
			return BadScore
		}
		a.Scale, cell = int(d.Mant), cell[:slash]
	}
	d, _, status := r.styles[i].Parse(cell)
	if status != parse.OK {
		return BadScore
	}
	a.Score, a.Scored = d.Float(), true
	if a.Score < 0 || a.Score > 1000 || (a.Scale > 0 && a.Score > float64(a.Scale)) || math.IsNaN(a.Score) {
		return BadScore
	}
	if a.Kind == "nps" && (a.Score > 10 || a.Score != math.Trunc(a.Score)) {
		return BadScore
	}
	return NoReason
}
