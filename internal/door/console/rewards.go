package console

import (
	"html/template"
	"net/http"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
)

// offers is the page of all rewards.
type offers struct {
	None   bool // there is none, nor was any
	Open   template.HTML
	Closed template.HTML // what is not offered any more
	May    bool          // make some
	More   string
}

const (
	offersMost = 100
	lately     = 30 * 24 * time.Hour // of what is counted as taken lately
	rewardsAt  = "/rewards"
)

func (v *visit) showRewards() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		shown := offers{May: by.May(account.ProgrammeWrite)}
		var found []reward.Stored
		var tallies map[string]reward.Tally
		var now time.Time
		if err := v.read(func(tx *db.Tx) (err error) {
			now = tx.Now
			if found, err = reward.List(tx, true, v.r.URL.Query().Get("after"), offersMost+1); err != nil || len(found) == 0 {
				return err
			}
			tallies, err = reward.Tallies(tx, now.Add(-lately), found[0].Reward.Reward, found[len(found)-1].Reward.Reward)
			return err
		}); err != nil {
			return err
		}
		if len(found) > offersMost {
			found = found[:offersMost]
			shown.More = rewardsAt + "?after=" + found[offersMost-1].Reward.Reward
		}
		shown.None = len(found) == 0 && v.r.URL.Query().Get("after") == ""
		if shown.Open, err = v.rewardTable(b, "open", found, tallies, now, false); err != nil {
			return err
		}
		if shown.Closed, err = v.rewardTable(b, "closed", found, tallies, now, true); err != nil {
			return err
		}
		return v.show(http.StatusOK, "rewards", sheet{Title: v.l.T("console.rewards.title"), Lead: v.l.T("rewards.lead"), Content: shown})
	})
}

// rewardTable is a table of those that are offered, or of those that are not any more.
func (v *visit) rewardTable(b business.Business, id string, all []reward.Stored, tallies map[string]reward.Tally, now time.Time, closed bool) (template.HTML, error) {
	t := &page.Table{ID: id, Caption: v.l.T("rewards." + id), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("rewards.col.reward")), page.NumberColumn(v.l.T("rewards.col.price"))}}
	if !closed {
		t.Columns = append(t.Columns, page.NumberColumn(v.l.T("rewards.col.left")))
	}
	t.Columns = append(t.Columns, page.NumberColumn(v.l.T("rewards.col.taken")), page.NumberColumn(v.l.T("rewards.col.used")))
	words := &programme.RewardWords{Words: v.drawWords(b)}
	for i := range all {
		s := &all[i]
		if s.Archived != closed {
			continue
		}
		name := page.TableCell{Text: s.Name, Href: rewardsAt + "/" + s.Reward.Reward, Sub: v.l.T("rewards.kind." + string(s.Kind))}
		if when := v.offered(s, zoneOf(b)); when != "" {
			name.Sub += " · " + when
		}
		cells := []page.TableCell{name, page.NumberCell(words.Price(&s.Reward))}
		if !closed {
			left := page.NumberCell(v.leftOf(s))
			if n, bounded := s.Remaining(); bounded && n == 0 {
				left.Sub = v.l.T("rewards.none_left")
			}
			if !s.Until.IsZero() && !now.Before(s.Until) {
				left.Sub = v.l.T("rewards.over")
			}
			cells = append(cells, left)
		}
		tally := tallies[s.Reward.Reward]
		t.Add(append(cells, page.NumberCell(v.l.Integer(tally.Taken)), page.NumberCell(v.l.Integer(tally.Used)))...)
	}
	if len(t.Rows) == 0 {
		return "", nil
	}
	return v.written(t)
}

// offered is from when until when a reward can be had; empty: always.
func (v *visit) offered(s *reward.Stored, zone *time.Location) string {
	from, until := v.l.Date(s.From.In(zone)), v.l.Date(s.Until.Add(-time.Microsecond).In(zone))
	switch {
	case s.From.IsZero() && s.Until.IsZero():
		return ""
	case s.Until.IsZero():
		return v.l.T("terms.from", from)
	case s.From.IsZero():
		return v.l.T("terms.until", until)
	}
	return v.l.T("rewards.between", from, until)
}

// leftOf is how many are left, in words where that has no bound.
func (v *visit) leftOf(s *reward.Stored) string {
	if n, bounded := s.Remaining(); bounded {
		return v.l.Integer(n)
	}
	return v.l.T("rewards.unbounded")
}
