package grpc

import (
	"encoding/binary"

	"moongate/edge/wire/http2"
	"moongate/engine/upstream"
)

// chunk is how much of the client's body is read at once.
const chunk = 16384

// SendBody implements upstreamhttp.Framed.
func (x *exchange) SendBody(c *upstream.Conn, head []byte, read func([]byte) (int, bool, error), write func([]byte) error) error {
	if err := write(head); err != nil {
		return err
	}
	x.Sent(c)
	if x.u.OwnBody {
		return nil
	}
	w := &x.wire
	room := make([]byte, chunk)
	out := make([]byte, 0, http2.HeadSize+chunk)
	for {
		n, last, err := read(room)
		if err != nil {
			return err
		}
		for at := 0; at < n; {
			size := w.room(n - at)
			if size == 0 {
				return nil // the peer has answered without it
			}
			flags := byte(0)
			if last && at+size == n {
				flags = http2.EndStream
			}
			out = append(http2.AppendHead(out[:0], size, http2.Data, flags, x.wire.id), room[at:at+size]...)
			if err := w.send(c, write, out); err != nil {
				return err
			}
			at += size
		}
		if last {
			if n == 0 {
				return w.send(c, write, http2.AppendHead(out[:0], 0, http2.Data, http2.EndStream, x.wire.id))
			}
			return nil
		}
	}
}

// Prepare implements upstreamhttp.Framed: a connection that is kept has been greeted, and
// frames get the number of its next stream.
func (x *exchange) Prepare(c *upstream.Conn, request []byte) []byte {
	fresh := x.wire.join(c)
	x.in.stream = x.wire.id
	for at := len(http2.Hello); at < len(request); {
		binary.BigEndian.PutUint32(request[at+5:], x.wire.id)
		at += http2.HeadSize + http2.ReadHead(request[at:]).Size
	}
	if !fresh {
		return request[len(http2.Hello):]
	}
	return request
}

// Sent implements upstreamhttp.Framed.
func (x *exchange) Sent(c *upstream.Conn) { x.wire.start(c) }

// StopBody implements upstreamhttp.Framed.
func (x *exchange) StopBody() { x.wire.stop() }
