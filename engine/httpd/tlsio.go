package httpd

import (
	"errors"
	"net"
	"sync"

	"moongate/edge/sys/event"
	"moongate/engine/certs"
)

// tlsState is what only TLS connections have.
type tlsState struct {
	conn      *certs.Conn
	raw       tlsSource
	record    int    // ssl_buffer_size
	name      string // server name that the handshake was for, "" when none
	nameRegex *Regex
	http2     bool
}

// tlsSource is the socket below a TLS connection.
//
// Reading: when it is told not to wait, a read with nothing to read fails with
// event.ErrAgain, which crypto/tls takes for temporary: it keeps what it has of
// a record and goes on with it the next time.
//
// Writing: what crypto/tls writes is gathered and sent by flush, outside of
// its locks, several records in one system call. So a reader that has to answer
// inside TLS (key updates) never waits for a writer that waits for the client.
type tlsSource struct {
	net.Conn
	ev     *event.Conn
	head   []byte // bytes that were read before TLS began
	try    bool   // reads don't wait; only the reader touches it
	direct bool   // in the handshake: writes go through

	mu       sync.Mutex
	out      []byte
	writing  bool // tlsState.write is under way and will flush
	flushing bool
	room     event.Waiter // the writer waits for the flush of a reader
	err      error
}

// maxTLSOut bounds what a client can make TLS answer without reading it.
const maxTLSOut = 256 << 10

// tlsBatch is how much goes into one write.
const tlsBatch = 32 << 10

var tlsOutPool = sync.Pool{New: func() any { return new([tlsBatch + 2048]byte) }}

func (s *tlsSource) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	if s.try {
		n, again, err := s.ev.TryRead(p)
		if again {
			return 0, event.ErrAgain
		}
		return n, err
	}
	if s.owes() {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	return s.Conn.Read(p)
}

// Write implements net.Conn for crypto/tls.
func (s *tlsSource) Write(p []byte) (int, error) {
	if s.direct {
		return s.Conn.Write(p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	if len(s.out)+len(p) > maxTLSOut {
		s.err = errClosed
		return 0, s.err
	}
	if s.out == nil {
		s.out = tlsOutPool.Get().(*[tlsBatch + 2048]byte)[:0]
	}
	s.out = append(s.out, p...)
	return len(p), nil
}

// owes tells whether there is something to flush that nobody else will.
func (s *tlsSource) owes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out) > 0 && !s.writing && !s.flushing
}

// flush sends what was gathered.
func (s *tlsSource) flush() error {
	s.mu.Lock()
	for s.flushing && s.err == nil {
		s.mu.Unlock()
		s.room.Wait()
		s.mu.Lock()
	}
	s.flushing = true
	for len(s.out) > 0 && s.err == nil {
		b := s.out
		s.out = nil
		s.mu.Unlock()
		_, err := s.Conn.Write(b)
		if cap(b) == tlsBatch+2048 {
			tlsOutPool.Put((*[tlsBatch + 2048]byte)(b[:cap(b)]))
		}
		s.mu.Lock()
		if err != nil {
			s.err = err
		}
	}
	s.flushing = false
	err := s.err
	s.mu.Unlock()
	s.room.Wake()
	return err
}

// write encrypts p and sends it.
func (t *tlsState) write(p []byte) (done int, err error) {
	s := &t.raw
	for len(p) > 0 {
		batch := p[:min(len(p), tlsBatch)]
		s.mu.Lock()
		s.writing = true
		s.mu.Unlock()
		for b := batch; len(b) > 0 && err == nil; {
			n := len(b)
			if t.record > 0 {
				n = min(n, t.record)
			}
			_, err = t.conn.Write(b[:n])
			b = b[n:]
		}
		if e := s.flush(); err == nil {
			err = e
		}
		s.mu.Lock()
		s.writing = false
		s.mu.Unlock()
		if err != nil {
			return done, err
		}
		done += len(batch)
		p = p[len(batch):]
	}
	return done, nil
}

func (t *tlsState) read(p []byte) (int, error) { return t.conn.Read(p) }

func (t *tlsState) tryRead(p []byte) (n int, again bool, err error) {
	t.raw.try = true
	n, err = t.conn.Read(p)
	t.raw.try = false
	if n == 0 && errors.Is(err, event.ErrAgain) {
		if t.raw.owes() {
			if err := t.raw.flush(); err != nil {
				return 0, false, err
			}
		}
		return 0, true, nil
	}
	return n, false, err
}
