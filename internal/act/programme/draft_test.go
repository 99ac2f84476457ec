package programme_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/schema/schematest"
)

const small = `{"name":"P","units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A","effect":{"fixed":{"unit":"points","units":5}}}]}`

func drafted(t *testing.T, d *db.DB, text, by string) (v programme.Version) {
	t.Helper()
	if err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) (err error) { v, err = programme.Write(tx, []byte(text), "", by, time.UTC); return err }); err != nil {
		t.Fatal(err)
	}
	return v
}

// worksHere is somebody who has signed in, of a role.
func worksHere(t *testing.T, d *db.DB, email string, role account.Role) (id string) {
	t.Helper()
	if err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
		u, _, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Role: role})
		if err == nil {
			_, err = tx.Exec("UPDATE users SET state = 'active' WHERE user_id = $1", u.ID)
		}
		id = u.ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// Whoever is alone is not locked out by four eyes, and whoever is not is held to them.
func TestFourEyesOfOne(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.WithoutCancel(t.Context())
		book := &programme.Book{}
		publish := func(v programme.Version, by string) (now programme.Version, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) { now, err = book.Publish(tx, v.Version, by, time.UTC); return err })
			return now, err
		}
		owner := worksHere(t, d, "o@example.com", account.Owner)
		worksHere(t, d, "c@example.com", account.Cashier)
		four := strings.Replace(small, `"units"`, `"four_eyes":true,"units"`, 1)
		if now, err := publish(drafted(t, d, four, owner), owner); err != nil || now.Alone {
			t.Fatalf("%+v, %v", now, err)
		}
		if now, err := publish(drafted(t, d, four, owner), owner); err != nil || !now.Alone {
			t.Errorf("whoever is alone: %+v, %v", now, err)
		}
		if now, err := publish(drafted(t, d, four, "key_1"), owner); err != nil || now.Alone {
			t.Errorf("of a key: %+v, %v", now, err)
		}
		manager := worksHere(t, d, "m@example.com", account.Manager)
		v := drafted(t, d, four, owner)
		if _, err := publish(v, owner); code(err) != "four_eyes" {
			t.Errorf("there is another: %v", err)
		}
		if now, err := publish(v, manager); err != nil || now.Alone {
			t.Errorf("%+v, %v", now, err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET state = 'disabled' WHERE user_id = $1", manager)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if now, err := publish(drafted(t, d, small, owner), owner); err != nil || !now.Alone {
			t.Errorf("the other has gone: %+v, %v", now, err)
		}
	})
}

// A draft is discarded for good, what was in force is not, and no other version has the number again.
func TestADraftIsDiscarded(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.WithoutCancel(t.Context())
		book := &programme.Book{}
		discard := func(version int64) error {
			return d.Write(ctx, func(tx *db.Tx) error { return programme.Discard(tx, version) })
		}
		first := drafted(t, d, small, "usr_1")
		for range 2 { // the second time in place of the first
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := book.Publish(tx, first.Version, "usr_1", time.UTC); return err }); err != nil {
				t.Fatal(err)
			}
			if err := discard(first.Version); code(err) != "no_draft" {
				t.Errorf("what is in force: %v", err)
			}
			first = drafted(t, d, small, "usr_1")
		}
		if err := discard(1); code(err) != "no_draft" {
			t.Errorf("what was in force: %v", err)
		}
		last := drafted(t, d, small, "usr_1")
		if err := discard(last.Version); err != nil {
			t.Fatal(err)
		}
		if err := discard(first.Version); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := discard(last.Version); code(err) != "programme_not_found" {
				t.Errorf("discarded twice: %v", err)
			}
		}
		if v := drafted(t, d, small, "usr_1"); v.Version != last.Version+1 {
			t.Errorf("version %d has the number of one that was discarded", v.Version)
		}
		var drafts []programme.Version
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { drafts, err = programme.Drafts(tx, 10); return err }); err != nil || len(drafts) != 1 || drafts[0].Version != last.Version+1 {
			t.Errorf("%+v, %v", drafts, err)
		}
		// Of two at once, one publishes and one discards: either it is in force, or it is gone.
		var all sync.WaitGroup
		var errs [2]error
		all.Go(func() { errs[0] = discard(last.Version + 1) })
		all.Go(func() {
			errs[1] = d.Write(ctx, func(tx *db.Tx) error { _, err := book.Publish(tx, last.Version+1, "usr_1", time.UTC); return err })
		})
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("%v", errs)
		}
	})
}

func code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

// Of two who change a draft at once, neither is lost: the one that comes second sees what the first did.
func TestADraftChangedByTwoAtOnce(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		v := drafted(t, d, small, "usr_1")
		const each = 8
		var all sync.WaitGroup
		for _, sign := range []string{"X", "Y", "Z"} {
			all.Go(func() {
				for range each {
					if err := d.Write(t.Context(), func(tx *db.Tx) error {
						now, err := programme.Load(tx, v.Version)
						if err != nil {
							return err
						}
						return programme.Rewrite(tx, &now, []byte(strings.Replace(string(now.Document), `"name":"P`, `"name":"P`+sign, 1)), "usr_"+sign, time.UTC)
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { v, err = programme.Load(tx, v.Version); return err }); err != nil {
			t.Fatal(err)
		}
		for _, sign := range []string{"X", "Y", "Z"} {
			if n := strings.Count(string(v.Document), sign); n != each {
				t.Errorf("%d changes of %s were kept: %s", n, sign, v.Document)
			}
		}
	})
}

func TestWhatADraftBecomes(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.WithoutCancel(t.Context())
		book := &programme.Book{}
		worksHere(t, d, "o@example.com", account.Owner)
		v := drafted(t, d, strings.Replace(small, `"units"`, `"four_eyes":true,"units"`, 1), "usr_1")
		change := func(v programme.Version, from, to, by string) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				return programme.Rewrite(tx, &v, []byte(strings.ReplaceAll(string(v.Document), from, to)), by, time.UTC)
			})
		}
		publish := func(by string) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := book.Publish(tx, v.Version, by, time.UTC); return err })
		}
		if err := change(v, `"units":5`, `"units":0`, "usr_1"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a draft that cannot be: %v", err)
		}
		if err := publish("usr_1"); err != nil { // nothing in force asks for four eyes yet
			t.Fatal(err)
		}
		if err := change(v, `"A"`, `"B"`, "usr_1"); code(err) != "no_draft" {
			t.Errorf("what is in force was changed: %v", err)
		}
		v = drafted(t, d, string(v.Document), "usr_1")
		if err := d.Read(ctx, func(tx *db.Tx) error { _, err := book.Version(tx, v.Version, time.UTC); return err }); err != nil {
			t.Fatal(err)
		}
		if err := change(v, `"units":5`, `"units":6`, "usr_2"); err != nil {
			t.Fatal(err)
		}
		if err := publish("usr_2"); code(err) != "four_eyes" {
			t.Errorf("published by whoever changed it last: %v", err)
		}
		if err := publish("usr_1"); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			c, err := book.Current(tx, time.UTC)
			if err == nil && c.Document.Rules[0].Effect.Fixed.Units != 6 {
				t.Error("what is in force is the draft as it was looked at before it was changed")
			}
			for like, want := range map[string]string{"a": "a-2", "b": "b"} {
				if name, err := programme.FreeName(tx, "rule", like); err != nil || name != want {
					t.Errorf("%s: %s, %v", like, name, err)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// A rule that is switched off gives nothing and promises nothing, and must be right all the same.
func TestARuleThatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	off := strings.Replace(small, `"rules"`, `"off":[{"rule":"b","name":"B","effect":{"discount":{"percent":10}}}],"rules"`, 1)
	got := terms(t, off, "en")
	if len(got.Rules) != 1 || len(got.Off) != 1 || got.Off[0].Gives != "10% off" {
		t.Errorf("%+v", got)
	}
	d, err := programme.Parse([]byte(off))
	if err != nil {
		t.Fatal(err)
	}
	for where, change := range map[string]func(d *programme.Document){
		"off[0].rule":            func(d *programme.Document) { d.Off[0].Rule = "a" },
		"off[0].effect.discount": func(d *programme.Document) { d.Off[0].Effect.Discount.Percent = 200 },
	} {
		broken := *d
		discount := *d.Off[0].Effect.Discount
		broken.Off = []programme.Rule{d.Off[0]}
		broken.Off[0].Effect.Discount = &discount
		change(&broken)
		var f *fault.Fault
		if _, err := programme.Compile(&broken, 1, time.UTC); !errors.As(err, &f) || f.Field != where {
			t.Errorf("%s: %v", where, err)
		}
	}
}
