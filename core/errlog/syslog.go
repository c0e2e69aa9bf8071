package errlog

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"moongate/edge/sys/dgram"
	"moongate/edge/sys/errno"
)

// Syslog sends lines to a syslog server, in the form of RFC 3164 that nginx
// uses: "<PRI>Nov 23 19:00:00 HOST TAG: line". Access logs use it too.
type Syslog struct {
	Name     string // of the server as written, for messages
	addr     dgram.Addr
	facility int
	severity int
	tag      string
	hostname string // empty with "nohostname"

	// Report gets a line when sending fails.
	Report Log

	mu          sync.Mutex
	fd          int
	dead        bool
	complaining atomic.Bool
}

const (
	facilityDefault = 23 // local7
	severityDefault = 6  // info
)

// appendHeader adds everything in front of the message.
func (s *Syslog) appendHeader(b []byte, severity int) []byte {
	b = append(b, '<')
	b = strconv.AppendInt(b, int64(s.facility*8+severity), 10)
	b = append(b, '>')
	b = time.Now().AppendFormat(b, time.Stamp)
	b = append(b, ' ')
	if s.hostname != "" {
		b = append(b, s.hostname...)
		b = append(b, ' ')
	}
	b = append(b, s.tag...)
	return append(b, ": "...)
}

func (s *Syslog) writeLine(level Level, line []byte) {
	s.send(int(level)-1, line[:len(line)-1])
}

// Send sends a message with the severity that the configuration says, and tells whether
// it has gone. Why it has not is in the log, unless the server is only slow.
func (s *Syslog) Send(message []byte) bool { return s.send(s.severity, message) }

func (s *Syslog) send(severity int, message []byte) (sent bool) {
	buf := lines.Get().(*[]byte)
	b := append(s.appendHeader((*buf)[:0], severity), message...)
	// The line about a failure comes back here when errors go to this very
	// server: it is dropped (ngx_syslog_peer_t.busy).
	if !s.complaining.Load() {
		level, call, err := s.deliver(b)
		sent = err == nil
		if level != 0 {
			s.complain(level, call, err)
		}
	}
	*buf = b
	lines.Put(buf)
	return sent
}

// deliver sends b, opening the socket first when there is none. A failure comes
// with the level to report it at, 0 for one that is not reported.
func (s *Syslog) deliver(b []byte) (Level, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return 0, "", nil
	}
	if s.fd < 0 {
		fd, call, err := dgram.Dial(s.addr)
		if err != nil {
			return Alert, call, err
		}
		s.fd = fd
	}
	level := Alert
	err := dgram.Send(s.fd, b)
	switch errno.Number(err) {
	case 0, errno.EAGAIN:
		return 0, "", err
	case errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN, errno.ETIMEDOUT, errno.ECONNREFUSED,
		errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH:
		level = Error
	}
	dgram.Close(s.fd)
	s.fd = -1
	return level, "send()", err
}

type syslogContext string

func (server syslogContext) AppendLog(b []byte) []byte {
	b = append(b, " while logging to syslog, server: "...)
	return append(b, server...)
}

func (s *Syslog) complain(level Level, call string, err error) {
	s.complaining.Store(true)
	defer s.complaining.Store(false)
	l := s.Report
	l.From = syslogContext(s.Name)
	l.Log(level, err, "%s failed", call)
}

func (s *Syslog) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = true
	if s.fd >= 0 {
		dgram.Close(s.fd)
		s.fd = -1
	}
}

// Close ends the use of this server.
func (s *Syslog) Close() { s.close() }
