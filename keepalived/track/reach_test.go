package track

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/test/netns"
)

// reach asks inside a namespace.
func reach(t *testing.T, s *netns.Space, c *config.TieBreak) (ok bool, took time.Duration) {
	t.Helper()
	var r *Reach
	s.Do(func() { r = NewReach(c) })
	begin := time.Now()
	ok = r.Wait(context.Background())
	return ok, time.Since(begin)
}

func TestReach(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Join(a, "eth0", "10.9.0.1/24", b, "eth0", "10.9.0.2/24")
	a.Run("ip -6 addr add fd09::1/64 dev eth0 nodad")
	b.Run("ip -6 addr add fd09::2/64 dev eth0 nodad")
	for _, c := range []struct {
		name  string
		addrs []string
		group string // net.ipv4.ping_group_range: without a group the sockets are raw
		want  bool
	}{
		{"it answers", []string{"10.9.0.2"}, "0 2147483647", true},
		{"by a raw socket", []string{"10.9.0.2"}, "1 0", true},
		{"IPv6", []string{"fd09::2"}, "0 2147483647", true},
		{"IPv6 by a raw socket", []string{"fd09::2"}, "1 0", true},
		{"one of two", []string{"10.9.0.3", "10.9.0.2"}, "0 2147483647", true},
		{"nobody", []string{"10.9.0.3"}, "0 2147483647", false},
		{"nobody, by a raw socket", []string{"10.9.0.3"}, "1 0", false},
		{"no way there", []string{"10.10.0.1"}, "0 2147483647", false},
	} {
		a.Do(func() {
			if err := os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte(c.group), 0); err != nil {
				t.Fatal(err)
			}
		})
		k := &config.TieBreak{Timeout: 200 * time.Millisecond, Count: 2}
		if c.want {
			k.Timeout = 10 * time.Second // it ends with the answer
		}
		for _, addr := range c.addrs {
			k.Ping = append(k.Ping, netip.MustParseAddr(addr))
		}
		if ok, took := reach(t, a, k); ok != c.want || c.want && took > 8*time.Second {
			t.Errorf("%s: %v after %v", c.name, ok, took)
		}
	}
}

func TestReachByScript(t *testing.T) {
	late := filepath.Join(t.TempDir(), "late")
	if err := os.WriteFile(late, []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		program string
		want    bool
	}{{"/bin/true", true}, {"/bin/false", false}, {"/does/not/exist", false}, {late, false}} {
		k := &config.TieBreak{Timeout: 200 * time.Millisecond, Count: 1, Command: config.Command{Args: []string{c.program}}}
		if c.want {
			k.Timeout = 10 * time.Second
		}
		r := NewReach(k)
		if ok := r.Wait(context.Background()); ok != c.want {
			t.Errorf("%s: %v", c.program, ok)
		}
	}
	// Who asks can lose interest.
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if NewReach(&config.TieBreak{Timeout: time.Hour, Count: 1, Command: config.Command{Args: []string{late}}}).Wait(ctx) {
		t.Error("an answer from nowhere")
	}
}
