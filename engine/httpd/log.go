package httpd

import (
	"moongate/core/errlog"
)

// Logf writes a line about this request.
func (r *Request) Logf(level errlog.Level, format string, args ...any) {
	r.ErrorLog().Log(level, nil, format, args...)
}

// LogErr is Logf with an error, whose errno stands in brackets.
func (r *Request) LogErr(level errlog.Level, err error, format string, args ...any) {
	if l := r.ErrorLog(); l.Enabled(level) {
		l.Log(level, cause(err), format, args...)
	}
}

// Debugf writes a debug line; callers on the hot path ask Debugging first.
func (r *Request) Debugf(format string, args ...any) {
	r.ErrorLog().Debug(errlog.DebugHTTP, format, args...)
}

// Debugging tells whether debug lines of this request are wanted.
func (r *Request) Debugging() bool { return r.ErrorLog().Debugging(errlog.DebugHTTP) }

// ErrorLog is the log that the request's lines go to: the connection's, whose
// chain is that of the location (setLocation). A subrequest has one of its own,
// since several may run beside each other.
func (r *Request) ErrorLog() *errlog.Log {
	if r.Parent != nil {
		return &r.log
	}
	return &r.Conn.log
}

// Doing sets what the log says the request is about (" while ..."), "" for
// nothing; it returns what was there before.
func (r *Request) Doing(what string) (before string) {
	before = r.Main.stage.get()
	r.Main.stage.set(what)
	return before
}

// AppendLog implements errlog.Context.
func (c *Conn) AppendLog(b []byte) []byte { return c.appendLog(b, c.req) }

// AppendLog implements errlog.Context for a subrequest.
func (r *Request) AppendLog(b []byte) []byte { return r.Conn.appendLog(b, r) }

// appendLog is ngx_http_log_error.
func (c *Conn) appendLog(b []byte, r *Request) []byte {
	doing := c.doing
	if doing == "" && r != nil {
		doing = r.Main.stage.get()
	}
	if doing != "" {
		b = append(b, " while "...)
		b = append(b, doing...)
	}
	b = append(b, ", client: "...)
	b = c.appendClient(b)
	if r == nil {
		b = append(b, ", server: "...)
		return c.appendListen(b)
	}
	b = append(b, ", server: "...)
	if s := r.Server; s != nil {
		b = append(b, s.Name...)
	} else {
		b = append(b, c.server.Name...)
	}
	m := r.Main
	if m.Line != "" {
		b = append(b, ", request: \""...)
		b = append(b, m.Line...)
		b = append(b, '"')
	}
	if r != m {
		b = append(b, ", subrequest: \""...)
		b = append(b, r.URI...)
		b = append(b, '"')
	}
	if u, ok := r.Upstream.(interface{ AppendLog([]byte) []byte }); ok {
		b = u.AppendLog(b)
	}
	if h, ok := m.In.Get("Host"); ok {
		b = append(b, ", host: \""...)
		b = append(b, h...)
		b = append(b, '"')
	}
	if ref, ok := m.In.Get("Referer"); ok {
		b = append(b, ", referrer: \""...)
		b = append(b, ref...)
		b = append(b, '"')
	}
	return b
}

// logAddr writes a line in which %s is the client's address; nothing stands
// behind it.
func (c *Conn) logAddr(level errlog.Level, format string) {
	if c.log.Enabled(level) {
		bare := c.log
		bare.From = nil
		bare.Log(level, nil, format, string(c.appendClient(nil)))
	}
}
