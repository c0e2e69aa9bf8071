package route

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"moongate/gateway/trie"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The reference says who wins without any index and without the code of the table: it compares one rule and path after the
// other as the package's documentation orders them.
type reference struct {
	rules map[string]*Rule
}

func (ref *reference) find(req *Request) (id, path string) {
	var bestRank []int
	for _, r := range ref.rules {
		paths := r.Paths
		if len(paths) == 0 {
			paths = []string{""}
		}
		for i, p := range paths {
			hosts := r.Hosts
			if len(hosts) == 0 {
				hosts = []string{""}
			}
			for _, h := range hosts {
				if !refHost(h, req) || !refMatches(r, p, req) {
					continue
				}
				rank := refRank(r, p, h)
				c := slices.Compare(rank, bestRank)
				switch {
				case bestRank == nil || c > 0, c == 0 && r.ID < id, c == 0 && r.ID == id && i < slices.Index(paths, path):
					bestRank, id, path = rank, r.ID, p
				}
			}
		}
	}
	return id, path
}

// refRank is a list of numbers; the greater goes first.
func refRank(r *Rule, path, host string) []int {
	bit := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	isRegex := strings.HasPrefix(path, "~")
	kinds := []int{bit(len(r.Hosts) > 0), bit(len(r.Headers) > 0), bit(len(r.Queries) > 0), bit(len(r.Cookies) > 0),
		bit(path != ""), bit(len(r.Methods) > 0), bit(len(r.SNIs) > 0), bit(len(r.Sources) > 0), bit(len(r.Classes) > 0)}
	sum := 0
	for _, k := range kinds {
		sum += k
	}
	wild := slices.ContainsFunc(r.Hosts, func(h string) bool { return strings.Contains(h, "*") })
	rank := append([]int{r.Priority, sum}, kinds...)
	rank = append(rank, bit(len(r.Hosts) > 0 && !wild), bit(strings.Contains(host, ":")), bit(isRegex), len(r.Headers)+len(r.Queries)+len(r.Cookies))
	if isRegex {
		rank = append(rank, r.RegexPriority, 0)
	} else {
		rank = append(rank, 0, len(path))
	}
	return append(rank, -int(r.CreatedAt))
}

func refHost(h string, req *Request) bool {
	name, port, hasPort := strings.Cut(h, ":")
	if h == "" || hasPort && port != fmt.Sprint(req.Port) {
		return h == ""
	}
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(name), `\*`, ".+") + "$").MatchString(req.Host)
}

func refMatches(r *Rule, path string, req *Request) bool {
	ok := len(r.Hosts) == 0 || slices.ContainsFunc(r.Hosts, func(h string) bool { return refHost(h, req) })
	if p, isRegex := strings.CutPrefix(path, "~"); isRegex {
		ok = ok && regexp.MustCompile("^(?:"+p+")").MatchString(req.Path)
	} else {
		ok = ok && strings.HasPrefix(req.Path, path)
	}
	ok = ok && (len(r.Methods) == 0 || slices.Contains(r.Methods, req.Method))
	ok = ok && (len(r.Classes) == 0 || slices.Contains(r.Classes, req.Class))
	ok = ok && (len(r.SNIs) == 0 || req.Scheme == "http" || slices.Contains(r.SNIs, req.SNI))
	ok = ok && (len(r.Sources) == 0 || slices.ContainsFunc(r.Sources, func(s Source) bool {
		return s.Prefix.Contains(req.Client.Addr()) && (s.Port == 0 || s.Port == req.Client.Port())
	}))
	a := req.Values.(*asked)
	return ok && refValues(r.Headers, a.headers, true) && refValues(r.Queries, a.queries, false) && refValues(r.Cookies, a.cookies, false)
}

func refValues(want, got values, fold bool) bool {
	for name, any := range want {
		if fold {
			name = strings.ToLower(name)
		}
		if !slices.ContainsFunc(got[name], func(v string) bool {
			if p, ok := strings.CutPrefix(any[0], "~*"); ok && len(any) == 1 {
				return regexp.MustCompile("(?i)" + p).MatchString(v)
			}
			return slices.ContainsFunc(any, func(s string) bool { return s == v || fold && strings.EqualFold(s, v) })
		}) {
			return false
		}
	}
	return true
}

// world draws rules and requests from few words, so that they often meet.
type world struct{ *rand.Rand }

func (w world) one(all ...string) string { return all[w.IntN(len(all))] }

func (w world) some(max int, all ...string) []string {
	var out []string
	for range w.IntN(max + 1) {
		if s := w.one(all...); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (w world) values(chance int, names []string, texts ...string) values {
	if w.IntN(chance) > 0 {
		return nil
	}
	out := values{}
	for _, n := range w.some(2, names...) {
		out[n] = append(w.some(1, texts...), w.one(texts...))
	}
	return out
}

var (
	headerNames = []string{"x-a", "x-b"}
	methodNames = []string{"GET", "PUT", "PURGE"}
	classNames  = []string{"web", "ios", "partner"}
)

func (w world) rule(id string) *Rule {
	for {
		r := &Rule{ID: id,
			Hosts: w.some(w.IntN(3), "a.b.c", "x.b.c", "b.c", "*.b.c", "*.c", "a.*", "a.b.*", "a.b.c:80", "*.b.c:8080", "a.*:80"),
			Paths: w.some(w.IntN(4), "/", "/a", "/a/", "/a/b", "/ab", "/b", "/a/b/c", "/a/b/c/d/e", `~/a`, `~/a/\w+`, `~/(a|b)/b`, `~/a?b`, `~/[ab]+/b/c$`,
				`~/a/b|/b`),
			Headers:       w.values(3, headerNames, "1", "2", "Three", "~*^t"),
			Queries:       w.values(6, []string{"q"}, "1", "2", "~*^.$"),
			Cookies:       w.values(6, []string{"c"}, "1", "2", "X"),
			RegexPriority: w.IntN(2), CreatedAt: int64(w.IntN(3)),
		}
		if w.IntN(2) == 0 {
			r.Methods = w.some(2, methodNames...)
		}
		if w.IntN(4) == 0 {
			r.Classes = w.some(3, classNames...)
		}
		if w.IntN(6) == 0 {
			r.SNIs = w.some(2, "a.b.c", "b.c")
		}
		if w.IntN(6) == 0 {
			r.Sources = []Source{{netip.MustParsePrefix(w.one("10.0.0.0/8", "10.1.0.0/16", "fd00::/8")), uint16(w.IntN(2) * 1234)}}
		}
		if w.IntN(8) == 0 {
			r.Priority = w.IntN(3) - 1
		}
		if _, err := compile(r); err == nil {
			return r
		}
	}
}

func (w world) request() *Request {
	name, port := SplitHost(w.one("a.b.c", "x.b.c", "b.c", "y.c", "a.z", "other", "a.b.c:8080", "a.b.z", ""), w.one("http", "https"))
	return &Request{Host: name, Port: port, Method: w.one(methodNames...), Scheme: w.one("http", "https"), SNI: w.one("a.b.c", "b.c", ""), Class: w.one(append(classNames, "")...),
		Path:   w.one("/", "/a", "/a/", "/a/b", "/ab", "/abc", "/b", "/b/b", "/a/b/c", "/a/b/c/d/e/f", "/ab/b/c", "/c"),
		Client: netip.AddrPortFrom(netip.MustParseAddr(w.one("10.1.2.3", "10.2.0.1", "fd00::1", "192.0.2.1")), uint16(w.IntN(2)*1234)),
		Values: &asked{
			headers: w.values(2, headerNames, "1", "2", "three", "THREE"),
			queries: w.values(2, []string{"q"}, "1", "2", "22"),
			cookies: w.values(2, []string{"c"}, "1", "2", "x"),
		}}
}

// run applies random changes to a table and compares what it finds, step by step, with the reference.
func (w world) run(t testing.TB, steps, ids int) {
	ref := &reference{rules: map[string]*Rule{}}
	var tab *Table
	for range steps {
		id := fmt.Sprintf("r%d", w.IntN(ids))
		old, seen := tab, maps.Clone(ref.rules)
		_, taken := ref.rules[id]
		switch {
		case taken && w.IntN(2) == 0:
			tab = tab.Remove(id)
			delete(ref.rules, id)
		default:
			r := w.rule(id)
			var err error
			if taken {
				tab, err = tab.Replace(r)
			} else {
				tab, err = tab.Add(r)
			}
			if err != nil {
				t.Fatal(err)
			}
			ref.rules[id] = r
		}
		if tab.Len() != len(ref.rules) {
			t.Fatalf("%d rules, not %d", tab.Len(), len(ref.rules))
		}
		for range 4 {
			w.compare(t, tab, ref)
		}
		w.compare(t, old, &reference{rules: seen}) // what others still read has not changed
	}
	fresh := table(t, slices.Collect(maps.Values(ref.rules))...)
	if a, b := dump(tab), dump(fresh); a != b {
		t.Fatalf("a table that has been changed is not like one made at once:\n%s\n%s", a, b)
	}
	for id := range ref.rules {
		tab = tab.Remove(id)
	}
	if a, b := dump(tab), dump(&Table{}); a != b {
		t.Fatalf("something is left in an empty table: %s", a)
	}
}

func (w world) compare(t testing.TB, tab *Table, ref *reference) {
	req := w.request()
	id, path := ref.find(req)
	var res Result
	got := ""
	if tab.Find(req, &res) {
		got = res.Rule.ID
	}
	if got != id || res.Path != path {
		t.Fatalf("%+v %+v:\ngot  %s %s\nwant %s %s\n%+v\n%+v", req, req.Values, got, res.Path, id, path, tab.Rule(got), ref.rules[id])
	}
	tr := tab.Explain(req, 3)
	if win := tr.Winner(); win != res.Rule {
		t.Fatalf("Explain gives %v, Find %v", win, res.Rule)
	}
	for _, try := range tr.Tried {
		if try.Failed != nil && refMatches(try.Rule, try.Path, req) {
			t.Fatalf("Explain says that %+v fails by %s", try.Rule, try.Failed)
		}
	}
}

func TestAgainstReference(t *testing.T) {
	for i := range uint64(40) {
		w := world{rand.New(rand.NewPCG(i, 1))}
		w.run(t, 150, 1+w.IntN(60))
	}
}

func FuzzAgainstReference(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint8(10))
	f.Fuzz(func(t *testing.T, a, b uint64, ids uint8) {
		world{rand.New(rand.NewPCG(a, b))}.run(t, 40, 1+int(ids))
	})
}

// dump writes down the whole index: two tables with one dump have the same shape.
func dump(t *Table) string {
	var b strings.Builder
	var lists func(l *list)
	lists = func(l *list) {
		fmt.Fprintf(&b, "(%d", l.n)
		for _, e := range l.flat {
			fmt.Fprintf(&b, " %s.%d", e.id, e.part)
		}
		for i := range l.groups {
			g := &l.groups[i]
			fmt.Fprintf(&b, " %d %s:", g.kind, g.name)
			sub := map[string]*list{}
			g.values.Each(func(k string, l *list) { sub[k] = l })
			for _, k := range slices.Sorted(maps.Keys(sub)) {
				fmt.Fprintf(&b, " %s", k)
				lists(sub[k])
			}
		}
		b.WriteString(")")
	}
	var nodes func(n *node)
	nodes = func(n *node) {
		if n == nil {
			b.WriteString("-")
			return
		}
		fmt.Fprintf(&b, "<%q %d", n.prefix, n.lo)
		if n.list != nil {
			lists(n.list)
		}
		for _, k := range n.kids {
			nodes(k)
		}
		b.WriteString(">")
	}
	for i, hosts := range []trie.Map[node]{t.exact, t.head, t.tail} {
		all := map[string]*node{}
		hosts.Each(func(k string, n *node) { all[k] = n })
		for _, k := range slices.Sorted(maps.Keys(all)) {
			fmt.Fprintf(&b, "\n%d %s ", i, k)
			nodes(all[k])
		}
	}
	nodes(t.any)
	var ids []string
	t.rules.Each(func(id string, _ *compiled) { ids = append(ids, id) })
	slices.Sort(ids)
	fmt.Fprint(&b, t.n, ids)
	return b.String()
}
