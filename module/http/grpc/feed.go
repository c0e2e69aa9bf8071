package grpc

import (
	"errors"
	"fmt"

	"moongate/edge/wire/http1"
	"moongate/edge/wire/http2"
)

// mostHeader is how long a header may be.
const mostHeader = 128 << 10

// feed takes frames apart, in whatever pieces they come. Payloads of DATA are passed on where
// they lie, others are gathered.
type feed struct {
	head    [http2.HeadSize]byte
	nhead   int // of head, that have come
	kind    byte
	flags   byte
	id      uint32
	stream  uint32 // of the call
	left    int    // of the payload, to come
	pad     int    // of it padding, at the end; -1: its length comes first
	payload []byte
	block   []byte // of a header, up to END_HEADERS
	last    bool   // that header ends the stream
	fields  []http1.Header
}

func (f *feed) reset() {
	*f = feed{payload: f.payload[:0], block: f.block[:0], fields: f.fields[:0]}
}

// what is found by a step.
type what uint8

const (
	more    what = iota // nothing, more bytes are needed
	some                // bytes of a message
	frame               // a whole frame: payload
	message             // the end of a message: DATA with END_STREAM
)

// next takes bytes up to something of use: n of them are used then.
func (f *feed) next(in []byte) (n int, body []byte, found what, err error) {
	for {
		if f.nhead < http2.HeadSize {
			k := copy(f.head[f.nhead:], in[n:])
			f.nhead += k
			if n += k; f.nhead < http2.HeadSize {
				return n, nil, more, nil
			}
			if err := f.begin(); err != nil {
				return n, nil, more, err
			}
		}
		if f.kind == http2.Data {
			if f.pad < 0 {
				if n == len(in) {
					return n, nil, more, nil
				}
				f.pad = int(in[n])
				n++
				if f.left--; f.pad > f.left {
					return n, nil, more, errors.New("padding is longer than its frame")
				}
			}
			k := min(len(in)-n, f.left)
			part := in[n : n+min(k, max(f.left-f.pad, 0))]
			n += k
			if f.left -= k; f.left > 0 {
				if len(part) > 0 {
					return n, part, some, nil
				}
				return n, nil, more, nil
			}
			f.nhead = 0
			if f.flags&http2.EndStream != 0 {
				return n, part, message, nil
			}
			if len(part) > 0 {
				return n, part, some, nil
			}
			continue
		}
		k := min(len(in)-n, f.left)
		f.payload = append(f.payload, in[n:n+k]...)
		n += k
		if f.left -= k; f.left > 0 {
			return n, nil, more, nil
		}
		f.nhead = 0
		return n, nil, frame, nil
	}
}

// begin looks at the head of a frame.
func (f *feed) begin() error {
	h := http2.ReadHead(f.head[:])
	f.left, f.kind, f.flags, f.id = h.Size, h.Kind, h.Flags, h.ID
	f.payload, f.pad = f.payload[:0], 0
	switch {
	case f.left > http2.LeastFrame:
		return fmt.Errorf("a frame of %d bytes", f.left)
	case len(f.block) > 0 && f.kind != http2.Continuation, len(f.block) == 0 && f.kind == http2.Continuation:
		return errors.New("a header is not continued")
	case (f.kind == http2.Data || f.kind == http2.Headers || f.kind == http2.Continuation) && f.id != f.stream:
		return fmt.Errorf("a frame for stream %d", f.id)
	case f.kind == http2.Promise:
		return errors.New("a push")
	}
	if f.kind == http2.Data && f.flags&http2.Padded != 0 {
		if f.pad = -1; f.left == 0 {
			return errors.New("padding without a length")
		}
	}
	return nil
}

// header takes the payload of HEADERS or CONTINUATION; done tells that fields are complete.
func (f *feed) header() (done bool, err error) {
	p := f.payload
	if f.kind == http2.Headers {
		f.last = f.flags&http2.EndStream != 0
		pad := 0
		if f.flags&http2.Padded != 0 && len(p) > 0 {
			pad = int(p[0])
			p = p[1:]
		}
		if f.flags&http2.Priority != 0 {
			if len(p) < 5 {
				return false, errors.New("a priority that is cut")
			}
			p = p[5:]
		}
		if pad > len(p) {
			return false, errors.New("padding is longer than its frame")
		}
		p = p[:len(p)-pad]
	}
	if len(f.block)+len(p) > mostHeader {
		return false, errors.New("too big header")
	}
	f.block = append(f.block, p...)
	if f.flags&http2.EndHeaders == 0 {
		return false, nil
	}
	f.fields = f.fields[:0]
	size := 0
	err = http2.ReadFields(f.block, func(name, value string) {
		size += len(name) + len(value)
		f.fields = append(f.fields, http1.Header{Name: name, Value: value, ID: http1.LookupHeader(name)})
	})
	f.block = f.block[:0]
	if err == nil && size > mostHeader {
		err = errors.New("too big header")
	}
	return true, err
}
