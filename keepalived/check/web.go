package check

import (
	"context"
	"crypto/md5"
	"crypto/tls"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"strings"
	"sync"

	"moongate/engine/regex"
	"moongate/keepalived/config"
)

// web is HTTP_GET and SSL_GET. Each attempt asks for one URL.
type web struct {
	c *config.Checker
	Names
	env  *TLS // nil: plain
	urls []webURL
	tour tour
	odd  bool // the last answer had another length than it announced; said once
}

type webURL struct {
	*config.URL
	request string
	pattern *regex.Named
}

func newWeb(c *config.Checker, n Names, env *Env) (*web, error) {
	k := &web{c: c, Names: n, tour: newTour(len(c.HTTP.URLs))}
	if len(c.HTTP.URLs) == 0 {
		return nil, errors.New("HTTP/SSL_GET checker has no urls specified")
	}
	for i := range c.HTTP.URLs {
		u := webURL{URL: &c.HTTP.URLs[i]}
		u.request = request(c, u.URL)
		if u.Regex != "" {
			re, err := regex.CompileNamed(u.Regex, u.RegexOptions)
			if err != nil {
				return nil, fmt.Errorf("invalid regex %q: %w", u.Regex, err)
			}
			u.pattern = re
		}
		k.urls = append(k.urls, u)
	}
	if c.HTTP.TLS {
		k.env = env.TLS
	}
	return k, nil
}

// request is what is sent: keepalived's own, byte by byte.
func request(c *config.Checker, u *config.URL) string {
	minor, closing := 0, ""
	switch c.HTTP.Protocol {
	case "1.0C", "1.0c":
		closing = "Connection: close\r\n"
	case "1.1":
		minor, closing = 1, "Connection: close\r\n"
	}
	return fmt.Sprintf("GET %s HTTP/1.%d\r\nUser-Agent: KeepAliveClient\r\n%sHost: %s\r\n\r\n", u.Path, minor, closing, hostOf(c, u))
}

func hostOf(c *config.Checker, u *config.URL) string {
	if u.VirtualHost != "" {
		return u.VirtualHost
	}
	if c.HTTP.VirtualHost != "" {
		return c.HTTP.VirtualHost
	}
	return net.JoinHostPort(c.Connect.Addr().Unmap().WithZone("").String(), fmt.Sprint(c.Connect.Port()))
}

func (k *web) try(ctx context.Context) outcome {
	u := &k.urls[k.tour.at]
	o := k.get(ctx, u)
	if o.off {
		return o
	}
	if !o.good {
		return o
	}
	o.partly = fmt.Sprintf("%s success to %s url(%s)", o.why, k.Real, u.Path)
	o.part = !k.tour.good()
	o.soon = k.c.HTTP.FastRecovery
	return o
}

// get asks for a URL. Why is what was looked at, or what was wrong.
func (k *web) get(ctx context.Context, u *webURL) outcome {
	r := routeOf(k.c)
	c, err := r.dial(ctx, "tcp")
	if err != nil {
		if o, ok := r.local(err, "WEB connection fail to create socket. Rescheduling.", "WEB socket bind failed. Rescheduling"); ok {
			return o
		}
		if timedOut(err) {
			return outcome{why: "Timeout connecting"}
		}
		return outcome{why: "Connection failed"}
	}
	defer c.Close()
	wait(c, r.timeout)
	stream := c
	if k.env != nil {
		t := tls.Client(c, k.configFor(u))
		if err := t.HandshakeContext(ctx); err != nil {
			if timedOut(err) {
				return outcome{why: "Timeout connecting"}
			}
			return outcome{why: "SSL handshake/communication error connecting to"}
		}
		stream = t
	}
	if _, err := io.WriteString(stream, u.request); err != nil {
		if timedOut(err) {
			return outcome{why: "Timeout WEB write"}
		}
		return outcome{why: "Cannot send get request to"}
	}
	return k.read(u, c, stream, r)
}

var buffers = sync.Pool{New: func() any { return new([8 << 10]byte) }}

func (k *web) read(u *webURL, c net.Conn, stream io.Reader, r route) outcome {
	buf := buffers.Get().(*[8 << 10]byte)
	defer buffers.Put(buf)
	var seen body
	a := answer{body: seen.add}
	if u.Digest != "" {
		seen.sum = md5.New()
	}
	if u.pattern != nil {
		seen.room = maxKept
	}
	for any := false; ; any = true {
		wait(c, r.timeout)
		n, err := stream.Read(buf[:])
		if n > 0 && a.feed(buf[:n]) {
			break
		}
		switch {
		case err == nil:
			continue
		case timedOut(err) && !any:
			return outcome{why: "Timeout WEB read"}
		case timedOut(err) && k.env != nil:
			return outcome{why: "Timeout SSL read"}
		case timedOut(err):
			return outcome{why: "Timeout HTTP read"}
		case n == 0 && !any && len(a.head) == 0:
			return outcome{why: "Read, no data received from "}
		case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return outcome{why: "Read error with"}
		}
		break
	}
	o := seen.judge(u, &a)
	said := k.odd
	if k.odd = a.odd(); k.odd && !said {
		o.note = []string{fmt.Sprintf("http_check for RS %s VS %s url %s%s: content_length (%d) does not match received bytes (%d)",
			k.Real, k.Service, u.VirtualHost, u.Path, a.length, a.got)}
	}
	return o
}

// body is what was looked at of an answer's body.
type body struct {
	sum  hash.Hash
	kept []byte
	room int
}

func (b *body) add(p []byte) {
	if b.sum != nil {
		b.sum.Write(p)
	}
	p = p[:min(len(p), b.room)]
	b.kept = append(b.kept, p...)
	b.room -= len(p)
}

// judge looks at status, digest and pattern in this order; the last of them that
// was looked at gives the success its name.
func (b *body) judge(u *webURL, a *answer) outcome {
	o := outcome{good: true, why: "HTTP status code"}
	if !a.inBody || !u.wants(a.status) {
		return outcome{why: "HTTP status code error to"}
	}
	if b.sum != nil {
		if !strings.EqualFold(fmt.Sprintf("%x", b.sum.Sum(nil)), u.Digest) {
			return outcome{why: "MD5 digest error to"}
		}
		o.why = "MD5 digest"
	}
	if u.pattern != nil {
		found, err := u.found(string(b.kept))
		if err != nil || found == u.RegexNoMatch {
			return outcome{why: "Regex match failed"}
		}
		o.why = "Regex match"
	}
	return o
}

func (u *webURL) wants(status int) bool {
	if len(u.Status) == 0 {
		return status >= 200 && status <= 299
	}
	for _, r := range u.Status {
		if status >= r[0] && status <= r[1] {
			return true
		}
	}
	return false
}

// found looks for the pattern where it may begin.
func (u *webURL) found(s string) (bool, error) {
	if u.RegexMin > len(s) {
		return false, nil
	}
	at, err := u.pattern.Find(s, u.RegexMin)
	return at >= 0 && (u.RegexMax == 0 || at <= u.RegexMax), err
}

func (k *web) again(o *outcome, _ int, _ bool) string {
	return o.why + " server " + k.Real + "."
}

func (k *web) up(*outcome) string { return "Remote Web server " + k.Real + " succeed on service." }

func (k *web) down(*outcome, bool) string {
	return after("HTTP_CHECK on service "+k.Real+" failed", k.c.Retry)
}

func (k *web) mail(_ *outcome, up bool) string {
	if up {
		return "=> CHECK succeed on service <="
	}
	return "=> CHECK failed on service : HTTP request failed <="
}

func (k *web) traits() traits { return traits{quiet: true} }

// settled hears that a failure was the last one.
func (k *web) settled(up bool) {
	if !up {
		k.tour.bad()
	}
}

func (k *web) take(old kind) {
	if o, ok := old.(*web); ok && o.tour.n == k.tour.n {
		k.tour = o.tour
	}
}
