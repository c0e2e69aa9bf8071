package admin

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// telling is a listener that tells of each connection that was accepted.
type telling struct {
	net.Listener
	accepted chan struct{}
}

func (l telling) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.accepted <- struct{}{}
	}
	return c, err
}

// A connection that was accepted is answered, also when its request comes only
// after the process was told to end; and one that sends nothing is not waited for
// for ever.
func TestAcceptedIsAnswered(t *testing.T) {
	w := newWorld(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan struct{}, 8)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	done := make(chan error, 1)
	go func() { done <- w.h.Serve(ctx, telling{ln, accepted}) }()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		<-accepted
		c.SetDeadline(time.Now().Add(10 * time.Second))
		return c
	}
	late, silent := dial(), dial()
	end()
	for {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			break // the listener is closed
		}
		c.Close()
		time.Sleep(time.Millisecond)
	}
	io.WriteString(late, "GET /status HTTP/1.1\r\nHost: a\r\n\r\n")
	b, err := io.ReadAll(late)
	if got := string(b); err != nil || !strings.HasPrefix(got, "HTTP/1.1 ") {
		t.Errorf("%q, %v", got, err)
	}
	silent.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
