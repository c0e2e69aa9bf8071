package opentelemetry

import (
	"bufio"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"moongate/gateway/plugin/logging"
)

// post sends batches by OTLP over HTTP.
type post struct {
	request string // all but the length
	conn    logging.Conn
	out     []byte
}

func (conf *config) byHTTP(u *url.URL) *post {
	var b strings.Builder
	b.WriteString("POST " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nContent-Type: application/x-protobuf\r\n")
	for _, h := range conf.header(u) {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	if conf.Compression == "gzip" {
		b.WriteString("Content-Encoding: gzip\r\n")
	}
	return &post{request: b.String(), conn: conf.conn(u)}
}

// send implements way.
func (p *post) send(body []byte) ([]byte, error) {
	p.out = append(p.out[:0], p.request...)
	p.out = append(strconv.AppendInt(append(p.out, "Content-Length: "...), int64(len(body)), 10), "\r\n\r\n"...)
	p.out = append(p.out, body...)
	conn, err := p.conn.Get()
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(p.out); err != nil {
		p.conn.Close()
		return nil, err
	}
	a, err := logging.ReadAnswer(bufio.NewReader(conn))
	if err != nil || !a.Keep {
		p.conn.Close()
	}
	if err != nil {
		return nil, err
	}
	return judge(a)
}

// judge says what an answer means: which may be tried again is OTLP's list.
func judge(a *logging.Answer) ([]byte, error) {
	switch a.Status {
	case 200, 202:
		return []byte(a.Body), nil
	case 429, 502, 503, 504:
		err := fmt.Errorf("status %d", a.Status)
		if n, bad := strconv.Atoi(a.Header.Get("Retry-After")); bad == nil && n > 0 {
			return nil, &busy{err, time.Duration(n) * time.Second}
		}
		return nil, err
	}
	return nil, fmt.Errorf("status %d: %w", a.Status, logging.ErrNone)
}

func (p *post) where() string { return p.conn.Address }

// Close implements way.
func (p *post) Close() { p.conn.Close() }
