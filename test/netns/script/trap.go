package script

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// traps are the packets that a node's snmpd has sent to 127.0.0.1:162.
type traps struct {
	mu   sync.Mutex
	list [][]byte
}

// catch takes them from now on.
func (w *world) catch(n *node) error {
	var c *net.UDPConn
	err := n.space.Do(func() (err error) {
		c, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 162})
		return err
	})
	if err != nil {
		return err
	}
	w.closers = append(w.closers, c)
	n.traps = &traps{}
	go func() {
		b := make([]byte, 1<<16)
		for {
			size, err := c.Read(b)
			if err != nil {
				return
			}
			n.traps.mu.Lock()
			n.traps.list = append(n.traps.list, bytes.Clone(b[:size]))
			n.traps.mu.Unlock()
		}
	}()
	return nil
}

// has tells whether one of them has all of these bytes in it.
func (t *traps) has(parts ...[]byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.list {
		all := true
		for _, part := range parts {
			all = all && bytes.Contains(p, part)
		}
		if all {
			return true
		}
	}
	return false
}

// trap waits for one.
func (w *world) trap(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	name, err := ber(args[1])
	ts.Check(err)
	parts := [][]byte{name}
	for _, text := range args[2:] {
		parts = append(parts, append([]byte{4, byte(len(text))}, text...))
	}
	for late := time.Now().Add(patience); !n.traps.has(parts...); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			ts.Fatalf("%s: no trap %v has come", n.name, args[1:])
		}
	}
}

// ber writes a name as packets of SNMP have it where it is a value.
func ber(name string) ([]byte, error) {
	var b []byte
	for i, word := range strings.Split(name, ".") {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return nil, err
		}
		switch {
		case i == 0:
			b = append(b, byte(40*n))
		case i == 1:
			b[0] += byte(n)
		default:
			digits := []byte{byte(n & 0x7f)}
			for n >>= 7; n > 0; n >>= 7 {
				digits = append([]byte{byte(n&0x7f) | 0x80}, digits...)
			}
			b = append(b, digits...)
		}
	}
	return append([]byte{6, byte(len(b))}, b...), nil
}
