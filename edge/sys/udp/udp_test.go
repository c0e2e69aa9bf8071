package udp

import (
	"errors"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

func open(t testing.TB, c Config) *Socket {
	t.Helper()
	s, err := Open(c)
	if errors.Is(err, unix.EADDRNOTAVAIL) && c.Local.Addr().Is6() {
		t.Skip("no IPv6 here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestTTL(t *testing.T) {
	for _, ip := range []string{"127.0.0.1", "::1"} {
		t.Run(ip, func(t *testing.T) {
			at := netip.AddrPortFrom(netip.MustParseAddr(ip), 0)
			in, out := open(t, Config{Local: at}), open(t, Config{Local: at, TTL: 255})
			port, err := in.Port()
			if err != nil {
				t.Fatal(err)
			}
			from, _ := out.Port()
			b := make([]byte, 64)
			if _, ok, err := in.Recv(b); ok || err != nil {
				t.Error("something is there: ", err)
			}
			to := netip.AddrPortFrom(at.Addr(), port)
			if err := out.Send([]byte("moon"), to); err != nil {
				t.Fatal(err)
			}
			unix.Poll([]unix.PollFd{{Fd: int32(in.FD()), Events: unix.POLLIN}}, 5000)
			d, ok, err := in.Recv(b)
			if !ok || err != nil || string(d.Data) != "moon" || d.TTL != 255 || d.To != at.Addr() || d.From != netip.AddrPortFrom(at.Addr(), from) || d.Index != 1 {
				t.Errorf("%+v %v %v", d, ok, err)
			}
			if n := testing.AllocsPerRun(20, func() { in.Recv(b) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
			if _, err := Open(Config{Local: to}); !errors.Is(err, unix.EADDRINUSE) {
				t.Error(err)
			}
		})
	}
}

func TestZone(t *testing.T) {
	for zoned, want := range map[string]uint32{"fe80::1": 0, "fe80::1%7": 7, "fe80::1%lo": 1, "fe80::1%nosuch": 0} {
		if got := zone(netip.MustParseAddr(zoned)); got != want {
			t.Errorf("%s: %d", zoned, got)
		}
	}
}
