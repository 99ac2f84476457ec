package console

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/webhook"
	"regulars/internal/record/business"
)

// told is the page of one message to one endpoint.
type told struct {
	shownDelivery

	Endpoint, URL string
	Key           string
	Enabled       bool
	Payload       string
	Attempts      []attempt
}

// attempt is one try to deliver it.
type attempt struct {
	When, Took, Answer, Text string
	Good                     bool
}

func (v *visit) showTold() error {
	if !strings.HasPrefix(v.r.PathValue("message"), "msg_") { // the address of a form, read again
		return v.leave("/webhooks/" + v.r.PathValue("id"))
	}
	return v.allowed(account.WebhooksManage, func(account.Actor) error { return v.told(nil) })
}

func (v *visit) told(wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	zone, message := zoneOf(b), v.r.PathValue("message")
	var e webhook.Endpoint
	var d webhook.Delivery
	var m webhook.Message
	var log []webhook.Attempt
	if err := v.read(func(tx *db.Tx) (err error) {
		if e, err = v.Hooks.Endpoint(tx, v.r.PathValue("id")); err != nil {
			return err
		}
		if d, err = v.Hooks.Delivery(tx, e.ID, message); err != nil {
			return err
		}
		if m, err = v.Hooks.Message(tx, message); err != nil {
			return err
		}
		log, err = v.Hooks.Attempts(tx, e.ID, message)
		return err
	}); err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, m.Payload, "", "  "); err != nil {
		return err //nolint:wrapcheck // the payload is ours
	}
	p := told{shownDelivery: v.shownDelivery(&d, zone), Endpoint: e.ID, URL: e.URL, Key: rand.Text(), Enabled: e.Enabled, Payload: pretty.String()}
	for i := range log {
		p.Attempts = append(p.Attempts, v.attempt(&log[i], zone))
	}
	s := sheet{Title: p.Name, Content: &p}
	status := http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		s.Problems = []problem{{Text: v.say(wrong)}}
	}
	return v.show(status, "told", s)
}

func (v *visit) attempt(a *webhook.Attempt, zone *time.Location) attempt {
	s := attempt{When: v.clock(a.Began, zone), Took: v.l.T("hooks.took", v.l.Integer(a.Duration.Milliseconds())), Text: a.Excerpt}
	s.Good = a.Status >= http.StatusOK && a.Status < http.StatusMultipleChoices
	if a.Status == 0 {
		s.Answer, s.Text = v.l.T("hooks.unanswered"), a.Error
	} else {
		s.Answer = v.l.T("hooks.answered", strconv.Itoa(a.Status))
	}
	return s
}

// sending has something sent to the endpoint that the address names, and leads to its log.
func (v *visit) sending(word string, do func(tx *db.Tx, by account.Actor, id string) error) error {
	return v.allowed(account.WebhooksManage, func(by account.Actor) error {
		return v.once(by, func() error {
			id := v.r.PathValue("id")
			err := v.write(func(tx *db.Tx) error { return do(tx, by, id) })
			switch {
			case err != nil && v.r.PathValue("message") != "":
				return v.told(err)
			case err != nil:
				return v.hook(hook{}, err)
			}
			return v.leave("/webhooks/" + id + "?done=" + word)
		})
	})
}

// replayTold sends a message again, or for the first time, whatever became of it.
func (v *visit) replayTold() error {
	return v.sending("replayed", func(tx *db.Tx, by account.Actor, id string) error {
		if err := v.Hooks.Replay(tx, id, v.r.PathValue("message")); err != nil {
			return err
		}
		return v.did(tx, by, "webhook.replayed", id)
	})
}

// minutes is how a browser writes a time of day.
const minutes = "2006-01-02T15:04"

// stretchForm asks what time is to be sent again: since it failed, else the last day.
func (v *visit) stretchForm(e *webhook.Endpoint, here, key string, zone *time.Location) form {
	const day = 24 * time.Hour
	from, to := time.Now().Add(-day), time.Now().Add(time.Minute)
	if !e.FailingSince.IsZero() {
		from = e.FailingSince
	}
	return form{Action: here + "/replay", Button: v.l.T("hooks.stretch.button"), Hidden: []hidden{{"key", key}}, Groups: []group{{Fields: []field{
		{Name: "from", Label: v.l.T("hooks.from"), Type: "datetime-local", Value: from.In(zone).Format(minutes)},
		{Name: "to", Label: v.l.T("hooks.to"), Type: "datetime-local", Value: to.In(zone).Format(minutes)},
		{Name: "all", Label: v.l.T("hooks.all"), Type: "tick", Optional: true},
	}}}}
}

func (v *visit) replayStretch() error {
	return v.sending("stretch", func(tx *db.Tx, by account.Actor, id string) error {
		b, err := business.Load(tx)
		if err != nil {
			return err
		}
		r := webhook.Range{All: v.typed("all") != ""}
		if r.From, err = v.typedTime("from", zoneOf(b)); err != nil {
			return err
		}
		if r.To, err = v.typedTime("to", zoneOf(b)); err != nil {
			return err
		}
		if _, err := v.Hooks.ReplayRange(tx, id, r); err != nil {
			return err
		}
		fields := []string{"from", "to"}
		if r.All {
			fields = append(fields, "all")
		}
		return v.did(tx, by, "webhook.replayed", id, fields...)
	})
}

// typedTime reads a time of the business's own clock.
func (v *visit) typedTime(name string, zone *time.Location) (at time.Time, err error) {
	text := v.typed(name)
	for _, layout := range []string{minutes, "2006-01-02T15:04:05"} {
		if at, err = time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	return at, fault.In(name, fault.Coded("no_time", fault.Invalidf("%.30q is no time", text)))
}
