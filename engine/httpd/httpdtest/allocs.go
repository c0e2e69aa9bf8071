package httpdtest

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// Allocs is how many objects one request costs on a kept connection, answered as
// often as is needed for a steady state. It counts for the whole process, so that
// nothing else may run; the race detector allocates by itself.
func (g *Rig) Allocs(uri string) float64 {
	g.t.Helper()
	c := g.Dial()
	defer c.Close()
	send := []byte("GET " + uri + " HTTP/1.1\r\nHost: h.test\r\n\r\n")
	buf := make([]byte, 65536)
	c.Write(send)
	size := g.answer(c, buf)
	once := func() {
		c.Write(send)
		for got := 0; got < size; {
			n, err := c.Read(buf)
			if err != nil {
				g.t.Fatal(err)
			}
			got += n
		}
	}
	for range 200 {
		once()
	}
	runtime.GC()
	return testing.AllocsPerRun(1000, once)
}

// answer reads the first answer, whose length the others have too.
func (g *Rig) answer(c io.Reader, buf []byte) int {
	g.t.Helper()
	n := 0
	for {
		k, err := c.Read(buf[n:])
		if err != nil {
			g.t.Fatal(err)
		}
		n += k
		head, body, whole := strings.Cut(string(buf[:n]), "\r\n\r\n")
		if !whole {
			continue
		}
		length := 0
		for _, d := range Header(head+"\r\n\r\n", "Content-Length") {
			length = length*10 + int(d-'0')
		}
		if len(body) >= length {
			return n
		}
	}
}
