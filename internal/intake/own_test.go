package intake_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"regulars/internal/act/draw"
	"regulars/internal/act/fraud"
	"regulars/internal/act/gift"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// suspected is ada, who has something of everything: a friend, units from and to others, open flags and decided ones, a surprise
// that she was kept back from and one that she was given, a note. It gives whom nothing of hers may name.
func (c *club) suspected(t *testing.T, open, frozen *draw.Desk) (ada int64, others map[string]int64, staff string) {
	t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		_, _, err := packaging.Make(tx, packaging.Batch{Batch: "boxes", Name: "Boxes", Unit: "points", Units: 3, Codes: 5, Question: packaging.AsksNPS, Until: points.Never}, "usr_1")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ada = c.whole("ada", open, frozen)
	others = map[string]int64{"friend": c.someone("friend"), "rich": c.someone("rich"), "who brought ada": c.someone("elder"), "works at": c.someone("works")}
	if err := c.tie(others["friend"], c.code(ada)); err != nil {
		t.Fatal(err)
	}
	c.buys("friend", "f1", nil, line("tea", "tea", 1, 2000))
	c.keeps(t, 3)
	c.due()
	if c.stands(others["friend"]).State != "rewarded" {
		t.Fatalf("%+v", c.stands(others["friend"]))
	}
	staff = c.someStaff("ada@lovelace.example")
	c.gives(staff, ada, 20)
	c.gives(staff, others["rich"], 500)
	for _, way := range [][2]int64{{others["rich"], ada}, {ada, others["rich"]}} {
		var r points.Receipt
		if err := c.write(func(tx *db.Tx) (err error) {
			act := points.Act{Customer: way[0], Unit: "points", Key: "console/" + staff + "/" + fmt.Sprint(c.us.Load()), Cause: "transfer", Actor: staff}
			r, err = c.Ledger().Transfer(tx, act, way[1], 5)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := c.Ledger().Forward(t.Context(), c.d, way[0], r.Hold); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.write(func(tx *db.Tx) error {
		if err := c.Fraud().Given(tx, ada, staff, "points", 20); err != nil {
			return err
		}
		_, err := customer.AddNote(tx, ada, customer.Note{ID: "n", Text: "thick as thieves with " + fact.PublicID(fact.CustomerPrefix, others["rich"]), Writer: staff, Name: "Sam of the till"})
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE customers SET organisation_id = $1 WHERE customer_id = $2", others["works at"], ada); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO referrals (customer_id, referrer_id, code, state, order_id, due_us, created_us, moved_us) VALUES ($1, $2, 'ELDERS22', 'void', 0, 0, $3, $3)`,
			ada, others["who brought ada"], tx.Now); err != nil {
			return err
		}
		for about, state := range map[string]string{"card": "open", "address": "confirmed"} {
			decided, by, why := int64(0), "", ""
			if state != "open" {
				decided, by, why = tx.Now.UnixMicro(), staff, "shares it with thieves"
			}
			text, err := json.Marshal(fraud.Evidence{Attribute: about, Customers: []int64{ada, others["rich"]}, Count: 2})
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO fraud_flags (customer_id, flag_id, kind, about, evidence, through_us, state, found_us, decided_us, decided_by, reason)
				VALUES ($1, $2, 'shared', $3, $4, $5, $6, $5, $7, $8, $9)`, ada, c.Ledger().IDs.New(tx.Now), about, string(text), tx.Now, state, decided, by, why); err != nil {
				return err
			}
		}
		for cause, lot := range map[string]gift.Lot{"surprise:kept": gift.HeldOut, "surprise:chance": gift.NotDrawn, "surprise:late": gift.Missed, "surprise:had": gift.Gifted} {
			if _, err := tx.Exec(`INSERT INTO gifts (customer_id, cause, occasion, about, state, gave, given_us, greeting) VALUES ($1, $2, 'surprise', $3, $4, '', $5, 'none')`,
				ada, cause, strings.TrimPrefix(cause, "surprise:"), string(lot), tx.Now); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`INSERT INTO push_phones (customer_id, phone_id, endpoint, public_key, secret, language, device, made_us, told_us, failures)
			VALUES ($1, 1, 'https://push.example/send/letmein', $2, $2, 'en', 'A phone', $3, 0, 0)`, ada, []byte("letmein"), tx.Now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ada, others, staff
}

// What a member takes of themselves names nobody else, tells of no suspicion and lets nobody in.
func TestTheCopyForAMemberIsOfThemAlone(t *testing.T) {
	t.Parallel()
	eachClub(t, everything, func(t *testing.T, c *club) {
		t.Helper()
		open, frozen := c.raffle("open"), c.raffle("frozen")
		ada, others, staff := c.suspected(t, open, frozen)
		var text, whole string
		if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
			own, err := intake.Own(tx, ada, open)
			if err != nil {
				return err
			}
			all, err := intake.Everything(tx, ada, open)
			text, whole = string(own), string(all)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		no := []string{"flag", "evidence", "shared", "thieves", "held_out", "not_drawn", "missed", "surprise:kept", "usr_", staff, "Sam of", "letmein", "ELDERS22", "mayor's niece", "waited for", "eats no cake", "console/"}
		for who, number := range others {
			if s := strconv.FormatInt(number, 10); strings.Contains(text, s) {
				t.Errorf("it has the number of %s, %s: %s", who, s, around(text, s))
			}
			no = append(no, fact.PublicID(fact.CustomerPrefix, number))
		}
		for _, part := range no {
			if strings.Contains(text, part) {
				t.Errorf("it has %q: %s", part, around(text, part))
			}
		}
		for _, part := range []string{c.code(ada), "ada@lovelace.example", "surprise:had", "Three orders", `"draw": "open"`, "package_codes", "Lovelace likes it", "for Lovelace", `"transfer"`, "A phone", `"brought": 1`, `"copy": "own"`} {
			if !strings.Contains(text, part) {
				t.Errorf("it lacks %q: %s", part, text)
			}
		}
		// What the business takes, to answer a request for more, has all of it but the keys of the phone, and says so.
		for _, part := range []string{`"copy": "everything"`, "fraud_flags", "shares it with thieves", staff, "held_out", "Sam of the till", "mayor's niece", `"brought": 1`, fact.PublicID(fact.CustomerPrefix, others["friend"])} {
			if !strings.Contains(whole, part) {
				t.Errorf("the copy for the business lacks %q", part)
			}
		}
	})
}

func around(text, part string) string {
	const near = 200
	at := strings.Index(text, part)
	return text[max(0, at-near):min(len(text), at+near)]
}
