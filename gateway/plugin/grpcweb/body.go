package grpcweb

import (
	"encoding/base64"
	"encoding/binary"
	"errors"

	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// decode replaces a body in base64 by what it says.
func decode(x *plugin.Context) plugin.Result {
	r := x.R
	if res := r.ReadBody(); res != httpd.OK {
		return res
	}
	in := r.Body.Mem
	if f := r.Body.File; f != nil {
		in = make([]byte, r.Body.Len)
		n := copy(in, r.Body.Mem)
		if _, err := f.ReadAt(in[n:], 0); err != nil {
			r.LogErr(errlog.Crit, err, "reading \"%s\" failed", f.Name)
			return 500
		}
	}
	out, err := fromBase64(in)
	if err != nil {
		return x.Answer(400, "the body is no base64")
	}
	r.Body.Set(out, nil)
	r.In.ContentLength, r.In.Chunked = r.Body.Len, false
	r.In.Set("Content-Length", r.Int(r.Body.Len))
	r.In.Del("Transfer-Encoding")
	return plugin.Next
}

var errBase64 = errors.New("no base64")

// fromBase64 reads texts in base64 that stand behind one another, each with its padding: a
// client may have written its body in parts.
func fromBase64(in []byte) ([]byte, error) {
	out := make([]byte, 0, base64.StdEncoding.DecodedLen(len(in)))
	for len(in) > 0 {
		n := len(in)
		for i, c := range in {
			if c == '=' {
				n = (i/4 + 1) * 4 // what is padded is the last group
				break
			}
		}
		if n > len(in) {
			return nil, errBase64
		}
		var err error
		if out, err = base64.StdEncoding.AppendDecode(out, in[:n]); err != nil {
			return nil, errBase64
		}
		in = in[n:]
	}
	return out, nil
}

// ofTrailers marks the frame that has the trailers.
const ofTrailers = 0x80

// body is an answer's. Each part goes on when it comes; behind the last one stands a frame
// with the trailers, as lines of HTTP/1.
func (c *call) body(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	out := make([]httpd.Buf, 0, len(in)+1)
	for i := range in {
		b := in[i]
		last := b.Last
		b.Last = false
		if len(b.B) > 0 {
			if c.text {
				b.B, b.Keep = toBase64(b.B), true
			}
			out = append(out, b)
		} else if b.Flush && !last {
			out = append(out, b)
		}
		if last {
			frame := trailers(r)
			if c.text {
				frame = toBase64(frame)
			}
			out = append(out, httpd.Buf{B: frame, Last: true, Keep: true})
		}
	}
	return next.Write(out)
}

// Body implements plugin.Body.
func (i *instance) Body(x *plugin.Context, in []httpd.Buf, next httpd.Sink) error {
	if c := slot.Get(x.R); c != nil {
		return c.body(x.R, in, next)
	}
	return next.Write(in)
}

func toBase64(b []byte) []byte { return base64.StdEncoding.AppendEncode(nil, b) }

// trailers takes the trailers and makes a frame of them.
func trailers(r *httpd.Request) []byte {
	b := []byte{ofTrailers, 0, 0, 0, 0}
	for i := range r.Out.Trailers {
		for _, c := range []byte(r.Out.Trailers[i].Name) {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			b = append(b, c)
		}
		b = append(append(append(b, ": "...), r.Out.Trailers[i].Value...), "\r\n"...)
	}
	r.Out.Trailers = r.Out.Trailers[:0]
	binary.BigEndian.PutUint32(b[1:], uint32(len(b)-5))
	return b
}
