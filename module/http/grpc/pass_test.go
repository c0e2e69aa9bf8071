package grpc_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"moongate/core/config/directive"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/resolver"
	passer "moongate/module/http/grpc"
)

// directed answers in locations with a `direct` directive: it passes requests to where the
// test says.
var directed atomic.Pointer[upstreamhttp.Target]

type directorConf struct{}

var engine = httpdtest.New(&httpd.Module{Name: "director", NewConf: func() any { return new(directorConf) }, Directives: []directive.Directive{{
	Name: "direct", In: directive.Location, Args: directive.NoArgs,
	Set: directive.Func(func(c *directive.Call, _ *directorConf) error {
		httpd.LocationOf(c).Handler = func(r *httpd.Request) httpd.Result {
			t := *directed.Load()
			t.URI = r.URI
			return passer.PassTo(r, &t)
		}
		return nil
	}),
}}})

// serve passes all calls to an address.
func serve(t testing.TB, addr netip.AddrPort, secure bool) *httpdtest.Rig {
	t.Helper()
	conf := &upstreamhttp.Conf{ConnectTimeout: 5 * time.Second, SendTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, BufferSize: 4096, PassHeaders: true, PassBody: true}
	if secure {
		c, err := certs.NewClient(certs.ClientOptions{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		conf.TLS = c
	}
	directed.Store(&upstreamhttp.Target{Conf: conf, Addrs: []resolver.Address{{IP: addr, Name: addr.String()}}, Host: "service.test", Secure: secure, Lines: []byte("X-Line: l\r\n")})
	return engine.Serve(t, `server { listen SOCK; http2 on; client_max_body_size 0; location / { direct; } }`)
}

func listen(t testing.TB) (net.Listener, netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, l.Addr().(*net.TCPAddr).AddrPort()
}

// echo is a server whose calls answer each message as it comes, until the client has said
// all. Trailers tell how many there were.
func echo(t testing.TB, options ...grpc.ServerOption) netip.AddrPort {
	l, addr := listen(t)
	s := grpc.NewServer(append(options, grpc.UnknownServiceHandler(func(_ any, call grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(call)
		md, _ := metadata.FromIncomingContext(call.Context())
		call.SetHeader(metadata.Pairs("x-header", strings.Join(md.Get("x-client"), ",")+strings.Join(md.Get("x-line"), ",")+strings.Join(md.Get(":authority"), ",")))
		if method == "/test.T/Fail" {
			return status.Error(codes.AlreadyExists, "it is there")
		}
		for n := 0; ; n++ {
			in := new(wrapperspb.BytesValue)
			err := call.RecvMsg(in)
			if err == io.EOF {
				call.SetTrailer(metadata.Pairs("x-count", fmt.Sprint(n)))
				return nil
			}
			if err == nil {
				err = call.SendMsg(in)
			}
			if err != nil {
				return err
			}
		}
	}))...)
	go s.Serve(l)
	t.Cleanup(s.Stop)
	return addr
}

func dial(t testing.TB, g *httpdtest.Rig) *grpc.ClientConn {
	t.Helper()
	c, err := grpc.NewClient("unix:"+g.Dir+"/s", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Clients and servers of gRPC's own library talk through us: messages of both sides go on as
// they come, in plain and with TLS.
func TestBothWays(t *testing.T) {
	key := credentials.NewServerTLSFromCert(ptr(certificate(t)))
	for _, secure := range []bool{false, true} {
		var options []grpc.ServerOption
		if secure {
			options = append(options, grpc.Creds(key))
		}
		g := serve(t, echo(t, options...), secure)
		ctx, cancel := context.WithTimeout(metadata.AppendToOutgoingContext(context.Background(), "x-client", "c"), 20*time.Second)
		call, err := dial(t, g).NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, "/test.T/Echo")
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 5, 100_000, 300_000} {
			in, out := wrapperspb.Bytes(make([]byte, size)), new(wrapperspb.BytesValue)
			if err := call.SendMsg(in); err != nil {
				t.Fatal(err)
			}
			if err := call.RecvMsg(out); err != nil || len(out.Value) != size {
				t.Fatalf("%d: %v\n%s", len(out.Value), err, g.Log())
			}
		}
		if err := call.CloseSend(); err != nil {
			t.Fatal(err)
		}
		head, err := call.Header()
		if err2 := call.RecvMsg(new(wrapperspb.BytesValue)); err != nil || err2 != io.EOF || strings.Join(call.Trailer().Get("x-count"), "") != "4" || strings.Join(head.Get("x-header"), "") != "clservice.test" {
			t.Errorf("%v, %v, %v, %v\n%s", err, err2, head, call.Trailer(), g.Log())
		}
		cancel()
	}
}

// An error without a message comes as one, and so does a server that is not there.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		addr netip.AddrPort
		want codes.Code
		say  string
	}{{echo(t), codes.AlreadyExists, "it is there"}, {closed(t), codes.Unavailable, "502"}} {
		g := serve(t, c.addr, false)
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		err := dial(t, g).Invoke(ctx, "/test.T/Fail", wrapperspb.Bytes(nil), new(wrapperspb.BytesValue))
		if status.Code(err) != c.want || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v\n%s", err, g.Log())
		}
		cancel()
	}
}

func closed(t testing.TB) netip.AddrPort {
	l, addr := listen(t)
	l.Close()
	return addr
}

func ptr(c tls.Certificate) *tls.Certificate { return &c }
