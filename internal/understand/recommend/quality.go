package recommend

import "math"

// Quality is how well lists of suggestions met what was bought next, on average over customers.
type Quality struct {
	Customers         int
	Recall, Hit, NDCG float64
}

// Judge compares lists with what each customer bought next. Customers who bought nothing that counts are left out.
func Judge(lists [][]Suggestion, next []Basket) Quality {
	var q Quality
	for i, list := range lists {
		if len(next[i]) == 0 {
			continue
		}
		q.Customers++
		wanted := map[int32]bool{}
		for _, item := range next[i] {
			wanted[item] = true
		}
		found, gain, ideal := 0.0, 0.0, 0.0
		for rank, s := range list {
			if wanted[s.Item] {
				found++
				gain += 1 / math.Log2(float64(rank)+2)
			}
			if rank < len(wanted) {
				ideal += 1 / math.Log2(float64(rank)+2)
			}
		}
		q.Recall += found / float64(len(wanted))
		q.Hit += min(1, found)
		q.NDCG += gain / ideal
	}
	if q.Customers == 0 {
		return q
	}
	n := float64(q.Customers)
	return Quality{q.Customers, q.Recall / n, q.Hit / n, q.NDCG / n}
}

// Novel keeps of what was bought next what the customer had never bought.
func Novel(customers []Customer, next []Basket) []Basket {
	out := make([]Basket, len(next))
	for i := range next {
		known := map[int32]bool{}
		for _, item := range customers[i].products() {
			known[item] = true
		}
		for _, item := range next[i] {
			if !known[item] {
				out[i] = append(out[i], item)
			}
		}
	}
	return out
}
