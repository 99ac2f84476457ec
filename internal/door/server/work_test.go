package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"regulars/client"
	"regulars/internal/base/db"
	"regulars/internal/door/server"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/quality"
)

// The server sends what it takes in to those who want it, and counts what it does.
func TestTheServerSendsWebhooks(t *testing.T) {
	t.Parallel()
	type received struct {
		head http.Header
		body []byte
	}
	came := make(chan received, 1)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		came <- received{r.Header.Clone(), body}
	}))
	defer shop.Close()
	r := start(t, server.Options{Inside: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Version: "1.2.3"})
	c := client.New("http://"+r.Address(), r.key)
	e, err := c.CreateWebhookEndpoint(t.Context(), client.NewWebhookEndpoint{URL: shop.URL})
	if err != nil {
		t.Fatal(err)
	}
	written, err := c.PutOrder(t.Context(), client.Order{Reference: "1", PlacedAt: time.Now(), AmountMinor: client.Minor(100)})
	if err != nil {
		t.Fatal(err)
	}
	got := <-came
	check, err := standardwebhooks.NewWebhook(e.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Verify(got.body, got.head); err != nil || !strings.Contains(string(got.body), written.ID) || got.head.Get("User-Agent") != "Regulars/1.2.3" {
		t.Errorf("%s %v: %v", got.body, got.head, err)
	}
	answer, metrics := r.ask(http.DefaultClient, http.MethodGet, "http://"+r.Address()+"/metrics", nil, nil)
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(metrics), "regulars_processes 1") {
		t.Errorf("%d %s", answer.StatusCode, metrics)
	}
}

func TestWhatIsDoneEachNightIsDoneAtOnceTheFirstTime(t *testing.T) {
	t.Parallel()
	d := schematest.Open(t, schematest.SQLite(t))
	first := startOn(t, d, server.Options{Copy: true})
	order := client.Order{Reference: "1", Customer: &client.CustomerRef{Reference: "ada"}, PlacedAt: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), AmountMinor: client.Minor(100)}
	if _, err := client.New("http://"+first.Address(), first.key).PutOrder(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	there := func() (all bool) {
		t.Helper()
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			r, err := quality.Load(tx)
			if err != nil {
				return err
			}
			var fits int
			all = r != nil
			if err := tx.QueryRow("SELECT count(*) FROM prediction_fits").Scan(&fits); err != nil {
				return err
			}
			all = all && fits == 1
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if there() {
		t.Error("an empty place was reckoned")
	}
	second := startOn(t, d, server.Options{Copy: true})
	for deadline := time.Now().Add(time.Minute); !there(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was reckoned, though there are orders: %s", second.log)
		}
	}
}
