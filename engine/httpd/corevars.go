package httpd

import (
	"path/filepath"
	"strconv"
	"time"

	"moongate/core/config/directive"
	"moongate/core/errlog"
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
	num := func(name string, f func(r *Request) int64) Variable {
		return Variable{Name: name, Get: func(r *Request) (string, bool) { return r.Int(f(r)), true }}
	}
	return append(append([]Variable{
		str("host", varHost),
		some("request_uri", func(r *Request) string { return r.Main.UnparsedURI }),
		{Name: "uri", Volatile: true, Get: varURI},
		{Name: "document_uri", Volatile: true, Get: varURI},
		some("request", func(r *Request) string { return r.Main.Line }),
		volatile(str("document_root", func(r *Request) string { return r.DocumentRoot() })),
		volatile(some("realpath_root", varRealpath)),
		volatile(some("query_string", func(r *Request) string { return r.Args })),
		{Name: "args", Volatile: true, Changeable: true, Get: func(r *Request) (string, bool) { return r.Args, r.Args != "" },
			Set: func(r *Request, v string) { r.Args, r.ValidURI = v, false }},
		volatile(str("is_args", func(r *Request) string {
			if r.Args == "" {
				return ""
			}
			return "?"
		})),
		volatile(some("request_filename", func(r *Request) string { return r.MapPath() })),
		str("server_name", func(r *Request) string { return r.Server.Name }),
		some("request_method", func(r *Request) string { return r.Main.MethodName }),
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
		{Name: "limit_rate", Volatile: true, Changeable: true, Get: func(r *Request) (string, bool) {
			return r.Int(r.Main.LimitRate.V), true
		}, Set: setLimitRate},
		{Name: "content_length", Volatile: true, Get: varContentLength},
		{Name: "content_type", Get: func(r *Request) (string, bool) { return r.joined(r.In.List, "content_type", ", ") }},
		{Name: "http_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.joined(r.In.List, rest, separator(rest)) }
		}},
		{Name: "arg_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return http1.Arg(r.Args, rest) }
		}},
		{Name: "cookie_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.Cookie(rest) }
		}},
	}, connVariables()...), sentVariables()...)
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

// varURI is missing only when no request line was read; a broken one has an
// empty URI.
// The URI of a line that could be read and of a path that could not is empty.
func varURI(r *Request) (string, bool) { return r.URI, r.MethodName != "" || r.URI != "" }

func setLimitRate(r *Request, v string) {
	n, ok := directive.ParseSize(v)
	if !ok {
		r.Logf(errlog.Error, "invalid $limit_rate \"%s\"", v)
		return
	}
	r.Main.LimitRate = Value64{n, true}
}

// varContentLength is the header, or what a chunked body came to.
func varContentLength(r *Request) (string, bool) {
	if v, ok := r.In.Known(http1.ContentLength); ok {
		return v, true
	}
	// What is read whole has the length that has come, should the rest be missing.
	if b := &r.Body; r.In.Chunked && b.read && (b.complete || b.whole) {
		return r.Int(b.Len), true
	}
	if b := &r.Body; r.In.Chunked && b.discarded && b.complete {
		return "0", true // nothing of it is left
	}
	return "", false
}

func varRealpath(r *Request) string {
	root := r.DocumentRoot()
	p, err := filepath.EvalSymlinks(root)
	if err != nil {
		r.LogErr(errlog.Crit, err, "realpath() \"%s\" failed", root)
		return ""
	}
	return r.Copy([]byte(p))
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
