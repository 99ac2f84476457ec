package intake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

const collecting = `{"name":"Collecting","units":[{"unit":"points"}],"rules":[{"rule":"rate","name":"Points","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}}]}`

// raffle publishes a draw that is open for a month from now.
func (c *club) raffle(key string) *draw.Desk {
	c.t.Helper()
	desk := c.Draws(secret.New(bytes.Repeat([]byte{3}, 32)))
	if err := c.write(func(tx *db.Tx) error {
		_, err := draw.Save(tx, draw.Draw{Draw: key, Name: "A draw", Opens: c.now(), Closes: c.now().Add(30 * 24 * time.Hour), Prizes: []draw.Prize{{Name: "A cake", Count: 2}},
			Free: true, Bought: &draw.Bought{Unit: "points", Price: 5, PerMember: 4}, Earned: &draw.Earned{MinimumMinor: 1000, Most: 2},
			Translations: locale.Translations{"zh": {"A draw": "抽奖活动", "A cake": "一个蛋糕"}}}, "usr_1", 0)
		if err == nil {
			_, err = desk.Publish(tx, key, "usr_2")
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return desk
}

func silent(*db.Tx) error { return nil }

// stood is how somebody stands in a draw.
func (c *club) stood(desk *draw.Desk, key string, who int64) (o draw.Own) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		s, err := draw.Load(tx, key)
		if err != nil {
			return err
		}
		members, err := customer.Members(tx, who)
		if err == nil {
			o, err = desk.Of(tx, &s, members)
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return o
}

// drawSound runs the checks of draws.
func (c *club) drawSound() {
	c.t.Helper()
	for _, check := range draw.Checks() {
		found, err := check.Run(c.t.Context(), c.d)
		if err != nil || found.N != 0 {
			c.t.Errorf("%s: %d, for example %s (%v)", check.Key, found.N, found.Example, err)
		}
	}
}

// Orders that come in by the one door earn entries: those in time, large enough by what is left, of members, up to the most.
func TestOrdersEarnEntries(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		ada, bob, eve, zoe := c.someone("ada"), c.someone("bob"), c.someone("eve"), c.someone("zoe")
		c.buys("ada", "early", nil, line("x", "y", 1, 5000))
		c.pass(time.Hour)
		desk := c.raffle("may")
		for n := range 3 {
			c.buys("ada", fmt.Sprint("a", n), nil, line("x", "y", 1, 1000))
		}
		c.buys("bob", "b1", nil, line("x", "y", 1, 999))
		c.buys("bob", "b2", nil, line("x", "y", 1, 600), line("z", "y", 1, 600))
		c.buys("eve", "e1", nil, line("x", "y", 1, 1500))
		c.returns("R1", "e1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 600})
		c.buys("zoe", "z1", nil, line("x", "y", 1, 2000))
		c.buys("zoe", "z1", func(o *order.Order) { o.State = order.Cancelled }, line("x", "y", 1, 2000))
		for who, want := range map[int64]int64{ada: 2, bob: 1, eve: 0, zoe: 0} {
			if o := c.stood(desk, "may", who); o.Earned != want {
				t.Errorf("%d has earned %d, want %d", who, o.Earned, want)
			}
		}
		c.pass(30 * 24 * time.Hour)
		c.buys("eve", "late", nil, line("x", "y", 1, 9000))
		s, err := desk.Close(t.Context(), c.d, "may", silent)
		if err != nil || s.Entrants != 2 || s.Entries != 3 {
			t.Errorf("%+v, %v", s, err)
		}
		// What comes back afterwards changes nothing any more.
		c.returns("R2", "b2", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 600})
		s, err = desk.Draw(t.Context(), c.d, "may", silent)
		if err != nil || s.Entries != 3 {
			t.Errorf("%+v, %v", s, err)
		}
		if o := c.stood(desk, "may", bob); len(o.Won) != 1 || o.Earned != 1 {
			t.Errorf("bob: %+v", o)
		}
		c.drawSound()
	})
}

// What is known of a person says how they stood in draws; erasing them takes them out of what is not frozen, and leaves what is
// frozen right.
func TestDrawsInAnExportAndAfterErasing(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		ada := c.someone("ada")
		c.someone("bob")
		first, second := c.raffle("first"), c.raffle("second")
		for _, who := range []string{"ada", "bob"} {
			c.buys(who, "o"+who, nil, line("x", "y", 1, 5000))
		}
		for _, key := range []string{"first", "second"} {
			if err := first.Enter(t.Context(), c.d, draw.Wish{Customer: ada, Draw: key, Way: draw.ByBought, Entries: 2, Key: "k", Actor: "member:1"}, silent); err != nil {
				t.Fatal(err)
			}
		}
		c.pass(30 * 24 * time.Hour)
		if _, err := first.Close(t.Context(), c.d, "first", silent); err != nil {
			t.Fatal(err)
		}
		code := c.stood(first, "first", ada).Entries[0].Code
		for _, own := range c.exported(ada, first) {
			frozen := own.Draw == "first"
			if own.Bought != 2 || own.Earned != 1 || frozen != (len(own.Entries) == 1) || frozen && own.Entries[0] != (draw.Entry{Code: code, Weight: 3}) {
				t.Errorf("the export says %+v", own)
			}
		}
		if _, err := c.By(account.System("test")).Erase(t.Context(), c.d, customer.Numbered(ada)); err != nil {
			t.Fatal(err)
		}
		s, err := second.Close(t.Context(), c.d, "second", silent)
		if err != nil || s.Entrants != 1 || s.Entries != 1 {
			t.Errorf("without who was erased: %+v, %v", s, err)
		}
		if s, err = first.Draw(t.Context(), c.d, "first", silent); err != nil || s.Entrants != 2 || s.Entries != 4 {
			t.Errorf("with who was erased afterwards: %+v, %v", s, err)
		}
		c.drawSound()
		var p draw.Public
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { p, err = draw.Show(tx, &s, "x"); return err }); err != nil {
			t.Fatal(err)
		}
		if v := draw.Verify(&p, draw.Noted{Entry: code}); !v.OK() {
			t.Errorf("from outside: %s", v.String())
		}
		// Cancelling gives back to who is there, also what was bought by a number that leads nowhere.
		if _, err := second.Cancel(t.Context(), c.d, "second", "rain", silent); err != nil {
			t.Error(err)
		}
		c.drawSound()
	})
}

// exported is what the file of a person says of draws.
func (c *club) exported(who int64, desk *draw.Desk) []draw.Own {
	c.t.Helper()
	var text []byte
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) { text, err = intake.Everything(tx, who, desk); return err }); err != nil {
		c.t.Fatal(err)
	}
	var file struct {
		Customer map[string][]map[string]any `json:"customer"`
		Draws    []draw.Own                  `json:"draws"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		c.t.Fatal(err)
	}
	if len(file.Draws) != 2 || len(file.Customer["draw_purchases"]) != 2 || len(file.Customer["draw_entrants"]) != 2 {
		c.t.Errorf("the file has %d draws: %s", len(file.Draws), text)
	}
	if strings.Contains(string(text), "sealed") {
		c.t.Error("the file has what is sealed")
	}
	return file.Draws
}

// The secret of a draw is nowhere to be read while it is open: not in its row, nor in a message, nor in the public file.
func TestTheSeedIsNowhereBeforeTheDrawing(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		desk := c.raffle("may")
		c.someone("ada")
		c.buys("ada", "o1", nil, line("x", "y", 1, 5000))
		c.pass(30 * 24 * time.Hour)
		if _, err := desk.Close(t.Context(), c.d, "may", silent); err != nil {
			t.Fatal(err)
		}
		var before []string
		if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
			before = nil
			rows, err := tx.Maps("SELECT * FROM draws")
			if err != nil {
				return err
			}
			for name, value := range rows[0] {
				before = append(before, fmt.Sprintf("%s=%v", name, value), fmt.Sprintf("%s=%x", name, value))
			}
			s, err := draw.Load(tx, "may")
			if err != nil {
				return err
			}
			p, err := draw.Show(tx, &s, "x")
			before = append(before, fmt.Sprintf("%+v", p))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		s, err := desk.Draw(t.Context(), c.d, "may", silent)
		if err != nil || len(s.Seed) != 64 {
			t.Fatalf("%+v, %v", s, err)
		}
		for _, text := range before {
			if strings.Contains(text, s.Seed) {
				t.Errorf("the seed %s could be read in %.200s", s.Seed, text)
			}
		}
		if _, err := desk.Draw(t.Context(), c.d, "june", silent); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a draw that is none: %v", err)
		}
	})
}

// Programs outside are told how a draw goes, once each, and who has won.
func TestWhatBecomesOfADrawIsTold(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		for _, who := range []string{"ada", "bob", "eve"} {
			c.someone(who)
		}
		c.listen(draw.PublishedTold, draw.FrozenTold, draw.DrawnTold, draw.CancelledTold, draw.WonTold)
		desk := c.raffle("may")
		c.heard("it can be entered", "draw.published published")
		for _, who := range []string{"ada", "bob", "eve"} {
			c.buys(who, "o"+who, nil, line("x", "y", 1, 5000))
		}
		c.pass(30 * 24 * time.Hour)
		for range 2 {
			if _, err := desk.Close(t.Context(), c.d, "may", silent); err != nil {
				t.Fatal(err)
			}
		}
		c.heard("the list is frozen", "draw.frozen frozen")
		for range 2 {
			if _, err := desk.Draw(t.Context(), c.d, "may", silent); err != nil {
				t.Fatal(err)
			}
		}
		told := c.told()
		if len(told) != 3 || told[0] != "draw.drawn drawn" {
			t.Fatalf("told %q", told)
		}
		var winners []string
		for _, s := range told[1:] {
			winner, won := strings.CutPrefix(s, "draw.won cus_")
			if !won || slices.Contains(winners, winner) {
				t.Errorf("two prizes went to %q", told)
			}
			winners = append(winners, winner)
		}
		other := c.raffle("june")
		c.told()
		for range 2 {
			if _, err := other.Cancel(t.Context(), c.d, "june", "Rain", silent); err != nil {
				t.Fatal(err)
			}
		}
		c.heard("cancelled", "draw.cancelled cancelled")
	})
}
