package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
)

// sells has twelve customers buy: the first once, the second twice ... one order a week.
func (s *shop) sells(t *testing.T) {
	t.Helper()
	for c := 1; c <= 12; c++ {
		for n := range c {
			_, err := s.PutOrder(t.Context(), client.Order{Reference: fmt.Sprint(c, "-", n), Customer: &client.CustomerRef{Reference: fmt.Sprint("C", c)},
				PlacedAt: placed().Add(time.Duration(n) * 7 * 24 * time.Hour), AmountMinor: client.Minor(int64(1000 * c)), Attributes: map[string]string{"city": []string{"Athens", "Patras"}[c%2], "nick": fmt.Sprint("Nick ", c)}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAMeasureIsReadWithItsInterval(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		if _, err := s.Measure(t.Context(), "revenue", nil); err != nil {
			t.Errorf("without facts: %v", err)
		}
		s.sells(t)
		// 1 + 4 + 9 ... + 144 thousand.
		m, err := s.Measure(t.Context(), "revenue", url.Values{"by": {"city"}})
		if err != nil || m.Measure.Value == nil || *m.Measure.Value != 650_000 || m.Currency != "EUR" || m.TimeZone != "Europe/Athens" || len(m.Measure.Groups) != 2 {
			t.Errorf("%+v, %v", m, err)
		}
		m, err = s.Measure(t.Context(), "repurchase_rate", nil)
		if err != nil || m.Measure.Value == nil || m.Measure.Low == nil || !(*m.Measure.Low < *m.Measure.Value) || m.Measure.N != 12 {
			t.Errorf("%+v, %v", m.Measure, err)
		}
		m, err = s.Measure(t.Context(), "revenue", url.Values{"where": {"city=Athens", "city!=Patras"}, "period": {"week"}})
		if err != nil || m.Measure.Value == nil || *m.Measure.Value != 364_000 || len(m.Measure.Series) < 10 {
			t.Errorf("%+v, %v", m.Measure, err)
		}
		summed := client.New(s.url, s.newKey(account.MeasuresRead)) // of who may not see personal data
		if m, err = summed.Measure(t.Context(), "revenue", url.Values{"by": {"city"}}); err != nil || len(m.Measure.Groups) != 2 {
			t.Errorf("%+v, %v", m.Measure, err)
		}
		for _, query := range []url.Values{{"by": {"nick"}}, {"where": {"nick=Nick 3"}}, {"where": {"nick=nobody"}}} {
			if m, err = summed.Measure(t.Context(), "revenue", query); err == nil || !strings.Contains(err.Error(), "personal.read") || strings.Contains(err.Error(), "Nick ") {
				t.Errorf("%v: %+v, %v", query, m.Measure, err)
			}
		}
		var picture struct {
			Facts    struct{ Orders int64 }
			Measures []struct{ Key string }
		}
		text, err := s.Report(t.Context(), nil)
		if err != nil || json.Unmarshal(text, &picture) != nil || picture.Facts.Orders != 78 || len(picture.Measures) < 30 {
			t.Errorf("%.200s, %v", text, err)
		}
	})
}

func TestMembersOfASegmentAreListedPageByPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		if _, err := s.Segments(t.Context(), nil); client.Code(err) != "no_orders" {
			t.Errorf("without orders: %v", err)
		}
		if p, err := s.SegmentMembers(t.Context(), "all", client.Lists{}); err != nil || len(p.Data) != 0 {
			t.Errorf("without orders: %+v, %v", p, err)
		}
		s.sells(t)
		var segmentation struct {
			Segments []struct {
				Key       string
				Customers int64
			}
		}
		text, err := s.Segments(t.Context(), nil)
		if err != nil || json.Unmarshal(text, &segmentation) != nil || len(segmentation.Segments) == 0 {
			t.Fatalf("%s, %v", text, err)
		}
		seen := map[string]bool{}
		last := int64(1 << 40)
		for l := (client.Lists{Limit: 5}); ; {
			p, err := s.SegmentMembers(t.Context(), "all", l)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range p.Data {
				if seen[m.ID] || m.MonetaryMinor > last || m.Reference == "" {
					t.Errorf("%+v", m)
				}
				seen[m.ID], last = true, m.MonetaryMinor
			}
			if l.Cursor = p.NextCursor; l.Cursor == "" {
				break
			}
		}
		if len(seen) != 12 {
			t.Errorf("%d members", len(seen))
		}
		var members int64
		for _, one := range segmentation.Segments {
			p, err := s.SegmentMembers(t.Context(), one.Key, client.Lists{})
			if err != nil || int64(len(p.Data)) != one.Customers {
				t.Errorf("%s: %d members of %d, %v", one.Key, len(p.Data), one.Customers, err)
			}
			members += int64(len(p.Data))
		}
		if members != 12 {
			t.Errorf("%d members in all", members)
		}
		masked := client.New(s.url, s.newKey(account.CustomersRead))
		if p, err := masked.SegmentMembers(t.Context(), "all", client.Lists{}); err != nil || len(p.Data) != 12 || p.Data[0].Reference != "" {
			t.Errorf("for who may not see personal data: %+v, %v", p, err)
		}
	})
}

func TestBadQuestionsAreExplained(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.sells(t)
	for _, c := range []struct {
		query, code, field string
		status             int
	}{
		{"/v1/measures/no_such", "not_found", "", 404},
		{"/v1/measures/revenue?as_of=yesterday", "invalid", "as_of", 422},
		{"/v1/measures/revenue?from=2026-02-30", "invalid", "from", 422},
		{"/v1/measures/revenue?from=2026-03-02&to=2026-03-01", "invalid", "from", 422},
		{"/v1/measures/revenue?where=city", "invalid", "where", 422},
		{"/v1/measures/revenue?nps=9", "invalid", "nps", 422},
		{"/v1/measures/revenue?period=hour", "invalid", "period", 422},
		{"/v1/measures/revenue?by=no_such", "no_attribute", "by", 422},
		{"/v1/segments/no_such/customers", "not_found", "", 404},
		{"/v1/segments/all/customers?cursor=x", "bad_cursor", "cursor", 422},
		{"/v1/segments/all/customers?limit=201", "invalid", "limit", 422},
		{"/v1/report?measure=no_such", "invalid", "", 422},
	} {
		s.refused(c.query, request{method: "GET", path: c.query}, c.status, c.code, c.field)
	}
	injected := url.Values{"by": {"city'; DROP TABLE sales; --"}, "where": {"city=x' OR '1'='1"}}
	if status, _, body := s.call(request{method: "GET", path: "/v1/measures/revenue?" + injected.Encode()}); status != 422 || strings.Contains(string(body), "SELECT") {
		t.Errorf("%d %s", status, body)
	}
}

func TestMeasuresAreListedInFiveLanguages(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	names := map[string]bool{}
	for _, language := range []string{"en", "ru", "zh", "el", "mk"} {
		p, err := s.Measures(t.Context(), language)
		if err != nil || len(p.Data) < 50 || p.Data[0].Name == "" {
			t.Fatalf("%s: %d, %v", language, len(p.Data), err)
		}
		names[p.Data[3].Name] = true
	}
	if len(names) != 5 {
		t.Errorf("%v", names)
	}
}
