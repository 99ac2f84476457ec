package console

import (
	"cmp"
	"slices"
	"strings"

	"regulars/internal/base/account"
)

// place is a page that the bar on every page leads to. Its name is the text nav.<key>, what it is for console.<key>.says.
type place struct {
	to, key string
	need    account.Permission // empty: whoever has signed in
	section string             // the key of the section that it belongs to; empty: it stands in the bar itself
}

// The sections: the bar leads to the first of the pages of each that the reader may open, and there to the others.
const (
	figures  = "figures"   // how loyal customers are, and what is to come
	club     = "programme" // what is done for loyalty by rules
	facts    = "data"      // what all that is reckoned from
	settings = "settings"  // what is set up once and seldom looked at
)

// places is where the bar leads, in its order. A new page of the console is a line here.
var places = []place{
	{"/", "home", "", ""},
	{"/picture", "picture", account.MeasuresRead, figures},
	{"/measures", "measures", account.MeasuresRead, figures},
	{"/segments", "segments", account.MeasuresRead, figures},
	{"/cohorts", "cohorts", account.MeasuresRead, figures},
	{"/predictions", "predictions", account.MeasuresRead, figures},
	{"/next", "next", account.PersonalRead, figures},
	{"/customers", "customers", account.CustomersRead, ""},
	{"/till", "till", account.SalesWrite, ""},
	{"/programme", "programme", account.ProgrammeRead, club},
	{"/rewards", "rewards", account.ProgrammeRead, club},
	{"/owed", "owed", account.MeasuresRead, club},
	{"/referrals", "referrals", account.MeasuresRead, club},
	{"/gifts", "gifts", account.ProgrammeRead, club},
	{"/draws", "draws", account.ProgrammeRead, club},
	{"/packages", "packages", account.ProgrammeRead, club},
	{"/fraud", "fraud", account.PointsAdjust, club},
	{"/data", "data", account.ImportsRead, facts},
	{"/initiatives", "initiatives", account.FactsWrite, facts},
	{"/costs", "costs", account.FactsWrite, facts},
	{"/account", "account", "", settings},
	{"/letters", "letters", account.MeasuresRead, settings},
	{"/business", "business", account.SettingsRead, settings},
	{"/parameters", "parameters", account.SettingsRead, settings},
	{"/member-pages", "memberpages", account.ProgrammeRead, settings},
	{"/mail", "mail", account.AccessManage, settings},
	{"/users", "users", account.UsersManage, settings},
	{"/by-hand", "byhand", account.PointsAdjust, settings},
	{"/keys", "keys", account.KeysManage, settings},
	{"/webhooks", "webhooks", account.WebhooksManage, settings},
	{"/jobs", "jobs", account.JobsRead, settings},
	{"/backups", "backups", account.AccessManage, settings},
	{"/trail", "trail", account.AuditRead, settings},
	{"/v1/reference", "reference", "", settings},
}

// bar is the places that the reader may go to.
type bar struct {
	Here  string // the name of where one is
	Row   []link // what stands in the bar itself: places, and sections by their first place
	Alone []link // places of no section
	Parts []part
	Open  *part // the section that the page is of; nil: none
}

// part is the places of a section.
type part struct {
	Name   string
	Places []link
}

// link leads to a place.
type link struct {
	To, Name string
	Here     bool // it is this page, or one below it
	Section  bool // it stands for a section
}

// bar is the one for who has signed in; on a page that no place leads to nothing is marked.
func (v *visit) bar() *bar {
	if v.me == nil {
		return nil
	}
	b := &bar{}
	row := map[string]int{} // section -> where it stands in the row
	for _, p := range v.open() {
		l := link{To: p.to, Name: v.l.T("nav." + p.key), Here: within(v.r.URL.Path, p.to)}
		if l.Here {
			b.Here = l.Name
		}
		if p.section == "" {
			b.Row, b.Alone = append(b.Row, l), append(b.Alone, l)
			continue
		}
		n := slices.IndexFunc(b.Parts, func(o part) bool { return o.Name == v.l.T("nav."+p.section) })
		if n < 0 {
			n, row[p.section] = len(b.Parts), len(b.Row)
			b.Parts = append(b.Parts, part{Name: v.l.T("nav." + p.section)})
			b.Row = append(b.Row, link{To: p.to, Name: b.Parts[n].Name, Section: true})
		}
		b.Parts[n].Places = append(b.Parts[n].Places, l)
		if l.Here {
			b.Row[row[p.section]].Here = true
		}
	}
	for i := range b.Parts {
		if slices.ContainsFunc(b.Parts[i].Places, func(l link) bool { return l.Here }) {
			b.Open = &b.Parts[i]
		}
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
