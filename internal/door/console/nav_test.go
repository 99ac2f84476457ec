package console_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/account"
)

var (
	barPart = regexp.MustCompile(`(?s)<nav class="places.*?</nav>`)
	barLink = regexp.MustCompile(`<a href="([^"]+)"`)
)

// led is where the bar of a page leads.
func led(p shown) (to []string) {
	for _, m := range barLink.FindAllStringSubmatch(barPart.FindString(p.text), -1) {
		if !slices.Contains(to, m[1]) {
			to = append(to, m[1])
		}
	}
	return to
}

// TestTheBarLeadsWhereOneMayGo follows every link of the bar in every role: none is refused, and what is not there would be.
func TestTheBarLeadsWhereOneMayGo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		all := led(owner.get("/"))
		if len(all) < 9 {
			t.Fatalf("the bar of an owner leads to %v only", all)
		}
		for _, role := range account.Roles() {
			who := s.signedIn(t, owner, role)
			first := who.get("/")
			offered := led(first)
			if strings.Contains(first.text, "⟦") {
				t.Errorf("%s: a text is missing: %s", role, first.text)
			}
			for _, to := range all {
				if to == "/v1/reference" { // of another door
					continue
				}
				p := who.get(to)
				if may := p.status == http.StatusOK; may != slices.Contains(offered, to) {
					t.Errorf("%s: %s answers %d, and the bar leads to %v", role, to, p.status, offered)
				}
				if bar := barPart.FindString(p.text); p.status == http.StatusOK && bar != "" && !strings.Contains(bar, `<a href="`+to+`" class="here" aria-current="page">`) {
					t.Errorf("%s: %s is not marked in the bar: %s", role, to, bar)
				}
			}
		}
		if p := s.reader(t).get("/sign-in"); strings.Contains(p.text, `<nav class="places`) {
			t.Error("who has not signed in is shown where to go")
		}
	})
}
