package intake

import (
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/referral"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// known is what is known of a person, as a file.
type known struct {
	Copy     string                    `json:"copy"` // whose it is: Own or Everything
	Customer json.RawMessage           `json:"customer"`
	Units    map[string][]points.Entry `json:"units"`
	Rewards  []reward.Redemption       `json:"rewards"`
	Draws    []draw.Own                `json:"draws"`
	Codes    []packaging.Owned         `json:"package_codes,omitempty"`
	Friends  friends                   `json:"friends"`
}

// friends are those whom a person brought, of whom nothing is told but that they came.
type friends struct {
	Code    string      `json:"code,omitempty"` // their own; empty: they have not asked for one yet
	Brought int64       `json:"brought"`
	At      []time.Time `json:"brought_at,omitempty"`
}

// Everything is all that is known of a person, as a file for the business, which answers them: the facts as they are kept, every
// move of their units, what they had for them, how they stand in draws, and whom they brought. It names other customers and staff,
// and says what is suspected.
func Everything(tx *db.Tx, root int64, draws *draw.Desk) ([]byte, error) {
	return copyOf(tx, root, draws, known{Copy: "everything"}, customer.Export)
}

// Own is what a member takes of themselves, without anybody else's: see customer.ExportOwn.
func Own(tx *db.Tx, root int64, draws *draw.Desk) ([]byte, error) {
	return copyOf(tx, root, draws, known{Copy: own}, customer.ExportOwn)
}

const own = "own"

func copyOf(tx *db.Tx, root int64, draws *draw.Desk, all known, export func(tx *db.Tx, root int64) (json.RawMessage, error)) ([]byte, error) {
	var err error
	if all.Customer, err = export(tx, root); err != nil {
		return nil, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return nil, err
	}
	const most = 100_000
	if all.Rewards, err = reward.Of(tx, members, 0, most); err != nil {
		return nil, err
	}
	if all.Draws, err = draws.OfAll(tx, root); err != nil {
		return nil, err
	}
	if all.Codes, err = packaging.Of(tx, members); err != nil {
		return nil, err
	}
	if all.Friends.Code, err = referral.CodeOf(tx, members); err != nil {
		return nil, err
	}
	if all.Friends.At, err = referral.Came(tx, members); err != nil {
		return nil, err
	}
	all.Friends.Brought = int64(len(all.Friends.At))
	if all.Units, err = moves(tx, members); err != nil {
		return nil, err
	}
	if all.Copy == own {
		all.unname(members)
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write what is known of a person: %w", err)
	}
	return text, nil
}

// moves are all of their units, by unit.
func moves(tx *db.Tx, members []int64) (map[string][]points.Entry, error) {
	all := map[string][]points.Entry{}
	units, err := points.Units(tx)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		var after points.Page
		for {
			entries, next, err := points.Entries(tx, members, u.Code, after, points.MostEntries)
			if err != nil {
				return nil, err
			}
			all[u.Code] = append(all[u.Code], entries...)
			if after = next; len(entries) < points.MostEntries {
				break
			}
		}
	}
	return all, nil
}

// unname takes out of the moves what is left out of the facts of the same name.
func (k *known) unname(members []int64) {
	for _, entries := range k.Units {
		for i := range entries {
			e := &entries[i]
			e.Key, e.Actor, e.Reason, e.Cause = "", "", "", customer.Unnamed(e.Cause, members)
		}
	}
}
