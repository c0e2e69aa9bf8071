package netns

import (
	"net"
	"testing"
	"time"
)

func TestJoin(t *testing.T) {
	a, b := New(t), New(t)
	Join(a, "left", "10.9.0.1/24", b, "right", "10.9.0.2/24")
	var at *net.UDPConn
	b.Do(func() {
		var err error
		if at, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(10, 9, 0, 2), Port: 9}); err != nil {
			t.Error(err)
		}
	})
	defer at.Close()
	a.Do(func() {
		c, err := net.Dial("udp", "10.9.0.2:9")
		if err != nil {
			t.Error(err)
			return
		}
		c.Write([]byte("moon"))
		c.Close()
	})
	at.SetReadDeadline(time.Now().Add(5 * time.Second))
	got := make([]byte, 9)
	if n, from, err := at.ReadFrom(got); err != nil || string(got[:n]) != "moon" || from.(*net.UDPAddr).IP.String() != "10.9.0.1" {
		t.Errorf("%q from %v: %v", got[:n], from, err)
	}
	if names, _ := net.Interfaces(); len(names) > 0 {
		for _, i := range names {
			if i.Name == "left" || i.Name == "right" {
				t.Error("outside of its namespace: ", i.Name)
			}
		}
	}
	a.Enter()
	if _, err := net.InterfaceByName("left"); err != nil {
		t.Error(err)
	}
}
