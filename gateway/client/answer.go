package client

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"moongate/edge/wire/http1"
)

// mostHead is how long a header may be.
const mostHead = 64 << 10

var (
	errHead = errors.New("the answer's header is too long")
	errForm = errors.New("the answer is not HTTP/1")
)

// ErrBody says that the answer's body is longer than the client takes; the request has
// been answered.
var ErrBody = errors.New("the answer's body is too long")

// reader reads one answer. in is what has been received and not used yet.
type reader struct {
	conn net.Conn
	most int
	in   []byte
	keep bool // the connection may serve again
}

// more waits for bytes.
func (r *reader) more() error {
	if len(r.in) == cap(r.in) {
		r.in = append(make([]byte, 0, max(4096, 2*cap(r.in))), r.in...)
	}
	n, err := r.conn.Read(r.in[len(r.in):cap(r.in)])
	r.in = r.in[:len(r.in)+n]
	if n > 0 {
		return nil
	}
	return err
}

// answer passes over interim answers.
func (r *reader) answer(head bool) (*Answer, error) {
	for range 8 {
		s, a, err := r.head()
		if err != nil {
			return nil, err
		}
		if s.Code/100 == 1 {
			continue
		}
		a.Body, err = r.body(s, head)
		r.keep = s.KeepAlive(s.Body(head))
		return a, err
	}
	return nil, errForm
}

// head reads a status line and headers.
func (r *reader) head() (*http1.Response, *Answer, error) {
	for {
		n, s, a, err := parseHead(r.in)
		if err != nil {
			return nil, nil, err
		}
		if n > 0 {
			r.in = r.in[n:]
			return s, a, nil
		}
		if len(r.in) > mostHead {
			return nil, nil, errHead
		}
		if err := r.more(); err != nil {
			return nil, nil, unexpected(err)
		}
	}
}

// parseHead parses a whole header; n is 0 while there is none.
func parseHead(in []byte) (n int, s *http1.Response, a *Answer, err error) {
	var line http1.StatusLine
	n, res := http1.ParseStatusLine(in, &line)
	switch {
	case res == http1.Again:
		return 0, nil, nil, nil
	case res != http1.OK:
		return 0, nil, nil, errForm
	}
	s, a = new(http1.Response), &Answer{Status: line.Code}
	if s.Reset(&line) != http1.NoProblem {
		return 0, nil, nil, errForm
	}
	for {
		var h http1.Header
		used, res := http1.ParseUpstreamHeader(in[n:], &h)
		n += used
		switch res {
		case http1.OK:
			if p := s.Read(&h); p != http1.NoProblem {
				return 0, nil, nil, fmt.Errorf("%s", s.AppendProblem(nil, p, &h))
			}
			a.Header = append(a.Header, http1.Header{Name: strings.Clone(h.Name), Value: strings.Clone(h.Value), ID: h.ID})
		case http1.HeaderDone:
			return n, s, a, nil
		case http1.Again:
			return 0, nil, nil, nil
		default:
			return 0, nil, nil, errForm
		}
	}
}

func (r *reader) body(s *http1.Response, head bool) ([]byte, error) {
	switch s.Body(head) {
	case http1.BodyLength:
		if s.Length > int64(r.most) {
			return nil, ErrBody
		}
		for int64(len(r.in)) < s.Length {
			if err := r.more(); err != nil {
				return nil, unexpected(err)
			}
		}
		body := r.in[:s.Length:s.Length]
		r.in = r.in[s.Length:]
		return body, nil
	case http1.BodyChunks:
		return r.chunks()
	case http1.BodyClose:
		for {
			if len(r.in) > r.most {
				return nil, ErrBody
			}
			if err := r.more(); err == io.EOF {
				return r.in, nil
			} else if err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

func (r *reader) chunks() ([]byte, error) {
	var d http1.Chunked
	var out []byte
	for {
		n, data, res := d.Next(r.in)
		out = append(out, r.in[n-data:n]...)
		r.in = r.in[n:]
		if len(out) > r.most {
			return nil, ErrBody
		}
		switch res {
		case http1.BodyDone:
			return out, nil
		case http1.Again:
			r.in = r.in[:0:0]
			if err := r.more(); err != nil {
				return nil, unexpected(err)
			}
		case http1.OK:
		default:
			return nil, errForm
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
