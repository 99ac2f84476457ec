package console

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/fault"
	"regulars/internal/base/idempotency"
	"regulars/internal/base/trace"
)

// setting is a page on which something of the business is set up: one form, and others for what goes with it.
type setting struct {
	Said  string   // what was done just now
	Notes []string // why something is as it is
	Forms []form
	Ways  []door // to what it is about, and to what it needs
}

// doings are the words in an address that tell what was done just now.
var doings = []string{"saved", "sent", "tested", "replayed", "stretch", "enabled", "disabled", "deleted"}

// done is what was done just now, where the address tells: a page is read again after a form, so that it is not sent twice.
func (v *visit) done() string {
	if word := v.r.URL.Query().Get("done"); slices.Contains(doings, word) {
		return v.l.T("settings.done." + word)
	}
	return ""
}

// setting shows such a page; again, where something was wrong with what was typed into the form that was sent, or into the
// first where that one is not shown any more.
func (v *visit) setting(title, lead string, p setting, wrong error) error {
	s := sheet{Title: title, Lead: lead}
	status := http.StatusOK
	p.Said = v.done()
	at := slices.IndexFunc(p.Forms, func(f form) bool { return f.Action == v.r.URL.Path })
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		f := &p.Forms[max(at, 0)]
		s.Problems = []problem{v.wronged(f, wrong)}
		if at >= 0 {
			v.meanwhile(f, wrong)
		}
	}
	if at >= 0 {
		v.fillForm(&p.Forms[at], wrong == nil && p.Forms[at].Button != "")
	}
	s.Content = &p
	return v.show(status, "settings", s)
}

// meanwhile shows beside what was typed how it is by now, where somebody else changed it meanwhile. Sent again, the form
// writes over that: whoever sends it has seen it.
func (v *visit) meanwhile(f *form, wrong error) {
	if code := codeOf(wrong); code != "changed_meanwhile" && code != "version_mismatch" {
		return
	}
	for g := range f.Groups {
		for i := range f.Groups[g].Fields {
			at := &f.Groups[g].Fields[i]
			now, typed := at.stands(), at.stood(v)
			if now == typed || at.Fixed || at.Type == passwordType {
				continue
			}
			const longest = 300
			if at.Now = cmp.Or(now, "–"); len([]rune(at.Now)) > longest {
				at.Now = string([]rune(at.Now)[:longest]) + "…"
			}
		}
	}
}

// stands is what a field shows, in words.
func (f *field) stands() string {
	var chosen []string
	for _, c := range f.Choices {
		if f.Type == "ticks" && c.Chosen || f.Type != "ticks" && c.Value == f.Value {
			chosen = append(chosen, c.Name)
		}
	}
	switch {
	case f.Choices != nil:
		return strings.Join(chosen, ", ")
	case f.Type == "tick" && f.Value != "":
		return "✓"
	}
	return f.Value
}

// stood is what it would show as it was typed.
func (f *field) stood(v *visit) string {
	typed := *f
	typed.Value, typed.Choices = strings.ReplaceAll(v.typed(f.Name), "\r\n", "\n"), slices.Clone(f.Choices)
	for i := range typed.Choices {
		typed.Choices[i].Chosen = slices.Contains(v.r.PostForm[f.Name], typed.Choices[i].Value)
	}
	return typed.stands()
}

// saves lets a form be saved that shows what is set now, or says that the reader may not.
func (v *visit) saves(f *form, p *setting, now any, may bool) (err error) {
	if !may {
		p.Notes = append(p.Notes, v.l.T("settings.read_only"))
		return nil
	}
	f.Button = v.l.T("settings.save")
	f.Hidden, err = v.brought(now)
	return err
}

// brought is what every such form brings along: a key, by which it is known when it is pressed twice, and the mark of what it
// was made from.
func (v *visit) brought(of any) ([]hidden, error) {
	seen, err := mark(of)
	return append(keyed(), hidden{"seen", seen}), err
}

// keyed is what a form brings along that is made from nothing: the key alone.
func keyed() []hidden { return []hidden{{"key", rand.Text()}} }

// mark tells one state of something from another.
func mark(of any) (string, error) {
	text, err := json.Marshal(of)
	if err != nil {
		return "", fmt.Errorf("mark what a form is made from: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12]), nil
}

// unchanged refuses a form that was made from something else than what is there.
func (v *visit) unchanged(of any) error {
	now, err := mark(of)
	if err == nil && v.typed("seen") != now {
		err = fault.Coded("changed_meanwhile", fault.Conflictf("somebody else changed this meanwhile; look at it and send it again"))
	}
	return err
}

// once does what a form asks for one time: pressed twice it is answered alike. With another content it is another form,
// also where it came back by the history of the browser with the key of before.
func (v *visit) once(by account.Actor, do func() error) error {
	const (
		longest  = 100
		pause    = 50 * time.Millisecond
		patience = 200 // pauses
	)
	key := v.typed("key")
	if key == "" || len(key) > longest {
		return do()
	}
	key += " " + v.r.URL.Path // forms of one page share it
	hash := sha256.Sum256([]byte(v.r.PostForm.Encode()))
	for tried := 0; ; tried++ {
		state, claim, answer, err := v.kept.Begin(v.ctx, "console "+by.ID, key, hash[:])
		switch {
		case err != nil:
			return err
		case state == idempotency.Other:
			return do()
		case state == idempotency.Answered:
			answer.Give(v.w)
			return nil
		case state == idempotency.Mine:
			return v.keeping(claim, do)
		case tried == patience:
			return fault.Coded("idempotency_key_in_flight", fault.Conflictf("the first press is still being worked on; look in a moment"))
		}
		select {
		case <-v.ctx.Done():
			return v.ctx.Err() //nolint:wrapcheck // who asked has gone
		case <-time.After(pause):
		}
	}
}

// keeping does it, and keeps how it was answered; what was refused may be sent again.
func (v *visit) keeping(claim *idempotency.Claim, do func() error) (err error) {
	c := &idempotency.Copy{ResponseWriter: v.w}
	v.w = c
	good := false
	defer func() {
		if err := v.kept.Settle(v.ctx, claim, c, good); err != nil {
			trace.Failed(v.ctx, err)
		}
	}()
	err = do()
	good = err == nil && c.Status < http.StatusBadRequest
	return err
}
