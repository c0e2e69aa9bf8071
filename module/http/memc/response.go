package memc

import (
	"bytes"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/edge/wire/memcached"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Reinit implements upstreamhttp.Protocol.
func (x *exchange) Reinit(*upstreamhttp.Upstream) {}

// Header implements upstreamhttp.Protocol (ngx_http_memc_response.rl).
func (x *exchange) Header(u *upstreamhttp.Upstream) upstreamhttp.Parsed {
	if x.cmd == memcached.Get {
		return x.found(u)
	}
	in := u.Unread()
	n, reply := memcached.ParseReply(x.cmd, in)
	status := 200
	switch reply {
	case memcached.More:
		return upstreamhttp.HeaderMore
	case memcached.Stored:
		status = 201
	case memcached.NotFound:
		status = 404
	case memcached.Failed:
		status = 502
	case memcached.Nonsense:
		u.R.Logf(errlog.Error, "memcached sent invalid response for command \"%s\" at pos %d: %s", x.name, n, in[:n])
		u.Skip(len(in))
		u.Status(502)
		u.In.Status, u.In.Length = 502, 0
		return upstreamhttp.HeaderDone
	}
	// The words of the server are the body.
	x.left = n
	u.Keep = true
	u.Status(status)
	u.In.Status, u.In.Length = status, int64(n)
	return upstreamhttp.HeaderDone
}

// found reads the first line of an answer to "get"
// (ngx_http_memc_process_get_cmd_header).
func (x *exchange) found(u *upstreamhttp.Upstream) upstreamhttp.Parsed {
	in := u.Unread()
	at := bytes.IndexByte(in, '\n')
	if at < 0 {
		return upstreamhttp.HeaderMore
	}
	if at == 0 || in[at-1] != '\r' {
		u.R.Logf(errlog.Error, "memcached sent invalid response: \"%s\"", in[:at])
		return upstreamhttp.HeaderInvalid
	}
	line := http1.View(in[:at-1])
	u.R.Debugf("memcached: \"%s\"", line)
	v, f := memcached.ParseValue(line, x.key)
	switch f {
	case memcached.Hit:
		x.hit(u, v)
	case memcached.Miss:
		u.R.Logf(errlog.Info, "key: \"%s\" was not found by memcached", x.key)
		u.Status(404)
		u.In.Status, u.In.Length, u.Keep = 404, 0, true
		x.item.None()
	case memcached.WrongKey:
		u.R.Logf(errlog.Error, "memcached sent invalid key in response \"%s\" for key \"%s\"", line, x.key)
		return upstreamhttp.HeaderInvalid
	case memcached.BadLength:
		u.R.Logf(errlog.Error, "memcached sent invalid length in response \"%s\" for key \"%s\"", line, x.key)
		return upstreamhttp.HeaderInvalid
	default:
		u.R.Logf(errlog.Error, "memcached sent invalid response: \"%s\"", line)
		return upstreamhttp.HeaderInvalid
	}
	u.Skip(at + 1)
	return upstreamhttp.HeaderDone
}

// hit makes a header of an item's first line.
func (x *exchange) hit(u *upstreamhttp.Upstream, v memcached.Value) {
	u.R.SetVar(x.vars.flags, strings.Clone(v.Flags))
	if x.conf.lastModified.V {
		if t, ok := memcached.Flags(v.Flags); ok {
			u.R.Out.LastModified = t
		}
	}
	u.Status(200)
	u.In.Status, u.In.Length = 200, v.Length
	x.item.Begin(v.Length)
}

// BeginBody implements upstreamhttp.Protocol.
func (x *exchange) BeginBody(*upstreamhttp.Upstream) {}

// Body implements upstreamhttp.Protocol.
func (x *exchange) Body(u *upstreamhttp.Upstream, in []byte) (n int, data []byte, res upstreamhttp.Body) {
	if x.cmd != memcached.Get {
		data = in[:min(len(in), x.left)]
		x.left -= len(data)
		u.Keep = u.Keep && len(data) == len(in)
		return len(in), data, upstreamhttp.BodyDone
	}
	data, done, ok := x.item.Next(in)
	switch {
	case !ok:
		u.R.Logf(errlog.Error, "memcached sent invalid trailer")
	case !done:
		return len(in), data, upstreamhttp.BodyMore
	default:
		u.Keep = true
	}
	return len(in), data, upstreamhttp.BodyDone
}

// Wanted implements upstreamhttp.Protocol.
func (x *exchange) Wanted(*upstreamhttp.Upstream) int64 { return x.item.Wanted() }

// AtEnd implements upstreamhttp.Protocol.
func (x *exchange) AtEnd(*upstreamhttp.Upstream) bool { return false }

// flagsAsTime is ngx_http_memc_flags_as_http_time_variable.
func flagsAsTime(r *httpd.Request) (string, bool) {
	m := httpd.RequestMainConf[main](r, Module)
	if !m.used {
		return "", false
	}
	v, _ := r.CachedVar(m.flags)
	t, ok := memcached.Flags(v)
	if !ok {
		return "", false
	}
	return string(http1.AppendDate(nil, t)), true
}
