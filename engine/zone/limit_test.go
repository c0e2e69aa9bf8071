package zone

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func reqZone(t testing.TB, rate, size int64) *ReqTable {
	zs := bound(t, func(zs *Zones) { zs.Declare("one", size, KindReq) })
	q, err := OpenReq(zs.Find("one"), rate)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// The numbers are those of nginx's formulas: excess = old - rate*ms/1000 + 1000.
func TestReqOneLimit(t *testing.T) {
	const never = math.MaxInt64
	type step struct {
		at    int64
		state ReqState
		ex    int64
		delay int64
	}
	for name, c := range map[string]struct {
		rate, burst, delay int64
		steps              []step
	}{
		"no burst": {1000, 0, 0, []step{{0, ReqPassed, 0, 0}, {1, ReqRejected, 999, 0}, {999, ReqRejected, 1, 0},
			{1000, ReqPassed, 0, 0}, {1500, ReqRejected, 500, 0}, {9000, ReqPassed, 0, 0}}},
		"burst": {2000, 2000, 0, []step{{0, ReqPassed, 0, 0}, {0, ReqDelayed, 1000, 500}, {100, ReqDelayed, 1800, 900},
			{100, ReqRejected, 2800, 0}, {1000, ReqDelayed, 1000, 500}}},
		"nodelay": {2000, 2000, never, []step{{0, ReqPassed, 0, 0}, {0, ReqPassed, 1000, 0}, {0, ReqPassed, 2000, 0},
			{0, ReqRejected, 3000, 0}}},
		"delay=1": {1000, 3000, 1000, []step{{0, ReqPassed, 0, 0}, {0, ReqPassed, 1000, 0}, {0, ReqDelayed, 2000, 1000},
			{0, ReqDelayed, 3000, 2000}, {0, ReqRejected, 4000, 0}}},
		"clock back": {1000, 5000, never, []step{{100000, ReqPassed, 0, 0}, {99000, ReqPassed, 1000, 0},
			{30000, ReqPassed, 1999, 0}, {30001, ReqPassed, 2998, 0}}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			q := reqZone(t, c.rate, 65536)
			for i, s := range c.steps {
				v := CheckReq([]ReqLimit{{q, c.burst, c.delay}}, []string{"k"}, 1e6+s.at)
				if v.State != s.state || v.Excess != s.ex || v.Delay != s.delay {
					t.Errorf("step %d: %+v, want %+v", i, v, s)
				}
			}
		})
	}
}

func TestReqSeveral(t *testing.T) {
	a, b := reqZone(t, 1000, 65536), reqZone(t, 10000, 65536)
	limits := []ReqLimit{{a, 2000, 0}, {b, 1000, 0}}
	check := func(now int64, keys ...string) ReqVerdict { return CheckReq(limits, keys, 1e6+now) }
	if v := check(0, "", ""); v.State != ReqDeclined {
		t.Errorf("%+v", v)
	}
	if v := check(0, "x", "y"); v.State != ReqPassed {
		t.Errorf("%+v", v)
	}
	if v := check(0, "x", "y"); v.State != ReqDelayed || v.Limit != 0 || v.Delay != 1000 || v.Excess != 1000 {
		t.Errorf("%+v", v) // both delay: 1000 ms by a, 100 ms by b
	}
	if v := check(0, "x", "y"); v.State != ReqRejected || v.Limit != 1 || v.Excess != 2000 {
		t.Errorf("%+v", v) // refused by b: a must not be charged
	}
	if v := check(0, "x", ""); v.State != ReqDelayed || v.Limit != 0 || v.Excess != 2000 {
		t.Errorf("%+v", v)
	}
	if v := check(0, "x", "z"); v.State != ReqRejected || v.Limit != 0 || v.Excess != 3000 {
		t.Errorf("%+v", v)
	}
	for _, q := range []*ReqTable{a, b} {
		q.seg.Lock()
		for r := q.t.Oldest(); r != 0; r = q.t.Newer(q.t.Node(r)) {
			if q.node(r).count != 0 {
				t.Error("a node is still pinned")
			}
		}
		q.seg.Unlock()
	}
}

// nginx's book: 16 thousand 64-byte states or 8 thousand 128-byte states a megabyte.
func TestReqExpiry(t *testing.T) {
	q := reqZone(t, 1000, 1<<20)
	check := func(i int, now int64) ReqState {
		return CheckReq([]ReqLimit{{q, 0, 0}}, []string{fmt.Sprintf("%04d", i)}, now).State
	}
	for i := range 9000 {
		if s := check(i, 1e6); s != ReqPassed {
			t.Fatal(i, s)
		}
	}
	if n := q.Len(); n < 8000 || n > 8192 {
		t.Errorf("%d states", n)
	}
	full := q.Len()
	check(10000, 1e6+60000) // two empty buckets of a minute ago go for each new one
	check(10001, 1e6+60000)
	if n := q.Len(); n != full-2 {
		t.Errorf("%d states of %d", n, full)
	}
	if v := CheckReq([]ReqLimit{{q, 0, 0}}, []string{strings.Repeat("x", 65536)}, 1); v.State != ReqDeclined {
		t.Error(v)
	}
	if err := q.Verify(); err != nil {
		t.Error(err)
	}
	tiny := reqZone(t, 1000, 32<<10)
	if v := CheckReq([]ReqLimit{{tiny, 0, 0}}, []string{strings.Repeat("x", 60000)}, 1); v.State != ReqNoMemory {
		t.Error(v)
	}
}

func TestConn(t *testing.T) {
	zs := bound(t, func(zs *Zones) { zs.Declare("addr", 32<<10, KindConn) })
	c, err := OpenConn(zs.Find("addr"))
	if err != nil {
		t.Fatal(err)
	}
	a, ok1, _ := c.Enter("k", 2)
	b, ok2, _ := c.Enter("k", 2)
	if _, ok, full := c.Enter("k", 2); !ok1 || !ok2 || ok || full || c.Count("k") != 2 {
		t.Error("limit not kept")
	}
	a.Leave()
	if c.Count("k") != 1 {
		t.Error("not given back")
	}
	b.Leave()
	b.Leave() // once too often does no harm
	ConnRef{}.Leave()
	if c.Count("k") != 0 || c.t.Len() != 0 {
		t.Error("not forgotten")
	}
	n := 0
	for ; ; n++ {
		if _, ok, full := c.Enter(fmt.Sprintf("%04d", n), 1); !ok {
			if !full {
				t.Error("not for want of room")
			}
			break
		}
	}
	if n != 6*64-1 {
		t.Errorf("%d states of 64 bytes", n)
	}
	if err := c.Verify(); err != nil {
		t.Error(err)
	}
}
