package uplift

import "regulars/internal/understand/churn"

// Trial is customers, a row each: what was known before, whether chance had them treated, and whether they did it.
type Trial struct {
	Rows    [][]float64
	Treated []bool
	Did     []bool
}

// TwoModels is a classifier for each arm.
type TwoModels struct{ treated, others *churn.Classifier }

// Learn fits both arms.
func Learn(t Trial, o churn.Options) *TwoModels {
	names := []churn.Feature{}
	if len(t.Rows) > 0 {
		names = make([]churn.Feature, len(t.Rows[0]))
	}
	arm := func(treated bool) *churn.Classifier {
		var rows [][]float64
		var did []bool
		for i, row := range t.Rows {
			if t.Treated[i] == treated {
				rows, did = append(rows, row), append(did, t.Did[i])
			}
		}
		return churn.Train(names, rows, did, o)
	}
	return &TwoModels{arm(true), arm(false)}
}

// Uplift is by how much treating the customer raises the chance.
func (m *TwoModels) Uplift(row []float64) float64 {
	return m.treated.Chance(row) - m.others.Chance(row)
}

// Uplifts is Uplift of each row.
func (m *TwoModels) Uplifts(rows [][]float64) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = m.Uplift(row)
	}
	return out
}
