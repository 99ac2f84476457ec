package console_test

import (
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/club"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/intake"
	"regulars/internal/intake/upload"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/report"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/analysis"
)

// analyses answers questions about the facts of a store from a columnar copy, as the server does.
func analyses(t *testing.T, d *db.DB) *analysis.Desk {
	t.Helper()
	follow := sync.OnceValues(func() (*mirror.Follower, error) { // few tests ask
		f, err := mirror.Follow(context.WithoutCancel(t.Context()), d, mirror.Options{Memory: "256MB", Threads: 1})
		if err == nil {
			t.Cleanup(func() { _ = f.Close() })
		}
		return f, err
	})
	return analysis.New(d, func(ctx context.Context, v mirror.View) (*mirror.Source, error) {
		f, err := follow()
		if err != nil {
			return nil, err
		}
		if _, err := f.Refresh(ctx); err != nil {
			return nil, err
		}
		return f.Source(ctx, v)
	}, club.LoadMeasures)
}

// works takes files in until the test ends.
func (s *shop) works(t *testing.T) {
	t.Helper()
	jobtest.Run(t, s.d, []job.Kind{(&upload.Runner{DB: s.d, Facts: &intake.Current{DB: s.d}}).Job()}, job.Options{Poll: 50 * time.Millisecond})
}

// bring sends a file as the form does.
func (b *reader) bring(name, content string) shown {
	b.t.Helper()
	return b.brings("/data", name, content)
}

func (b *reader) brings(to, name, content string, fields ...string) shown {
	b.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for field := range slices.Chunk(fields, 2) {
		if err := w.WriteField(field[0], field[1]); err != nil {
			b.t.Fatal(err)
		}
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.s.URL+to, &form)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", b.s.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

const ordersFile = "order,customer,date,amount,note\n1,ada,2026-10-01,10.00,<script>alert(1)</script>\n2,bob,2026-10-02,20.50,שלום\n3,bob,2026-13-45,1.00,x\n4,bob,2026-10-20,5.00,x\n"

// From nothing to the picture, in a browser: a file is brought, looked at, mended, taken in, and drawn.
func TestAFileBecomesAPicture(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.works(t)
		owner := s.owner(t)
		owner.get("/").wants(t, http.StatusOK, "/", "Loyalty picture", "Your data")
		owner.settled("/picture").wants(t, http.StatusOK, "/picture", "There are no orders yet")
		owner.get("/data").wants(t, http.StatusOK, "/data", "Bring a file", "None yet.")
		owner.bring("", "").wants(t, http.StatusUnprocessableEntity, "/data", "Choose a file first.")
		owner.bring("nothing.csv", "").wants(t, http.StatusUnprocessableEntity, "/data", "nothing.csv is empty")

		page := owner.bring("C:\\files\\orders.csv", ordersFile)
		page.wants(t, http.StatusOK, page.path, "orders.csv", "ready to be taken in", "<script>alert(1)</script>", "שלום")
		if strings.Contains(page.text, "<script>") || !regexp.MustCompile(`^/data/imp_[0-9a-z]{13}$`).MatchString(page.path) {
			t.Fatalf("%s: %s", page.path, page.text)
		}
		// The note is to be the product, and the amount is not to be read.
		owner.post(page.path+"/reading", "kind", "orders", "role#1", "order", "role#2", "customer", "role#3", "date", "role#4", "amount", "role#5", "product").
			wants(t, http.StatusOK, page.path)
		if got := s.reading(t); got.Map["product"] != "#5" || got.Map["customer"] != "#2" {
			t.Errorf("%+v", got)
		}
		done := owner.post(page.path + "/start")
		for deadline := time.Now().Add(time.Minute); done.header.Get("Refresh") != ""; done = owner.get(page.path) {
			if time.Now().After(deadline) {
				t.Fatal("it is not taken in")
			}
			done.wants(t, http.StatusOK, page.path, "You may leave this page")
			time.Sleep(20 * time.Millisecond)
		}
		done.wants(t, http.StatusOK, page.path, "taken in", "new facts", "3", "Rows that could not be used")
		owner.get(page.path+"/rejected").wants(t, http.StatusOK, page.path+"/rejected", "2026-13-45")
		owner.get("/data").wants(t, http.StatusOK, "/data", "orders.csv", "3 facts")

		again := s.again(t, owner)
		again.settled("/picture")
		again.get("/").wants(t, http.StatusOK, "/", "€35.50", `href="/measures/revenue"`)
		picture := again.settled("/picture").wants(t, http.StatusOK, "/picture", "€35.50", "drawn")
		if strings.Contains(picture.text, "<script") || !strings.Contains(picture.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%v", picture.header)
		}
	})
}

// A file of products is brought as any other: what it is, is found out, and can be said otherwise.
func TestAFileOfProducts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.works(t)
		owner := s.owner(t)
		page := owner.bring("products.csv", "sku,title,unit cost,stock\nmug,Mug,2.50,0\ntea,Tea,1.20,many\ncup,Cup,,3\n")
		page.wants(t, http.StatusOK, page.path, "products", "what one costs you", "how many are left", "what it is called")
		done := owner.post(page.path + "/start")
		for deadline := time.Now().Add(time.Minute); done.header.Get("Refresh") != ""; done = owner.get(page.path) {
			if time.Now().After(deadline) {
				t.Fatal("it is not taken in")
			}
			time.Sleep(20 * time.Millisecond)
		}
		done.wants(t, http.StatusOK, page.path, "taken in", "Rows that could not be used")
		owner.get(page.path+"/rejected").wants(t, http.StatusOK, page.path+"/rejected", "tea", "whether it is sold out cannot be read")
		var all []catalogue.Stored
		if err := s.d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = catalogue.List(tx, "", "", 9); return err }); err != nil {
			t.Fatal(err)
		}
		if len(all) != 2 || all[0].Reference != "cup" || all[0].SoldOut || all[0].CostMinor != nil || all[1].Name != "Mug" || !all[1].SoldOut || *all[1].CostMinor != 250 {
			t.Errorf("%+v", all)
		}
	})
}

// settled gets a page when it has stopped to refresh itself.
func (b *reader) settled(path string) (page shown) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if page = b.get(path); page.header.Get("Refresh") == "" {
			return page
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("%s does not settle: %s", path, page.text)
		}
	}
}

func (s *shop) reading(t *testing.T) (r upload.Reading) {
	t.Helper()
	if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
		list, err := upload.List(tx, 0, 1)
		if err == nil && len(list) == 1 {
			r = list[0].Reading
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return r
}

// again is the same reader at a server that was just started: it has no picture yet.
func (s *shop) again(t *testing.T, owner *reader) *reader {
	t.Helper()
	s.Config.Handler = s.pages(t)
	return owner
}

func TestWhoMayBringFilesAndSeeThePicture(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		brought := owner.bring("orders.csv", ordersFile)
		for _, role := range account.Roles() {
			who := s.signedIn(t, owner, role)
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			for path, need := range map[string]account.Permission{"/picture": account.MeasuresRead, "/data": account.ImportsRead, brought.path: account.ImportsRead} {
				if page := who.settled(path); (page.status == http.StatusOK) != may.May(need) || page.status >= 500 {
					t.Errorf("%s at %s: %d", role, path, page.status)
				}
			}
			if page := who.bring("x.csv", ordersFile); (page.status == http.StatusOK) != may.May(account.ImportsWrite) {
				t.Errorf("%s brings a file: %d", role, page.status)
			}
			if page := who.post(brought.path+"/reading", "kind", "orders"); (page.status < http.StatusBadRequest) != may.May(account.ImportsWrite) && page.status != http.StatusUnprocessableEntity {
				t.Errorf("%s changes how it is read: %d %s", role, page.status, html.UnescapeString(page.text))
			}
		}
		nobody := s.reader(t)
		for _, path := range []string{"/picture", "/data", brought.path, brought.path + "/rejected"} {
			nobody.get(path).wants(t, http.StatusOK, "/sign-in")
		}
		owner.get("/data/imp_8000000000001").wants(t, http.StatusNotFound, "/data/imp_8000000000001")
		owner.get("/data/'; DROP").wants(t, http.StatusNotFound, "/data/'; DROP")
	})
}

// signedIn is somebody of the role, who accepts an invitation.
func (s *shop) signedIn(t *testing.T, _ *reader, role account.Role) *reader {
	t.Helper()
	return s.signedInAs(t, string(role)+"@example.com", role)
}

func (s *shop) signedInAs(t *testing.T, email string, role account.Role) *reader {
	t.Helper()
	var link string
	s.write(t, func(tx *db.Tx) error {
		_, token, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Name: "N", Role: role, Language: "en"})
		link = account.LinkPath(account.Invitation, token)
		return err
	})
	who := s.reader(t)
	who.post(link, "name", "N", "language", "en", "password", good, "again", good)
	who.get("/").wants(t, http.StatusOK, "/")
	return who
}

// A picture that cannot be drawn is said to be so; what was drawn before stays, as old as it is.
func TestAFailedDrawingIsSaidAndTheLastPictureStays(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	s.visited(t)
	var broken atomic.Int64
	right := s.analyses.Draw
	s.Config.Handler = s.pagesThat(t, func(ctx context.Context) (*report.Picture, error) {
		switch broken.Load() {
		case 1:
			return nil, errors.New("no disk")
		case 2:
			panic("a mistake of ours")
		}
		return right(ctx)
	})
	for n := range int64(2) {
		broken.Store(n + 1)
		if page := owner.settled("/picture"); page.status != http.StatusInternalServerError || strings.Contains(page.text, "no disk") || strings.Contains(page.text, "mistake") {
			t.Errorf("%d %s", page.status, page.text)
		}
		owner.get("/").wants(t, http.StatusOK, "/", "The picture could not be drawn")
		time.Sleep(1100 * time.Millisecond) // before it is tried again
	}
	broken.Store(0)
	until := time.Now().Add(time.Minute)
	for owner.settled("/picture").status != http.StatusOK {
		if time.Now().After(until) {
			t.Fatal("it is not drawn again")
		}
		time.Sleep(100 * time.Millisecond)
	}
	owner.get("/").wants(t, http.StatusOK, "/", "drawn on", "€10.00")
}
