package portal_test

import (
	"context"
	"strings"
	"testing"

	"regulars/internal/act/gift"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
)

func TestAMemberSeesWhatTheyWereGivenAndWhatFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.programme()
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes")
		p.post(s.link(1)).wants(t, 200, "/my/", "25 points")
		facts, err := s.facts.Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		for key, name := range map[string]string{"spring": "A surprise <b>for spring</b>", "nobody": "For somebody else"} {
			s.write(func(tx *db.Tx) error {
				w := gift.Surprise{Surprise: key, Name: name, Translations: locale.Translations{"mk": {name: "Изненадување <b>"}}, Unit: "points", Units: 7, Gifts: 1, Gives: tx.Now}
				if _, err := gift.Save(tx, w, "usr_1", 0); err != nil {
					return err
				}
				_, _, err := gift.Plan(tx, key)
				return err
			})
			if key == "nobody" {
				s.write(func(tx *db.Tx) error {
					_, err := tx.Exec(`INSERT INTO gifts (customer_id, cause, occasion, about, state, gave, given_us, greeting)
						SELECT customer_id, 'surprise:nobody', 'surprise', 'nobody', 'held_out', '[]', $1, 'none' FROM customers`, tx.Now)
					return err
				})
			}
		}
		if err := facts.Gifts().Due(t.Context(), s.d); err != nil {
			t.Fatal(err)
		}
		page := p.get("/my/").wants(t, 200, "/my/", "For you", "7 points", "32 points")
		if strings.Contains(page.raw, "somebody else") || strings.Contains(page.raw, "<b>for spring") {
			t.Error("who is kept back is told so, or a name is taken for a page")
		}
		p.get("/my/history").wants(t, 200, "/my/history", "gift: A surprise", "for joining", "+7")
		p.get("/my/history?lang=el").wants(t, 200, "/my/history", "δώρο: A surprise")
		p.get("/my/history?lang=mk").wants(t, 200, "/my/history", "Изненадување <b>")
		if home := p.get("/my/").wants(t, 200, "/my/", "Изненадување <b>"); strings.Contains(home.raw, "Изненадување <b>") {
			t.Error("a name is taken for a page")
		}
	})
}
