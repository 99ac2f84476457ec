package packaging

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// Desk gives what codes stand for. It is safe for concurrent use.
type Desk struct {
	Ledger *points.Ledger
}

// Gift is what a code gives.
type Gift struct {
	Code  string
	Batch Batch
	// Mine is that whoever asks has used it before, and Used when.
	Mine bool
	Used time.Time
}

// unknown is the one answer to all codes that cannot be used, so that nobody learns which of them there are.
func unknown() error {
	return fault.Coded("package_code_not_found", fault.In("code", fault.NotFoundf("this code cannot be used: it is none of ours, somebody has used it, or its time is over; compare it with what is printed, sign by sign")))
}

// Find finds what a code gives to a person.
func Find(tx *db.Tx, root int64, code string) (g Gift, err error) {
	if g.Code = Normal(code); g.Code == "" {
		return g, unknown()
	}
	var batch string
	var owner int64
	err = tx.QueryRow("SELECT batch, customer_id, used_us FROM package_codes WHERE code = $1", g.Code).Scan(&batch, &owner, &g.Used)
	if errors.Is(err, sql.ErrNoRows) {
		return Gift{}, unknown()
	}
	if err != nil {
		return g, err
	}
	s, err := uncounted(tx, batch)
	if err != nil {
		return g, err
	}
	g.Batch = s.Batch
	if owner == 0 {
		if s.State(tx.Now) != Open {
			return Gift{}, unknown()
		}
		return g, nil
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return g, err
	}
	for _, m := range members {
		if g.Mine = g.Mine || m == owner; g.Mine {
			return g, nil
		}
	}
	return Gift{}, unknown()
}

// Use gives a person what a code stands for, once. Where they have used it before, they are told so, and get nothing.
func (d *Desk) Use(tx *db.Tx, root int64, code, actor string) (g Gift, err error) {
	if g, err = Find(tx, root, code); err != nil || g.Mine {
		return g, err
	}
	n, err := tx.Exec("UPDATE package_codes SET customer_id = $1, used_us = $2 WHERE code = $3 AND customer_id = 0", root, tx.Now, g.Code)
	if err == nil && n == 0 {
		err = db.ErrRestart // somebody was faster: it is looked at again
	}
	if err != nil {
		return Gift{}, err
	}
	g.Used = tx.Now
	_, err = d.Ledger.Earn(tx, points.Act{Customer: root, Unit: g.Batch.Unit, Key: key(g.Code), Cause: "package:" + g.Batch.Batch, Actor: actor}, points.Grant{Units: g.Batch.Units})
	return g, err
}

// key is the one of the operation that a code is, once.
func key(code string) string { return "package/" + code }

// Owned is a code that a person has used.
type Owned struct {
	Code  string    `json:"code"`
	Batch string    `json:"batch"`
	Used  time.Time `json:"used_at"`
}

// Of lists the codes that a person, by all numbers of theirs, has used.
func Of(tx *db.Tx, members []int64) (all []Owned, err error) {
	args, marks := make([]any, len(members)), make([]string, len(members))
	for i, m := range members {
		args[i], marks[i] = m, "$"+strconv.Itoa(i+1)
	}
	if len(members) == 0 {
		return nil, nil
	}
	rows, err := tx.Query("SELECT code, batch, used_us FROM package_codes WHERE customer_id <> 0 AND customer_id IN ("+strings.Join(marks, ", ")+") ORDER BY used_us, code", args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var o Owned
		if err := rows.Scan(&o.Code, &o.Batch, &o.Used); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Close()
}
