package console_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/record/backup"
)

func TestBackupsAreMadeAndTakenAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/backups").wants(t, http.StatusOK, "/backups", "Backups are not kept here.", "--backups")
		for _, to := range []string{"/backups", "/backups/make"} {
			owner.post(to, "keep", "3").wants(t, http.StatusOK, to, "Backups are not kept here.")
		}
		s.backups = &backup.Shelf{DB: s.d, Dir: filepath.Join(t.TempDir(), "backups"), Program: "test"}
		s.Config.Handler = s.pages(t)
		owner.get("/backups").wants(t, http.StatusOK, "/backups", "None has been made yet.", `value="7"`)
		for _, wrong := range []string{"0", "101", "many"} {
			owner.post("/backups", "keep", wrong, "nightly", "yes").wants(t, http.StatusUnprocessableEntity, "/backups", `id="keep-error"`, `value="`+wrong+`"`)
		}
		owner.post("/backups", "keep", "3").wants(t, http.StatusOK, "/backups", "Saved.", `value="3"`)
		var k backup.Keeping
		s.write(t, func(tx *db.Tx) (err error) { k, err = backup.LoadKeeping(tx); return err })
		if k != (backup.Keeping{Keep: 3}) {
			t.Errorf("%+v", k)
		}
		for range 2 { // asked for twice it is one
			owner.post("/backups/make").wants(t, http.StatusOK, "/backups", "One is being made.")
		}
		var waiting []job.Record
		s.write(t, func(tx *db.Tx) (err error) {
			waiting, err = job.List(tx, job.Filter{Kind: backup.Kind, State: job.Waiting}, 0, 10)
			return err
		})
		if len(waiting) != 1 {
			t.Errorf("%+v", waiting)
		}
		made, err := s.backups.Make(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		way := regexp.MustCompile(`/backups/regulars-[0-9-]+\.backup`).FindString(owner.get("/backups").wants(t, http.StatusOK, "/backups", "0.1 MB").text)
		if way != "/backups/"+made.Name {
			t.Fatalf("%q, want %s", way, made.Name)
		}
		file := owner.get(way)
		if file.status != http.StatusOK || int64(len(file.text)) != made.Bytes || !strings.Contains(file.header.Get("Content-Disposition"), made.Name) {
			t.Errorf("%d, %d bytes of %d, %v", file.status, len(file.text), made.Bytes, file.header)
		}
		owner.get("/backups/other.backup").wants(t, http.StatusNotFound, "/backups/other.backup")
		for _, role := range account.Roles() {
			if role == account.Owner {
				continue
			}
			who := s.signedIn(t, owner, role)
			for _, from := range []string{"/backups", way} {
				who.get(from).wants(t, http.StatusForbidden, from)
			}
			who.post("/backups/make").wants(t, http.StatusForbidden, "/backups/make")
			who.post("/backups", "keep", "1").wants(t, http.StatusForbidden, "/backups")
		}
	})
}
