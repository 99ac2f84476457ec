package intake

import (
	"context"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/draw"
	"regulars/internal/act/fraud"
	"regulars/internal/act/gift"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/record/activity"
	"regulars/internal/record/answer"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// Intake takes facts in. It is safe for concurrent use.
type Intake struct {
	Business business.Business
	Teller   *webhook.Teller // told what is taken in; nil: nobody is

	ids      *fact.IDs
	names    *catalogue.Names
	orders   order.Keeper
	answers  answer.Keeper
	activity activity.Keeper
	book     *programme.Book
}

// New prepares taking facts in, for the business that the database is of. What is wanted of the business is agreed on
// where it is not set yet; the zone is UTC where nobody ever says one.
func New(ctx context.Context, d *db.DB, want business.Business) (*Intake, error) {
	in := &Intake{ids: &fact.IDs{}, names: catalogue.NewNames(), book: &programme.Book{}}
	in.orders = order.Keeper{IDs: in.ids, Names: in.names}
	in.answers = answer.Keeper{IDs: in.ids, Names: in.names}
	in.activity = activity.Keeper{IDs: in.ids, Names: in.names}
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		in.Business, err = business.Agree(tx, want)
		if err == nil && in.Business.Zone == nil {
			in.Business, err = business.Agree(tx, business.Business{Zone: time.UTC})
		}
		return err
	})
	return in, err
}

// At is a moment on the clock of the business.
func (in *Intake) At(t time.Time) fact.Moment { return fact.At(t, in.Business.Zone) }

// Ledger is the ledger of the business.
func (in *Intake) Ledger() *points.Ledger {
	return &points.Ledger{IDs: in.ids, Zone: in.Business.Zone, Teller: in.Teller}
}

// Programme is the programme of the business.
func (in *Intake) Programme() *programme.Programme {
	return &programme.Programme{Book: in.book, Ledger: in.Ledger(), Digits: in.Business.Digits(), Friends: referral.Friends, Longer: fraud.Longer, Gave: gift.Noted}
}

// Packages is what gives for the codes in packages.
func (in *Intake) Packages() *packaging.Desk { return &packaging.Desk{Ledger: in.Ledger()} }

// Referrals is what sees to who was brought by whom.
func (in *Intake) Referrals() *referral.Desk { return &referral.Desk{Programme: in.Programme()} }

// Fraud is what looks for misuse.
func (in *Intake) Fraud() *fraud.Desk { return &fraud.Desk{IDs: in.ids, Zone: in.Business.Zone} }

// ByHand moves what people ask for beyond their limits.
func (in *Intake) ByHand() *byhand.Desk {
	return &byhand.Desk{Ledger: in.Ledger(), Zone: in.Business.Zone, Given: in.Fraud().Given}
}

// Rewards is what gives rewards to its customers.
func (in *Intake) Rewards() *reward.Desk { return &reward.Desk{Ledger: in.Ledger()} }

// Gifts is what gives surprises.
func (in *Intake) Gifts() *gift.Desk {
	return &gift.Desk{Programme: in.Programme(), Rewards: in.Rewards()}
}

// Draws is what holds prize draws; the box keeps their seeds.
func (in *Intake) Draws(box *secret.Box) *draw.Desk {
	return &draw.Desk{Ledger: in.Ledger(), Box: box, FourEyes: programme.FourEyes}
}

// whose finds the customers of facts, each named by an identity or by none, and makes those that are not there. Normal
// identities and what is wrong with them come back by place.
type whose struct {
	identity customer.Identity
	written  string
	refused  error
	customer int64 // 0: nobody known
}

// name brings an identity into its normal form.
func (in *Intake) name(i customer.Identity) (w whose) {
	if i == (customer.Identity{}) {
		return w
	}
	w.written = i.Value
	var err error
	w.identity, err = i.Normal(in.Business.Country)
	w.refused = fault.In("customer", err)
	return w
}

// find finds the customers that are there already.
func find(tx *db.Tx, all []whose) error {
	return each(all, func(identities []customer.Identity) (map[customer.Identity]int64, error) {
		return customer.Find(tx, identities)
	})
}

// make finds the customers and makes the missing ones.
func (in *Intake) make(tx *db.Tx, all []whose) (made []int64, err error) {
	err = each(all, func(identities []customer.Identity) (found map[customer.Identity]int64, err error) {
		found, made, err = customer.Make(tx, in.ids, identities)
		return found, err
	})
	if err != nil || len(made) == 0 {
		return nil, err
	}
	return made, in.tellCustomers(tx, CustomerCreated, made...)
}

func each(all []whose, look func([]customer.Identity) (map[customer.Identity]int64, error)) error {
	var identities []customer.Identity
	seen := map[customer.Identity]bool{}
	for _, w := range all {
		if w.written != "" && w.refused == nil && w.customer == 0 && !seen[w.identity] {
			seen[w.identity] = true
			identities = append(identities, w.identity)
		}
	}
	if len(identities) == 0 {
		return nil
	}
	found, err := look(identities)
	if err != nil {
		return err
	}
	for i := range all {
		w := &all[i]
		if w.written == "" || w.refused != nil || w.customer != 0 {
			continue
		}
		if w.customer = found[w.identity]; w.customer == 0 && w.identity.Kind == customer.Number {
			w.refused = fault.In("customer", fault.NotFoundf("there is no customer with this id"))
		}
	}
	return nil
}

// one finds the customer of an identity, who must be there.
func (in *Intake) one(tx *db.Tx, i customer.Identity) (int64, error) {
	w := []whose{in.name(i)}
	if w[0].refused != nil {
		return 0, w[0].refused
	}
	if err := find(tx, w); err != nil {
		return 0, err
	}
	if w[0].refused != nil {
		return 0, w[0].refused
	}
	if w[0].customer == 0 {
		return 0, fault.NotFoundf("there is no customer with %s %s", i.Kind, i.Value)
	}
	return w[0].customer, nil
}
