package forecast

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/recommend"
)

// Months is for how many months the scores of a month's first fit are kept.
const Months = 12

// Forget deletes scores that are kept no more, a part at a time. What is kept are the newest two fits, by which it is told
// who falls, and the first of each month for a year: a customer has at most fourteen scores. Fits themselves are kept
// without their scores for two years, to be held to what they said.
func Forget(ctx context.Context, newest int64, step step) error {
	var gone []int64
	err := step(ctx, func(tx *db.Tx) (err error) { gone, err = outdated(tx, newest); return err })
	if err != nil {
		return err
	}
	if err := tidy(ctx, newest, step); err != nil {
		return err
	}
	const part = 2000
	for _, id := range gone {
		for n := int64(part); n == part; {
			err := step(ctx, func(tx *db.Tx) (err error) {
				n, err = tx.Exec("DELETE FROM prediction_scores WHERE fit_id = $1 AND customer_id IN (SELECT customer_id FROM prediction_scores WHERE fit_id = $1 ORDER BY p_alive LIMIT $2)", id, part)
				return err
			})
			if err != nil {
				return err
			}
		}
		err := step(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE prediction_fits SET scores_kept = $1 WHERE fit_id = $2", false, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return step(ctx, func(tx *db.Tx) error {
		const years = 2
		_, err := tx.Exec("DELETE FROM prediction_fits WHERE NOT scores_kept AND fitted_us < $1 AND fit_id <> $2", tx.Now.AddDate(-years, 0, 0), newest)
		return err
	})
}

// tidy deletes what only the newest fit has: what to do next, and what was learnt of products. What readers of the fit
// before are still turning the pages of stays until the next night.
func tidy(ctx context.Context, newest int64, step step) error {
	var before int64
	err := step(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT coalesce(max(fit_id), 0) FROM prediction_fits WHERE fit_id < $1", newest).Scan(&before)
	})
	if err != nil {
		return err
	}
	const part = 2000
	for n := int64(1); n > 0; {
		err := step(ctx, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(`DELETE FROM next_actions WHERE fit_id < $1 AND customer_id IN (SELECT customer_id FROM next_actions WHERE fit_id < $1 ORDER BY fit_id, gain LIMIT $2)`, before, part)
			return err
		})
		if err != nil {
			return err
		}
	}
	var old []int64
	err = step(ctx, func(tx *db.Tx) error {
		old = nil
		rows, err := tx.Query("SELECT fit_id FROM prediction_fits WHERE fit_id < $1 AND EXISTS (SELECT 1 FROM product_popularity p WHERE p.fit_id = prediction_fits.fit_id)", before)
		if err != nil {
			return err
		}
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			old = append(old, id)
		}
		return rows.Close()
	})
	if err != nil {
		return err
	}
	for _, id := range old {
		for done := false; !done; {
			if err := step(ctx, func(tx *db.Tx) (err error) { done, err = recommend.Forget(tx, id); return err }); err != nil {
				return err
			}
		}
	}
	return nil
}

// outdated are the fits whose scores are to go.
func outdated(tx *db.Tx, newest int64) (gone []int64, err error) {
	rows, err := tx.Query("SELECT fit_id, as_of_day, state FROM prediction_fits WHERE scores_kept ORDER BY as_of_day, fit_id")
	if err != nil {
		return nil, err
	}
	type one struct {
		id    int64
		month string
		ready bool
	}
	var all []one
	for rows.Next() {
		var f one
		var day int32
		var state string
		if err := rows.Scan(&f.id, &day, &state); err != nil {
			return nil, err
		}
		f.month, f.ready = outlook.Day(day)[:len("2006-01")], state == ready
		all = append(all, f)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	kept := map[int64]bool{newest: true}
	for i, n := len(all)-1, 0; i >= 0 && n < 2; i-- {
		if all[i].ready {
			kept[all[i].id] = true
			n++
		}
	}
	months := map[string]int64{}
	var order []string
	for _, f := range all {
		if _, there := months[f.month]; !there && f.ready {
			months[f.month] = f.id
			order = append(order, f.month)
		}
	}
	for _, month := range order[max(0, len(order)-Months):] {
		kept[months[month]] = true
	}
	for _, f := range all {
		if !kept[f.id] {
			gone = append(gone, f.id)
		}
	}
	return gone, nil
}
