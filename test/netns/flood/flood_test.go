package flood

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/proc"
	"moongate/test/netns"
	"moongate/test/scripttest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	scripttest.Clean()
	os.Exit(code)
}

const conf = `
vrrp_instance V2 {
    version 2
    interface eth0
    virtual_router_id %d
    priority %d
    advert_int 1
    down_timer_adverts 1
    authentication {
        auth_type PASS
        auth_pass secret
    }
    virtual_ipaddress {
        %v
    }
}
vrrp_instance V3 {
    version 3
    interface eth0
    virtual_router_id %d
    priority %d
    advert_int 0.1
    virtual_ipaddress {
        %v
    }
}
`

// arps is how many gratuitous ARPs a burst has, and allowance how many bursts and adverts
// beyond those in their time an instance has in an interval, or in half a second: as in
// keepalived/vrrp.
const arps, allowance, least = 5, 8, 500 * time.Millisecond

func TestFlood(t *testing.T) {
	m, f := netns.New(t), netns.New(t)
	program, oracle := scripttest.Program(t, "keepalived")
	m.Do(func() { os.WriteFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", []byte("1"), 0) })
	m.Do(func() { os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0) })
	netns.Join(m, "eth0", masterAddr, f, "eth1", forgerAddr)
	index := 0
	f.Do(func() {
		i, err := net.InterfaceByName("eth1")
		if err != nil {
			t.Fatal(err)
		}
		index = i.Index
	})
	heard := listen(t, f, "eth1", index)

	dir := t.TempDir()
	file := filepath.Join(dir, "keepalived.conf")
	text := fmt.Sprintf(conf, vridV2, priority, addrV2, vridV3, priority, addrV3)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	pids := filepath.Join(dir, "pid")
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(program, "-n", "-l", "-D", "-G", "-P", "-f", file, "-p", pids, "-r", pids+".vrrp")
	cmd.Stderr = log
	if err := m.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		if t.Failed() {
			b, _ := os.ReadFile(log.Name())
			t.Logf("%.8000s", b)
		}
	})
	await(t, func() bool {
		n, _ := heard.since(vridV2, time.Time{})
		k, _ := heard.since(vridV3, time.Time{})
		return n > 0 && k > 0 && holds(m)
	})
	vrrp := pidIn(t, pids+".vrrp")
	rate, last := rate(t)
	for _, c := range []struct {
		name   string
		frames [][]byte
		quiet  bool // no answer at all is due
	}{
		{"lower priority", both(priority - 100), false},
		{"same priority", both(priority), false},
		{"broken", broken(), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin, before := time.Now(), sentBy(t, m, "eth0")
			cpu, _ := proc.CPU(vrrp)
			sent := flood(t, f, index, c.frames, rate, last)
			busy, _ := proc.CPU(vrrp)
			n2, gap2 := heard.since(vridV2, begin)
			n3, gap3 := heard.since(vridV3, begin)
			took := time.Since(begin)
			others := sentBy(t, m, "eth0") - before - n2 - n3
			t.Logf("%d adverts a second for %v: %d and %d adverts of ours, %d gratuitous ARPs; at most %v and %v between two; %d %% of a core",
				int(float64(sent)/last.Seconds()), last, n2, n3, others, gap2.Round(time.Millisecond), gap3.Round(time.Millisecond), 100*(busy-cpu)/took)
			if oracle {
				return
			}
			// What a machine with other work to do is late by must not count: a backup
			// waits for longer than this.
			if gap2 > intervalV2*3/2 || gap3 > 3*intervalV3 {
				t.Errorf("%v and %v between two adverts", gap2, gap3)
			}
			if !holds(m) {
				t.Error("the addresses are gone")
			}
			extra2, extra3 := n2-int(took/intervalV2)-1, n3-int(took/intervalV3)-1
			most2, most3 := allowance*(int(took/intervalV2)+1), allowance*(int(took/least)+1)
			// Of the flood before there may be a last answer and second bursts to come.
			if c.quiet {
				most2, most3 = 0, 0
			}
			if extra2 > most2 || extra3 > most3 {
				t.Errorf("%d and %d adverts too many, want at most %d and %d", extra2, extra3, most2, most3)
			}
			if want := arps * (most2 + most3 + 4); others > want {
				t.Errorf("%d gratuitous ARPs, want at most %d", others, want)
			}
		})
	}
	if b, _ := os.ReadFile(log.Name()); strings.Count(string(b), "Entering MASTER STATE") != 2 || strings.Contains(string(b), "FAULT") {
		t.Error("an instance did not stay master")
	}
}

func holds(s *netns.Space) bool {
	out := s.Run("ip addr show dev eth0")
	return strings.Contains(out, addrV2.String()) && strings.Contains(out, addrV3.String())
}

func await(t *testing.T, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the instances did not become master")
		}
	}
}

func pidIn(t *testing.T, path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
