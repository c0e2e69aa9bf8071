package grpcweb_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/resolver"
	"moongate/gateway/plugin/plugintest"
	passer "moongate/module/http/grpc"
)

// service is a server of gRPC's own Go library. Its methods say what they do: Echo gives the
// message back with what it was told, Count answers as many times as the message is long,
// Fail fails, Wait answers once and then again when go on.
func service(t testing.TB, on chan bool) netip.AddrPort {
	t.Helper()
	s := grpc.NewServer(grpc.UnknownServiceHandler(func(_ any, call grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(call)
		in := new(wrapperspb.BytesValue)
		if err := call.RecvMsg(in); err != nil {
			return err
		}
		md, _ := metadata.FromIncomingContext(call.Context())
		call.SetHeader(metadata.Pairs("x-header", "h"))
		call.SetTrailer(metadata.Pairs("x-trailer", "t", "x-seen", strings.Join(md.Get("x-client"), ",")+strings.Join(md.Get("content-type"), ",")))
		switch method {
		case "/test.T/Echo":
			return call.SendMsg(in)
		case "/test.T/Count":
			for i := range len(in.Value) {
				if err := call.SendMsg(wrapperspb.Bytes(fmt.Append(nil, i))); err != nil {
					return err
				}
			}
			return nil
		case "/test.T/Wait":
			if err := call.SendMsg(wrapperspb.Bytes([]byte("first"))); err != nil {
				return err
			}
			select {
			case <-on:
			case <-call.Context().Done():
				return call.Context().Err()
			}
			return call.SendMsg(wrapperspb.Bytes([]byte("second")))
		}
		return status.Error(codes.NotFound, "no "+method+" — 100%")
	}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(s.Stop)
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// serve is the gateway, which passes calls to the service.
func serve(t testing.TB, addr netip.AddrPort, config string) *httpdtest.Rig {
	conf := &upstreamhttp.Conf{ConnectTimeout: 5 * time.Second, SendTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, BufferSize: 4096, PassHeaders: true, PassBody: true}
	return plugintest.ServeWith(t, func(r *httpd.Request, to *upstreamhttp.Target) httpd.Result {
		to.Conf, to.Group, to.Addrs = conf, nil, []resolver.Address{{IP: addr, Name: addr.String()}}
		return passer.PassTo(r, to)
	}, plugintest.ServiceDoc, strings.Replace(plugintest.RouteDoc, `"paths":["/"]`, `"paths":["/","/api"],"strip_path":true`, 1), plugintest.Plugin("grpc-web", config))
}

// framed is a message as it goes over the wire.
func framed(flags byte, b []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{flags}, uint32(len(b))), b...)
}

func value(s string) []byte { return append([]byte{10, byte(len(s))}, s...) } // a short BytesValue

// call makes a call as a browser's library does, and says what came of it.
func call(t testing.TB, g *httpdtest.Rig, path, kind string, message []byte) string {
	t.Helper()
	body := framed(0, message)
	if strings.Contains(kind, "text") {
		body = []byte(base64.StdEncoding.EncodeToString(body[:4]) + base64.StdEncoding.EncodeToString(body[4:]))
	}
	answer := g.Send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h.test\r\nOrigin: http://o.test\r\nX-Client: c\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", path, kind, len(body), body))
	out := httpdtest.Status(answer) + " " + httpdtest.Header(answer, "Content-Type")
	if httpdtest.Status(answer) != "200" {
		return out + " " + httpdtest.Body(answer)
	}
	if h := httpdtest.Header(answer, "X-Header"); h != "" {
		out += " " + h
	}
	return out + " " + read(t, whole(t, answer), strings.Contains(kind, "text"))
}

// whole is the body of an answer in chunks.
func whole(t testing.TB, answer string) []byte {
	t.Helper()
	_, rest, _ := strings.Cut(answer, "\r\n\r\n")
	var out []byte
	for {
		line, more, ok := strings.Cut(rest, "\r\n")
		var n int
		if _, err := fmt.Sscanf(line, "%x", &n); err != nil || !ok || n+2 > len(more) && n > 0 {
			t.Fatalf("%q", answer)
		}
		if n == 0 {
			if more != "\r\n" {
				t.Errorf("trailers of HTTP/1: %q", more)
			}
			return out
		}
		out = append(out, more[:n]...)
		rest = more[n+2:]
	}
}

// read says what a body is: messages, then the trailers.
func read(t testing.TB, b []byte, text bool) string {
	t.Helper()
	if text {
		var plain []byte
		for len(b) >= 4 { // parts, each with its own padding
			part, err := base64.StdEncoding.DecodeString(string(b[:4]))
			if err != nil {
				t.Fatalf("%v in %q", err, b)
			}
			plain, b = append(plain, part...), b[4:]
		}
		b = plain
	}
	var out []string
	for len(b) > 0 {
		n := int(binary.BigEndian.Uint32(b[1:5]))
		m := b[5 : 5+n]
		if b[0] == 0 {
			out = append(out, string(m[min(2, n):]))
		} else {
			out = append(out, strings.ReplaceAll(string(m), "\r\n", ";"))
		}
		b = b[5+n:]
	}
	return strings.Join(out, "|")
}

// Calls of browsers reach a server of gRPC, and its messages and trailers come back.
func TestCalls(t *testing.T) {
	addr := service(t, nil)
	g := serve(t, addr, `{}`)
	stripped := serve(t, addr, `{"pass_stripped_path":true}`)
	const trailers = "grpc-status: 0;grpc-message: ;x-seen: capplication/grpc+proto;x-trailer: t;"
	for _, c := range []struct {
		g                *httpdtest.Rig
		path, kind, want string
		message          []byte
	}{
		{g, "/test.T/Echo", "application/grpc-web+proto", "200 application/grpc-web+proto h hello|" + trailers, value("hello")},
		{g, "/test.T/Echo", "application/grpc-web-text+proto", "200 application/grpc-web-text+proto h hello|" + trailers, value("hello")},
		{g, "/test.T/Echo", "application/grpc-web", "200 application/grpc-web h hello|" + strings.Replace(trailers, "+proto", "", 1), value("hello")},
		{g, "/test.T/Count", "application/grpc-web+proto", "200 application/grpc-web+proto h 0|1|2|" + trailers, value("xyz")},
		{g, "/test.T/Count", "application/grpc-web-text", "200 application/grpc-web-text h 0|1|2|" + strings.Replace(trailers, "+proto", "", 1), value("xyz")},
		{g, "/test.T/Fail", "application/grpc-web+proto", "200 application/grpc-web+proto h grpc-status: 5;grpc-message: no /test.T/Fail %E2%80%94 100%25;x-seen: capplication/grpc+proto;x-trailer: t;", value("")},
		{stripped, "/api/test.T/Echo", "application/grpc-web+proto", "200 application/grpc-web+proto h hello|" + trailers, value("hello")},
		{g, "/api/test.T/Echo", "application/grpc-web+proto", "200 application/grpc-web+proto h grpc-status: 5;grpc-message: no /api/test.T/Echo %E2%80%94 100%25;x-seen: capplication/grpc+proto;x-trailer: t;", value("hello")},
		{g, "/test.T/Echo", "application/json", `415 application/json; charset=utf-8 {"message":"the Content-Type is none of gRPC-Web"}`, nil},
	} {
		got := call(t, c.g, c.path, c.kind, c.message)
		if sorted(got) != sorted(c.want) {
			t.Errorf("%s %s:\n got %q\nwant %q\n%s", c.path, c.kind, got, c.want, c.g.Log())
		}
	}
}

// sorted has the trailers in order: a map of the server's holds some of them.
func sorted(s string) string {
	at := strings.Index(s, "grpc-status")
	if at < 0 {
		return s
	}
	lines := strings.Split(s[at:], ";")
	for i := range lines {
		for j := i; j > 0 && lines[j] < lines[j-1]; j-- {
			lines[j], lines[j-1] = lines[j-1], lines[j]
		}
	}
	return s[:at] + strings.Join(lines, ";")
}

// What is larger than the windows of HTTP/2 goes through in both directions.
func TestLarge(t *testing.T) {
	g := serve(t, service(t, nil), `{}`)
	payload := bytes.Repeat([]byte("0123456789abcdef"), 50000)
	message := binary.AppendUvarint([]byte{10}, uint64(len(payload)))
	body := framed(0, append(message, payload...))
	answer := g.Send(fmt.Sprintf("POST /test.T/Echo HTTP/1.1\r\nHost: h.test\r\nContent-Type: application/grpc-web+proto\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body))
	if httpdtest.Status(answer) != "200" {
		t.Fatalf("%.300q\n%s", answer, g.Log())
	}
	if got := whole(t, answer); !bytes.HasPrefix(got, body) {
		t.Errorf("%d bytes: %.100q\n%s", len(got), got, g.Log())
	}
}

// The first message of a stream is there before the service sends the second one.
func TestStream(t *testing.T) {
	on := make(chan bool)
	g := serve(t, service(t, on), `{}`)
	c := g.Dial()
	defer c.Close()
	body := framed(0, value(""))
	fmt.Fprintf(c, "POST /test.T/Wait HTTP/1.1\r\nHost: h.test\r\nContent-Type: application/grpc-web\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	var got strings.Builder
	buf := make([]byte, 4096)
	for told := false; ; {
		n, err := c.Read(buf)
		got.Write(buf[:n])
		if !told && strings.Contains(got.String(), "first") {
			told = true
			close(on)
		}
		if err != nil {
			if err != io.EOF {
				t.Error(err)
			}
			break
		}
	}
	if s := read(t, whole(t, got.String()), false); !strings.HasPrefix(s, "first|second|grpc-status: 0;") {
		t.Errorf("%q", s)
	}
}

// Browsers ask first, and are shown what else goes wrong.
func TestBrowsers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr).AddrPort()
	l.Close()
	g := serve(t, addr, `{"allow_origin_header":"http://o.test"}`)
	for _, c := range []struct{ request, want string }{
		{"OPTIONS /test.T/Echo HTTP/1.1\r\nAccess-Control-Request-Headers: x-a,x-b\r\n", "204|http://o.test|POST|x-a,x-b|"},
		{"OPTIONS /test.T/Echo HTTP/1.1\r\n", "204|http://o.test|POST|content-type,x-grpc-web,x-user-agent,grpc-timeout|"},
		{"GET /test.T/Echo HTTP/1.1\r\n", "405|http://o.test|||"},
		{"POST /test.T/Echo HTTP/1.1\r\nContent-Type: application/grpc-web-text\r\nContent-Length: 3\r\n", "400|http://o.test|||"},
		{"POST /test.T/Echo HTTP/1.1\r\nContent-Type: application/grpc-web\r\nContent-Length: 3\r\n", "502|http://o.test|||grpc-status,grpc-message"},
	} {
		got := g.Send(c.request + "Host: h.test\r\nConnection: close\r\n\r\nAA=")
		told := httpdtest.Status(got)
		for _, name := range []string{"Allow-Origin", "Allow-Methods", "Allow-Headers", "Expose-Headers"} {
			told += "|" + httpdtest.Header(got, "Access-Control-"+name)
		}
		if told != c.want {
			t.Errorf("%q: %s, want %s", c.request, told, c.want)
		}
	}
}
