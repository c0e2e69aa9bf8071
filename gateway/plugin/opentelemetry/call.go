package opentelemetry

import (
	"errors"
	"strconv"

	"moongate/edge/wire/http2"
)

// mostAnswer is how long an answer may be; OTLP's have a few bytes.
const mostAnswer = 1 << 20

// call is the answer to a call as it comes.
type call struct {
	window int64 // of the stream, for what is sent
	header bool  // has come
	ended  bool
	last   bool // the header that comes is the end
	block  []byte
	body   []byte

	http    int    // :status
	status  int    // grpc-status; -1: not told
	message string // grpc-message, escaped
	details string // grpc-status-details-bin
}

func (k *call) reset(window int64) {
	*k = call{window: window, status: -1, block: k.block[:0], body: k.body[:0]}
}

// data takes a frame of DATA.
func (k *call) data(h http2.Head, p []byte) error {
	p, ok := unpadded(h, p)
	if !ok || len(k.body)+len(p) > mostAnswer {
		return errors.New("an answer that can't be")
	}
	k.body = append(k.body, p...)
	k.ended = k.ended || h.Flags&http2.EndStream != 0
	return nil
}

func unpadded(h http2.Head, p []byte) ([]byte, bool) {
	if h.Flags&http2.Padded == 0 {
		return p, true
	}
	if len(p) == 0 || int(p[0]) >= len(p) {
		return nil, false
	}
	return p[1 : len(p)-int(p[0])], true
}

// take takes HEADERS and CONTINUATION: the header, or the trailers.
func (k *call) take(h http2.Head, p []byte) error {
	if h.Kind == http2.Headers {
		var ok bool
		if p, ok = unpadded(h, p); !ok {
			return errors.New("padding that can't be")
		}
		if h.Flags&http2.Priority != 0 {
			p = p[min(5, len(p)):]
		}
		k.last, k.block = h.Flags&http2.EndStream != 0, k.block[:0]
	}
	if k.block = append(k.block, p...); len(k.block) > mostAnswer {
		return errors.New("a header that can't be")
	}
	if h.Flags&http2.EndHeaders == 0 {
		return nil
	}
	if err := http2.ReadFields(k.block, k.field); err != nil {
		return err
	}
	k.header, k.ended = true, k.ended || k.last
	return nil
}

func (k *call) field(name, value string) {
	switch name {
	case ":status":
		k.http, _ = strconv.Atoi(value)
	case "grpc-status":
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			k.status = n
		}
	case "grpc-message":
		k.message = value
	case "grpc-status-details-bin":
		k.details = value
	}
}
