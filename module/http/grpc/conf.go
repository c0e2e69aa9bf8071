package grpc

import (
	"cmp"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// conf is the settings of one level (ngx_http_grpc_loc_conf_t).
type conf struct {
	pass *pass // grpc_pass, of this location or the one around an if{}

	up     upstreamhttp.Conf // made of the fields below by merge
	setsOf *headerSets       // grpc_set_header; inherited when none is written here
	sets   *headers          // what was made of them

	bind   directive.Value[*upstreamhttp.Bind]
	next   directive.Value[upstreamhttp.Condition]
	ignore directive.Value[upstreamhttp.Ignored]

	passHeaders, hideHeaders   directive.Value[[]string]
	bufferSize                 directive.Value[int64]
	socketKeepalive, intercept directive.Value[bool]

	connectTimeout, sendTimeout, readTimeout, nextTimeout directive.Value[time.Duration]

	nextTries directive.Value[int]

	tls upstreamhttp.TLSConf
}

// standardHidden are headers that are not passed to clients unless asked for.
var standardHidden = []string{"Date", "Server", "X-Accel-Expires", "X-Accel-Redirect", "X-Accel-Limit-Rate",
	"X-Accel-Buffering", "X-Accel-Charset"}

// merge is ngx_http_grpc_merge_loc_conf, as far as rows can't do it.
func merge(_ *httpd.Builder, parent, child any) error {
	c := child.(*conf)
	p, _ := parent.(*conf)
	if p == nil {
		p = new(conf)
	}
	if c.next.V&upstreamhttp.NextOff != 0 {
		c.next.V = upstreamhttp.NextOff
	}
	c.tls.Merge(&p.tls)
	c.up = upstreamhttp.Conf{
		Module: "grpc", ConnectTimeout: c.connectTimeout.V, SendTimeout: c.sendTimeout.V, ReadTimeout: c.readTimeout.V,
		NextTimeout: c.nextTimeout.V, NextTries: c.nextTries.V, Next: c.next.V, BufferSize: c.bufferSize.V,
		PassHeaders: true, PassBody: true, PassTrailers: true, PassEarlyHints: true, InterceptErrors: c.intercept.V,
		IgnoreHeaders: c.ignore.V, Hide: upstreamhttp.NewHidden(standardHidden, c.hideHeaders.V, c.passHeaders.V),
		Bind: c.bind.V, SocketKeepAlive: c.socketKeepalive.V,
	}
	return nil
}

// prepare finishes the levels that pass requests on, when all are merged.
func prepare(b *httpd.Builder) error {
	var failed error
	b.Locations(func(l *httpd.Location) {
		if failed == nil {
			failed = finish(b, l)
		}
	})
	return failed
}

func finish(b *httpd.Builder, l *httpd.Location) error {
	c := httpd.LocConf[conf](l, Module)
	// Blocks inside a location pass on to where it does.
	if c.pass == nil && (l.Kind == httpd.LocIf || l.Kind == httpd.LocLimitExcept) {
		if p := httpd.LocConf[conf](l.Parent(), Module).pass; p != nil {
			own := *p
			c.pass = &own
			if l.Kind == httpd.LocLimitExcept && l.Handler == nil {
				l.Handler = handle
			}
		}
	}
	if c.pass == nil {
		return nil
	}
	c.sets = c.setsOf.headers()
	c.up.Group = c.pass.group
	if c.pass.secure || c.pass.value != nil {
		return c.up.UseTLS(b, &c.tls)
	}
	if code := b.PeerCode(); code != nil {
		if name := cmp.Or(code.ChoosesFor(l), code.JudgesFor(l)); name != "" {
			return directive.Errorf("%s should be used with grpc_pass grpcs url", name)
		}
	}
	return nil
}
