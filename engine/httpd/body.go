package httpd

import (
	"errors"
	"io"
	"os"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// Body is the body of a client's request.
type Body struct {
	Mem  []byte // in memory, when it fits or is wanted in one piece
	File *File  // the part that did not fit
	Len  int64  // of the decoded body, so far as it was read

	read      bool // ReadBody has been called
	complete  bool // all of it has arrived
	discarded bool
	chunks    http1.Chunked
	left      int64 // raw bytes to come, when not chunked
	begun     bool
	whole     bool // ReadBody takes all of it
}

// Present tells whether a body was read (nginx's r->request_body).
func (b *Body) Present() bool { return b.read }

// Complete tells whether all of the body has arrived.
func (b *Body) Complete() bool { return b.complete }

// Set replaces a body: subrequests and ngx.req.set_body_data.
func (b *Body) Set(mem []byte, f *File) {
	if b.File != nil && b.File != f {
		b.File.Close()
	}
	b.Mem, b.File, b.read, b.complete = mem, f, true, true
	b.Len = int64(len(mem))
	if f != nil {
		b.Len += f.Size
	}
}

// share is the body for a subrequest.
func (b *Body) share() Body {
	s := Body{Mem: b.Mem, Len: b.Len, read: true, complete: b.complete}
	if b.File != nil {
		s.File = b.File.Share()
	}
	return s
}

func (b *Body) release() {
	if b.File != nil {
		b.File.Close()
		b.File = nil
	}
}

// HasBody tells whether the client announced a body.
func (r *Request) HasBody() bool { return r.Main.In.ContentLength > 0 || r.Main.In.Chunked }

// ReadBody reads the whole body into memory, and what does not fit into
// client_body_buffer_size into a temporary file
// (ngx_http_read_client_request_body). It answers OK or the status to end
// the request with. Subrequests have the body of their parent.
func (r *Request) ReadBody() Result {
	if r.Parent != nil {
		if !r.Body.read {
			m := r.Main
			if res := m.ReadBody(); res != OK {
				return res
			}
			r.Body = m.Body.share()
		}
		return OK
	}
	b := &r.Body
	if b.read || b.discarded {
		return OK
	}
	b.read, b.whole = true, true
	if err := r.testExpect(); err != nil {
		return r.bodyFailed(err)
	}
	core := r.Loc.core
	if r.In.ContentLength < 0 && !r.In.Chunked || r.In.ContentLength == 0 && core.BodyInFileOnly.V == 0 {
		b.complete = true
		return OK
	}
	size := core.BodyBufferSize.V
	if n := r.In.ContentLength; n >= 0 && (n <= size || n <= size+size/4 && r.Version < http1.HTTP20) {
		size = n
	}
	if core.BodyInFileOnly.V != 0 {
		return r.bodyToFile(make([]byte, 0, max(min(size, 16384), 1)))
	}
	if c, ok := r.stream.(*Conn); ok && c.arrived(r, size) {
		return OK
	}
	buf := make([]byte, 0, size)
	for {
		if len(buf) == cap(buf) {
			if b.complete || r.bodyAtEnd() {
				break
			}
			return r.bodyToFile(buf)
		}
		n, err := r.ReadBodyPart(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return r.bodyFailed(err)
		}
	}
	b.Mem = buf
	return OK
}

// bodyAtEnd tells whether a body that filled its buffer ends just there.
func (r *Request) bodyAtEnd() bool { return !r.In.Chunked && r.In.ContentLength == r.Body.Len }

// bodyFailed words an error of reading a body and gives the status to end with.
func (r *Request) bodyFailed(err error) Result {
	var st statusError
	switch {
	case errors.As(err, &st):
		return Result(st)
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.Conn.timedOut = true
		return 408
	case errors.Is(err, io.ErrUnexpectedEOF):
		r.Logf(errlog.Info, "client prematurely closed connection")
	default:
		r.LogErr(errlog.Info, cause(err), "recv() failed")
	}
	if c, ok := r.stream.(*Conn); ok {
		c.failed = err
	}
	return 400
}

// statusError is a body that breaks a rule: the status says which.
type statusError Result

func (s statusError) Error() string { return "bad request body" }

// ReadBodyPart reads decoded bytes of the body as they come, io.EOF at its
// end: for those who pass a body on without waiting for all of it. Mixing it
// with ReadBody is not possible.
func (r *Request) ReadBodyPart(p []byte) (int, error) {
	b := &r.Body
	b.read = true
	if b.complete {
		return 0, io.EOF
	}
	if !b.begun {
		b.begun = true
		b.left = r.In.ContentLength
		if err := r.testExpect(); err != nil {
			return 0, err
		}
	}
	n, err := r.stream.readBody(r, p)
	b.Len += int64(n)
	if err == nil && r.In.ContentLength < 0 && !b.discarded {
		// What a chunk announces counts, not only what has come.
		ahead := b.chunks.Left()
		if max := r.Loc.core.ClientMaxBodySize.V; max != 0 && b.Len+ahead > max {
			r.Logf(errlog.Error, "client intended to send too large chunked body: %d+%d bytes", b.Len-int64(n), int64(n)+ahead)
			r.Lingering = true
			return 0, statusError(413)
		}
	}
	if err == io.EOF {
		b.complete = true
	}
	return n, err
}

// testExpect is ngx_http_test_expect.
func (r *Request) testExpect() error {
	if r.ExpectTested || r.Version != http1.HTTP11 {
		return nil
	}
	v, ok := r.In.Known(http1.Expect)
	if !ok {
		return nil
	}
	r.ExpectTested = true
	if !http1.EqualFold(v, "100-continue") {
		return nil
	}
	return r.stream.expect(r)
}

// DiscardBody gives up the body (ngx_http_discard_request_body): what has
// arrived is thrown away now, the rest when the response is sent. False when
// the connection can't be kept.
func (r *Request) DiscardBody() bool {
	b := &r.Body
	if r.Parent != nil || b.discarded || b.read {
		return true
	}
	b.discarded = true
	if err := r.testExpect(); err != nil {
		return false
	}
	if r.In.ContentLength <= 0 && !r.In.Chunked {
		b.complete = true
		return true
	}
	if !b.begun {
		b.begun = true
		b.left = r.In.ContentLength
	}
	return r.stream.discard(r)
}
