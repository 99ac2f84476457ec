package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
)

// Not parallel: these set the environment.
func TestThePlaceIsOne(t *testing.T) {
	dir := t.TempDir()
	const url = "postgres://shop:secret@localhost/shop"
	cases := []struct {
		name, data, database string // typed
		envData, envDatabase string
		want                 string // empty: refused
	}{
		{"typed folder", dir, "", "", "", dir},
		{"typed address", "", url, "", "", url},
		{"both typed", dir, url, "", "", ""},
		{"none", "", "", "", "", ""},
		{"variable", "", "", dir, "", dir},
		{"both variables", "", "", dir, url, ""},
		{"typed folder before the variable", dir, "", "", url, dir},
		{"typed address before the variable", "", url, dir, "", url},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(dataVariable, c.envData)
			t.Setenv(databaseVariable, c.envDatabase)
			p := Place{Data: c.data, Database: c.database}
			if p.Data == "" { // as kong does
				p.Data = c.envData
			}
			if p.Database == "" {
				p.Database = c.envDatabase
			}
			got, err := p.one()
			if c.want == "" {
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("got %+v, %v; want a refusal", got, err)
				}
				return
			}
			if err != nil || got.Data+got.Database != c.want {
				t.Errorf("got %+v, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestAPlaceIsOpenedAndClosed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := (Place{Data: dir}).open(t.Context(), "report"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("open what is not there: %v", err)
	}
	for _, p := range []Place{{Data: dir}, {Database: dbtest.Postgres(t).URL}} {
		for range 2 {
			o, err := p.create(t.Context(), "import")
			if err != nil {
				t.Fatal(err)
			}
			if (o.Folder != nil) != (p.Data != "") {
				t.Errorf("folder %v of %s", o.Folder, p.name())
			}
			_, err = p.open(t.Context(), "report")
			if by, held := folder.HeldBy(err); p.Data != "" && (!held || by.Command != "import") {
				t.Errorf("a second one opens the folder: %v", err)
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestPasswordsAreNotSaid(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://shop:secret@db.example/shop", "postgresql://:secret@/x", "host=db password=secret user=shop"} {
		if said := harmless("unexpected argument " + address); strings.Contains(said, "secret") || !strings.Contains(said, "db") && !strings.Contains(said, "@/x") {
			t.Errorf("said %q", said)
		}
		if name := (Place{Database: address}).name(); strings.Contains(name, "secret") {
			t.Errorf("named %q", name)
		}
	}
	if got := (Place{Database: "postgres://shop:secret@db.example/shop?sslmode=require"}).name(); got != "postgres://db.example/shop" {
		t.Errorf("named %q", got)
	}
}
