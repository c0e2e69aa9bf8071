package upstreamhttp

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
)

// bodySender sends what the peer did not take at once, on a goroutine of its own,
// so that an early answer is seen. Whoever waits for the answer is interrupted
// when it is done: only then does proxy_read_timeout begin to count.
type bodySender struct {
	active bool // begun and not joined; of the goroutine that waits for the answer
	ended  atomic.Bool
	done   event.Waiter
	err    error        // before ended
	status httpd.Result // why, if it was the client's fault
}

// begin starts the goroutine.
func (b *bodySender) begin(u *Upstream, head, mem []byte, file *httpd.File, tail string) {
	b.active, b.err, b.status = true, nil, 0
	b.ended.Store(false)
	b.done.Reset()
	c := u.conn
	u.R.Loop().Go(func() {
		b.err = b.run(u, c, head, mem, file, tail)
		b.ended.Store(true)
		c.Interrupt()
		b.done.Wake()
	})
}

func (b *bodySender) run(u *Upstream, c *upstream.Conn, head, mem []byte, file *httpd.File, tail string) error {
	if f, ok := u.Proto.(Framed); ok {
		return b.frames(u, c, f, head)
	}
	if u.NoBuffer {
		return b.stream(u, c, head)
	}
	if err := b.write(u, c, head); err != nil {
		return err
	}
	if err := b.write(u, c, mem); err != nil {
		return err
	}
	if file != nil {
		if err := b.file(u, c, file); err != nil {
			return err
		}
	}
	return b.write(u, c, []byte(tail))
}

// write writes all of p, through interrupts that are meant for the reader.
func (b *bodySender) write(u *Upstream, c *upstream.Conn, p []byte) error {
	for len(p) > 0 {
		n, err := c.Write(p)
		p = p[n:]
		if err != nil && !(interrupted(err) && !u.R.ClientGone()) {
			return err
		}
	}
	return nil
}

func (b *bodySender) file(u *Upstream, c *upstream.Conn, f *httpd.File) error {
	room := buffers.Get().(*buffer)
	defer buffers.Put(room)
	for off := int64(0); off < f.Size; {
		n, err := f.ReadAt(room[:min(int64(len(room)), f.Size-off)], off)
		if n == 0 {
			return err
		}
		if err := b.write(u, c, room[:n]); err != nil {
			return err
		}
		off += int64(n)
	}
	return nil
}

// frames has the protocol send the rest of the request, be the body read already or not.
func (b *bodySender) frames(u *Upstream, c *upstream.Conn, f Framed, head []byte) error {
	mem, file, off := u.R.Body.Mem, u.R.Body.File, int64(0)
	read := func(p []byte) (n int, last bool, err error) {
		if u.NoBuffer {
			return b.gather(u, c, p)
		}
		n = copy(p, mem)
		mem = mem[n:]
		if file != nil && n < len(p) && off < file.Size {
			m, err := file.ReadAt(p[n:min(int64(len(p)), int64(n)+file.Size-off)], off)
			if m == 0 {
				return n, false, err
			}
			n, off = n+m, off+int64(m)
		}
		return n, len(mem) == 0 && (file == nil || off == file.Size), nil
	}
	return f.SendBody(c, head, read, func(p []byte) error { return b.write(u, c, p) })
}

// chunkRoom is what the line that begins a chunk may take.
const chunkRoom = 16 + 2

// stream passes the client's body on as it comes (proxy_request_buffering off),
// in chunks if its length is not known. What is there already leaves with the
// request's header.
func (b *bodySender) stream(u *Upstream, c *upstream.Conn, head []byte) error {
	room := buffers.Get().(*buffer)
	defer buffers.Put(room)
	if !u.R.BodyHere() {
		if err := b.write(u, c, head); err != nil {
			return err
		}
		head = nil
	}
	for {
		n, last, err := b.gather(u, c, room[chunkRoom:len(room)-len(http1.ChunkEnd)-len(http1.LastChunk)])
		if err != nil {
			return err
		}
		part := u.frame(room, n, last)
		if len(head)+len(part) <= cap(head) {
			part = append(head, part...)
		} else if err := b.write(u, c, head); err != nil {
			return err
		}
		head = nil
		if err := b.write(u, c, part); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// gather waits for bytes of the body and takes with them what came besides.
func (b *bodySender) gather(u *Upstream, c *upstream.Conn, p []byte) (n int, last bool, err error) {
	for {
		m, err := u.R.ReadBodyPart(p[n:])
		n += m
		switch {
		case errors.Is(err, io.EOF):
			return n, true, nil
		case err != nil:
			if !c.Event().Closed() && !interrupted(err) {
				b.status = u.R.BodyFailed(err)
			}
			return n, false, err
		case n == len(p) || !u.R.BodyHere():
			return n, false, nil
		}
	}
}

// frame puts a chunk's ends around the n bytes at chunkRoom.
func (u *Upstream) frame(room *buffer, n int, last bool) []byte {
	part := room[chunkRoom : chunkRoom+n]
	if !u.Chunked {
		return part
	}
	if n > 0 {
		var line [chunkRoom]byte
		head := http1.AppendChunk(line[:0], int64(n))
		from := chunkRoom - len(head)
		copy(room[from:], head)
		part = append(room[from:chunkRoom+n], http1.ChunkEnd...)
	}
	if last {
		part = append(part, http1.LastChunk...)
	}
	return part
}

// join takes over from a goroutine that has ended.
func (b *bodySender) join() {
	b.active = false
	b.done.Wait()
}

const patience = 10 * time.Millisecond

// stop ends the goroutine, and with it the connection to the peer unless the whole
// body went out.
func (b *bodySender) stop(u *Upstream, c *upstream.Conn) {
	if !b.active {
		return
	}
	if !b.ended.Load() {
		c.Event().Close()
		if f, ok := u.Proto.(Framed); ok {
			f.StopBody()
		}
		for u.NoBuffer && !b.ended.Load() {
			// It may wait for the client, whose connection stays.
			u.R.InterruptBody()
			if b.done.WaitTimeout(patience) {
				b.done.Wake()
			}
		}
		if u.NoBuffer {
			u.R.ClearInterrupt()
		}
	}
	b.join()
}
