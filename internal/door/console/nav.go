package console

import (
	"cmp"
	"strings"

	"regulars/internal/base/account"
)

// place is a page that the bar on every page leads to. Its name is the text nav.<key>, what it is for console.<key>.says.
type place struct {
	to, key string
	need    account.Permission // empty: whoever has signed in
	section string             // the key of the section that it belongs to; empty: it stands in the bar itself
}

// settings is the section of what is set up once and seldom looked at; the bar leads to the first of its pages that the
// reader may open.
const settings = "settings"

// places is where the bar leads, in its order. A new page of the console is a line here.
var places = []place{
	{"/", "home", "", ""},
	{"/picture", "picture", account.MeasuresRead, ""},
	{"/measures", "measures", account.MeasuresRead, ""},
	{"/segments", "segments", account.MeasuresRead, ""},
	{"/cohorts", "cohorts", account.MeasuresRead, ""},
	{"/predictions", "predictions", account.MeasuresRead, ""},
	{"/next", "next", account.CustomersRead, ""},
	{"/customers", "customers", account.CustomersRead, ""},
	{"/till", "till", account.SalesWrite, ""},
	{"/programme", "programme", account.ProgrammeRead, ""},
	{"/draws", "draws", account.ProgrammeRead, ""},
	{"/fraud", "fraud", account.PointsAdjust, ""},
	{"/packages", "packages", account.ProgrammeRead, ""},
	{"/initiatives", "initiatives", account.FactsRead, ""},
	{"/costs", "costs", account.FactsRead, ""},
	{"/data", "data", account.ImportsRead, ""},
	{"/account", "account", "", settings},
	{"/letters", "letters", account.MeasuresRead, settings},
	{"/business", "business", account.SettingsRead, settings},
	{"/parameters", "parameters", account.SettingsRead, settings},
	{"/member-pages", "memberpages", account.ProgrammeRead, settings},
	{"/mail", "mail", account.AccessManage, settings},
	{"/users", "users", account.UsersManage, settings},
	{"/keys", "keys", account.KeysManage, settings},
	{"/webhooks", "webhooks", account.WebhooksManage, settings},
	{"/jobs", "jobs", account.JobsRead, settings},
	{"/backups", "backups", account.AccessManage, settings},
	{"/trail", "trail", account.AuditRead, settings},
	{"/v1/reference", "reference", "", settings},
}

// bar is the places that the reader may go to.
type bar struct {
	Here     string // the name of where one is
	Main     []link
	Settings []link
	Open     bool // the page is one of the settings
}

// link leads to a place.
type link struct {
	To, Name string
	Here     bool // it is this page, or one below it
}

// bar is the one for who has signed in; on a page that no place leads to nothing is marked.
func (v *visit) bar() *bar {
	if v.me == nil {
		return nil
	}
	b := &bar{}
	for _, p := range v.open() {
		l := link{To: p.to, Name: v.l.T("nav." + p.key), Here: within(v.r.URL.Path, p.to)}
		if l.Here {
			b.Here = l.Name
		}
		if p.section != settings {
			b.Main = append(b.Main, l)
			continue
		}
		b.Settings, b.Open = append(b.Settings, l), b.Open || l.Here
	}
	b.Here = cmp.Or(b.Here, v.l.T("nav.menu"))
	return b
}

// open are the places that who has signed in may go to.
func (v *visit) open() (may []place) {
	by := v.me.Actor()
	for _, p := range places {
		if p.need == "" || by.May(p.need) {
			may = append(may, p)
		}
	}
	return may
}

// within tells whether a page is the one of the place or below it.
func within(path, place string) bool {
	return path == place || place != "/" && strings.HasPrefix(path, place+"/")
}
