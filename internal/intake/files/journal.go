package files

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

// Tally counts what became of the facts of a file.
type Tally struct {
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Conflicts int64 `json:"conflicts"`
	Refused   int64 `json:"refused"`
}

// All is the number of facts.
func (t *Tally) All() int64 { return t.Created + t.Updated + t.Unchanged + t.Conflicts + t.Refused }

// add counts an outcome, and tells whether the fact was kept.
func (t *Tally) add(o fact.Outcome) (kept bool) {
	switch o.Status {
	case fact.Created:
		t.Created++
	case fact.Updated:
		t.Updated++
	case fact.Unchanged:
		t.Unchanged++
	case fact.Conflict:
		t.Conflicts++
		return false
	case fact.Refused:
		t.Refused++
		return false
	}
	return true
}

// journal is how far the taking in of one file has come: a row of the table of imports.
type journal struct {
	id       int64
	position int64 // facts taken
	account  journalAccount
}

// journalAccount is what the row says for people, and for going on.
type journalAccount struct {
	Facts Tally `json:"facts"`
	// Refused are the lines that were not kept, for the file of rejected rows of a run that goes on.
	Refused []refusedLine `json:"refused,omitempty"`
	// More says that there are more than refusedMost of them. Then a run that is stopped has to be done again from the
	// beginning, to know them all.
	More bool `json:"more,omitempty"`
}

type refusedLine struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
}

const refusedMost = 1000

// open finds the unfinished import of the same content read in the same way, or begins one.
func (j *journal) open(ctx context.Context, d *db.DB, id int64, source, fingerprint string, plan *importer.Plan) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		*j = journal{id: id}
		var text string
		err := tx.QueryRow("SELECT import_id, position, account FROM imports WHERE fingerprint = $1 AND finished_us IS NULL ORDER BY import_id DESC LIMIT 1",
			fingerprint).Scan(&j.id, &j.position, &text)
		switch {
		case err == nil:
			if err := json.Unmarshal([]byte(text), &j.account); err != nil {
				return fmt.Errorf("read the account of import %d: %w", j.id, err)
			}
			if j.account.More {
				*j = journal{id: j.id}
				_, err = tx.Exec("UPDATE imports SET position = 0, account = '{}' WHERE import_id = $1", j.id)
			}
			return err
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		_, err = tx.Exec(`INSERT INTO imports (import_id, source, file, fingerprint, kind, position, account, started_us, updated_us)
			VALUES ($1, $2, $3, $4, $5, 0, '{}', $6, $6)`, j.id, source, filepath.Base(plan.Path), fingerprint, string(plan.Kind), tx.Now)
		return err
	})
}

// move records in the transaction that takes facts in that they are taken.
func (j *journal) move(tx *db.Tx, next *journal, finished bool) error {
	text, err := json.Marshal(&next.account)
	if err != nil {
		return fmt.Errorf("write the account: %w", err)
	}
	var end any
	if finished {
		end = tx.Now
	}
	n, err := tx.Exec(`UPDATE imports SET position = $1, account = $2, updated_us = $3, finished_us = CAST($4 AS BIGINT)
		WHERE import_id = $5 AND position = $6 AND finished_us IS NULL`, next.position, string(text), tx.Now, end, j.id, j.position)
	if err == nil && n == 0 {
		return fault.Conflictf("the same file is being imported by another program; wait until it is done")
	}
	return err
}

// with is the journal after a batch.
func (j *journal) with(b *batch, outcomes []fact.Outcome) *journal {
	next := *j
	next.position += int64(b.facts())
	refused := j.account.Refused
	for i, o := range outcomes {
		if next.account.Facts.add(o) {
			continue
		}
		for _, line := range b.linesOf(i) {
			if len(refused) == refusedMost {
				next.account.More = true
				break
			}
			refused = append(refused[:len(refused):len(refused)], refusedLine{line, refusal(o)})
		}
	}
	next.account.Refused = refused
	return &next
}
