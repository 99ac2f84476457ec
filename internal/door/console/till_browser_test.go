package console_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/web"
)

// wire is the network between a browser and the server: it can be cut, and it can swallow what the server answers.
type wire struct {
	address string
	to      string

	lock   sync.Mutex
	listen net.Listener
	conns  map[net.Conn]bool
	deaf   bool
}

func (s *shop) wired(t *testing.T) *wire {
	t.Helper()
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: at.Host, address: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	w.mend(t)
	t.Cleanup(w.cut)
	return w
}

// cut ends every connection, and refuses new ones.
func (w *wire) cut() {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.listen != nil {
		_ = w.listen.Close()
		w.listen = nil
	}
	for c := range w.conns {
		_ = c.Close()
	}
	clear(w.conns)
}

// mend lets through again, under the same address.
func (w *wire) mend(t *testing.T) {
	t.Helper()
	listen, err := net.Listen("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	w.lock.Lock()
	w.listen, w.address, w.deaf = listen, listen.Addr().String(), false
	w.lock.Unlock()
	go func() {
		for {
			c, err := listen.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
}

// swallow ends each connection as soon as the server answers: what was asked for is done, and nobody is told.
func (w *wire) swallow() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.deaf = true
}

func (w *wire) carry(near net.Conn) {
	far, err := net.Dial("tcp", w.to)
	if err != nil {
		_ = near.Close()
		return
	}
	w.lock.Lock()
	w.conns[near], w.conns[far] = true, true
	w.lock.Unlock()
	end := func() { _ = near.Close(); _ = far.Close() }
	go func() { defer end(); _, _ = io.Copy(far, near) }()
	defer end()
	for part := make([]byte, 32<<10); ; {
		n, err := far.Read(part)
		w.lock.Lock()
		deaf := w.deaf
		w.lock.Unlock()
		if err != nil || deaf {
			return
		}
		if _, err := near.Write(part[:n]); err != nil {
			return
		}
	}
}

// window is a window of a browser, in which somebody stands at the till.
type window struct {
	t    *testing.T
	ctx  context.Context
	site string
	lock sync.Mutex
	bad  []string
}

func (w *wire) window(t *testing.T, browser context.Context, tag, scheme string, width int64) *window {
	t.Helper()
	v := &window{t: t, ctx: browser, site: "http://" + w.address}
	if err := chromedp.Listen(browser, v.hear); err != nil {
		t.Fatal(err)
	}
	ask(t, browser, network.Enable, network.EnableParams{})
	ask(t, browser, log.Enable, cdp.Empty{})
	ask(t, browser, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": tag}})
	ask(t, browser, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err := chromedp.Do(browser, chromedp.EmulateViewport(width, 900)); err != nil {
		t.Fatal(err)
	}
	return v
}

// hear notes what no page should do: ask another site, throw, or have the browser complain.
func (v *window) hear(event any) {
	v.lock.Lock()
	defer v.lock.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, v.site) && !strings.HasPrefix(e.Request.URL, "data:") {
			v.bad = append(v.bad, "the page asks for "+e.Request.URL)
		}
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceNetwork { // a network that was cut is noted too
			v.bad = append(v.bad, fmt.Sprintf("the browser notes %s: %s", e.Entry.Level, e.Entry.Text))
		}
	case *runtime.EventExceptionThrown:
		v.bad = append(v.bad, "the page throws "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		v.bad = append(v.bad, fmt.Sprintf("the page says %s on the console", e.Type))
	}
}

func (v *window) does(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatalf("%v\n%s", err, v.text())
	}
}

func (v *window) goes(path string) { v.t.Helper(); v.does(chromedp.Navigate(v.site + path)) }

func (v *window) types(keys string) { v.t.Helper(); v.does(chromedp.KeyEvent(keys)) }

func (v *window) text() string {
	text, _ := chromedp.Run(v.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	return text
}

// sees waits until an expression holds on whatever page there is.
func (v *window) sees(expression string) {
	v.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		ctx, stop := context.WithTimeout(v.ctx, 5*time.Second)
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		stop()
		if err == nil && holds { // an error: one page goes and another comes
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("it never came about that %s (%v):\n%s", expression, err, v.text())
		}
	}
}

func (v *window) says(text string) {
	v.t.Helper()
	v.sees(fmt.Sprintf("document.body && document.body.innerText.includes(%q)", text))
}

// ready waits until the page can do without the network.
func (v *window) ready() {
	v.t.Helper()
	v.sees(`document.querySelector("#till[data-ready]") && navigator.serviceWorker.controller`)
}

func (v *window) judge(name, tag, checker string) {
	v.t.Helper()
	v.does(chromedp.Evaluate[chromedp.Void](checker + ";0"))
	v.lock.Lock()
	bad := v.bad
	v.bad = nil
	v.lock.Unlock()
	width := evaluate[int64](v.t, v.ctx, "innerWidth")
	l := look{name: name, tag: tag, scheme: "till", width: width}
	l.judge(v.t, v.ctx, bad)
}

// sendsNow does not wait until the page sends by itself, as it does every few seconds.
func (v *window) sendsNow() {
	v.t.Helper()
	v.sees(`document.querySelector("#till[data-ready]")`)
	v.does(chromedp.Evaluate[chromedp.Void](`document.getElementById("till-now").click()`))
}

func (v *window) signsIn(email string) {
	v.t.Helper()
	v.goes("/sign-in")
	v.does(chromedp.SetValue("#email", email), chromedp.SetValue("#password", good), chromedp.Submit("#email"))
	v.sees(`location.pathname === "/"`)
}

func tillTest(t *testing.T) *shop {
	t.Helper()
	if testing.Short() {
		t.Skip("the browser is left out of short runs; the full run has it")
	}
	if _, ok := web.Till(); !ok {
		t.Fatal("the scripts are not bundled: npm --prefix web run build")
	}
	s := open(t, dbtest.Open(t, dbtest.SQLite(t)))
	s.strict()
	return s
}

// TestASaleByKeyboardInTwoLanguages finds a customer, sells and redeems with the keys alone.
func TestASaleByKeyboardInTwoLanguages(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	checker := axe(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	ctx := browser(t)
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
		v := w.window(t, ctx, c.tag, c.scheme, c.width)
		if sales == 1 {
			v.signsIn("cashier@example.com")
		}
		v.goes("/till")
		v.ready()
		v.judge("till-empty", c.tag, checker)
		v.types("ZZZ\r")
		v.says(c.nobody)
		v.ready()
		v.types(kb.F2 + "4000 1\r")
		v.sees(`location.pathname === "` + at + `" && document.activeElement.id === "amount"`)
		v.judge("till-customer", c.tag, checker)
		v.types("12,50\r")
		v.says(c.gets)
		v.sees(`document.activeElement.id === "till-sell"`)
		v.judge("till-quote", c.tag, checker)
		v.types("\r")
		v.says(c.sold)
		v.sees(`document.activeElement.id === "q"`)
		v.judge("till-sold", c.tag, checker)
		if sales++; len(s.soldTo(t, at)) != sales {
			t.Fatalf("%d sales, want %d", len(s.soldTo(t, at)), sales)
		}
		v.types(kb.F9 + "\r")
		v.says(c.up)
		v.does(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details").forEach(d => d.open = true)`))
		v.judge("till-redeemed", c.tag, checker)
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
	checker := axe(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	profile := filepath.Join(t.TempDir(), "profile")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, stop := browserIn(t, profile)
	v := w.window(t, ctx, "en", "light", 768)
	v.signsIn("cashier@example.com")
	v.goes("/till")
	v.ready()
	v.goes(at)
	v.ready()

	w.cut()
	v.types("10" + kb.F8)
	v.says("The sale is kept on this device")
	v.sees(`document.querySelectorAll("#till-list li[data-state=waiting]").length === 1`)
	v.goes(at)
	v.says("The network is away.")
	v.types("nobody@example.com\t3" + kb.F8)
	v.sees(`document.querySelectorAll("#till-list li").length === 2`)
	v.types("\t7\r")
	v.says("Type by what the customer is known")
	v.types(kb.F2 + "4000-1\t\b7,555\r")
	v.says("Type the amount as a number")
	v.types("\b\r")
	v.sees(`document.querySelectorAll("#till-list li").length === 3`)
	v.judge("till-away", "en", checker)
	if n := len(s.soldTo(t, at)); n != 1 {
		t.Fatalf("%d sales arrived through a cut wire", n)
	}

	stop()
	ctx, _ = browserIn(t, profile)
	v = w.window(t, ctx, "en", "dark", phone)
	v.goes("/till")
	v.says("Waiting to be sent: 3")
	w.mend(t)
	v.sendsNow()
	v.sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 2`)
	v.says("Nobody is known by that.")
	v.says("Find the customer by name")
	v.says("The network is back.")
	v.judge("till-reconciled", "en", checker)
	if n, units := len(s.soldTo(t, at)), s.owns(t, at, "points"); n != 3 || units != 40+10+7 {
		t.Fatalf("%d sales, %d points", n, units)
	}
	// What was refused is mended, and what was sent is cleared.
	v.does(chromedp.Click(".row-again:not([hidden])"))
	v.sees(`document.getElementById("who").value === "nobody@example.com" && document.getElementById("amount").value === "3"`)
	v.does(chromedp.SetValue("#who", "C-1"), chromedp.Click("#till-keep"))
	v.sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 3`)
	v.does(chromedp.Click("#till-clear"))
	v.sees(`document.getElementById("till-waiting").hidden`)
	v.does(chromedp.Click("#till-back a"))
	v.sees(`location.pathname === "/till"`)

	// The server has it, and the answer is lost.
	v.goes(at)
	v.ready()
	w.swallow()
	v.types("20" + kb.F8)
	v.says("The sale is kept on this device")
	w.cut()
	if n := len(s.soldTo(t, at)); n != 5 {
		t.Fatalf("%d sales", n)
	}
	w.mend(t)
	v.sendsNow()
	v.sees(`document.querySelectorAll("#till-list li[data-state=again]").length === 1`)
	v.says("only the answer had been lost")

	// Rewards wait, and nothing is taken.
	v.goes(at)
	v.ready()
	w.cut()
	v.types(kb.F9 + "\r")
	v.says("nothing is to be handed over now")
	w.mend(t)
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
	v := w.window(t, browser(t), "en", "light", phone)
	v.signsIn("cashier@example.com")
	v.goes("/till")
	v.ready()
	v.goes(at)
	v.ready()
	const back = `history.back();0`
	v.does(chromedp.SetValue("#amount", "-5"), chromedp.Click("#till-sell"))
	v.says("outside what makes sense")
	v.does(chromedp.SetValue("#amount", "7"), chromedp.Click("#till-ask"))
	v.says("To pay")
	v.ready()
	v.types(kb.F8)
	v.says("A sale of €7.00 is recorded")
	for range 2 { // to the quote, and to the sale that was refused
		v.does(chromedp.Evaluate[chromedp.Void](back))
		v.sees(fmt.Sprintf(`location.pathname === %q && location.search === "" && document.querySelector("#till-sell") !== null`, at))
	}
	if n := len(s.soldTo(t, at)); n != before+1 {
		t.Errorf("%d sales", n)
	}
	v.goes("/till/offline")
	v.ready()
	if n := evaluate[int](t, v.ctx, `document.querySelectorAll("#till-list li").length`); n != 0 {
		t.Errorf("%d sales are kept in the browser", n)
	}
}

// TestLinesAndARewardWaitForTheNetwork enters lines while the network is away, and has it go while a sale with a reward is recorded.
func TestLinesAndARewardWaitForTheNetwork(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	checker := axe(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.lowering(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	v := w.window(t, browser(t), "en", "light", 768)
	v.signsIn("cashier@example.com")
	v.goes("/till")
	v.ready()
	w.cut()
	v.goes("/till")
	v.says("The network is away.")
	v.does(chromedp.SetValue("#who", "C-1"), chromedp.Click("#till-alone summary"))
	v.sees(`document.querySelector("#till-products option[value=coffee]")`)
	type typed map[string]string
	enter := func(fields typed, says string) {
		t.Helper()
		for at, value := range fields {
			v.does(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.getElementById(%q).value = %q;0`, at, value)))
		}
		v.does(chromedp.Click("#till-keep"))
		v.says(says)
	}
	enter(typed{"product1": "COFFEE", "quantity1": "0", "amount1": "6"}, "Type the pieces as a number above 0")
	enter(typed{"quantity1": "2", "amount1": "6,555"}, "Type the amount as a number")
	enter(typed{"amount1": "6", "product2": "Cake", "amount2": "4,20", "amount": "11"}, "do not add up")
	v.does(chromedp.Evaluate[chromedp.Void](`document.getElementById("till-alone").scrollIntoView();0`))
	v.judge("till-away-lines", "en", checker)
	enter(typed{"amount": ""}, "Waiting to be sent: 1")
	v.says("6 + 4,20 EUR")
	if n := evaluate[int](t, v.ctx, `[...document.querySelectorAll("#till-alone input")].filter(at => at.value !== "").length`); n != 0 {
		t.Errorf("%d fields are not empty for the next one", n)
	}
	w.mend(t)
	v.sendsNow()
	v.sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 1`)
	v.says("6 + 4,20 EUR")
	if n, stars := len(s.soldTo(t, at)), s.owns(t, at, "stars"); n != 2 || stars != 1+2 || s.owns(t, at, "points") != 50 {
		t.Fatalf("%d sales, %d stars, %d points", n, stars, s.owns(t, at, "points"))
	}

	// A reward that was not quoted waits for the network; one that was goes with its sale, also where only the answer is lost.
	v.goes(at)
	v.ready()
	w.cut()
	v.does(chromedp.SetValue("#amount", "20"), chromedp.Evaluate[chromedp.Void](`document.getElementById("with").value = "last";0`), chromedp.Click("#till-sell"))
	v.says("nothing is to be handed over now")
	w.mend(t)
	v.goes(at)
	v.ready()
	v.does(chromedp.SetValue("#amount", "20"), chromedp.Click(`button[name=take][value=last]`))
	v.says("The last one takes off €2.00.")
	v.judge("till-quote-off", "en", checker)
	w.swallow()
	v.types(kb.F8)
	v.says("The sale is kept on this device")
	v.says("20 − 2.00 EUR")
	w.cut()
	w.mend(t)
	v.sendsNow()
	v.sees(`document.querySelectorAll("#till-list li[data-state=again]").length === 1`)
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
	v.goes(at)
	v.ready()
	v.does(chromedp.SetValue("#amount", "20"), chromedp.Click(`button[name=take][value=last]`))
	v.says("The last one takes off €2.00.")
	v.ready()
	w.cut()
	v.types(kb.F8)
	v.says("The sale is kept on this device")
	s.write(t, func(tx *db.Tx) error {
		none := int64(0)
		_, err := reward.Save(tx, reward.Reward{Reward: "last", Name: "The last one", Kind: reward.Discount, Terms: []byte(`{"percent": 10}`)}, &none, 0)
		return err
	})
	w.mend(t)
	v.sendsNow()
	v.says("There is none left of this reward.")
	v.says("without the reward")
	v.does(chromedp.Click(".row-again:not([hidden])"))
	v.says("Taken off, as it was shown: 2.00 EUR")
	v.judge("till-mended", "en", checker)
	v.does(chromedp.Click("#till-keep"))
	v.sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 2 && !document.querySelector("#till-list li[data-state=refused]")`)
	if n := len(s.soldTo(t, at)); n != 4 || s.owns(t, at, "points") != 50+18+18 {
		t.Fatalf("%d sales, %d points", n, s.owns(t, at, "points"))
	}
	s.took(t, at, "last used")
}

// TestASaleIsLoweredInThreeLanguages by a press on a reward, on a phone and on a tablet, and one that does not suit it is said so.
func TestASaleIsLoweredInThreeLanguages(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	checker := axe(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.lowering(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	ctx := browser(t)
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
		v := w.window(t, ctx, c.tag, c.scheme, c.width)
		if i == 0 {
			v.signsIn("cashier@example.com")
		}
		v.goes(at)
		v.ready()
		v.says(c.stamps)
		v.judge("till-lowering", c.tag, checker)
		v.does(chromedp.SetValue("#amount", "9"), chromedp.Click(`button[name=take][value=five]`))
		v.says(c.little)
		v.sees(`document.getElementById("with").value === "five"`)
		v.judge("till-lowered-not", c.tag, checker)
		v.does(chromedp.Click(`button[name=take][value=coffee]`))
		v.says(c.none)
		v.sees(`document.querySelector("#till-sale details").open && document.getElementById("with").value === "coffee"`)
		v.judge("till-goods-not", c.tag, checker)
		v.does(chromedp.SetValue("#amount", "30"), chromedp.SetValue("#with", "five"))
		v.types(kb.F4)
		v.says(c.full)
		v.says(c.off)
		v.ready()
		v.judge("till-lowered", c.tag, checker)
		v.types(kb.F8)
		v.says(c.sold)
		v.judge("till-lowered-sold", c.tag, checker)
		v.goes("/till")
		v.ready()
		w.cut()
		v.goes("/till")
		v.says(c.alone)
		v.does(chromedp.Evaluate[chromedp.Void](`document.querySelector("#till-alone details").open = true;0`))
		v.judge("till-alone-lines", c.tag, checker)
		w.mend(t)
	}
	s.took(t, at, "five used", "five used", "five used")
}

// TestSalesWaitForWhoEnteredThem signs a cashier out while a sale waits, lets somebody else in, and the cashier again.
func TestSalesWaitForWhoEnteredThem(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	checker := axe(t)
	owner := s.owner(t)
	at := s.counter(t)
	s.signedIn(t, owner, account.Cashier)
	w := s.wired(t)
	v := w.window(t, browser(t), "en", "light", desk)
	v.signsIn("cashier@example.com")
	v.goes("/till")
	v.ready()
	w.cut()
	v.goes("/till")
	v.types("C-1\t5\r")
	v.says("Waiting to be sent: 1")
	s.write(t, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM sessions"); return err })
	w.mend(t)
	v.sendsNow()
	v.says("Sales wait on this device. Sign in, and they are sent.")
	v.goes("/till") // which tells so too, instead of going to the sign-in page at once
	v.says("Sales wait on this device. Sign in, and they are sent.")
	v.judge("till-signed-out", "en", checker)
	if n := len(s.soldTo(t, at)); n != 1 {
		t.Fatalf("%d sales", n)
	}
	v.signsIn("olga@example.com")
	v.goes("/till")
	v.ready()
	v.says("Sales of somebody else wait on this device too.")
	if list := evaluate[int](t, v.ctx, `document.querySelectorAll("#till-list li").length`); list != 0 || len(s.soldTo(t, at)) != 1 {
		t.Fatalf("%d of them are shown, and %d sales are there", list, len(s.soldTo(t, at)))
	}
	v.does(chromedp.Submit(`form[action="/sign-out"]`))
	v.sees(`location.pathname === "/sign-in"`)
	v.signsIn("cashier@example.com")
	v.goes("/till")
	v.sees(`document.querySelectorAll("#till-list li[data-state=sent]").length === 1`)
	if n, units := len(s.soldTo(t, at)), s.owns(t, at, "points"); n != 2 || units != 45 {
		t.Fatalf("%d sales, %d points", n, units)
	}
}
