package console_test

import (
	"net/http"
	"testing"
)

// What is wrong with a number is said in words that mend it: whole where it is a count, with the decimal sign of the language
// where it is an amount, and by its range where it has one. A field shows what it is filled with as the language writes it.
func TestNumbersAreMendedInTheLanguageOfTheReader(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.reader(t)
		owner.post(s.setupLink(t), with(setupForm, "language", "el")...).wants(t, http.StatusOK, "/")
		const asked = "/programme/new?kind=cafe&goal=win_back"
		form := owner.get(asked).wants(t, http.StatusOK, "/programme/new", `name="off" type="text" value="2,00"`)
		for _, wrong := range []struct{ field, value, says string }{
			{"months", "x", "Δεν είναι ακέραιος αριθμός. Γράψτε τον όπως 12."}, {"months", "6,7", "Γράψτε τον όπως 12."},
			{"off", "x", "Δεν είναι αριθμός. Γράψτε τον όπως 4,50."}, {"off", "12.345", "Έχει περισσότερα δεκαδικά ψηφία από το νόμισμα. Γράψτε το όπως 4,50."},
			{"back", "x", "Δεν είναι αριθμός. Γράψτε τον όπως 4,50."},
		} {
			owner.post(asked, shape(t, form, "of", "espresso", wrong.field, wrong.value)...).wants(t, http.StatusUnprocessableEntity, "/programme/new", wrong.says, `value="`+wrong.value+`"`)
		}
		costs := owner.get("/costs")
		cost := []string{"amount", "12", "spent_on", "2026-02-31", "for", "keeping", "channel", "post", "note", ""}
		owner.post("/costs", costs.from(t, cost...)...).wants(t, http.StatusUnprocessableEntity, "/costs", "Τέτοια ημερομηνία δεν υπάρχει. Γράψτε έτος, μήνα και ημέρα όπως 2026-03-31.")
		owner.post(asked, shape(t, form, "of", "espresso")...).wants(t, http.StatusOK, "/programme/1")
		const at, path = "/programme/1/rule?on=order&give=rate", "/programme/1/rule"
		right := []string{"name", "x", "units", "1", "unit", "points", "per", "1,00", "if_amount", "", "period", "day"}
		owner.get(at).wants(t, http.StatusOK, path, `value="1,00"`)
		owner.saves(at, with(right, "units", "2000000")...).wants(t, http.StatusUnprocessableEntity, path, "Γράψτε έναν αριθμό από 1 έως 1.000.000.")
		// 1.250 is a thousand and more in Greek: it is not taken for one and a quarter.
		owner.saves(at, with(right, "if_amount", "1.250")...).wants(t, http.StatusUnprocessableEntity, path, "Έχει περισσότερα δεκαδικά ψηφία")
	})
}
