package httpd

import (
	"strings"

	"moongate/core/errlog"
)

// shakeContext ends log lines of code that runs in a handshake
// (ngx_http_lua_log_ssl_cert_error).
type shakeContext struct {
	conn *Conn
	what errlog.Context
}

// AppendLog implements errlog.Context.
func (s *shakeContext) AppendLog(b []byte) []byte {
	b = s.what.AppendLog(b)
	b = append(b, ", client: "...)
	b = s.conn.appendClient(b)
	b = append(b, ", server: "...)
	return s.conn.appendListen(b)
}

// ShakeLog is the log for code that runs in a handshake with a server of this
// connection.
func (c *Conn) ShakeLog(s *Server, what errlog.Context) *errlog.Log {
	l := &errlog.Log{Number: c.Number, From: &shakeContext{c, what}}
	l.SetChain(s.ground.core.Log)
	return l
}

// ListenPath is the path of the unix socket that the client has come by, "" for others.
func (c *Conn) ListenPath() string {
	path, ok := strings.CutPrefix(c.listen.addr.String(), "unix:")
	if !ok {
		return ""
	}
	return path
}
