package recommend

import (
	"reflect"
	"testing"
)

// small is a shop of five products: 0 and 1 go together, 2 is popular, 4 nobody buys.
func small() *Book {
	return NewBook([]Customer{
		{[]Basket{{0, 1}, {2}}}, {[]Basket{{0, 1}, {0, 2}}}, {[]Basket{{0}, {2}}}, {[]Basket{{2}, {2, 3}}}, {[]Basket{{1, 2}}},
	}, 5, []Basket{{2}, {3}})
}

func items(list []Suggestion) []int32 {
	out := []int32{}
	for _, s := range list {
		out = append(out, s.Item)
	}
	return out
}

func TestAgain(t *testing.T) {
	t.Parallel()
	b := small()
	got := b.Again(&Customer{[]Basket{{0, 1}, {0, 3}}}, Options{Most: 4})
	// 0 twice, then 1 and 3 once each by popularity, then what everybody buys.
	if !reflect.DeepEqual(items(got), []int32{0, 1, 3, 2}) {
		t.Errorf("got %v", items(got))
	}
	if got[0].Times != 2 || got[3].Times != 0 || got[3].With != -1 {
		t.Errorf("reasons %+v", got)
	}
	if got := b.Again(&Customer{[]Basket{{0, 1}}}, Options{Most: 3, Allowed: func(item int32) bool { return item != 1 && item != 2 }}); !reflect.DeepEqual(items(got), []int32{0, 3}) {
		t.Errorf("without 1 and 2: %v", items(got))
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	l := small().Liken(Jaccard, 2)
	got := l.New(&Customer{[]Basket{{0}}}, Options{Most: 3})
	// 0 is bought by customers 0, 1, 2; 1 by 0, 1, 4: two of four. 2 by all: three of five. 3 with 0 by nobody.
	if !reflect.DeepEqual(items(got), []int32{2, 1, 3}) || got[0].Together != 3 || got[0].Score != .6 || got[1].Score != .5 || got[0].With != 0 {
		t.Errorf("got %+v", got)
	}
	if got[2].With != -1 {
		t.Errorf("3 is suggested for being popular, not for %d", got[2].With)
	}
	for _, s := range l.New(&Customer{[]Basket{{0, 1, 2, 3}}}, Options{Most: 9}) {
		t.Errorf("%d is new to one who has everything that is sold", s.Item)
	}
	all := small().Liken(Cosine, 2).NewForAll(Options{Most: 2})
	if len(all) != 5 || len(all[4]) == 0 || all[4][0].Item != 0 {
		t.Errorf("for all: %+v", all)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	lists := [][]Suggestion{{{Item: 1}, {Item: 2}}, {{Item: 3}}, {{Item: 9}}}
	q := Judge(lists, []Basket{{2, 5}, {3}, nil})
	if q.Customers != 2 || q.Recall != .75 || q.Hit != 1 {
		t.Errorf("%+v", q)
	}
	if q := Judge(nil, nil); q != (Quality{}) {
		t.Errorf("of nobody: %+v", q)
	}
	if m := NewBook(nil, 0, nil).Choose(2); m == "" {
		t.Error("without customers there is no measure")
	}
}
