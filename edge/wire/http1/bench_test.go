package http1

import "testing"

const browserRequest = "GET /shop/item/42.html?color=red&size=10 HTTP/1.1\r\n" +
	"Host: www.example.com\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
	"Accept-Language: en-US,en;q=0.5\r\n" +
	"Accept-Encoding: gzip, deflate, br\r\n" +
	"Connection: keep-alive\r\n" +
	"\r\n"

var (
	sinkLine    RequestLine
	sinkHeaders [32]Header
	sinkURI     URI
)

func parseBrowser(buf []byte) bool {
	n, r := ParseRequestLine(buf, &sinkLine)
	if r != OK {
		return false
	}
	u, ok := sinkLine.ResolveURI(buf, true, nil)
	if !ok {
		return false
	}
	sinkURI = u
	_, count, r := ParseHeaders(buf[n:], sinkHeaders[:])
	return r == HeaderDone && count == 6
}

// BenchmarkBrowserRequest: the goal is less than 250 ns for the line and its six headers.
func BenchmarkBrowserRequest(b *testing.B) {
	buf := []byte(browserRequest)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		if !parseBrowser(buf) {
			b.Fatal("not parsed")
		}
	}
}

func BenchmarkRequestLine(b *testing.B) {
	buf := []byte(browserRequest)
	for b.Loop() {
		ParseRequestLine(buf, &sinkLine)
	}
}

func BenchmarkNormalize(b *testing.B) {
	buf := []byte("GET /a/b%20c/../d//e.html?x=1 HTTP/1.1\r\n")
	scratch := make([]byte, 0, 64)
	for b.Loop() {
		ParseRequestLine(buf, &sinkLine)
		sinkURI, _ = sinkLine.ResolveURI(buf, true, scratch)
	}
}

func BenchmarkResponseHeader(b *testing.B) {
	h := plainResponse()
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = h.Append(buf[:0])
	}
}

func plainResponse() *ResponseHeader {
	return &ResponseHeader{
		Code: 200, Server: "nginx/1.31.5", Date: "Mon, 28 Sep 1970 06:00:00 GMT", Type: "text/html", Length: 612,
		LastModified: 1700000000, KeepAlive: true,
		Headers: []HeaderLine{{"ETag", `"65538080-264"`}, {"", "taken out"}, {"Accept-Ranges", "bytes"}},
	}
}
