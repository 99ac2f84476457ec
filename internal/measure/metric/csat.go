package metric

import (
	"regulars/internal/base/stats"
)

// csatTop is the share of answers in the top two boxes.
func csatTop() *Definition { return topShareOf("csat_top", "csat") }

// csatMean is the mean score on its own scale.
func csatMean() *Definition { return meanOf("csat_mean", "csat") }

// cesEasy is the share of answers 5 to 7 on the agreement form of the effort question.
func cesEasy() *Definition { return topShareOf("ces_easy", "ces") }

// cesMean is the mean effort score.
func cesMean() *Definition { return meanOf("ces_mean", "ces") }

// topShareOf is the share of top answers to one question.
func topShareOf(key, subject string) *Definition {
	return &Definition{
		Key: key, Unit: percent, Better: higher, Empty: reasonNoAnswers, Needs: needAnswers,
		Columns: []Column{voice(subject, "top"), voice(subject, "n")}, Value: quotient(0, 1, 100), N: nth(1),
		Interval: wilson(0, 1), Change: shareChange(0, 1), Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}

// meanOf is the mean answer to one question.
func meanOf(key, subject string) *Definition {
	return &Definition{
		Key: key, Unit: score, Better: higher, Empty: reasonNoAnswers, Needs: needAnswers,
		Columns: []Column{voice(subject, "total"), voice(subject, "n"), voice(subject, "squares")},
		Value:   quotient(0, 1, 1), N: nth(1),
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.TSum(s.T[0], s.T[2], s.T[1]) },
		Formula:  "{0} / {1}", Operands: operands(score, count),
	}
}
