package metric

import (
	"context"

	"regulars/internal/measure/mirror"
)

// acquisitionCost is what was spent on winning customers / new customers of the channels it was spent on.
func acquisitionCost() *Definition {
	return &Definition{
		Key: "acquisition_cost", Unit: minor, Better: lower, Empty: reasonNoNewCustomers, Formula: "{0} / {1}",
		Needs: func(f *mirror.Facts) string { return unless(f.Costs, reasonNoCosts) }, Compute: computeAcquisitionCost,
	}
}

func computeAcquisitionCost(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
	if e.filtered {
		return withoutCosts(frames, reasonNoCosts), nil
	}
	if err := e.ensure(ctx, "bought"); err != nil {
		return nil, err
	}
	spent, err := e.byFrame(ctx, `SELECT f.frame, sum(c.amount_minor) FROM `+e.groupedCosts()+` c
		JOIN frame_day f ON f.grp = c.grp AND f.day = c.day AND `+ofWholeDay("c.day")+` WHERE NOT c.retention GROUP BY f.frame`)
	if err != nil {
		return nil, err
	}
	// Where both sides name channels, customers of channels that cost nothing are left out.
	won := `SELECT b.frame, count(*) FROM bought b`
	channels, err := queryInts(ctx, e.conn, "SELECT CAST(count(channel) AS BIGINT) FROM costs WHERE NOT retention")
	if err != nil {
		return nil, err
	}
	if e.source.Facts.Channels && channels[0] > 0 {
		won += ` JOIN customers c ON c.customer_id = b.customer_id AND c.channel IN (SELECT channel FROM costs WHERE NOT retention)`
	}
	newcomers, err := e.byFrame(ctx, won+" WHERE b.first_orders > 0 GROUP BY b.frame")
	if err != nil {
		return nil, err
	}
	out := map[int]Estimate{}
	for _, f := range frames {
		out[f] = exact(spent[f]/newcomers[f], newcomers[f], Operand{spent[f], minor}, Operand{newcomers[f], count})
		if _, ok := spent[f]; !ok {
			out[f] = noEstimate(reasonNoCosts)
		}
	}
	return out, nil
}

// groupedCosts are the costs with their group, where the figures are broken down by acquisition channel.
func (e *Engine) groupedCosts() string {
	all := "SELECT 0 AS grp, day, channel, retention, amount_minor FROM costs"
	if e.by.customers == "channel" && e.by.values == "" {
		all += " UNION ALL SELECT g.grp, c.day, c.channel, c.retention, c.amount_minor FROM costs c JOIN grp_value g ON g.v = c.channel"
	}
	return "(" + all + ")"
}

// clvToCAC is historic lifetime value / acquisition cost.
func clvToCAC() *Definition {
	return &Definition{
		Key: "clv_to_cac", Unit: ratio, Better: higher, Empty: reasonNoCosts, Formula: "{0} / {1}", Single: true,
		Needs: func(f *mirror.Facts) string { return unless(f.Costs, reasonNoCosts) },
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			value, err := e.estimates(ctx, clvHistoric(), frames)
			if err != nil {
				return nil, err
			}
			cost, err := e.estimates(ctx, acquisitionCost(), frames)
			out := map[int]Estimate{}
			for _, f := range frames {
				v, c := value[f].Value, cost[f].Value
				out[f] = exact(v/c, cost[f].N, Operand{v, minor}, Operand{c, minor})
			}
			return out, err
		},
	}
}

// retentionCost is what was spent on keeping customers / customers kept.
func retentionCost() *Definition {
	return &Definition{
		Key: "retention_cost", Unit: minor, Better: lower, Empty: reasonNoHistory, Formula: "{0} / {1}",
		Needs: func(f *mirror.Facts) string { return unless(f.RetentionCosts, reasonNoRetentionCosts) },
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			if e.filtered {
				return withoutCosts(frames, reasonNoRetentionCosts), nil
			}
			spent, err := e.byFrame(ctx, `SELECT f.frame, sum(c.amount_minor) FROM `+e.groupedCosts()+` c
				JOIN frame_day f ON f.grp = c.grp AND f.day = c.day AND `+ofWholeDay("c.day")+` WHERE c.retention GROUP BY f.frame`)
			if err != nil {
				return nil, err
			}
			if err := e.ensure(ctx, "current_customer"); err != nil {
				return nil, err
			}
			kept, err := e.byFrame(ctx, "SELECT frame, sum(at_start * at_end * alike) FROM current_customer GROUP BY frame")
			out := map[int]Estimate{}
			for _, f := range frames {
				out[f] = exact(spent[f]/kept[f], kept[f], Operand{spent[f], minor}, Operand{kept[f], count})
				if _, ok := spent[f]; !ok {
					out[f] = noEstimate(reasonNoRetentionCosts)
				}
			}
			return out, err
		},
	}
}

// withoutCosts stands under a condition: nobody said which part of the costs was spent on those whom it leaves in.
func withoutCosts(frames []int, reason string) map[int]Estimate {
	out := map[int]Estimate{}
	for _, f := range frames {
		out[f] = noEstimate(reason)
	}
	return out
}

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}
