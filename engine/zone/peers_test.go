package zone

import "testing"

func TestPeers(t *testing.T) {
	specs := []PeerSpec{{Name: "10.0.0.1:80", Weight: 3, MaxFails: 1, FailTimeout: 10}, {Name: "10.0.0.2:80", Weight: 1, Down: PeerDown}}
	zs := bound(t, func(zs *Zones) { zs.Declare("up", 65536, KindUpstream) })
	for name, z := range map[string]*Zone{"shared": zs.Find("up"), "private": nil} {
		t.Run(name, func(t *testing.T) {
			p, err := OpenPeers(z, "backend", specs, 1)
			if err != nil {
				t.Fatal(err)
			}
			if p.Len() != 2 || p.At(0).EffectiveWeight != 3 || p.At(1).Down != 1 || p.Find("10.0.0.2:80") != 1 {
				t.Errorf("%+v", p.Snapshot())
			}
			p.Lock()
			p.At(0).Conns++
			p.At(0).Fails = 4
			i := p.Add(PeerSpec{Name: "10.0.0.3:80", Weight: 5})
			p.At(i).Users++
			none := p.Add(PeerSpec{Name: "x"})
			p.Unlock()
			if i != 2 || none != -1 || p.Config() != 1 {
				t.Error(i, none, p.Config())
			}
			if z == nil {
				return
			}
			again, err := OpenPeers(z, "backend", specs, 1)
			if err != nil || again.At(0).Conns != 1 || again.Len() != 3 {
				t.Error("another worker sees something else", err)
			}
			other, err := OpenPeers(z, "backup", specs[:1], 0)
			if err != nil || other.At(0).Conns != 0 {
				t.Error(err)
			}
			next, _ := OpenPeers(nil, "backend", specs[:1], 0)
			next.Inherit(p)
			if q := next.At(0); q.Fails != 4 || q.Conns != 0 {
				t.Errorf("%+v", q)
			}
			if _, err := OpenPeers(z, "large", specs, 10000); err == nil {
				t.Error("no error without room")
			}
			p.Lock()
			z.seg.Recover()
			p.Unlock()
			if z.seg.Rebuilds() != 0 || p.At(0).Conns != 1 {
				t.Error("a whole zone was rebuilt")
			}
		})
	}
}

func TestCountersPrivate(t *testing.T) {
	c, err := OpenCounters(nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Mine().Accepted.Add(2)
	c.Mine().Waiting.Add(1)
	if s := c.Sum(); s.Accepted != 2 || s.Waiting != 1 {
		t.Errorf("%+v", s)
	}
}
