package api

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/engine/certs"
	"moongate/lua/vm"
)

// numbered keeps Go values for Lua's FFI objects, which hold their numbers and free them when they are collected.
type numbered[T any] struct {
	mu   sync.Mutex
	all  map[int64]*T
	last int64
}

func (n *numbered[T]) add(v *T) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.all == nil {
		n.all = map[int64]*T{}
	}
	n.last++
	n.all[n.last] = v
	return n.last
}

func (n *numbered[T]) get(i int64) *T {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all[i]
}

func (n *numbered[T]) free(i int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.all, i)
}

var (
	tlsSessions numbered[tlsSession]
	tlsChains   numbered[certChain]
	tlsKeys     numbered[privateKey]
)

// tlsSession is what sslhandshake returns.
type tlsSession struct {
	*certs.Session
	log *errlog.Log
}

func keepSession(x *vm.Ctx, s *certs.Session) int64 { return tlsSessions.add(&tlsSession{s, x.V.Log}) }

// address prints a pointer as nginx's log does.
func address(s *certs.Session) string { return fmt.Sprintf("%X", uintptr(unsafe.Pointer(s))) }

// certChain is what ngx.ssl.parse_pem_cert gives, privateKey what parse_pem_priv_key does.
type certChain struct{ list []*x509.Certificate }

type privateKey struct{ key crypto.Signer }

// clientCert is what tcpsock:setclientcert sets.
type clientCert struct{ pair tls.Certificate }

// tlsCall is moongate_tls of lib/moongate/tls.lua.
type tlsCall struct {
	op     int32
	length int32
	handle int64
	data   *byte
	size   uint64
	pass   *byte
	passed uint64
	out    *byte
	room   uint64
}

// What Lua asks for: numbered as in lib/moongate/tls.lua.
const (
	tlsFreeSession = iota
	tlsFreeChain
	tlsFreeKey
	tlsParsePEMChain
	tlsParsePEMKey
	tlsParseDERChain
	tlsParseDERKey
	tlsPEMToDER
	tlsKeyToDER
)

var tlsID = sync.OnceValue(func() int {
	return luajit.RegisterFFI(func(p unsafe.Pointer) int64 { return (*tlsCall)(p).run() })
})

// run answers a number: a handle, a length, or -1 with a text in out.
func (c *tlsCall) run() int64 {
	data := unsafe.Slice(c.data, c.size)
	switch c.op {
	case tlsFreeSession:
		if s := tlsSessions.get(c.handle); s != nil {
			s.log.Debug(errlog.DebugHTTP, "lua ssl free session: %s", address(s.Session))
			tlsSessions.free(c.handle)
		}
	case tlsFreeChain:
		tlsChains.free(c.handle)
	case tlsFreeKey:
		tlsKeys.free(c.handle)
	case tlsParsePEMChain, tlsParseDERChain:
		chain, err := parseChain(data, c.op == tlsParsePEMChain)
		if err != nil {
			return c.fail(err.Error())
		}
		return tlsChains.add(&certChain{chain})
	case tlsParsePEMKey, tlsParseDERKey:
		key, err := parseKey(data, unsafe.Slice(c.pass, c.passed), c.op == tlsParsePEMKey)
		if err != nil {
			return c.fail(err.Error())
		}
		return tlsKeys.add(&privateKey{key})
	case tlsPEMToDER:
		chain, err := parseChain(data, true)
		if err != nil {
			return c.fail(err.Error())
		}
		var der []byte
		for _, t := range chain {
			der = append(der, t.Raw...)
		}
		return int64(copy(unsafe.Slice(c.out, c.room), der))
	case tlsKeyToDER:
		key, err := parseKey(data, unsafe.Slice(c.pass, c.passed), true)
		if err != nil {
			return c.fail(err.Error())
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return c.fail(err.Error())
		}
		return int64(copy(unsafe.Slice(c.out, c.room), der))
	}
	return 0
}

func (c *tlsCall) fail(text string) int64 {
	c.length = int32(copy(unsafe.Slice(c.out, c.room), text))
	return -1
}

func parseChain(data []byte, isPEM bool) ([]*x509.Certificate, error) {
	if !isPEM {
		list, err := x509.ParseCertificates(data)
		if err != nil || len(list) == 0 {
			return nil, errors.New("d2i_X509_bio() failed")
		}
		return list, nil
	}
	var list []*x509.Certificate
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		data = rest
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" && block.Type != "X509 CERTIFICATE" {
			continue
		}
		t, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			break
		}
		list = append(list, t)
	}
	if len(list) == 0 {
		return nil, errors.New("PEM_read_bio_X509_AUX() failed")
	}
	return list, nil
}

func parseKey(data, pass []byte, isPEM bool) (crypto.Signer, error) {
	failed := errors.New("PEM_read_bio_PrivateKey() failed")
	if !isPEM {
		failed = errors.New("d2i_PrivateKey_bio() failed")
		data = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: data})
	}
	var passwords [][]byte
	if len(pass) > 0 {
		passwords = [][]byte{pass}
	}
	key, err := certs.LoadKey("data:"+string(data), passwords)
	if err != nil {
		return nil, failed
	}
	return key, nil
}
