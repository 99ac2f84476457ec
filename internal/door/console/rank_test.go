package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/measure/report"
	"regulars/internal/understand/segment"
)

// A customer's page says in which segment they are, as the list of the segment does, and what the next score would take.
func TestACustomerIsRanked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.sold(t, coffees())
		link := regexp.MustCompile(`href="(/customers/cus[^"/]+)"`)
		found := link.FindStringSubmatch(owner.get("/customers?q=guest-0").text)
		if found == nil {
			t.Fatal("the customer is not found")
		}
		if page := owner.get(found[1]).wants(t, http.StatusOK, found[1], "guest-0"); strings.Contains(page.text, "How this customer stands") {
			t.Error("before there are cuts a customer is ranked")
		}
		cuts, err := segment.Draw(t.Context(), s.analyses)
		if err != nil || cuts == nil {
			t.Fatal(cuts, err)
		}
		s.write(t, cuts.Save)
		members, err := s.analyses.Members(t.Context(), report.Options{}, "champions", nil, 10)
		if err != nil || len(members) == 0 || members[0].Reference != "guest-0" {
			t.Fatalf("%+v, %v", members, err)
		}
		owner.get(found[1]).wants(t, http.StatusOK, found[1], "How this customer stands", "Champions", "score 5 of 5", "days since the last order")
		const asked = "/programme/new?kind=cafe&goal=visits"
		owner.post(asked, shape(t, owner.get(asked), "of", "espresso")...).wants(t, http.StatusOK, "/programme/1")
		owner.get("/programme/1?rehearse=1").wants(t, http.StatusOK, "/programme/1", "What goes to which segment", "of what they pay", "Champions")
	})
}
