package logging

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

// A receiver that has said something which nobody reads, and is slow to read itself, gets
// all of it when its configuration is removed.
func TestRemovedWhileOnItsWay(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	g := newRig(t, Standard, &Lines{Conn: Conn{Network: "tcp", Address: ln.Addr().String(), Timeout: 10 * time.Second}})
	record := bytes.Repeat([]byte("x"), 200_000)
	g.Put(record)
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		g.mu.Lock()
		written := g.held == 0
		g.mu.Unlock()
		if written {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing is written")
		}
	}
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	g.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	first := make([]byte, 1)
	if _, err := io.ReadFull(conn, first); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("still here")); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(conn)
	if want := len(record) + 1; err != nil || len(rest)+1 != want {
		t.Errorf("%d of %d bytes have come: %v", len(rest)+1, want, err)
	}
}
