package notice

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
)

// Sender sends notices.
type Sender struct {
	Store *db.DB
	Box   *secret.Box
	Kinds []Kind
	// Public is how others reach the server: push services are told whom to turn to.
	Public func() string
	// Allow are private networks in which push services may be.
	Allow []netip.Prefix
	// Counted hears what became of each attempt; nil: nobody does.
	Counted func(kind string, became Became)
	// Pauses are how long it waits after each attempt that failed; the last one again and again. nil: the usual ones.
	Pauses []time.Duration

	client *http.Client
}

const (
	failuresMost = 5
	atOnce       = 32
	ofService    = 16
	patience     = 10 * time.Second
)

// Became is what became of an attempt to tell a phone.
type Became string

// What becomes of an attempt: the push service passes it on, it is tried again, it is given up, or the phone is gone.
const (
	Sent    Became = "sent"
	Retried Became = "retried"
	Failed  Became = "failed"
	Gone    Became = "gone"
)

// JobKinds are the jobs of notices.
func (s *Sender) JobKinds() []job.Kind {
	s.client = channel.Guarded(channel.HTTPOptions{Allow: s.Allow, Timeout: patience})
	if s.Pauses == nil {
		s.Pauses = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute, time.Hour}
	}
	return []job.Kind{
		{Name: findKind, Forget: true, Run: s.find},
		{Name: sendKind, Forget: true, Concurrency: atOnce, PerQueue: ofService, Timeout: patience + time.Minute, Run: s.send},
	}
}

func (s *Sender) kind(name string) (*Kind, bool) {
	for i := range s.Kinds {
		if s.Kinds[i].Name == name {
			return &s.Kinds[i], true
		}
	}
	return nil, false
}

// find looks for the phones of a person, and has each told.
func (s *Sender) find(ctx context.Context, run *job.Run) error {
	var e errand
	if err := run.Decode(&e); err != nil {
		return job.Never(err)
	}
	k, known := s.kind(e.Kind)
	if !known {
		return job.Never(fmt.Errorf("there is no kind of notice %s", e.Kind))
	}
	var phones []Phone
	var members []int64
	var wait time.Duration
	if err := s.Store.Read(ctx, func(tx *db.Tx) error {
		phones, members, wait = nil, nil, 0
		a, _, yes, err := wanted(tx, k, &e)
		if err != nil || !yes {
			return err
		}
		if !k.AtOnce {
			from, until := a.pages.Quiet()
			wait = woken(tx.Now, a.Business.Zone, from, until)
		}
		members = a.Members
		phones, err = Phones(tx, members)
		return err
	}); err != nil {
		return err
	}
	if len(phones) > 0 && wait > 0 {
		return job.Later(wait, fault.Unavailablef("nobody is told at night"))
	}
	return run.Finish(func(tx *db.Tx) error {
		jobs := make([]job.Job, len(phones))
		for i := range phones {
			one := e
			one.Owner, one.Phone = phones[i].Customer, phones[i].ID
			jobs[i] = job.Job{Kind: sendKind, Queue: service(phones[i].Endpoint), Payload: one}
		}
		if _, err := job.AddAll(tx, jobs); err != nil {
			return err
		}
		return sweep(tx, members)
	})
}

// service is the host of an endpoint: one that hangs holds up itself.
func service(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// letter is what is sent to one phone.
type letter struct {
	to     Phone
	text   []byte
	life   time.Duration
	urgent bool
	topic  string
}

// send tells one phone once.
func (s *Sender) send(ctx context.Context, run *job.Run) error {
	var e errand
	if err := run.Decode(&e); err != nil {
		return job.Never(err)
	}
	k, known := s.kind(e.Kind)
	if !known {
		return job.Never(fmt.Errorf("there is no kind of notice %s", e.Kind))
	}
	var l *letter
	if err := s.Store.Read(ctx, func(tx *db.Tx) (err error) { l, err = write(tx, k, &e); return err }); err != nil {
		return err
	}
	if l == nil {
		return nil
	}
	key, err := Key(ctx, s.Store, s.Box)
	if err != nil {
		return err
	}
	pusher := channel.Pusher{Client: s.client, Key: key, Contact: s.Public()}
	a, err := pusher.Send(ctx, &l.to.PushTo, channel.Push{Text: l.text, Life: l.life, Urgent: l.urgent, Topic: l.topic})
	if ctx.Err() != nil && !a.Taken() {
		return context.Cause(ctx)
	}
	became, err := s.took(run, l, a, err)
	if s.Counted != nil {
		s.Counted(k.Name, became)
	}
	return err
}

// write says what is told on the phone; nil: nothing, to nobody, or too late.
func write(tx *db.Tx, k *Kind, e *errand) (*letter, error) {
	life := e.at().Add(k.Life).Sub(tx.Now)
	if life <= 0 {
		return nil, nil
	}
	a, profile, yes, err := wanted(tx, k, e)
	if err != nil || !yes {
		return nil, err
	}
	to, there, err := load(tx, e.Owner, e.Phone)
	if err != nil || !there || !slices.Contains(a.Members, e.Owner) { // turned off meanwhile, or of who is another person again
		return nil, err
	}
	if a.Locale, err = locale.Get(spoken(profile.Language, to.Language)); err != nil {
		return nil, err //nolint:wrapcheck // it is one of those there are
	}
	m, some, err := k.Words(tx, a)
	if err != nil || !some {
		return nil, err
	}
	// What is told under the same tag is shown once, however often it comes.
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%s", e.Kind, e.Customer, e.What))
	l := &letter{to: to, life: life, urgent: k.AtOnce, topic: base64.RawURLEncoding.EncodeToString(sum[:24])}
	l.text, err = m.text(a.Tag(), l.topic)
	return l, err
}

// spoken is the language of a customer; where nobody knows it, that of the page on which they pressed the switch.
func spoken(of, page string) string {
	if of != "" {
		return locale.Negotiate(of)
	}
	return locale.Negotiate(page)
}

// took writes what became of an attempt, and says what is next.
func (s *Sender) took(run *job.Run, l *letter, a channel.PushAnswer, wrong error) (Became, error) {
	to := &l.to
	tried := int(run.Past().Done) + 1 // an attempt of the push service's: what went wrong here does not count
	run.Mark(int64(tried), int64(tried), "")
	switch {
	case wrong == nil && a.Taken():
		return Sent, run.Finish(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE push_phones SET told_us = $1, failures = 0 WHERE customer_id = $2 AND phone_id = $3", tx.Now, to.Customer, to.ID)
			return err
		})
	case wrong == nil && a.Gone():
		return Gone, run.Finish(func(tx *db.Tx) error {
			now, there, err := load(tx, to.Customer, to.ID)
			if err != nil || !there || now.Endpoint != to.Endpoint { // it goes by another name meanwhile, which is good
				return err
			}
			return now.remove(tx)
		})
	case wrong == nil && !a.Passing():
		return Failed, run.Finish(to.failed)
	}
	if wrong == nil {
		wrong = fault.Unavailablef("the push service answered %d %s", a.Status, http.StatusText(a.Status))
	}
	pause := s.Pauses[min(tried, len(s.Pauses))-1]
	const fifth = 5
	after := max(pause+rand.N(pause/fifth+1), a.RetryAfter) //nolint:gosec // no secret
	if after >= l.life {                                    // it would come too late
		return Failed, run.Finish(to.failed)
	}
	return Retried, job.Later(after, wrong)
}

// failed notes that a notice did not reach the phone; after some in a row it is forgotten.
func (p *Phone) failed(tx *db.Tx) error {
	var failures int64
	err := tx.QueryRow("UPDATE push_phones SET failures = failures + 1 WHERE customer_id = $1 AND phone_id = $2 RETURNING failures", p.Customer, p.ID).Scan(&failures)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil && failures >= failuresMost {
		err = p.remove(tx)
	}
	return err
}
