package importer

import (
	"slices"
	"strings"
)

// A row with a positive amount in the state of a return is one of two things: an order (or a row of one) that came
// back, whose sale was never counted and which counts as nothing, like a cancelled one; or the return itself, beside
// the row of its sale. It is a return when the file is a log of sales and returns, or when the file has the sale of
// the same thing under the same order id before it. What is less than nothing is a return anyway.

// saleStates are states that name a transaction, not what became of an order: returns beside them are transactions too.
var saleStates = []string{"sale", "purchase", "payment", "charge", "продажа", "покупка", "销售", "购买", "πώληση", "αγορά", "продажба", "купување"}

// logsReturns is true when the state is the kind of a transaction, or most returns of the sample have a row of their
// sale, before them or after.
func (m *matching) logsReturns(s *sample) bool {
	state, ok := m.found[roleState]
	if !ok || m.kind != Orders {
		return false
	}
	order, product := -1, -1
	if g, ok := m.found[roleOrder]; ok {
		order = g.column
	}
	if g, ok := m.found[roleProduct]; ok {
		product = g.column
	}
	words, kinds := lookup[orderState]{table: orderStates()}, foldAll(saleStates)
	sold, returned := map[string]bool{}, []string{}
	last, before := "", ""
	for _, row := range s.data() {
		cell := trimmedAt(row, state.column)
		if id := trimmedAt(row, order); isNobody([]byte(cell)) && id != "" && id == last {
			cell = before // as the reader will take it
		}
		last, before = trimmedAt(row, order), cell
		if slices.Contains(kinds, fold(cell)) {
			return true
		}
		key, id := "", trimmedAt(row, order)
		if !isNobody([]byte(id)) {
			key = soldKey(id, trimmedAt(row, product))
		}
		switch what, _ := words.of([]byte(cell)); {
		case what == stateReturned && !m.isNegative(row):
			returned = append(returned, key)
		case what != stateCancelled && what != stateReturned && key != "":
			sold[key] = true
		}
	}
	beside := 0
	for _, key := range returned {
		if sold[key] {
			beside++
		}
	}
	return beside*2 > len(returned)
}

// isNegative is true when the row's amount, price or quantity is less than nothing.
func (m *matching) isNegative(row []string) bool {
	for _, role := range []string{roleAmount, rolePrice, roleQuantity} {
		if g, ok := m.found[role]; ok {
			if cell := trimmedAt(row, g.column); strings.ContainsAny(cell, "-−(") {
				return true
			}
		}
	}
	return false
}

// soldKey is what a sale and its return have in common.
func soldKey(order, product string) string { return order + "\x00" + product }
