package dgram

import (
	"net"
	"net/netip"
	"path/filepath"
	"testing"
	"time"
)

func TestSend(t *testing.T) {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	path := filepath.Join(t.TempDir(), "log")
	unix, err := net.ListenPacket("unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	for _, c := range []struct {
		addr Addr
		at   net.PacketConn
	}{
		{Addr{IP: netip.MustParseAddrPort(udp.LocalAddr().String())}, udp},
		{Addr{Path: path}, unix},
	} {
		fd, call, err := Dial(c.addr)
		if err != nil {
			t.Fatal(call, err)
		}
		defer Close(fd)
		if err := Send(fd, []byte("moon")); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 9)
		c.at.SetReadDeadline(time.Now().Add(5 * time.Second))
		if n, _, err := c.at.ReadFrom(buf); err != nil || string(buf[:n]) != "moon" {
			t.Errorf("%q %v", buf[:n], err)
		}
	}
}

func TestFullSocketDoesNotBlock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	unix, err := net.ListenPacket("unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	fd, _, err := Dial(Addr{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	for range 10000 {
		if Send(fd, make([]byte, 1000)) != nil {
			return
		}
	}
	t.Error("nobody reads and yet nothing failed")
}
