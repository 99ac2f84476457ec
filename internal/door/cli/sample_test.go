package cli_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// browser is one on the pages of a server.
type browser struct {
	*server
	*http.Client
}

func (s *server) browser() *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s, &http.Client{Jar: jar}}
}

// get and post give where one lands, and the page.
func (b *browser) get(address string) (path, text string) {
	return b.ask(http.MethodGet, address, nil)
}

func (b *browser) post(address string, form url.Values) (path, text string) {
	return b.ask(http.MethodPost, address, form)
}

func (b *browser) ask(method, address string, form url.Values) (path, text string) {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.url + address
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Origin", b.url)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := b.Client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.Request.URL.Path, string(body)
}

func TestASampleIsLookedAroundInAndTakenAway(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	orders := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(orders, []byte("order,customer,date,amount\n1,ada,2026-10-01,10.00\n2,bob,2026-10-02,20.50\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	take := append([]string{"import", orders, "--timezone", "Europe/Athens", "--currency", "EUR", "--sample", "--quiet"}, at.args...)
	if o := regulars(t, take...); o.code != 0 {
		t.Fatalf("%+v", o)
	}
	s := serve(t, at)
	link := <-s.links
	if !strings.Contains(link, "/look-around/") {
		t.Fatalf("%q", link)
	}
	b := s.browser()
	for range 2 { // the link is good again, for who closed the browser
		if path, text := b.get(link); path != "/" || !strings.Contains(text, "A sample business.") || !strings.Contains(text, "Sample café") {
			t.Fatalf("%s %s", path, text)
		}
	}
	if path, text := b.get("/customers?q=ada"); !strings.Contains(text, "ada") {
		t.Errorf("%s %s", path, text)
	}
	if path, text := b.get("/sample/remove"); path != "/sample/remove" || !strings.Contains(text, "Take the sample away?") {
		t.Errorf("%s %s", path, text)
	}
	// Somebody who has not signed in takes nothing away.
	if path, _ := s.browser().post("/sample/remove", nil); path != "/sign-in" {
		t.Errorf("a stranger lands on %s", path)
	}
	// Whoever does lands on the first page of their own business, while the server begins again behind the same address.
	path, text := b.post("/sample/remove", nil)
	if !strings.HasPrefix(path, "/setup/") || !strings.Contains(text, "Welcome to Regulars") || strings.Contains(text, "Sample café") {
		t.Fatalf("%s %s\n%s", path, text, s.log)
	}
	if setup := <-s.links; !strings.Contains(setup, "/setup/") {
		t.Errorf("the terminal shows %q", setup)
	}
	path, text = b.post(path, url.Values{
		"name": {"Our own"}, "currency": {"USD"}, "time_zone": {"America/New_York"}, "person": {"Olga"}, "email": {"olga@example.com"},
		"language": {"en"}, "password": {"four old wooden chairs"}, "again": {"four old wooden chairs"},
	})
	if path != "/" || !strings.Contains(text, "Our own") || strings.Contains(text, "A sample business.") {
		t.Errorf("%s %s", path, text)
	}
	if _, text := b.get("/customers?q=ada"); strings.Contains(text, `href="/customers/cus_`) {
		t.Errorf("a customer of the sample is still there: %s", text)
	}
	if _, text := b.post("/sample/remove", nil); !strings.Contains(text, "This is a real business") {
		t.Errorf("a real business: %s", text)
	}
	if path, _ := s.browser().get(s.url + strings.TrimPrefix(link, s.url)); path == "/" {
		t.Error("the link of the sample lets in still")
	}
	s.stops()

	// It stays so for the next server, and the place never becomes a sample again.
	again := serve(t, at)
	if _, text := again.browser().get("/sign-in"); !strings.Contains(text, "Our own") {
		t.Errorf("%s", text)
	}
	again.stops()
	if o := regulars(t, take...); o.code == 0 || !strings.Contains(o.stderr, "in use already, so it cannot become a sample") {
		t.Errorf("%+v", o)
	}
}
