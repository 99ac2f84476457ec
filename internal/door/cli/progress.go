package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"regulars/internal/base/locale"
	"regulars/internal/record/importer"
)

// progress shows how far a file has been read: a bar that is drawn over on a terminal, a line every few seconds
// elsewhere, nothing for what is over at once.
type progress struct {
	w        io.Writer
	l        *locale.Locale
	key      string // of its line
	terminal bool
	drawn    bool
	lastLine time.Duration
}

const (
	barWidth = 24
	// linesEvery is how often a plain line is printed where there is no terminal.
	linesEvery = 5 * time.Second
)

// A line that wraps on a narrow terminal could not be drawn over: what does not fit is cut off.
const (
	noWrap = "\x1b[?7l"
	wrap   = "\x1b[?7h"
)

func newProgress(w io.Writer, l *locale.Locale) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, l: l, key: "cli.progress", terminal: ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"}
}

func (p *progress) update(at importer.Progress) {
	if !p.terminal {
		if at.Elapsed < p.lastLine {
			p.lastLine = 0 // another file
		}
		if at.Elapsed-p.lastLine >= linesEvery {
			p.lastLine = at.Elapsed
			_, _ = fmt.Fprintln(p.w, p.line(at))
		}
		return
	}
	done := 0
	if at.Bytes > 0 {
		done = int(min(at.BytesRead, at.Bytes) * barWidth / at.Bytes)
	}
	_, _ = fmt.Fprintf(p.w, "\r\x1b[K"+noWrap+"%s%s %s"+wrap, strings.Repeat("█", done), strings.Repeat("░", barWidth-done), p.line(at))
	p.drawn = true
}

func (p *progress) line(at importer.Progress) string {
	rate := int64(0)
	if s := at.Elapsed.Seconds(); s > 0 {
		rate = int64(float64(at.Rows) / s)
	}
	percent := 0.0
	if at.Bytes > 0 {
		percent = float64(at.BytesRead) / float64(at.Bytes) * 100
	}
	return p.l.T(p.key, harmless(filepath.Base(at.File)), p.l.Percent(percent, 0), p.l.Integer(at.Rows), p.l.Integer(rate),
		at.TimeLeft.Round(time.Second).String())
}

// done wipes the bar.
func (p *progress) done() {
	if p.drawn {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
	p.lastLine = 0
}
