package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
)

// send sends lines and gives the results.
func (s *shop) send(key string, lines ...string) (all []client.BulkResult) {
	s.t.Helper()
	r := request{method: "POST", path: "/v1/bulk", body: strings.Join(lines, "\n"), head: map[string]string{"Content-Type": "application/x-ndjson"}}
	if key != "" {
		r.head["Authorization"] = "Bearer " + key
	}
	status, head, body := s.call(r)
	if status != 200 || head.Get("Content-Type") != "application/x-ndjson" {
		s.t.Fatalf("%d %v %s", status, head, body)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		var r client.BulkResult
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		all = append(all, r)
	}
	return all
}

func TestManyFactsOfAllTypesAreTaken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		back := fullReturn("1")
		back.OrderReference, back.Lines, back.AmountMinor = "1", []client.ReturnLine{{Line: 2}}, nil
		all := []any{fullCustomer(), fullOrder("1"), fullOrder("1"), back, fullSubscription("1"), fullEvent("1"), fullAnswer("1"),
			client.Cost{Reference: "1", SpentOn: "2026-03-01", AmountMinor: 5}, client.Initiative{Reference: "1", Name: "x", StartedOn: "2026-03-01"},
			client.Product{Reference: "beans", Name: "Beans"}}
		want := []string{"created", "created", "unchanged", "created", "created", "created", "created", "created", "created", "unchanged"}
		prefixes := []string{"cus_", "ord_", "ord_", "ret_", "sub_", "evt_", "ans_", "", "", ""}
		for range 2 {
			var got []client.BulkResult
			if err := s.SendMany(t.Context(), slices.Values(all), func(r client.BulkResult) error {
				got = append(got, r)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if len(got) != len(all) {
				t.Fatalf("%d results: %+v", len(got), got)
			}
			for i, r := range got {
				if r.Line != i+1 || r.Status != want[i] && r.Status != "unchanged" && r.Status != "updated" || !strings.HasPrefix(r.ID, prefixes[i]) || r.ID == "" != (prefixes[i] == "") {
					t.Errorf("%d: %+v, %+v; want %s", i, r, r.Problem, want[i])
				}
			}
			want = slices.Repeat([]string{"unchanged"}, len(all)) // when sent again
		}
		if got := must(s.Order(t.Context(), must(s.Orders(t.Context(), client.FactFilter{})).Data[0].ID)); text(t, got) != text(t, fullOrder("1")) {
			t.Errorf("%s", text(t, got))
		}
		wantEntries(t, s, map[string]int{"facts.taken": 1})
	})
}

// A line that cannot be taken is refused, and no other.
func TestABrokenLineIsRefusedAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		good := func(reference string) string {
			return fmt.Sprintf(`{"type":"order","reference":%q,"placed_at":"2026-11-02T10:15:00Z","amount_minor":100,"customer":{"reference":"ada"}}`, reference)
		}
		back := func(reference string, amount int) string {
			return fmt.Sprintf(`{"type":"return","reference":%q,"returned_at":"2026-11-02T10:15:00Z","order_reference":"1","amount_minor":%d}`, reference, amount)
		}
		consent := func(granted bool) string {
			return fmt.Sprintf(`{"type":"customer","reference":"ada","consents":[{"channel":"sms","purpose":"news","granted":%v,"wording":"?","given_at":"2026-01-01T00:00:00Z"}]}`, granted)
		}
		lines := []struct{ text, status, code, field string }{
			{good("1"), "created", "", ""},
			{"{", "refused", "malformed", ""},
			{"", "", "", ""}, // an empty line is none
			{"[]", "refused", "malformed", ""},
			{good("2") + good("3"), "refused", "malformed", ""},
			{`{"reference":"1"}`, "refused", "required", "type"},
			{`{"type":"order "}`, "refused", "required", "type"},
			{`{"type":"order","reference":"4","placed_at":"2026-11-02T10:15:00Z","amount":1}`, "refused", "invalid", "amount"},
			{`{"type":"order","reference":"4","placed_at":"2026-11-02T10:15:00Z","lines":[{"amount_minor":"1"}]}`, "refused", "invalid", "lines[0].amount_minor"},
			{strings.Replace(good("5"), "100", "-100", 1), "refused", "invalid", "amount_minor"},
			{`{"type":"order","reference":"` + strings.Repeat("x", 1<<20) + `"}`, "refused", "too_large", ""},
			{back("r", 60), "created", "", ""},
			{back("s", 60), "refused", "invalid", "amount_minor"}, // an error, which takes the group with it at first
			{consent(true), "updated", "", ""},
			{consent(false), "conflict", "conflict", "given_at"},
			{"\xff\xfe", "refused", "malformed", ""},
			{`{"type":"event","name":"Seen","happened_at":"2026-11-02T10:15:00Z","customer":{"visitor":"\u0000"}}`, "refused", "invalid", "customer.visitor"},
			{good("6"), "created", "", ""},
		}
		var texts []string
		for _, l := range lines {
			texts = append(texts, l.text)
		}
		got := s.send("", texts...)
		at := 0
		for i, l := range lines {
			if l.status == "" {
				continue
			}
			r := got[at]
			at++
			code, field := "", ""
			if r.Problem != nil {
				if code = r.Problem.Code; len(r.Problem.Errors) > 0 {
					field = r.Problem.Errors[0].Field
				}
			}
			if r.Line != i+1 || r.Status != l.status || code != l.code || field != l.field {
				t.Errorf("%.80s: %+v, %+v about %s; want %+v", l.text, r, r.Problem, field, l)
			}
		}
		if at != len(got) {
			t.Errorf("%d results, want %d", len(got), at)
		}
		intact(t, s)
	})
}

func TestALineNeedsThePermissionOfItsType(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	event := `{"type":"event","name":"Seen","happened_at":"2026-11-02T10:15:00Z","customer":{"visitor":"v"}}`
	order := `{"type":"order",` + goodOrder[1:]
	got := s.send(s.newKey(account.EventsAdd), event, order)
	if got[0].Status != "created" || got[1].Status != "refused" || got[1].Problem.Code != "not_allowed" {
		t.Errorf("%+v", got)
	}
	if got := s.send(s.newKey(account.SalesWrite), event, order); got[0].Status != "refused" || got[1].Status != "created" {
		t.Errorf("%+v", got)
	}
}

func TestMoreThanEnoughLines(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	event := `{"type":"event","name":"Seen","happened_at":"2026-11-02T10:15:00Z","customer":{"visitor":"v"},"reference":"%d"}`
	var lines []string
	for i := range 10_005 {
		lines = append(lines, fmt.Sprintf(event, i))
	}
	got := s.send("", lines...)
	if len(got) != 10_001 || got[9_999].Status != "created" || got[10_000].Status != "refused" || got[10_000].Problem.Code != "too_large" || got[10_000].Line != 10_001 {
		t.Errorf("%d results, %+v", len(got), got[len(got)-1])
	}
	if n := s.number("SELECT count(*) FROM events"); n != 10_000 {
		t.Errorf("%d events", n)
	}
}

// Answers come while lines are being sent, and who reads none of them is not waited for.
func TestLinesAndAnswersFlowAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		reader, writer := io.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/bulk", reader)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.key)
		const group = 250
		write := func(from int) {
			for i := range group {
				fmt.Fprintf(writer, `{"type":"event","name":"Seen","happened_at":"2026-11-02T10:15:00Z","customer":{"visitor":"v"},"reference":"%d"}`+"\n", from+i)
			}
		}
		go write(0)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		for from := 0; from < 3*group; from += group {
			if from > 0 {
				go write(from)
			}
			for i := range group {
				if !lines.Scan() || !strings.Contains(lines.Text(), fmt.Sprintf(`"line":%d,`, from+i+1)) || !strings.Contains(lines.Text(), "created") {
					t.Fatalf("line %d: %s, %v", from+i+1, lines.Text(), lines.Err())
				}
			}
		}
		writer.Close()
		if lines.Scan() {
			t.Errorf("more: %s", lines.Text())
		}
	})
}

// Whoever sends all of it before reading any answer gets through, and what breaks off is taken up to there.
func TestWhoSendsAllAtFirstIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /v1/bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\n", s.key)
	bad := `{"type":"order","reference":"` + strings.Repeat("x", 100) + `","nothing":1}` + "\n"
	for range 9_999 {
		if _, err := fmt.Fprintf(conn, "%x\r\n%s\r\n", len(bad), bad); err != nil {
			t.Fatal(err)
		}
	}
	// The last line has no end and the request neither.
	if _, err := fmt.Fprintf(conn, "%x\r\n%s\r\n", 30, `{"type":"product","reference":`); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	n := 0
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); n++ {
		if !strings.Contains(lines.Text(), `"refused"`) {
			t.Errorf("%s", lines.Text())
		}
	}
	if n != 10_000 {
		t.Errorf("%d answers, want 10000", n)
	}
}

func BenchmarkBulk(b *testing.B) {
	s := fuzzed(b)
	var body strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&body, `{"type":"event","name":"Product Viewed","happened_at":"2026-11-02T10:15:00Z","customer":{"visitor":"v%d"},"reference":"%%[1]d-%d","product":"p%d"}`+"\n", i%500, i, i%100)
	}
	lines := body.String()
	for i := 0; b.Loop(); i++ {
		if status, _, answer := s.serve(b, "POST", "/v1/bulk", strings.ReplaceAll(lines, "%[1]d", fmt.Sprint(i))); status != 200 {
			b.Fatalf("%d %.200s", status, answer)
		}
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
