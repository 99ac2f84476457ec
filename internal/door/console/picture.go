package console

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"sync"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/trace"
	"regulars/internal/measure/report"
)

// loyalty keeps the loyalty picture, so that a page is answered at once; it is drawn anew in the background.
type loyalty struct {
	draw func(context.Context) (*report.Picture, error)

	lock    sync.Mutex
	last    sight
	tried   time.Time     // when drawing was last tried
	aged    bool          // what a drawing that goes on is made by was changed meanwhile
	drawing chan struct{} // closed when the drawing that goes on has ended; nil: none does
}

// sight is the picture as it was last drawn.
type sight struct {
	*report.Picture // nil: none was yet

	at     time.Time // when that was
	failed error     // why no newer one could be
}

// empty says that nothing is in it.
func (s *sight) empty() bool { return s.Facts.Orders == 0 && s.Facts.Answers == 0 }

const (
	pictureFresh = 30 * time.Second // so long a picture is shown without a newer one being drawn
	pictureSoon  = time.Second
	pictureTime  = 10 * time.Minute // a drawing may take
	pictureWait  = 250 * time.Millisecond
)

// latest is the last picture. A newer one is drawn meanwhile, if it is old.
func (p *loyalty) latest(ctx context.Context) sight {
	p.lock.Lock()
	fresh := pictureFresh
	if p.last.Picture == nil || p.last.Facts.Orders == 0 { // whoever has just brought the first ones waits for them
		fresh = pictureSoon
	}
	if p.drawing == nil && time.Since(p.tried) > fresh {
		p.drawing = make(chan struct{})
		go p.again(context.WithoutCancel(ctx), p.drawing)
	}
	waits := p.drawing
	if p.last.Picture != nil || waits == nil {
		defer p.lock.Unlock()
		return p.last
	}
	p.lock.Unlock()
	select {
	case <-waits:
	case <-time.After(pictureWait):
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.last
}

// again draws the picture. When it fails the last one stays.
func (p *loyalty) again(ctx context.Context, ended chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	drawn, err := p.drawn(ctx)
	if err != nil {
		trace.Failed(ctx, err)
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.drawing, p.tried, p.last.failed = nil, time.Now(), err
	if err == nil {
		p.last.Picture, p.last.at = drawn, p.tried
	}
	if p.aged {
		p.tried, p.aged = time.Time{}, false
	}
	close(ended)
}

// forget has a newer picture drawn when it is looked at next: what it is made by was changed.
func (p *loyalty) forget() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.tried, p.aged = time.Time{}, p.drawing != nil
}

// drawn draws it; a drawing that breaks off is not to take the server with it.
func (p *loyalty) drawn(ctx context.Context) (drawn *report.Picture, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the drawing broke off: %v", v)
		}
	}()
	return p.draw(ctx)
}

// glance is the picture at a glance and how old it is; nothing where there is none yet.
func (v *visit) glance(last *sight) (part template.HTML, age string, err error) {
	switch {
	case last.Picture == nil && last.failed != nil:
		return "", v.l.T("console.picture.failed"), nil //nolint:nilerr // why is in the log, and the page is more than the picture
	case last.Picture == nil:
		v.w.Header().Set("Refresh", "2") // for the first time only: later ones come while an older one is read
		return "", v.l.T("console.picture.drawing.short"), nil
	case last.empty():
		return "", v.l.T("console.picture.empty"), nil
	}
	var out bytes.Buffer
	if err := report.Glance(&out, last.Picture, v.l, measureAt); err != nil {
		return "", "", err
	}
	age, err = v.age(last)
	return template.HTML(out.String()), age, err //nolint:gosec // of a template that escapes
}

// age says when a picture was drawn, on the clock of the business, and whether a newer one could not be.
func (v *visit) age(s *sight) (string, error) {
	b, err := v.business()
	if err != nil {
		return "", err
	}
	at := s.at.In(zoneOf(b))
	age := v.l.T("console.picture.at", v.l.Date(at), at.Format("15:04"))
	if s.failed != nil {
		age += " " + v.l.T("console.picture.failed")
	}
	return age, nil
}

// pictured calls the page with the picture as it was last drawn. Where there is none yet, or nothing in it, the page says so.
func (v *visit) pictured(title string, page func(s *sight) error) error {
	last := v.picture.latest(v.ctx)
	switch {
	case last.Picture == nil && last.failed != nil:
		return last.failed
	case last.Picture == nil:
		v.w.Header().Set("Refresh", "2")
		return v.message(http.StatusOK, title, message{Text: []string{v.l.T("console.picture.drawing")}, Link: v.l.T("console.error.home"), To: "/"})
	case last.empty():
		return v.message(http.StatusOK, title, message{Text: []string{v.l.T("console.picture.empty")}, Link: v.l.T("console.data.title"), To: "/data"})
	}
	return page(&last)
}

// showPicture shows the loyalty picture, as the report draws it, with how old it is.
func (v *visit) showPicture() error {
	return v.allowed(account.MeasuresRead, func(account.Actor) error {
		return v.pictured(v.l.T("console.picture.title"), func(last *sight) error {
			var out bytes.Buffer
			if err := report.HTML(&out, last.Picture, v.l, v.Charts); err != nil {
				return err
			}
			age, err := v.age(last)
			if err != nil {
				return err
			}
			bar := `<nav class="wrap" aria-label="` + escaped(v.l.T("console.error.home")) + `"><a href="/">← ` + escaped(v.l.T("console.error.home")) + `</a> · ` + escaped(age) + `</nav>`
			opening := []byte(`<header class="opening`)
			page := bytes.Replace(out.Bytes(), opening, append([]byte(bar), opening...), 1)
			h := v.w.Header()
			// The page is a file of its own, with its style sheet inside; it has no script, and fetches nothing.
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'")
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Language", v.l.Tag())
			_, _ = v.w.Write(page) // who has gone needs no answer
			return nil
		})
	})
}
