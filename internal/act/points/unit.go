package points

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// Kind says what a unit is for.
type Kind string

// The kinds. Qualifying units are counted towards a tier and cannot be spent, held or transferred.
const (
	Spendable  Kind = "spendable"
	Qualifying Kind = "qualifying"
)

// Unit is what is counted, as the owner set it up.
type Unit struct {
	Code       string
	Kind       Kind
	AllowsDebt bool
	Expiry     Expiry
	Pending    Pending
}

// Pending says when what is earned can be spent; the zero value: at once.
type Pending struct {
	Days  int    `json:"days,omitempty"`  // on the day that many days later
	Until string `json:"until,omitempty"` // once Activate names this event, such as "delivered" or "approval"
}

type settings struct {
	Expiry  Expiry  `json:"expiry"`
	Pending Pending `json:"pending"`
}

const longestCode = 40

// Check refuses a unit that makes no sense.
func (u *Unit) Check() error {
	if u.Code == "" || len(u.Code) > longestCode || strings.Trim(u.Code, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return fault.In("code", fault.Invalidf("the unit %q must be called by small Latin letters, digits and _, %d at most", u.Code, longestCode))
	}
	if u.Kind != Spendable && u.Kind != Qualifying {
		return fault.In("kind", fault.Invalidf("unit %s: %q is no kind; it is spendable or qualifying", u.Code, u.Kind))
	}
	if err := u.Expiry.Check(); err != nil {
		return fault.In("expiry", fmt.Errorf("unit %s: %w", u.Code, err))
	}
	return fault.In("pending", u.Pending.check())
}

func (p Pending) check() error {
	if p.Days < 0 || p.Days > mostDays || p.Days > 0 && p.Until != "" {
		return fault.Invalidf("units are pending for 1 to %d days or until an event, not %d days and %q", mostDays, p.Days, p.Until)
	}
	return nil
}

// SaveUnit makes a unit or changes it. What was earned before keeps its dates; its kind stays, and so does whether its
// expiry slides, because that moves dates that are set already.
func SaveUnit(tx *db.Tx, u Unit) error {
	if err := u.Check(); err != nil {
		return err
	}
	policy, err := json.Marshal(settings{u.Expiry, u.Pending})
	if err != nil {
		return fmt.Errorf("write unit %s: %w", u.Code, err)
	}
	n, err := tx.Exec(`INSERT INTO point_units (unit, kind, allows_debt, policy, version, updated_us) VALUES ($1, $2, $3, $4, 1, $5)
		ON CONFLICT DO NOTHING`, u.Code, string(u.Kind), u.AllowsDebt, string(policy), tx.Now)
	if err != nil || n == 1 {
		return err
	}
	old, err := LoadUnit(tx, u.Code)
	if err != nil {
		return err
	}
	if old.Kind != u.Kind || (old.Expiry.Kind == Idle) != (u.Expiry.Kind == Idle) {
		return fault.Coded("unit_fixed", fault.Conflictf("unit %s: its kind stays, and so does whether its expiry slides; make another unit", u.Code))
	}
	_, err = tx.Exec("UPDATE point_units SET allows_debt = $1, policy = $2, version = version + 1, updated_us = $3 WHERE unit = $4",
		u.AllowsDebt, string(policy), tx.Now, u.Code)
	return err
}

// LoadUnit reads a unit.
func LoadUnit(tx *db.Tx, code string) (Unit, error) {
	u := Unit{Code: code}
	var kind, policy string
	err := tx.QueryRow("SELECT kind, allows_debt, policy FROM point_units WHERE unit = $1", code).Scan(&kind, &u.AllowsDebt, &policy)
	if errors.Is(err, sql.ErrNoRows) {
		return u, fault.Coded("unit_not_found", fault.In("unit", fault.NotFoundf("there is no unit %q", code)))
	}
	if err != nil {
		return u, err
	}
	return u, u.read(kind, policy)
}

// Units lists all units.
func Units(tx *db.Tx) ([]Unit, error) {
	rows, err := tx.Query("SELECT unit, kind, allows_debt, policy FROM point_units ORDER BY unit")
	if err != nil {
		return nil, err
	}
	var all []Unit
	for rows.Next() {
		var u Unit
		var kind, policy string
		if err := rows.Scan(&u.Code, &kind, &u.AllowsDebt, &policy); err != nil {
			return nil, err
		}
		if err := u.read(kind, policy); err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, rows.Close()
}

func (u *Unit) read(kind, policy string) error {
	var s settings
	if err := json.Unmarshal([]byte(policy), &s); err != nil {
		return fmt.Errorf("the settings of unit %s: %w", u.Code, err)
	}
	u.Kind, u.Expiry, u.Pending = Kind(kind), s.Expiry, s.Pending
	return nil
}

// UnitName is what people call a unit: the usual ones in their language, others as the owner calls them.
func UnitName(l *locale.Locale, code string) string {
	if key := "portal.unit." + code; l.Has(key) {
		return l.T(key)
	}
	return code
}

// Amount is so many of a unit, in words: with the plural that the number asks for where the unit is known, or else with its
// name beside it.
func Amount(l *locale.Locale, code string, n int64) string {
	if key := "points.amount." + code; l.Has(key + ".other") {
		return l.P(key, n)
	}
	return l.Integer(n) + " " + UnitName(l, code)
}
