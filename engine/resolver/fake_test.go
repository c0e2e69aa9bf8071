package resolver

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/dns"
)

// fake is a name server on loopback, UDP and TCP on one port. answer makes
// the whole reply from the query; nil is silence.
type fake struct {
	addr   netip.AddrPort
	mu     sync.Mutex
	asked  []string
	answer func(q *dns.Reply, tcp bool) []byte
}

func newFake(t *testing.T, answer func(q *dns.Reply, tcp bool) []byte) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{addr: netip.MustParseAddrPort(ln.Addr().String()), answer: answer}
	pc, err := net.ListenPacket("udp", f.addr.String())
	if err != nil {
		ln.Close()
		t.Skip("port taken for UDP")
	}
	t.Cleanup(func() { ln.Close(); pc.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			for _, m := range f.serve(buf[:n], false) {
				pc.WriteTo(m, from)
			}
		}
	}()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var size [2]byte
				if _, err := io.ReadFull(c, size[:]); err != nil {
					return
				}
				q := make([]byte, binary.BigEndian.Uint16(size[:]))
				if _, err := io.ReadFull(c, q); err != nil {
					return
				}
				for _, m := range f.serve(q, true) {
					c.Write(binary.BigEndian.AppendUint16(nil, uint16(len(m))))
					c.Write(m)
				}
				io.Copy(io.Discard, c)
			}()
		}
	}()
	return f
}

func (f *fake) serve(msg []byte, tcp bool) [][]byte {
	q, err := dns.Parse(msg)
	if err != nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, q.Name)
	if m := f.answer(q, tcp); m != nil {
		return [][]byte{m}
	}
	return nil
}

func (f *fake) count(name string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.asked {
		if a == name {
			n++
		}
	}
	return n
}

// say builds a reply with flags and records to q.
func say(q *dns.Reply, flags uint16, records ...[]byte) []byte {
	b := dns.AppendQuery(nil, q.ID, q.Name, q.Type)
	binary.BigEndian.PutUint16(b[2:], flags|0x8180)
	binary.BigEndian.PutUint16(b[6:], uint16(len(records)))
	for _, r := range records {
		b = append(b, r...)
	}
	return b
}

func rr(typ uint16, ttl uint32, data []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xc0, 12}, typ)
	b = binary.BigEndian.AppendUint32(append(b, 0, 1), ttl)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
}

func a(ttl uint32, ip string) []byte {
	x := netip.MustParseAddr(ip)
	if x.Is6() {
		return rr(dns.TypeAAAA, ttl, x.AsSlice())
	}
	return rr(dns.TypeA, ttl, x.AsSlice())
}

// wire is a name without compression.
func wire(name string) []byte {
	q := dns.AppendQuery(nil, 0, name, 0)
	return q[12 : len(q)-4]
}

// worker runs a loop for the test and gives its network.
func worker(t *testing.T) Network {
	t.Helper()
	l, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	end := make(chan struct{})
	go func() { defer close(end); l.Run() }()
	t.Cleanup(func() {
		l.Stop()
		select {
		case <-end:
		case <-time.After(5 * time.Second):
			t.Error("loop does not stop")
		}
	})
	return OnLoop(l)
}
