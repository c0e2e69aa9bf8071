package daemon

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"moongate/edge/sys/socket"
)

// What can go wrong.
var (
	errConnect = errors.New("connection failed")
	errTLS     = errors.New("SSL handshake/communication error connecting to server")
	errRead    = errors.New("read failed")
)

// page is an answer in two parts: up to the empty line, and what is hashed.
type page struct{ header, body []byte }

// maxPage bounds what is read of an answer.
const maxPage = 64 << 20

// fetch asks as the checker HTTP_GET does: the body is what follows the header, up
// to Content-Length, nothing decoded.
func (g *genhash) fetch() (*page, error) {
	to := netip.AddrPortFrom(g.server, g.port)
	d := net.Dialer{Timeout: g.timeout}
	if g.mark != 0 {
		d.Control = socket.Control(g.mark, "")
	}
	conn, err := d.Dial("tcp", to.String())
	if err != nil {
		return nil, errConnect
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(g.timeout))
	if g.tls {
		// Whose certificate it is does not matter to a hash, nor to the checker.
		c := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
		if g.sni {
			c.ServerName = g.host
		}
		secure := tls.Client(conn, c)
		if secure.Handshake() != nil {
			return nil, errTLS
		}
		conn = secure
	}
	if _, err := io.WriteString(conn, g.request(to)); err != nil {
		return nil, errConnect
	}
	return readPage(conn)
}

// request is word for word the checker's.
func (g *genhash) request(to netip.AddrPort) string {
	version, extra, host := "1.0", "", g.host
	if g.protocol == "1.1" {
		version = "1.1"
	}
	if g.protocol != "1.0" {
		extra = "Connection: close\r\n"
	}
	if host == "" {
		host = to.String()
	}
	return fmt.Sprintf("GET %s HTTP/%s\r\nUser-Agent: KeepAliveClient\r\n%sHost: %s\r\n\r\n", g.url, version, extra, host)
}

func readPage(r io.Reader) (*page, error) {
	in := bufio.NewReader(io.LimitReader(r, maxPage))
	p := new(page)
	length := -1
	for {
		line, err := in.ReadBytes('\n')
		p.header = append(p.header, line...)
		if err != nil {
			return nil, errRead
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
		if name, value, ok := strings.Cut(string(line), ":"); ok && strings.EqualFold(name, "Content-Length") {
			if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 0 {
				length = n
			}
		}
	}
	var body io.Reader = in
	if length >= 0 {
		body = io.LimitReader(in, int64(length))
	}
	b, err := io.ReadAll(body)
	if err != nil && len(b) == 0 {
		return nil, errRead
	}
	p.body = b
	return p, nil
}
