package route

import (
	"fmt"
	"runtime"
	"testing"
)

// hot is a request whose values a benchmark can have without allocations.
type hot struct{ name, value string }

func (h *hot) Header(name string, i int) (string, bool) { return h.value, i == 0 && name == h.name }
func (h *hot) Query(string, int) (string, bool)         { return "", false }
func (h *hot) Cookie(string, int) (string, bool)        { return "", false }

// shapes of tables with n rules, and the request for rule i.
var shapes = []struct {
	name string
	rule func(i int) *Rule
	req  func(i int) *Request
}{
	{"hosts", func(i int) *Rule { return &Rule{Hosts: []string{fmt.Sprintf("h%04d.example.com", i)}} },
		func(i int) *Request { return get(fmt.Sprintf("h%04d.example.com", i), "/api/v1/users") }},
	{"paths", func(i int) *Rule {
		return &Rule{Hosts: []string{"example.com"}, Paths: []string{fmt.Sprintf("/api/v1/res-%04d", i)}}
	},
		func(i int) *Request { return get("example.com", fmt.Sprintf("/api/v1/res-%04d/items", i)) }},
	{"both", func(i int) *Rule {
		return &Rule{Hosts: []string{fmt.Sprintf("h%02d.example.com", i%100)}, Paths: []string{fmt.Sprintf("/api/v1/res-%02d", i/100)}}
	},
		func(i int) *Request {
			return get(fmt.Sprintf("h%02d.example.com", i%100), fmt.Sprintf("/api/v1/res-%02d/items", i/100))
		}},
	{"wildcards", func(i int) *Rule { return &Rule{Hosts: []string{fmt.Sprintf("*.h%04d.example.com", i)}} },
		func(i int) *Request { return get(fmt.Sprintf("www.h%04d.example.com", i), "/api/v1/users") }},
	{"headers", func(i int) *Rule {
		return &Rule{Hosts: []string{"example.com"}, Paths: []string{"/api"}, Headers: values{"X-Tenant": {fmt.Sprintf("Tenant-%04d", i)}}}
	},
		func(i int) *Request {
			return get("example.com", "/api/v1/users").with(func(r *Request) { r.Values = &hot{"x-tenant", fmt.Sprintf("Tenant-%04d", i)} })
		}},
	{"methods", func(i int) *Rule { return &Rule{Paths: []string{"/api"}, Methods: []string{fmt.Sprintf("M%04d", i)}} },
		func(i int) *Request {
			return get("example.com", "/api/v1/users").with(func(r *Request) { r.Method = fmt.Sprintf("M%04d", i) })
		}},
	{"regexes", func(i int) *Rule {
		return &Rule{Hosts: []string{"example.com"}, Paths: []string{fmt.Sprintf(`~/api/v1/res-%04d/(\d+)`, i)}}
	},
		func(i int) *Request { return get("example.com", fmt.Sprintf("/api/v1/res-%04d/12", i)) }},
}

func filled(t testing.TB, n int, rule func(int) *Rule) *Table {
	rules := make([]*Rule, n)
	for i := range rules {
		rules[i] = rule(i)
		rules[i].ID = fmt.Sprint(i)
	}
	return table(t, rules...)
}

// BenchmarkFind asks for one rule again and again, which says what the depth of the table costs; "all" goes round through all
// rules, which adds what the processor's caches do not hold.
func BenchmarkFind(b *testing.B) {
	for _, s := range shapes {
		for _, n := range []int{1, 10, 10000} {
			tab := filled(b, n, s.rule)
			var res Result
			run := func(name string, reqs ...*Request) {
				b.Run(fmt.Sprintf("%s/%d/%s", s.name, n, name), func(b *testing.B) {
					i := 0
					for b.Loop() {
						if !tab.Find(reqs[i], &res) {
							b.Fatal("nothing found")
						}
						if i++; i == len(reqs) {
							i = 0
						}
					}
				})
			}
			run("one", s.req(n/2))
			all := make([]*Request, n)
			for i := range all {
				all[i] = s.req(i * 7919 % n)
			}
			run("all", all...)
		}
	}
}

func BenchmarkReplace(b *testing.B) {
	for _, s := range shapes {
		const n = 10000
		tab := filled(b, n, s.rule)
		b.Run(s.name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				r := s.rule(i % n)
				r.ID = fmt.Sprint(i % n)
				tab, _ = tab.Replace(r)
				i++
			}
		})
	}
}

// BenchmarkNew says what it takes to make a whole table, and how large it is.
func BenchmarkNew(b *testing.B) {
	for _, s := range shapes {
		b.Run(s.name, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			tab := filled(b, 10000, s.rule)
			runtime.GC()
			runtime.ReadMemStats(&after)
			for b.Loop() {
				tab = filled(b, 10000, s.rule)
			}
			runtime.KeepAlive(tab)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10000, "heap-B/rule")
		})
	}
}

func TestNoAllocations(t *testing.T) {
	for _, s := range shapes {
		for _, n := range []int{1, 100} {
			tab := filled(t, n, s.rule)
			req, id := s.req(n/2), fmt.Sprint(n/2)
			var res Result
			if avg := testing.AllocsPerRun(100, func() {
				if !tab.Find(req, &res) || res.Rule.ID != id {
					t.Fatal("not found")
				}
			}); avg != 0 {
				t.Errorf("%s: %v allocations", s.name, avg)
			}
		}
	}
}

// More places along one path than are remembered.
func TestDeepPath(t *testing.T) {
	var rules []*Rule
	path := ""
	for i := range 3*depth + 1 {
		path += "/a"
		rules = append(rules, &Rule{ID: fmt.Sprint(i), Paths: []string{path}, Methods: []string{[]string{"GET", "PUT"}[i%2]}})
	}
	tab := table(t, rules...)
	if got := found(t, tab, get("h", path)); got != fmt.Sprint(3*depth) {
		t.Error(got)
	}
	for i := 2; i < len(rules); i += 2 {
		tab = tab.Remove(fmt.Sprint(i))
	}
	if got := found(t, tab, get("h", path)); got != "0" {
		t.Error(got)
	}
}
