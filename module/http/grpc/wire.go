package grpc

import (
	"sync"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http2"
	"moongate/engine/upstream"
)

// link is what is known of a connection beyond a call.
type link struct {
	id      uint32 // of the last call's stream
	window  int64  // for what we send
	initial int64  // what the peer lets streams begin with
	frame   int    // how long its frames may be
	got     int64  // bytes of messages since our window was opened again
}

// wire is the way to the peer, which two goroutines write to: the one that sends the body,
// and the one that listens and answers in between. The latter does not wait for the former.
type wire struct {
	writing sync.Mutex // held while bytes go out

	mu      sync.Mutex // of what is below
	pending []byte     // complete frames that somebody has to write
	link               // of the connection in use
	stream  int64      // the window of the stream
	started bool       // what each connection begins with is out
	stopped bool
	opened  event.Waiter // there is more room, or stopped
}

func (w *wire) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending = w.pending[:0]
	w.started, w.stopped = false, false
	w.opened.Reset()
}

// join makes a connection the one in use, for another stream. It tells whether it is new.
func (w *wire) join(c *upstream.Conn) (fresh bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k, kept := c.Kept.(*link)
	if kept {
		w.link = *k
		w.id += 2
	} else {
		w.link = link{id: 1, window: http2.FirstWindow, initial: http2.FirstWindow, frame: http2.LeastFrame}
	}
	w.stream = w.initial
	return !kept
}

// leave notes what the next call on the connection has to know. It is false where something
// that must be said could not be written.
func (w *wire) leave(c *upstream.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pending) > 0 || w.id >= 1<<30 {
		return false
	}
	k, _ := c.Kept.(*link)
	if k == nil {
		k = new(link)
		c.Kept = k
	}
	*k = w.link
	return true
}

// start lets frames go out.
func (w *wire) start(c *upstream.Conn) {
	w.mu.Lock()
	w.started = true
	w.mu.Unlock()
	w.flush(c)
}

// say has frames written, now or by whoever is writing.
func (w *wire) say(c *upstream.Conn, frames []byte) {
	w.mu.Lock()
	w.pending = append(w.pending, frames...)
	w.mu.Unlock()
	w.flush(c)
}

// flush writes what is pending, unless somebody is writing: he looks again when he is done.
func (w *wire) flush(c *upstream.Conn) {
	for {
		w.mu.Lock()
		idle := len(w.pending) == 0 || !w.started
		w.mu.Unlock()
		if idle || !w.writing.TryLock() {
			return
		}
		w.mu.Lock()
		n, err := c.TryWrite(w.pending)
		w.pending = append(w.pending[:0], w.pending[n:]...)
		full := len(w.pending) > 0
		w.mu.Unlock()
		w.writing.Unlock()
		if full || err != nil {
			return // what reads from the connection sees why, or the next one takes it along
		}
	}
}

// send writes frames of the body, behind what is pending.
func (w *wire) send(c *upstream.Conn, write func([]byte) error, frames []byte) error {
	w.writing.Lock()
	w.mu.Lock()
	first := w.pending
	w.pending = nil
	w.mu.Unlock()
	var err error
	if len(first) > 0 {
		err = write(first)
	}
	if err == nil {
		err = write(frames)
	}
	w.writing.Unlock()
	if err == nil {
		w.flush(c)
	}
	return err
}

// room waits until bytes of the body may be sent, and takes up to n; 0 when it is over.
func (w *wire) room(n int) int {
	for {
		w.mu.Lock()
		got := int(min(int64(n), w.window, w.stream, int64(w.frame)))
		stopped := w.stopped
		if !stopped && got > 0 {
			w.window -= int64(got)
			w.stream -= int64(got)
			w.mu.Unlock()
			return got
		}
		w.mu.Unlock()
		if stopped {
			return 0
		}
		w.opened.Wait()
	}
}

// stop ends the waiting for room.
func (w *wire) stop() {
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	w.opened.Wake()
}

// grow takes a WINDOW_UPDATE; false when the window becomes too large.
func (w *wire) grow(id uint32, n int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	window := &w.window
	if id != 0 {
		window = &w.stream
	}
	*window += n
	w.opened.Wake()
	return *window <= http2.MostWindow
}

// begin takes SETTINGS_INITIAL_WINDOW_SIZE.
func (w *wire) begin(n int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stream += n - w.initial
	w.initial = n
	w.opened.Wake()
	return w.stream <= http2.MostWindow
}

func (w *wire) frames(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frame = n
}
