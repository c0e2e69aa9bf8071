package zone

import (
	"strings"
	"testing"
)

// TestHosts: what a name led to is there for others, also when it grows, and goes
// over to the next generation.
func TestHosts(t *testing.T) {
	zs := bound(t, func(zs *Zones) { zs.Declare("up", 65536, KindUpstream) })
	z := zs.Find("up")
	p, err := OpenPeers(z, "backend", nil, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", strings.Repeat("many ", 100), ""} {
		p.Lock()
		ok := p.SaveHost("a.test", []byte(text))
		p.Unlock()
		other, err := OpenPeers(z, "backend", nil, 4)
		if err != nil {
			t.Fatal(err)
		}
		other.Lock()
		got := other.Host("a.test")
		none := other.Host("b.test")
		other.Unlock()
		if !ok || string(got) != text || none != nil {
			t.Errorf("saved %t: %q and %q, want %q", ok, got, none, text)
		}
	}
	p.Lock()
	p.SaveHost("a.test", []byte("new"))
	if p.SaveHost("large", make([]byte, 100000)) {
		t.Error("there is no room for that")
	}
	z.seg.Recover()
	p.Unlock()
	if z.seg.Rebuilds() != 0 {
		t.Error("a whole zone was rebuilt")
	}

	next := bound(t, func(zs *Zones) { zs.Declare("up", 65536, KindUpstream) })
	if err := CarryHosts(next.Find("up"), z, []string{"a.test", "b.test"}); err != nil {
		t.Fatal(err)
	}
	q, err := OpenPeers(next.Find("up"), "backend", nil, 4)
	if err != nil {
		t.Fatal(err)
	}
	q.Lock()
	defer q.Unlock()
	if got := q.Host("a.test"); string(got) != "new" {
		t.Errorf("the next generation has %q", got)
	}
}

// TestRecordsServeAgain: names whose addresses keep changing do not use a zone up,
// and what a request or a worker still has is not taken away.
func TestRecordsServeAgain(t *testing.T) {
	p, err := OpenPeers(nil, "backend", []PeerSpec{{Name: "fixed"}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	p.Lock()
	defer p.Unlock()
	used := p.Add(PeerSpec{Name: "used"})
	p.At(used).Users++
	for _, name := range []string{"a", "b", "c"} {
		i := p.Add(PeerSpec{Name: name, Weight: 7})
		if i < 0 || i == used || p.Find(name) != i || p.At(i).Weight != 7 {
			t.Fatalf("%s: %d", name, i)
		}
	}
	p.At(p.Find("c")).Conns++
	if i := p.Add(PeerSpec{Name: "d"}); i >= 0 {
		t.Errorf("record %d is in use", i)
	}
	if p.Find("fixed") != 0 || p.Len() != 3 {
		t.Errorf("%d records, the first is %d", p.Len(), p.Find("fixed"))
	}
}
