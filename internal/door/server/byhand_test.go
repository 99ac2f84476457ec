package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"regulars/internal/act/byhand"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/door/server"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
)

// TestADecisionByHandGoesByMail decides by the pages what a manager asked for; the server writes to them in the background.
func TestADecisionByHandGoesByMail(t *testing.T) {
	t.Parallel()
	post, settings := channeltest.Serve(t)
	r := start(t, server.Options{Mail: &settings})
	owner := r.signedIn(account.Owner)
	r.signedIn(account.Manager)
	facts, err := r.Facts.Intake(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var asked byhand.Request
	if err := r.Store.Write(t.Context(), func(tx *db.Tx) error {
		if err := points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}); err != nil {
			return err
		}
		out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: "ada"}}})
		if err != nil {
			return err
		}
		users, err := account.Users(tx)
		for i := range users {
			if users[i].Role == account.Manager && err == nil {
				asked, _, err = byhand.Ask(tx, facts.Ledger().IDs, users[i].Actor(), byhand.Request{Customer: out.Customer, Key: "k", Unit: "points", Units: 200_000, Reason: "waited"})
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	answer, err := owner.PostForm(r.URL()+"/by-hand/requests/"+asked.Public(), url.Values{"to": {"declined"}, "answer": {"Give half of it."}})
	if err != nil || answer.Body.Close() != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", answer, err)
	}
	letter := post.Wait(t, 1)[0]
	if letter.To != "manager@example.com" || !strings.Contains(letter.Subject, "Declined: +200,000 points") || !strings.Contains(letter.Text, "declined by Somebody") || !strings.Contains(letter.Text, r.URL()+"/#asked-for") {
		t.Errorf("%+v", letter)
	}
}
