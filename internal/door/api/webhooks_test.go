package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"regulars/client"
	"regulars/internal/base/account"
)

// listener is a shop's own program, that takes webhooks and checks them.
type listener struct {
	*httptest.Server

	lock   sync.Mutex
	status int
	secret string
	bodies []string
	wrong  []error
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{status: http.StatusOK}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender is gone
		}
		l.lock.Lock()
		defer l.lock.Unlock()
		check, err := standardwebhooks.NewWebhook(l.secret)
		if err == nil {
			err = check.Verify(body, r.Header)
		}
		if err != nil {
			l.wrong = append(l.wrong, err)
		}
		l.bodies = append(l.bodies, string(body))
		w.WriteHeader(l.status)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) set(secret string, status int) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.secret, l.status = secret, status
}

// heard is how many messages came that hold the text.
func (l *listener) heard(text string) (n int) {
	l.lock.Lock()
	defer l.lock.Unlock()
	for _, b := range l.bodies {
		if strings.Contains(b, text) {
			n++
		}
	}
	return n
}

// A developer makes an endpoint, sends an order, receives the signed webhook, replays it, and what was missed.
func TestADeveloperReceivesWebhooks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.works(s.hooks.Kinds()...)
		l := listen(t)
		e, err := s.CreateWebhookEndpoint(t.Context(), client.NewWebhookEndpoint{URL: l.URL, Description: "the shop", Types: []string{"order.created"}})
		if err != nil || !strings.HasPrefix(e.Secret, "whsec_") || !e.Enabled || e.Version != 1 {
			t.Fatalf("%+v, %v", e, err)
		}
		l.set(e.Secret, http.StatusOK)
		order := client.Order{Reference: "1", PlacedAt: placed(), AmountMinor: client.Minor(100)}
		written, err := s.PutOrder(t.Context(), order)
		if err != nil {
			t.Fatal(err)
		}
		until(t, "the webhook came", func() bool { return l.heard(`"id":"`+written.ID+`"`) == 1 })
		var d client.WebhookDelivery
		until(t, "it is delivered", func() bool {
			p, err := s.WebhookDeliveries(t.Context(), e.ID, "delivered", "order.created", client.Lists{})
			if err != nil || len(p.Data) != 1 {
				return false
			}
			d, err = s.WebhookDelivery(t.Context(), e.ID, p.Data[0].MessageID)
			return err == nil
		})
		if d.Attempts != 1 || len(d.Log) != 1 || d.Log[0].Status != 200 || !strings.Contains(string(d.Payload), written.ID) || d.FinishedAt == nil {
			t.Errorf("%+v", d)
		}
		if _, err := s.ReplayWebhookMessage(t.Context(), e.ID, d.MessageID); err != nil {
			t.Error(err)
		}
		until(t, "it came again", func() bool { return l.heard(written.ID) == 2 })

		rotated, err := s.RotateWebhookSecret(t.Context(), e.ID, e.Version)
		if err != nil || rotated.Secret == e.Secret || rotated.PreviousSecretEndsAt == nil {
			t.Fatalf("%+v, %v", rotated, err)
		}
		queued, err := s.TestWebhookEndpoint(t.Context(), e.ID)
		if err != nil || queued.MessageID == "" {
			t.Errorf("%+v, %v", queued, err)
		}
		until(t, "the test came, signed by both", func() bool { return l.heard("webhook.test") == 1 })
		l.set(rotated.Secret, http.StatusGone)

		order.Reference = "2"
		if written, err = s.PutOrder(t.Context(), order); err != nil {
			t.Fatal(err)
		}
		var gone client.WebhookEndpoint
		until(t, "it is disabled", func() bool {
			gone, err = s.WebhookEndpoint(t.Context(), e.ID)
			return err == nil && !gone.Enabled
		})
		if gone.DisabledReason != "gone" || gone.Secret != "" {
			t.Errorf("%+v", gone)
		}
		times := client.WebhookReplay{From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}
		if _, err := s.ReplayWebhooks(t.Context(), e.ID, times); client.Code(err) != "endpoint_disabled" {
			t.Error(err)
		}
		l.set(rotated.Secret, http.StatusNoContent)
		yes := true
		if _, err := s.ChangeWebhookEndpoint(t.Context(), e.ID, gone.Version, client.WebhookEndpointChange{Enabled: &yes}); err != nil {
			t.Fatal(err)
		}
		replay, err := s.ReplayWebhooks(t.Context(), e.ID, times)
		if err != nil {
			t.Fatal(err)
		}
		until(t, "what was missed came", func() bool { return l.heard(written.ID) == 2 && s.job(replay.JobID).State == "done" })
		l.lock.Lock()
		defer l.lock.Unlock()
		if len(l.wrong) > 0 {
			t.Errorf("wrong signatures: %v", l.wrong)
		}
	})
}

func TestEndpointsAreChangedByWhoReadThem(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	e, err := s.CreateWebhookEndpoint(t.Context(), client.NewWebhookEndpoint{URL: "https://shop.example/hooks"})
	if err != nil || len(e.Types) != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	status, head, body := s.call(request{method: "GET", path: "/v1/webhooks/endpoints/" + e.ID})
	if status != 200 || head.Get("ETag") != `"1"` || strings.Contains(string(body), "whsec") {
		t.Errorf("%d %v %s", status, head, body)
	}
	description := "other"
	changed, err := s.ChangeWebhookEndpoint(t.Context(), e.ID, 1, client.WebhookEndpointChange{Description: &description, Types: &[]string{"order.created"}})
	if err != nil || changed.Version != 2 || changed.Description != "other" || changed.URL != e.URL || len(changed.Types) != 1 {
		t.Errorf("%+v, %v", changed, err)
	}
	if changed, err = s.ChangeWebhookEndpoint(t.Context(), e.ID, 0, client.WebhookEndpointChange{Types: &[]string{}}); err != nil || len(changed.Types) != 0 {
		t.Errorf("an empty list of types, for all: %+v, %v", changed, err)
	}
	s.refused("too many types", request{method: "PATCH", path: "/v1/webhooks/endpoints/" + e.ID, body: `{"types":["` + strings.Repeat(`a","`, 100) + `"]}`},
		422, "invalid", "types")
	for what, r := range map[string]request{
		"change": {method: "PATCH", path: "/v1/webhooks/endpoints/" + e.ID, body: `{"description":"mine"}`},
		"rotate": {method: "POST", path: "/v1/webhooks/endpoints/" + e.ID + "/rotate"},
		"delete": {method: "DELETE", path: "/v1/webhooks/endpoints/" + e.ID},
	} {
		r.head = map[string]string{"If-Match": `"1"`}
		s.refused(what, r, 412, "version_mismatch", "")
	}
	list, err := s.WebhookEndpoints(t.Context())
	if err != nil || len(list) != 1 || list[0].Secret != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := s.DeleteWebhookEndpoint(t.Context(), e.ID, 0); err != nil {
		t.Error(err)
	}
	s.refused("one that is deleted", request{method: "GET", path: "/v1/webhooks/endpoints/" + e.ID}, 404, "endpoint_not_found", "")
}

func TestWrongWebhooksAreExplained(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	e, err := s.CreateWebhookEndpoint(t.Context(), client.NewWebhookEndpoint{URL: "https://shop.example/hooks"})
	if err != nil {
		t.Fatal(err)
	}
	create := func(body string) request {
		return request{method: "POST", path: "/v1/webhooks/endpoints", body: body}
	}
	at := "/v1/webhooks/endpoints/" + e.ID
	s.refused("no address", create(`{}`), 422, "invalid", "url")
	s.refused("a private network", create(`{"url":"https://10.0.0.1/"}`), 422, "address_private", "url")
	s.refused("a cloud's secrets", create(`{"url":"http://169.254.169.254/"}`), 422, "address_private", "url")
	s.refused("not encrypted", create(`{"url":"http://1.1.1.1/"}`), 422, "address_plain", "url")
	s.refused("a type that is none", create(`{"url":"https://shop.example/","types":["order.lost"]}`), 422, "unknown_type", "types[0]")
	s.refused("an unknown field", create(`{"url":"https://shop.example/","secret":"x"}`), 422, "invalid", "secret")
	s.refused("what is no id", request{method: "GET", path: "/v1/webhooks/endpoints/whe_1"}, 422, "bad_id", "")
	s.refused("no such message", request{method: "GET", path: at + "/deliveries/msg_0000000000001"}, 404, "message_not_found", "")
	s.refused("replay no such message", request{method: "POST", path: at + "/deliveries/msg_0000000000001/replay"}, 404, "message_not_found", "")
	s.refused("a time that ends before it begins",
		request{method: "POST", path: at + "/replay", body: `{"from":"2026-11-02T00:00:00Z","to":"2026-11-01T00:00:00Z"}`}, 422, "empty_time", "to")
	types, err := s.WebhookTypes(t.Context())
	if err != nil || len(types) < 10 || types[0].When == "" || len(types[0].Fields) == 0 {
		t.Errorf("%+v, %v", types, err)
	}
	s.key = s.newKey(account.FactsWrite, account.JobsRead)
	s.refused("who may not", request{method: "GET", path: "/v1/webhooks/endpoints"}, 403, "not_allowed", "")
}
