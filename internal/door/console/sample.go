package console

import (
	"net/http"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// madeUp is what every page of a sample says.
type madeUp struct {
	Removable bool // by whoever reads it
}

// madeUp tells what to say of a sample; nil: this is none, or nobody has signed in.
func (v *visit) madeUp() *madeUp {
	if v.me == nil {
		return nil
	}
	return &madeUp{Removable: v.Renew != nil && v.me.Role == account.Owner}
}

// lookAround lets in who started the sample, by the link that the terminal shows. It is good more than once: nothing here
// is real.
func (v *visit) lookAround() error {
	var u account.User
	err := v.read(func(tx *db.Tx) (err error) { u, err = account.LooksAround(tx, v.r.PathValue("token")); return err })
	if err != nil {
		return err
	}
	return v.letIn(u)
}

func (v *visit) askRemoval() error {
	return v.removing(func() error {
		return v.show(http.StatusOK, "sure", sheet{Title: v.l.T("sample.remove.title"), Lead: v.l.T("sample.remove.lead"), Content: sure{
			Action: "/sample/remove", Button: v.l.T("sample.remove.button"), Harm: true, Back: "/",
		}})
	})
}

func (v *visit) removeSample() error {
	return v.removing(func() error {
		way, err := v.Renew(v.ctx)
		if err != nil {
			return err
		}
		return v.leave(way)
	})
}

// removing is for an owner alone: everybody's account goes with the sample.
func (v *visit) removing(do func() error) error {
	return v.allowed(account.UsersManage, func(account.Actor) error {
		b, err := v.business()
		switch {
		case err != nil:
			return err
		case v.me.Role != account.Owner:
			return fault.Coded("forbidden", fault.Forbiddenf("only an owner takes a sample away"))
		case v.Renew == nil || !b.Sample:
			return fault.Coded("no_sample", fault.Conflictf("this is no sample: it is not taken away in a click"))
		}
		return do()
	})
}
