package ssl

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"moongate/engine/httpd"
)

// vault is a module that has certificates of its own for servers that say "free".
type vault struct {
	names atomic.Pointer[map[string]*tls.Certificate]
}

func (v *vault) Serves(s *httpd.Server) (serves bool) {
	s.EachName(func(name string, _ *httpd.Regex) { serves = serves || strings.HasPrefix(name, "free") })
	return serves
}

func (v *vault) Certificates(name string, last bool) []*tls.Certificate {
	names := *v.names.Load()
	if c := names[name]; c != nil {
		return []*tls.Certificate{c}
	}
	if last {
		return []*tls.Certificate{names["last"]}
	}
	return nil
}

// Asks asks clients of names that begin with "free-mutual", and tells them the certificate of
// "last" as an authority.
func (v *vault) Asks(name string) ([]*x509.Certificate, bool) {
	if !strings.HasPrefix(name, "free-mutual") {
		return nil, false
	}
	return []*x509.Certificate{(*v.names.Load())["last"].Leaf}, true
}

func (v *vault) module() *httpd.Module {
	return &httpd.Module{Name: "vault", NewMain: func() any { return v }, InitMain: func(b *httpd.Builder, _ any) error {
		b.SetCertificates(v)
		return nil
	}}
}

// A server that a module has certificates for needs none written; its own comes after those
// of the module; other servers are left alone.
func TestCertificateSource(t *testing.T) {
	v := new(vault)
	empty := map[string]*tls.Certificate{}
	v.names.Store(&empty)
	g := serveWith(t, `
	server { listen SOCK ssl; server_name free1.test; say "free $ssl_server_name"; }
	server { listen SOCK ssl; server_name free2.test; ssl_certificate a.test.crt; ssl_certificate_key a.test.key; say "own"; }
	server { listen SOCK ssl; server_name taken.test; ssl_certificate b.test.crt; ssl_certificate_key b.test.key; say "taken"; }`, v.module())
	one, two := g.pair("client"), g.pair("other")
	put := func(names map[string]*tls.Certificate) { v.names.Store(&names) }
	check := func(want map[string]string) {
		t.Helper()
		for name, cn := range want {
			c, err := g.tls(name, nil)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, g.log())
			}
			if got := c.ConnectionState().PeerCertificates[0].Subject.CommonName; got != cn {
				t.Errorf("%s: %s, want %s", name, got, cn)
			}
		}
	}
	put(map[string]*tls.Certificate{"last": &one})
	check(map[string]string{"free1.test": "client", "nobody.test": "client", "": "client", "free2.test": "a.test", "taken.test": "b.test"})
	put(map[string]*tls.Certificate{"last": &one, "free1.test": &two, "free2.test": &two, "taken.test": &two})
	check(map[string]string{"free1.test": "other", "nobody.test": "client", "free2.test": "other", "taken.test": "b.test"})
	if got := body(g.get("free1.test", "free1.test", "/", nil)); got != "free free1.test" {
		t.Errorf("%q", got)
	}
}

// Clients are asked for a certificate where the module wants one, and are told whom it
// trusts. Nobody here judges it, and who was not asked once is asked when that changes.
func TestAsks(t *testing.T) {
	v := new(vault)
	g := serveWith(t, `server { listen SOCK ssl; server_name free.test; ssl_session_tickets on; say "$ssl_client_s_dn"; }`, v.module())
	one := g.pair("client")
	v.names.Store(&map[string]*tls.Certificate{"last": &one})
	for _, c := range []struct {
		name  string
		asked bool
		said  string
	}{{"free.test", false, ""}, {"free-mutual.test", true, "CN=client"}} {
		asked := false
		got := body(g.get(c.name, "free.test", "/", func(t *tls.Config) {
			t.GetClientCertificate = func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
				asked = len(r.AcceptableCAs) == 1
				return &one, nil
			}
		}))
		if got != c.said || asked != c.asked {
			t.Errorf("%s: %q, asked %v", c.name, got, asked)
		}
	}
	for _, max := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cache := tls.NewLRUClientSessionCache(1)
		var resumed []bool
		for _, name := range []string{"free.test", "free.test", "free-mutual.test", "free-mutual.test", "free.test"} {
			g.get(name, "free.test", "/", func(c *tls.Config) {
				c.ClientSessionCache, c.MaxVersion = same{cache}, max
				c.VerifyConnection = func(s tls.ConnectionState) error { resumed = append(resumed, s.DidResume); return nil }
			})
		}
		if got := fmt.Sprint(resumed); got != "[false true false true false]" {
			t.Errorf("version %x: resumed %s", max, got)
		}
	}
}

// same keeps one session, whatever the name.
type same struct{ tls.ClientSessionCache }

func (s same) Get(string) (*tls.ClientSessionState, bool) { return s.ClientSessionCache.Get("x") }
func (s same) Put(_ string, c *tls.ClientSessionState)    { s.ClientSessionCache.Put("x", c) }
