package console

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// chosenReward is the reward that lowers a sale, which is spent with it.
type chosenReward struct {
	reward.Reward         // as it is offered, or was promised
	customer, taken int64 // of one that the customer has taken before; 0: it is to be taken
	person          int64
}

func (c *chosenReward) promise() *reward.Reward {
	if c == nil {
		return nil
	}
	return &c.Reward
}

// withName is what the form calls the reward that is chosen: what a press on a reward says, or what the list says.
func (v *visit) withName() (string, error) {
	text, err := v.typedText("take", textMost)
	if err == nil && text == "" {
		text, err = v.typedText("with", textMost)
	}
	return text, err
}

// chosenFor is the reward that was chosen for the sale; nil: none was.
func (v *visit) chosenFor(tx *db.Tx, by account.Actor, facts *intake.Intake, root int64) (*chosenReward, error) {
	name, err := v.withName()
	if err != nil || name == "" {
		return nil, err //nolint:nilnil // none was
	}
	if err := by.Require(account.PointsSpend); err != nil {
		return nil, err
	}
	c := &chosenReward{person: root}
	if fact.ParsePublicID(reward.Prefix, name, &c.taken, &c.customer) == nil {
		return c, ofReward(c.load(tx))
	}
	s, err := reward.Load(tx, name)
	if err != nil {
		return nil, ofReward(err)
	}
	q, err := facts.Rewards().Quote(tx, root, &s)
	if err != nil {
		return nil, err
	}
	c.Reward = s.Reward
	return c, ofReward(q.Why)
}

// ofReward says that a fault is about the reward that was chosen.
func ofReward(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	about := *f
	about.Field = "with"
	return &about
}

// load reads one that the customer has taken before.
func (c *chosenReward) load(tx *db.Tx) error {
	members, err := customer.Members(tx, c.person)
	if err != nil {
		return err
	}
	if !slices.Contains(members, c.customer) {
		return noRedemption()
	}
	r, err := reward.Get(tx, c.customer, c.taken)
	if err != nil {
		return err
	}
	c.Reward = r.Promise
	return r.Ready(tx.Now)
}

// gatherChosen brings together what the reward costs, before the sale is recorded.
func (v *visit) gatherChosen(by account.Actor, facts *intake.Intake, root int64) error {
	var c *chosenReward
	err := v.read(func(tx *db.Tx) (err error) {
		known, err := soldBefore(tx, v.typed("key")[:keyLength])
		if err == nil && known == nil {
			c, err = v.chosenFor(tx, by, facts, root)
		}
		return err
	})
	if codeOf(err) == "too_few_units" { // of this number alone
		err = nil
	}
	if err != nil || c == nil || c.taken != 0 {
		return err
	}
	return v.gather(facts, root, c.Reward.Reward)
}

// useWith spends the reward for the sale of a reference: in the transaction that records it, or not at all.
func (v *visit) useWith(tx *db.Tx, by account.Actor, facts *intake.Intake, c *chosenReward, sale string) error {
	if c == nil {
		return nil
	}
	desk := facts.Rewards()
	owner, id := c.customer, c.taken
	if id == 0 {
		r, err := desk.Redeem(tx, reward.Wish{Customer: c.person, Reward: c.Reward.Reward, Key: "console/sale/" + sale, Order: sale, Actor: by.ID})
		if err != nil {
			return ofReward(err)
		}
		if err := v.redeemed(tx, by, &r); err != nil {
			return err
		}
		owner, id = r.Customer, r.ID
	}
	r, err := desk.Use(tx, owner, id, sale, reward.Who{Actor: by.ID})
	if err != nil {
		return ofReward(err)
	}
	return v.redeemed(tx, by, &r)
}

// rewardRefused says beside the field why the reward cannot be taken with the sale.
func (v *visit) rewardRefused(r *reward.Reward, err error, currency string) error {
	if r == nil {
		return err
	}
	switch code := codeOf(err); code {
	case "reward_minimum":
		err = fault.Coded(code, fault.Conflictf("%s", v.l.Money(r.MinimumMinor(), currency)))
	case "reward_not_there", "reward_pieces":
		if only := r.Only(); len(only) > 0 { // which is not handed over apart
			err = fault.Coded("reward_for_goods", fault.Conflictf("%s", strings.Join(only, ", ")))
			break
		}
		product, pieces, failed := r.Goods()
		if failed != nil {
			return failed
		}
		if code == "reward_pieces" {
			product = v.l.Integer(pieces) + " × " + product
		}
		err = fault.Coded(code, fault.Conflictf("%s", product))
	case "reward_above_order", "reward_takes_nothing":
	default:
		return err
	}
	return ofReward(err)
}

// ofLines tells whether a reward is for something that must be on a line of the sale.
func ofLines(r *reward.Reward) bool { return r.Kind == reward.Product || len(r.Only()) > 0 }

// ofGoods tells whether one of the rewards on the page is for something that is among the lines.
func (m *tillMember) ofGoods(name string) bool {
	return slices.ContainsFunc(m.Rewards, func(r tillReward) bool { return r.Lines && r.Reward == name }) ||
		slices.ContainsFunc(m.Taken, func(t tillTaken) bool { return t.Lines && t.ID == name })
}

// withField is the list of what may be taken with a sale: what can be had now, and what was taken before.
func (v *visit) withField(m *tillMember) {
	f := field{Name: "with", Label: v.l.T("till.with"), Type: "select", Choices: []choice{{"", v.l.T("till.with.none"), false}}}
	for _, r := range m.Rewards {
		if r.Off {
			f.Choices = append(f.Choices, choice{r.Reward, r.Name + " · " + r.Price, false})
		}
	}
	for _, t := range m.Taken {
		if t.Off {
			f.Choices = append(f.Choices, choice{t.ID, t.Name + cmp.Or(prefixed(" · ", t.Code), " · "+v.l.T("till.with.taken")), false})
		}
	}
	if m.With = nil; len(f.Choices) > 1 {
		m.With = []field{f}
	}
}

// prefixed is a text behind something, where there is one.
func prefixed(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// choose marks one of the choices.
func (f *field) choose(value string) {
	f.Value = value
	for i := range f.Choices {
		f.Choices[i].Chosen = f.Choices[i].Value == value
	}
}
