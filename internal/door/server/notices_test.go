package server_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/act/member"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/door/server"
	"regulars/internal/record/customer"
)

// An order that comes in over the API is told on the phone of its member, and not any more when the owner turns notices off.
func TestAnOrderIsToldOnAPhone(t *testing.T) {
	t.Parallel()
	pushes := channeltest.ServePushes(t)
	r := start(t, server.Options{Inside: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	c := client.New("http://"+r.Address(), r.key)
	pages := client.MemberPages{Open: true}
	if _, err := c.SetMemberPages(t.Context(), pages); err != nil {
		t.Fatal(err)
	}
	version, err := c.WriteProgramme(t.Context(), []byte(`{"name":"P","units":[{"unit":"points"}],"rules":[{"rule":"rate","name":"Points","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}}]}`), "")
	if err == nil {
		_, err = c.PublishProgramme(t.Context(), version.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	buys := func(reference string) {
		t.Helper()
		o := client.Order{Reference: reference, Customer: &client.CustomerRef{Reference: "ada"}, PlacedAt: time.Now(), AmountMinor: client.Minor(700)}
		if _, err := c.PutOrder(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	buys("1")
	token := ""
	if err := r.Store.Write(t.Context(), func(tx *db.Tx) error {
		id := customer.Identity{Kind: customer.OwnID, Value: "ada"}
		found, err := customer.Find(tx, []customer.Identity{id})
		if err == nil {
			token, err = member.Begin(tx, found[id])
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	phone := pushes.Subscribe()
	form := url.Values{"endpoint": {phone.Endpoint}, "p256dh": {base64.RawURLEncoding.EncodeToString(phone.Key)}, "auth": {base64.RawURLEncoding.EncodeToString(phone.Secret)}}
	post, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.Address()+"/my/phones", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	post.AddCookie(&http.Cookie{Name: "member", Value: token})
	answer, err := http.DefaultClient.Do(post)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.Body.Close() != nil || answer.StatusCode != http.StatusNoContent {
		t.Fatalf("%d %s, %v", answer.StatusCode, text, err)
	}
	buys("2")
	var told struct{ Title, Text string }
	if err := json.Unmarshal([]byte(pushes.Wait(1)[0].Text), &told); err != nil || !strings.HasPrefix(told.Title, "7 points") || !strings.Contains(told.Text, "14 points") {
		t.Errorf("%+v, %v", told, err)
	}
	sent := `regulars_notices_total{kind="earned",outcome="sent"} 1`
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // it is counted once the answer is there
		_, metrics := r.ask(http.DefaultClient, http.MethodGet, "http://"+r.Address()+"/metrics", nil, nil)
		if strings.Contains(string(metrics), sent) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("there is no %s in %s", sent, metrics)
		}
	}
	pages.NoNotices = true
	if now, err := c.SetMemberPages(t.Context(), pages); err != nil || !now.NoNotices {
		t.Fatalf("%+v, %v", now, err)
	}
	buys("3")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		waiting := int64(0)
		if err := r.Store.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM jobs WHERE kind LIKE 'notice.%'").Scan(&waiting)
		}); err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(fmt.Sprint(waiting, " jobs do not end"))
		}
	}
	if n := len(pushes.Taken()); n != 1 {
		t.Errorf("%d notices came", n)
	}
}

// No page of members is shown in the frame of another site, names where it was read, or is read as what it is not; and each but what
// everybody may see is kept by nobody.
func TestTheHeadersOfMembersPages(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	if _, err := client.New("http://"+r.Address(), r.key).SetMemberPages(t.Context(), client.MemberPages{Open: true}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/my/", "/my/join", "/my/sign-in", "/my/in/AAAA", "/my/draws", "/my/profile", "/my/card", "/my/worker.js", "/my/phone.js", "/my/card.js", "/my/style.css", "/my/manifest.webmanifest", "/my/nothing"} {
		answer, _ := r.ask(http.DefaultClient, http.MethodGet, "http://"+r.Address()+path, nil, nil)
		for name, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if got := answer.Header.Get(name); !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if kind := answer.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && !strings.Contains(answer.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s is kept: %q", path, answer.Header.Get("Cache-Control"))
		}
	}
}
