package points

import (
	"database/sql"
	"errors"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// HeldUnits are units that are set aside, or on the way to somebody else, as they stand.
type HeldUnits struct {
	Customer, ID int64
	Unit         string
	Units        int64
	State        string // open, committed, cancelled or timed_out
	Committed    int64  // spent, or received
	To           int64  // of a transfer, the receiver
	Cause        string
	Until        time.Time
	Opened       time.Time
	Resolved     time.Time // zero: it is open
}

// LoadHold reads a hold for a spending. One whose time is over is timed out, whether that has been written down or not.
func LoadHold(tx *db.Tx, customer, id int64) (HeldUnits, error) {
	return loadHold(tx, customer, id, forSpending, "hold_not_found", "there is no such hold")
}

// LoadTransfer reads a transfer by its giver.
func LoadTransfer(tx *db.Tx, giver, id int64) (HeldUnits, error) {
	return loadHold(tx, giver, id, forTransfer, "transfer_not_found", "there is no such transfer")
}

func loadHold(tx *db.Tx, customer, id int64, kind, code, missing string) (h HeldUnits, err error) {
	h.Customer, h.ID = customer, id
	var resolved sql.Null[time.Time]
	err = tx.QueryRow(`SELECT unit, units, state, committed_units, to_customer, cause, until_us, opened_us, resolved_us FROM point_holds
		WHERE customer_id = $1 AND hold_id = $2 AND kind = $3`, customer, id, kind).
		Scan(&h.Unit, &h.Units, &h.State, &h.Committed, &h.To, &h.Cause, &h.Until, &h.Opened, &resolved)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return h, fault.Coded(code, fault.In("id", fault.NotFoundf("%s", missing)))
	case err != nil:
		return h, err
	case resolved.Valid:
		h.Resolved = resolved.V
	case !h.Until.After(tx.Now):
		h.State, h.Resolved = timedOut, h.Until
	}
	return h, nil
}
