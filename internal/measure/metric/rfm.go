package metric

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// RFMMethod is how recency, frequency and monetary value become scores from 1 to 5.
type RFMMethod string

// The methods; all are exact.
const (
	// RFMCuts: one more for every type-7 quantile at .2 .4 .6 .8 that the value is above; ties share a score.
	RFMCuts RFMMethod = "cuts"
	// RFMRank: quintiles of the stable rank, ties broken by customer id in text order.
	RFMRank RFMMethod = "rank"
	// RFMRPackage: as the R package rfm has it, one more for every quantile + 1 that the value reaches.
	RFMRPackage RFMMethod = "r-package"
)

// ParseRFMMethod knows the three by name.
func ParseRFMMethod(s string) (RFMMethod, error) {
	switch m := RFMMethod(s); m {
	case "":
		return RFMCuts, nil
	case RFMCuts, RFMRank, RFMRPackage:
		return m, nil
	}
	return "", fault.Invalidf("the RFM method %q is not known: use cuts, rank or r-package", s)
}

// SegmentRule names the customers whose three scores lie in its ranges; the first rule that fits wins.
type SegmentRule struct {
	Name    string
	R, F, M [2]int
}

// SegmentRules are the ten segments that Regulars ships with.
func SegmentRules() []SegmentRule {
	return []SegmentRule{
		{"champions", [2]int{5, 5}, [2]int{5, 5}, [2]int{5, 5}},
		{"potential_loyalist", [2]int{3, 5}, [2]int{3, 5}, [2]int{2, 5}},
		{"loyal", [2]int{2, 4}, [2]int{2, 4}, [2]int{2, 4}},
		{"promising", [2]int{3, 4}, [2]int{1, 3}, [2]int{3, 5}},
		{"new", [2]int{4, 5}, [2]int{1, 3}, [2]int{1, 5}},
		{"cant_lose", [2]int{1, 2}, [2]int{3, 4}, [2]int{4, 5}},
		{"at_risk", [2]int{1, 2}, [2]int{2, 5}, [2]int{4, 5}},
		{"need_attention", [2]int{1, 3}, [2]int{3, 5}, [2]int{3, 5}},
		{"about_to_sleep", [2]int{2, 3}, [2]int{1, 3}, [2]int{1, 4}},
		{"lost", [2]int{1, 1}, [2]int{1, 5}, [2]int{1, 5}},
	}
}

// Segments are the keys of all segments.
func Segments() (keys []string) {
	for _, rule := range SegmentRules() {
		keys = append(keys, rule.Name)
	}
	return append(keys, Others)
}

// Others is the segment of customers whom no rule fits.
const Others = "others"

// Segment names the segment of three scores.
func Segment(r, f, m int) string {
	in := func(v int, bounds [2]int) bool { return v >= bounds[0] && v <= bounds[1] }
	for _, rule := range SegmentRules() {
		if in(r, rule.R) && in(f, rule.F) && in(m, rule.M) {
			return rule.Name
		}
	}
	return Others
}

// SegmentTitle is a segment's name as the trade writes it in English: Potential Loyalist.
func SegmentTitle(key string) string {
	if key == "cant_lose" {
		return "Can't Lose"
	}
	words := strings.Split(key, "_")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// segmentKey finds the key of a segment named by key or title, in any case.
func segmentKey(name string) string {
	for _, s := range append(SegmentRules(), SegmentRule{Name: Others}) {
		if strings.EqualFold(name, s.Name) || strings.EqualFold(name, SegmentTitle(s.Name)) {
			return s.Name
		}
	}
	return name
}

// Cut is a type-7 quantile at k fifths, exactly: Fifths / 5 is its value.
type Cut struct{ Fifths int64 }

// Value is the cut as a number.
func (c Cut) Value() float64 { return float64(c.Fifths) / 5 }

// below says whether the cut lies below the value.
func (c Cut) below(v int64) bool { return 5*v > c.Fifths }

// reachedWith says whether v is at least the cut plus step.
func (c Cut) reachedWith(v, step int64) bool { return 5*(v-step) >= c.Fifths }

// Cuts are the four inner edges of each score.
type Cuts struct{ Recency, Frequency, Monetary [4]Cut }

// Score is the score of one value under the methods that need only the value; rank needs all of them (see RankScore).
func Score(method RFMMethod, cuts [4]Cut, value, step int64) int {
	s := 1
	for _, c := range cuts {
		if method == RFMRPackage && c.reachedWith(value, step) || method != RFMRPackage && c.below(value) {
			s++
		}
	}
	return s
}

// RankScore is the score of a rank from 1 to n: one more for every edge 1 + (n - 1) q below it.
func RankScore(rank, n int64) int {
	s := 1
	for k := int64(1); k <= 4; k++ {
		if 5*(rank-1) > (n-1)*k {
			s++
		}
	}
	return s
}

// NewCuts are the type-7 quantiles at .2 .4 .6 .8 of n values, of which at gives the one at a rank from 0.
func NewCuts(n int64, at func(rank int64) int64) (cuts [4]Cut) {
	for k := range cuts {
		lo, part := cutRank(n, k)
		a := at(lo)
		cuts[k].Fifths = 5 * a
		if part > 0 {
			cuts[k].Fifths += (at(lo+1) - a) * part
		}
	}
	return cuts
}

// cutRank is the rank below the k-th cut and how many fifths of the way to the next it lies.
func cutRank(n int64, k int) (rank, fifths int64) {
	at := (n - 1) * int64(k+1)
	return at / 5, at % 5
}

// buildRFM scores and segments every customer as of the moment: the table rfm_segment.
func buildRFM(ctx context.Context, e *Engine) (err error) {
	e.cuts, err = e.scoreAt(ctx, "rfm_segment", "life", "refund", e.set.AsOf)
	return err
}

// buildRFMBefore does the same as of a month earlier.
func buildRFMBefore(ctx context.Context, e *Engine) error {
	asOf := e.monthAgo()
	const life = "(SELECT grp, customer_id, then_last_us AS last_us, then_orders AS orders, then_paid AS paid FROM life WHERE then_orders > 0)"
	_, err := e.scoreAt(ctx, "rfm_segment_before", life, fmt.Sprintf("(SELECT * FROM refund WHERE local_us < %d)", asOf), asOf)
	return err
}

// monthAgo is the same day and time of the month before, or of its last day where it is shorter.
func (e *Engine) monthAgo() int64 {
	at := wallClock(e.set.AsOf)
	then := at.AddDate(0, -1, 0)
	if then.Day() != at.Day() {
		then = then.AddDate(0, 0, -then.Day())
	}
	return then.UnixMicro()
}

// scoreAt makes the table of that name: customer_id, recency_days, frequency, monetary, r, f, m, segment.
func (e *Engine) scoreAt(ctx context.Context, table, life, refund string, asOf int64) (cuts Cuts, err error) {
	values := table + "_value"
	if err := e.exec(ctx, "CREATE TEMP TABLE "+values+" AS "+e.rfmValues(life, refund, asOf)); err != nil {
		return cuts, err
	}
	scores := rankScores(values)
	if e.set.RFM != RFMRank {
		sizes, err := queryInts(ctx, e.conn, "SELECT CAST(count(*) AS BIGINT) FROM "+values)
		if err != nil {
			return cuts, err
		}
		if sizes[0] > 0 {
			if cuts, err = e.cutsOf(ctx, values, sizes[0]); err != nil {
				return cuts, err
			}
		}
		scores = fmt.Sprintf("SELECT *, 6 - (%s) AS r, %s AS f, %s AS m FROM %s",
			scoreSQL(e.set.RFM, "recency_days", cuts.Recency, 1), scoreSQL(e.set.RFM, "frequency", cuts.Frequency, 1),
			scoreSQL(e.set.RFM, "monetary", cuts.Monetary, e.set.UnitMinor), values)
	}
	return cuts, e.exec(ctx, "CREATE TEMP TABLE "+table+" AS SELECT *, "+segmentSQL()+" AS segment FROM ("+scores+") s")
}

// rfmValues is recency, frequency and monetary value of every customer with an order, returns taken off.
func (e *Engine) rfmValues(life, refund string, asOf int64) string {
	monetary, join := "l.paid", ""
	if e.source.Facts.Returns > 0 {
		monetary = "l.paid - coalesce(r.returned, 0)"
		join = " LEFT JOIN (SELECT customer_id, CAST(sum(returned) AS BIGINT) AS returned FROM " + refund +
			" f WHERE grp = 0 GROUP BY customer_id) r ON r.customer_id = l.customer_id"
	}
	return fmt.Sprintf(`SELECT l.customer_id, CAST(floor(CAST(%d - l.last_us AS DOUBLE PRECISION) / %d) AS BIGINT) AS recency_days,
		l.orders AS frequency, %s AS monetary FROM %s l%s WHERE l.grp = 0`, asOf, int64(fact.MicrosPerDay), monetary, life, join)
}

// cutsOf asks for the values at the ranks that the cuts lie between.
func (e *Engine) cutsOf(ctx context.Context, table string, n int64) (cuts Cuts, err error) {
	var ranks []int
	for k := range cuts.Recency {
		lo, _ := cutRank(n, k)
		ranks = append(ranks, int(lo)+1, int(min(lo+2, n)))
	}
	for _, c := range []struct {
		column string
		to     *[4]Cut
	}{{"recency_days", &cuts.Recency}, {"frequency", &cuts.Frequency}, {"monetary", &cuts.Monetary}} {
		values, err := e.atRanks(ctx, "SELECT 0 AS frame, "+c.column+" AS v FROM "+table, 0, int(n), ranks...)
		if err != nil {
			return cuts, err
		}
		known := map[int64]int64{}
		for i, rank := range ranks {
			known[int64(rank-1)] = int64(values[i])
		}
		*c.to = NewCuts(n, func(rank int64) int64 { return known[rank] })
	}
	return cuts, nil
}

// scoreSQL is Score as SQL.
func scoreSQL(method RFMMethod, column string, cuts [4]Cut, step int64) string {
	terms := []string{"1"}
	for _, c := range cuts {
		test := fmt.Sprintf("5 * %s > %d", column, c.Fifths)
		if method == RFMRPackage {
			test = fmt.Sprintf("5 * (%s - %d) >= %d", column, step, c.Fifths)
		}
		terms = append(terms, "CASE WHEN "+test+" THEN 1 ELSE 0 END")
	}
	return strings.Join(terms, " + ")
}

// rankScores is RankScore as SQL. Text is put in order by its bytes, whatever language the database speaks.
func rankScores(values string) string {
	return fmt.Sprintf(`SELECT customer_id, recency_days, frequency, monetary, 6 - (%s) AS r, %s AS f, %s AS m
		FROM (SELECT v.*, count(*) OVER () AS n,
			row_number() OVER (ORDER BY v.recency_days, c.reference COLLATE "C", v.customer_id) AS rr,
			row_number() OVER (ORDER BY v.frequency, c.reference COLLATE "C", v.customer_id) AS fr,
			row_number() OVER (ORDER BY v.monetary, c.reference COLLATE "C", v.customer_id) AS mr
			FROM %s v JOIN customers c ON c.customer_id = v.customer_id) q`,
		rankScoreSQL("rr"), rankScoreSQL("fr"), rankScoreSQL("mr"), values)
}

func rankScoreSQL(rank string) string {
	terms := []string{"1"}
	for k := 1; k <= 4; k++ {
		terms = append(terms, fmt.Sprintf("CASE WHEN 5 * (%s - 1) > (n - 1) * %d THEN 1 ELSE 0 END", rank, k))
	}
	return strings.Join(terms, " + ")
}

// segmentSQL is Segment as SQL.
func segmentSQL() string {
	var rules strings.Builder
	for _, s := range SegmentRules() {
		fmt.Fprintf(&rules, " WHEN r BETWEEN %d AND %d AND f BETWEEN %d AND %d AND m BETWEEN %d AND %d THEN '%s'",
			s.R[0], s.R[1], s.F[0], s.F[1], s.M[0], s.M[1], s.Name)
	}
	return "CASE" + rules.String() + " ELSE '" + Others + "' END"
}

// RFM is the segmentation of all customers as of the moment.
type RFM struct {
	Method   RFMMethod
	Cuts     Cuts
	HasCuts  bool // rank has no cuts in the values
	Segments []SegmentTotal
	Grid     []Cell
}

// SegmentTotal is what the customers of one segment add up to.
type SegmentTotal struct {
	Name                            string
	Customers, Orders, RevenueMinor int64
}

// Cell is one combination of scores that some customer has.
type Cell struct {
	R, F, M   int
	Customers int64
}

// RFM scores and segments everybody.
func (e *Engine) RFM(ctx context.Context) (RFM, error) {
	if err := e.ensure(ctx, "rfm_segment"); err != nil {
		return RFM{}, err
	}
	out := RFM{Method: e.set.RFM, Cuts: e.cuts, HasCuts: e.set.RFM != RFMRank}
	totals := map[string]SegmentTotal{}
	err := rows(ctx, e.conn, `SELECT segment, CAST(count(*) AS BIGINT), CAST(sum(frequency) AS BIGINT), CAST(sum(monetary) AS BIGINT)
		FROM rfm_segment GROUP BY segment`, func(r *sql.Rows) error {
		var t SegmentTotal
		err := r.Scan(&t.Name, &t.Customers, &t.Orders, &t.RevenueMinor)
		totals[t.Name] = t
		return err
	})
	if err != nil {
		return RFM{}, err
	}
	for _, rule := range append(SegmentRules(), SegmentRule{Name: Others}) {
		t := totals[rule.Name]
		t.Name = rule.Name
		out.Segments = append(out.Segments, t)
	}
	err = rows(ctx, e.conn, "SELECT r, f, m, CAST(count(*) AS BIGINT) FROM rfm_segment GROUP BY r, f, m ORDER BY r, f, m", func(r *sql.Rows) error {
		var c Cell
		err := r.Scan(&c.R, &c.F, &c.M, &c.Customers)
		out.Grid = append(out.Grid, c)
		return err
	})
	return out, err
}

// Scored is one customer with scores and segment.
type Scored struct {
	Reference                             string
	RecencyDays, Frequency, MonetaryMinor int64
	R, F, M                               int
	Segment                               string
}

// Customers hands every scored customer to each, best first; limit 0 is all. Who was erased has no reference to be known
// by, and is left out.
func (e *Engine) Customers(ctx context.Context, limit int, each func(Scored) error) error {
	if err := e.ensure(ctx, "rfm_segment"); err != nil {
		return err
	}
	query := scoredColumns + ` WHERE c.reference IS NOT NULL ORDER BY s.monetary DESC, c.reference COLLATE "C"`
	if limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", limit)
	}
	return e.scored(ctx, query, func(m Member) error { return each(m.Scored) })
}

const scoredColumns = `SELECT s.customer_id, c.reference, s.recency_days, s.frequency, s.monetary, s.r, s.f, s.m, s.segment FROM rfm_segment s
	JOIN customers c ON c.customer_id = s.customer_id`

func (e *Engine) scored(ctx context.Context, query string, each func(Member) error) error {
	return rows(ctx, e.conn, query, func(r *sql.Rows) error {
		var m Member
		err := r.Scan(&m.Customer, &m.Reference, &m.RecencyDays, &m.Frequency, &m.MonetaryMinor, &m.R, &m.F, &m.M, &m.Segment)
		if err != nil {
			return err
		}
		return each(m)
	})
}

// Member is a scored customer with the number that the source knows the customer by: of a store, its own.
type Member struct {
	Customer int64
	Scored
}

// Members hands up to limit customers of a segment to each (of all segments where it is empty), most paid first, behind
// the one given, unless it is nil. Who was erased is left out.
func (e *Engine) Members(ctx context.Context, segment string, after *Member, limit int, each func(Member) error) error {
	if err := e.ensure(ctx, "rfm_segment"); err != nil {
		return err
	}
	query := scoredColumns + " WHERE c.reference IS NOT NULL"
	if segment != "" {
		if segment != Others && !slices.ContainsFunc(SegmentRules(), func(r SegmentRule) bool { return r.Name == segment }) {
			return fault.NotFoundf("there is no segment %.60q; GET /v1/segments lists them", segment)
		}
		query += " AND s.segment = '" + segment + "'"
	}
	if after != nil {
		query += fmt.Sprintf(" AND (s.monetary < %d OR s.monetary = %d AND s.customer_id > %d)", after.MonetaryMinor, after.MonetaryMinor, after.Customer)
	}
	return e.scored(ctx, query+fmt.Sprintf(" ORDER BY s.monetary DESC, s.customer_id LIMIT %d", limit), each)
}
