package db

import (
	"errors"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"

	"regulars/internal/base/fault"
)

// violation is a broken constraint: the cause inside the fault that it becomes.
type violation struct {
	constraint string // empty for a foreign key
	cause      error
}

func (v *violation) Error() string { return "constraint " + v.constraint + ": " + v.cause.Error() }
func (v *violation) Unwrap() error { return v.cause }

// Violates tells whether the error is the breach of the named constraint, so that its owner can say it in its words.
func Violates(err error, constraint string) bool {
	var v *violation
	return errors.As(err, &v) && v.constraint == constraint
}

// rule is a kind of constraint.
type rule int

const (
	unique rule = iota
	check
	notNull
	foreignKey
)

// broken makes the fault of a broken constraint.
func broken(r rule, constraint string, cause error) error {
	constraint = unsharded(constraint)
	f := &fault.Fault{Kind: fault.Invalid, Cause: &violation{constraint: constraint, cause: cause}}
	switch r {
	case unique:
		f.Kind = fault.Conflict
		f.Message = "another record has the same values already (" + constraint + ")"
	case check:
		f.Message = "a value is outside what is allowed (" + constraint + ")"
	case notNull:
		f.Message = "a value is missing (" + constraint + ")"
	case foreignKey:
		f.Message = "what the record refers to does not exist, or other records still refer to it"
	}
	return f
}

// constraintOf names the constraint that PostgreSQL says is broken. From a machine of a cluster only the sentence comes
// through, without its fields: there the name is what stands in quotes.
func constraintOf(e *pgconn.PgError) string {
	quoted := inQuotes.FindAllStringSubmatch(e.Message, -1)
	column, table, name := e.ColumnName, e.TableName, e.ConstraintName
	if name == "" && len(quoted) > 0 {
		name = quoted[len(quoted)-1][1]
	}
	if e.Code != "23502" {
		return name
	}
	if column == "" && len(quoted) > 1 { // null value in column "name" of relation "customers_102008" violates ...
		column, table = quoted[0][1], quoted[1][1]
	}
	return unsharded(table) + "_" + column + "_not_null"
}

var inQuotes = regexp.MustCompile(`"([^"]+)"`)

// shard is what Citus appends to the names of a shard's constraints: ids of shards begin at 102008.
var shard = regexp.MustCompile(`_[1-9]\d{5,}$`)

func unsharded(constraint string) string { return shard.ReplaceAllString(constraint, "") }

// errUnknown marks a commit of which nobody knows whether it happened.
var errUnknown = errors.New("the outcome of the commit is unknown")

// OutcomeUnknown tells whether a Write failed in a way that leaves open whether its effects are there. All other errors
// mean that they are not.
func OutcomeUnknown(err error) bool { return errors.Is(err, errUnknown) }

// unknown makes the fault of such a commit.
func unknown(cause error) error {
	return &fault.Fault{
		Kind:    fault.Unavailable,
		Message: "the database failed while saving, and whether this was saved is not known; look before repeating it",
		Cause:   errors.Join(errUnknown, cause),
	}
}

// unavailable makes a fault that may pass, keeping the cause for the log.
func unavailable(message string, cause error) error {
	return &fault.Fault{Kind: fault.Unavailable, Message: message, Cause: cause}
}
