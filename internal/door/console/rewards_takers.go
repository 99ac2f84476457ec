package console

import (
	"encoding/csv"
	"html/template"
	"net/url"
	"strconv"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

const takersMost = 50

// taker is somebody who has a reward, as the reader may know them.
type taker struct {
	at           reward.Place
	id, name     string
	gone         bool // who was erased
	state        string
	until        string
	opened, used time.Time
}

// takers lists who has a reward, the newest first.
func (v *visit) takers(tx *db.Tx, by account.Actor, b business.Business, name string, after reward.Place, limit int) ([]taker, error) {
	found, err := reward.Taken(tx, name, after, limit)
	if err != nil {
		return nil, err
	}
	used, err := reward.UsedAt(tx, name, found)
	if err != nil {
		return nil, err
	}
	numbers := make([]int64, len(found))
	for i := range found {
		numbers[i] = found[i].Customer
	}
	roots, err := customer.Roots(tx, numbers)
	if err != nil {
		return nil, err
	}
	for i := range numbers {
		numbers[i] = roots[numbers[i]]
	}
	people, err := customer.Several(tx, numbers)
	if err != nil {
		return nil, err
	}
	all := make([]taker, len(found))
	for i := range found {
		r := &found[i]
		one := &all[i]
		*one = taker{at: r.Place(), opened: r.Opened.In(zoneOf(b)), state: string(r.State), gone: !people[i].Erased.IsZero()}
		if one.id = fact.PublicID(fact.CustomerPrefix, numbers[i]); !one.gone {
			one.name = v.nameOf(by, &people[i])
		}
		if r.Over(tx.Now) {
			one.state = string(reward.Void)
		} else if (r.State == reward.Held || r.State == reward.Issued) && !r.Until.Equal(points.Never) {
			one.until = v.l.T("portal.reward.until", v.l.Date(r.Until.Add(-time.Microsecond).In(zoneOf(b))))
		}
		if at, ok := used[r.ID]; ok {
			one.used = at.In(zoneOf(b))
		}
	}
	return all, nil
}

func (v *visit) takerTable(list []taker) (template.HTML, error) {
	if len(list) == 0 {
		return "", nil
	}
	reads := v.me.Actor().May(account.CustomersRead)
	t := &page.Table{ID: "takers", Caption: v.l.T("rewards.who"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("predict.col.customer")),
		page.WordColumn(v.l.T("rewards.col.state")), page.NumberColumn(v.l.T("rewards.col.opened")), page.NumberColumn(v.l.T("rewards.col.came"))}}
	for i := range list {
		one := &list[i]
		who := page.TableCell{Text: one.name, Class: "id"}
		if one.gone {
			who.Text = v.l.T("draws.winner.erased")
		} else if reads {
			who.Href = "/customers/" + one.id
		}
		used := "–"
		if !one.used.IsZero() {
			used = v.l.DateShort(one.used)
		}
		t.Add(who, page.TableCell{Text: v.l.T("rewards.state." + one.state), Sub: one.until}, page.NumberCell(v.l.DateShort(one.opened)), page.NumberCell(used))
	}
	return v.written(t)
}

// placeQuery is where a page ends, for an address.
func placeQuery(p reward.Place) string {
	return url.Values{"opened": {strconv.FormatInt(p.Opened.UnixMicro(), 10)}, "id": {strconv.FormatInt(p.ID, 10)}}.Encode()
}

// placeIn reads what placeQuery wrote; anything else is before the first page.
func placeIn(q url.Values) reward.Place {
	if opened, id := number(q.Get("opened")), number(q.Get("id")); opened > 0 && id > 0 {
		return reward.Place{Opened: time.UnixMicro(opened).UTC(), ID: id}
	}
	return reward.Place{}
}

var takersHead = []string{"customer_id", "name", "state", "taken_at", "used_at"}

// exportTakers gives all who have a reward as a file. Who asked is in the trail.
func (v *visit) exportTakers() error {
	return v.allowed(account.CustomersExport, func(by account.Actor) error {
		if err := by.Require(account.PointsRead); err != nil {
			return err
		}
		b, err := v.business()
		if err != nil {
			return err
		}
		name := v.r.PathValue("reward")
		var count int64
		if err := v.write(func(tx *db.Tx) error {
			if _, err := reward.Load(tx, name); err != nil {
				return err
			}
			states, err := reward.States(tx, name)
			if err != nil {
				return err
			}
			count = 0
			for _, n := range states {
				count += n
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "reward.exported", Target: "reward:" + name, Fields: takersHead[:2], Count: count, Request: by.Request})
		}); err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		out := csv.NewWriter(v.w)
		if err := out.Write(takersHead); err != nil {
			return nil //nolint:nilerr // who has gone needs no answer
		}
		const atOnce = 500
		for after := (reward.Place{}); ; {
			var list []taker
			if err := v.read(func(tx *db.Tx) (err error) { list, err = v.takers(tx, by, b, name, after, atOnce); return err }); err != nil {
				return err
			}
			for i := range list {
				one := &list[i]
				used := ""
				if !one.used.IsZero() {
					used = one.used.Format(time.RFC3339)
				}
				if err := out.Write([]string{one.id, harmless(one.name), one.state, one.opened.Format(time.RFC3339), used}); err != nil {
					return nil //nolint:nilerr // who has gone needs no answer
				}
			}
			if len(list) < atOnce {
				break
			}
			after = list[atOnce-1].at
		}
		out.Flush()
		return nil
	})
}
