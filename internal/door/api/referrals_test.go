package api_test

import (
	"strings"
	"testing"

	"regulars/client"
	"regulars/internal/intake"
)

const bringing = `{"name":"Bringing","units":[{"unit":"points"}],"referral":{"minimum_minor":500,"wait_days":0},"rules":[
	{"rule":"friend","name":"For a friend","on":"referral","limit":{"times":5,"period":"month"},"effect":{"fixed":{"unit":"points","units":100}}},
	{"rule":"came","name":"For coming","on":"referred","effect":{"fixed":{"unit":"points","units":30}}}]}`

func TestReferralsOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		v, err := s.WriteProgramme(t.Context(), []byte(bringing), "")
		if err == nil {
			_, err = s.PublishProgramme(t.Context(), v.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"ada", "bob"} {
			if _, err := s.PutCustomer(t.Context(), client.Customer{Reference: who}); err != nil {
				t.Fatal(err)
			}
		}
		code, err := s.ReferralCode(t.Context(), "ada")
		if err != nil || len(code.Code) != 8 || !strings.HasSuffix(code.Link, "/my/join?ref="+code.Code) || code.Pending != 0 {
			t.Fatalf("%+v, %v", code, err)
		}
		r, err := s.Refer(t.Context(), client.NewReferral{Customer: who("bob"), Code: strings.ToLower(code.Code)})
		if err != nil || r.State != "pending" || r.Referrer != code.Customer {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := s.PutOrder(t.Context(), coffee("1", "bob", 4)); err != nil {
			t.Fatal(err)
		}
		facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
		if err == nil {
			err = facts.Referrals().Due(t.Context(), s.d)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := s.available("ada"); n != 100 {
			t.Errorf("ada has %d", n)
		}
		all, err := s.Referrals(t.Context(), "ada", client.Lists{})
		if err != nil || len(all.Data) != 1 || all.Data[0].State != "rewarded" || !strings.HasPrefix(all.Data[0].OrderID, "ord_") || all.Data[0].DueAt != nil {
			t.Errorf("%+v, %v", all, err)
		}
		sum, err := s.ReferralSummary(t.Context())
		if err != nil || sum.Rewarded != 1 || sum.Conversion != 1 || sum.Won != 1 || len(sum.Months) != 12 || sum.Given["points"] < 100 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if m := sum.Months[11]; m.Came != 1 || m.Won != 1 || len(m.Month) != len("2026-11") {
			t.Errorf("%+v", m)
		}
		if code, err = s.ReferralCode(t.Context(), "ada"); err != nil || code.Rewarded != 1 {
			t.Errorf("%+v, %v", code, err)
		}
		// The order that counts may be of another number of the friend.
		for _, who := range []string{"cyd", "cyd-at-the-till"} {
			if _, err := s.PutCustomer(t.Context(), client.Customer{Reference: who}); err != nil {
				t.Fatal(err)
			}
		}
		cyd, err := s.Refer(t.Context(), client.NewReferral{Customer: who("cyd"), Code: code.Code})
		if err == nil {
			_, err = s.MergeCustomer(t.Context(), cyd.Customer, *who("cyd-at-the-till"))
		}
		if err == nil {
			_, err = s.PutOrder(t.Context(), coffee("2", "cyd-at-the-till", 4))
		}
		if err == nil {
			all, err = s.Referrals(t.Context(), "ada", client.Lists{})
		}
		if err != nil || len(all.Data) != 2 || all.Data[0].Customer != cyd.Customer || all.Data[0].State != "qualified" {
			t.Fatalf("%+v, %v", all, err)
		}
		if o, err := s.Order(t.Context(), all.Data[0].OrderID); err != nil || o.Reference != "2" {
			t.Errorf("%+v, %v", o, err)
		}
		for what, c := range map[string]struct {
			body   string
			status int
			code   string
		}{
			"a code that is none": {`{"code":"QQQQQQQQ","customer":{"reference":"bob"}}`, 404, "referral_code_not_found"},
			"oneself":             {`{"code":"` + code.Code + `","customer":{"reference":"ada"}}`, 409, "self_referral"},
		} {
			s.refused(what, request{method: "POST", path: "/v1/referrals", body: c.body}, c.status, c.code, "code")
		}
	})
}
