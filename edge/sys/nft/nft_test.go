package nft

import (
	"errors"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/netns"

	"golang.org/x/sys/unix"
)

// inside runs a test in a network namespace of its own.
func inside(t *testing.T, f func(c *Conn, list func() string)) {
	t.Helper()
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("nft is not there to say what the table is")
	}
	space, err := netns.New()
	if err != nil {
		t.Skip(err) // the text names the capability
	}
	defer space.Close()
	err = space.Do(func() error {
		c, err := Open()
		if unsupported := (*Unsupported)(nil); errors.As(err, &unsupported) && errors.Is(err, unix.EPROTONOSUPPORT) {
			t.Skip(err)
		}
		if err != nil {
			return err
		}
		f(c, func() string {
			out, err := exec.Command("nft", "-a", "list", "ruleset").CombinedOutput()
			if err != nil {
				t.Fatalf("nft: %v\n%s", err, out)
			}
			return string(out)
		})
		return c.Close(false)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// What is written is what nft reads.
func TestTable(t *testing.T) {
	inside(t, func(c *Conn, list func() string) {
		web := Key{addr("192.0.2.1"), 80, 6}
		b := c.Batch()
		day := Memory{For: 300 * time.Second, Bits: 64}
		b.AddDest("dest1", netip.MustParseAddrPort("10.0.0.1:8080"), Memory{})
		b.AddDest("dest2", netip.MustParseAddrPort("10.0.0.2:0"), Memory{})
		b.AddChain("service1")
		b.Choose("service1", Choice{Addr: web.Addr, Table: []string{"dest1", "dest1", "dest2"}})
		b.Lead(web, "service1")
		b.AddDest("dest3", netip.MustParseAddrPort("[2001:db8::3]:53"), day)
		b.AddChain("service2")
		b.Choose("service2", Choice{Addr: addr("2001:db8::1"), Hash: true, ByPort: true, Table: []string{"dest3"}, Memory: day, All: []string{"dest3"}})
		b.Lead(Key{addr("2001:db8::1"), 0, 17}, "service2")
		if err := c.Commit(b); err != nil {
			t.Fatal(err)
		}
		got := list()
		for _, want := range []string{
			"type nat hook prerouting priority dstnat", "type nat hook output priority -100",
			"192.0.2.1 . tcp . 80 : goto service1", "2001:db8::1 . udp : goto service2",
			"counter packets 0 bytes 0 dnat ip to 10.0.0.1:8080", "dnat ip to 10.0.0.2 ", "dnat ip6 to [2001:db8::3]:53",
			"numgen inc mod 3 vmap { 0x00000000 : goto dest1, 0x00000001 : goto dest1, 0x00000002 : goto dest2 }",
			"jhash ip6 saddr . ", "mod 1 seed 0x6d6f6f6e", "timeout 5m", "ip6 saddr & ffff:ffff:ffff:ffff:: == @dest3_clients goto dest3",
			"update @dest3_clients { ip6 saddr & ffff:ffff:ffff:ffff:: }",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("there is no %q in\n%s", want, got)
			}
		}
		if counts, err := c.Counts(); err != nil || len(counts) != 3 || counts["dest3"] != (Count{}) {
			t.Error(counts, err)
		}
		b = c.Batch()
		b.Unlead(web)
		b.DelChain("service1")
		b.DelDest("dest1", Memory{})
		b.Empty("service2")
		b.DelDest("dest3", day)
		if err := c.Commit(b); err != nil {
			t.Fatal(err)
		}
		if got := list(); strings.Contains(got, "service1") || strings.Contains(got, "dest1") || strings.Contains(got, "dest3") || !strings.Contains(got, "dest2") {
			t.Error(got)
		}
	})
}

// A batch with a fault changes nothing.
func TestBatchIsWhole(t *testing.T) {
	inside(t, func(c *Conn, list func() string) {
		before := list()
		b := c.Batch()
		b.AddDest("dest1", netip.MustParseAddrPort("10.0.0.1:8080"), Memory{})
		b.Lead(Key{addr("192.0.2.1"), 80, 6}, "nowhere")
		b.AddChain("service1")
		if err := c.Commit(b); !errors.Is(err, unix.ENOENT) || !strings.HasPrefix(err.Error(), "message 3 of the batch: ") {
			t.Error(err)
		}
		if after := list(); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		// And the next one is none the worse.
		b = c.Batch()
		b.AddChain("service1")
		if err := errors.Join(c.Commit(b), c.Commit(c.Batch())); err != nil {
			t.Error(err)
		}
	})
}

// A table of as many turns as there may be takes many messages.
func TestLargeTable(t *testing.T) {
	inside(t, func(c *Conn, list func() string) {
		b := c.Batch()
		b.AddDest("dest1", netip.MustParseAddrPort("10.0.0.1:80"), Memory{})
		b.AddChain("service1")
		b.Choose("service1", Choice{Addr: addr("192.0.2.1"), Table: slices.Repeat([]string{"dest1"}, 4096)})
		if err := c.Commit(b); err != nil {
			t.Fatal(err)
		}
		if got := list(); !strings.Contains(got, "0x00000fff : goto dest1 }") {
			t.Error("the last turn is missing")
		}
	})
}
