package api_test

import (
	"fmt"
	"strings"
	"testing"

	"regulars/client"
	"regulars/internal/act/fraud"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
)

func TestFlagsOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		var numbers []string
		for n := range 8 {
			device := "DEV-ONE"
			if n >= 4 {
				device = "dev two 22"
			}
			c, err := s.PutCustomer(t.Context(), client.Customer{Reference: fmt.Sprint("c", n), Attributes: map[string]string{"device": device}})
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, c.ID)
		}
		facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
		if err == nil {
			_, err = facts.Fraud().Look(t.Context(), s.d)
		}
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.FraudFlags(t.Context(), client.FlagList{State: "open", Kind: "shared"})
		if err != nil || len(all.Data) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		f := all.Data[1]
		if f.Kind != "shared" || f.High || f.Customer != numbers[0] || f.Evidence.Attribute != "device" || f.Evidence.Count != 4 || f.Evidence.Customers[3] != numbers[3] || f.DecidedAt != nil {
			t.Errorf("%+v", f)
		}
		page, err := s.FraudFlags(t.Context(), client.FlagList{Lists: client.Lists{Limit: 1}})
		if err != nil || len(page.Data) != 1 || page.Data[0].ID != all.Data[0].ID {
			t.Fatalf("%+v, %v", page, err)
		}
		if page, err = s.FraudFlags(t.Context(), client.FlagList{Lists: client.Lists{Limit: 1, Cursor: page.NextCursor}}); err != nil || len(page.Data) != 1 || page.Data[0].ID != f.ID {
			t.Errorf("the second page is %+v, %v", page, err)
		}
		if of, err := s.FraudFlags(t.Context(), client.FlagList{Customer: "c4"}); err != nil || len(of.Data) != 1 || of.Data[0].Customer != numbers[4] {
			t.Errorf("of one customer: %+v, %v", of, err)
		}
		for range 2 { // sent again it is the same
			if f, err = s.ClearFlag(t.Context(), f.ID, "a kiosk"); err != nil || f.State != "cleared" || f.Reason != "a kiosk" || f.DecidedAt == nil || !strings.HasPrefix(f.DecidedBy, "key_") {
				t.Errorf("%+v, %v", f, err)
			}
		}
		if g, err := s.ConfirmFlag(t.Context(), all.Data[0].ID, "one person"); err != nil || g.State != "confirmed" {
			t.Errorf("%+v, %v", g, err)
		}
		if left, err := s.FraudFlags(t.Context(), client.FlagList{State: "open"}); err != nil || len(left.Data) != 0 {
			t.Errorf("%+v, %v", left, err)
		}
		for what, c := range map[string]struct {
			path, body, code string
			status           int
		}{
			"decided otherwise": {f.ID + "/confirm", `{"reason":"x"}`, "flag_decided", 409},
			"without a reason":  {f.ID + "/clear", `{"reason":" "}`, "required", 422},
			"a flag of nobody":  {fact.PublicID(fraud.Prefix, 1, 1) + "/clear", `{"reason":"x"}`, "flag_not_found", 404},
		} {
			field := ""
			if c.code == "required" {
				field = "reason"
			}
			s.refused(what, request{method: "POST", path: "/v1/fraud/flags/" + c.path, body: c.body}, c.status, c.code, field)
		}
		trail, err := s.Audit(t.Context(), client.AuditFilter{Action: "flag."})
		if err != nil || len(trail.Data) < 2 || trail.Data[0].Action != "flag.confirmed" {
			t.Errorf("the trail is %+v, %v", trail, err)
		}
	})
}
