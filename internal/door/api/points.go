package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// tableOfUnits is what customers have, and what they get for it.
func (a *API) tableOfUnits() {
	on(a, get, "/v1/units", account.ProgrammeRead, "List units", a.listUnits, under("points"), says("What is counted: points, stamps, money back, visits."))
	on(a, put, "/v1/units/{unit}", account.ProgrammeWrite, "Put a unit", a.putUnit, under("points"),
		says("Makes a unit or changes it. What was earned before keeps its dates."))
	on(a, get, "/v1/units/{unit}/journal", account.MeasuresRead, "Get a month's journal of a unit", a.getJournal, under("points"), says("What a month's sales defer for the units that came with them, and what "+
		"of all deferrals becomes revenue in it, by the estimates at its end (IFRS 15, ASC 606): CSV of day, account, text, debit_minor, credit_minor. Sales are orders that earned units, as they were placed."))
	on(a, get, "/v1/units/{unit}/liability", account.MeasuresRead, "Get the liability of a unit", a.getLiability, under("points"),
		says("How many units are outstanding by month of issue, how many of them will probably be used, and what that costs."))
	on(a, get, "/v1/customers/{id}/account", account.PointsRead, "Get the account of a customer", a.getAccount, under("points"),
		says("What the customer has of each unit: available, pending, held, owed and in transit, and when it expires."))
	on(a, get, "/v1/customers/{id}/entries", account.PointsRead, "List the entries of a customer", a.listEntries, under("points"),
		says("Everything that moved, the last first. Entries are never changed: a correction is a new one."))
	on(a, post, "/v1/holds", account.PointsSpend, "Hold units", a.newHold, under("points"),
		says("Sets units aside while somebody pays. What is held does not expire meanwhile. It ends once: committed in full or part, cancelled, or when its time is over."))
	on(a, get, "/v1/holds/{id}", account.PointsRead, "Get a hold", a.getHold, under("points"))
	on(a, post, "/v1/holds/{id}/commit", account.PointsSpend, "Commit a hold", a.commitHold, under("points"), says("Spends what is held, or a part of it."))
	on(a, remove, "/v1/holds/{id}", account.PointsSpend, "Cancel a hold", a.cancelHold, under("points"), says("What was held is available again, with its old expiry."))
	on(a, post, "/v1/adjustments", account.PointsAdjust, "Adjust units", a.adjust, under("points"),
		says("Gives or takes units by hand, with a reason. What is taken and is not there becomes a debt where the unit allows it, and is refused where not."))
	on(a, post, "/v1/transfers", account.PointsAdjust, "Send units to another customer", a.transfer, under("points"),
		says("Units keep their expiry. They are in transit from the answer on, and with the receiver a moment later."))
	on(a, get, "/v1/transfers/{id}", account.PointsRead, "Get a transfer", a.getTransfer, under("points"))
}

// who names whoever asks to the ledger.
func who(ctx context.Context) string { return actor(ctx).ID }

// operationKey is the key of what a request does, which the Idempotency-Key makes: whatever is done in the same request sent
// again is done once, also where the answer was lost. Without one each request is its own.
func operationKey(ctx context.Context, header string) string {
	if header == "" {
		return "api/" + rand.Text()
	}
	sum := sha256.Sum256([]byte(actor(ctx).ID + "\x00" + header))
	return "api/" + hex.EncodeToString(sum[:])
}

// Keyed is embedded in the input of what moves units.
type Keyed struct {
	Key string `header:"Idempotency-Key" hidden:"true"`
}

// about is the intake, and the customer that a body is about.
func (a *API) about(ctx context.Context, ref *wire.CustomerRef) (facts *intake.Intake, root int64, err error) {
	if facts, err = a.Facts.Intake(ctx); err != nil {
		return nil, 0, err
	}
	root, err = a.someone(ctx, "customer", facts, ref)
	return facts, root, err
}

// someone finds a customer who must be there already, and who stands for the person.
func (a *API) someone(ctx context.Context, field string, facts *intake.Intake, ref *wire.CustomerRef) (root int64, err error) {
	if ref == nil {
		return 0, fault.In(field, fault.Coded(codeRequired, fault.Invalidf("say which customer")))
	}
	named, err := whose(facts, ref)
	if err == nil {
		named, err = named.Normal(facts.Business.Country)
	}
	if err != nil {
		return 0, fault.In(field, err)
	}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		found, err := customer.Find(tx, []customer.Identity{named})
		if err != nil {
			return err
		}
		number := found[named]
		if number <= 0 {
			return fault.NotFoundf("nobody is known so")
		}
		root, err = customer.Root(tx, number)
		return err
	})
	return root, fault.In(field, err)
}

func publicCustomer(number int64) string { return fact.PublicID(fact.CustomerPrefix, number) }

// AccountsOut is what a customer has.
type AccountsOut struct {
	Body wire.Accounts
}

func (a *API) getAccount(ctx context.Context, in *CustomerIn) (*AccountsOut, error) {
	out := &AccountsOut{}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		units, err := points.Units(tx)
		if err != nil {
			return err
		}
		out.Body = wire.Accounts{Customer: publicCustomer(root), AsOf: tx.Now, Units: []wire.Balance{}}
		for _, u := range units {
			b, err := points.BalanceOf(tx, root, u.Code, tx.Now)
			if err != nil {
				return err
			}
			out.Body.Units = append(out.Body.Units, showBalance(&u, &b))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func showBalance(u *points.Unit, b *points.Balance) wire.Balance {
	shown := wire.Balance{Unit: u.Code, Kind: string(u.Kind), Available: b.Available, Pending: b.Pending, Held: b.Held, Debt: b.Debt, InTransit: b.InTransit,
		Issued: b.Issued, Received: b.Received, Spent: b.Spent, Expired: b.Expired, Reversed: b.Reversed, Sent: b.Sent, NeverExpiring: b.NeverExpiring,
		Expiring: make([]wire.Expiring, len(b.Expiring))}
	for i, e := range b.Expiring {
		shown.Expiring[i] = wire.Expiring{At: e.At, Units: e.Units}
	}
	return shown
}

type entriesIn struct {
	CustomerIn
	Paged

	Unit string `query:"unit" required:"true" maxLength:"40" example:"points"`
}

func (a *API) listEntries(ctx context.Context, in *entriesIn) (*Listed[wire.Entry], error) {
	var after points.Page
	if _, err := in.after(&after.Operation, &after.No); err != nil {
		return nil, err
	}
	var all []points.Entry
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		members, _, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		if _, err := points.LoadUnit(tx, in.Unit); err != nil {
			return err
		}
		all, _, err = points.Entries(tx, members, in.Unit, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	at := func(e points.Entry) string { return cursor(e.Operation, e.No) }
	return listed(ctx, in.Paged, all, at, func(e points.Entry) wire.Entry { return showEntry(in.Unit, &e) }), nil
}

func showEntry(unit string, e *points.Entry) wire.Entry {
	shown := wire.Entry{Movement: fact.PublicID(points.OperationPrefix, e.Operation, e.Customer), No: e.No, Customer: publicCustomer(e.Customer), Unit: unit,
		Kind: string(e.Kind), Units: e.Units, Lot: fact.PublicID("lot", e.Lot, e.Customer), Rule: e.Rule, Line: e.Line, Of: e.Of, Cause: e.Cause,
		Actor: e.Actor, Reason: e.Reason, At: e.At}
	if e.Hold != 0 {
		shown.Hold = fact.PublicID(points.HoldPrefix, e.Hold, e.Customer)
	}
	return shown
}

// HoldOut is a hold.
type HoldOut struct {
	Status   int
	Location string `header:"Location"`
	Body     wire.Hold
}

func showHold(h *points.HeldUnits) wire.Hold {
	shown := wire.Hold{ID: fact.PublicID(points.HoldPrefix, h.ID, h.Customer), Customer: publicCustomer(h.Customer), Unit: h.Unit, Units: h.Units,
		State: h.State, CommittedUnits: h.Committed, Cause: h.Cause, Until: h.Until, OpenedAt: h.Opened}
	if !h.Resolved.IsZero() {
		shown.ResolvedAt = &h.Resolved
	}
	return shown
}

type newHoldIn struct {
	Keyed

	Body wire.NewHold
}

func (a *API) newHold(ctx context.Context, in *newHoldIn) (*HoldOut, error) {
	b := &in.Body
	facts, root, err := a.about(ctx, b.Customer)
	if err != nil {
		return nil, err
	}
	ledger := facts.Ledger()
	if err := ledger.Gather(ctx, a.Store, root, b.Unit, b.Units); err != nil {
		return nil, err
	}
	act := points.Act{Customer: root, Unit: b.Unit, Key: operationKey(ctx, in.Key), Cause: b.Cause, Actor: who(ctx)}
	if act.Cause == "" {
		act.Cause = "hold"
	}
	var h points.HeldUnits
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		r, err := ledger.Hold(tx, act, b.Units, time.Duration(b.Seconds)*time.Second)
		if err != nil {
			return err
		}
		if h, err = points.LoadHold(tx, root, r.Hold); err != nil || r.Repeated {
			return err
		}
		return a.did(ctx, tx, "points.held", fact.PublicID(points.HoldPrefix, h.ID, root), fieldsOf(b), 1)
	})
	if err != nil {
		return nil, err
	}
	shown := showHold(&h)
	return &HoldOut{Status: http.StatusCreated, Location: "/v1/holds/" + shown.ID, Body: shown}, nil
}

// HoldIn names a hold.
type HoldIn struct {
	ID string `path:"id" maxLength:"60"`
}

// holdOf reads a hold by its public id.
func holdOf(tx *db.Tx, id string) (points.HeldUnits, error) {
	var number, owner int64
	if err := fact.ParsePublicID(points.HoldPrefix, id, &number, &owner); err != nil {
		return points.HeldUnits{}, fault.In("id", err)
	}
	return points.LoadHold(tx, owner, number)
}

func (a *API) getHold(ctx context.Context, in *HoldIn) (*HoldOut, error) {
	var h points.HeldUnits
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		h, err = holdOf(tx, in.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &HoldOut{Status: http.StatusOK, Body: showHold(&h)}, nil
}

type commitHoldIn struct {
	HoldIn

	Body wire.CommitHold
}

func (a *API) commitHold(ctx context.Context, in *commitHoldIn) (*HoldOut, error) {
	return a.resolveHold(ctx, in.ID, fmt.Sprintf("commit/%d", in.Body.Units), "points.spent", func(l *points.Ledger, tx *db.Tx, act points.Act, hold int64) (points.Receipt, error) {
		return l.Commit(tx, act, hold, in.Body.Units)
	})
}

func (a *API) cancelHold(ctx context.Context, in *HoldIn) (*HoldOut, error) {
	return a.resolveHold(ctx, in.ID, "cancel", "points.released", (*points.Ledger).Cancel)
}

// resolveHold ends a hold. What is asked for has its own key, so that the same asked for again is the same.
func (a *API) resolveHold(ctx context.Context, id, key, action string,
	resolve func(l *points.Ledger, tx *db.Tx, act points.Act, hold int64) (points.Receipt, error)) (*HoldOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	var h points.HeldUnits
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		if h, err = holdOf(tx, id); err != nil {
			return err
		}
		act := points.Act{Customer: h.Customer, Unit: h.Unit, Key: fmt.Sprintf("hold/%d/%s", h.ID, key), Cause: h.Cause, Actor: who(ctx)}
		r, err := resolve(facts.Ledger(), tx, act, h.ID)
		if err != nil {
			return err
		}
		if h, err = points.LoadHold(tx, h.Customer, h.ID); err != nil || r.Repeated {
			return err
		}
		return a.did(ctx, tx, action, id, nil, 1)
	})
	if err != nil {
		return nil, err
	}
	return &HoldOut{Status: http.StatusOK, Body: showHold(&h)}, nil
}

// MovementOut is what moved.
type MovementOut struct {
	Status int
	Body   wire.Movement
}

type adjustIn struct {
	Keyed

	Body wire.NewAdjustment
}

func (a *API) adjust(ctx context.Context, in *adjustIn) (*MovementOut, error) {
	b := &in.Body
	facts, root, err := a.about(ctx, b.Customer)
	if err != nil {
		return nil, err
	}
	act := points.Act{Customer: root, Unit: b.Unit, Key: operationKey(ctx, in.Key), Cause: "adjustment", Actor: who(ctx), Reason: b.Reason}
	r, err := facts.Ledger().AdjustPerson(ctx, a.Store, act, b.Units, func(tx *db.Tx, operation int64) error {
		if err := byhand.Move(tx, facts.Business.Zone, actor(ctx), b.Unit, b.Units); err != nil {
			return err
		}
		if err := facts.Fraud().Given(tx, root, act.Actor, b.Unit, b.Units); err != nil {
			return err
		}
		return a.did(ctx, tx, "points.adjusted", fact.PublicID(points.OperationPrefix, operation, root), fieldsOf(b), 1)
	})
	if err != nil {
		return nil, err
	}
	return &MovementOut{Status: http.StatusCreated, Body: wire.Movement{ID: fact.PublicID(points.OperationPrefix, r.Operation, root), Customer: publicCustomer(root),
		Unit: b.Unit, Units: r.Units, Filled: r.Filled, Owed: r.Owed, At: r.At}}, nil
}

// TransferOut is a transfer.
type TransferOut struct {
	Status   int
	Location string `header:"Location"`
	Body     wire.Transfer
}

var transferStates = map[string]string{"open": "in_transit", "committed": "received", "cancelled": "returned"}

func showTransfer(h *points.HeldUnits) wire.Transfer {
	shown := wire.Transfer{ID: fact.PublicID(points.TransferPrefix, h.ID, h.Customer), From: publicCustomer(h.Customer), To: publicCustomer(h.To), Unit: h.Unit,
		Units: h.Units, State: transferStates[h.State], SentAt: h.Opened}
	if !h.Resolved.IsZero() {
		shown.EndsAt = &h.Resolved
	}
	return shown
}

type transferIn struct {
	Keyed

	Body wire.NewTransfer
}

func (a *API) transfer(ctx context.Context, in *transferIn) (*TransferOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	from, err := a.someone(ctx, "from", facts, b.From)
	if err != nil {
		return nil, err
	}
	to, err := a.someone(ctx, "to", facts, b.To)
	if err != nil {
		return nil, err
	}
	ledger := facts.Ledger()
	if err := ledger.Gather(ctx, a.Store, from, b.Unit, b.Units); err != nil {
		return nil, err
	}
	act := points.Act{Customer: from, Unit: b.Unit, Key: operationKey(ctx, in.Key), Cause: "transfer", Actor: who(ctx)}
	var h points.HeldUnits
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		r, err := ledger.Transfer(tx, act, to, b.Units)
		if err != nil {
			return err
		}
		if h, err = points.LoadTransfer(tx, from, r.Hold); err != nil || r.Repeated {
			return err
		}
		if err := byhand.Move(tx, facts.Business.Zone, actor(ctx), b.Unit, b.Units); err != nil {
			return err
		}
		return a.did(ctx, tx, "points.sent", fact.PublicID(points.TransferPrefix, h.ID, from), fieldsOf(b), 1)
	})
	if err != nil {
		return nil, err
	}
	shown := showTransfer(&h)
	return &TransferOut{Status: http.StatusCreated, Location: "/v1/transfers/" + shown.ID, Body: shown}, nil
}

func (a *API) getTransfer(ctx context.Context, in *HoldIn) (*TransferOut, error) {
	var h points.HeldUnits
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		var number, owner int64
		if err := fact.ParsePublicID(points.TransferPrefix, in.ID, &number, &owner); err != nil {
			return fault.In("id", err)
		}
		h, err = points.LoadTransfer(tx, owner, number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &TransferOut{Status: http.StatusOK, Body: showTransfer(&h)}, nil
}
