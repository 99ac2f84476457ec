package metric

import (
	"context"
	"fmt"

	"regulars/internal/measure/mirror"
)

// responseRate is surveys finished / surveys delivered.
func responseRate() *Definition {
	return &Definition{
		Key: "response_rate", Unit: percent, Better: higher, Empty: reasonNoInvitations,
		Needs:   func(f *mirror.Facts) string { return unless(f.Delivered, reasonNoInvitations) },
		Columns: []Column{{"asked", "finished"}, {"asked", "delivered"}}, Value: quotient(0, 1, 100), N: nth(1),
		Interval: wilson(0, 1), Change: shareChange(0, 1), Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}

func needCases(f *mirror.Facts) string { return unless(f.Cases, reasonNoCases) }

// firstReplyMinutes is the median time from a complaint to the first reply.
func firstReplyMinutes() *Definition { return caseMinutes("first_reply_minutes", "replied_us") }

// solutionMinutes is the median time from a complaint to its solution.
func solutionMinutes() *Definition { return caseMinutes("solution_minutes", "solved_us") }

func caseMinutes(key, column string) *Definition {
	return &Definition{
		Key: key, Unit: minutes, Better: lower, Empty: reasonNoCases, Needs: needCases,
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			if err := e.ensure(ctx, "opinion"); err != nil {
				return nil, err
			}
			return e.orderStatistics(ctx, fmt.Sprintf(`SELECT frame, CAST(%s - local_us AS DOUBLE PRECISION) / 60000000 AS v
				FROM opinion WHERE %s IS NOT NULL`, column, column), 0.5, frames)
		},
	}
}

// inTimeShare is the share of complaints solved by their deadline, among those solved or past it.
func inTimeShare() *Definition {
	return &Definition{
		Key: "in_time_share", Unit: percent, Better: higher, Empty: reasonNoCases, Needs: needCases,
		Columns: []Column{{"deadline", "in_time"}, {"deadline", "n"}}, Value: quotient(0, 1, 100), N: nth(1),
		Interval: wilson(0, 1), Change: shareChange(0, 1), Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}

// recoveredShare is the share of customers with an unhappy answer or a complaint in the window who ordered after it.
func recoveredShare() *Definition {
	return &Definition{
		Key: "recovered_share", Unit: percent, Better: higher, Empty: reasonNoUnhappy, Needs: needAnswers,
		Columns: []Column{{"unhappy", "won_back"}, {"unhappy", "1"}}, Value: quotient(0, 1, 100), N: nth(1),
		Interval: wilson(0, 1), Change: shareChange(0, 1), Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}

// opinionSQL is every answer, delivered survey and complaint of a frame. A reply or solution that lies after as-of has
// not happened yet.
func opinionSQL(e *Engine) []string {
	return []string{fmt.Sprintf(`CREATE TEMP TABLE opinion AS SELECT f.frame, a.grp, a.answer_id, a.customer_id, a.local_us,
		a.kind, a.aspect, a.score, a.scored, a.delivered, a.finished, a.due_us,
		CASE WHEN a.replied_us < %d THEN a.replied_us END AS replied_us, CASE WHEN a.solved_us < %d THEN a.solved_us END AS solved_us
		FROM (%s) a JOIN frame_day f ON %s`,
		e.set.AsOf, e.set.AsOf, e.groupedAnswers(), e.inFrame("a", "a.grp"))}
}

// A survey is what one person was asked at one moment, however many its questions; a complaint is no survey.
func askedSQL(*Engine) []string {
	return []string{`CREATE TEMP VIEW asked AS SELECT frame, who AS customer_id, sum(finished) AS finished, count(*) AS delivered
		FROM (SELECT frame, coalesce(customer_id, -1 - answer_id) AS who, local_us, max(CASE WHEN finished THEN 1 ELSE 0 END) AS finished
			FROM opinion WHERE delivered AND kind <> 'case' GROUP BY 1, 2, 3) survey GROUP BY 1, 2`}
}

func deadlineSQL(e *Engine) []string {
	return []string{fmt.Sprintf(`CREATE TEMP VIEW deadline AS SELECT frame, coalesce(customer_id, -1 - answer_id) AS customer_id,
		sum(CASE WHEN solved_us <= due_us THEN 1 ELSE 0 END) AS in_time, count(*) AS n
		FROM opinion WHERE due_us IS NOT NULL AND (solved_us IS NOT NULL OR due_us < %d) GROUP BY 1, 2`, e.set.AsOf)}
}

// Unhappy is a detractor, the lower half of a satisfaction scale, effort 1 to 3, or a complaint.
func unhappySQL(e *Engine) []string {
	low := fmt.Sprintf(`kind = 'case' OR (scored AND ((kind = 'nps' AND score <= %g) OR (kind = 'csat' AND score <= %d)
		OR (kind = 'ces' AND score <= 3)))`, e.set.Bands.Detractor, e.set.CSATScale/2)
	return []string{`CREATE TEMP VIEW unhappy AS SELECT u.frame, u.customer_id,
		CASE WHEN l.last_us > u.since THEN 1 ELSE 0 END AS won_back
		FROM (SELECT frame, grp, customer_id, min(local_us) AS since FROM opinion
			WHERE customer_id IS NOT NULL AND (` + low + `) GROUP BY frame, grp, customer_id) u
		LEFT JOIN life l ON l.grp = u.grp AND l.customer_id = u.customer_id`}
}
