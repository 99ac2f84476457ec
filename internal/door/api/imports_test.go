package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/intake"
	"regulars/internal/intake/upload"
)

// works runs the jobs of the shop until the test ends.
func (s *shop) works(kinds ...job.Kind) {
	s.t.Helper()
	jobtest.Run(s.t, s.d, kinds, job.Options{Poll: 50 * time.Millisecond})
}

func (s *shop) imported(id string) client.Import {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		i, err := s.Import(s.t.Context(), id)
		if err != nil {
			s.t.Fatal(err)
		}
		if i.State != "waiting" {
			return i
		}
	}
	s.t.Fatal("the import does not end")
	return client.Import{}
}

const ordersFile = "order,customer,date,amount\n1,ada,2026-10-01,10.00\n2,bob,2026-10-02,20.50\n3,bob,2026-13-45,1.00\n"

func TestAFileIsImported(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.works((&upload.Runner{DB: s.d, Facts: &intake.Current{DB: s.d}}).Job())
		i, err := s.SendFile(t.Context(), "../../orders.csv", strings.NewReader(ordersFile), nil)
		if err != nil || i.State != "ready" || i.Name != "orders.csv" || i.Plan.Kind != "orders" || len(i.Plan.Columns) != 4 || len(i.Plan.Sample) == 0 {
			t.Fatalf("%+v, %v", i, err)
		}
		if n := s.number("SELECT count(*) FROM orders"); n != 0 {
			t.Errorf("%d orders were taken in before the start", n)
		}
		if _, err := s.StartImport(t.Context(), i.ID); err != nil {
			t.Fatal(err)
		}
		done := s.imported(i.ID)
		if done.State != "done" || done.Result.Rows.Rows != 3 || done.Result.Rows.Unreadable+done.Result.Rows.Rejected != 1 || done.Result.Facts.Created != 2 {
			t.Fatalf("%+v %+v", done, done.Result)
		}
		if n := s.number("SELECT CAST(sum(amount_minor) AS BIGINT) FROM orders"); n != 3050 {
			t.Errorf("the orders come to %d", n)
		}
		rejected, err := s.RejectedRows(t.Context(), i.ID)
		if err != nil || !bytes.Contains(rejected, []byte("2026-13-45")) {
			t.Errorf("%s, %v", rejected, err)
		}
		if n := s.number("SELECT count(*) FROM upload_parts WHERE content = 'file'"); n != 0 {
			t.Errorf("%d parts of the file are left", n)
		}
		again, err := s.StartImport(t.Context(), i.ID)
		if err != nil || again.State != "done" {
			t.Errorf("started again: %+v, %v", again, err)
		}
		if list, err := s.Imports(t.Context(), client.Lists{}); err != nil || len(list.Data) != 1 || list.Data[0].ID != i.ID {
			t.Errorf("%+v, %v", list, err)
		}
		if err := s.ForgetImport(t.Context(), i.ID); err != nil {
			t.Error(err)
		}
		if _, err := s.Import(t.Context(), i.ID); client.Code(err) != "not_found" {
			t.Error(err)
		}
	})
}

func TestAFileIsReadAnotherWay(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.works((&upload.Runner{DB: s.d, Facts: &intake.Current{DB: s.d}}).Job())
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, "order,customer,date,amount,due\n1,ada,2026-10-01,10,7\n2,bob,2026-10-02,20,9\n"); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	i, err := s.SendFile(t.Context(), "x.csv.gz", &packed, url.Values{"source": {"till"}, "kind": {"orders"}})
	if err != nil || i.State != "ready" || i.Plan.Columns[3].Role != "amount" {
		t.Fatalf("%+v, %v", i, err)
	}
	mapped := client.ImportReading{Kind: "orders", Map: map[string]string{"amount": "due"}}
	if _, err := s.ReadImportAs(t.Context(), i.ID, i.Version+7, mapped); client.Code(err) != "changed_meanwhile" {
		t.Errorf("another version: %v", err)
	}
	changed, err := s.ReadImportAs(t.Context(), i.ID, i.Version, mapped)
	if err != nil || changed.Version != i.Version+1 || changed.Plan.Columns[4].Role != "amount" {
		t.Fatalf("%+v, %v", changed, err)
	}
	if _, err := s.StartImport(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	if done := s.imported(i.ID); done.State != "done" || done.Result.Facts.Created != 2 {
		t.Errorf("%+v", done)
	}
	if n := s.number("SELECT CAST(sum(amount_minor) AS BIGINT) FROM orders WHERE source = 'till'"); n != 1600 {
		t.Errorf("the orders of the till come to %d", n)
	}
}

func TestAFormBringsAFile(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "orders.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, ordersFile); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	status, _, body := s.call(request{method: "POST", path: "/v1/imports", body: form.String(), head: map[string]string{"Content-Type": w.FormDataContentType()}})
	if status != http.StatusCreated || !bytes.Contains(body, []byte(`"name":"orders.csv"`)) {
		t.Errorf("%d %s", status, body)
	}
}

func TestFilesThatCannotBeImportedAreRefused(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	send := func(query, body string) request {
		return request{method: "POST", path: "/v1/imports?" + query, body: body, head: map[string]string{"Content-Type": "application/octet-stream"}}
	}
	s.refused("no name", send("", ordersFile), 422, "required", "name")
	s.refused("a name that is a folder", send("name=..", ordersFile), 422, "invalid", "name")
	s.refused("an empty file", send("name=a.csv", ""), 422, "invalid", "")
	s.refused("a damaged workbook", send("name=a.xlsx", "PK\x03\x04xxxx"), 422, "invalid", "")
	s.refused("damaged gzip", send("name=a.csv.gz", "\x1f\x8b\x08\x00xxxxxxxxxxx"), 422, "invalid", "")
	s.refused("no form", request{method: "POST", path: "/v1/imports", body: "x", head: map[string]string{"Content-Type": "multipart/form-data"}}, 400, "malformed", "")
	s.refused("no such import", request{method: "GET", path: "/v1/imports/imp_8000000000001"}, 404, "not_found", "")
	s.refused("another kind of id", request{method: "GET", path: "/v1/imports/cus_8000000000001"}, 422, "bad_id", "")
	for _, body := range []string{"\x1f\x8b\x08\x00xxxxxxxxxxx", "PK\x03\x04xxxx"} {
		_, _, answer := s.call(send("name=a.csv", body))
		if bytes.Contains(answer, []byte("regulars-upload")) || bytes.Contains(answer, []byte("/tmp")) {
			t.Errorf("the folder of the server is given away: %s", answer)
		}
	}
	if n := s.number("SELECT count(*) FROM upload_parts") + s.number("SELECT count(*) FROM uploads"); n != 0 {
		t.Errorf("%d rows are left of them", n)
	}
}

func (s *shop) number(query string) (n int64) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestTheReadingOfAnImportIsChanged(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	i, err := s.SendFile(t.Context(), "orders.csv", strings.NewReader(ordersFile), nil)
	if err != nil {
		t.Fatal(err)
	}
	reading := client.ImportReading{Kind: "orders", Map: map[string]string{"customer": "order"}}
	changed, err := s.ReadImportAs(t.Context(), i.ID, i.Version, reading)
	if err != nil || changed.Version != i.Version+1 || changed.Reading.Map["customer"] != "order" {
		t.Errorf("%+v, %v", changed, err)
	}
	if _, err := s.ReadImportAs(t.Context(), i.ID, i.Version, reading); err == nil {
		t.Error("changed what was changed meanwhile")
	}
}
