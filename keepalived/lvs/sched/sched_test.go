package sched

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// servers makes a list by weights: A, B, C...
func servers(weights ...int) []*Server {
	var list []*Server
	for i, w := range weights {
		list = append(list, &Server{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)}), 80), Weight: w})
	}
	return list
}

func name(list []*Server, s *Server) string {
	for i := range list {
		if list[i] == s {
			return string(rune('A' + i))
		}
	}
	return "-"
}

// picks writes who took each of n connections, which stay open with hold.
func picks(s Scheduler, list []*Server, n int, hold bool) string {
	var b strings.Builder
	for range n {
		got := s.Pick(Client{From: netip.MustParseAddrPort("192.0.2.1:4000"), To: netip.MustParseAddr("198.51.100.1"), Now: start})
		b.WriteString(name(list, got))
		if hold && got != nil {
			got.Open()
		}
	}
	return b.String()
}

func make1(t *testing.T, name string, flags ...string) Scheduler {
	t.Helper()
	s, err := New(name, flags)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSequences(t *testing.T) {
	for _, c := range []struct {
		name    string
		weights []int
		hold    bool
		want    string
	}{
		{"rr", []int{1, 1, 1}, false, "ABCABCABC"},
		{"rr", []int{5, 0, 1}, false, "ACACAC"},
		{"rr", []int{0, 0}, false, "--"},
		{"rr", nil, false, "-"},
		{"wrr", []int{4, 3, 2}, false, "AABABCABCAABABCABC"},
		{"wrr", []int{1, 1}, false, "ABAB"},
		{"wrr", []int{6, 2, 4}, false, "AACABCAACABC"},
		{"wrr", []int{100, 0, 50}, false, "AACAAC"},
		{"wrr", []int{0, 0}, false, "--"},
		{"lc", []int{1, 1, 1}, true, "ABCABC"},
		{"lc", []int{9, 1, 0}, true, "ABABAB"},
		{"wlc", []int{1, 2}, true, "ABBABB"},
		{"wlc", []int{3, 1, 0}, true, "ABAAABAAAB"},
		{"sed", []int{1, 3}, true, "BBABBBAB"},
		{"nq", []int{1, 3}, true, "ABBBBBAB"},
		{"fo", []int{1, 3, 2}, true, "BBBB"},
		{"ovf", []int{1, 2, 2}, true, "BBBCCCAA-"},
		{"lblc", []int{1, 2}, true, "AABBBBB"},
		{"lblcr", []int{1, 2}, true, "AABB"},
	} {
		list := servers(c.weights...)
		s := make1(t, c.name)
		s.Update(list)
		if got := picks(s, list, len(c.want), c.hold); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.name, c.weights, got, c.want)
		}
	}
}

// Inactive connections count with lc and wlc, not with sed and nq.
func TestInactiveConnections(t *testing.T) {
	for _, c := range []struct{ name, want string }{{"lc", "B"}, {"wlc", "B"}, {"sed", "A"}, {"nq", "A"}} {
		list := servers(1, 1)
		list[0].Open()
		list[0].Idle()
		s := make1(t, c.name)
		s.Update(list)
		if got := picks(s, list, 1, false); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// 255 closing connections weigh less than one that is active, 257 more.
func TestOverhead(t *testing.T) {
	list := servers(1, 1)
	list[0].Active = 1
	s := make1(t, "lc")
	s.Update(list)
	for inactive, want := range map[int]string{255: "B", 257: "A"} {
		list[1].Inactive = inactive
		if got := picks(s, list, 1, false); got != want {
			t.Errorf("%d inactive: %s, want %s", inactive, got, want)
		}
	}
}

// Turns go on where they were when the list changes.
func TestListChanges(t *testing.T) {
	list := servers(1, 1, 1, 1)
	rr := make1(t, "rr")
	rr.Update(list)
	got := picks(rr, list, 2, false) // A B
	rr.Update([]*Server{list[0], list[2], list[3]})
	got += picks(rr, list, 2, false) // B has left: C D
	rr.Update(list)
	got += picks(rr, list, 2, false)
	if got != "ABCDAB" {
		t.Error("rr:", got)
	}
	// wrr begins its round again, as the kernel's does.
	list = servers(3, 1)
	wrr := make1(t, "wrr")
	wrr.Update(list)
	got = picks(wrr, list, 3, false) // rounds 3, 2, 1: A A A
	list[1].Weight = 3
	wrr.Update(list)
	got += picks(wrr, list, 4, false)
	if got != "AAAABAB" {
		t.Error("wrr:", got)
	}
}

func TestOverload(t *testing.T) {
	for _, algo := range []string{"rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "ovf"} {
		list := servers(9, 1)
		list[0].Set(9, 3, 0)
		s := make1(t, algo)
		s.Update(list)
		for range 3 {
			list[0].Open()
		}
		if got := picks(s, list, 4, false); got != "BBBB" {
			t.Errorf("%s: %s to an overloaded server", algo, got)
		}
	}
	s := &Server{Weight: 1, Upper: 8}
	for range 8 {
		s.Open()
	}
	s.Idle()
	if !s.Overloaded() {
		t.Error("8 of 8 are no overload")
	}
	s.Shut(false)
	s.Shut(true)
	if !s.Overloaded() { // 6 of 8 are not fewer than three quarters
		t.Error("6 of 8 end the overload")
	}
	s.Shut(true)
	if s.Overloaded() {
		t.Error("5 of 8 are overload")
	}
	s = &Server{Weight: 1, Upper: 4, Lower: 2}
	for range 4 {
		s.Open()
	}
	s.Shut(true)
	s.Shut(true)
	if !s.Overloaded() {
		t.Error("2 are fewer than 2")
	}
	s.Set(1, 5, 2)
	if s.Overloaded() {
		t.Error("the limit was raised, and nothing changed")
	}
}

func TestOrder(t *testing.T) {
	list := Order(nil, []string{"a", "b", "c"})
	list = Order(list, []string{"a", "d", "c", "e"})
	if got := fmt.Sprint(list); got != "[e d c a]" {
		t.Error(got)
	}
}

func TestCycle(t *testing.T) {
	for _, c := range []struct {
		weights []int
		limit   int
		want    string
	}{
		{[]int{4, 3, 2}, 100, "[0 0 1 0 1 2 0 1 2]"},
		{[]int{100, 0, 50}, 100, "[0 0 2]"},
		{[]int{0}, 100, "[]"},
		{[]int{9, 3, 1}, 7, "[0 0 0 0 1 2]"}, // as 4, 1, 1
	} {
		if got := fmt.Sprint(Cycle(c.weights, c.limit)); got != c.want {
			t.Errorf("%v: %s, want %s", c.weights, got, c.want)
		}
	}
	if n := len(Cycle([]int{65535, 65534, 1}, 4096)); n > 4096 || n < 2000 {
		t.Error("a long cycle was cut to", n)
	}
	// The cycle is what wrr does.
	list := servers(5, 1, 3, 0, 2)
	s := make1(t, "wrr")
	s.Update(list)
	var want strings.Builder
	for _, i := range Cycle([]int{5, 1, 3, 0, 2}, 100) {
		want.WriteByte(byte('A' + i))
	}
	if got := picks(s, list, want.Len(), false); got != want.String() {
		t.Errorf("wrr %s, its cycle %s", got, want.String())
	}
}

func TestTwos(t *testing.T) {
	list := servers(2, 0, 3)
	marks := []int{}
	s := &twos{random: func(below int) int {
		if below != 6 {
			t.Fatal("drawn below", below)
		}
		m := marks[0]
		marks = marks[1:]
		return m
	}}
	s.Update(list)
	list[0].Active, list[2].Active = 2, 1 // C has less for its weight
	for _, c := range []struct {
		marks []int
		want  string
	}{{[]int{0, 0}, "A"}, {[]int{2, 3}, "C"}, {[]int{5, 1}, "C"}, {[]int{2, 2}, "A"}} {
		marks = c.marks
		if got := picks(s, list, 1, false); got != c.want {
			t.Errorf("%v: %s, want %s", c.marks, got, c.want)
		}
	}
}

func TestUnknownScheduler(t *testing.T) {
	if s, err := New("best", nil); err == nil {
		t.Error(s)
	}
	for _, n := range Names {
		make1(t, n)
	}
}
