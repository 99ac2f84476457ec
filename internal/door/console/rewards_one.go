package console

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// oneReward is the page of a reward.
type oneReward struct {
	Said        string
	Closed      bool // it is not offered any more
	Text        string
	About       []said
	Left, Codes *form // nil: not by the reader, or there is none of it
	Sees        bool  // who has it
	Takers      template.HTML
	Older       string
	File        string // the list as CSV; empty: not for the reader
}

const (
	takersMost = 50
	codesMost  = 1 << 20 // bytes of a list
)

func (v *visit) showReward() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.oneReward(by, nil) })
}

// oneReward shows a reward; again, where something was wrong with what was typed.
func (v *visit) oneReward(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	name := v.r.PathValue("reward")
	shown := oneReward{Said: v.doneCodes(), Sees: by.May(account.PointsRead)}
	var s reward.Stored
	var states map[reward.State]int64
	var list []taker
	if err := v.read(func(tx *db.Tx) (err error) {
		if s, err = reward.Load(tx, name); err != nil {
			return err
		}
		if states, err = reward.States(tx, name); err != nil || !shown.Sees {
			return err
		}
		list, err = v.takers(tx, by, b, name, placeIn(v.r.URL.Query()), takersMost+1)
		return err
	}); err != nil {
		return err
	}
	shown.Closed, shown.Text = s.Archived, s.Description
	if shown.About, err = v.aboutReward(&s, states, b); err != nil {
		return err
	}
	if len(list) > takersMost {
		list = list[:takersMost]
		shown.Older = rewardsAt + "/" + name + "?" + placeQuery(list[takersMost-1].at)
	}
	if len(list) > 0 && by.May(account.CustomersExport) {
		shown.File = rewardsAt + "/" + name + "/customers.csv"
	}
	if shown.Takers, err = v.takerTable(list); err != nil {
		return err
	}
	if by.May(account.ProgrammeWrite) && !s.Archived {
		if shown.Left, err = v.leftForm(&s); err != nil {
			return err
		}
		if s.Coding.Kind == reward.Pool {
			shown.Codes = v.codesForm(&s)
		}
	}
	shows, status := sheet{Title: s.Name, Content: &shown}, http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		f := shown.Left
		if path.Base(v.r.URL.Path) == "codes" {
			f = shown.Codes
		}
		if f == nil { // it was taken away meanwhile
			return wrong
		}
		shows.Problems = []problem{v.wronged(f, wrong)}
		v.meanwhile(f, wrong)
		v.fillForm(f, false)
	}
	return v.show(status, "reward", shows)
}

// aboutReward is what a reward is, and how it stands.
func (v *visit) aboutReward(s *reward.Stored, states map[reward.State]int64, b business.Business) ([]said, error) {
	about := []said{{v.l.T("rewards.kind"), v.l.T("rewards.kind." + string(s.Kind))}}
	more, err := v.promised(s, b)
	if err != nil {
		return nil, err
	}
	about = append(about, more...)
	term := programme.RewardTerm(v.l, &s.Reward)
	about = append(about, said{v.l.T("rewards.col.price"), strings.Join(append([]string{term.Gives}, term.When...), ", ")})
	if when := v.offered(s, zoneOf(b)); when != "" {
		about = append(about, said{v.l.T("rewards.when"), when})
	}
	about = append(about, said{v.l.T("rewards.codes"), v.l.T("rewards.codes." + cmp.Or(string(s.Coding.Kind), "none"))})
	taken := states[reward.Held] + states[reward.Issued] + states[reward.Used]
	if s.Kind == reward.Occasion && s.Left != nil {
		about = append(about, said{v.l.T("rewards.places"), v.l.Integer(*s.Left + taken)})
	}
	used := "rewards.used"
	if s.Kind == reward.Occasion {
		used = "rewards.came"
	}
	return append(about, said{v.l.T("rewards.col.left"), v.leftOf(s)}, said{v.l.T("rewards.taken"), v.l.Integer(taken)}, said{v.l.T(used), v.l.Integer(states[reward.Used])}), nil
}

// promised is what the terms of a kind say.
func (v *visit) promised(s *reward.Stored, b business.Business) (all []said, err error) {
	var t struct {
		AmountMinor  int64     `json:"amount_minor"`
		Percent      float64   `json:"percent"`
		MinimumMinor int64     `json:"minimum_minor"`
		MostMinor    int64     `json:"most_minor"`
		Products     []string  `json:"products"`
		Product      string    `json:"product"`
		Quantity     int64     `json:"quantity"`
		From         time.Time `json:"from"`
		Until        time.Time `json:"until"`
		Begins       time.Time `json:"begins_at"`
		Place        string    `json:"place"`
		What         string    `json:"what"`
		To           string    `json:"to"`
		Draw         string    `json:"draw"`
		Entries      int64     `json:"entries"`
	}
	if len(s.Terms) > 0 {
		if err := json.Unmarshal(s.Terms, &t); err != nil {
			return nil, fmt.Errorf("the terms of reward %s: %w", s.Reward.Reward, err)
		}
	}
	w := v.drawWords(b)
	add := func(key, text string) {
		if text != "" {
			all = append(all, said{v.l.T("rewards.is." + key), text})
		}
	}
	money := func(key string, minor int64) {
		if minor > 0 {
			add(key, v.l.Money(minor, b.Currency))
		}
	}
	if t.Percent > 0 {
		add("gives", v.l.T("terms.gives.off", v.l.Percent(t.Percent, 0)))
	}
	if s.Kind == reward.Discount && t.AmountMinor > 0 {
		add("gives", v.l.T("terms.gives.off", v.l.Money(t.AmountMinor, b.Currency)))
	} else {
		money("gives", t.AmountMinor)
	}
	money("most", t.MostMinor)
	money("minimum", t.MinimumMinor)
	if t.Quantity > 1 {
		t.Product += " × " + v.l.Integer(t.Quantity)
	}
	add("product", cmp.Or(t.Product, strings.Join(t.Products, ", ")))
	if !t.Begins.IsZero() {
		add("begins", w.Moment(t.Begins))
	}
	add("place", t.Place)
	add("what", t.What)
	if !t.From.IsZero() {
		add("window", v.l.T("rewards.between", w.Moment(t.From), w.Moment(t.Until)))
	}
	add("to", t.To)
	if t.Draw != "" {
		add("draw", v.l.P("terms.gives.entries", max(t.Entries, 1), t.Draw))
	}
	return all, nil
}

// stock is what the form of how many are left is made from.
type stock struct {
	Version int64
	Left    *int64
}

func (v *visit) leftForm(s *reward.Stored) (*form, error) {
	value := ""
	if s.Left != nil {
		value = strconv.FormatInt(*s.Left, 10)
	}
	f := &form{Action: rewardsAt + "/" + s.Reward.Reward + "/left", Button: v.l.T("settings.save"), Groups: []group{{Fields: []field{
		{Name: "left", Label: v.l.T("rewards.left"), Help: v.l.T("rewards.left.help"), Value: value, Mode: "numeric", Optional: true}}}}}
	var err error
	f.Hidden, err = v.brought(stock{s.Version, s.Left})
	return f, err
}

// restock says how many are left.
func (v *visit) restock() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			var left *int64
			text := strings.Join(strings.Fields(v.typed("left")), "")
			err := error(nil)
			if text != "" {
				var n int64
				if n, err = strconv.ParseInt(text, 10, 64); err != nil {
					err = fault.In("left", fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", text)))
				}
				const most = 1_000_000_000
				if err == nil && (n < 0 || n > most) {
					err = fault.In("left", fault.Coded("out_of_range", fault.Invalidf("0 to %d can be left", most)))
				}
				left = &n
			}
			if err == nil {
				err = v.write(func(tx *db.Tx) error {
					s, err := reward.Restock(tx, v.r.PathValue("reward"), left, func(s *reward.Stored) error { return v.unchanged(stock{s.Version, s.Left}) })
					if err != nil {
						return err
					}
					return account.Record(tx, account.Entry{Actor: by, Action: "reward.saved", Target: "reward:" + s.Reward.Reward, Fields: []string{"left"}, Count: 1, Request: by.Request})
				})
			}
			if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
				return v.oneReward(by, err)
			}
			if err != nil {
				return err
			}
			return v.leave(rewardsAt + "/" + v.r.PathValue("reward") + "?done=saved")
		})
	})
}

func (v *visit) codesForm(s *reward.Stored) *form {
	return &form{Action: rewardsAt + "/" + s.Reward.Reward + "/codes", Files: true, Button: v.l.T("rewards.codes.add"), Groups: []group{{Fields: []field{
		{Name: "codes", Label: v.l.T("rewards.codes.list"), Help: v.l.T("rewards.codes.list.help", v.l.Integer(reward.MostCodes)), Type: "textarea", Optional: true},
		{Name: "file", Label: v.l.T("rewards.codes.file"), Help: v.l.T("rewards.codes.file.help"), Type: "file", Optional: true}}}}}
}

// addCodes puts codes into the pool, typed or from a file. Those that are there already are passed over, and told.
func (v *visit) addCodes() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		name := v.r.PathValue("reward")
		codes, err := v.typedCodes()
		var added int64
		if err == nil {
			err = v.write(func(tx *db.Tx) (err error) {
				if added, err = reward.AddCodes(tx, name, codes); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "reward.codes_added", Target: "reward:" + name, Count: added, Request: by.Request})
			})
		}
		if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
			return v.oneReward(by, wrongCode(codes, err))
		}
		if err != nil {
			return err
		}
		return v.leave(fmt.Sprintf("%s/%s?added=%d&passed=%d", rewardsAt, name, added, int64(len(codes))-added))
	})
}

// typedCodes are the codes of the form.
func (v *visit) typedCodes() ([]string, error) {
	if err := v.r.ParseMultipartForm(codesMost); err != nil {
		return nil, fault.In("codes", fault.Coded("form_too_large", fault.Invalidf("the list holds more than it can")))
	}
	text := v.typed("codes")
	if file, _, err := v.r.FormFile("file"); err == nil {
		more, err := io.ReadAll(file)
		err = errors.Join(err, file.Close())
		if err != nil {
			return nil, fault.In("file", fault.Coded("form_too_large", fault.Invalidf("the file cannot be read: %w", err)))
		}
		text += "\n" + string(more)
	}
	codes := codesIn(text)
	switch {
	case len(codes) == 0:
		return nil, fault.In("codes", fault.Coded("required", fault.Invalidf("write a code a line, or choose a file")))
	case len(codes) > reward.MostCodes:
		return nil, fault.In("codes", fault.Coded("too_many_codes", fault.Invalidf("%s", v.l.Integer(reward.MostCodes))))
	}
	return codes, nil
}

// codesIn are the codes of a list: one a line, and of a line with several columns the first.
func codesIn(text string) (codes []string) {
	for line := range strings.FieldsFuncSeq(strings.TrimPrefix(text, "\ufeff"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		if at := strings.IndexAny(line, ",;\t"); at >= 0 {
			line = line[:at]
		}
		if line = strings.Trim(strings.TrimSpace(strings.ReplaceAll(line, "\ufeff", "")), `"`); line != "" {
			codes = append(codes, line)
		}
	}
	return codes
}

// wrongCode names the code that is none, as it was written.
func wrongCode(codes []string, err error) error {
	var at int
	if n, failed := fmt.Sscanf(fieldOf(err), "codes[%d]", &at); n != 1 || failed != nil || at >= len(codes) {
		return err
	}
	return fault.In("codes", fault.Coded("bad_code", fault.Invalidf("%.60s", codes[at])))
}

// doneCodes is what was done just now: saved, or how many codes were new.
func (v *visit) doneCodes() string {
	q := v.r.URL.Query()
	if !q.Has("added") {
		return v.done()
	}
	text := v.l.P("rewards.codes.added", number(q.Get("added")))
	if passed := number(q.Get("passed")); passed > 0 {
		text += " " + v.l.P("rewards.codes.passed", passed)
	}
	return text
}

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
		if r.State != reward.Used {
			continue
		}
		moves, err := r.Moves(tx)
		if err != nil {
			return nil, err
		}
		for _, m := range moves {
			if m.State == reward.Used {
				one.used = m.At.In(zoneOf(b))
			}
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
