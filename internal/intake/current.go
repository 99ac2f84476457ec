package intake

import (
	"context"
	"sync"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/webhook"
	"regulars/internal/record/business"
)

// Current is the intake of a program that runs on and on, while the business may be set up or change, here or by another
// program.
type Current struct {
	DB     *db.DB
	Teller *webhook.Teller // told what is taken in; nil: nobody is

	lock   sync.Mutex
	intake *Intake
	looked time.Time
}

// lookEvery is how long what is known of the business is believed.
const lookEvery = 2 * time.Second

// Intake is the intake for the business as it is now. Before it has a time zone and a currency no fact can be taken in,
// because each carries its day, and amounts of two currencies do not add up.
func (c *Current) Intake(ctx context.Context) (*Intake, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.intake != nil && time.Since(c.looked) < lookEvery {
		return c.intake, nil
	}
	var b business.Business
	err := c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		b, err = business.Load(tx)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case b.Zone == nil || b.Currency == "":
		return nil, fault.Coded("business_not_set_up", fault.Conflictf("the business has no time zone or no currency yet; "+
			"set both first, with PUT /v1/business or on the setup page"))
	case c.intake == nil:
		if c.intake, err = New(ctx, c.DB, business.Business{}); err != nil {
			c.intake = nil
			return nil, err
		}
		c.intake.Teller = c.Teller
	case !same(c.intake.Business, b):
		changed := *c.intake
		changed.Business = b
		c.intake = &changed
	}
	c.looked = time.Now()
	return c.intake, nil
}

func same(a, b business.Business) bool {
	return a.Name == b.Name && a.Currency == b.Currency && a.Country == b.Country && a.Zone.String() == b.Zone.String()
}

// Forget has the business looked up again at once: it was changed just now.
func (c *Current) Forget() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.looked = time.Time{}
}
