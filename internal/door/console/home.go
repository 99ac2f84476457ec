package console

import (
	"html/template"
	"net/http"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
)

// home is the first page: who one is here, and where to go from it.
type home struct {
	Role   string
	Glance template.HTML // the loyalty picture at a glance, for who may see it, where one is drawn
	Age    string        // when it was drawn, or why there is none
	Doors  []door
}

// door is a way from the first page.
type door struct{ To, Name, Says string }

func (v *visit) home() error {
	u, ok, err := v.user()
	if err != nil {
		return err
	}
	if !ok {
		var needed bool
		if err := v.read(func(tx *db.Tx) (err error) { needed, err = account.NeedsSetup(tx); return err }); err != nil {
			return err
		}
		if needed {
			return v.unready()
		}
		return v.leave("/sign-in")
	}
	h := home{Role: v.l.T("console.role." + string(u.Role))}
	if u.Actor().May(account.MeasuresRead) {
		if h.Glance, h.Age, err = v.glance(); err != nil {
			return err
		}
	}
	if u.Actor().May(account.MeasuresRead) {
		h.Doors = append(h.Doors, door{"/picture", v.l.T("console.picture.title"), v.l.T("console.picture.says")},
			door{"/predictions", v.l.T("predict.title"), v.l.T("forecast.home")})
	}
	if u.Actor().May(account.CustomersRead) {
		h.Doors = append(h.Doors, door{"/customers", v.l.T("console.customers.title"), v.l.T("console.customers.says")})
	}
	if u.Actor().May(account.ImportsRead) {
		h.Doors = append(h.Doors, door{"/data", v.l.T("console.data.title"), v.l.T("console.data.says")})
	}
	h.Doors = append(h.Doors, door{"/account", v.l.T("console.account.title"), v.l.T("console.account.says")})
	if u.Actor().May(account.MeasuresRead) {
		h.Doors = append(h.Doors, door{"/letters", v.l.T("letters.title"), v.l.T("letters.lead")})
	}
	if u.Actor().May(account.UsersManage) {
		h.Doors = append(h.Doors, door{"/users", v.l.T("console.users.title"), v.l.T("console.users.says")})
	}
	if u.Actor().May(account.KeysManage) {
		h.Doors = append(h.Doors, door{"/keys", v.l.T("console.keys.title"), v.l.T("console.keys.says")})
	}
	if u.Actor().May(account.JobsRead) {
		h.Doors = append(h.Doors, door{"/jobs", v.l.T("console.jobs.title"), v.l.T("console.jobs.says")})
	}
	if u.Actor().May(account.AuditRead) {
		h.Doors = append(h.Doors, door{"/trail", v.l.T("console.trail.title"), v.l.T("console.trail.says")})
	}
	h.Doors = append(h.Doors, door{"/v1/reference", v.l.T("console.reference.title"), v.l.T("console.reference.says")})
	return v.show(http.StatusOK, "home", sheet{Title: v.l.T("console.home.title", u.Name), Content: h})
}
