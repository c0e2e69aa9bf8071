//go:build !race

package proxy_test

import (
	"io"
	"net"
	"testing"
)

// TestAllocations: a request over connections that exist already is to allocate
// nothing, on either side of it. Client and server of the test allocate nothing
// themselves.
func TestAllocations(t *testing.T) {
	addr := repeat(t, "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\nHello world\n")
	g := serve(t, "keepalive_requests 1000000; upstream u { server "+addr+"; keepalive 4; keepalive_requests 1000000; } server { listen SOCK; location / { proxy_pass http://u; proxy_set_header X-Real-IP $remote_addr; proxy_set_header Host $host; } }")
	if n := g.allocations(); n > 0 {
		t.Errorf("%v allocations for a proxied request", n)
	}
}

// TestCacheAllocations: nor does one that is answered from the cache.
func TestCacheAllocations(t *testing.T) {
	addr := repeat(t, "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/plain\r\nCache-Control: max-age=1000\r\nContent-Length: 12\r\n\r\nHello world\n")
	g := serve(t, "keepalive_requests 1000000; proxy_cache_path DIR/cache levels=1:2 keys_zone=one:1m; server { listen SOCK; location / { proxy_pass http://"+addr+"; proxy_cache one; } }")
	if n := g.allocations(); n > 0 {
		t.Errorf("%v allocations for a request that is answered from the cache", n)
	}
}

// repeat is a server that gives one connection the same answer to all it reads.
func repeat(t *testing.T, text string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	answer := []byte(text)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := make([]byte, 4096)
		for {
			if _, err := c.Read(in); err != nil {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	}()
	return ln.Addr().String()
}

// allocations counts those of one request, when the first ones have been served.
func (g *rig) allocations() float64 {
	t := g.t
	c := g.dial()
	defer c.Close()
	ask := []byte("GET /some/uri?a=b HTTP/1.1\r\nHost: h.test\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n")
	in := make([]byte, 4096)
	size := 0
	once := func() {
		if _, err := c.Write(ask); err != nil {
			t.Fatal(err)
		}
		for n := 0; ; {
			m, err := c.Read(in[n:])
			if err != nil && err != io.EOF {
				t.Fatal(err)
			}
			if n += m; size == 0 {
				size = n
			}
			if n >= size {
				return
			}
		}
	}
	for range 100 {
		once()
	}
	return testing.AllocsPerRun(500, once)
}
