package route

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

func TestNilTable(t *testing.T) {
	var tab *Table
	var res Result
	if tab.Find(get("h", "/"), &res) || tab.Len() != 0 || tab.Rule("r") != nil || tab.Explain(get("h", "/"), 9).Winner() != nil || tab.Why("r", get("h", "/")) != nil {
		t.Error("a nil table is not empty")
	}
	if tab = tab.Remove("r"); tab.Len() != 0 {
		t.Error("something came of nothing")
	}
	tab, err := tab.Replace(&Rule{ID: "r", Paths: []string{"/"}})
	if err != nil || found(t, tab, get("h", "/")) != "r" || tab.Rule("r").Paths[0] != "/" {
		t.Error(err)
	}
}

// A table is read while others are made of it; each reader sees one whole table: rule i exists with all of its two hosts or
// not at all.
func TestHammerReaders(t *testing.T) {
	var now atomic.Pointer[Table]
	now.Store(&Table{})
	var wg sync.WaitGroup
	var stop atomic.Bool
	for range 3 {
		wg.Go(func() {
			var res Result
			for i := 0; !stop.Load(); i = (i + 1) % 50 {
				tab := now.Load()
				a := tab.Find(get(fmt.Sprintf("a%d.test", i), "/x"), &res)
				b := tab.Find(get(fmt.Sprintf("b%d.test", i), "/x"), &res)
				if a != b {
					t.Errorf("rule %d is there by half", i)
					return
				}
			}
		})
	}
	for n := range 5000 {
		i := n * 7 % 50
		tab, err := now.Load().Replace(&Rule{ID: fmt.Sprint(i), Hosts: []string{fmt.Sprintf("a%d.test", i), fmt.Sprintf("b%d.test", i)}, Paths: []string{"/"}})
		if err != nil {
			t.Error(err)
		}
		if n%3 == 0 {
			tab = tab.Remove(fmt.Sprint(n % 50))
		}
		now.Store(tab)
	}
	stop.Store(true)
	wg.Wait()
}

// A rule with many values of many things does not fill the index with all their combinations.
func TestSpread(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprint(i))
	}
	var rules []*Rule
	for i := range 2 * long {
		rules = append(rules, &Rule{ID: fmt.Sprint(i), Headers: values{"a": many}, Queries: values{"b": many}, Methods: []string{"GET"}})
	}
	n := 0
	table(t, rules...).any.list.each(func(*entry) { n++ })
	if n > len(rules)*spread || n < len(rules) {
		t.Errorf("%d rules lie in %d lists", len(rules), n)
	}
}
