package chart

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/grafana/sobek"

	"regulars/web"
)

// ErrMissing says that the program was built without the chart bundle; everything else works.
var ErrMissing = errors.New("the charts were not built into this program; run: make build")

// limit is how long the drawing of one chart may take, once it has begun. The largest take a fifth of a second; the
// rest is for machines that are busy with other things.
const limit = time.Minute

// Renderer draws charts. It is safe for concurrent use: each drawing has an engine to itself.
type Renderer struct {
	compile func() (*sobek.Program, error) // once, at the first drawing
	slots   chan *engine                   // a place for each drawing at a time; nil: an engine not yet started
	drawn   drawings
}

// drawings are those of late, by what they are of. Once there are enough of them, those not asked for since go.
type drawings struct {
	lock         sync.Mutex
	young, older map[drawingKey]string
}

type drawingKey = [sha256.Size]byte

// kept is how many drawings are kept: a picture has about fifty in each language, and each is tens of kilobytes. The same
// chart is asked for again and again, as often as its page is looked at, and takes a twentieth of a second to draw.
const kept = 200

func (d *drawings) get(of drawingKey) (svg string, ok bool) {
	d.lock.Lock()
	defer d.lock.Unlock()
	if svg, ok = d.young[of]; ok {
		return svg, true
	}
	if svg, ok = d.older[of]; ok {
		d.keep(of, svg)
	}
	return svg, ok
}

func (d *drawings) add(of drawingKey, svg string) {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.keep(of, svg)
}

func (d *drawings) keep(of drawingKey, svg string) {
	if d.young == nil || len(d.young) >= kept {
		d.young, d.older = make(map[drawingKey]string, kept), d.young
	}
	d.young[of] = svg
}

// engine is one JavaScript runtime with ECharts loaded. An engine belongs to one goroutine at a time.
type engine struct {
	vm   *sobek.Runtime
	draw sobek.Callable
}

// New makes a renderer of the bundle that this program was built with, or gives ErrMissing. It is cheap: the bundle
// is compiled when the first chart is drawn, which takes about a tenth of a second.
func New() (*Renderer, error) {
	script, ok := web.Charts()
	if !ok {
		return nil, ErrMissing
	}
	return newRenderer(script), nil
}

func newRenderer(script string) *Renderer {
	size := min(runtime.GOMAXPROCS(0), 4)
	r := &Renderer{

		compile: sync.OnceValues(func() (*sobek.Program, error) { return sobek.Compile("charts.js", script, true) }),
		slots:   make(chan *engine, size),
	}
	for range size {
		r.slots <- nil
	}
	return r
}

// SVG draws a chart into so many CSS pixels, or gives what was drawn of the same one before.
func (r *Renderer) SVG(ctx context.Context, chart Description, width, height int) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	option := chart.Option(width, height)
	raw, err := json.Marshal(option.Chart)
	if err != nil {
		return "", fmt.Errorf("chart %s: %w", option.ID, err)
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%q %d %d %s", option.About, width, height, raw))
	if svg, ok := r.drawn.get(key); ok {
		return svg, nil
	}
	svg, err := r.run(ctx, string(raw), width, height)
	if err != nil {
		return "", fmt.Errorf("chart %s: %w", option.ID, err)
	}
	svg = tidy(svg, option, width, height)
	r.drawn.add(key, svg)
	return svg, nil
}

// run waits for a place, starts an engine in it if it is the first there, and draws.
func (r *Renderer) run(ctx context.Context, option string, width, height int) (string, error) {
	var e *engine
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case e = <-r.slots:
	}
	// An engine that failed or was interrupted is thrown away: nobody knows what state it is in.
	var keep *engine
	defer func() { r.slots <- keep }()
	if err := ctx.Err(); err != nil {
		keep = e
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if e == nil {
		var err error
		if e, err = r.start(); err != nil {
			return "", err
		}
	}
	stop := interruptOn(ctx, e.vm)
	value, err := e.draw(nil, e.vm.ToValue(option), e.vm.ToValue(width), e.vm.ToValue(height))
	stop()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", err
	}
	keep = e
	return value.String(), nil
}

func (r *Renderer) start() (*engine, error) {
	program, err := r.compile()
	if err != nil {
		return nil, fmt.Errorf("the chart bundle cannot be read: %w", err)
	}
	vm := sobek.New()
	// Should a script ever ask for chance or the time, every run gets the same.
	vm.SetRandSource(func() float64 { return 0.5 })
	vm.SetTimeSource(func() time.Time { return time.Unix(0, 0).UTC() })
	if _, err := vm.RunProgram(program); err != nil {
		return nil, fmt.Errorf("the chart bundle does not start: %w", err)
	}
	draw, ok := sobek.AssertFunction(vm.Get("regularsChart"))
	if !ok {
		return nil, errors.New("the chart bundle defines no regularsChart")
	}
	return &engine{vm: vm, draw: draw}, nil
}

// interruptOn stops the engine when the context ends; the function returned waits until no interrupt can come.
func interruptOn(ctx context.Context, vm *sobek.Runtime) func() {
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		vm.Interrupt(ctx.Err())
	})
	return func() {
		if !stop() {
			<-fired
		}
	}
}
