package cli_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema"
)

func TestMigrateSaysWhatItDid(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		args := append([]string{"migrate"}, at.args...)
		newest := fmt.Sprint(schema.Newest())
		regulars(t, args...).says(t, "is at schema "+newest+" now; it was at 0")
		regulars(t, args...).says(t, "is at schema "+newest+", the newest this version knows")
		at.exec(t, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)")
		regulars(t, args...).refuses(t, "schema 99999", "knows only up to "+newest, "use the newer version")
	})
}

func TestMigrateDistributes(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		args := append([]string{"migrate", "--distribute"}, at.args...)
		switch {
		case at.options.Path != "":
			regulars(t, args...).refuses(t, "a folder lies on one machine")
		case !dbtest.Clustered(t):
			regulars(t, args...).refuses(t, "CREATE EXTENSION citus")
		default:
			regulars(t, args...).says(t, "is at schema "+fmt.Sprint(schema.Newest())+" now; it was at 0", "is spread over the machines of the cluster")
			regulars(t, args...).says(t, "the newest this version knows", "is spread over the machines of the cluster")
		}
	})
}

func TestManyMigrateAtOnce(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		const many = 6
		outcomes := make([]outcome, many)
		var all sync.WaitGroup
		for i := range many {
			all.Go(func() { outcomes[i] = regulars(t, append([]string{"migrate"}, at.args...)...) })
		}
		all.Wait()
		for _, o := range outcomes {
			o.says(t, "is at schema ")
		}
		d := at.open(t)
		if n := one[int](t, d, "SELECT count(*) FROM goose_db_version WHERE version_id = 1"); n != 1 {
			t.Errorf("migrated %d times", n)
		}
	})
}

func TestAPasswordIsNeverShown(t *testing.T) {
	t.Parallel()
	const address = "postgres://shop:s3cret@127.0.0.1:1/shop?connect_timeout=1"
	for _, args := range [][]string{
		{"migrate", "--database", address + "&port=x"},
		{"migrate", "--database", "host=127.0.0.1 port=x password=s3cret"},
		{"migrate", address},
		{"migrate", "--data", t.TempDir(), "--database", address},
	} {
		o := regulars(t, args...)
		if o.code == 0 || strings.Contains(o.stdout+o.stderr, "s3cret") {
			t.Errorf("%v ended with %d: %s%s", args, o.code, o.stdout, o.stderr)
		}
	}
}
