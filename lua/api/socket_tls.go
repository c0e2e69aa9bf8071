package api

import (
	"crypto/tls"
	"strconv"
	"strings"
	"sync"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/engine/certs"
	"moongate/lua/vm"
)

// tlsClients are the clients of locations: certificates and lists are read once.
var tlsClients sync.Map // *vm.Conf to *tlsClient

type tlsClient struct {
	once   sync.Once
	client *certs.Client
	err    error
}

// clientOf is how a location's cosockets speak TLS (lua_ssl_*).
func clientOf(x *vm.Ctx) (*certs.Client, error) {
	v, ok := tlsClients.Load(x.Conf)
	if !ok {
		v, _ = tlsClients.LoadOrStore(x.Conf, new(tlsClient))
	}
	t := v.(*tlsClient)
	t.once.Do(func() { t.client, t.err = newClient(x) })
	return t.client, t.err
}

func newClient(x *vm.Ctx) (*certs.Client, error) {
	var o certs.ClientOptions
	if x.Conf != nil {
		c := &x.Conf.TLS
		o.Ciphers, o.TrustedCertificate, o.CRL, o.VerifyDepth = c.Ciphers, c.Trusted, c.CRL, c.Depth
		for _, name := range c.Protocols {
			o.Protocols |= certs.ProtocolNames[name]
		}
		if len(c.Certificates) > 0 && len(c.Keys) > 0 {
			o.Certificate, o.Key = c.Certificates[0], c.Keys[0]
		}
	}
	return certs.NewClient(o, func(text string) { x.Logf(errlog.Warn, "%s", text) })
}

// handshakeOp is a TLS handshake that waits.
type handshakeOp struct {
	s      *tcpSocket
	x      *vm.Ctx
	conn   *certs.Conn
	name   string
	verify bool
	want   bool // a session is asked for
	err    error
	// How the check of the peer's certificate ended.
	fail, log string
}

// handshakeTCP is tcpsock:sslhandshake(session, name, verify, status_req); the session is its number, true for a new one, false
// for none. The result is the number of a session, true, or nil and why.
func handshakeTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if s.linking.Load() {
		return c.Fail("socket busy connecting")
	}
	if s.pc == nil || s.readClosed || s.writeClosed {
		return c.Fail("closed")
	}
	if s.x != x {
		return c.Error("bad request")
	}
	if why := s.busy(busyConnect | busyRead | busyWrite); why != "" {
		return c.Fail(why)
	}
	op := &handshakeOp{s: s, x: x, want: c.Type(2) != luajit.TBoolean || c.Bool(2), verify: c.Bool(4)}
	if name, ok := c.Arg(3).Text(); ok {
		op.name = strings.Clone(name)
	}
	pc := s.pc
	if pc.tls != nil {
		op.result(c.Out())
		return luajit.Return
	}
	client, err := clientOf(x)
	if err != nil {
		x.Logf(errlog.Error, "%s", err.Error())
		return c.Fail("failed to create ssl connection")
	}
	pc.session = new(certs.Session)
	if given := tlsSessions.get(int64(c.Num(2))); given != nil {
		pc.session = given.Session
		x.Debugf("lua ssl set session: %s", address(pc.session))
	}
	if op.name != "" {
		x.Debugf("lua ssl server name: \"%s\"", op.name)
	}
	target := certs.Target{Name: op.name, SendName: op.name != "", Session: pc.session}
	if s.cert != nil {
		target.Certificates = []tls.Certificate{s.cert.pair}
	}
	pc.nc = pc.ev.NetConn()
	op.conn = client.Connect(pc.nc, target)
	t := s.times.or(x)
	pc.ev.SetReadTimeout(t.connect)
	pc.ev.SetWriteTimeout(t.connect)
	s.connecting = true
	return x.Wait(c, op)
}

// Wait does the handshake, without the VM.
func (op *handshakeOp) Wait(w *vm.Wait) {
	s := op.s
	pc := s.pc
	w.OnCancel(pc.ev.Interrupt)
	op.err = op.conn.Handshake()
	w.OnCancel(nil)
	if w.Cancelled() {
		s.connecting = false
		s.end()
		return
	}
	if op.err == nil && op.verify {
		op.check()
	}
}

// Drop is the end of a handshake that was killed before it began.
func (op *handshakeOp) Drop() {
	op.s.connecting = false
	op.s.end()
}

func (op *handshakeOp) check() {
	if r := op.conn.VerifyResult(); r != certs.VerifyOK {
		text := strconv.Itoa(int(r)) + ": " + r.String()
		op.fail, op.log = text, "lua ssl certificate verify error: ("+text+")"
		return
	}
	if op.name == "" {
		return
	}
	if p := op.conn.PeerCertificate(); p == nil || !certs.MatchHost(p, op.name) {
		op.fail, op.log = "certificate host mismatch", "lua ssl certificate does not match host \""+op.name+"\""
	}
}

// Finish gives the result to Lua. A socket whose handshake failed is closed.
func (op *handshakeOp) Finish(x *vm.Ctx, b luajit.Tape) {
	s := op.s
	s.connecting = false
	if op.err != nil {
		h := certs.WordRead("SSL_do_handshake", op.err)
		op.fail = "handshake failed"
		if h.TimedOut {
			op.fail = "timeout"
		} else {
			op.log = h.Error()
		}
	}
	if op.fail != "" {
		if op.log != "" {
			s.logf(x, errlog.Error, op.log)
		}
		s.end()
		b.Nil()
		b.Str(op.fail)
		return
	}
	if s.pc == nil {
		b.Nil()
		b.Str("closed")
		return
	}
	s.pc.tls = op.conn
	st := op.conn.ConnectionState()
	x.Debugf("SSL: %s, cipher: \"%s\"", certs.VersionName(st.Version), tls.CipherSuiteName(st.CipherSuite))
	if st.DidResume {
		x.Debugf("SSL reused session")
	}
	op.result(b)
}

func (op *handshakeOp) result(b luajit.Tape) {
	if !op.want {
		b.Bool(true)
		return
	}
	op.x.Debugf("lua ssl save session: %s", address(op.s.pc.session))
	b.Num(float64(keepSession(op.x, op.s.pc.session)))
}

// sessionTCP is tcpsock:getsslsession().
func sessionTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := tcpOf(x, c)
	switch {
	case s == nil || s.pc == nil || s.readClosed && s.writeClosed:
		return c.Fail("closed")
	case s.pc.session == nil:
		return c.Fail("no session")
	case !s.pc.session.Filled():
		return c.Fail("not resumable")
	}
	c.Out().Num(float64(keepSession(x, s.pc.session)))
	return luajit.Return
}

// certTCP is tcpsock:setclientcert(chain, key), by their numbers; 0 takes them away.
func certTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	s.cert = nil
	if c.Num(2) != 0 || c.Num(3) != 0 {
		chain, key := tlsChains.get(int64(c.Num(2))), tlsKeys.get(int64(c.Num(3)))
		if chain == nil || key == nil {
			return c.Fail("invalid client certificate chain")
		}
		pair, err := certs.NewCertificate(chain.list, key.key)
		if err != nil {
			return c.Fail("ssl set client private key failed")
		}
		s.cert = &clientCert{*pair}
	}
	c.Out().Bool(true)
	return luajit.Return
}
