package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
	"regulars/web"
)

// wire is the network between a till and the server.
type wire struct{ *browsertest.Wire }

func (s *shop) wired(t *testing.T) *wire {
	t.Helper()
	return &wire{browsertest.Between(t, s.URL)}
}

// window is a window of a browser, in which somebody stands at the till.
type window struct{ *browsertest.Tab }

func (w *wire) window(t *testing.T, b *browsertest.Browser, tag, scheme string, width int64) *window {
	t.Helper()
	return &window{b.Window(t, w.Site(), browsertest.Look{Tag: tag, Scheme: scheme, Width: width})}
}

// ready waits until the page can do without the network.
func (v *window) ready() {
	v.Sees(`document.querySelector("#till[data-ready]") && navigator.serviceWorker.controller`)
}

// sendsNow does not wait until the page sends by itself, as it does every few seconds.
func (v *window) sendsNow() {
	v.Sees(`document.querySelector("#till[data-ready]")`)
	v.Does(chromedp.Evaluate[chromedp.Void](`document.getElementById("till-now").click()`))
}

func (v *window) signsIn(email string) {
	v.Goes("/sign-in")
	v.Does(chromedp.SetValue("#email", email), chromedp.SetValue("#password", good), chromedp.Submit("#email"))
	v.Sees(`location.pathname === "/"`)
}

func tillTest(t *testing.T) *shop {
	t.Helper()
	if _, ok := web.Till(); !ok {
		t.Fatal("the scripts are not bundled: npm --prefix web run build")
	}
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.strict()
	return s
}

// TestASaleByKeyboardInTwoLanguages finds a customer, sells and redeems with the keys alone.
func TestASaleByKeyboardInTwoLanguages(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	b := browsertest.Open(t)
	sales := 1
	for _, c := range []struct {
		tag, scheme            string
		width                  int64
		nobody, gets, sold, up string
	}{
		{"en", "light", 768, "Nobody is known by that.", "A point a euro: +12 points", "A sale of €12.50 is recorded", "Hand over now: A coffee on us"},
		{"ru", "dark", phone, "По этому никто не найден.", "A point a euro: +12", "Продажа на 12,50", "Выдайте сейчас: A coffee on us"},
	} {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1, name = 'Maria' WHERE email = 'cashier@example.com'", c.tag)
			return err
		})
		v := w.window(t, b, c.tag, c.scheme, c.width)
		if sales == 1 {
			v.signsIn("cashier@example.com")
		}
		v.Goes("/till")
		v.ready()
		v.Judge("till-empty")
		v.Types("ZZZ\r")
		v.Says(c.nobody)
		v.ready()
		v.Types(kb.F2 + "4000 1\r")
		v.Sees(`location.pathname === "` + at + `" && document.activeElement.id === "amount"`)
		v.Judge("till-customer")
		v.Types("12,50\r")
		v.Says(c.gets)
		v.Sees(`document.activeElement.id === "till-sell"`)
		v.Judge("till-quote")
		v.Types("\r")
		v.Says(c.sold)
		v.Sees(`document.activeElement.id === "q"`)
		v.Judge("till-sold")
		if sales++; len(s.soldTo(t, at)) != sales {
			t.Fatalf("%d sales, want %d", len(s.soldTo(t, at)), sales)
		}
		v.Types(kb.F9 + "\r")
		v.Says(c.up)
		v.Does(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details").forEach(d => d.open = true)`))
		v.Judge("till-redeemed")
	}
	if n := s.owns(t, at, "points"); n != 40+12-20+12-20 {
		t.Errorf("%d points", n)
	}
}

// TestSalesOutliveACutAndARestart enters sales while the network is away, closes the browser, opens it with the same profile,
// and looks that each arrives once, also where only the answer was lost.
func TestSalesOutliveACutAndARestart(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	profile := filepath.Join(t.TempDir(), "profile")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	b := browsertest.OpenIn(t, profile)
	v := w.window(t, b, "en", "light", 768)
	v.signsIn("cashier@example.com")
	v.Goes("/till")
	v.ready()
	v.Goes(at)
	v.ready()

	w.Cut()
	v.Types("10" + kb.F8)
	v.Says("The sale is kept on this device")
	v.Sees(`document.querySelectorAll("#till-list li[data-state=waiting]").length === 1`)
	v.Goes(at)
	v.Says("The network is away.")
	v.Types("nobody@example.com\t3" + kb.F8)
	v.Sees(`document.querySelectorAll("#till-list li").length === 2`)
	v.Types("\t7\r")
	v.Says("Type by what the customer is known")
	v.Types(kb.F2 + "4000-1\t\b7,555\r")
	v.Says("Type the amount as a number")
	v.Types("\b\r")
	v.Sees(`document.querySelectorAll("#till-list li").length === 3`)
	v.Judge("till-away")
	if n := len(s.soldTo(t, at)); n != 1 {
		t.Fatalf("%d sales arrived through a cut wire", n)
	}

	b.Close()
	b = browsertest.OpenIn(t, profile)
	v = w.window(t, b, "en", "dark", phone)
	v.Goes("/till")
	v.Says("Waiting to be sent: 3")
	w.Mend()
	v.sendsNow()
	v.Sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 2`)
	v.Says("Nobody is known by that.")
	v.Says("Find the customer by name")
	v.Says("The network is back.")
	v.Judge("till-reconciled")
	if n, units := len(s.soldTo(t, at)), s.owns(t, at, "points"); n != 3 || units != 40+10+7 {
		t.Fatalf("%d sales, %d points", n, units)
	}
	// What was refused is mended, and what was sent is cleared.
	v.Does(chromedp.Click(".row-again:not([hidden])"))
	v.Sees(`document.getElementById("who").value === "nobody@example.com" && document.getElementById("amount").value === "3"`)
	v.Does(chromedp.SetValue("#who", "C-1"), chromedp.Click("#till-keep"))
	v.Sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 3`)
	v.Does(chromedp.Click("#till-clear"))
	v.Sees(`document.getElementById("till-waiting").hidden`)
	v.Does(chromedp.Click("#till-back a"))
	v.Sees(`location.pathname === "/till"`)

	// The server has it, and the answer is lost.
	v.Goes(at)
	v.ready()
	w.Swallow()
	v.Types("20" + kb.F8)
	v.Says("The sale is kept on this device")
	w.Cut()
	if n := len(s.soldTo(t, at)); n != 5 {
		t.Fatalf("%d sales", n)
	}
	w.Mend()
	v.sendsNow()
	v.Sees(`document.querySelectorAll("#till-list li[data-state=again]").length === 1`)
	v.Says("only the answer had been lost")

	// Rewards wait, and nothing is taken.
	v.Goes(at)
	v.ready()
	w.Cut()
	v.Types(kb.F9 + "\r")
	v.Says("nothing is to be handed over now")
	w.Mend()
	if n, units := len(s.soldTo(t, at)), s.owns(t, at, "points"); n != 5 || units != 40+10+7+3+20 {
		t.Fatalf("%d sales, %d points", n, units)
	}
}

// TestGoingBackIsNoCut goes back to what came of a form. The browser has kept no copy of that and sends no form twice by itself: to
// the page's worker that looks as if the network were away.
func TestGoingBackIsNoCut(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	owner := s.owner(t)
	at := s.counter(t)
	before := len(s.soldTo(t, at))
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	v := w.window(t, browsertest.Open(t), "en", "light", phone)
	v.signsIn("cashier@example.com")
	v.Goes("/till")
	v.ready()
	v.Goes(at)
	v.ready()
	const back = `history.back();0`
	v.Does(chromedp.SetValue("#amount", "-5"), chromedp.Click("#till-sell"))
	v.Says("Write zero, or a number above it.")
	v.Does(chromedp.SetValue("#amount", "7"), chromedp.Click("#till-ask"))
	v.Says("To pay")
	v.ready()
	v.Types(kb.F8)
	v.Says("A sale of €7.00 is recorded")
	for range 2 { // to the quote, and to the sale that was refused
		v.Does(chromedp.Evaluate[chromedp.Void](back))
		v.Sees(fmt.Sprintf(`location.pathname === %q && location.search === "" && document.querySelector("#till-sell") !== null`, at))
	}
	if n := len(s.soldTo(t, at)); n != before+1 {
		t.Errorf("%d sales", n)
	}
	v.Goes("/till/offline")
	v.ready()
	if n := browsertest.Evaluate[int](v.Tab, `document.querySelectorAll("#till-list li").length`); n != 0 {
		t.Errorf("%d sales are kept in the browser", n)
	}
}

// TestLinesAndARewardWaitForTheNetwork enters lines while the network is away, and has it go while a sale with a reward is recorded.
func TestLinesAndARewardWaitForTheNetwork(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.lowering(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	v := w.window(t, browsertest.Open(t), "en", "light", 768)
	v.signsIn("cashier@example.com")
	v.Goes("/till")
	v.ready()
	w.Cut()
	v.Goes("/till")
	v.Says("The network is away.")
	v.Does(chromedp.SetValue("#who", "C-1"), chromedp.Click("#till-alone summary"))
	v.Sees(`document.querySelector("#till-products option[value=coffee]")`)
	type typed map[string]string
	enter := func(fields typed, says string) {
		t.Helper()
		for at, value := range fields {
			v.Does(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.getElementById(%q).value = %q;0`, at, value)))
		}
		v.Does(chromedp.Click("#till-keep"))
		v.Says(says)
	}
	enter(typed{"product1": "COFFEE", "quantity1": "0", "amount1": "6"}, "Type the pieces as a number above 0")
	enter(typed{"quantity1": "2", "amount1": "6,555"}, "Type the amount as a number")
	enter(typed{"amount1": "6", "product2": "Cake", "amount2": "4,20", "amount": "11"}, "do not add up")
	v.Does(chromedp.Evaluate[chromedp.Void](`document.getElementById("till-alone").scrollIntoView();0`))
	v.Judge("till-away-lines")
	enter(typed{"amount": ""}, "Waiting to be sent: 1")
	v.Says("6 + 4,20 EUR")
	if n := browsertest.Evaluate[int](v.Tab, `[...document.querySelectorAll("#till-alone input")].filter(at => at.value !== "").length`); n != 0 {
		t.Errorf("%d fields are not empty for the next one", n)
	}
	w.Mend()
	v.sendsNow()
	v.Sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 1`)
	v.Says("6 + 4,20 EUR")
	if n, stars := len(s.soldTo(t, at)), s.owns(t, at, "stars"); n != 2 || stars != 1+2 || s.owns(t, at, "points") != 50 {
		t.Fatalf("%d sales, %d stars, %d points", n, stars, s.owns(t, at, "points"))
	}

	// A reward that was not quoted waits for the network; one that was goes with its sale, also where only the answer is lost.
	v.Goes(at)
	v.ready()
	w.Cut()
	v.Does(chromedp.SetValue("#amount", "20"), chromedp.Evaluate[chromedp.Void](`document.getElementById("with").value = "last";0`), chromedp.Click("#till-sell"))
	v.Says("nothing is to be handed over now")
	w.Mend()
	v.Goes(at)
	v.ready()
	v.Does(chromedp.SetValue("#amount", "20"), chromedp.Click(`button[name=take][value=last]`))
	v.Says("The last one takes off €2.00.")
	v.Judge("till-quote-off")
	w.Swallow()
	v.Types(kb.F8)
	v.Says("The sale is kept on this device")
	v.Says("20 − 2.00 EUR")
	w.Cut()
	w.Mend()
	v.sendsNow()
	v.Sees(`document.querySelectorAll("#till-list li[data-state=again]").length === 1`)
	if n := len(s.soldTo(t, at)); n != 3 || s.owns(t, at, "points") != 50+18 {
		t.Fatalf("%d sales, %d points", n, s.owns(t, at, "points"))
	}
	s.took(t, at, "last used")

	// Another till was faster: the sale is sent again as it was paid, and spends nothing.
	s.write(t, func(tx *db.Tx) error {
		one := int64(1)
		_, err := reward.Save(tx, reward.Reward{Reward: "last", Name: "The last one", Kind: reward.Discount, Terms: []byte(`{"percent": 10}`)}, &one, 0)
		return err
	})
	v.Goes(at)
	v.ready()
	v.Does(chromedp.SetValue("#amount", "20"), chromedp.Click(`button[name=take][value=last]`))
	v.Says("The last one takes off €2.00.")
	v.ready()
	w.Cut()
	v.Types(kb.F8)
	v.Says("The sale is kept on this device")
	s.write(t, func(tx *db.Tx) error {
		none := int64(0)
		_, err := reward.Save(tx, reward.Reward{Reward: "last", Name: "The last one", Kind: reward.Discount, Terms: []byte(`{"percent": 10}`)}, &none, 0)
		return err
	})
	w.Mend()
	v.sendsNow()
	v.Says("There is none left of this reward.")
	v.Says("without the reward")
	v.Does(chromedp.Click(".row-again:not([hidden])"))
	v.Says("Taken off, as it was shown: 2.00 EUR")
	v.Judge("till-mended")
	v.Does(chromedp.Click("#till-keep"))
	v.Sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 2 && !document.querySelector("#till-list li[data-state=refused]")`)
	if n := len(s.soldTo(t, at)); n != 4 || s.owns(t, at, "points") != 50+18+18 {
		t.Fatalf("%d sales, %d points", n, s.owns(t, at, "points"))
	}
	s.took(t, at, "last used")
}

// TestASaleIsLoweredInThreeLanguages by a press on a reward, on a phone and on a tablet, and one that does not suit it is said so.
func TestASaleIsLoweredInThreeLanguages(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.lowering(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	b := browsertest.Open(t)
	for i, c := range []struct {
		tag, scheme                                  string
		width                                        int64
		stamps, little, none, full, off, sold, alone string
	}{
		{"en", "light", phone, "1 of 10; after 8 more the next is free", "for sales of €10.00 or more", "No line of this sale is “espresso”", "Full price: €30.00", "Five off takes off €5.00.", "A sale of €25.00 is recorded", "The network is away."},
		{"el", "dark", phone, "1 από 10· μετά από 8 ακόμη, το επόμενο είναι δωρεάν", "για πωλήσεις από 10,00", "Καμία γραμμή αυτής της πώλησης δεν είναι «espresso»", "Πλήρης τιμή: 30,00", "Five off: αφαιρούνται 5,00", "Καταχωρίστηκε πώληση 25,00", "Δεν υπάρχει δίκτυο."},
		{"zh", "dark", 768, "1/10，再买 8 件后下一件免费", "这项奖励适用于", "这笔销售中没有“espresso”这一行", "原价：", "Five off：减", "25.00", "网络已断开"},
	} {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1, name = 'Maria' WHERE email = 'cashier@example.com'", c.tag)
			return err
		})
		v := w.window(t, b, c.tag, c.scheme, c.width)
		if i == 0 {
			v.signsIn("cashier@example.com")
		}
		v.Goes(at)
		v.ready()
		v.Says(c.stamps)
		v.Judge("till-lowering")
		v.Does(chromedp.SetValue("#amount", "9"), chromedp.Click(`button[name=take][value=five]`))
		v.Says(c.little)
		v.Sees(`document.getElementById("with").value === "five"`)
		v.Judge("till-lowered-not")
		v.Does(chromedp.Click(`button[name=take][value=coffee]`))
		v.Says(c.none)
		v.Sees(`document.querySelector("#till-sale details").open && document.getElementById("with").value === "coffee"`)
		v.Judge("till-goods-not")
		v.Does(chromedp.SetValue("#amount", "30"), chromedp.SetValue("#with", "five"))
		v.Types(kb.F4)
		v.Says(c.full)
		v.Says(c.off)
		v.ready()
		v.Judge("till-lowered")
		v.Types(kb.F8)
		v.Says(c.sold)
		v.Judge("till-lowered-sold")
		v.Goes("/till")
		v.ready()
		w.Cut()
		v.Goes("/till")
		v.Says(c.alone)
		v.Does(chromedp.Evaluate[chromedp.Void](`document.querySelector("#till-alone details").open = true;0`))
		v.Judge("till-alone-lines")
		w.Mend()
	}
	s.took(t, at, "five used", "five used", "five used")
}

// TestSalesWaitForWhoEnteredThem signs a cashier out while a sale waits, lets somebody else in, and the cashier again.
func TestSalesWaitForWhoEnteredThem(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	v := w.window(t, browsertest.Open(t), "en", "light", desk)
	v.signsIn("cashier@example.com")
	v.Goes("/till")
	v.ready()
	w.Cut()
	v.Goes("/till")
	v.Types("C-1\t5\r")
	v.Says("Waiting to be sent: 1")
	s.write(t, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM sessions"); return err })
	w.Mend()
	v.sendsNow()
	v.Says("Sales wait on this device. Sign in, and they are sent.")
	v.Goes("/till") // which tells so too, instead of going to the sign-in page at once
	v.Says("Sales wait on this device. Sign in, and they are sent.")
	v.Judge("till-signed-out")
	if n := len(s.soldTo(t, at)); n != 1 {
		t.Fatalf("%d sales", n)
	}
	v.signsIn("olga@example.com")
	v.Goes("/till")
	v.ready()
	v.Says("Sales of somebody else wait on this device too.")
	if list := browsertest.Evaluate[int](v.Tab, `document.querySelectorAll("#till-list li").length`); list != 0 || len(s.soldTo(t, at)) != 1 {
		t.Fatalf("%d of them are shown, and %d sales are there", list, len(s.soldTo(t, at)))
	}
	v.Does(chromedp.Submit(`form[action="/sign-out"]`))
	v.Sees(`location.pathname === "/sign-in"`)
	v.signsIn("cashier@example.com")
	v.Goes("/till")
	v.Sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 1`)
	if n, units := len(s.soldTo(t, at)), s.owns(t, at, "points"); n != 2 || units != 45 {
		t.Fatalf("%d sales, %d points", n, units)
	}
}
