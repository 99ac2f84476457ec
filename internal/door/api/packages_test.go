package api_test

import (
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
)

func TestCodesForPackagesAreMade(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.counts(nil)
		want := client.PackageBatch{Batch: "spring-boxes", Name: "Boxes of spring", Unit: "points", Units: 50, Codes: 25, Question: "nps", Until: "2090-01-31"}
		for i := range 2 {
			made, err := s.MakePackageBatch(t.Context(), want)
			if err != nil || made.State != "open" || made.Used != 0 || made.CreatedAt == nil || made.Until != want.Until || made.Codes != 25 {
				t.Fatalf("%d: %+v, %v", i, made, err)
			}
		}
		other := want
		other.Units++
		if _, err := s.MakePackageBatch(t.Context(), other); client.Code(err) != "batch_taken" {
			t.Errorf("another of its name: %v", err)
		}
		if _, err := s.MakePackageBatch(t.Context(), client.PackageBatch{Batch: "a", Name: "A", Unit: "points", Units: 1, Codes: 1}); err != nil {
			t.Error(err)
		}
		seen := map[string]bool{}
		page := client.Lists{Limit: 10}
		for {
			p, err := s.PackageCodes(t.Context(), "spring-boxes", page)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range p.Data {
				if seen[c.Code] || c.Number != int64(len(seen)+1) || c.Customer != "" || c.UsedAt != nil || !strings.HasSuffix(c.Link, "/my/code/"+strings.ReplaceAll(c.Code, "-", "")) {
					t.Errorf("%+v", c)
				}
				seen[c.Code] = true
			}
			if page.Cursor = p.NextCursor; page.Cursor == "" {
				break
			}
		}
		if len(seen) != 25 {
			t.Errorf("%d codes", len(seen))
		}
		// One that is used says by whom.
		s.member("c1", 0)
		facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Customer(t.Context(), "c1")
		if err != nil {
			t.Fatal(err)
		}
		var number int64
		if err := fact.ParsePublicID(fact.CustomerPrefix, c.ID, &number); err != nil {
			t.Fatal(err)
		}
		first, err := s.PackageCodes(t.Context(), "spring-boxes", client.Lists{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := facts.Packages().Use(tx, number, first.Data[0].Code, "test")
			return err
		}); err != nil || s.available("c1") != 50 {
			t.Errorf("%v, %d", err, s.available("c1"))
		}
		if first, err = s.PackageCodes(t.Context(), "spring-boxes", client.Lists{Limit: 1}); err != nil || first.Data[0].Customer != c.ID || time.Since(*first.Data[0].UsedAt) > time.Hour {
			t.Errorf("%+v, %v", first, err)
		}
		for range 2 {
			stopped, err := s.StopPackageBatch(t.Context(), "spring-boxes")
			if err != nil || stopped.State != "stopped" || stopped.StoppedAt == nil || stopped.Used != 1 {
				t.Errorf("%+v, %v", stopped, err)
			}
		}
		all, err := s.PackageBatches(t.Context(), client.Lists{Limit: 1})
		if err != nil || len(all.Data) != 1 || all.Data[0].Batch != "a" || all.Data[0].Until != "" || all.NextCursor == "" {
			t.Errorf("%+v, %v", all, err)
		}

		for what, one := range map[string]struct {
			body, code, field string
			status            int
		}{
			"nothing":        {`{"batch":"x","name":"X","unit":"points","units":0,"codes":1}`, "invalid", "units", 422},
			"too many":       {`{"batch":"x","name":"X","unit":"points","units":1,"codes":10001}`, "invalid", "codes", 422},
			"a name":         {`{"batch":"X y","name":"X","unit":"points","units":1,"codes":1}`, "batch_name", "batch", 422},
			"a unit":         {`{"batch":"x","name":"X","unit":"stars","units":1,"codes":1}`, "unit_not_found", "unit", 404},
			"a day":          {`{"batch":"x","name":"X","unit":"points","units":1,"codes":1,"until":"2020-01-01"}`, "day_over", "until", 422},
			"a blank name":   {`{"batch":"x","name":" ","unit":"points","units":1,"codes":1}`, "package_name", "name", 422},
			"no question":    {`{"batch":"x","name":"X","unit":"points","units":1,"codes":1,"question":"why"}`, "invalid", "question", 422},
			"no day":         {`{"batch":"x","name":"X","unit":"points","units":1,"codes":1,"until":"soon"}`, "invalid", "until", 422},
			"what is unread": {`{"batch":"x","name":"X","unit":"points","units":1,"codes":1,"gives":"all"}`, "invalid", "gives", 422},
		} {
			s.refused(what, request{method: "POST", path: "/v1/package-batches", body: one.body}, one.status, one.code, one.field)
		}
		s.refused("a batch that is none", request{method: "GET", path: "/v1/package-batches/none"}, 404, "batch_not_found", "batch")
		s.refused("its codes", request{method: "GET", path: "/v1/package-batches/none/codes"}, 404, "batch_not_found", "batch")
		s.refused("to stop it", request{method: "POST", path: "/v1/package-batches/none/stop"}, 404, "batch_not_found", "batch")

		// Whoever may read the programme sees the batches, and not their codes.
		reader := client.New(s.url, s.newKey(account.ProgrammeRead))
		if _, err := reader.PackageBatches(t.Context(), client.Lists{}); err != nil {
			t.Error(err)
		}
		if _, err := reader.PackageCodes(t.Context(), "a", client.Lists{}); client.Code(err) != "not_allowed" {
			t.Errorf("the codes: %v", err)
		}
	})
}
