package upstreamhttp

import (
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// pipe is for bodies that outgrow proxy_buffers (ngx_event_pipe.c). The request's
// goroutine reads, another one writes:
//
//	peer --> reader --> queue of pieces --> writer --> filters --> client
//	             |                              ^
//	             +--> temporary file -----------+
//
// While the memory allowed is in use and the client does not take any of it, what
// is read goes to a temporary file, up to proxy_max_temp_file_size; then reading
// stops.
type pipe struct {
	u     *Upstream
	limit int

	mu     sync.Mutex
	queue  []piece
	held   int // bytes in memory that are not written yet
	closed bool

	file           *httpd.File
	saved          *httpd.File // the cache's, where pieces lie too
	reader, writer event.Waiter
	gone           event.Waiter // the writer has ended
}

// piece is bytes in memory, or a range of the temporary file.
type piece struct {
	room     *wide
	b        []byte
	file     *httpd.File
	off, end int64
}

type wide [32768]byte

var wides = sync.Pool{New: func() any { return new(wide) }}

const (
	look   = 5 * time.Millisecond   // how often the reader looks at the client
	enough = 100 * time.Millisecond // after which it is slow without a sign
)

// pipe starts with the parts that have been collected, held bytes of them.
func (u *Upstream) pipe(held int) httpd.Result {
	p := &pipe{u: u, limit: u.Conf.Buffers.Num * int(u.Conf.Buffers.Size), held: held}
	first := u.parts
	u.parts = nil
	if u.saving() {
		u.save(first, false)
	}
	peer := u.conn.Event() // now: it may be given back before the writer begins
	u.R.Loop().Go(func() { p.drain(peer, first, held) })
	x := p.fill()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	if x == done || x == ended {
		u.release()
		if u.saving() {
			u.saved() // the others need not wait for this client
		}
	}
	p.writer.Wake()
	p.gone.Wait()
	u.parts = first[:0]
	res := u.finishPipe(x)
	for _, f := range []*httpd.File{p.file, p.saved} {
		if f != nil {
			f.Close()
		}
	}
	return res
}

func (u *Upstream) finishPipe(x reading) httpd.Result {
	if u.broken.Load() {
		return u.finish(httpd.Error)
	}
	return u.complete(x)
}

// fill reads until the body ends.
func (p *pipe) fill() reading {
	u := p.u
	for {
		spool := p.waitForRoom()
		if u.broken.Load() && !u.saving() {
			return stuck
		}
		room := wides.Get().(*wide)
		u.parts = u.parts[:0]
		_, x := u.readMore(room[:])
		b := compact(room, u.parts)
		switch {
		case len(b) == 0:
			wides.Put(room)
		case u.saving() && p.save(room, b, spool):
		case u.broken.Load():
			wides.Put(room)
			return stuck
		case spool:
			ok := p.spool(b)
			wides.Put(room)
			if !ok {
				return stuck
			}
		default:
			p.push(piece{room: room, b: b})
		}
		u.parts = u.parts[:0]
		if x != more {
			return x
		}
	}
}

// compact moves the data in a room together.
func compact(room *wide, parts []httpd.Buf) []byte {
	if len(parts) == 1 {
		return parts[0].B
	}
	n := 0
	for i := range parts {
		n += copy(room[n:], parts[i].B)
	}
	return room[:n]
}

func (p *pipe) push(x piece) {
	p.mu.Lock()
	if n := len(p.queue); x.room == nil && n > 0 && p.queue[n-1].file == x.file && p.queue[n-1].end == x.off {
		p.queue[n-1].end = x.end // the file goes on
	} else {
		p.queue = append(p.queue, x)
	}
	p.held += len(x.b)
	p.mu.Unlock()
	p.writer.Wake()
}

// waitForRoom waits until another piece may be read; spool says that it has to go
// to the file.
func (p *pipe) waitForRoom() (spool bool) {
	var waited time.Duration
	for {
		p.mu.Lock()
		free := p.held < p.limit
		p.mu.Unlock()
		switch {
		case free, p.u.broken.Load():
			return false
		case p.u.saving():
			return true // it is in a file anyhow
		}
		if p.reader.WaitTimeout(look) {
			continue
		}
		waited += look
		if p.mayGrow() && (p.u.R.ClientSlow() || waited >= enough) {
			return true
		}
	}
}

func (p *pipe) mayGrow() bool {
	most := p.u.Conf.MaxTempFileSize
	return most > 0 && (p.file == nil || p.file.Size < most)
}

// spool appends to the temporary file.
func (p *pipe) spool(b []byte) bool {
	r := p.u.R
	if p.file == nil {
		f, err := httpd.CreateTemp(p.u.Conf.TempPath, false)
		if err != nil {
			r.LogErr(errlog.Crit, err, "open() temporary file failed")
			return false
		}
		r.Logf(errlog.Warn, "an upstream response is buffered to a temporary file %s", f.Name)
		p.file = f
	}
	from := p.file.Size
	if err := p.file.Append(b); err != nil {
		r.LogErr(errlog.Crit, err, "pwrite() \"%s\" failed", p.file.Name)
		return false
	}
	p.push(piece{file: p.file, off: from, end: p.file.Size})
	return true
}

// save writes to the cache's file, from where the client gets what memory has no room for.
// False: there is no such file any more.
func (p *pipe) save(room *wide, b []byte, spool bool) bool {
	u := p.u
	if !u.saveBytes(b) || spool && !u.flushSaved() {
		return false
	}
	switch {
	case u.broken.Load():
		wides.Put(room)
	case spool:
		k := u.kept
		if p.saved == nil {
			p.saved = k.file.Share()
		}
		wides.Put(room)
		p.push(piece{file: k.file, off: k.file.Size - int64(len(b)), end: k.file.Size})
	default:
		p.push(piece{room: room, b: b})
	}
	return true
}

// drain writes to the client what the queue has, until it is closed.
func (p *pipe) drain(peer *event.Conn, first []httpd.Buf, held int) {
	r := p.u.R
	err := r.WriteBufs(first)
	clear(first)
	p.freed(held)
	var one [1]httpd.Buf
	for err == nil {
		p.mu.Lock()
		if len(p.queue) == 0 {
			closed := p.closed
			p.mu.Unlock()
			if closed {
				break
			}
			if err = r.Push(); err == nil {
				p.writer.Wait()
			}
			continue
		}
		x := p.queue[0]
		n := copy(p.queue, p.queue[1:])
		p.queue[n] = piece{}
		p.queue = p.queue[:n]
		p.mu.Unlock()
		if x.room == nil {
			one[0] = httpd.Buf{File: x.file, Off: x.off, End: x.end}
			err = r.WriteBufs(one[:])
			continue
		}
		one[0] = httpd.Buf{B: x.b}
		err = r.WriteBufs(one[:])
		wides.Put(x.room)
		p.freed(len(x.b))
	}
	if err != nil {
		p.u.broken.Store(true)
		p.mu.Lock()
		if !p.closed {
			peer.Interrupt()
		}
		p.mu.Unlock()
		p.reader.Wake()
	}
	p.gone.Wake()
}

func (p *pipe) freed(n int) {
	p.mu.Lock()
	p.held -= n
	p.mu.Unlock()
	p.reader.Wake()
}
