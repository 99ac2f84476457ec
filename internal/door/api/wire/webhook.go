package wire

import (
	"encoding/json"
	"time"
)

// WebhookType is a type of message that webhooks carry.
type WebhookType struct {
	Type   string         `json:"type" example:"order.created"`
	When   string         `json:"when" doc:"What has happened when it comes."`
	Fields []WebhookField `json:"fields" nullable:"false" doc:"What its data holds."`
}

// WebhookField is a part of a message's data.
type WebhookField struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Meaning string `json:"meaning"`
}

// WebhookTypes are all types.
type WebhookTypes struct {
	Data []WebhookType `json:"data" nullable:"false"`
}

// WebhookEndpoint is a program of yours that is told what happens.
type WebhookEndpoint struct {
	ID                   string     `json:"id" example:"whe_0p2q3aaa4b5c6"`
	URL                  string     `json:"url"`
	Description          string     `json:"description,omitempty"`
	Types                []string   `json:"types" nullable:"false" doc:"The types that it wants; empty: all."`
	Enabled              bool       `json:"enabled"`
	DisabledReason       string     `json:"disabled_reason,omitempty" enum:"staff,gone,failing" doc:"gone: it answered 410; failing: for days it took nothing."`
	Secret               string     `json:"secret,omitempty" doc:"What its messages are signed with. Shown only when it is made or rotated." example:"whsec_..."`
	PreviousSecretEndsAt *time.Time `json:"previous_secret_ends_at,omitempty" doc:"Until then messages are signed with the secret before the last rotation as well."`
	FailingSince         *time.Time `json:"failing_since,omitempty" doc:"Since when it has taken nothing."`
	Version              int64      `json:"version"`
	CreatedAt            time.Time  `json:"created_at"`
	UpdatedAt            time.Time  `json:"updated_at"`
}

// NewWebhookEndpoint is an endpoint to be made.
type NewWebhookEndpoint struct {
	URL         string   `json:"url" minLength:"1" maxLength:"2000" doc:"Where messages are sent: https://host/path." example:"https://shop.example.com/hooks/loyalty"`
	Description string   `json:"description,omitempty" maxLength:"200"`
	Types       []string `json:"types,omitempty" maxItems:"100" doc:"The types that it wants, of /v1/webhooks/types; left out or empty: all."`
}

// WebhookEndpointChange is what is to be different; what is left out stays.
type WebhookEndpointChange struct {
	URL         *string   `json:"url,omitempty" minLength:"1" maxLength:"2000"`
	Description *string   `json:"description,omitempty" maxLength:"200"`
	Types       *[]string `json:"types,omitempty" maxItems:"100" doc:"Empty: all."`
	Enabled     *bool     `json:"enabled,omitempty" doc:"Enabled again it is told what happens from then on; replay what it missed."`
}

// WebhookDelivery is a message on its way to an endpoint, or there.
type WebhookDelivery struct {
	MessageID  string           `json:"message_id" example:"msg_0p2q3aaa4b5c6"`
	Type       string           `json:"type"`
	State      string           `json:"state" enum:"waiting,delivered,failed"`
	Attempts   int              `json:"attempts"`
	CreatedAt  time.Time        `json:"created_at" doc:"When it happened."`
	NextAt     *time.Time       `json:"next_at,omitempty" doc:"When it is tried again."`
	FinishedAt *time.Time       `json:"finished_at,omitempty"`
	Payload    json.RawMessage  `json:"payload,omitempty" doc:"What is sent. Not in lists."`
	Log        []WebhookAttempt `json:"log,omitempty" doc:"Each attempt, the first first. Not in lists."`
}

// WebhookAttempt is one try to deliver a message.
type WebhookAttempt struct {
	BeganAt    time.Time `json:"began_at"`
	DurationMS int64     `json:"duration_ms"`
	Status     int       `json:"status,omitempty" doc:"Of the answer; left out where there was none."`
	Answer     string    `json:"answer,omitempty" doc:"How the answer begins."`
	Error      string    `json:"error,omitempty" doc:"Why there was no answer."`
}

// WebhookReplay says what is to be sent to an endpoint again.
type WebhookReplay struct {
	From time.Time `json:"from" doc:"What was told from then on."`
	To   time.Time `json:"to" doc:"And before then."`
	All  bool      `json:"all,omitempty" doc:"What was delivered as well; left out: what failed or was never sent."`
}

// WebhookQueued is what is on its way.
type WebhookQueued struct {
	MessageID string `json:"message_id,omitempty"`
	JobID     string `json:"job_id,omitempty" doc:"Of the job that does it, for /v1/jobs/{id}."`
}
