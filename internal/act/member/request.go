package member

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/record/business"
)

// Request is that somebody wants to come in by an e-mail.
type Request struct {
	Email    string `json:"email"`
	Language string `json:"language"`
	// Joining is what they said of themselves where they want to join; nil: they said that they have.
	Joining *Joining `json:"joining,omitempty"`
	// Code is of a package that they come with: the link leads on to it.
	Code string `json:"code,omitempty"`
}

// Joining is what somebody says of themselves when they join.
type Joining struct {
	GivenName  string  `json:"given_name,omitempty"`
	FamilyName string  `json:"family_name,omitempty"`
	Birthday   string  `json:"birthday,omitempty"` // as typed: 1980-05-17 or --05-17
	Agreed     []Given `json:"agreed,omitempty"`
	Ref        string  `json:"ref,omitempty"` // the code of the friend who brought them
}

// Given is a consent as it was shown and given.
type Given struct {
	Channel string    `json:"channel"`
	Purpose string    `json:"purpose"`
	Wording string    `json:"wording"`
	Version string    `json:"version,omitempty"`
	Proof   string    `json:"proof,omitempty"`
	At      time.Time `json:"at"`
}

// LinkLife is for how long the link in a letter is good.
const LinkLife = time.Hour

// letterKind is the job that writes the letter.
const letterKind = "member.letter"

type errand struct {
	Request int64 `json:"request"`
}

// Ask keeps the request, and has the letter written. The key is the one of the form that it was typed into: the same form sent
// again, while its link is good and has not been used, asks for no second letter. Empty: each is another one.
func Ask(tx *db.Tx, r Request, key string) error {
	payload, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("keep a request: %w", err)
	}
	id := job.NewID(tx.Now)
	if key != "" {
		if id, err = r.number(key); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM member_requests WHERE request_id = $1 AND expires_us <= $2", id, tx.Now); err != nil {
			return err
		}
	}
	n, err := tx.Exec("INSERT INTO member_requests (request_id, hash, payload, expires_us) VALUES ($1, '', $2, $3) ON CONFLICT DO NOTHING", id, string(payload), tx.Now.Add(LinkLife))
	if err != nil || n == 0 {
		return err
	}
	_, err = job.Add(tx, job.Job{Kind: letterKind, Payload: errand{id}, Priority: job.High})
	return err
}

// number is the number of a request that was typed into a form with a key: another one where anything else was typed.
func (r *Request) number(key string) (int64, error) {
	same := *r
	if r.Joining != nil { // agreed to a moment later it is the same
		j := *r.Joining
		j.Agreed = slices.Clone(j.Agreed)
		for i := range j.Agreed {
			j.Agreed[i].At = time.Time{}
		}
		same.Joining = &j
	}
	typed, err := json.Marshal(same)
	if err != nil {
		return 0, fmt.Errorf("number a request: %w", err)
	}
	sum := sha256.Sum256(append(typed, key...))
	return int64(binary.BigEndian.Uint64(sum[:]) >> 1), nil //nolint:gosec // half of what an int64 holds
}

// Job is the kind of job that writes the letters; public tells the address that links begin with.
func Job(d *db.DB, post account.Post, public func() string) job.Kind {
	const patience = time.Minute
	return job.Kind{Name: letterKind, Forget: true, Timeout: patience, Run: func(ctx context.Context, run *job.Run) error {
		var e errand
		if err := run.Decode(&e); err != nil {
			return job.Never(err)
		}
		err := send(ctx, d, post, public(), e.Request)
		if k := fault.KindOf(err); k == fault.Invalid || k == fault.NotFound {
			return job.Never(err)
		}
		return err
	}}
}

// Path is where a link leads, below the public address.
func Path(token string) string { return "/my/in/" + token }

// send makes the link and sends it. Sent again, the link before is good no more.
func send(ctx context.Context, d *db.DB, post account.Post, public string, request int64) error {
	var server channel.SMTP
	var letter channel.Mail
	err := d.Write(ctx, func(tx *db.Tx) error {
		var known bool
		var err error
		if server, known, err = post.Server(tx); err != nil {
			return err
		}
		if !known {
			return fault.Coded("no_mail_server", fault.Unavailablef("no mail server is set; members come in by letters"))
		}
		token := rand.Text()
		var payload string
		err = tx.QueryRow("UPDATE member_requests SET hash = $1 WHERE request_id = $2 AND expires_us > $3 RETURNING payload", digest(token), request, tx.Now).Scan(&payload)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.NotFoundf("the request has run out")
		}
		if err != nil {
			return err
		}
		var r Request
		if err := json.Unmarshal([]byte(payload), &r); err != nil {
			return fmt.Errorf("read a request: %w", err)
		}
		b, err := business.Load(tx)
		if err != nil {
			return err
		}
		letter, err = write(r, b.Name, strings.TrimSuffix(public, "/")+Path(token))
		return err
	})
	if err != nil {
		return err
	}
	return server.Send(ctx, letter)
}

func write(r Request, from, link string) (channel.Mail, error) {
	l, err := locale.Get(r.Language)
	if err != nil {
		return channel.Mail{}, err
	}
	if from = strings.Join(strings.Fields(from), " "); from == "" { // on one line, not to look like a paragraph of its own
		from = "Regulars"
	}
	text := []string{l.T("member.letter.text", from), link, l.T("member.letter.until"), l.T("member.letter.otherwise")}
	return channel.Mail{To: r.Email, Subject: l.T("member.letter.subject", from), Text: strings.Join(text, "\n\n") + "\n"}, nil
}

// Peek reads what was asked for by the link, and leaves it good: to show the page that it leads to.
func Peek(tx *db.Tx, token string) (Request, error) {
	return read(tx.QueryRow("SELECT payload FROM member_requests WHERE hash = $1 AND hash <> '' AND expires_us > $2", digest(token), tx.Now))
}

// Use is Peek, once.
func Use(tx *db.Tx, token string) (Request, error) {
	return read(tx.QueryRow("DELETE FROM member_requests WHERE hash = $1 AND hash <> '' AND expires_us > $2 RETURNING payload", digest(token), tx.Now))
}

func read(row interface{ Scan(targets ...any) error }) (r Request, err error) {
	var payload string
	err = row.Scan(&payload)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fault.Coded("link_used", fault.NotFoundf("this link has been used or has run out; ask for a new one"))
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(payload), &r); err != nil {
		return r, fmt.Errorf("read a request: %w", err)
	}
	return r, nil
}
