package zone

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"moongate/edge/sys/shm"
)

// The test binary starts itself again as a worker: ZONE_CHILD says what it does,
// ZONE_HANDLES which zones it inherits, ZONE_FAIL (a place and a count) where it
// kills itself.
func TestMain(m *testing.M) {
	if what := os.Getenv("ZONE_CHILD"); what != "" {
		if err := child(strings.Fields(what)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// bound gives declared zones with memory.
func bound(t testing.TB, declare func(zs *Zones)) *Zones {
	t.Helper()
	zs := New()
	declare(zs)
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	zs.Commit(nil)
	t.Cleanup(zs.Close)
	return zs
}

func worker(t testing.TB, zs *Zones, what string, env ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	hs := zs.Export()
	for i := range hs {
		fd, err := syscall.Dup(hs[i].FD)
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "zone")
		defer f.Close()
		c.ExtraFiles = append(c.ExtraFiles, f)
		hs[i].FD = 3 + i
	}
	text, _ := json.Marshal(hs)
	c.Env = append(os.Environ(), "ZONE_CHILD="+what, "ZONE_HANDLES="+string(text))
	c.Env = append(c.Env, env...)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	return c
}

func inherit() (*Zones, error) {
	var hs []Handle
	if err := json.Unmarshal([]byte(os.Getenv("ZONE_HANDLES")), &hs); err != nil {
		return nil, err
	}
	zs := New()
	for _, h := range hs {
		if _, err := zs.Declare(h.Name, h.Size, h.Kind); err != nil {
			return nil, err
		}
	}
	return zs, zs.Attach(hs)
}

func child(what []string) error {
	zs, err := inherit()
	if err != nil {
		return err
	}
	if f := strings.Fields(os.Getenv("ZONE_FAIL")); len(f) == 2 {
		pass, _ := strconv.Atoi(f[1])
		shm.SetFailpoint(func(place string) {
			if place == f[0] {
				if pass--; pass == 0 {
					syscall.Kill(os.Getpid(), syscall.SIGKILL)
					select {}
				}
			}
		})
	}
	n, _ := strconv.Atoi(what[1])
	rnd := rand.New(rand.NewPCG(uint64(os.Getpid()), 9))
	switch what[0] {
	case "dict":
		d, err := OpenDict(zs.Find("dogs"))
		if err != nil {
			return err
		}
		for i := range n {
			randomOp(d, rnd, int64(i))
		}
	case "incr":
		d, err := OpenDict(zs.Find("dogs"))
		if err != nil {
			return err
		}
		for range n {
			if _, _, err := d.Incr("sum", 1, Init{Given: true}, 1); err != nil {
				return err
			}
		}
	case "grants":
		d, err := OpenDict(zs.Find("dogs"))
		if err != nil {
			return err
		}
		return grants(d, n)
	case "conn":
		c, err := OpenConn(zs.Find("addr"))
		if err != nil {
			return err
		}
		for range n {
			if u, ok, _ := c.Enter("k"+strconv.Itoa(rnd.IntN(20)), 2); ok {
				u.Leave()
			}
		}
	case "req":
		q, err := OpenReq(zs.Find("req"), 1e9)
		if err != nil {
			return err
		}
		limits := []ReqLimit{{q, 1e6, 0}, {q, 1e6, 0}}
		for i := range n {
			CheckReq(limits, []string{"a" + strconv.Itoa(rnd.IntN(3000)), "b"}, int64(i)*100)
		}
	case "bells":
		b, d, err := openBelled(zs)
		if err != nil {
			return err
		}
		who, _ := strconv.Atoi(what[2])
		answer(b, d, who, n)
		b.Close()
	case "count":
		c, err := OpenCounters(zs.Find("\x00counters"))
		if err != nil {
			return err
		}
		for range n {
			c.Mine().Accepted.Add(1)
			c.Mine().Active.Add(1)
		}
		if what[2] == "die" {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	}
	zs.Close()
	return nil
}

// randomOp does anything to a dict of few keys.
func randomOp(d *Dict, rnd *rand.Rand, now int64) {
	key := "key" + strconv.Itoa(rnd.IntN(100))
	str := Value{Type: String, Str: make([]byte, rnd.IntN(1<<rnd.IntN(11)))}
	var buf [4096]byte
	switch rnd.IntN(16) {
	case 0, 1, 2:
		d.Set(key, str, int64(rnd.IntN(300)), now)
	case 3:
		d.Set(key, Value{Type: Number, Num: 1}, 0, now)
	case 4:
		d.Add(key, str, 50, now)
	case 5:
		d.SafeSet(key, str, 0, now)
	case 6:
		d.Delete(key, now)
	case 7, 8:
		d.Get(key, now, buf[:0])
	case 9:
		d.Incr(key, 1, Init{Given: true, TTL: 20}, now)
	case 10:
		d.LPush("list"+key[:4], str, now)
	case 11:
		d.RPush("list"+key[:4], Value{Type: Number, Num: 2}, now)
	case 12:
		d.LPop("list"+key[:4], now, buf[:0])
	case 13:
		d.RPop("list"+key[:4], now, buf[:0])
	case 14:
		d.Expire(key, 5, now)
	case 15:
		if rnd.IntN(50) == 0 {
			d.FlushExpired(0, now)
		}
	}
}
