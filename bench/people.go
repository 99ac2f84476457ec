package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/schema"
)

// Who is looked at.
const (
	membersLooked = 200
	pagesLooked   = 7
	staffEmail    = "olga@example.com"
	staffPassword = "a long and winding password"
	packageCodes  = 10_000 // of a batch
)

// benchPages is what people wait for where there are many members: their own page on their phone, the till that finds a
// customer, and codes that are made. Beside each stands the page of a server that has one member.
func benchPages(ctx context.Context, program string, o options) (err error) {
	members := o.orders / ordersPerCustomer
	fmt.Printf("\nPages with %d members, %d of them looked at over one connection; aims at a million: member 100 ms, till 50 ms\n", members, membersLooked)
	dir, err := os.MkdirTemp("", "regulars-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is in the folder of temporary files
	alone := map[string]time.Duration{}
	for _, n := range []int{1, members} {
		data := filepath.Join(dir, fmt.Sprintf("data-%d", n))
		tokens, err := makeMembers(ctx, program, data, n)
		if err != nil {
			return err
		}
		if err := lookAt(ctx, program, data, n, tokens, alone); err != nil {
			return err
		}
	}
	return nil
}

// makeMembers makes a folder with a programme and a member with a history, who is then copied, and gives tokens by which some of
// them have signed in.
func makeMembers(ctx context.Context, program, data string, n int) (tokens []string, err error) {
	s, err := startServer(ctx, program, data)
	if err != nil {
		return nil, err
	}
	if err := oneMember(ctx, s); err != nil {
		s.stop()
		return nil, err
	}
	s.stop()
	store, err := schema.Open(ctx, db.Options{Path: filepath.Join(data, "regulars.db")})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	hash, err := account.NewHasher().Hash(ctx, staffPassword)
	if err != nil {
		return nil, err
	}
	err = store.Write(ctx, func(tx *db.Tx) error {
		if err := member.Save(tx, member.Settings{Open: true}); err != nil {
			return err
		}
		token, err := account.SetupLink(tx)
		if err != nil {
			return err
		}
		if _, err = account.Setup(tx, token, account.NewUser{Email: staffEmail, Name: "Olga"}, hash); err != nil {
			return err
		}
		first, err := firstMember(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO memberships (customer_id, joined_us, how) VALUES ($1, $2, 'web')", first, tx.Now)
		return err
	})
	const step = 20_000
	for from := 1; from < n && err == nil; from += step {
		err = store.Write(ctx, func(tx *db.Tx) error { return copyMember(tx, from, min(from+step, n), n/min(n, membersLooked)) })
	}
	if err != nil {
		return nil, err
	}
	return tokens, store.Write(ctx, func(tx *db.Tx) error {
		tokens = nil
		first, err := firstMember(tx)
		for i := 0; i < min(n, membersLooked) && err == nil; i++ {
			var token string
			token, err = member.Begin(tx, first+int64(i)*int64(n/min(n, membersLooked))*apart)
			tokens = append(tokens, token)
		}
		return err
	})
}

// oneMember sets a programme up and lets one person join and buy.
func oneMember(ctx context.Context, s *served) error {
	programme, err := os.ReadFile(filepath.Join("docs", "cafe.json"))
	if err != nil {
		return err
	}
	type call struct{ path, body string }
	calls := []call{
		{"/v1/programme/versions", `{"document":` + string(programme) + `,"note":"the first"}`}, {"/v1/programme/versions/1/publish", ""},
		{"/v1/customers", `{"reference":"M-1","given_name":"Ada","family_name":"Member","identities":[{"kind":"email","value":"m1@example.com"},{"kind":"phone","value":"+306910000001"}]}`},
	}
	for i := range 20 {
		calls = append(calls, call{"/v1/orders", fmt.Sprintf(`{"reference":"o%d","customer":{"reference":"M-1"},"placed_at":%q,"lines":[{"product":"espresso","category":"coffee","quantity":2,"amount_minor":500}]}`,
			i, time.Now().UTC().Add(-time.Duration(20-i)*time.Hour).Format(time.RFC3339))})
	}
	for _, c := range calls {
		if _, err := ask(ctx, http.DefaultClient, s.url+c.path, s.key, strings.NewReader(c.body)); err != nil {
			return fmt.Errorf("%s: %w", c.path, err)
		}
	}
	return nil
}

func firstMember(tx *db.Tx) (id int64, err error) {
	err = tx.QueryRow("SELECT min(customer_id) FROM customers WHERE customer_id > 0").Scan(&id)
	return id, err
}

// copyMember copies the facts of the first member to so many more, under numbers, names and addresses of their own: all of them
// to one in so many, who is looked at, and one of each kind to the others. A whole history for each of a million is 30 GB, and
// no page of one reads it.
func copyMember(tx *db.Tx, from, to, looked int) error {
	first, err := firstMember(tx)
	if err != nil {
		return err
	}
	numbers := fmt.Sprintf("WITH RECURSIVE c (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM c WHERE n + 1 < %d) ", from, to)
	own := map[string]string{
		"customer_id": fmt.Sprintf("t.customer_id + c.n * %d", apart), "folded_name": "'ada member ' || c.n", "plain_name": "'ada member ' || c.n", "turned_name": "'member ' || c.n || ' ada'",
		"family_name": "'Member ' || c.n", "full_name": "'Ada Member ' || c.n", "reference": "t.reference || '-' || c.n",
	}
	for _, table := range schema.Tables() {
		if table.Class != schema.Fact || table.Name == "customer_identities" {
			continue
		}
		columns, err := texts(tx, "SELECT name FROM pragma_table_info('"+table.Name+"') ORDER BY cid")
		if err != nil {
			return err
		}
		values := make([]string, len(columns))
		for i, c := range columns {
			if values[i] = own[c]; values[i] == "" || c == "reference" && table.Name != "customers" {
				values[i] = "t." + c
			}
		}
		for whom, some := range map[string]string{"c.n % $2 = 0": "", "c.n % $2 <> 0": " LIMIT 1"} {
			if _, err := tx.Exec(fmt.Sprintf("INSERT INTO %s (%s) %s SELECT %s FROM (SELECT * FROM %s WHERE customer_id = $1%s) t CROSS JOIN c WHERE %s", table.Name,
				strings.Join(columns, ", "), numbers, strings.Join(values, ", "), table.Name, some, whom), first, looked); err != nil {
				return fmt.Errorf("%s: %w", table.Name, err)
			}
		}
	}
	for _, i := range [][2]string{{"phone", "'+3069' || (10000001 + c.n)"}, {"email", "'m' || (c.n + 1) || '@example.com'"}, {"id", "'M-' || (c.n + 1)"}} {
		if _, err := tx.Exec(numbers+"INSERT INTO identities (kind, value, customer_id) SELECT $1, "+i[1]+", $2 + c.n * "+fmt.Sprint(apart)+" FROM c", i[0], first); err != nil {
			return err
		}
		if _, err := tx.Exec(numbers+"INSERT INTO customer_identities (customer_id, kind, value, written, added_us) SELECT $2 + c.n * "+fmt.Sprint(apart)+", $1, "+i[1]+", "+i[1]+", 0 FROM c", i[0], first); err != nil {
			return err
		}
	}
	return nil
}

func texts(tx *db.Tx, query string) (all []string, err error) {
	rows, err := tx.Query(query)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Close()
}

// lookAt measures pages, one after the other, beside those of a server with one member.
func lookAt(ctx context.Context, program, data string, n int, tokens []string, alone map[string]time.Duration) error {
	s, err := startServer(ctx, program, data)
	if err != nil {
		return err
	}
	defer s.stop()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	cashier := &http.Client{Jar: jar}
	form := url.Values{"email": {staffEmail}, "password": {staffPassword}}
	if _, err := page(ctx, cashier, http.MethodPost, s.url+"/sign-in", "", form.Encode()); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	tell := func(what string, all []time.Duration) {
		typical := median(all)
		if n == 1 {
			alone[what] = typical
			return
		}
		fmt.Printf("  %-34s %8.1f ms, slowest %.1f   %.2f times as long as with one member\n", what, milliseconds(typical), milliseconds(slowest(all)), typical.Seconds()/alone[what].Seconds())
	}
	// What many wait for, one after the other.
	at := func(i int) int { return i % n * (n / min(n, membersLooked)) % n }
	for _, l := range []struct {
		what string
		who  *http.Client
		path func(i int) (path, token string)
	}{
		{"page of a member", http.DefaultClient, func(i int) (string, string) { return "/my/", tokens[i%len(tokens)] }},
		{"till finds by phone, and shows", cashier, func(i int) (string, string) {
			return "/till?q=" + url.QueryEscape(fmt.Sprintf("+3069%08d", 10000001+at(i))), ""
		}},
		{"till finds by family name", cashier, func(i int) (string, string) {
			if at(i) == 0 { // the first, of whom the others are copies
				return "/till?q=Member", ""
			}
			return "/till?q=" + url.QueryEscape(fmt.Sprintf("Member %d", at(i))), ""
		}},
	} {
		took := make([]time.Duration, membersLooked)
		for i := range took {
			path, token := l.path(i)
			start := time.Now()
			text, err := page(ctx, l.who, http.MethodGet, s.url+path, token, "")
			if err != nil || !strings.Contains(text, "Ada") {
				return fmt.Errorf("%s: %w", l.what, errors.Join(err, errors.New(text[:min(len(text), 500)])))
			}
			took[i] = time.Since(start)
		}
		tell(l.what, took)
	}
	// What an owner opens in the morning.
	for _, at := range []string{"/", "/customers", "/programme", "/programme/waiting", "/rewards", "/owed", "/referrals", "/gifts", "/draws", "/packages", "/fraud", "/by-hand"} {
		var all []time.Duration
		for range pagesLooked {
			start := time.Now()
			if _, err := page(ctx, cashier, http.MethodGet, s.url+at, "", ""); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
			all = append(all, time.Since(start))
		}
		tell("page "+at, all)
	}
	if n == 1 {
		return nil
	}
	return s.batches(ctx)
}

// batches measures how fast codes for packages are made.
func (s *served) batches(ctx context.Context) error {
	const batches = 5
	start := time.Now()
	for i := range batches {
		if _, err := ask(ctx, http.DefaultClient, s.url+"/v1/package-batches", s.key, strings.NewReader(fmt.Sprintf(`{"batch":"b%d","name":"B","unit":"points","units":1,"codes":%d}`, i, packageCodes))); err != nil {
			return err
		}
	}
	fmt.Printf("  %-34s %8.0f a minute; aim 100,000\n", "codes for packages", batches*packageCodes/time.Since(start).Minutes())
	return nil
}

func slowest(all []time.Duration) (most time.Duration) {
	for _, d := range all {
		most = max(most, d)
	}
	return most
}

// page asks for a page as a browser does.
func page(ctx context.Context, client *http.Client, method, at, memberToken, form string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, at, strings.NewReader(form))
	if err != nil {
		return "", err
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "en")
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if memberToken != "" {
		r.AddCookie(&http.Cookie{Name: "member", Value: memberToken})
	}
	answer, err := client.Do(r)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return string(text), errors.Join(err, answer.Body.Close())
}
