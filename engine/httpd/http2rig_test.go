package httpd

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// client2 is a client that speaks HTTP/2 frame by frame.
type client2 struct {
	t    testing.TB
	g    *rig
	conn net.Conn
	fr   *http2.Framer
	buf  bytes.Buffer
	enc  *hpack.Encoder
	dec  *hpack.Decoder
	next uint32
	got  []hpack.HeaderField
}

// answer2 is what came for one stream.
type answer2 struct {
	status string
	header map[string]string
	early  int
	body   []byte
	ended  bool
	reset  *http2.ErrCode
	frames []int // lengths of DATA
}

func (g *rig) dial2() *client2 {
	g.t.Helper()
	return g.client2(g.dial())
}

func (g *rig) client2(c net.Conn) *client2 {
	k := &client2{t: g.t, g: g, conn: c, fr: http2.NewFramer(c, c), next: 1}
	k.fr.AllowIllegalWrites, k.fr.AllowIllegalReads = true, true
	k.fr.SetMaxReadFrameSize(1<<24 - 1)
	k.enc = hpack.NewEncoder(&k.buf)
	k.dec = hpack.NewDecoder(4096, func(f hpack.HeaderField) { k.got = append(k.got, f) })
	return k
}

// hello sends the preface and takes the server's settings.
func (k *client2) hello(settings ...http2.Setting) *client2 {
	k.t.Helper()
	io.WriteString(k.conn, http2Preface)
	k.fr.WriteSettings(settings...)
	for seen := 0; seen < 3; seen++ {
		f := k.read()
		switch f := f.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				k.fr.WriteSettingsAck()
			}
		case *http2.WindowUpdateFrame:
		default:
			k.t.Fatalf("%v", f)
		}
	}
	return k
}

func (k *client2) read() http2.Frame {
	k.t.Helper()
	f, err := k.fr.ReadFrame()
	if err != nil {
		k.t.Fatalf("%v\n%s", err, k.g.log())
	}
	return f
}

// block encodes fields: "name: value", pseudo-headers too.
func (k *client2) block(fields ...string) []byte {
	k.buf.Reset()
	for _, f := range fields {
		i := strings.Index(f[1:], ":") + 1
		k.enc.WriteField(hpack.HeaderField{Name: f[:i], Value: strings.TrimPrefix(f[i+1:], " ")})
	}
	return bytes.Clone(k.buf.Bytes())
}

var plain2 = []string{":method: GET", ":scheme: http", ":authority: h", ":path: "}

// get begins a request without a body.
func (k *client2) get(path string, more ...string) uint32 {
	return k.send(true, append(append(plain2[:3:3], plain2[3]+path), more...)...)
}

func (k *client2) send(end bool, fields ...string) uint32 {
	id := k.next
	k.next += 2
	k.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: k.block(fields...), EndStream: end, EndHeaders: true})
	return id
}

// await reads until all the streams have ended.
func (k *client2) await(ids ...uint32) map[uint32]*answer2 {
	k.t.Helper()
	all := map[uint32]*answer2{}
	for _, id := range ids {
		all[id] = &answer2{header: map[string]string{}}
	}
	for {
		left := 0
		for _, a := range all {
			if !a.ended && a.reset == nil {
				left++
			}
		}
		if left == 0 {
			return all
		}
		f := k.read()
		a := all[f.Header().StreamID]
		if _, ok := f.(*http2.GoAwayFrame); a == nil && !ok {
			continue // settings, or the end of an earlier stream
		}
		switch f := f.(type) {
		case *http2.HeadersFrame:
			k.got = nil
			if _, err := k.dec.Write(f.HeaderBlockFragment()); err != nil {
				k.t.Fatal(err)
			}
			for !f.HeadersEnded() {
				c := k.read().(*http2.ContinuationFrame)
				k.dec.Write(c.HeaderBlockFragment())
				if c.HeadersEnded() {
					break
				}
			}
			k.dec.Close()
			for _, h := range k.got {
				if h.Name == ":status" && h.Value == "103" {
					a.early++
				} else if h.Name == ":status" {
					a.status = h.Value
				}
				a.header[h.Name] = h.Value
			}
			a.ended = f.StreamEnded()
		case *http2.DataFrame:
			a.body = append(a.body, f.Data()...)
			a.frames = append(a.frames, len(f.Data()))
			a.ended = f.StreamEnded()
			if n := uint32(len(f.Data())); n > 0 {
				k.fr.WriteWindowUpdate(0, n)
				if !a.ended {
					k.fr.WriteWindowUpdate(f.StreamID, n)
				}
			}
		case *http2.RSTStreamFrame:
			code := f.ErrCode
			a.reset = &code
		case *http2.GoAwayFrame:
			k.t.Fatalf("GOAWAY %v\n%s", f.ErrCode, k.g.log())
		}
	}
}

func (k *client2) one(id uint32) *answer2 { k.t.Helper(); return k.await(id)[id] }

// goaway reads until GOAWAY and the end of the connection; it returns the code.
func (k *client2) goaway() http2.ErrCode {
	k.t.Helper()
	code := http2.ErrCode(0xffff)
	for {
		f, err := k.fr.ReadFrame()
		if err != nil {
			if code == 0xffff {
				k.t.Fatalf("no GOAWAY: %v\n%s", err, k.g.log())
			}
			return code
		}
		if f, ok := f.(*http2.GoAwayFrame); ok {
			code = f.ErrCode
			k.conn.(interface{ CloseWrite() error }).CloseWrite()
		}
	}
}

const conf2 = `http2 on; lingering_timeout 1s; client_body_buffer_size 1k;
	server { listen SOCK; server_name h; large_client_header_buffers 2 1k;
		location / { say "$request_uri $http_cookie $http2 $server_protocol"; }
		location /host { say "$host $http_host $http_x"; }
		location /echo { handle echo; client_max_body_size 4m; }
		location /big { handle big; }
		location /slow { handle slow; }
		location /trailer { handle trailer; }
		location /early { handle early; }
		location /unread { handle unread; }
		location /stream { handle stream; client_body_timeout 100ms; }
		location /few { handle big; http2_chunk_size 100; }
		location /small { client_max_body_size 10; handle echo; }
	}
	server { listen SOCK; server_name other; http2 off; say "other"; }
	server { listen SOCK; server_name narrow; http2_max_concurrent_streams 2; say "narrow"; }`

// handlers2 are the locations of conf2.
func handlers2(t testing.TB) (map[string]Handler, chan string) {
	said := make(chan string, 100)
	big := bytes.Repeat([]byte("0123456789abcdef"), 20000)
	return map[string]Handler{
		"echo": func(r *Request) Result {
			if res := r.ReadBody(); res != OK {
				return res
			}
			r.Out.ContentLength = r.Body.Len
			r.Out.Status = 200
			if res := r.SendHeader(); res != OK || r.HeaderOnly {
				return res
			}
			b := Buf{B: r.Body.Mem, Last: true}
			if f := r.Body.File; f != nil {
				b = Buf{File: f, End: f.Size, Last: true}
			}
			return r.result(r.Write(b))
		},
		"big": func(r *Request) Result {
			r.Out.Status = 200
			if res := r.SendHeader(); res != OK || r.HeaderOnly {
				return res
			}
			for range 4 {
				if r.Write(Buf{B: big}) != nil {
					return Error
				}
			}
			return OK
		},
		"slow": func(r *Request) Result {
			ready := make(chan struct{})
			hook := closeHook(func() { close(ready) })
			r.WatchClient(hook)
			said <- "waiting"
			block(ready)
			said <- fmt.Sprint("gone ", r.ClientGone())
			return 499
		},
		"trailer": func(r *Request) Result {
			r.Out.Trailers = append(r.Out.Trailers, Header{Name: "X-Sum", Value: "42"})
			r.ExpectTrailers = true
			return r.SendText(200, "text/plain", "body")
		},
		"early": func(r *Request) Result {
			if err := r.SendEarly(103, []Header{{Name: "Link", Value: "</a.css>"}}); err != nil {
				return Error
			}
			return r.SendText(200, "text/plain", "body")
		},
		"unread": func(r *Request) Result { return r.SendText(200, "text/plain", "no") },
		"stream": func(r *Request) Result {
			buf, n := make([]byte, 512), 0
			for {
				k, err := r.ReadBodyPart(buf)
				n += k
				if err == io.EOF {
					return r.SendText(200, "text/plain", itoa(n))
				}
				if err != nil {
					return r.BodyFailed(err)
				}
			}
		},
	}, said
}
