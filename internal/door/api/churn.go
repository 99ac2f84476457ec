package api

import (
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/understand/churn"
	"regulars/internal/understand/forecast"
	"regulars/internal/understand/outlook"
)

// The names of what a chance of leaving is by.
const (
	byModel = "model"
	learnt  = "learned"
)

// showLeaving puts the chance to go by in the place of the law's.
func showLeaving(out *wire.Prediction, l *forecast.Leaving) {
	out.None, out.ModelNone, out.ChurnBasis = l.Chance(), l.Model, byModel
	if l.Learned != nil {
		out.ChurnBasis = learnt
	}
}

// showChurn shows what was learnt of who leaves; nil where nothing was tried.
func showChurn(f *forecast.Fit, l *locale.Locale) *wire.LearnedChurn {
	t := f.Churn
	if t == nil {
		return nil
	}
	out := &wire.LearnedChurn{Used: byModel, Lacks: string(t.Lack), Words: f.ChurnWords(l), AsOf: outlook.Day(t.Day), Customers: t.Customers, Left: t.Left,
		Looks: []wire.ChurnLook{}, Weights: []wire.ChurnWeight{}}
	if t.Better {
		out.Used = learnt
	}
	for _, k := range t.Looks {
		out.Looks = append(out.Looks, wire.ChurnLook{From: outlook.Day(k.Day), Customers: k.Customers, Left: k.Left, Learned: showMark(k.Learned), Model: showMark(k.Rival)})
	}
	if len(t.Looks) > 0 {
		learned, rival := t.Overall()
		mine, others := showMark(learned), showMark(rival)
		out.Learned, out.Model = &mine, &others
	}
	if t.Law != nil {
		for i, name := range t.Law.Names {
			out.Weights = append(out.Weights, wire.ChurnWeight{Feature: string(name), Weight: t.Law.Law.Weights[i]})
		}
	}
	return out
}

func showMark(m churn.Mark) wire.ChurnMark { return wire.ChurnMark(m) }
