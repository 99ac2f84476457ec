package account_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/fault"
)

// code is the word for programs of a fault.
func code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

// refused checks that an error is the fault meant.
func refused(t *testing.T, err error, kind fault.Kind, word string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || code(err) != word {
		t.Errorf("%v (kind %d, %q), want kind %d, %q", err, fault.KindOf(err), code(err), kind, word)
	}
}

// mayNot is what a role must never have, whatever else changes in the table.
var mayNot = map[account.Role][]account.Permission{
	account.Manager: {account.AccessManage, account.KeysManage, account.WebhooksManage, account.JobsManage, account.BackupRead},
	account.Analyst: {
		account.CustomersRead, account.PersonalRead, account.FactsRead, account.CustomersExport, account.FactsWrite, account.UsersManage,
	},
	account.Agent: {account.CustomersExport, account.CustomersErase, account.UsersManage, account.KeysManage, account.BackupRead},
	account.Cashier: {
		account.PersonalRead, account.CustomersWrite, account.CustomersExport, account.FactsWrite, account.MeasuresRead, account.AuditRead,
	},
	account.Developer: {account.AccessManage, account.PersonalRead, account.CustomersExport, account.CustomersErase, account.UsersManage, account.BackupRead},
}

func TestRolesHaveWhatTheyNeedAndNoMore(t *testing.T) {
	t.Parallel()
	if got := account.Owner.Permissions(); !slices.Equal(got, account.Permissions()) {
		t.Errorf("an owner may %v, which is not everything", got)
	}
	for role, forbidden := range mayNot {
		for _, p := range forbidden {
			if slices.Contains(role.Permissions(), p) {
				t.Errorf("a %s may %s", role, p)
			}
		}
	}
	for _, role := range account.Roles() {
		if len(role.Permissions()) == 0 {
			t.Errorf("a %s may nothing", role)
		}
	}
	if cashier := account.Cashier.Permissions(); !slices.Contains(cashier, account.SalesWrite) || !slices.Contains(cashier, account.CustomersRead) {
		t.Errorf("a cashier may %v, which is no work at a till", cashier)
	}
	if got := account.Role("king").Permissions(); len(got) > 0 {
		t.Errorf("a role that is none may %v", got)
	}
}

// TestTheTableOfRolesIsWritten compares with the table that people read.
func TestTheTableOfRolesIsWritten(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range account.Permissions() {
		cells := []string{"`" + string(p) + "`"}
		for _, role := range account.Roles() {
			mark := ""
			if slices.Contains(role.Permissions(), p) {
				mark = "yes"
			}
			cells = append(cells, mark)
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	for _, line := range lines {
		if !strings.Contains(string(text), "| "+line+" |") {
			t.Errorf("docs/permissions.md does not say | %s |", line)
		}
	}
	if n := strings.Count(string(text), "\n| `"); n != len(lines) {
		t.Errorf("docs/permissions.md has %d lines in its table, want %d", n, len(lines))
	}
}

func TestAnActorMayWhatIsListed(t *testing.T) {
	t.Parallel()
	agent := account.As(account.Person, "usr_1", "Ann", account.Agent.Permissions()...)
	key := account.As(account.Program, "key_1", "shop", account.FactsWrite)
	for _, c := range []struct {
		what string
		who  account.Actor
		want account.Permission
		kind fault.Kind
		code string
	}{
		{"an agent sees customers", agent, account.CustomersRead, 0, ""},
		{"an agent takes no backup", agent, account.BackupRead, fault.Forbidden, "not_allowed"},
		{"who writes facts writes sales", key, account.SalesWrite, 0, ""},
		{"who writes facts adds events", key, account.EventsAdd, 0, ""},
		{"who writes facts does not read them", key, account.FactsRead, fault.Forbidden, "not_allowed"},
		{"nobody may nothing", account.Actor{}, account.EventsAdd, fault.Unknown, "not_signed_in"},
		{"the program may everything", account.System("jobs"), account.BackupRead, 0, ""},
		{"what is no permission nobody has", account.System("jobs"), "everything", fault.Forbidden, "not_allowed"},
	} {
		err := c.who.Require(c.want)
		if (err == nil) != c.who.May(c.want) {
			t.Errorf("%s: may and require differ", c.what)
		}
		if c.code == "" {
			if err != nil {
				t.Errorf("%s: %v", c.what, err)
			}
			continue
		}
		refused(t, err, c.kind, c.code)
	}
}
