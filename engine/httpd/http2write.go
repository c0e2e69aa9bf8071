package httpd

import (
	"errors"
	"os"
	"sync"

	"moongate/core/errlog"
)

// Frames of all streams are appended to one buffer under the lock; whoever
// wants them sent and finds nobody writing becomes the writer, and takes along
// what others add meanwhile.

const (
	http2OutSize = 40 << 10
	// http2OutBatch is how much a stream appends before it has it written.
	http2OutBatch = 32 << 10
	// http2OutFull is how much may wait behind a writer.
	http2OutFull = 64 << 10
)

var http2OutPool = sync.Pool{New: func() any { return new([http2OutSize]byte) }}

// takeOut makes sure that there is a buffer. h.mu is held.
func (h *http2conn) takeOut() {
	if h.out == nil {
		h.out = http2OutPool.Get().(*[http2OutSize]byte)[:0]
	}
}

func (h *http2conn) giveOut(b []byte) {
	if cap(b) == http2OutSize {
		http2OutPool.Put((*[http2OutSize]byte)(b[:http2OutSize]))
	}
}

// reply appends a control frame. h.mu is held.
func (h *http2conn) reply(kind, flags byte, id uint32, payload []byte) {
	if h.broken {
		return
	}
	h.takeOut()
	h.out = append(appendFrame(h.out, len(payload), kind, flags, id), payload...)
	h.control++
	h.total += http2FrameHead + int64(len(payload))
}

// updateWindow lets the client send more; id 0 is the connection.
func (h *http2conn) updateWindow(id uint32, by int64) {
	var b [4]byte
	h.reply(frameWindowUpdate, 0, id, appendUint32(b[:0], uint32(by)))
}

// resetStream appends RST_STREAM.
func (h *http2conn) resetStream(id uint32, code http2Error) {
	var b [4]byte
	h.reply(frameReset, 0, id, appendUint32(b[:0], uint32(code)))
}

// flush writes what has gathered, unless somebody does that already.
func (h *http2conn) flush() {
	h.mu.Lock()
	if h.writing || len(h.out) == 0 || h.broken {
		h.mu.Unlock()
		return
	}
	h.writing = true
	h.c.ev.SetWriteTimeout(h.c.server.ground.core.SendTimeout.V)
	for len(h.out) > 0 && !h.broken {
		b := h.out
		h.out, h.control = nil, 0
		h.mu.Unlock()
		_, err := h.c.write(b)
		h.giveOut(b)
		if err != nil {
			h.writeFailed(err)
		}
		h.mu.Lock()
		for _, s := range h.room {
			s.ww.Wake()
		}
		h.room = h.room[:0]
	}
	h.writing = false
	last := len(h.streams) == 0
	h.mu.Unlock()
	if last {
		h.rest()
	}
}

func (h *http2conn) writeFailed(err error) {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		h.c.timedOut = true
	case h.log.Enabled(errlog.Info) && !errors.Is(err, errClosed):
		h.log.Log(errlog.Info, cause(err), "send() failed")
	}
	h.breakOff(err)
}
