package portal_test

import (
	"strconv"
	"strings"
	"testing"

	"regulars/internal/act/referral"
	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// A member who is suspected of something, and was kept back from a surprise, takes a copy that says neither, and names nobody.
func TestTheCopyOfAMemberTellsNothingOfOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada := s.joins("ada@example.com", 1)
		s.joins("bob@example.com", 2)
		me, bob := s.earn("ada@example.com", 10), s.earn("bob@example.com", 10)
		var code string
		s.write(func(tx *db.Tx) (err error) {
			if code, err = referral.Code(tx, me); err != nil {
				return err
			}
			for _, change := range []struct {
				sql  string
				args []any
			}{
				{`INSERT INTO fraud_flags (customer_id, flag_id, kind, about, evidence, through_us, state, found_us, decided_us, decided_by, reason)
					VALUES ($1, 1, 'shared', 'card', $2, $3, 'open', $3, 0, '', '')`, []any{me, `{"customers":[` + strconv.FormatInt(bob, 10) + `],"staff":"usr_0pq6v1pg03hbe"}`, tx.Now}},
				{`INSERT INTO fraud_flags (customer_id, flag_id, kind, about, evidence, through_us, state, found_us, decided_us, decided_by, reason)
					VALUES ($1, 2, 'shared', 'card', $2, $3, 'cleared', $3, $3, 'usr_0pq6v1pg03hbe', 'a household')`, []any{me, `{"customers":[` + strconv.FormatInt(bob, 10) + `]}`, tx.Now}},
				{`INSERT INTO gifts (customer_id, cause, occasion, about, state, gave, given_us, greeting) VALUES ($1, 'surprise:kept', 'surprise', 'kept', 'held_out', '', $2, 'none')`, []any{me, tx.Now}},
				{`INSERT INTO gifts (customer_id, cause, occasion, about, state, gave, given_us, greeting) VALUES ($1, 'surprise:had', 'surprise', 'had', 'given', '5', $2, 'none')`, []any{me, tx.Now}},
				{`INSERT INTO referrals (customer_id, referrer_id, code, state, order_id, due_us, created_us, moved_us) VALUES ($1, $2, $3, 'pending', 0, 0, $4, $4)`, []any{bob, me, code, tx.Now}},
			} {
				if _, err := tx.Exec(change.sql, change.args...); err != nil {
					return err
				}
			}
			return nil
		})
		ada.get("/my/profile").wants(t, 200, "/my/profile", "Take a copy of what is kept of me", "Not in it: what names other people")
		copied := ada.get("/my/export")
		for _, no := range []string{"flag", "evidence", "shared", "household", "usr_", "held_out", "surprise:kept", strconv.FormatInt(bob, 10), fact.PublicID(fact.CustomerPrefix, bob), "bob@"} {
			if strings.Contains(copied.raw, no) {
				t.Errorf("it has %q: %s", no, copied.raw)
			}
		}
		for _, part := range []string{`"copy": "own"`, "ada@example.com", "surprise:had", code, `"brought": 1`, "brought_at", `"Units": 10`} {
			if !strings.Contains(copied.raw, part) {
				t.Errorf("it lacks %q: %s", part, copied.raw)
			}
		}
	})
}
