package event

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"
)

type tlsEcho struct {
	n *NetConn
	t *tls.Conn
}

// Ready reads until there is no more, so that nothing is left in crypto/tls
// when the connection is parked.
func (e *tlsEcho) Ready(c *Conn, why Why) {
	if why != Readable {
		e.t.Close()
		return
	}
	var buf [100]byte
	for {
		e.n.NoWait(true)
		n, err := e.t.Read(buf[:])
		e.n.NoWait(false)
		if err == ErrAgain {
			c.Park(time.Minute)
			return
		}
		if err == nil {
			_, err = e.t.Write(buf[:n])
		}
		if err != nil {
			e.t.Close()
			return
		}
	}
}

// An idle TLS connection is parked like any other, even with half a record
// received.
func TestParkedTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	l := startLoop(t)
	fd, addr := listenTCP(t)
	ln, err := l.Listen(fd, false, func(fd int, _ *Sockaddr) {
		c, err := l.Adopt(fd, nil)
		if err != nil {
			t.Error(err)
			return
		}
		e := &tlsEcho{n: c.NetConn()}
		e.t = tls.Server(e.n, config)
		c.SetHandler(e)
		c.SetReadTimeout(10 * time.Second)
		if err := e.t.Handshake(); err != nil {
			t.Error(err)
			c.Close()
			return
		}
		e.Ready(c, Readable)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	raw, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	slow := &slowConn{Conn: raw}
	c := tls.Client(slow, &tls.Config{InsecureSkipVerify: true})
	defer c.Close()
	for range 5 {
		exchange(t, c, "hello")
		slow.halves = true
		exchange(t, c, "in two parts")
		slow.halves = false
	}
}

// slowConn sends what it is given in two parts.
type slowConn struct {
	net.Conn
	halves bool
}

func (s *slowConn) Write(p []byte) (int, error) {
	if !s.halves || len(p) < 2 {
		return s.Conn.Write(p)
	}
	if n, err := s.Conn.Write(p[:len(p)/2]); err != nil {
		return n, err
	}
	time.Sleep(5 * time.Millisecond)
	n, err := s.Conn.Write(p[len(p)/2:])
	return len(p)/2 + n, err
}
