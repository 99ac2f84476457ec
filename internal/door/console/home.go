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
	Begin  []step        // how a business begins, until that is done or put away
	Glance template.HTML // the loyalty picture at a glance, for who may see it, where one is drawn
	Age    string        // when it was drawn, or why there is none
	Looks  []worth       // what should be looked at
	Calm   bool          // nothing should
	Goals  []shownGoal
	Mine   []asked // what one asked to give or take by hand
	Doors  []door
	Seldom []door // where one goes seldom: the settings
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
	if h.Begin, err = v.begins(u.Actor()); err != nil {
		return err
	}
	if h.Mine, err = v.mine(u.Actor()); err != nil {
		return err
	}
	if u.Actor().May(account.MeasuresRead) {
		last := v.picture.latest(v.ctx) // once: each look waits a little where there is none yet
		if h.Glance, h.Age, err = v.glance(&last); err != nil {
			return err
		}
		if err := v.opening(&h, &last); err != nil {
			return err
		}
	}
	for _, p := range v.open() {
		if p.to == "/" {
			continue
		}
		way := door{p.to, v.l.T("console." + p.key + ".title"), v.l.T("console." + p.key + ".says")}
		if p.section == settings {
			h.Seldom = append(h.Seldom, way)
		} else {
			h.Doors = append(h.Doors, way)
		}
	}
	return v.show(http.StatusOK, "home", sheet{Title: v.l.T("console.home.title", u.Name), Content: h})
}
