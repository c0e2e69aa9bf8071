package plane

import (
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"moongate/engine/certs"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/gateway/entity"
)

// Service is a service at work.
type Service struct {
	entity.Service
	Secure bool
	// Authority is host and port as the Host header has them.
	Authority string
	// GRPC says that it speaks gRPC, by HTTP/2.
	GRPC bool
	// Group is the service's host itself, used where no upstream has that name.
	Group *upstream.Group

	tls *certs.Client
}

func newService(e *entity.Service, old *Service, material material) (*Service, error) {
	s := &Service{Service: *e, Secure: e.Protocol == "https" || e.Protocol == "grpcs", Authority: e.Host,
		GRPC: strings.HasPrefix(e.Protocol, "grpc")}
	if e.Port != 443 && s.Secure || e.Port != 80 && !s.Secure {
		s.Authority = e.Host + ":" + strconv.Itoa(e.Port)
	}
	if old != nil && old.Host == e.Host && old.Port == e.Port {
		s.Group = old.Group
	} else {
		var err error
		if s.Group, err = newGroup(e.Host, roundrobin.Balancer{}); err != nil {
			return nil, err
		}
	}
	if s.Secure {
		var err error
		if s.tls, err = s.client(material); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Service) endpoint() endpoint {
	return endpoint{name: s.Host, host: strings.Trim(s.Host, "[]"), port: uint16(s.Port), weight: 100}
}

// material finds certificates: what services refer to by id.
type material struct {
	certificate func(id string) *entity.Certificate
	authority   func(id string) *entity.CACertificate
}

// client is how TLS is spoken to the service.
func (s *Service) client(m material) (*certs.Client, error) {
	o := certs.ClientOptions{VerifyDepth: 1}
	if s.TLSVerifyDepth != nil {
		o.VerifyDepth = *s.TLSVerifyDepth
	}
	if s.ClientCertificate != nil {
		if c := m.certificate(s.ClientCertificate.ID); c != nil {
			o.Certificate, o.Key = "data:"+c.Cert, "data:"+c.Key
		}
	}
	var trusted strings.Builder
	for _, id := range s.CACertificates {
		if c := m.authority(id); c != nil {
			trusted.WriteString(c.Cert)
			trusted.WriteByte('\n')
		}
	}
	if s.TLSVerify != nil && *s.TLSVerify {
		o.Verify = true
		if o.TrustedCertificate = systemAuthorities; trusted.Len() > 0 {
			o.TrustedCertificate = "data:" + trusted.String()
		}
	}
	return certs.NewClient(o, nil)
}

// trusting is how TLS is spoken to services of which nothing is said: as to all others,
// with nobody's certificate checked.
var trusting = sync.OnceValue(func() *certs.Client {
	c, err := certs.NewClient(certs.ClientOptions{VerifyDepth: 1}, nil)
	if err != nil {
		panic(err) // there is nothing in it that could be wrong
	}
	return c
})

// systemAuthorities is where Debian and its kin keep the certificates that all trust.
const systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

// settings are a plan's for the upstream engine, made from those of a location.
type settings struct {
	base *upstreamhttp.Conf
	conf upstreamhttp.Conf
}

// Conf is how the service is spoken to: as the location says, but for what the service
// and the route say.
func (p *Plan) Conf(base *upstreamhttp.Conf, r *Route) *upstreamhttp.Conf {
	if s := p.settings.Load(); s != nil && s.base == base {
		return &s.conf
	}
	s := &settings{base: base, conf: *base}
	c := &s.conf
	if e := p.Service; e != nil {
		c.ConnectTimeout = milliseconds(e.ConnectTimeout)
		c.SendTimeout = milliseconds(e.WriteTimeout)
		c.ReadTimeout = milliseconds(e.ReadTimeout)
		c.NextTries = min(e.Retries, math.MaxInt16) + 1
		c.Next = upstreamhttp.OnError | upstreamhttp.OnTimeout
		c.Again = true // in Kong the only target is asked again too
		if e.tls == nil {
			// Nothing is said of TLS, but a request may ask for it (Outgoing.Scheme).
			c.TLS, c.TLSName, c.ServerName, c.KeepTLS, c.VerifyPeer = trusting(), nil, true, true, false
		} else {
			c.TLS, c.TLSName, c.ServerName = e.tls, nil, true
			// A session is as good as the certificate that it was opened with, and peers
			// may be those of several services.
			c.KeepTLS = e.ClientCertificate == nil
			c.VerifyPeer = e.TLSVerify != nil && *e.TLSVerify
		}
	}
	c.Group, c.Store, c.PoolByTLS = nil, nil, true
	c.RequestBuffering, c.Buffering = r.RequestBuffering, r.ResponseBuffering
	p.settings.Store(s)
	return c
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }

type settingsOf = atomic.Pointer[settings]
