package cli_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// starts runs the server on nothing, and gives the link to set it up that it prints, and where it serves.
func starts(t *testing.T, at place) (link, address string) {
	t.Helper()
	c := program(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, at.args...)...)
	c.Dir = t.TempDir()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt) // it may have ended
		select {
		case <-ended:
		case <-time.After(15 * time.Second):
			_ = c.Process.Kill()
			<-ended
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, found, ok := strings.Cut(lines.Text(), "Set it up at "); ok {
			link = found
			break
		}
		if _, found, ok := strings.Cut(lines.Text(), " at http"); ok && address == "" {
			address = "http" + found
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait()
		close(ended)
	}()
	return link, address
}

func body(t *testing.T, at string) (string, int) {
	t.Helper()
	answer, err := http.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), answer.StatusCode
}

// TestFromNothingToTheFirstPage starts the program on nothing, follows the link that it prints, and signs in.
func TestFromNothingToTheFirstPage(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		link, address := starts(t, at)
		if !strings.HasPrefix(link, address+"/setup/") {
			t.Fatalf("it serves at %s and is set up at %q", address, link)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		answer, err := browser.PostForm(link, url.Values{
			"name": {"Café"}, "currency": {"EUR"}, "time_zone": {"Europe/Skopje"}, "person": {"Olga"}, "email": {"olga@example.com"}, "language": {"mk"},
			"password": {"four old wooden chairs"}, "again": {"four old wooden chairs"},
		})
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		if err != nil || answer.Body.Close() != nil || !strings.Contains(string(page), "Драго ни е што ве гледаме, Olga") {
			t.Fatalf("%d %s (%v)", answer.StatusCode, page, err)
		}
		answer, err = browser.Get(address + "/v1/session")
		if err != nil {
			t.Fatal(err)
		}
		session, err := io.ReadAll(answer.Body)
		if err != nil || answer.Body.Close() != nil || !strings.Contains(string(session), `"role":"owner"`) {
			t.Errorf("%d %s (%v)", answer.StatusCode, session, err)
		}
		o := regulars(t, append([]string{"user", "list"}, at.args...)...)
		if o.code != 0 || !strings.Contains(o.stdout, "olga@example.com") || !strings.Contains(o.stdout, "owner") {
			t.Errorf("%+v", o)
		}
		o = regulars(t, append([]string{"user", "link", "Olga@example.com", "--public-url", address}, at.args...)...)
		if page, status := body(t, strings.TrimSpace(o.stdout)); o.code != 0 || status != http.StatusOK || !strings.Contains(page, "olga@example.com") {
			t.Errorf("%+v leads to %d %s", o, status, page)
		}
		if o = regulars(t, append([]string{"user", "link", "nobody@example.com"}, at.args...)...); o.code != 1 || !strings.Contains(o.stderr, "no user with this e-mail") {
			t.Errorf("%+v", o)
		}
		if text, status := body(t, link); status != http.StatusConflict {
			t.Errorf("the link is good twice: %d %s", status, text)
		}
	})
}
