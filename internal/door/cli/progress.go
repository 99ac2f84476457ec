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
	share := 0.0
	if at.Bytes > 0 {
		share = float64(min(at.BytesRead, at.Bytes)) / float64(at.Bytes)
	}
	p.step(at.Elapsed, share, func() string { return p.line(at) })
}

// step shows a line, and before it a bar; below 0 the share is not known, and there is none.
func (p *progress) step(elapsed time.Duration, share float64, line func() string) {
	if !p.terminal {
		if elapsed < p.lastLine {
			p.lastLine = 0 // another file
		}
		if elapsed-p.lastLine >= linesEvery {
			p.lastLine = elapsed
			_, _ = fmt.Fprintln(p.w, line())
		}
		return
	}
	bar := ""
	if done := int(share * barWidth); share >= 0 {
		bar = strings.Repeat("█", done) + strings.Repeat("░", barWidth-done) + " "
	}
	_, _ = fmt.Fprintf(p.w, "\r\x1b[K"+noWrap+"%s%s"+wrap, bar, line())
	p.drawn = true
}

func (p *progress) line(at importer.Progress) string {
	percent := 0.0
	if at.Bytes > 0 {
		percent = float64(at.BytesRead) / float64(at.Bytes) * 100
	}
	return p.l.T(p.key, harmless(filepath.Base(at.File)), p.l.Percent(percent, 0), p.l.Integer(at.Rows),
		p.l.Integer(perSecond(at.Rows, at.Elapsed)), at.TimeLeft.Round(time.Second).String())
}

// done wipes the bar.
func (p *progress) done() {
	if p.drawn {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
	p.lastLine = 0
}
