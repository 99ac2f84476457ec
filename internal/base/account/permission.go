package account

import (
	"slices"

	"regulars/internal/base/fault"
)

// Permission is one thing that somebody may do. The words are kept with keys and never change.
type Permission string

// The permissions.
const (
	CustomersRead   Permission = "customers.read"   // find and see customers, names and addresses masked
	CustomersWrite  Permission = "customers.write"  // add, change and merge customers, record consents
	CustomersExport Permission = "customers.export" // everything known of a customer, as a file
	CustomersErase  Permission = "customers.erase"  // for good
	PersonalRead    Permission = "personal.read"    // names, e-mails, phones, birthdays, comments unmasked
	FactsRead       Permission = "facts.read"       // orders, returns, answers, events, subscriptions, costs, products
	FactsWrite      Permission = "facts.write"      // the same; has sales.write and events.add within it
	SalesWrite      Permission = "sales.write"      // orders and returns only, as at a till
	EventsAdd       Permission = "events.add"       // add events, and read nothing: all that a public key may
	MeasuresRead    Permission = "measures.read"    // measures, reports, segments: sums over many customers
	ImportsRead     Permission = "imports.read"     // how far imports have come, and what they rejected
	ImportsWrite    Permission = "imports.write"    // upload files and read them in
	KeysManage      Permission = "keys.manage"      // see, make, change and revoke API keys
	UsersManage     Permission = "users.manage"     // see, invite, change and disable users
	AccessManage    Permission = "access.manage"    // the mail server, the provider by which people come in, and how much is moved by hand: who has it could let in anybody
	WebhooksManage  Permission = "webhooks.manage"  // endpoints, deliveries, replay
	JobsRead        Permission = "jobs.read"        // what is done in the background
	JobsManage      Permission = "jobs.manage"      // repeat and cancel it
	AuditRead       Permission = "audit.read"       // the trail of who did what
	SettingsRead    Permission = "settings.read"    // how the business is set up
	SettingsWrite   Permission = "settings.write"   // change that
	BackupRead      Permission = "backup.read"      // take a copy of everything
	PointsRead      Permission = "points.read"      // what customers have in units, their tiers, and why
	PointsSpend     Permission = "points.spend"     // hold units, redeem rewards, take codes, as at a till; has points.read within it
	PointsAdjust    Permission = "points.adjust"    // give and take units by hand, and send them from customer to customer
	ProgrammeRead   Permission = "programme.read"   // the rules, tiers and rewards
	ProgrammeWrite  Permission = "programme.write"  // draft and publish them
)

// Permissions lists all of them.
func Permissions() []Permission {
	return []Permission{
		CustomersRead, CustomersWrite, CustomersExport, CustomersErase, PersonalRead, FactsRead, FactsWrite, SalesWrite,
		EventsAdd, MeasuresRead, ImportsRead, ImportsWrite, KeysManage, UsersManage, AccessManage, WebhooksManage, JobsRead,
		JobsManage, AuditRead, SettingsRead, SettingsWrite, BackupRead, PointsRead, PointsSpend, PointsAdjust, ProgrammeRead, ProgrammeWrite,
	}
}

// within are the permissions that another one has within it.
var within = map[Permission][]Permission{FactsWrite: {SalesWrite, EventsAdd}, PointsSpend: {PointsRead}}

// Role is what a person does in the business.
type Role string

// The roles.
const (
	// Owner answers for the business and may everything.
	Owner Role = "owner"
	// Manager runs the business from day to day: customers with their data, also on their demand to have or erase it,
	// sales, imports, and the people of the shop; but not the technical side, and no copy of everything.
	Manager Role = "manager"
	// Analyst reads what is summed up over many customers, and nothing of a single one.
	Analyst Role = "analyst"
	// Agent serves customers: knows who they are and how to reach them, and records what they bought, returned and said.
	Agent Role = "agent"
	// Cashier finds the customer who is at the till, by a card or number that the customer shows, and enters the sale;
	// names and addresses stay masked, but for a first name, a letter and the end of the number on the page of the till.
	Cashier Role = "cashier"
	// Developer connects other systems: keys, webhooks, jobs, imports and facts; personal data stays masked, also to the
	// keys that a developer makes.
	Developer Role = "developer"
)

// Roles lists all of them.
func Roles() []Role { return []Role{Owner, Manager, Analyst, Agent, Cashier, Developer} }

// granted is the written table of what each role may.
var granted = map[Role][]Permission{
	Owner: Permissions(),
	Manager: {
		CustomersRead, CustomersWrite, CustomersExport, CustomersErase, PersonalRead, FactsRead, FactsWrite, MeasuresRead,
		ImportsRead, ImportsWrite, UsersManage, JobsRead, AuditRead, SettingsRead, SettingsWrite, PointsSpend, PointsAdjust,
		ProgrammeRead, ProgrammeWrite,
	},
	Analyst: {MeasuresRead, SettingsRead, ProgrammeRead},
	Agent: {
		CustomersRead, CustomersWrite, PersonalRead, FactsRead, FactsWrite, SettingsRead, PointsSpend, ProgrammeRead,
	},
	Cashier: {CustomersRead, FactsRead, SalesWrite, SettingsRead, PointsSpend, ProgrammeRead},
	Developer: {
		CustomersRead, CustomersWrite, FactsRead, FactsWrite, MeasuresRead, ImportsRead, ImportsWrite, KeysManage,
		WebhooksManage, JobsRead, JobsManage, SettingsRead, PointsSpend, ProgrammeRead,
	},
}

// Permissions lists what the role may; an unknown role may nothing.
func (r Role) Permissions() []Permission { return all(granted[r]).list() }

// check refuses a role that is none.
func (r Role) check() error {
	if !slices.Contains(Roles(), r) {
		return fault.In("role", fault.Coded("unknown_role", fault.Invalidf("%q is no role; use one of %s", string(r), words(Roles()))))
	}
	return nil
}

// permissions is a set of them.
type permissions map[Permission]bool

// all is the set of those listed and of what they have within them.
func all(listed []Permission) permissions {
	set := permissions{}
	for _, p := range listed {
		set[p] = true
		for _, inner := range within[p] {
			set[inner] = true
		}
	}
	return set
}

// list is the set in the order of Permissions.
func (s permissions) list() []Permission {
	var listed []Permission
	for _, p := range Permissions() {
		if s[p] {
			listed = append(listed, p)
		}
	}
	return listed
}

// beyond is the first permission of s that is not in other; empty: there is none.
func (s permissions) beyond(other permissions) Permission {
	for _, p := range s.list() {
		if !other[p] {
			return p
		}
	}
	return ""
}
