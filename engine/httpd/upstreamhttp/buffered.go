package upstreamhttp

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// buffered passes the body on with proxy_buffering on: as much as has arrived is
// read before anything is written, up to proxy_buffers. A body that is complete by
// then never holds the peer while the client reads; one that is larger is handed
// to a pipe.
func (u *Upstream) buffered() httpd.Result {
	wanted := u.Proto.Wanted(u)
	x := u.first()
	if v := u.Conf.LimitRate; v != nil && x == more {
		if rate, ok := directive.ParseSize(v.Eval(u.R)); ok && rate > 0 {
			return u.slowly(rate, x)
		}
	}
	if x == more {
		return u.collect(wanted)
	}
	return u.complete(x)
}

// complete ends a body that needs no more reading.
func (u *Upstream) complete(x reading) httpd.Result {
	switch x {
	case done, ended:
		u.release()
		if u.flushParts(true) != nil {
			return u.finish(httpd.Error)
		}
		return u.finish(httpd.OK)
	case wrong:
		// What came with it is not passed on, not even the header if that waits.
		return u.finish(httpd.Error)
	case late:
		// As nginx has it: what had not filled a buffer is lost.
		clear(u.parts)
		u.parts = u.parts[:0]
	}
	if u.flushParts(false) != nil || u.push() != nil {
		return u.finish(httpd.Error)
	}
	return u.finish(u.result(x))
}

// collect reads what the peer has, writes it, and waits for more, until the body
// is complete or turns out to be large. Less than a buffer is written only if it
// completes what has begun (wanted), as in ngx_event_pipe_read_upstream.
func (u *Upstream) collect(wanted int64) httpd.Result {
	limit := u.Conf.Buffers.Num * int(u.Conf.Buffers.Size)
	held := int(u.state().ResponseLength) // not written yet
	room := u.rest()
	used := 0 // of room
	for {
		if used == len(room) {
			switch {
			case held < limit:
				room, used = u.another(), 0
			case !u.lost:
				return u.pipe(held)
			case u.flushPieces() != nil:
				return u.finish(httpd.Error)
			default:
				room, held, used = u.recycle(room), 0, 0
			}
		}
		n, x, again := u.tryMore(room[used:])
		if again {
			if int64(held) >= min(wanted, u.Conf.Buffers.Size) {
				u.R.Doing("sending to client")
				if u.flushPieces() != nil {
					return u.finish(httpd.Error)
				}
				u.R.Doing("reading upstream")
				// The client has it: the memory is free again.
				room, held, used = u.recycle(room), 0, 0
				wanted = u.Proto.Wanted(u)
			}
			n, x = u.readMore(room[used:])
		}
		used += n
		held += n
		if x != more {
			return u.complete(x)
		}
	}
}

// flushPieces writes parts whose memory is used again afterwards.
func (u *Upstream) flushPieces() error {
	for i := range u.parts {
		u.parts[i].Keep = false
	}
	if err := u.flushParts(false); err != nil {
		return err
	}
	return u.push()
}

// recycle gives back all extra buffers but one, which is the next room.
func (u *Upstream) recycle(room []byte) []byte {
	n := len(u.extra)
	if n == 0 {
		return room
	}
	for i, b := range u.extra[1:] {
		buffers.Put(b)
		u.extra[i+1] = nil
	}
	u.extra = u.extra[:1]
	return u.extra[0][:]
}
