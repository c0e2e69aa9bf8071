package notify

import (
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"time"

	"moongate/keepalived/role"
)

// send delivers a mail as keepalived does: plain SMTP without extensions. It logs
// how that went.
func send(m *message, log role.Logf) bool {
	conn, err := net.DialTimeout("tcp", m.server, m.timeout)
	name := serverName(m.server, conn)
	if err != nil {
		if isTimeout(err) {
			log(role.Info, "Timeout connecting SMTP server %s.", name)
		} else {
			log(role.Info, "SMTP connection ERROR to %s.", name)
		}
		return false
	}
	defer conn.Close()
	log(role.Info, "Remote SMTP server %s connected.", name)
	s := &dialogue{Conn: textproto.NewConn(conn), net: conn, timeout: m.timeout, name: name, log: log}
	if s.deliver(m) {
		log(role.Info, "SMTP alert successfully sent.")
		return true
	}
	return false
}

// dialogue is a connection to a mail server.
type dialogue struct {
	*textproto.Conn
	net     net.Conn
	timeout time.Duration
	name    string
	log     role.Logf
}

func (s *dialogue) deliver(m *message) bool {
	if !s.expect("connection", 220) || !s.say("HELO", 250, "HELO "+m.helo) || !s.say("MAIL", 250, "MAIL FROM:<"+m.from+">") {
		return false
	}
	for _, to := range m.to {
		if !s.say("RCPT", 250, "RCPT TO:<"+to+">") {
			return false
		}
	}
	if !s.say("DATA", 354, "DATA") {
		return false
	}
	w := s.DotWriter()
	io.WriteString(w, m.text)
	if err := w.Close(); err != nil {
		s.log(role.Info, "Cannot send data to remote SMTP server %s.", s.name)
		return false
	}
	// It has the mail once it says so; what it makes of QUIT does not matter.
	ok := s.expect("BODY", 250)
	if ok {
		s.PrintfLine("QUIT")
		s.net.SetDeadline(time.Now().Add(time.Second))
		s.ReadResponse(221)
	}
	return ok
}

// say sends a line and expects an answer.
func (s *dialogue) say(command string, code int, line string) bool {
	if err := s.PrintfLine("%s", line); err != nil {
		s.log(role.Info, "Cannot send data to remote SMTP server %s.", s.name)
		return false
	}
	return s.expect(command, code)
}

func (s *dialogue) expect(command string, code int) bool {
	s.net.SetDeadline(time.Now().Add(s.timeout))
	got, _, err := s.ReadResponse(code)
	switch {
	case err == nil:
		return true
	case isTimeout(err):
		s.log(role.Info, "Timeout reading data to remote SMTP server %s.", s.name)
	case got != 0:
		s.log(role.Info, "Error processing %s cmd on SMTP server %s. SMTP status code = %d", command, s.name, got)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		s.log(role.Info, "Remote SMTP server %s has closed the connection.", s.name)
	default:
		s.log(role.Info, "Error reading data from remote SMTP server %s.", s.name)
	}
	return false
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
}

// serverName is "[10.0.0.1]:25".
func serverName(server string, conn net.Conn) string {
	if conn != nil {
		server = conn.RemoteAddr().String()
	}
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return server
	}
	return "[" + host + "]:" + port
}
