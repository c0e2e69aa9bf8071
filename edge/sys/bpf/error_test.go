package bpf

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/cilium/ebpf"
)

// icmp is an error that quotes the beginning of a packet.
func icmp(from, to netip.Addr, kind, code byte, quote []byte) (proto byte, p []byte) {
	p = append([]byte{kind, code, 0, 0, 0, 0, 0, 0}, quote...)
	if from.Is4() {
		binary.BigEndian.PutUint16(p[2:], fold(p))
		return 1, p
	}
	binary.BigEndian.PutUint16(p[2:], fold(pseudo(from, to, 58, len(p)), p))
	return 58, p
}

// quoted reads the packet that an error quotes, whose transport checksum is cut off.
func quoted(t testing.TB, h parsed) (q parsed) {
	t.Helper()
	p := h.payload[8:]
	if p[0] == 0x45 {
		if fold(p[:20]) != 0 {
			t.Errorf("the quoted header has a bad checksum: %x", p)
		}
		q = parsedHead(p, 20)
		q.payload = p[20:]
		return q
	}
	q = parsedHead(p, 40)
	q.payload = p[40:]
	return q
}

// What the program can't pass on it answers.
func TestAnswers(t *testing.T) {
	inside(t, func(b *Balancer) {
		for _, a := range [][3]string{{client4, vip4, real4}, {client6, vip6, real6}} {
			client, vip, real := ap(a[0], 40000), ap(a[1], 80), ap(a[2], 8080)
			six := client.Addr().Is6()
			check := func(name string, ttl byte, proto byte, data string, kind4, code4, kind6, code6 byte, mtu int) {
				t.Helper()
				sent := frame(client.Addr(), vip.Addr(), proto, ttl, segment(proto, client, vip, 2, data))
				code, out := b.run(t, sent)
				if code != redirected {
					t.Errorf("%s: code %d", name, code)
					return
				}
				h := parse(t, out[14:])
				kind, sub, size := kind4, code4, binary.BigEndian.Uint16(h.payload[6:])
				if six {
					kind, sub, size = kind6, code6, uint16(binary.BigEndian.Uint32(h.payload[4:]))
				}
				if h.from != vip.Addr() || h.to != client.Addr() || h.payload[0] != kind || h.payload[1] != sub || mtu > 0 && int(size) != mtu {
					t.Errorf("%s: %+v", name, h)
				}
				if n := len(h.payload) - 8; !bytes.Equal(h.payload[8:], sent[14:14+n]) {
					t.Errorf("%s: quotes\n%x of\n%x", name, h.payload[8:], sent[14:])
				}
			}
			for _, proto := range []byte{6, 17} {
				client = ap(a[0], 40000)
				b.serve(t, vip, proto, Dest{Addr: real})
				check("no hops left", 1, proto, "", 11, 0, 3, 0, 0)
				check("too big", 64, proto, string(make([]byte, 1490)), 3, 4, 2, 0, 1500)
				b.serve(t, vip, proto, Dest{Addr: real, Method: TUN, Tunnel: GRE})
				client = ap(a[0], 40001) // a connection keeps its server
				check("too big for a tunnel", 64, proto, string(make([]byte, 1470)), 3, 4, 2, 0, 1500-map[bool]int{false: 24, true: 44}[six])
				if err := b.PutTable(0, nil); err != nil {
					t.Fatal(err)
				}
				client = ap(a[0], 40002)
				check("no server", 64, proto, "hello", 3, 3, 1, 4, 0)
			}
		}
	})
}

// Errors go where their connections go, and quote what who hears them has sent.
func TestRelatedErrors(t *testing.T) {
	inside(t, func(b *Balancer) {
		for _, a := range [][4]string{{client4, vip4, real4, "10.9.0.77"}, {client6, vip6, real6, "2001:db8:9::77"}} {
			client, vip, real, router := ap(a[0], 40000), ap(a[1], 80), ap(a[2], 8080), netip.MustParseAddr(a[3])
			b.serve(t, vip, 6, Dest{Addr: real})
			if code, _ := b.run(t, frame(client.Addr(), vip.Addr(), 6, 64, segment(6, client, vip, 2, ""))); code != redirected {
				t.Fatal("the connection was not taken:", code)
			}
			// A router before the server, about what we sent there.
			quote := frame(client.Addr(), real.Addr(), 6, 60, segment(6, client, real, 2, ""))[14:]
			kind := byte(3)
			if client.Addr().Is6() {
				kind = 1
			}
			proto, p := icmp(router, client.Addr(), kind, 1, quote)
			code, out := b.run(t, frame(router, client.Addr(), proto, 64, p))
			h := parse(t, out[14:])
			q := quoted(t, h)
			if _, to := q.ports(); code != redirected || h.from != vip.Addr() || h.to != client.Addr() || q.from != client.Addr() || q.to != vip.Addr() || to != 80 {
				t.Errorf("from the servers' side: code %d, %+v quotes %+v", code, h, q)
			}
			// The client's machine, about what the server sent as the virtual address.
			quote = frame(vip.Addr(), client.Addr(), 6, 60, segment(6, vip, client, 0x12, ""))[14:]
			proto, p = icmp(client.Addr(), vip.Addr(), kind, 1, quote)
			code, out = b.run(t, frame(client.Addr(), vip.Addr(), proto, 64, p))
			h = parse(t, out[14:])
			q = quoted(t, h)
			if from, _ := q.ports(); code != redirected || h.from != client.Addr() || h.to != real.Addr() || q.from != real.Addr() || q.to != client.Addr() || from != 8080 {
				t.Errorf("from the clients' side: code %d, %+v quotes %+v", code, h, q)
			}
			// An error about nothing that we know is the machine's own business.
			other := ap(a[0], 41000)
			quote = frame(vip.Addr(), other.Addr(), 6, 60, segment(6, vip, other, 0x12, ""))[14:]
			proto, p = icmp(other.Addr(), vip.Addr(), kind, 1, quote)
			if code, _ := b.run(t, frame(other.Addr(), vip.Addr(), proto, 64, p)); code != passed {
				t.Error("an error about no connection:", code)
			}
		}
	})
}

// What is cut off, or claims more than there is, is left to the machine.
func TestBrokenPackets(t *testing.T) {
	inside(t, func(b *Balancer) {
		for _, a := range [][3]string{{client4, vip4, real4}, {client6, vip6, real6}} {
			client, vip := ap(a[0], 40000), ap(a[1], 80)
			b.serve(t, vip, 6, Dest{Addr: ap(a[2], 8080)})
			whole := frame(client.Addr(), vip.Addr(), 6, 64, segment(6, client, vip, 2, ""))
			for n := 14; n < len(whole)-6; n++ { // up to the flags of TCP
				if code, _, err := b.try(whole[:n]); err == nil && code != passed {
					t.Errorf("%d bytes of %d: code %d", n, len(whole), code)
				}
			}
			for at := 14; at < len(whole); at++ {
				for _, v := range []byte{0, 0xff} {
					p := bytes.Clone(whole)
					p[at] = v
					if _, _, err := b.try(p); err != nil {
						t.Errorf("byte %d as %d: %v", at, v, err)
					}
				}
			}
		}
	})
}

// try is run for packets that the kernel may refuse to make.
func (b *Balancer) try(in []byte) (code uint32, out []byte, err error) {
	opts := &ebpf.RunOptions{Data: in, DataOut: make([]byte, len(in)+256)}
	code, err = b.objects.Balance.Run(opts)
	return code, opts.DataOut, err
}
