package grpc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"moongate/core/errlog"
	"moongate/edge/wire/http2"
	"moongate/engine/httpd/upstreamhttp"
)

// Header implements upstreamhttp.Protocol.
func (x *exchange) Header(u *upstreamhttp.Upstream) upstreamhttp.Parsed {
	for {
		n, body, found, err := x.in.next(u.Unread())
		u.Skip(n)
		if err == nil && (len(body) > 0 || found == message) {
			err = errors.New("a message before the header")
		}
		if err == nil && found == frame {
			err = x.take(u)
		}
		if err != nil {
			u.R.Logf(errlog.Error, "upstream sent invalid HTTP/2: %s", err)
			return upstreamhttp.HeaderInvalid
		}
		switch {
		case x.header:
			return upstreamhttp.HeaderDone
		case x.hints:
			x.hints = false
			return upstreamhttp.HeaderHints
		}
		if found == more {
			return upstreamhttp.HeaderMore
		}
	}
}

// BeginBody implements upstreamhttp.Protocol.
func (x *exchange) BeginBody(*upstreamhttp.Upstream) {}

// Body implements upstreamhttp.Protocol.
func (x *exchange) Body(u *upstreamhttp.Upstream, in []byte) (n int, data []byte, res upstreamhttp.Body) {
	for {
		if x.done {
			if err := x.rest(u, in[n:]); err != nil {
				u.R.Logf(errlog.Error, "upstream sent invalid HTTP/2: %s", err)
				return len(in), nil, upstreamhttp.BodyFailed
			}
			return len(in), nil, upstreamhttp.BodyDone
		}
		k, part, found, err := x.in.next(in[n:])
		n += k
		if err == nil && found == frame {
			err = x.take(u)
		}
		if err != nil {
			u.R.Logf(errlog.Error, "upstream sent invalid HTTP/2: %s", err)
			return n, nil, upstreamhttp.BodyFailed
		}
		if err = x.count(u, len(part)); err == nil && found == message {
			err = x.whole(u)
		}
		if err != nil {
			u.R.Logf(errlog.Error, "upstream sent invalid HTTP/2: %s", err)
			return n, nil, upstreamhttp.BodyFailed
		}
		switch {
		case found == message:
			x.done = true
			return n, part, upstreamhttp.BodyData
		case len(part) > 0:
			return n, part, upstreamhttp.BodyData
		case found == more:
			return n, nil, upstreamhttp.BodyMore
		}
	}
}

// rest takes what came behind the end, and decides whether the connection is kept.
func (x *exchange) rest(u *upstreamhttp.Upstream, in []byte) error {
	x.wire.stop()
	for len(in) > 0 {
		n, _, found, err := x.in.next(in)
		if err == nil && (found == some || found == message) {
			err = errBehind
		}
		if err == nil && found == frame {
			err = x.late(u)
		}
		if err != nil {
			return err
		}
		in = in[n:]
	}
	u.Keep = !x.leaving && x.in.nhead == 0 && x.wire.leave(u.Conn())
	return nil
}

var errBehind = errors.New("more behind the end")

// late takes a frame that came behind the end.
func (x *exchange) late(u *upstreamhttp.Upstream) error {
	switch f := &x.in; f.kind {
	case http2.Headers, http2.Continuation:
		return errBehind
	case http2.Reset:
		// The rest of the request is not wanted: that is said once.
		if len(f.payload) == 4 && binary.BigEndian.Uint32(f.payload) == 0 && !x.unwanted {
			x.unwanted = true
			return nil
		}
	}
	return x.take(u)
}

// count opens our windows again in time, and looks at how long the message is.
func (x *exchange) count(u *upstreamhttp.Upstream, n int) error {
	if x.left >= 0 {
		if x.left -= int64(n); x.left < 0 {
			return errors.New("a message that is longer than its length")
		}
	}
	if x.got += int64(n); x.got >= http2.MostWindow/2 {
		x.wire.say(u.Conn(), http2.AppendUpdate(nil, x.in.stream, uint32(x.got)))
		x.got = 0
	}
	if x.wire.got += int64(n); x.wire.got >= http2.MostWindow/2 {
		x.wire.say(u.Conn(), http2.AppendUpdate(nil, 0, uint32(x.wire.got)))
		x.wire.got = 0
	}
	return nil
}

// Wanted implements upstreamhttp.Protocol; nothing is buffered.
func (x *exchange) Wanted(*upstreamhttp.Upstream) int64 { return math.MaxInt64 }

// AtEnd implements upstreamhttp.Protocol.
func (x *exchange) AtEnd(*upstreamhttp.Upstream) bool { return x.done }

// take does what a whole frame says.
func (x *exchange) take(u *upstreamhttp.Upstream) error {
	f := &x.in
	p := f.payload
	switch f.kind {
	case http2.Headers, http2.Continuation:
		if done, err := f.header(); err != nil || !done {
			return err
		}
		return x.fields(u)
	case http2.Settings:
		if f.flags&http2.Ack != 0 {
			return nil
		}
		return x.settings(u, p)
	case http2.Ping:
		if len(p) != 8 {
			return errors.New("a PING of another size")
		}
		if f.flags&http2.Ack == 0 {
			x.wire.say(u.Conn(), append(http2.AppendHead(nil, 8, http2.Ping, http2.Ack, 0), p...))
		}
	case http2.WindowUpdate:
		if len(p) != 4 {
			return errors.New("a WINDOW_UPDATE of another size")
		}
		if n := binary.BigEndian.Uint32(p) & http2.MostWindow; n == 0 || !x.wire.grow(f.id, int64(n)) {
			return errors.New("a window that can't be")
		}
	case http2.Reset:
		if len(p) != 4 || f.id != f.stream {
			return errors.New("a RST_STREAM that can't be")
		}
		return fmt.Errorf("the stream was reset, code %d", binary.BigEndian.Uint32(p))
	case http2.GoAway:
		if len(p) < 8 {
			return errors.New("a GOAWAY of another size")
		}
		if x.leaving = true; binary.BigEndian.Uint32(p)&http2.MostWindow < f.stream {
			return fmt.Errorf("the connection is closed, code %d", binary.BigEndian.Uint32(p[4:]))
		}
	}
	return nil
}

// settings takes the peer's, and says so.
func (x *exchange) settings(u *upstreamhttp.Upstream, p []byte) error {
	if len(p)%6 != 0 {
		return errors.New("SETTINGS of another size")
	}
	for ; len(p) > 0; p = p[6:] {
		v := binary.BigEndian.Uint32(p[2:])
		switch binary.BigEndian.Uint16(p) {
		case http2.InitialWindowSize:
			if v > http2.MostWindow || !x.wire.begin(int64(v)) {
				return errors.New("a window that can't be")
			}
		case http2.MaxFrameSize:
			if v < http2.LeastFrame || v > http2.MostFrame {
				return errors.New("a size of frames that can't be")
			}
			x.wire.frames(int(v))
		}
	}
	x.wire.say(u.Conn(), http2.AppendHead(nil, 0, http2.Settings, http2.Ack, 0))
	return nil
}
