package intake

import (
	"encoding/json"
	"fmt"

	"regulars/internal/act/draw"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// own is everything that is known of a person.
type own struct {
	Customer json.RawMessage           `json:"customer"`
	Units    map[string][]points.Entry `json:"units"`
	Rewards  []reward.Redemption       `json:"rewards"`
	Draws    []draw.Own                `json:"draws"`
	Codes    []packaging.Owned         `json:"package_codes,omitempty"`
}

// Own is everything that is known of a person, as a file for them: the facts as they are kept, every move of their units,
// what they had for them, and how they stand in draws.
func Own(tx *db.Tx, root int64, draws *draw.Desk) ([]byte, error) {
	all := own{Units: map[string][]points.Entry{}}
	var err error
	if all.Customer, err = customer.Export(tx, root); err != nil {
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
			all.Units[u.Code] = append(all.Units[u.Code], entries...)
			if after = next; len(entries) < points.MostEntries {
				break
			}
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write what is known of a person: %w", err)
	}
	return text, nil
}
