package httpd

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// coreVariables is ngx_http_core_variables.
func coreVariables() []Variable {
	str := func(name string, f func(r *Request) string) Variable {
		return Variable{Name: name, Get: func(r *Request) (string, bool) { return f(r), true }}
	}
	some := func(name string, f func(r *Request) string) Variable {
		return Variable{Name: name, Get: func(r *Request) (string, bool) { s := f(r); return s, s != "" }}
	}
	volatile := func(v Variable) Variable { v.Volatile = true; return v }
	changeable := func(v Variable) Variable { v.Changeable = true; return v }
	num := func(name string, f func(r *Request) int64) Variable {
		return Variable{Name: name, Get: func(r *Request) (string, bool) { return r.Int(f(r)), true }}
	}
	return []Variable{
		str("host", varHost),
		{Name: "binary_remote_addr", Get: varBinaryAddr},
		str("remote_addr", varRemoteAddr),
		{Name: "remote_port", Get: func(r *Request) (string, bool) { return r.port(int(r.Conn.remote.Port())) }},
		str("server_addr", func(r *Request) string { return r.addr(r.Conn.LocalAddr()) }),
		{Name: "server_port", Get: func(r *Request) (string, bool) { return r.port(int(r.Conn.LocalAddr().Port())) }},
		str("server_protocol", func(r *Request) string { return r.Proto }),
		str("scheme", func(r *Request) string {
			if r.Conn.tls != nil {
				return "https"
			}
			return "http"
		}),
		{Name: "https", Get: func(r *Request) (string, bool) {
			if r.Conn.tls != nil {
				return "on", true
			}
			return "", true
		}},
		str("request_uri", func(r *Request) string { return r.Main.UnparsedURI }),
		volatile(str("uri", func(r *Request) string { return r.URI })),
		volatile(str("document_uri", func(r *Request) string { return r.URI })),
		str("request", func(r *Request) string { return r.Main.Line }),
		volatile(str("document_root", func(r *Request) string { return r.DocumentRoot() })),
		volatile(str("realpath_root", func(r *Request) string {
			p, err := filepath.EvalSymlinks(r.DocumentRoot())
			if err != nil {
				return ""
			}
			return r.Copy([]byte(p))
		})),
		volatile(str("query_string", func(r *Request) string { return r.Args })),
		changeable(volatile(Variable{Name: "args", Get: func(r *Request) (string, bool) { return r.Args, true },
			Set: func(r *Request, v string) { r.Args = v }})),
		volatile(str("is_args", func(r *Request) string {
			if r.Args == "" {
				return ""
			}
			return "?"
		})),
		volatile(str("request_filename", func(r *Request) string { return r.MapPath() })),
		str("server_name", func(r *Request) string { return r.Server.Name }),
		str("request_method", func(r *Request) string { return r.Main.MethodName }),
		some("remote_user", func(r *Request) string { u, _ := r.BasicAuth(); return u }),
		volatile(num("bytes_sent", func(r *Request) int64 { return r.Main.Sent })),
		volatile(num("body_bytes_sent", func(r *Request) int64 { return max(r.Main.Sent-r.Main.HeaderSize, 0) })),
		{Name: "pipe", Volatile: true, Get: func(r *Request) (string, bool) {
			if r.pipelined {
				return "p", true
			}
			return ".", true
		}},
		{Name: "request_completion", Get: func(r *Request) (string, bool) {
			if r.Main.Complete {
				return "OK", true
			}
			return "", true
		}, Volatile: true},
		{Name: "request_body", Get: varRequestBody},
		{Name: "request_body_file", Volatile: true, Get: func(r *Request) (string, bool) {
			if f := r.Body.File; f != nil {
				return f.Name, true
			}
			return "", false
		}},
		volatile(num("request_length", func(r *Request) int64 { return r.Main.Received })),
		{Name: "request_time", Volatile: true, Get: func(r *Request) (string, bool) {
			return r.seconds(event.Now().Sub(r.Main.Start)), true
		}},
		{Name: "request_id", Get: varRequestID},
		{Name: "status", Volatile: true, Get: varStatus},
		{Name: "sent_http_content_type", Volatile: true, Get: sentContentType},
		{Name: "sent_http_content_length", Volatile: true, Get: func(r *Request) (string, bool) {
			if r.Out.ContentLength < 0 {
				return "", false
			}
			return r.Int(r.Out.ContentLength), true
		}},
		{Name: "sent_http_location", Volatile: true, Get: sentLocation},
		{Name: "sent_http_last_modified", Volatile: true, Get: func(r *Request) (string, bool) {
			if r.Out.LastModified < 0 {
				return r.outHeader("last_modified")
			}
			return view(http1.AppendDate(r.Alloc(29)[:0], r.Out.LastModified)), true
		}},
		{Name: "sent_http_connection", Volatile: true, Get: func(r *Request) (string, bool) {
			switch {
			case r.Out.Status == 101:
				return "upgrade", true
			case r.KeepAlive:
				return "keep-alive", true
			}
			return "close", true
		}},
		{Name: "sent_http_keep_alive", Volatile: true, Get: func(r *Request) (string, bool) {
			if h := r.Loc.core.KeepAliveTimeout.V.Header; r.KeepAlive && h > 0 {
				return r.Concat("timeout=", strconv.FormatInt(h, 10)), true
			}
			return "", false
		}},
		{Name: "sent_http_transfer_encoding", Volatile: true, Get: func(r *Request) (string, bool) {
			return "chunked", r.chunked
		}},
		{Name: "limit_rate", Volatile: true, Changeable: true, Get: func(r *Request) (string, bool) {
			r.limited()
			return r.Int(r.Main.LimitRate.V), true
		}, Set: func(r *Request, v string) {
			r.Main.LimitRate = Value64{parseRate(v), true}
		}},
		num("connection", func(r *Request) int64 { return int64(r.Conn.Number) }),
		num("connection_requests", func(r *Request) int64 { return int64(r.Conn.requests) }),
		{Name: "connection_time", Volatile: true, Get: func(r *Request) (string, bool) {
			return r.seconds(event.Now().Sub(r.Conn.started)), true
		}},
		str("nginx_version", func(*Request) string { return Version }),
		str("hostname", func(r *Request) string { return r.Server.http.hostname() }),
		num("pid", func(*Request) int64 { return int64(os.Getpid()) }),
		{Name: "msec", Volatile: true, Get: func(r *Request) (string, bool) {
			n := event.UnixNano() / 1e6
			return r.fixed(n), true
		}},
		{Name: "time_iso8601", Volatile: true, Get: func(r *Request) (string, bool) {
			return view(event.Now().AppendFormat(r.Alloc(25)[:0], "2006-01-02T15:04:05-07:00")), true
		}},
		{Name: "time_local", Volatile: true, Get: func(r *Request) (string, bool) {
			return r.Conn.w.localTime(), true
		}},
		{Name: "proxy_protocol_addr", Get: func(r *Request) (string, bool) {
			if p := r.Conn.proxied; p != nil {
				return p.src.Addr().String(), true
			}
			return "", false
		}},
		{Name: "proxy_protocol_port", Get: func(r *Request) (string, bool) {
			if p := r.Conn.proxied; p != nil {
				return strconv.Itoa(int(p.src.Port())), true
			}
			return "", false
		}},
		{Name: "content_length", Get: func(r *Request) (string, bool) { return r.In.Known(http1.ContentLength) }},
		{Name: "content_type", Get: func(r *Request) (string, bool) { return r.In.Known(http1.ContentType) }},
		{Name: "http_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.joined(r.In.List, rest, separator(rest)) }
		}},
		{Name: "sent_http_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.outHeader(rest) }
		}},
		{Name: "sent_trailer_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.joined(r.Out.Trailers, rest, ", ") }
		}},
		{Name: "arg_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return http1.Arg(r.Args, rest) }
		}},
		{Name: "cookie_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.Cookie(rest) }
		}},
	}
}

// separator joins repeated request headers as nginx does.
func separator(name string) string {
	if name == "cookie" {
		return "; "
	}
	return ", "
}

// joined is a header by the variable's spelling (lower case, "_" for "-"),
// repeated ones joined.
func (r *Request) joined(list []Header, variable, sep string) (string, bool) {
	first, n, size := -1, 0, 0
	for i := range list {
		if http1.MatchVariable(list[i].Name, variable) {
			if n == 0 {
				first = i
			}
			n++
			size += len(list[i].Value) + len(sep)
		}
	}
	switch n {
	case 0:
		return "", false
	case 1:
		return list[first].Value, true
	}
	b := r.Alloc(size)[:0]
	for i := first; i < len(list); i++ {
		if http1.MatchVariable(list[i].Name, variable) {
			if len(b) > 0 || i != first {
				b = append(b, sep...)
			}
			b = append(b, list[i].Value...)
		}
	}
	return view(b), true
}

func (r *Request) outHeader(variable string) (string, bool) {
	return r.joined(r.Out.List, variable, ", ")
}

func sentContentType(r *Request) (string, bool) {
	o := &r.Out
	if o.ContentType == "" {
		return "", false
	}
	if o.Charset != "" {
		return r.Concat(o.ContentType, "; charset=", o.Charset), true
	}
	return o.ContentType, true
}

func sentLocation(r *Request) (string, bool) {
	if r.Out.Location == "" {
		return r.outHeader("location")
	}
	return r.Out.Location, true
}

// varHost is $host: of the request line, of the Host header, else the server's
// name.
func varHost(r *Request) string {
	if r.Main.Host != "" {
		return r.Main.Host
	}
	return r.Server.Name
}

func varStatus(r *Request) (string, bool) {
	m := r.Main
	s := m.Out.Status
	switch {
	case m.ErrStatus != 0:
		s = m.ErrStatus
	case s != 0:
	case m.Version == http1.HTTP09:
		s = 9
	default:
		s = 0
	}
	b := r.Alloc(3)
	b[0], b[1], b[2] = byte('0'+s/100%10), byte('0'+s/10%10), byte('0'+s%10)
	return view(b), true
}

func varRequestBody(r *Request) (string, bool) {
	b := &r.Body
	if !b.read || b.File != nil || len(b.Mem) == 0 {
		return "", false
	}
	return view(b.Mem), true
}

// Int writes a number into the request's memory.
func (r *Request) Int(n int64) string { return view(strconv.AppendInt(r.Alloc(20)[:0], n, 10)) }

func (r *Request) port(p int) (string, bool) {
	if p == 0 {
		return "", true
	}
	return r.Int(int64(p)), true
}

// seconds writes a duration as nginx does: seconds with milliseconds.
func (r *Request) seconds(d time.Duration) string { return r.fixed(max(int64(d/time.Millisecond), 0)) }

func (r *Request) fixed(ms int64) string {
	b := strconv.AppendInt(r.Alloc(24)[:0], ms/1000, 10)
	ms %= 1000
	return view(append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10)))
}

func parseRate(s string) int64 {
	s = strings.TrimSpace(s)
	mul := int64(1)
	if n := len(s); n > 0 {
		switch s[n-1] {
		case 'k', 'K':
			mul, s = 1<<10, s[:n-1]
		case 'm', 'M':
			mul, s = 1<<20, s[:n-1]
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n * mul
}

// Cookie is a cookie of the request.
func (r *Request) Cookie(name string) (string, bool) {
	for i := range r.In.List {
		if h := &r.In.List[i]; h.ID == http1.Cookie {
			if v, ok := http1.FindParam(h.Value, name, ';'); ok {
				return v, true
			}
		}
	}
	return "", false
}
