package rawip

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/test/netns"

	"golang.org/x/sys/unix"
)

var (
	addrA  = netip.MustParseAddr("10.9.0.1")
	addrB  = netip.MustParseAddr("10.9.0.2")
	addrA6 = netip.MustParseAddr("fd00:9::1")
	addrB6 = netip.MustParseAddr("fd00:9::2")
	group4 = netip.MustParseAddr("224.0.0.18")
	group6 = netip.MustParseAddr("ff02::12")
)

// wire is two namespaces with a cable between them.
func wire(t testing.TB) (a, b *netns.Space) {
	a, b = netns.New(t), netns.New(t)
	netns.Join(a, "va", "10.9.0.1/24", b, "vb", "10.9.0.2/24")
	a.Run("ip addr add fd00:9::1/64 dev va nodad")
	b.Run("ip addr add fd00:9::2/64 dev vb nodad")
	return a, b
}

func listen(t testing.TB, s *netns.Space, c Config) *Receiver {
	t.Helper()
	var r *Receiver
	s.Do(func() {
		var err error
		if r, err = Listen(c); err != nil {
			t.Fatal(err)
		}
	})
	t.Cleanup(func() { r.Close() })
	return r
}

func open(t testing.TB, s *netns.Space, p Path) *Sender {
	t.Helper()
	var out *Sender
	s.Do(func() {
		var err error
		if out, err = Open(p); err != nil {
			t.Fatal(err)
		}
	})
	t.Cleanup(func() { out.Close() })
	return out
}

func index(t testing.TB, s *netns.Space, name string) int {
	t.Helper()
	var i int
	s.Do(func() { i = indexOf(name) })
	if i == 0 {
		t.Fatal("no interface ", name)
	}
	return i
}

func advert(vrid uint8) *vrrp.Advert {
	return &vrrp.Advert{Version: 3, VRID: vrid, Priority: 100, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("10.9.0.100")}}
}

func packet4(vrid uint8, dst netip.Addr) []byte {
	a := advert(vrid)
	h := vrrp.IPv4{Src: addrA, Dst: dst, ID: 7, TTL: 255, Protocol: vrrp.Protocol}
	return a.Append(h.Append(nil, a.Size(false)), vrrp.Sum{})
}

func packet6(vrid uint8, dst netip.Addr) []byte {
	a := advert(vrid)
	a.Addrs = []netip.Addr{netip.MustParseAddr("fe80::100")}
	return a.Append(nil, vrrp.Sum{Src: addrA6, Dst: dst})
}

// await waits for the socket to become readable.
func await(t testing.TB, fd int, limit time.Duration) bool {
	t.Helper()
	for end := time.Now().Add(limit); ; {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(time.Until(end).Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
}

// one receives a single packet.
func one(t testing.TB, r *Receiver, b *Batch) Packet {
	t.Helper()
	if !await(t, r.FD(), 5*time.Second) {
		t.Fatal("nothing was received")
	}
	got, err := r.Recv(b)
	if err != nil || len(got) != 1 {
		t.Fatal(len(got), err)
	}
	return got[0]
}

func TestIPv4(t *testing.T) {
	a, b := wire(t)
	batch := NewBatch(4, 1500)
	for name, c := range map[string]struct {
		config Config
		dst    netip.Addr
		proto  uint8
	}{
		"multicast": {Config{Protocol: vrrp.Protocol, Device: "vb"}, group4, vrrp.Protocol},
		"unicast":   {Config{Protocol: vrrp.Protocol, Local: addrB, Buffer: 1 << 20}, addrB, vrrp.Protocol},
		"AH":        {Config{Protocol: vrrp.ProtocolAH, Device: "vb"}, group4, vrrp.ProtocolAH},
	} {
		t.Run(name, func(t *testing.T) {
			r := listen(t, b, c.config)
			if c.dst.IsMulticast() {
				for range 2 {
					if err := r.Join(group4, index(t, b, "vb")); err != nil {
						t.Fatal(err)
					}
				}
			}
			s := open(t, a, Path{Index: index(t, a, "va")})
			p := packet4(51, c.dst)
			if c.proto == vrrp.ProtocolAH {
				h := vrrp.IPv4{Src: addrA, Dst: c.dst, ID: 7, TTL: 255, Protocol: vrrp.ProtocolAH}
				p = append(h.Append(nil, vrrp.AHSize+len(p)-20), append((&vrrp.AH{SPI: 1, Seq: 2}).Append(nil), p[20:]...)...)
			}
			if err := s.Send(p, netip.Addr{}, c.dst); err != nil {
				t.Fatal(err)
			}
			got := one(t, r, batch)
			if !bytes.Equal(got.Data, p) || got.Src != addrA || got.Dst != c.dst || got.TTL != 255 || got.Index != index(t, b, "vb") || got.Truncated {
				t.Errorf("%+v\nsent %x", got, p)
			}
			if got, err := r.Recv(batch); len(got) != 0 || err != nil {
				t.Error("there is more:", got, err)
			}
		})
	}
}

func TestIPv6(t *testing.T) {
	a, b := wire(t)
	batch := NewBatch(4, 1500)
	for name, c := range map[string]struct {
		config Config
		dst    netip.Addr
		ttl    int
	}{
		"multicast": {Config{IPv6: true, Protocol: vrrp.Protocol, Device: "vb"}, group6, 0},
		"unicast":   {Config{IPv6: true, Protocol: vrrp.Protocol, Local: addrB6}, addrB6, 64},
	} {
		t.Run(name, func(t *testing.T) {
			r := listen(t, b, c.config)
			if c.dst.IsMulticast() {
				if err := r.Join(c.dst, index(t, b, "vb")); err != nil {
					t.Fatal(err)
				}
			}
			s := open(t, a, Path{IPv6: true, Protocol: vrrp.Protocol, Index: index(t, a, "va"), TTL: c.ttl})
			p := packet6(51, c.dst)
			if err := s.Send(p, addrA6, c.dst); err != nil {
				t.Fatal(err)
			}
			got := one(t, r, batch)
			if c.ttl == 0 {
				c.ttl = 255
			}
			if !bytes.Equal(got.Data, p) || got.Src != addrA6 || got.Dst != c.dst || int(got.TTL) != c.ttl || got.Index != index(t, b, "vb") {
				t.Errorf("%+v\nsent %x", got, p)
			}
			if await(t, s.FD(), 0) {
				t.Error("a sender receives")
			}
		})
	}
}

// An advert that leaves by a macvlan has the MAC of it and the address of its parent.
func TestSourceOfAnotherInterface(t *testing.T) {
	a, b := wire(t)
	if out, err := a.Try("ip link add vrrp.51 link va address 00:00:5e:00:02:33 type macvlan mode private"); err != nil {
		t.Skip("no macvlan: ", out)
	}
	a.Run("ip link set vrrp.51 addrgenmode none")
	a.Run("ip link set vrrp.51 up")
	a.Run("ip addr add fe80::9 dev va nodad")
	r := listen(t, b, Config{IPv6: true, Protocol: vrrp.Protocol, Device: "vb"})
	if err := r.Join(group6, index(t, b, "vb")); err != nil {
		t.Fatal(err)
	}
	src := netip.MustParseAddr("fe80::9")
	s := open(t, a, Path{IPv6: true, Protocol: vrrp.Protocol, Device: "vrrp.51", Index: index(t, a, "vrrp.51")})
	if err := s.Send(packet6(51, group6), src, group6); err != nil {
		t.Fatal(err)
	}
	if got := one(t, r, NewBatch(1, 1500)); got.Src != src || got.TTL != 255 {
		t.Errorf("%+v", got)
	}
}

// What multicast a machine sends it does not hear itself, unless it wants to.
func TestLoop(t *testing.T) {
	a, _ := wire(t)
	batch := NewBatch(4, 1500)
	r := listen(t, a, Config{Protocol: vrrp.Protocol, Device: "va"})
	if err := r.Join(group4, index(t, a, "va")); err != nil {
		t.Fatal(err)
	}
	deaf, loud := open(t, a, Path{Index: index(t, a, "va"), Device: "va"}), open(t, a, Path{Index: index(t, a, "va"), Loop: true})
	deaf.Send(packet4(1, group4), netip.Addr{}, group4)
	loud.Send(packet4(2, group4), netip.Addr{}, group4)
	if got := one(t, r, batch); got.Data[21] != 2 {
		t.Errorf("%x", got.Data)
	}
}

func TestJoinIsByInterface(t *testing.T) {
	a, b := wire(t)
	r := listen(t, b, Config{Protocol: vrrp.Protocol})
	idx := index(t, b, "vb")
	s := open(t, a, Path{Index: index(t, a, "va")})
	if err := r.Join(group4, idx); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Leave(group4, idx); err != nil {
			t.Fatal(err)
		}
	}
	s.Send(packet4(1, group4), netip.Addr{}, group4) // nobody's
	other := listen(t, b, Config{Protocol: vrrp.Protocol})
	if err := other.Join(group4, idx); err != nil {
		t.Fatal(err)
	}
	s.Send(packet4(2, group4), netip.Addr{}, group4) // the other's, not ours
	if err := r.Join(group4, idx); err != nil {
		t.Fatal(err)
	}
	s.Send(packet4(3, group4), netip.Addr{}, group4)
	if got := one(t, r, NewBatch(4, 1500)); got.Data[21] != 3 {
		t.Errorf("%x", got.Data)
	}
	if err := r.Join(group4, 9999); !errors.Is(err, unix.ENODEV) {
		t.Error(err)
	}
	if err := r.Leave(group4, 9999); err != nil {
		t.Error(err)
	}
}

func TestTruncated(t *testing.T) {
	a, b := wire(t)
	r := listen(t, b, Config{Protocol: vrrp.Protocol, Local: addrB})
	s := open(t, a, Path{})
	s.Send(packet4(1, addrB), netip.Addr{}, addrB)
	if got := one(t, r, NewBatch(1, 24)); !got.Truncated || len(got.Data) != 24 || got.Src != addrA {
		t.Errorf("%+v", got)
	}
}

func TestFrame(t *testing.T) {
	a, b := wire(t)
	var to *Link
	a.Do(func() {
		var err error
		if to, err = OpenLink(); err != nil {
			t.Fatal(err)
		}
	})
	defer to.Close()
	var tap int
	b.Do(func() {
		var err error
		const proto = 0x08 | 0x06<<8 // ARP, as the network writes it
		if tap, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK, proto); err != nil {
			t.Fatal(err)
		}
	})
	defer unix.Close(tap)
	frame := append([]byte{255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 9, 8, 6}, bytes.Repeat([]byte{0x5a}, 28)...)
	if err := to.Send(index(t, a, "va"), frame); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 99)
	for await(t, tap, 5*time.Second) {
		if n, _ := unix.Read(tap, got); bytes.Equal(got[:n], frame) {
			return
		}
	}
	t.Error("the frame did not arrive")
}

func TestFrameFaults(t *testing.T) {
	a, _ := wire(t)
	a.Enter()
	l, err := OpenLink()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Send(9999, make([]byte, 42)); !errors.Is(err, unix.ENXIO) && !errors.Is(err, unix.ENODEV) {
		t.Error(err)
	}
	if err := l.Send(1, nil); err == nil {
		t.Error("a frame without a header was sent")
	}
	if _, err := Listen(Config{Protocol: vrrp.Protocol, Device: "nosuch"}); !errors.Is(err, unix.ENODEV) {
		t.Error(err)
	}
	if _, err := net.InterfaceByName("va"); err != nil {
		t.Error(err)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	a, b := wire(t)
	r := listen(t, b, Config{Protocol: vrrp.Protocol, Local: addrB})
	r6 := listen(t, b, Config{IPv6: true, Protocol: vrrp.Protocol, Local: addrB6})
	s, s6 := open(t, a, Path{}), open(t, a, Path{IPv6: true, Protocol: vrrp.Protocol})
	batch := NewBatch(8, 1500)
	p, p6 := packet4(1, addrB), packet6(1, addrB6)
	n := 0
	round := func() {
		if err := errors.Join(s.Send(p, netip.Addr{}, addrB), s6.Send(p6, addrA6, addrB6)); err != nil {
			t.Fatal(err)
		}
		for _, r := range []*Receiver{r, r6} {
			got, err := r.Recv(batch)
			if err != nil {
				t.Fatal(err)
			}
			n += len(got)
		}
	}
	round()
	if got := testing.AllocsPerRun(100, round); got != 0 {
		t.Errorf("%v allocations", got)
	}
	if n == 0 {
		t.Error("nothing was received")
	}
}
