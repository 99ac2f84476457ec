package schema

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"regulars/internal/base/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Class says how a table is spread over the machines of a cluster.
type Class string

// The classes.
const (
	Fact      Class = "fact"      // belongs to one customer: by customer_id
	Directory Class = "directory" // by its own key
	Reference Class = "reference" // whole on every machine
	Local     Class = "local"     // on the machine that is asked alone
)

// Table is a table and its class.
type Table struct {
	Name  string
	Class Class
	// By is the column that rows are spread by.
	By string
	// Passing is what goes by itself, such as sessions: it is in no backup.
	Passing bool
}

// Tables lists all tables. A migration that makes one adds it here.
func Tables() []Table {
	return []Table{
		{Name: "settings", Class: Reference},
		{Name: "changes", Class: Local},
		{Name: "customers", Class: Fact, By: "customer_id"},
		{Name: "identities", Class: Directory, By: "value"},
		{Name: "customer_identities", Class: Fact, By: "customer_id"},
		{Name: "aliases", Class: Reference},
		{Name: "consents", Class: Fact, By: "customer_id"},
		{Name: "customer_notes", Class: Fact, By: "customer_id"},
		{Name: "categories", Class: Reference},
		{Name: "products", Class: Reference},
		{Name: "attribute_names", Class: Reference},
		{Name: "stores", Class: Reference},
		{Name: "sales_channels", Class: Reference},
		{Name: "fact_references", Class: Directory, By: "reference"},
		{Name: "orders", Class: Fact, By: "customer_id"},
		{Name: "payments", Class: Fact, By: "customer_id"},
		{Name: "returns", Class: Fact, By: "customer_id"},
		{Name: "sale_lines", Class: Fact, By: "customer_id"},
		{Name: "subscriptions", Class: Fact, By: "customer_id"},
		{Name: "events", Class: Fact, By: "customer_id"},
		{Name: "answers", Class: Fact, By: "customer_id"},
		{Name: "fact_history", Class: Fact, By: "customer_id"},
		{Name: "costs", Class: Reference},
		{Name: "initiatives", Class: Reference},
		{Name: "member_pictures", Class: Reference},
		{Name: "imports", Class: Reference},
		{Name: "uploads", Class: Reference},
		{Name: "upload_parts", Class: Directory, By: "upload_id", Passing: true},
		{Name: "idempotency_keys", Class: Directory, By: "key", Passing: true},
		{Name: "api_keys", Class: Reference},
		{Name: "audit_fresh", Class: Directory, By: "entry_id"},
		{Name: "audit_entries", Class: Directory, By: "place"},
		{Name: "audit_seals", Class: Directory, By: "seal_no"},
		{Name: "audit_head", Class: Reference},
		{Name: "jobs", Class: Local, Passing: true},
		{Name: "job_turns", Class: Local, Passing: true},
		{Name: "job_processes", Class: Local, Passing: true},
		{Name: "job_schedules", Class: Local, Passing: true},
		{Name: "webhook_endpoints", Class: Reference},
		{Name: "webhook_messages", Class: Local, Passing: true},
		{Name: "webhook_deliveries", Class: Local, Passing: true},
		{Name: "webhook_attempts", Class: Local, Passing: true},
		{Name: "users", Class: Reference},
		{Name: "recovery_codes", Class: Reference},
		{Name: "user_logins", Class: Reference},
		{Name: "one_time_links", Class: Directory, By: "hash", Passing: true},
		{Name: "sessions", Class: Directory, By: "hash", Passing: true},
		{Name: "sign_in_tries", Class: Directory, By: "bucket", Passing: true},
		{Name: "point_units", Class: Reference},
		{Name: "point_accounts", Class: Fact, By: "customer_id"},
		{Name: "point_lots", Class: Fact, By: "customer_id"},
		{Name: "point_operations", Class: Fact, By: "customer_id"},
		{Name: "point_entries", Class: Fact, By: "customer_id"},
		{Name: "point_holds", Class: Fact, By: "customer_id"},
		{Name: "point_hold_lots", Class: Fact, By: "customer_id"},
		{Name: "point_pools", Class: Fact, By: "customer_id"},
		{Name: "point_pool_parts", Class: Fact, By: "customer_id"},
		{Name: "programme_versions", Class: Reference},
		{Name: "programme_outcomes", Class: Fact, By: "customer_id"},
		{Name: "programme_awards", Class: Fact, By: "customer_id"},
		{Name: "programme_uses", Class: Fact, By: "customer_id"},
		{Name: "programme_sums", Class: Fact, By: "customer_id"},
		{Name: "programme_budgets", Class: Reference},
		{Name: "programme_tiers", Class: Fact, By: "customer_id"},
		{Name: "programme_tier_moves", Class: Fact, By: "customer_id"},
		{Name: "access_grants", Class: Fact, By: "customer_id"},
		{Name: "package_batches", Class: Reference},
		{Name: "package_codes", Class: Directory, By: "code"},
		{Name: "referral_codes", Class: Directory, By: "code"},
		{Name: "referrals", Class: Fact, By: "customer_id"},
		{Name: "rewards", Class: Reference},
		{Name: "reward_codes", Class: Directory, By: "code"},
		{Name: "redemptions", Class: Fact, By: "customer_id"},
		{Name: "redemption_moves", Class: Fact, By: "customer_id"},
		{Name: "reward_uses", Class: Fact, By: "customer_id"},
		{Name: "surprises", Class: Reference},
		{Name: "surprise_lists", Class: Directory, By: "surprise"},
		{Name: "gifts", Class: Fact, By: "customer_id"},
		{Name: "by_hand_sums", Class: Directory, By: "actor"},
		{Name: "by_hand_requests", Class: Fact, By: "customer_id"},
		{Name: "draws", Class: Reference},
		{Name: "draw_lists", Class: Directory, By: "draw"},
		{Name: "draw_winners", Class: Directory, By: "draw"},
		{Name: "draw_entrants", Class: Fact, By: "customer_id"},
		{Name: "draw_purchases", Class: Fact, By: "customer_id"},
		{Name: "draw_awards", Class: Fact, By: "customer_id"},
		{Name: "letter_choices", Class: Reference},
		{Name: "letter_told", Class: Reference},
		{Name: "memberships", Class: Fact, By: "customer_id"},
		{Name: "member_requests", Class: Directory, By: "request_id", Passing: true},
		{Name: "member_sessions", Class: Directory, By: "hash", Passing: true},
		{Name: "push_phones", Class: Fact, By: "customer_id"},
		{Name: "push_endpoints", Class: Directory, By: "hash"},
		{Name: "fraud_flags", Class: Fact, By: "customer_id"},
		{Name: "prediction_fits", Class: Reference, Passing: true},
		{Name: "prediction_scores", Class: Fact, By: "customer_id", Passing: true},
		{Name: "product_popularity", Class: Reference, Passing: true},
		{Name: "product_likeness", Class: Reference, Passing: true},
		{Name: "next_actions", Class: Fact, By: "customer_id", Passing: true},
		{Name: "customer_summaries", Class: Fact, By: "customer_id", Passing: true},
		{Name: "customer_duplicates", Class: Directory, By: "first_id", Passing: true},
		{Name: "customer_distinct", Class: Directory, By: "first_id"},
	}
}

// Migrations are the files of the schema.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

// Newest is the version of the schema that the program knows.
func Newest() int64 { return NewestOf(Migrations()) }

// NewestOf is the highest version among migrations, which their names begin with.
func NewestOf(migrations fs.FS) (newest int64) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			panic(err) // so is the name, or no migration would run
		}
		newest = max(newest, version)
	}
	return newest
}

// Open opens the database and brings its schema to the newest version.
func Open(ctx context.Context, o db.Options) (*db.DB, error) {
	d, err := db.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := Migrate(ctx, d); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Migrate brings the schema to the newest version, and names the store if it is new. On a cluster, new tables are spread.
func Migrate(ctx context.Context, d *db.DB) error {
	if err := d.Migrate(ctx, Migrations()); err != nil {
		return err
	}
	if d.Distributed() {
		if _, err := Distribute(ctx, d); err != nil {
			return err
		}
	}
	return d.Write(ctx, func(tx *db.Tx) error { return Name(tx, false) })
}

// Distribute spreads the tables over the machines of a cluster, each as its class says, and tells which it spread: those
// that were not yet.
func Distribute(ctx context.Context, d *db.DB) (done []string, err error) {
	var spread []db.Spread
	for _, t := range Tables() {
		switch t.Class {
		case Fact:
			spread = append(spread, db.Spread{Table: t.Name, By: t.By, Together: string(Fact)})
		case Directory:
			spread = append(spread, db.Spread{Table: t.Name, By: t.By})
		case Reference:
			spread = append(spread, db.Spread{Table: t.Name})
		case Local:
		}
	}
	return d.Distribute(ctx, spread)
}

// StoreID is the setting that tells one store from another: a copy of a store that is not the one it was made from
// is to be made again.
const StoreID = "store_id"

// Name gives the store an id, a new one where it is to be another store from now on.
func Name(tx *db.Tx, anew bool) error {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return err //nolint:wrapcheck // it never fails
	}
	otherwise := "DO NOTHING"
	if anew {
		otherwise = "DO UPDATE SET value = excluded.value, updated_us = excluded.updated_us"
	}
	_, err := tx.Exec("INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3) ON CONFLICT (key) "+otherwise,
		StoreID, hex.EncodeToString(id[:]), tx.Now)
	return err
}
