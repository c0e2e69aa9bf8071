package mtlsauth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

// signer is a certificate with its key.
type signer struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// sign makes a certificate; by nil by itself.
func sign(t testing.TB, by *signer, c x509.Certificate) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	if c.NotAfter.IsZero() {
		c.NotAfter = time.Now().Add(time.Hour)
	}
	c.NotBefore, c.BasicConstraintsValid = time.Now().Add(-time.Hour), true
	if c.IsCA {
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	parent, with := &c, key
	if by != nil {
		parent, with = by.Certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, parent, &key.PublicKey, with)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{out, key}
}

func named(name string) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: []string{"o"}}}
}

func authority(name string) x509.Certificate {
	c := named(name)
	c.IsCA = true
	return c
}

// world is what the gateway knows.
type world struct {
	plugin.Known
	cas         map[string]*x509.Certificate
	credentials map[string]string // "subject authority": consumer
	consumers   map[string]*entity.Consumer
}

func (w *world) Authority(id string) *x509.Certificate { return w.cas[id] }
func (w *world) MTLSAuth(subject, authority string) *entity.MTLSAuth {
	if id, ok := w.credentials[subject+" "+authority]; ok {
		return &entity.MTLSAuth{Base: entity.Base{ID: "of " + subject}, Consumer: &entity.Ref{ID: id}}
	}
	return nil
}
func (w *world) Consumer(id string) *entity.Consumer { return w.consumers[id] }
func (w *world) ConsumerNamed(name string) *entity.Consumer {
	for _, c := range w.consumers {
		if c.Username == name || c.CustomID == name {
			return c
		}
	}
	return nil
}

func TestVerify(t *testing.T) {
	root, other := sign(t, nil, authority("root")), sign(t, nil, authority("other"))
	between := sign(t, root, authority("between"))
	leaf, deep := sign(t, root, named("leaf")), sign(t, between, named("deep"))
	old := named("old")
	old.NotAfter = time.Now().Add(-time.Minute)
	server := named("server")
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	impostor := sign(t, nil, authority("root")) // of the same name
	w := &world{cas: map[string]*x509.Certificate{"root": root.Certificate, "other": other.Certificate, "between": between.Certificate}}
	chain := func(list ...*signer) (out []*x509.Certificate) {
		for _, s := range list {
			out = append(out, s.Certificate)
		}
		return out
	}
	for _, c := range []struct {
		name    string
		cas     string
		partial bool
		chain   []*x509.Certificate
		want    string
	}{
		{"one", "root", false, chain(leaf), "[root]"},
		{"with its root", "root", false, chain(leaf, root), "[root]"},
		{"of several", "other root", false, chain(leaf), "[root]"},
		{"another", "other", false, chain(leaf), "unknown authority"},
		{"it brings its own root", "other", false, chain(leaf, root), "unknown authority"},
		{"of the same name", "root", false, chain(sign(t, impostor, named("x")), impostor), "unknown authority"},
		{"between is shown", "root", false, chain(deep, between), "[root]"},
		{"between is missing", "root", false, chain(deep), "unknown authority"},
		{"between is ours", "root between", false, chain(deep), "[between root]"},
		{"between alone", "between", false, chain(deep), errAuthorities.Error()},
		{"between alone, partial", "between", true, chain(deep), "[between]"},
		{"old", "root", false, chain(sign(t, root, old)), "expired"},
		{"for servers", "root", false, chain(sign(t, root, server)), "incompatible key usage"},
		{"a leaf has signed it", "root", false, chain(sign(t, leaf, named("x")), leaf), "cannot sign this kind of certificate"},
		{"nobody is there", "gone", false, chain(leaf), errAuthorities.Error()},
		{"some are there", "gone root", false, chain(leaf), "[root]"},
	} {
		i := &instance{CAs: strings.Fields(c.cas), Partial: c.partial, keep: time.Minute, env: &plugin.Env{Known: func() plugin.Known { return w }}}
		for range 2 {
			by, err := i.verify(c.chain)
			got := fmt.Sprint(by)
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
	}
	// What was good is forgotten with the authority.
	i := &instance{CAs: []string{"root"}, keep: time.Minute, env: &plugin.Env{Known: func() plugin.Known { return w }}}
	if _, err := i.verify(chain(leaf)); err != nil {
		t.Fatal(err)
	}
	w.cas["root"] = other.Certificate
	if _, err := i.verify(chain(leaf)); err == nil {
		t.Error("good by an authority that is gone")
	}
}

func TestFind(t *testing.T) {
	alice := &entity.Consumer{Base: entity.Base{ID: "a"}, Username: "alice", CustomID: "c-alice"}
	bob := &entity.Consumer{Base: entity.Base{ID: "b"}, Username: "bob"}
	w := &world{consumers: map[string]*entity.Consumer{"a": alice, "b": bob}, credentials: map[string]string{"x.test root": "a", "x.test ": "b", "y.test ": "a", "gone.test ": "gone"}}
	for _, c := range []struct{ names, by, consumerBy, want string }{
		{"x.test", "root", "", "alice of x.test"},
		{"x.test", "between root", "", "alice of x.test"},
		{"x.test", "other", "", "bob of x.test"},
		{"none y.test", "root", "", "alice of y.test"},
		{"y.test x.test", "root", "", "alice of x.test"}, // the authority counts before the order of names
		{"alice", "root", "username", "alice alice"},
		{"alice", "root", "custom_id", ""},
		{"c-alice", "root", "username custom_id", "alice c-alice"},
		{"alice", "root", "", ""},
		{"x.test", "root", "username", "alice of x.test"},
		{"gone.test", "root", "username", ""},
		{"", "root", "username", ""},
	} {
		i := &instance{ConsumerBy: strings.Fields(c.consumerBy), env: &plugin.Env{Known: func() plugin.Known { return w }}}
		got := ""
		if who, credential := i.find(strings.Fields(c.names), strings.Fields(c.by)); who != nil {
			got = who.Username + " " + credential
		}
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// The common name counts where there is no other.
func TestNames(t *testing.T) {
	u, _ := url.Parse("spiffe://a/b")
	c := named("cn")
	if got := fmt.Sprint(names(&c)); got != "[cn]" {
		t.Errorf("%s", got)
	}
	c.DNSNames, c.EmailAddresses, c.URIs, c.IPAddresses = []string{"a.test"}, []string{"a@b"}, []*url.URL{u}, []net.IP{net.IPv4(1, 2, 3, 4)}
	if got := fmt.Sprint(names(&c)); got != "[a.test a@b spiffe://a/b 1.2.3.4]" {
		t.Errorf("%s", got)
	}
	c = x509.Certificate{}
	if got := names(&c); got != nil {
		t.Errorf("%q", got)
	}
}
