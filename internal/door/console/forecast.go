package console

import (
	"bytes"
	"cmp"
	"html/template"
	"math"
	"net/http"
	"strconv"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/chart"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/forecast"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
)

// ahead is the page of what is to come.
type ahead struct {
	*outlook.Fragment
	At      string   // when it was reckoned
	Asked   string   // it is being reckoned anew
	Refit   bool     // who looks may have it reckoned anew
	Promise []string // what an earlier fit had promised, and what came
	Churn   []string // how the chance of buying nothing was found, and how it did
	Leaving template.HTML
	Worth   template.HTML
	Lists   bool
	Charts  []drawn
}

// drawn is a chart with its heading and what is seen in it.
type drawn struct {
	ID, Title, Summary string
	SVG                template.HTML
}

// listedAhead is how many customers the page names of each kind.
const listedAhead = 8

func (v *visit) showPredictions() error {
	return v.allowed(account.MeasuresRead, func(by account.Actor) error { return v.predictions(by, "") })
}

// refit has everything foretold anew.
func (v *visit) refit() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		err := v.write(func(tx *db.Tx) error {
			if _, err := forecast.Ask(tx); err != nil {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "predictions.refit", Target: "predictions", Count: 1, Request: by.Request})
		})
		if err != nil {
			return err
		}
		return v.predictions(by, v.l.T("forecast.asked"))
	})
}

func (v *visit) predictions(by account.Actor, asked string) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	said := ahead{Asked: asked, Refit: by.May(account.SettingsWrite), Lists: by.May(account.CustomersRead)}
	var f *forecast.Fit
	var leaving, worth []forecast.Scored
	err = v.read(func(tx *db.Tx) (err error) {
		if f, err = forecast.Newest(tx); err != nil || !f.Ready || !said.Lists {
			return err
		}
		if leaving, err = forecast.List(tx, f, forecast.ByRisk, forecast.Away, forecast.Place{}, listedAhead); err != nil {
			return err
		}
		worth, err = forecast.List(tx, f, forecast.ByValue, "", forecast.Place{}, listedAhead)
		return err
	})
	title := v.l.T("predict.title")
	if fault.KindOf(err) == fault.NotFound {
		said.Fragment, said.Lists = &outlook.Fragment{Headline: v.l.T("forecast.none")}, false
		return v.show(http.StatusOK, "predictions", sheet{Title: title, Content: said})
	}
	if err != nil {
		return err
	}
	card, err := f.Page(b.Currency)
	if err != nil {
		return err
	}
	if said.Fragment, err = outlook.FragmentOf(card, v.l); err != nil {
		return err
	}
	said.At = v.l.T("forecast.at", v.l.Date(f.Fitted.In(zoneOf(b))), v.l.Date(dayOf(f.AsOf)))
	if !f.Ready {
		said.Lists = false
		return v.show(http.StatusOK, "predictions", sheet{Title: title, Content: said})
	}
	said.Churn = f.ChurnWords(v.l)
	if p := f.Promise; p != nil {
		came := "forecast.promise.held"
		if p.Drift {
			came = "forecast.promise.drift"
		}
		said.Promise = []string{v.l.T("forecast.promise.text", v.l.Date(dayOf(p.From)), v.days(float64(p.Days)), v.l.Number(math.Round(p.Told), 0),
			v.l.Number(math.Round(p.Low), 0), v.l.Number(math.Round(p.High), 0), v.l.Number(p.Actual, 0)), v.l.T(came)}
	}
	if said.Lists {
		say := teller{v, b, by, card.Money != nil}
		if said.Leaving, err = say.table("leaving-table", v.l.T("predict.leaving.heading"), leaving); err != nil {
			return err
		}
		if said.Worth, err = say.table("worth-table", v.l.T("predict.worth.heading"), worth); err != nil {
			return err
		}
	}
	said.Charts = v.aheadCharts(card)
	return v.show(http.StatusOK, "predictions", sheet{Title: title, Lead: said.Subtitle, Content: said})
}

func dayOf(day int32) time.Time { return time.Unix(int64(day)*24*60*60, 0).UTC() }

func (v *visit) days(n float64) string { return v.l.Unit("days", math.Round(n), "") }

// teller shows what is foretold of customers to who may see them.
type teller struct {
	*visit

	b    business.Business
	by   account.Actor
	paid bool
}

func (t teller) money(units float64) string {
	if math.IsNaN(units) || math.IsInf(units, 0) {
		return "–"
	}
	return t.l.Money(int64(math.Round(units*math.Pow10(t.b.Digits()))), t.b.Currency)
}

func (t teller) percent(share float64) string { return t.l.Percent(100*share, 0) }

// stand is how a customer stands, with the loudest reason for leaving where it was learnt.
func (t teller) stand(s *forecast.Scored) page.TableCell {
	c := page.TableCell{Text: t.l.T("predict.state." + string(s.State)), Sub: t.l.T("predict.ago", t.days(s.Age-s.Last))}
	if why := s.ReasonWords(t.l, t.b.Currency); len(why) > 0 {
		c.Sub += " · " + why[0]
	}
	return c
}

// who is a customer as the reader may see one, with where to read more.
func (t teller) who(s *forecast.Scored) page.TableCell {
	id := fact.PublicID(fact.CustomerPrefix, s.Number)
	c := page.TableCell{Text: id, Href: "/customers/" + id, Class: "id"}
	if t.by.May(account.PersonalRead) {
		c.Text = cmp.Or(s.ID, id)
	}
	return c
}

// table is a list of customers.
func (t teller) table(id, caption string, list []forecast.Scored) (template.HTML, error) {
	if len(list) == 0 {
		return template.HTML("<p class=\"quiet\">" + template.HTMLEscapeString(t.l.T("forecast.nobody")) + "</p>"), nil //nolint:gosec // it is escaped
	}
	out := &page.Table{ID: id, Caption: caption, Headed: true, Columns: []page.Column{page.WordColumn(t.l.T("predict.col.customer")), page.WordColumn(t.l.T("predict.col.state"))}}
	if t.paid {
		out.Columns = append(out.Columns, page.NumberColumn(t.l.T("predict.col.stake")), page.NumberColumn(t.l.T("predict.col.value")))
	}
	for _, head := range []string{"predict.col.none", "forecast.alive", "predict.col.purchases"} {
		out.Columns = append(out.Columns, page.NumberColumn(t.l.T(head)))
	}
	for i := range list {
		s := &list[i]
		cells := []page.TableCell{t.who(s), t.stand(s)}
		if t.paid {
			cells = append(cells, page.NumberCell(t.money(s.Stake)), page.NumberCell(t.money(s.Value)))
		}
		out.Add(append(cells, page.NumberCell(t.percent(s.Chance())), page.NumberCell(t.percent(s.Alive)), page.NumberCell(t.l.Number(s.Expected, 1)))...)
	}
	return t.written(out)
}

// written writes a table.
func (v *visit) written(t *page.Table) (template.HTML, error) {
	all, err := page.Templates(v.l)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := all.ExecuteTemplate(&out, "table", t); err != nil {
		return "", err //nolint:wrapcheck // the template is ours
	}
	return template.HTML(out.String()), nil //nolint:gosec // of a template that escapes
}

// aheadCharts draws what was said and what came, and how sure it is of each customer. Where charts cannot be drawn the
// page is without: the tables say the same.
func (v *visit) aheadCharts(card *outlook.Page) (all []drawn) {
	if v.Charts == nil {
		return nil
	}
	const width, percent = 640, 100
	tests := card.Best().Tests
	add := func(b chart.Bars) {
		svg, err := v.Charts.SVG(v.ctx, b, width, b.Height())
		if err == nil {
			all = append(all, drawn{b.ID, b.Title, b.Summary, template.HTML(svg)}) //nolint:gosec // the renderer escapes texts
		}
	}
	ticks := func(most float64, label func(float64) string) (out []chart.Tick) {
		for _, at := range chart.Ticks(0, most, 5) {
			out = append(out, chart.Tick{Value: at, Label: label(at)})
		}
		return out
	}
	share := func(at float64) string { return v.l.Percent(at, 0) }
	if len(tests) > 0 {
		b := chart.Bars{About: chart.About{ID: "calibration-chart", Title: v.l.T("predict.calibration.caption")}, Ticks: ticks(percent, share)}
		for _, bin := range tests[0].Calibration {
			b.Bars = append(b.Bars, chart.Bar{Name: v.l.T("predict.col.said") + " " + share(percent*bin.Told), Value: percent * bin.Came.Value, Low: percent * bin.Came.Low,
				High: percent * bin.Came.High, Label: share(percent * bin.Came.Value)})
		}
		add(b)
	}
	b := chart.Bars{About: chart.About{ID: "spread-chart", Title: v.l.T("forecast.spread")}}
	most := 1.0
	for i, n := range card.Totals.Quiet {
		const tenth = 10
		b.Bars = append(b.Bars, chart.Bar{Name: v.l.T("forecast.spread.range", v.l.Number(float64(tenth*i), 0), share(float64(tenth*(i+1)))), Value: n, Low: math.NaN(), High: math.NaN(),
			Label: v.l.Integer(int64(n))})
		most = max(most, n)
	}
	b.Ticks = ticks(most, func(at float64) string { return v.l.Number(at, 0) })
	add(b)
	return all
}

// predicted is a page of a list of customers.
type predicted struct {
	Sorts, States []choice
	Table         template.HTML
	More          string // address of the next page
	At            string
}

// perPage is how many customers a page of a list has.
const perPage = 50

func (v *visit) showPredicted() error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error {
		q := v.r.URL.Query()
		b, err := v.business()
		if err != nil {
			return err
		}
		sort := forecast.Order(cmp.Or(q.Get("sort"), string(forecast.ByRisk)))
		state := predict.State(q.Get("state"))
		further, fit, after := v.place()
		var f *forecast.Fit
		var list []forecast.Scored
		err = v.read(func(tx *db.Tx) (err error) {
			if f, err = v.fitOf(tx, further, fit); err != nil {
				return err
			}
			list, err = forecast.List(tx, f, sort, state, after, perPage+1)
			return err
		})
		if err != nil {
			return err
		}
		card, err := f.Page(b.Currency)
		if err != nil {
			return err
		}
		shown := predicted{At: v.l.T("forecast.at", v.l.Date(f.Fitted.In(zoneOf(b))), v.l.Date(dayOf(f.AsOf)))}
		for _, s := range []forecast.Order{forecast.ByRisk, forecast.ByValue, forecast.ByAlive} {
			shown.Sorts = append(shown.Sorts, choice{string(s), v.l.T("forecast.sort." + string(s)), s == sort})
		}
		shown.States = append(shown.States, choice{"", v.l.T("forecast.any"), state == ""})
		for _, s := range []predict.State{predict.OnTime, predict.Late, predict.Gone, forecast.Away, predict.OnceOnly} {
			shown.States = append(shown.States, choice{string(s), v.l.T("predict.state." + string(s)), s == state})
		}
		if len(list) > perPage {
			list = list[:perPage]
			p := list[perPage-1].Place(sort)
			q.Set("fit", strconv.FormatInt(f.ID, 10))
			q.Set("figure", strconv.FormatFloat(p.Figure, 'g', -1, 64))
			q.Set("customer", strconv.FormatInt(p.Customer, 10))
			shown.More = "?" + q.Encode()
		}
		if shown.Table, err = (teller{v, b, by, card.Money != nil}).table("predicted", v.l.T("forecast.customers.title"), list); err != nil {
			return err
		}
		return v.show(http.StatusOK, "predicted", sheet{Title: v.l.T("forecast.customers.title"), Lead: v.l.T("forecast.customers.lead", v.days(float64(f.Days))), Content: shown})
	})
}

// place is where the page before ended, as the address says.
func (v *visit) place() (further bool, fit int64, after forecast.Place) {
	q := v.r.URL.Query()
	fit, err := strconv.ParseInt(q.Get("fit"), 10, 64)
	figure, wrong := strconv.ParseFloat(q.Get("figure"), 64)
	number, bad := strconv.ParseInt(q.Get("customer"), 10, 64)
	if err != nil || wrong != nil || bad != nil || math.IsNaN(figure) || math.IsInf(figure, 0) {
		return false, 0, after
	}
	return true, fit, forecast.Place{Figure: figure, Customer: number}
}

// fitOf is the fit of a list: the newest, or the one that the page before was of.
func (v *visit) fitOf(tx *db.Tx, further bool, id int64) (*forecast.Fit, error) {
	if further {
		return forecast.Get(tx, id)
	}
	f, err := forecast.Newest(tx)
	if err == nil && !f.Ready {
		_, err = f.Forecaster() // says what is lacking
	}
	return f, err
}

// ofOne is what is to come of one customer, for the page of the customer.
type ofOne struct {
	Reason, Falling string
	Leaving         []string // why they may leave, as learnt
	Figures         []said
	Action, Why     string
	Gain            string
	Again, New      []said
	Viewed          []said // looked at lately, and not bought since
	Favourite       string // the category they buy most of
	Goods           goods
	History         template.HTML
}

// foretold is the part of a customer's page that says what is to come; nothing where there is nothing to say.
func (v *visit) foretold(by account.Actor, b business.Business, root int64) (template.HTML, error) {
	var live *forecast.Live
	var next *forecast.Next
	var say ofOne
	var tier programme.Standing
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil && fault.KindOf(err) != fault.Conflict { // the business is not set up yet
		return "", err
	}
	err = v.read(func(tx *db.Tx) (err error) {
		if live, err = forecast.Of(tx, root); err != nil {
			return err
		}
		if next, err = forecast.ActionFor(tx, live.Fit, root); err != nil {
			return err
		}
		members, err := customer.Members(tx, root)
		if err == nil {
			err = v.suggest(tx, live.Fit.ID, members, b.Digits(), &say)
		}
		if err == nil && facts != nil && by.May(account.PointsRead) {
			tier, _, err = facts.Programme().Standing(tx, root)
		}
		return err
	})
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Conflict {
		return "", nil // nothing was foretold, or there is nothing to foretell from
	}
	if err != nil {
		return "", err
	}
	t := teller{v, b, by, !math.IsNaN(live.Value)}
	v.figures(&say, live, t)
	v.rising(&say, live, &tier, t)
	if next != nil {
		say.Action, say.Why = forecast.Name(v.l, next.Kind), next.Reason(v.l)+" · "+forecast.Do(v.l, next.Kind)
		if t.paid {
			say.Gain = v.l.T("forecast.between", t.money(next.Gain.Value), t.money(next.Gain.Low), t.money(next.Gain.High)) + " · " + next.BasisWords(v.l)
		}
	}
	if len(live.History) > 0 {
		if say.History, err = t.history(live.History); err != nil {
			return "", err
		}
	}
	var out bytes.Buffer
	if err := v.Pages[v.l.Tag()]["ahead"].ExecuteTemplate(&out, "content", say); err != nil {
		return "", err //nolint:wrapcheck // the template is ours
	}
	return template.HTML(out.String()), nil //nolint:gosec // of a template that escapes
}

// figures are the scores with their intervals.
func (v *visit) figures(say *ofOne, live *forecast.Live, t teller) {
	say.Reason = outlook.Why(v.l, &live.Score)
	if live.Falling != nil {
		say.Falling = v.l.T("forecast.profile.falling", v.l.Date(dayOf(int32(*live.Falling)))) //nolint:gosec // a day
	}
	between := func(value, low, high string) string { return v.l.T("forecast.between", value, low, high) }
	horizon := v.days(float64(live.Fit.Days))
	chance := func(value, low, high float64) string {
		if math.IsNaN(low) || math.IsNaN(high) {
			return t.percent(value)
		}
		return between(t.percent(value), t.percent(low), t.percent(high))
	}
	bounds := &live.Bounds
	none := said{v.l.T("forecast.profile.none", horizon), chance(live.None, bounds.None.Low, bounds.None.High)}
	if live.Learned != nil {
		none.Says = t.percent(*live.Learned) + " · " + v.l.T("forecast.profile.learned", t.percent(live.None))
		say.Leaving = live.ReasonWords(v.l, t.b.Currency)
	}
	say.Figures = []said{
		{v.l.T("predict.col.state"), v.l.T("predict.state." + string(live.State))},
		{v.l.T("forecast.alive"), chance(live.Alive, bounds.Alive.Low, bounds.Alive.High)},
		none,
		{v.l.T("forecast.profile.expected", horizon), between(v.l.Number(live.Expected, 1), v.l.Number(bounds.Expected.Low, 0), v.l.Number(bounds.Expected.High, 0))},
	}
	if live.Next != 0 {
		say.Figures = append(say.Figures, said{v.l.T("predict.col.next"), v.l.Date(dayOf(live.Next))})
	}
	if t.paid {
		say.Figures = append(say.Figures, said{v.l.T("predict.col.value"), between(t.money(live.Value), t.money(bounds.Value.Low), t.money(bounds.Value.High))},
			said{v.l.T("predict.col.stake"), t.money(live.Stake)})
	}
}

// rising are the chances of a second purchase, and of the tier above.
func (v *visit) rising(say *ofOne, live *forecast.Live, tier *programme.Standing, t teller) {
	horizon := v.days(float64(live.Fit.Days))
	if live.State == predict.OnceOnly {
		say.Figures = append(say.Figures, said{v.l.T("forecast.profile.second", horizon), t.percent(live.AtLeast(1))})
	}
	if chance, known := tier.Chance(&live.Score, t.b.Digits()); known {
		say.Figures = append(say.Figures, said{v.l.T("forecast.profile.tier", tier.NextName, horizon), t.percent(chance)})
	}
}

// history is what earlier fits foretold.
func (t teller) history(list []forecast.Scored) (template.HTML, error) {
	out := &page.Table{ID: "foretold-before", Caption: t.l.T("forecast.profile.history"), Headed: true, Columns: []page.Column{page.WordColumn(t.l.T("text.role.date")),
		page.WordColumn(t.l.T("predict.col.state")), page.NumberColumn(t.l.T("forecast.alive")), page.NumberColumn(t.l.T("predict.col.none"))}}
	if t.paid {
		out.Columns = append(out.Columns, page.NumberColumn(t.l.T("predict.col.value")))
	}
	for i := len(list) - 1; i >= 0; i-- {
		s := &list[i]
		cells := []page.TableCell{page.WordCell(t.l.Date(dayOf(s.AsOf))), page.WordCell(t.l.T("predict.state." + string(s.State))), page.NumberCell(t.percent(s.Alive)), page.NumberCell(t.percent(s.Chance()))}
		if t.paid {
			cells = append(cells, page.NumberCell(t.money(s.Value)))
		}
		out.Add(cells...)
	}
	return t.written(out)
}
