package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/secret"
)

// Options say how messages are sent; all have defaults.
type Options struct {
	Allow   []netip.Prefix  // private networks that may be sent to
	Log     *slog.Logger    // nil: none
	Agent   string          // the sender's name, as User-Agent
	Keep    time.Duration   // how long messages and the log are kept; 0: 30 days
	GiveUp  time.Duration   // how long an endpoint may fail before it is disabled; 0: 5 days
	Pauses  []time.Duration // before each attempt, the first included; nil: the specification's
	Timeout time.Duration   // for an answer; 0: 15 s
}

// Webhooks keeps endpoints and sends messages to them.
type Webhooks struct {
	*Teller

	d      *db.DB
	box    *secret.Box
	client *http.Client
	o      Options
}

// New makes one that sends what the teller tells.
func New(d *db.DB, box *secret.Box, t *Teller, o Options) *Webhooks {
	const (
		day  = 24 * time.Hour
		most = 64 << 10
	)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pauses == nil {
		o.Pauses = []time.Duration{0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour,
			20 * time.Hour, day}
	}
	if o.Keep == 0 {
		o.Keep = 30 * day
	}
	if o.GiveUp == 0 {
		o.GiveUp = 5 * day
	}
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	return &Webhooks{Teller: t, d: d, box: box, o: o, client: channel.Guarded(channel.HTTPOptions{Allow: o.Allow, Timeout: o.Timeout, Most: most})}
}

// The other kinds of job.
const (
	replay = "webhook.replay"
	purge  = "webhook.purge"
)

// Kinds are the kinds of job that send, replay and forget messages.
func (w *Webhooks) Kinds() []job.Kind {
	const (
		atOnce     = 64
		ofEndpoint = 8
		killed     = 100 // processes by one message, before it is given up
		replays    = 4   // endpoints whose past is sent again at once, one stretch of each
	)
	return []job.Kind{
		{Name: deliver, Concurrency: atOnce, PerQueue: ofEndpoint, Attempts: killed, Timeout: w.o.Timeout + time.Minute, Forget: true, Run: w.deliver},
		{Name: replay, Concurrency: replays, PerQueue: 1, Run: w.replay},
		{Name: purge, Everywhere: 1, Forget: true, Run: w.purge},
	}
}

// Schedules are when old messages are forgotten.
func (w *Webhooks) Schedules() []job.Schedule {
	return []job.Schedule{{Name: purge, Kind: purge, Spec: job.Every(time.Hour)}}
}

// purge forgets messages, with what became of them, once they are old, and secrets that no longer sign.
func (w *Webhooks) purge(ctx context.Context, run *job.Run) error {
	const part = 500
	for more := true; more; {
		err := run.Step(ctx, func(tx *db.Tx) error {
			old := job.FirstID(tx.Now.Add(-w.o.Keep))
			more = false
			for _, table := range []string{"webhook_attempts", "webhook_deliveries", "webhook_messages"} {
				n, err := tx.Exec("DELETE FROM "+table+" WHERE message_id IN (SELECT message_id FROM webhook_messages WHERE message_id < $1 ORDER BY message_id LIMIT $2)",
					old, part)
				if err != nil {
					return err
				}
				more = more || n >= part
			}
			_, err := tx.Exec("UPDATE webhook_endpoints SET previous = $1, previous_until_us = NULL WHERE previous_until_us < $2", []byte{}, tx.Now)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
