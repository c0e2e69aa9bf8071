package bpf

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"moongate/edge/sys/netns"

	"github.com/cilium/ebpf"
)

// Packets are run through the program as the kernel would, in a namespace with one
// way out, and what comes out is read byte by byte.

const (
	client4, vip4, real4 = "192.0.2.9", "198.51.100.1", "10.9.0.2"
	client6, vip6, real6 = "2001:db8:c::9", "2001:db8:5::1", "2001:db8:9::2"
	near4, near6         = "10.9.0.1", "2001:db8:9::1"
)

func inside(t testing.TB, f func(b *Balancer)) {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("needs ip (iproute2)")
	}
	space, err := netns.New()
	if err != nil {
		t.Skip(err) // the text names the capability
	}
	defer space.Close()
	err = space.Do(func() error {
		for _, c := range []string{"link set lo up", "link add out type veth peer name far", "link set out up", "link set far up",
			"addr add " + near4 + "/24 dev out", "addr add " + near6 + "/64 dev out nodad", "route add default via 10.9.0.3", "-6 route add default via 2001:db8:9::3"} {
			if out, err := exec.Command("ip", strings.Fields(c)...).CombinedOutput(); err != nil {
				t.Fatalf("ip %s: %v\n%s", c, err, out)
			}
		}
		b := open(t)
		if _, err := Forwarding(); err != nil {
			return err
		}
		if err := b.SetTimeouts(0, 0, 0); err != nil {
			return err
		}
		f(b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fold ends a sum of 16-bit words; whole data with its checksum gives 0.
func fold(parts ...[]byte) uint16 {
	var s uint32
	for _, p := range parts {
		for i := 0; i+1 < len(p); i += 2 {
			s += uint32(binary.BigEndian.Uint16(p[i:]))
		}
		if len(p)%2 == 1 {
			s += uint32(p[len(p)-1]) << 8
		}
	}
	for s > 0xffff {
		s = s&0xffff + s>>16
	}
	return ^uint16(s)
}

func pseudo(from, to netip.Addr, proto byte, n int) []byte {
	p := append(from.AsSlice(), to.AsSlice()...)
	return append(p, 0, 0, byte(n>>8), byte(n), 0, 0, 0, proto)
}

// segment is TCP or UDP with a right checksum.
func segment(proto byte, from, to netip.AddrPort, flags byte, data string) []byte {
	head := make([]byte, 8)
	at := 6
	if proto == 6 {
		head, at = make([]byte, 20), 16
		head[12], head[13] = 5<<4, flags
	}
	binary.BigEndian.PutUint16(head, from.Port())
	binary.BigEndian.PutUint16(head[2:], to.Port())
	p := append(head, data...)
	if proto == 17 {
		binary.BigEndian.PutUint16(p[4:], uint16(len(p)))
	}
	binary.BigEndian.PutUint16(p[at:], fold(pseudo(from.Addr(), to.Addr(), proto, len(p)), p))
	return p
}

// frame puts a header of Ethernet and IP before a payload.
func frame(from, to netip.Addr, proto, ttl byte, payload []byte) []byte {
	eth := make([]byte, 14)
	if from.Is6() {
		eth[12], eth[13] = 0x86, 0xdd
		h := append(eth, 0x60, 0, 0, 0, byte(len(payload)>>8), byte(len(payload)), proto, ttl)
		return append(append(append(h, from.AsSlice()...), to.AsSlice()...), payload...)
	}
	eth[12] = 8
	h := []byte{0x45, 0, 0, 0, 0, 7, 0x40, 0, ttl, proto, 0, 0}
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(payload)))
	h = append(append(h, from.AsSlice()...), to.AsSlice()...)
	binary.BigEndian.PutUint16(h[10:], fold(h))
	return append(append(eth, h...), payload...)
}

type parsed struct {
	from, to netip.Addr
	proto    byte
	ttl      byte
	payload  []byte
}

// parse reads an IP packet and checks its checksum and length.
func parse(t testing.TB, p []byte) (h parsed) {
	t.Helper()
	size := 40
	switch {
	case len(p) >= 20 && p[0] == 0x45:
		size = 20
		if fold(p[:20]) != 0 || int(binary.BigEndian.Uint16(p[2:])) != len(p) {
			t.Fatalf("a bad IPv4 header: %x", p)
		}
		h.from, h.to, h.proto, h.ttl = netip.AddrFrom4([4]byte(p[12:16])), netip.AddrFrom4([4]byte(p[16:20])), p[9], p[8]
	case len(p) >= 40 && p[0]>>4 == 6:
		if int(binary.BigEndian.Uint16(p[4:]))+40 != len(p) {
			t.Fatalf("a bad IPv6 header: %x", p)
		}
		h.from, h.to, h.proto, h.ttl = netip.AddrFrom16([16]byte(p[8:24])), netip.AddrFrom16([16]byte(p[24:40])), p[6], p[7]
	default:
		t.Fatalf("no IP packet: %x", p)
	}
	h.payload = p[size:]
	switch h.proto {
	case 6, 17, 58:
		if fold(pseudo(h.from, h.to, h.proto, len(h.payload)), h.payload) != 0 {
			t.Errorf("a bad checksum in protocol %d: %x", h.proto, h.payload)
		}
	case 1:
		if fold(h.payload) != 0 {
			t.Errorf("a bad checksum in ICMP: %x", h.payload)
		}
	}
	return h
}

func (h parsed) ports() (from, to uint16) {
	return binary.BigEndian.Uint16(h.payload), binary.BigEndian.Uint16(h.payload[2:])
}

const (
	redirected = 7          // TC_ACT_REDIRECT
	passed     = 0xffffffff // TCX_NEXT
)

func (b *Balancer) run(t testing.TB, in []byte) (code uint32, out []byte) {
	t.Helper()
	out = make([]byte, len(in)+256)
	opts := &ebpf.RunOptions{Data: in, DataOut: out}
	code, err := b.objects.Balance.Run(opts)
	if err != nil {
		t.Fatal(err)
	}
	return code, opts.DataOut
}

// serve sets up a service with one destination.
func (b *Balancer) serve(t testing.TB, vip netip.AddrPort, proto uint8, d Dest) {
	t.Helper()
	d.Weight = 1
	for _, err := range []error{b.PutDest(1, d), b.PutTable(0, []uint32{1}), b.PutService(Key{vip.Addr(), vip.Port(), proto}, Service{Algo: Turns})} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func ap(addr string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(addr), port)
}

func TestTranslation(t *testing.T) {
	inside(t, func(b *Balancer) {
		for _, proto := range []byte{6, 17} {
			for _, a := range [][3]string{{client4, vip4, real4}, {client6, vip6, real6}} {
				client, vip, real := ap(a[0], 40000), ap(a[1], 80), ap(a[2], 8080)
				b.serve(t, vip, proto, Dest{Addr: real})
				code, out := b.run(t, frame(client.Addr(), vip.Addr(), proto, 64, segment(proto, client, vip, 2, "odd")))
				h := parse(t, out[14:])
				if from, to := h.ports(); code != redirected || h.from != client.Addr() || h.to != real.Addr() || from != 40000 || to != 8080 || h.ttl != 63 {
					t.Errorf("there: code %d, %+v", code, h)
				}
				code, out = b.run(t, frame(real.Addr(), client.Addr(), proto, 64, segment(proto, real, client, 0x12, "answer")))
				h = parse(t, out[14:])
				if from, to := h.ports(); code != redirected || h.from != vip.Addr() || h.to != client.Addr() || from != 80 || to != 40000 || h.ttl != 63 {
					t.Errorf("back: code %d, %+v", code, h)
				}
				// Another's packet to the same server is nobody's.
				other := ap(a[2], 8081)
				if code, _ := b.run(t, frame(other.Addr(), client.Addr(), proto, 64, segment(proto, other, client, 0x10, ""))); code != passed {
					t.Errorf("another port of the server: code %d", code)
				}
			}
		}
	})
}

// A datagram without a checksum has none afterwards.
func TestNoChecksum(t *testing.T) {
	inside(t, func(b *Balancer) {
		client, vip := ap(client4, 5000), ap(vip4, 53)
		b.serve(t, vip, 17, Dest{Addr: ap(real4, 5353)})
		p := segment(17, client, vip, 0, "q")
		p[6], p[7] = 0, 0
		code, out := b.run(t, frame(client.Addr(), vip.Addr(), 17, 9, p))
		if code != redirected || !bytes.Equal(out[14+20+6:14+20+8], []byte{0, 0}) || !bytes.Equal(out[14+16:14+20], netip.MustParseAddr(real4).AsSlice()) {
			t.Errorf("code %d, %x", code, out)
		}
	})
}

// In a tunnel the packet is as it came, but for its hops.
func TestTunnels(t *testing.T) {
	inside(t, func(b *Balancer) {
		for _, inner := range [][2]string{{client4, vip4}, {client6, vip6}} {
			for _, outer := range [][2]string{{real4, near4}, {real6, near6}} {
				for kind, name := range []string{"ipip", "gue", "gre"} {
					client, vip := ap(inner[0], 40000), ap(inner[1], 80)
					b.serve(t, vip, 6, Dest{Addr: ap(outer[0], 80), Method: TUN, Tunnel: uint8(kind), TunnelPort: 6080})
					sent := segment(6, client, vip, 2, "data")
					code, out := b.run(t, frame(client.Addr(), vip.Addr(), 6, 64, sent))
					h := parseOuter(t, out[14:])
					if code != redirected || h.from.String() != outer[1] || h.to.String() != outer[0] {
						t.Errorf("%s %s in %s: code %d, %+v", name, inner, outer, code, h)
						continue
					}
					proto, rest := byte(4), h.payload
					if client.Addr().Is6() {
						proto = 41
					}
					switch name {
					case "ipip":
						if h.proto != proto {
							t.Errorf("ipip: protocol %d", h.proto)
						}
					case "gue": // UDP without a checksum, then version 0, no flags
						if from, to := h.ports(); h.proto != 17 || from < 0xc000 || to != 6080 || int(binary.BigEndian.Uint16(rest[4:])) != len(rest) ||
							!bytes.Equal(rest[6:12], []byte{0, 0, 0, proto, 0, 0}) {
							t.Errorf("gue: %+v", h)
						}
						rest = rest[12:]
					case "gre":
						ether := []byte{8, 0}
						if client.Addr().Is6() {
							ether = []byte{0x86, 0xdd}
						}
						if h.proto != 47 || !bytes.Equal(rest[:4], append([]byte{0, 0}, ether...)) {
							t.Errorf("gre: %+v", h)
						}
						rest = rest[4:]
					}
					in := parse(t, rest)
					if in.from != client.Addr() || in.to != vip.Addr() || in.ttl != 63 || !bytes.Equal(in.payload, sent) {
						t.Errorf("%s: inside %+v", name, in)
					}
				}
			}
		}
	})
}

// parseOuter is parse without looking into UDP, which has no checksum in tunnels.
func parseOuter(t testing.TB, p []byte) parsed {
	t.Helper()
	if p[0] == 0x45 && p[9] == 17 || p[0]>>4 == 6 && p[6] == 17 {
		q := bytes.Clone(p)
		size, at := 20, 9
		if p[0]>>4 == 6 {
			size, at = 40, 6
		}
		h := parsedHead(q, size)
		h.proto, h.payload = q[at], q[size:]
		return h
	}
	return parse(t, p)
}

func parsedHead(p []byte, size int) (h parsed) {
	if size == 20 {
		return parsed{from: netip.AddrFrom4([4]byte(p[12:16])), to: netip.AddrFrom4([4]byte(p[16:20]))}
	}
	return parsed{from: netip.AddrFrom16([16]byte(p[8:24])), to: netip.AddrFrom16([16]byte(p[24:40]))}
}
