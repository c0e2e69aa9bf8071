package proxy

import (
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// conf is the settings of one level (ngx_http_proxy_loc_conf_t).
type conf struct {
	pass *pass // proxy_pass, of this location or the one around an if{}

	up            upstreamhttp.Conf // made of the fields below by merge
	headers       *headers          // what is sent besides the client's headers
	cachedHeaders *headers          // the same where the response goes to the cache

	setsOf *headerSets // proxy_set_header; inherited when none is written here

	redirect  switchable // proxy_redirect
	redirects []*rewrite
	domains   switchable
	domainSet []*rewrite
	paths     switchable
	pathSet   []*rewrite
	flags     switchable
	flagSet   []*cookieFlags

	setBody   directive.Value[*httpd.Value]
	method    directive.Value[*httpd.Value]
	limitRate directive.Value[*httpd.Value]
	bind      directive.Value[*upstreamhttp.Bind]
	buffers   directive.Value[directive.Buffers]
	tempPath  directive.Value[httpd.TempPath]
	next      directive.Value[upstreamhttp.Condition]
	ignore    directive.Value[upstreamhttp.Ignored]

	store       directive.Value[*upstreamhttp.Store]
	storeAccess directive.Value[int]

	passHeaders, hideHeaders directive.Value[[]string]

	version          directive.Value[int]
	buffering        directive.Value[bool]
	requestBuffering directive.Value[bool]
	ignoreAbort      directive.Value[bool]
	socketKeepalive  directive.Value[bool]
	intercept        directive.Value[bool]
	requestHeaders   directive.Value[bool]
	requestBody      directive.Value[bool]
	trailers         directive.Value[bool]
	forceRanges      directive.Value[bool]

	bufferSize, busySize, maxTemp, tempWrite directive.Value[int64]
	rcvbuf, sndbuf, sendLowat                directive.Value[int64]

	connectTimeout, sendTimeout, readTimeout, nextTimeout directive.Value[time.Duration]

	nextTries directive.Value[int]
	hash      [2]directive.Value[int]

	cache cacheConf
	tls   upstreamhttp.TLSConf
}

// switchable is a directive that may be written "off" or several times with
// rules: unset, off, or rules.
type switchable uint8

const (
	unwritten switchable = iota
	off
	written
)

// merge is ngx_http_proxy_merge_loc_conf, as far as rows can't do it.
func merge(b *httpd.Builder, parent, child any) error {
	c := child.(*conf)
	p, _ := parent.(*conf)
	if p == nil {
		p = new(conf)
	}
	if c.redirect == unwritten {
		c.redirect = p.redirect
	}
	if len(c.redirects) == 0 {
		c.redirects = p.redirects
	}
	if c.domains == unwritten {
		c.domains, c.domainSet = p.domains, p.domainSet
	}
	if c.paths == unwritten {
		c.paths, c.pathSet = p.paths, p.pathSet
	}
	if c.flags == unwritten {
		c.flags, c.flagSet = p.flags, p.flagSet
	}
	if err := c.sizes(); err != nil {
		return err
	}
	// At one level a store and a cache exclude each other; below, the nearer one counts.
	switch {
	case c.store.Written && c.store.V != nil:
		c.cache.from.V = cacheRef{}
	case c.cache.from.Written && c.cache.from.V.on():
		c.store.V = nil
	}
	if err := c.cache.merge(); err != nil {
		return err
	}
	b.MergeTempPath(&c.tempPath)
	if c.next.V&upstreamhttp.NextOff != 0 {
		c.next.V = upstreamhttp.NextOff
	}
	c.tls.Merge(&p.tls)
	c.fill()
	c.up.Cache = c.cache.settings(httpd.MainConf[mainConf](b, Module))
	return nil
}

// sizes checks the sizes of buffers against one another, with nginx's texts, and
// fills in those that follow from others.
func (c *conf) sizes() error {
	if c.buffers.V.Num < 2 {
		return directive.Errorf("there must be at least 2 \"proxy_buffers\"")
	}
	largest := max(c.bufferSize.V, c.buffers.V.Size)
	c.busySize.Or(2 * largest)
	c.tempWrite.Or(2 * largest)
	c.maxTemp.Or(1 << 30)
	switch {
	case c.busySize.V < largest:
		return directive.Errorf("\"proxy_busy_buffers_size\" must be equal to or greater than the maximum of the value of \"proxy_buffer_size\" and one of the \"proxy_buffers\"")
	case c.busySize.V > int64(c.buffers.V.Num-1)*c.buffers.V.Size:
		return directive.Errorf("\"proxy_busy_buffers_size\" must be less than the size of all \"proxy_buffers\" minus one buffer")
	case c.tempWrite.V < largest:
		return directive.Errorf("\"proxy_temp_file_write_size\" must be equal to or greater than the maximum of the value of \"proxy_buffer_size\" and one of the \"proxy_buffers\"")
	case c.maxTemp.V != 0 && c.maxTemp.V < largest:
		return directive.Errorf("\"proxy_max_temp_file_size\" must be equal to zero to disable temporary files usage or must be equal to or greater than the maximum of the value of \"proxy_buffer_size\" and one of the \"proxy_buffers\"")
	}
	return nil
}

// standardHidden are headers that are not passed to clients unless asked for.
var standardHidden = []string{"Date", "Server", "X-Pad", "X-Accel-Expires", "X-Accel-Redirect", "X-Accel-Limit-Rate",
	"X-Accel-Buffering", "X-Accel-Charset"}

// fill makes the engine's settings.
func (c *conf) fill() {
	c.up = upstreamhttp.Conf{
		Module: "proxy", ConnectTimeout: c.connectTimeout.V, SendTimeout: c.sendTimeout.V, ReadTimeout: c.readTimeout.V,
		NextTimeout: c.nextTimeout.V, NextTries: c.nextTries.V, Next: c.next.V,
		BufferSize: c.bufferSize.V, Buffers: c.buffers.V, BusyBuffersSize: c.busySize.V, MaxTempFileSize: c.maxTemp.V,
		TempFileWriteSize: c.tempWrite.V, TempPath: c.tempPath.V, LimitRate: c.limitRate.V,
		Buffering: c.buffering.V, ChangeBuffering: true, RequestBuffering: c.requestBuffering.V,
		PassHeaders: c.requestHeaders.V, PassBody: c.requestBody.V, PassTrailers: c.trailers.V, PassEarlyHints: true,
		IgnoreClientAbort: c.ignoreAbort.V, InterceptErrors: c.intercept.V, ForceRanges: c.forceRanges.V,
		IgnoreHeaders: c.ignore.V, Hide: upstreamhttp.NewHidden(standardHidden, c.hideHeaders.V, c.passHeaders.V),
		Bind: c.bind.V, SocketKeepAlive: c.socketKeepalive.V, RcvBuf: int(c.rcvbuf.V), SndBuf: int(c.sndbuf.V),
	}
	if s := c.store.V; s != nil {
		c.up.Store = &upstreamhttp.Store{Path: s.Path, Access: c.storeAccess.V}
	}
}
