package programme

import (
	"reflect"
	"testing"
)

func TestTheGoodsThatADocumentNames(t *testing.T) {
	t.Parallel()
	d, err := Parse([]byte(`{"name":"P","units":[{"unit":"points"}],"rules":[
		{"rule":"a","name":"A","if":"order.amount > 5.0 && ('tea' in order.categories || 'cake' in order.products)","lines":"line.category == 'tea' && line.product in ['oolong', \"mint\"]","effect":{"each":{"unit":"points","units":1}}},
		{"rule":"b","name":"B","if":"!('wine' in order.categories)","lines":"line.category != 'gift card'","effect":{"gift":{"product":"cup"}}},
		{"rule":"c","name":"C","if":"order.store == 'tea'","lines":"line.category == customer.favourite_category","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}}],
		"challenges":[{"challenge":"d","name":"D","count":"pieces","target":3,"from":"2026-01-01","lines":"line.product == 'scone'","gives":{"unit":"points","units":5}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Goods{
		{"rules[0]", "A", []string{"cake", "mint", "oolong"}, []string{"tea"}},
		{"rules[1]", "B", []string{"cup"}, nil},
		{"challenges[0]", "D", []string{"scone"}, nil},
	}
	if got := d.Goods(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
