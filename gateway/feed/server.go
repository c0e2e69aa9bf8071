package feed

import (
	"bufio"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"
)

// Worker is who has connected.
type Worker struct {
	Pid   int
	Index int
}

// greeting is the body of a hello.
type greeting struct {
	Secret string `json:"secret"`
	Worker
}

// Server is the sending side. Set the fields, then Serve.
type Server struct {
	Secret string
	// Snapshot gives the frames that a new worker begins with. It is called with
	// Publish held back, so that nothing is missed and nothing told twice.
	Snapshot func() []byte
	// Report takes what a worker sends. The body ends with the call.
	Report func(w Worker, k Kind, body []byte)
	// Joined and Left tell of workers; both may be nil.
	Joined, Left func(w Worker)
	// MaxWaiting is how many bytes may wait for one worker besides its snapshot.
	MaxWaiting int

	mu    sync.Mutex
	peers map[*peer]bool
	ended bool
}

// peer is a connected worker. What is to be sent waits in queue.
type peer struct {
	Worker
	conn  net.Conn
	mu    sync.Mutex
	some  *sync.Cond
	queue []byte
	gone  bool
}

const (
	helloTimeout      = 5 * time.Second
	sendTimeout       = 10 * time.Second
	maxReport         = 16 << 20
	defaultMaxWaiting = 64 << 20
)

// Serve accepts workers until the listener is closed.
func (s *Server) Serve(ln net.Listener) error {
	for {
		c, err := ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		go s.serve(c)
	}
}

// serve is one worker's connection.
func (s *Server) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	c.SetReadDeadline(time.Now().Add(helloTimeout))
	k, body, err := readFrame(in, nil, maxHello)
	var g greeting
	if err != nil || k != hello || json.Unmarshal(body, &g) != nil || subtle.ConstantTimeCompare([]byte(g.Secret), []byte(s.Secret)) != 1 {
		return
	}
	c.SetReadDeadline(time.Time{})
	p := &peer{Worker: g.Worker, conn: c}
	p.some = sync.NewCond(&p.mu)
	if !s.join(p) {
		return
	}
	defer s.leave(p)
	go p.send()
	room := make([]byte, 4096)
	for {
		k, body, err := readFrame(in, room, maxReport)
		if err != nil {
			return
		}
		if s.Report != nil {
			s.Report(p.Worker, k, body)
		}
	}
}

func (s *Server) join(p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	if s.peers == nil {
		s.peers = map[*peer]bool{}
	}
	p.queue = s.Snapshot()
	s.peers[p] = true
	if s.Joined != nil {
		s.Joined(p.Worker)
	}
	return true
}

func (s *Server) leave(p *peer) {
	p.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
	if s.Left != nil {
		s.Left(p.Worker)
	}
}

// Publish runs change, which brings what Snapshot tells up to date and gives the frames
// that say so, and sends those to all workers. None may be nil.
func (s *Server) Publish(change func() []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames := change()
	if len(frames) == 0 {
		return
	}
	most := s.MaxWaiting
	if most == 0 {
		most = defaultMaxWaiting
	}
	for p := range s.peers {
		p.add(frames, most)
	}
}

// Workers are those that are connected.
func (s *Server) Workers() (list []Worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.peers {
		list = append(list, p.Worker)
	}
	return list
}

// Close ends all connections.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for p := range s.peers {
		p.end()
	}
}

func (p *peer) add(frames []byte, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) > 0 && len(p.queue)+len(frames) > most {
		p.gone = true
		p.conn.Close()
	}
	if !p.gone {
		p.queue = append(p.queue, frames...)
	}
	p.some.Signal()
}

func (p *peer) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	p.conn.Close()
	p.some.Signal()
}

// send writes what waits until the connection ends.
func (p *peer) send() {
	for {
		p.mu.Lock()
		for len(p.queue) == 0 && !p.gone {
			p.some.Wait()
		}
		out := p.queue
		p.queue = nil
		gone := p.gone
		p.mu.Unlock()
		if gone {
			return
		}
		// A worker that computes for long may take its time, a dead one not.
		for len(out) > 0 {
			n := min(len(out), 1<<20)
			p.conn.SetWriteDeadline(time.Now().Add(sendTimeout))
			if _, err := p.conn.Write(out[:n]); err != nil {
				p.end()
				return
			}
			out = out[n:]
		}
	}
}
