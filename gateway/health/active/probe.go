package active

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/health"
)

// Answer is what came of asking an address.
type Answer struct {
	Event  health.Event
	Detail string // a status, or an error's text
}

// probe asks one address.
type probe struct {
	check  *entity.ActiveCheck
	place  Place
	status [1000]health.Event
	tls    *tls.Config
	client *http.Client // nil: connecting is all
}

func newProbe(u *Upstream, p Place) *probe {
	c := &u.Checks.Active
	q := &probe{check: c, place: p, status: health.Statuses(c.Healthy.HTTPStatuses, c.Unhealthy.HTTPStatuses)}
	q.tls = &tls.Config{ServerName: c.HTTPSSNI, InsecureSkipVerify: !c.HTTPSVerifyCertificate}
	if q.tls.ServerName == "" {
		q.tls.ServerName = hostOf(p.Host)
	}
	if u.Certificate != nil {
		q.tls.Certificates = []tls.Certificate{*u.Certificate}
	}
	if c.Type == "tcp" {
		return q
	}
	var speaks http.Protocols
	switch c.Type {
	case "grpc":
		speaks.SetUnencryptedHTTP2(true)
	case "grpcs":
		speaks.SetHTTP2(true)
	default:
		speaks.SetHTTP1(true)
	}
	q.client = &http.Client{
		// Each question has a connection of its own: it shall find out whether one can be made.
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: q.tls, Protocols: &speaks, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return q
}

// ask is one question. It ends in time.
func (q *probe) ask(ctx context.Context) Answer {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(q.check.Timeout*float64(time.Second)))
	defer cancel()
	switch q.check.Type {
	case "tcp":
		return q.connect(ctx)
	case "grpc", "grpcs":
		return q.askGRPC(ctx)
	}
	return q.askHTTP(ctx)
}

func (q *probe) connect(ctx context.Context) Answer {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", q.place.Address.String())
	if err != nil {
		return failed(err)
	}
	conn.Close()
	return Answer{health.Success, "connected"}
}

func (q *probe) request(ctx context.Context, method, path string) (*http.Request, error) {
	scheme := "http://"
	if strings.HasSuffix(q.check.Type, "s") {
		scheme = "https://"
	}
	r, err := http.NewRequestWithContext(ctx, method, scheme+q.place.Address.String()+path, nil)
	if err != nil {
		return nil, err
	}
	r.Host = q.place.Host
	r.Header.Set("User-Agent", "moongate")
	for name, values := range q.check.Headers {
		if strings.EqualFold(name, "Host") && len(values) > 0 {
			r.Host = values[0]
			continue
		}
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	return r, nil
}

func (q *probe) askHTTP(ctx context.Context) Answer {
	r, err := q.request(ctx, "GET", q.check.HTTPPath)
	if err != nil {
		return Answer{Detail: err.Error()}
	}
	res, err := q.client.Do(r)
	if err != nil {
		return failed(err)
	}
	res.Body.Close()
	a := Answer{Detail: strconv.Itoa(res.StatusCode)}
	if res.StatusCode < len(q.status) {
		a.Event = q.status[res.StatusCode]
	}
	return a
}

// failed tells timeouts from other failures.
func failed(err error) Answer {
	var late net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &late) && late.Timeout() {
		return Answer{health.Timeout, "no answer in time"}
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner // what the kernel or TLS says, without the URL
	}
	return Answer{health.TCPFailure, err.Error()}
}

// hostOf takes the port off a host.
func hostOf(s string) string {
	if host, _, err := net.SplitHostPort(s); err == nil {
		return host
	}
	return strings.Trim(s, "[]")
}
