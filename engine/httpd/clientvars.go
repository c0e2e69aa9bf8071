package httpd

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"strings"

	"moongate/edge/wire/http1"
)

func varRemoteAddr(r *Request) string {
	c := r.Conn
	if !c.remote.IsValid() {
		return "unix:"
	}
	return r.addr(c.remote)
}

func (r *Request) addr(a netip.AddrPort) string {
	if !a.IsValid() {
		return "unix:"
	}
	return view(a.Addr().Unmap().AppendTo(r.Alloc(46)[:0]))
}

func varBinaryAddr(r *Request) (string, bool) {
	a := r.Conn.remote.Addr()
	if !a.IsValid() {
		return "unix:", true
	}
	a = a.Unmap()
	if a.Is4() {
		v := a.As4()
		return r.Copy(v[:]), true
	}
	v := a.As16()
	return r.Copy(v[:]), true
}

// varRequestID is 16 random bytes in hexadecimal, the same at each look.
func varRequestID(r *Request) (string, bool) {
	m := r.Main
	if m.id == "" {
		var raw [16]byte
		rand.Read(raw[:])
		b := m.Alloc(32)
		hex.Encode(b, raw[:])
		m.id = view(b)
	}
	return m.id, true
}

// BasicAuth is the user and password of the Authorization header
// (ngx_http_auth_basic_user); empty when there is none.
func (r *Request) BasicAuth() (user, password string) {
	in := &r.In
	if in.userParsed {
		return in.User, in.Passwd
	}
	in.userParsed = true
	v, ok := in.Known(http1.Authorization)
	if !ok || len(v) < 6 || !strings.EqualFold(v[:6], "basic ") {
		return "", ""
	}
	v = strings.TrimLeft(v[6:], " ")
	v = strings.TrimRight(v, "=")
	b := r.Alloc(base64.RawStdEncoding.DecodedLen(len(v)))
	n, err := base64.RawStdEncoding.Decode(b, bytesOf(v))
	if err != nil || n == 0 {
		return "", ""
	}
	user, password, ok = strings.Cut(view(b[:n]), ":")
	if !ok {
		return "", ""
	}
	in.User, in.Passwd = user, password
	return user, password
}

// ReplaceRemoteAddr changes what counts as the client's address for the rest of
// a request (realip); the module restores it when the request ends.
func (c *Conn) ReplaceRemoteAddr(a netip.AddrPort) {
	c.peer, c.remote, c.client, c.realip = c.remote, a, "", true
}

// RestoreRemoteAddr takes ReplaceRemoteAddr back.
func (c *Conn) RestoreRemoteAddr() {
	c.remote, c.client, c.realip = c.peer, "", false
}

// PeerAddr is the client's address as it was before it was replaced.
func (c *Conn) PeerAddr() (a netip.AddrPort, replaced bool) {
	if c.realip {
		return c.peer, true
	}
	return c.remote, false
}

// appendClient writes the client's address as text, kept for further lines.
func (c *Conn) appendClient(b []byte) []byte {
	c.nameClient()
	return append(b, c.client...)
}

func (c *Conn) nameClient() {
	if c.client == "" {
		c.client = "unix:"
		if c.remote.IsValid() {
			c.client = c.remote.Addr().Unmap().String()
		}
	}
}
