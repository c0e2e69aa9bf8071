package httpd

import "moongate/edge/wire/http1"

// BodyArrived tells whether the whole body of the request has been received
// already, so that nobody has to wait for any of it. It reads what the socket has,
// up to client_body_buffer_size, as nginx does before it begins to pass a body on
// unbuffered (ngx_http_read_client_request_body).
func (r *Request) BodyArrived() bool {
	c := r.Conn
	if r.stream != stream(c) || r.Parent != nil || r.Body.begun {
		return false
	}
	limit := int(r.Loc.core.BodyBufferSize.V)
	for {
		have := c.in[c.pos:]
		missing := limit - len(have)
		if r.In.Chunked {
			if allChunks(have) {
				return true
			}
		} else if missing = int(min(r.In.ContentLength, int64(limit)+1)) - len(have); missing <= 0 {
			return len(have) >= int(r.In.ContentLength)
		}
		if missing <= 0 || len(have)+missing > limit || !c.ev.HasInput() || c.tls != nil {
			return false
		}
		if cap(c.in)-len(c.in) < missing {
			// The header's views keep the old buffer.
			c.in = append(make([]byte, 0, len(have)+missing), have...)
			c.pos, c.inArray = 0, nil
		}
		n, _, _ := c.ev.TryRead(c.in[len(c.in) : len(c.in)+missing])
		if n == 0 {
			return false
		}
		c.in = c.in[:len(c.in)+n]
	}
}

// allChunks tells whether a chunked body is complete, without consuming it.
func allChunks(in []byte) bool {
	var d http1.Chunked
	for {
		n, _, res := d.Next(in)
		in = in[n:]
		switch res {
		case http1.OK:
		case http1.BodyDone:
			return true
		default:
			return false
		}
	}
}

// BodyHere tells whether ReadBodyPart would answer without waiting.
func (r *Request) BodyHere() bool {
	if s, ok := r.stream.(*http2stream); ok {
		return !r.Body.complete && s.bodyHere()
	}
	c := r.Conn
	if r.stream != stream(c) || r.Body.complete {
		return false
	}
	have := c.in[c.pos:]
	if len(have) == 0 || !r.In.Chunked {
		return len(have) > 0
	}
	d := r.Body.chunks
	for {
		n, data, res := d.Next(have)
		have = have[n:]
		if data > 0 || res != http1.OK {
			return data > 0 || res != http1.Again
		}
	}
}
