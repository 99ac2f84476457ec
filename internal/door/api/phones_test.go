package api_test

import (
	"net/netip"
	"strings"
	"testing"

	"regulars/client"
	"regulars/internal/act/notice"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

func TestPhonesAreListedAndTurnedOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		must(s.PutCustomer(ctx, fullCustomer()))
		must(s.PutCustomer(ctx, client.Customer{Reference: "bob", GivenName: "Bob"}))
		pushes := channeltest.ServePushes(t)
		for _, who := range []string{"ada", "bob"} {
			if err := s.d.Write(ctx, func(tx *db.Tx) error {
				id := customer.Identity{Kind: customer.OwnID, Value: who}
				found, err := customer.Find(tx, []customer.Identity{id})
				if err == nil {
					_, err = notice.Add(tx, found[id], notice.Phone{PushTo: pushes.Subscribe().PushTo, Device: "Phone of " + who, Language: "el"}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		one := must(s.Phones(ctx, "ada"))
		if len(one) != 1 || !strings.HasPrefix(one[0].ID, "phn_") || one[0].Device != "Phone of ada" || one[0].Language != "el" || one[0].AddedAt.IsZero() || !one[0].ToldAt.IsZero() {
			t.Fatalf("%+v", one)
		}
		if err := s.RemovePhone(ctx, "bob", one[0].ID); client.Code(err) != "not_found" {
			t.Errorf("of somebody else: %v", err)
		}
		// Whoever is merged brings theirs.
		must(s.MergeCustomer(ctx, "bob", client.CustomerRef{Reference: "ada"}))
		if all := must(s.Phones(ctx, "ada")); len(all) != 2 {
			t.Errorf("%+v", all)
		}
		if err := s.RemovePhone(ctx, "ada", one[0].ID); err != nil {
			t.Error(err)
		}
		if left := must(s.Phones(ctx, "ada")); len(left) != 1 || left[0].Device != "Phone of bob" {
			t.Errorf("%+v", left)
		}
		must(s.EraseCustomer(ctx, "ada"))
		if _, err := s.Phones(ctx, "ada"); err == nil {
			t.Error("the phones of somebody erased are shown")
		}
	})
}
