package api

import (
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
	"moongate/engine/certs"
	"moongate/lua/vm"
)

// tcpSocket is one object of ngx.socket.tcp. Two light threads may use it at once, one to read and one to write; busy flags keep
// any third away, so the parts that belong to reading and to writing need no lock. mu guards pc against the end of
// the request, which closes from another goroutine.
type tcpSocket struct {
	mu   sync.Mutex
	x    *vm.Ctx // whose socket it is, while it is connected or connecting
	lent lender
	pc   *peerConn
	pool *pool // counted there

	key         string // of the pool it will be kept in
	host        string
	times       timeouts
	bind        netip.AddrPort
	transparent bool
	cert        *clientCert

	connecting, reading, writing bool
	linking                      atomic.Bool // the network is being waited for, no longer a name or a place
	readClosed, writeClosed, eof bool

	rd readOp
	wr writeOp
}

// peerConn is a connection, which goes from socket to socket through pools.
type peerConn struct {
	ev      *event.Conn
	nc      *event.NetConn // under TLS
	tls     *certs.Conn
	session *certs.Session
	host    string
	addr    string // in text, for the log
	port    uint16
	reused  int
	nodelay bool
	buf     []byte // what was received and not yet asked for is buf[from:]
	from    int

	// While it idles in a pool.
	pool  *pool
	idle  bool
	until time.Duration // of event.Mono, 0: no limit
}

func (p *peerConn) close() {
	if p.tls != nil && p.ev != nil {
		// A close_notify that can't be sent at once isn't sent.
		p.nc.SetWriteDeadline(time.Unix(1, 0))
	}
	if p.ev != nil {
		p.ev.Close()
	}
}

// tcpOf is the socket of a call, nil when the handle is none.
func tcpOf(x *vm.Ctx, c *luajit.Call) *tcpSocket { return socketsOf(x.V).tcp.get(c.Arg(1)) }

// What keeps an operation away.
const (
	busyConnect = 1 << iota
	busyRead
	busyWrite
)

func (s *tcpSocket) busy(what int) string {
	switch {
	case what&busyConnect != 0 && s.connecting:
		return "socket busy connecting"
	case what&busyRead != 0 && s.reading:
		return "socket busy reading"
	case what&busyWrite != 0 && s.writing:
		return "socket busy writing"
	}
	return ""
}

// take makes pc the socket's connection; false when the request has ended meanwhile.
func (s *tcpSocket) take(pc *peerConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.x == nil {
		return false
	}
	s.pc = pc
	s.readClosed, s.writeClosed, s.eof = false, false, false
	return true
}

// give takes the connection out of the socket.
func (s *tcpSocket) give() *peerConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	pc := s.pc
	s.pc = nil
	return pc
}

// lender is the client's request of a subrequest whose socket has ended with it. To
// nginx the socket is still the subrequest's while that request lives.
type lender struct {
	conn uint64
	n    int
}

func lenderOf(x *vm.Ctx) (l lender) {
	if x.R != nil && !x.R.IsMain() {
		l.conn, l.n = x.R.Conn.Number, x.R.Conn.Requests()
	}
	return l
}

// foreign tells whether the socket belongs to another request than x's.
func (s *tcpSocket) foreign(x *vm.Ctx) bool {
	if s.x != nil {
		return s.x != x
	}
	return s.lent != lender{} && s.lent == lenderOf(x)
}

// end closes the connection and makes room in its pool (ngx_http_lua_socket_tcp_finalize).
func (s *tcpSocket) end() {
	pc := s.give()
	if pc == nil {
		return
	}
	pc.close()
	putBuffer(pc)
	if s.pool != nil {
		s.pool.gone()
		s.pool = nil
	}
}

type openKey struct{}

// openSet are the sockets that end with a request.
type openSet struct{ list []*tcpSocket }

// own makes x the request whose end is the socket's.
func (s *tcpSocket) own(x *vm.Ctx) {
	if s.x == x {
		return
	}
	s.x, s.lent = x, lender{}
	set, _ := x.Get(openKey{}).(*openSet)
	if set == nil {
		set = new(openSet)
		x.Set(openKey{}, set)
		x.AtEnd(func() {
			for _, s := range set.list {
				s.mu.Lock()
				s.x, s.lent = nil, lenderOf(x)
				s.mu.Unlock()
				s.end()
				s.connecting, s.reading, s.writing = false, false, false
				s.linking.Store(false)
			}
		})
	}
	set.list = append(set.list, s)
}

// upstream is what the log says about the peer behind a message.
func (s *tcpSocket) upstream() string {
	text := ", upstream: " + s.host
	pc := s.pc
	if pc == nil {
		return text
	}
	if pc.port != 0 {
		text += ":" + strconv.Itoa(int(pc.port))
	}
	if pc.addr != "" {
		text += "(" + pc.addr + ")"
	}
	return text
}

// logf writes about the socket, unless lua_socket_log_errors is off.
func (s *tcpSocket) logf(x *vm.Ctx, level errlog.Level, text string) {
	if x.Conf != nil && !x.Conf.LogSocketErrors {
		return
	}
	x.Logf(level, "%s", text+s.upstream())
}

// closedUse logs the use of a socket that is not connected.
func (s *tcpSocket) closedUse(x *vm.Ctx, c *luajit.Call, what string) luajit.Result {
	if x.Conf == nil || x.Conf.LogSocketErrors {
		eof := 0
		if s.eof {
			eof = 1
		}
		x.Logf(errlog.Error, "attempt to %s data on a closed socket: u:%p, c:%p, ft:0 eof:%d", what, s, s.pc, eof)
	}
	return c.Fail("closed")
}

var bufferPool sync.Pool

// buffer gives the connection room for at least one read.
func (p *peerConn) buffer(size int) {
	if cap(p.buf) != 0 {
		return
	}
	if size <= 0 {
		size = 4096
	}
	if b, _ := bufferPool.Get().(*[]byte); b != nil && cap(*b) >= size {
		p.buf = (*b)[:0]
		return
	}
	p.buf = make([]byte, 0, size)
}

// putBuffer gives it back, if it holds nothing.
func putBuffer(p *peerConn) {
	if cap(p.buf) != 0 && p.from == len(p.buf) {
		b := p.buf[:0]
		p.buf, p.from = nil, 0
		bufferPool.Put(&b)
	}
}

// unread is what was received and not asked for.
func (p *peerConn) unread() []byte { return p.buf[p.from:] }
