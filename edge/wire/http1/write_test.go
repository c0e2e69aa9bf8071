package http1

import (
	"strings"
	"testing"
)

func TestStatusLines(t *testing.T) {
	tests := []struct {
		code int
		text string
		want string
	}{
		{200, "", "HTTP/1.1 200 OK\r\n"},
		{302, "", "HTTP/1.1 302 Moved Temporarily\r\n"},
		{418, "", "HTTP/1.1 418 \r\n"},
		{203, "", "HTTP/1.1 203 \r\n"},
		{7, "", "HTTP/1.1 007 \r\n"},
		{999, "", "HTTP/1.1 999 \r\n"},
		{404, "404 Nope", "HTTP/1.1 404 Nope\r\n"},
	}
	for _, tt := range tests {
		if got := string(AppendStatusLine(nil, tt.code, tt.text)); got != tt.want {
			t.Errorf("%d: %q", tt.code, got)
		}
	}
	if Reason(404) != "Not Found" || Reason(418) != "" || Reason(-1) != "" || Reason(1000) != "" {
		t.Error("reasons")
	}
}

func TestResponseHeader(t *testing.T) {
	got := string(plainResponse().Append(nil))
	want := "HTTP/1.1 200 OK\r\nServer: nginx/1.31.5\r\nDate: Mon, 28 Sep 1970 06:00:00 GMT\r\nContent-Type: text/html\r\n" +
		"Content-Length: 612\r\nLast-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\nConnection: keep-alive\r\n" +
		"ETag: \"65538080-264\"\r\nAccept-Ranges: bytes\r\n\r\n"
	if got != want {
		t.Errorf("%s", got)
	}
	h := ResponseHeader{
		Code: 301, Type: "text/html", Charset: "utf-8", Length: NoLength, LastModified: NoTime, LocationScheme: "https",
		LocationHost: "h", LocationPort: 8443, LocationURI: "/a/", Chunked: true, KeepAlive: true, KeepAliveTimeout: 20,
		Vary: true,
	}
	want = "HTTP/1.1 301 Moved Permanently\r\nContent-Type: text/html; charset=utf-8\r\nLocation: https://h:8443/a/\r\n" +
		"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\nKeep-Alive: timeout=20\r\nVary: Accept-Encoding\r\n\r\n"
	if got := string(h.Append(nil)); got != want {
		t.Errorf("%s", got)
	}
	h = ResponseHeader{Code: 101, StatusText: "101 Switching Protocols", Length: NoLength, LastModified: NoTime}
	if got := string(h.Append(nil)); got != SwitchingProtocols+"Connection: upgrade\r\n\r\n" {
		t.Errorf("%s", got)
	}
	h = ResponseHeader{Code: 204, Length: NoLength, LastModified: NoTime}
	if got := string(h.Append(nil)); got != "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n" {
		t.Errorf("%s", got)
	}
}

func TestErrorPages(t *testing.T) {
	p := NewErrorPages("nginx/1.31.5")
	want := "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n" +
		"<hr><center>nginx/1.31.5</center>\r\n</body>\r\n</html>\r\n"
	if got := p.Body(404, false); got != want {
		t.Errorf("%s", got)
	}
	padded := p.Body(404, true)
	if !strings.HasPrefix(padded, want) || len(padded) != len(want)+6*len("<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n") {
		t.Errorf("%s", padded)
	}
	want = "<html>\r\n<head><title>400 The SSL certificate error</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n" +
		"<center>The SSL certificate error</center>\r\n<hr><center>nginx/1.31.5</center>\r\n</body>\r\n</html>\r\n"
	if got := p.Body(495, false); got != want {
		t.Errorf("%s", got)
	}
	if p.Body(301, true) != p.Body(301, false) || p.Body(498, false) != p.Body(404, false) {
		t.Error("301, 498")
	}
	for _, code := range []int{-1, 0, 200, 201, 204, 300, 304, 305, 417, 418, 422, 444, 499, 506, 508, 600, 1 << 40} {
		if p.Body(code, true) != "" {
			t.Errorf("%d has a page", code)
		}
	}
	if AnswerCode(494) != 400 || AnswerCode(498) != 498 || !ClosesConnection(413) || ClosesConnection(404) || !NoLingering(400) {
		t.Error("codes")
	}
	if got := string(AppendRefreshPage(nil, "http://h/\"x")); got != "<html><head><meta http-equiv=\"Refresh\" content=\"0; URL=http://h/%22x\"></head><body></body></html>\r\n" {
		t.Error(got)
	}
}
