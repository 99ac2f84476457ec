package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
)

// Bounds of a bulk request.
const (
	bulkLines     = 10_000
	bulkLineMost  = 1 << 20 // bytes of a line
	bulkBytesMost = 256 << 20
	bulkGroup     = 250     // lines that are taken in by one transaction, at most
	bulkGroupMost = 1 << 20 // and bytes
	bulkPause     = time.Minute
	bulkTime      = 15 * time.Minute
)

// bulk takes many facts in as they come, and answers as they are done.
func (a *API) bulk(ctx context.Context, _ *none) (*huma.StreamResponse, error) {
	r := streamed(ctx)
	if r == nil {
		return nil, errors.New("the route does not stream")
	}
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		_, w := humago.Unwrap(h)
		h.SetHeader("Content-Type", "application/x-ndjson")
		ctx, cancel := context.WithTimeout(ctx, bulkTime)
		defer cancel()
		// Answers go out while lines come in. Where the connection cannot do that, they wait for the last line.
		out := newPiper(w, r.control, r.control.EnableFullDuplex() == nil, cancel)
		b := &bulkRun{api: a, ctx: ctx, facts: facts, control: r, out: out}
		b.run(bufio.NewReaderSize(io.LimitReader(r.Body, bulkBytesMost+1), 64<<10))
		out.close()
	}}, nil
}

// answersLines describes the answer.
func (a *API) answersLines(op *huma.Operation) {
	line := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wire.BulkResult](), true, "")
	op.Responses = map[string]*huma.Response{"200": {Description: "A line of JSON for each line.",
		Content: map[string]*huma.MediaType{"application/x-ndjson": {Schema: line}}}}
}

// bulkRun is a bulk request under way.
type bulkRun struct {
	api     *API
	ctx     context.Context
	facts   *intake.Intake
	control *streamRequest
	out     *piper

	line  int
	bytes int64
	group []*bulkItem
	size  int
}

// bulkItem is a line that was read.
type bulkItem struct {
	result wire.BulkResult
	kind   *bulkKind
	handed any // nil: it was refused when it was read
}

// run reads the lines, and takes them in by groups.
func (b *bulkRun) run(lines *bufio.Reader) {
	taken := 0
	for b.ctx.Err() == nil {
		_ = b.control.control.SetReadDeadline(time.Now().Add(bulkPause)) // where it cannot be set, the server's holds
		text, long, err := readLine(lines)
		b.line++
		b.bytes += int64(len(text)) + 1
		// What broke off in the middle is not a line, whatever it looks like.
		whole := err == nil || errors.Is(err, io.EOF)
		switch {
		case !whole:
			b.refuse(fault.Coded(codeBroken, fault.Invalidf("the request broke off, or came too slowly; send what has no answer again: %w", err)))
		case b.bytes > bulkBytesMost:
			b.refuse(fault.Coded(codeTooLarge, fault.Invalidf("a request has at most %d MB; send the rest in another one", bulkBytesMost>>20)))
			err = io.EOF
		case long:
			b.refuse(fault.Coded(codeTooLarge, fault.Invalidf("a line has at most %d bytes", bulkLineMost)))
			taken++
		case len(bytes.TrimSpace(text)) == 0:
		case taken == bulkLines:
			b.refuse(fault.Coded(codeTooLarge, fault.Invalidf("a request has at most %d lines; send this one and what follows it in another one", bulkLines)))
			err = io.EOF
		default:
			b.add(text)
			taken++
		}
		if err != nil || len(b.group) >= bulkGroup || b.size >= bulkGroupMost {
			b.flush()
		}
		if err != nil {
			return
		}
	}
}

// readLine reads to the end of the line. Of one that is too long nothing is kept.
func readLine(r *bufio.Reader) (text []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(text)+len(part) > bulkLineMost; long {
			text = nil
		} else {
			text = append(text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSuffix(text, []byte("\n")), long, err
		}
	}
}

// refuse says of the line why it cannot be taken.
func (b *bulkRun) refuse(err error) {
	item := &bulkItem{}
	b.refused(item, fact.Refused, err)
	b.group = append(b.group, item)
}

func (b *bulkRun) refused(item *bulkItem, status fact.Status, err error) {
	p := problem(b.ctx, err)
	p.RequestID = ""
	item.result = wire.BulkResult{Line: b.line, Type: item.result.Type, Status: string(status), Problem: p}
}

// add reads what a line says.
func (b *bulkRun) add(text []byte) {
	item := &bulkItem{result: wire.BulkResult{Line: b.line}}
	b.group = append(b.group, item)
	b.size += len(text)
	if err := b.read(item, text); err != nil {
		b.refused(item, fact.Refused, err)
	}
}

func (b *bulkRun) read(item *bulkItem, text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return fault.Coded(codeBroken, fault.Invalidf("the line is no JSON: %w", err))
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return fault.Coded(codeBroken, fault.Invalidf(`a line is a JSON object, such as {"type":"order", ...}`))
	}
	name, _ := fields["type"].(string)
	if item.kind, ok = b.api.types[name]; !ok {
		return fault.In("type", fault.Coded(codeRequired, fault.Invalidf("the type of a line is one of %s", b.api.typeNames)))
	}
	item.result.Type = name
	if err := actor(b.ctx).Require(item.kind.permission); err != nil {
		return err
	}
	delete(fields, "type")
	var found huma.ValidateResult
	huma.Validate(b.api.huma.OpenAPI().Components.Schemas, item.kind.schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, fields, &found)
	if len(found.Errors) > 0 {
		return refused(b.ctx, 422, "", found.Errors)
	}
	handed, err := item.kind.decode(b.ctx, b.facts, text)
	if err == nil {
		item.handed = handed
	}
	return err
}

// flush takes the group in and answers.
func (b *bulkRun) flush() {
	var good []*bulkItem
	for _, item := range b.group {
		if item.handed != nil {
			good = append(good, item)
		}
	}
	// One that cannot be taken by an error, and not by a refusal, takes the others with it: then each goes alone.
	if err := b.take(good); err != nil && b.ctx.Err() == nil {
		for _, item := range good {
			if err := b.take([]*bulkItem{item}); err != nil {
				status := fact.Refused
				if fault.KindOf(err) == fault.Conflict {
					status = fact.Conflict
				}
				b.refusedAt(item, status, err)
			}
		}
	}
	for _, item := range b.group {
		if item.result.Status != "" { // else nobody waits any more, and it was not taken
			b.out.put(item.result)
		}
	}
	b.group, b.size = b.group[:0], 0
}

func (b *bulkRun) refusedAt(item *bulkItem, status fact.Status, err error) {
	line := item.result.Line
	b.refused(item, status, err)
	item.result.Line = line
}

// take takes lines in, in their order, in one transaction.
func (b *bulkRun) take(items []*bulkItem) error {
	if len(items) == 0 {
		return nil
	}
	outcomes := make([]intake.CustomerOutcome, 0, len(items))
	err := b.api.Store.Write(b.ctx, func(tx *db.Tx) error {
		outcomes = outcomes[:0]
		for rest := items; len(rest) > 0; {
			n := 1
			for n < len(rest) && rest[n].kind == rest[0].kind {
				n++
			}
			handed := make([]any, n)
			for i := range handed {
				handed[i] = rest[i].handed
			}
			done, err := rest[0].kind.take(b.facts, tx, handed)
			if err != nil {
				return err
			}
			outcomes = append(outcomes, done...)
			rest = rest[n:]
		}
		return b.record(tx, items, outcomes)
	})
	if err != nil {
		return err
	}
	for i, item := range items {
		b.done(item, &outcomes[i])
	}
	return nil
}

// record writes into the trail how many facts of which types were taken.
func (b *bulkRun) record(tx *db.Tx, items []*bulkItem, outcomes []intake.CustomerOutcome) error {
	var types []string
	count := int64(0)
	for i, o := range outcomes {
		if o.Status == fact.Created || o.Status == fact.Updated {
			count++
			if !slices.Contains(types, items[i].result.Type) {
				types = append(types, items[i].result.Type)
			}
		}
	}
	if count == 0 {
		return nil
	}
	return b.api.did(b.ctx, tx, "facts.taken", "facts", types, count)
}

func (b *bulkRun) done(item *bulkItem, o *intake.CustomerOutcome) {
	if o.Err != nil {
		b.refusedAt(item, o.Status, o.Err)
		return
	}
	r := &item.result
	r.Status = string(o.Status)
	if item.kind.prefix != "" {
		w := written(item.kind.prefix, "", o.Outcome).Body
		r.ID, r.Customer = w.ID, w.Customer
	}
	for _, i := range o.Taken {
		r.Taken = append(r.Taken, wire.Identity{Kind: i.Kind, Value: i.Value})
	}
}

// namesOf lists the types for a sentence.
func namesOf(types map[string]*bulkKind) string {
	var names []string
	for name := range types {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
