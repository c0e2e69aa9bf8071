//go:build !race

package http1

import "testing"

func TestAllocations(t *testing.T) {
	buf := []byte(browserRequest)
	odd := []byte("GET http://Host:80/a%20b/../c//d.html?x=1#y HTTP/1.1\r\n")
	status := []byte("HTTP/1.1 200 OK\r\n")
	chunks := []byte("5;x\r\nhello\r\n0\r\n\r\n")
	scratch := make([]byte, 0, 256)
	out := make([]byte, 0, 4096)
	ranges := make([]ByteRange, 0, 4)
	h := plainResponse()
	pages := NewErrorPages("nginx")
	var cache DateCache
	cache.Text(1)
	budgets := map[string]func(){
		"request": func() { parseBrowser(buf) },
		"absolute request": func() {
			ParseRequestLine(odd, &sinkLine)
			sinkURI, _ = sinkLine.ResolveURI(odd, true, scratch)
			ParseHost(sinkLine.Host(odd), scratch)
		},
		"refused header": func() {
			ParseHeader(buf[3:], &sinkHeaders[0])
			out = AppendBadHeader(out[:0], "client sent invalid header line", buf[3:])
		},
		"checks": func() {
			FrameRequest(GET, HTTP11, &sinkHeaders[0], nil, nil, false)
			_ = ConnectionDefault.Read("keep-alive")
			ParseAgent(browserRequest)
		},
		"upstream": func() {
			var l StatusLine
			var s Response
			ParseStatusLine(status, &l)
			s.Reset(&l)
			s.Read(&sinkHeaders[0])
		},
		"chunks": func() {
			var d Chunked
			for pos := 0; ; {
				n, _, r := d.Next(chunks[pos:])
				if pos += n; r != OK {
					break
				}
			}
			out = AppendChunk(out[:0], 4096)
		},
		"response": func() {
			out = h.Append(out[:0])
			pages.Body(404, false)
			cache.Text(1)
		},
		"texts": func() {
			out = AppendEscaped(out[:0], "/a b?c", EscapeURI)
			out, _ = AppendUnescaped(out[:0], "/a%20b", UnescapeAll)
			out = AppendHTML(out[:0], "<a>")
			out = AppendJSON(out[:0], "\"\n")
			out = AppendDate(out[:0], 1700000000)
			out = AppendETag(out[:0], 1700000000, 612)
			ParseDate("Sunday, 06-Nov-94 08:49:37 GMT")
			ranges, _ = ParseRanges(ranges[:0], "bytes=0-1,5-6", 1000, Unlimited)
			_ = MatchETag(`"a", "b"`, `W/"b"`, true)
			_ = AcceptsGzip("br, gzip;q=0.5")
			_, _ = CookieValue("a=1; b=2", "b")
			Arg("a=1&b=2", "b")
			CheckInternalURI("/a/b%20c", scratch)
		},
	}
	for name, fn := range budgets {
		if n := testing.AllocsPerRun(100, fn); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
