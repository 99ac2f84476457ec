package points

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/record/customer"
)

// Transfer sends units to another customer, who gets them with the dates they have. The units are in transit from the
// transaction on; Forward, which a job runs, brings them there.
func (l *Ledger) Transfer(tx *db.Tx, act Act, to, units int64) (Receipt, error) {
	p, done, err := l.begin(tx, "transfer", act, []int64{to, units})
	if p == nil || err != nil {
		return done, err
	}
	if to == act.Customer {
		return done, fault.In("to", fault.Invalidf("nobody sends units to themselves"))
	}
	if there, err := known(tx, to); !there || err != nil {
		if err == nil {
			err = fault.In("to", fault.NotFoundf("there is nobody to send the units to"))
		}
		return done, err
	}
	p.later = append(p.later, func() error {
		_, err := job.Add(tx, job.Job{Kind: transferKind, Payload: moving{act.Customer, p.receipt.Hold}, Key: moving{act.Customer, p.receipt.Hold}.key()})
		return err
	})
	return p.open(hold{kind: forTransfer, units: units, to: to, until: Never}, Send)
}

func known(tx *db.Tx, number int64) (bool, error) {
	id := customer.Numbered(number)
	found, err := customer.Find(tx, []customer.Identity{id})
	return found[id] == number && number != 0, err
}

// consignment is what a transfer carries.
type consignment struct {
	unit  string
	to    int64
	parts []cargo
}

type cargo struct {
	units          int64
	earned, expiry time.Time
	rule           string
}

// Forward brings a transfer to its end: the receiver's credit, or their refusal, is one transaction, the giver's commit
// the next. It may be run at any time, by several at once, and again.
func (l *Ledger) Forward(ctx context.Context, d *db.DB, giver, hold int64) error {
	var c consignment
	if err := d.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = consigned(tx, giver, hold)
		return err
	}); err != nil {
		return err
	}
	var received Receipt
	if err := d.Write(ctx, func(tx *db.Tx) (err error) {
		received, err = l.receive(tx, giver, hold, c)
		return err
	}); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error { return l.deliver(tx, giver, hold, c.unit, received.Refused != "") })
}

func consigned(tx *db.Tx, giver, hold int64) (c consignment, err error) {
	rows, err := tx.Query(`SELECT h.unit, h.to_customer, p.units, l.earned_us, p.expires_us, l.rule FROM point_holds h
		JOIN point_hold_lots p ON p.customer_id = h.customer_id AND p.hold_id = h.hold_id
		JOIN point_lots l ON l.customer_id = h.customer_id AND l.unit = h.unit AND l.lot_id = p.lot_id
		WHERE h.customer_id = $1 AND h.hold_id = $2 AND h.kind = 'transfer' ORDER BY p.part_no`, giver, hold)
	if err != nil {
		return c, err
	}
	for rows.Next() {
		var one cargo
		if err := rows.Scan(&c.unit, &c.to, &one.units, &one.earned, &one.expiry, &one.rule); err != nil {
			return c, err
		}
		c.parts = append(c.parts, one)
	}
	if err := rows.Close(); err != nil {
		return c, err
	}
	if len(c.parts) == 0 {
		return c, fault.Coded("transfer_not_found", fault.NotFoundf("this customer has no such transfer"))
	}
	return c, nil
}

// receive credits the receiver, or writes down that there is none any more: whichever comes first stays so.
func (l *Ledger) receive(tx *db.Tx, giver, hold int64, c consignment) (Receipt, error) {
	name := fmt.Sprintf("transfer/%d/%d", giver, hold)
	p, done, err := l.begin(tx, "receive", Act{Customer: c.to, Unit: c.unit, Key: name, Cause: name, Actor: System}, nil)
	if p == nil || err != nil {
		return done, err
	}
	there, err := known(tx, c.to)
	if err != nil {
		return done, err
	}
	if !there {
		p.receipt.Refused = "gone"
		return p.finish()
	}
	if err := p.active(tx.Now); err != nil {
		return done, err
	}
	for _, one := range c.parts {
		lot := &lot{source: "receive", cause: name, rule: one.rule, earned: one.earned, active: tx.Now, expiry: one.expiry, issued: one.units, whole: one.units}
		lot.in[left] = one.units
		p.add(lot)
		p.account.received += one.units
		p.account.in[left] += one.units
		p.account.wake(p.account.expires(lot.expiry))
		p.note(lot, Issue, one.units, 0)
		p.receipt.Units += one.units
		p.receipt.Lots = append(p.receipt.Lots, lot.id)
		if p.account.expires(lot.expiry).After(tx.Now) {
			if err := p.repay(lot, one.units); err != nil {
				return done, err
			}
		}
	}
	return p.finish()
}

// deliver ends the giver's part as the receiver's ended.
func (l *Ledger) deliver(tx *db.Tx, giver, hold int64, unit string, refused bool) error {
	name := fmt.Sprintf("transfer/%d/%d", giver, hold)
	p, _, err := l.begin(tx, "deliver", Act{Customer: giver, Unit: unit, Key: name + "/end", Cause: name, Actor: System}, refused)
	if p == nil || err != nil {
		return err
	}
	h, err := p.openHold(hold, forTransfer)
	if err != nil {
		return err
	}
	state, units := committed, h.units
	if refused {
		state, units = cancelled, 0
	}
	if err := p.resolve(h, state, units, tx.Now); err != nil {
		return err
	}
	p.receipt.Units = units
	_, err = p.finish()
	return err
}
