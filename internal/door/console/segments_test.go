package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/record/schema/schematest"
)

// brought makes a business with orders, whose picture is drawn.
func (s *shop) brought(t *testing.T) *reader {
	t.Helper()
	return s.sold(t, ordersFile)
}

// sold is the same of other orders.
func (s *shop) sold(t *testing.T, orders string) *reader {
	t.Helper()
	owner := s.owner(t)
	s.works(t)
	file := owner.bring("orders.csv", orders).path
	owner.post(file + "/start")
	owner.settled(file)
	// One drawn before there were orders is shown until the next.
	until(t, func() bool { return strings.Contains(owner.get("/").text, `class="tiles"`) })
	return owner
}

// until waits for what is done in the background.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not come about")
		}
	}
}

var (
	placed = regexp.MustCompile(`<a href="(/[a-z/-]*)"`)
	headed = regexp.MustCompile(`<h1[^>]*>[^<]*`)
)

// Every page that the first one leads to is headed in the language of its reader, whatever the browser asks for.
func TestPagesSpeakTheLanguageOfTheReader(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.brought(t)
	owner.post("/account/language", "language", "ru")
	until(t, func() bool { return strings.Contains(owner.get("/segments").text, "/segments/") })
	heads := func(speaks string) map[string]string {
		owner.speaks = speaks
		all := map[string]string{}
		for _, link := range placed.FindAllStringSubmatch(owner.get("/").text, -1) {
			all[link[1]] = headed.FindString(owner.get(link[1]).text)
		}
		return all
	}
	en, ru := heads("en"), heads("ru")
	if len(en) < 20 || en["/segments"] != "<h1>Сегменты" {
		t.Errorf("%d pages, %q", len(en), en["/segments"])
	}
	for path, head := range en {
		if head != ru[path] {
			t.Errorf("%s is headed %q to a browser that asks for English, and %q to one that asks for Russian", path, head, ru[path])
		}
	}
}

var leads = regexp.MustCompile(`href="(/segments/[a-z_]+)"`)

func TestSegmentsAndTheirCustomers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.brought(t)
		until(t, func() bool { return strings.Contains(owner.get("/segments").text, "/segments/") }) // the picture is drawn anew, now that there are orders
		shown := owner.get("/segments").wants(t, http.StatusOK, "/segments", "Who is in which", "What to do", "customer")
		found := leads.FindStringSubmatch(shown.text)
		if found == nil || strings.Contains(shown.text, "style=") {
			t.Fatalf("no segment to look into, or a style that a strict policy does not take: %s", shown.text)
		}
		one := owner.get(found[1]).wants(t, http.StatusOK, found[1], "days since the last order", "/customers/cus_", "All of them as a file")
		if !strings.Contains(one.text, "C-") && !strings.Contains(one.text, ">c") && strings.Contains(one.text, ">cus_") {
			t.Errorf("the owner sees no names: %s", one.text)
		}
		file := owner.get(found[1]+"/customers.csv").wants(t, http.StatusOK, found[1]+"/customers.csv", "id,reference,recency_days,orders,paid_minor,r,f,m", "cus_")
		if lines := strings.Count(strings.TrimSpace(file.text), "\n"); lines < 1 {
			t.Errorf("%d customers in %s", lines, file.text)
		}
		owner.get("/trail?action=segment.").wants(t, http.StatusOK, "/trail", "segment.read", "segment.exported")
		owner.get("/segments/kings").wants(t, http.StatusNotFound, "/segments/kings")
		owner.get("/cohorts").wants(t, http.StatusOK, "/cohorts", "Cohorts")
		for _, role := range account.Roles() {
			who, may := s.signedIn(t, owner, role), account.As(account.Person, "x", "x", role.Permissions()...)
			for path, need := range map[string]account.Permission{"/segments": account.MeasuresRead, "/cohorts": account.MeasuresRead, found[1]: account.CustomersRead, found[1] + "/customers.csv": account.CustomersRead} {
				if page := who.get(path); (page.status == http.StatusOK) != may.May(need) {
					t.Errorf("%s at %s: %d", role, path, page.status)
				}
			}
			if role == account.Developer { // personal data stays masked
				if page := who.get(found[1] + "/customers.csv"); regexp.MustCompile(`cus_\w+,[^,]`).MatchString(page.text) {
					t.Errorf("a developer sees %s", page.text)
				}
			}
		}
	})
}
