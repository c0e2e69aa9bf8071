package zone

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

func dogs(t testing.TB, size int64) (*Zones, *Dict) {
	zs := bound(t, func(zs *Zones) { zs.Declare("dogs", size, KindDict) })
	d, err := OpenDict(zs.Find("dogs"))
	if err != nil {
		t.Fatal(err)
	}
	return zs, d
}

func TestHammerIncr(t *testing.T) {
	zs, d := dogs(t, 100<<10)
	a, b := worker(t, zs, "incr 20000"), worker(t, zs, "incr 20000")
	for range 20000 {
		d.Incr("sum", 1, Init{Given: true}, 1)
	}
	if err := a.Wait(); err != nil {
		t.Error(err)
	}
	if err := b.Wait(); err != nil {
		t.Error(err)
	}
	if v, _ := d.Get("sum", 1, nil); v.Num != 60000 {
		t.Errorf("sum is %v of 60000", v.Num)
	}
}

// Workers that die in the middle of a change, wherever that is, harm nobody.
func TestHammerDeath(t *testing.T) {
	zs, d := dogs(t, 64<<10)
	var said []string
	zs.Notice = func(text string) { said = append(said, text) }
	steady := worker(t, zs, "dict 40000")
	rnd := rand.New(rand.NewPCG(3, 4))
	places := []string{"pool.alloc", "pool.free", "pool.take", "pool.give", "table.put", "table.chained", "table.unchained",
		"table.drop", "table.write", "queue.push", "queue.bump", "list.push", "list.pop"}
	for _, p := range places {
		c := worker(t, zs, "dict 1000000", "ZONE_FAIL="+p+" "+strconv.Itoa(1+rnd.IntN(60)))
		for i := range 1000 {
			randomOp(d, rnd, int64(i))
		}
		if c.Wait() == nil {
			t.Errorf("%s: the worker did not die", p)
		}
		zs.Reap(c.Process.Pid)
	}
	for range 5 {
		c := worker(t, zs, "dict 100000000")
		for i := range 5000 {
			randomOp(d, rnd, int64(i))
		}
		c.Process.Kill()
		c.Wait()
		zs.Reap(c.Process.Pid)
	}
	if err := steady.Wait(); err != nil {
		t.Error(err)
	}
	if err := d.Verify(); err != nil {
		t.Fatal(err)
	}
	if n := d.seg.Takeovers(); n < len(places) {
		t.Errorf("%d take-overs of %d deaths", n, len(places))
	}
	t.Logf("%d take-overs, %d rebuilds; %d notices here", d.seg.Takeovers(), d.seg.Rebuilds(), len(said))
}

func TestHammerLimits(t *testing.T) {
	zs := bound(t, func(zs *Zones) {
		zs.Declare("addr", 32<<10, KindConn)
		zs.Declare("req", 64<<10, KindReq)
	})
	conn, err := OpenConn(zs.Find("addr"))
	if err != nil {
		t.Fatal(err)
	}
	req, err := OpenReq(zs.Find("req"), 1e9)
	if err != nil {
		t.Fatal(err)
	}
	ws := []interface{ Wait() error }{
		worker(t, zs, "conn 30000"), worker(t, zs, "conn 30000"), worker(t, zs, "req 30000"), worker(t, zs, "req 30000"),
	}
	worker(t, zs, "conn 1000000", "ZONE_FAIL=table.chained 500").Wait()
	worker(t, zs, "req 1000000", "ZONE_FAIL=table.drop 300").Wait()
	for _, w := range ws {
		if err := w.Wait(); err != nil {
			t.Error(err)
		}
	}
	if err := conn.Verify(); err != nil {
		t.Error(err)
	}
	if err := req.Verify(); err != nil {
		t.Error(err)
	}
	for i := range 20 {
		if n := conn.Count("k" + strconv.Itoa(i)); n > 1 {
			t.Errorf("%d are left of key %d", n, i)
		}
	}
}

func TestCountersOverDeath(t *testing.T) {
	zs := bound(t, func(zs *Zones) { zs.DeclareCounters() })
	c, err := OpenCounters(zs.All()[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, how := range []string{"die", "live", "die"} {
		w := worker(t, zs, "count 100 "+how)
		w.Wait()
		zs.Reap(w.Process.Pid)
		if s := c.Sum(); s.Accepted != int64(i+1)*100 || s.Active != 0 {
			t.Errorf("%s: %+v", how, s)
		}
	}
}
