package mtlsauth

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"moongate/gateway/client"
	"moongate/gateway/plugin"
)

// lists of an authority, as x509 makes them.
func (s *signer) list(t testing.TB, change func(*x509.RevocationList), taken ...*signer) []byte {
	t.Helper()
	r := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(time.Hour)}
	for _, c := range taken {
		r.RevokedCertificateEntries = append(r.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: time.Now().Add(-time.Minute)})
	}
	if change != nil {
		change(r)
	}
	der, err := x509.CreateRevocationList(rand.Reader, r, s.Certificate, s.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// point is the extension that says which part a list is about.
func point(t testing.TB, uri string, flags ...int) func(*x509.RevocationList) {
	t.Helper()
	var body []byte
	if uri != "" {
		name := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tagURI, Bytes: []byte(uri)}
		for range 2 { // fullName, distributionPoint
			b, err := asn1.Marshal(name)
			if err != nil {
				t.Fatal(err)
			}
			name = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: b}
		}
		b, err := asn1.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		body = append(body, b...)
	}
	for _, tag := range flags {
		body = append(body, 0x80|byte(tag), 1, 0xff)
	}
	der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: body})
	if err != nil {
		t.Fatal(err)
	}
	return func(r *x509.RevocationList) {
		r.ExtraExtensions = append(r.ExtraExtensions, pkix.Extension{Id: oidPoint, Critical: true, Value: der})
	}
}

// says is an answer of a responder.
func (s *signer) says(t testing.TB, by *signer, what int, c *signer, change func(*ocsp.Response)) []byte {
	t.Helper()
	r := ocsp.Response{Status: what, SerialNumber: c.SerialNumber, ThisUpdate: time.Now().Add(-time.Minute), NextUpdate: time.Now().Add(time.Hour), RevokedAt: time.Now().Add(-time.Minute)}
	if by != s {
		r.Certificate = by.Certificate
	}
	if change != nil {
		change(&r)
	}
	der, err := ocsp.CreateResponse(s.Certificate, by.Certificate, r, by.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

const crlAt, ocspAt = "http://ca.test/crl", "http://ca.test/ocsp"

// far is what is to be had at addresses, and how often it was asked for.
type far struct {
	mu    sync.Mutex
	pages map[string][]byte
	asked map[string]int
	now   time.Time
}

func newFar() *far {
	return &far{pages: map[string][]byte{}, asked: map[string]int{}, now: time.Now()}
}

func (n *far) time() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

func (n *far) put(uri string, page []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pages[uri] = page
}

func (n *far) revocation() *revocation {
	i := &revocation{now: n.time, fetch: func(q *client.Request) ([]byte, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.asked[q.URL]++
		if q.Method == "POST" {
			if _, err := ocsp.ParseRequest(q.Body); err != nil {
				return nil, err
			}
		}
		if n.pages[q.URL] == nil {
			return nil, errors.New(q.URL + " answers 404")
		}
		return n.pages[q.URL], nil
	}}
	i.remember(func(f func()) { go f() }, time.Minute, 5*time.Second)
	return i
}

func asking(name string, crl, responder bool) x509.Certificate {
	c := named(name)
	if crl {
		c.CRLDistributionPoints = []string{"ldap://ca.test/x", crlAt}
	}
	if responder {
		c.OCSPServer = []string{ocspAt}
	}
	return c
}

// What the modes make of what issuers say.
func TestModes(t *testing.T) {
	root := sign(t, nil, authority("root"))
	plain, listed, both := sign(t, root, named("plain")), sign(t, root, asking("listed", true, false)), sign(t, root, asking("both", true, true))
	w := &world{cas: map[string]*x509.Certificate{"root": root.Certificate}}
	for _, c := range []struct {
		name      string
		cert      *signer
		crl, said []byte
		lax       string
		strict    string
	}{
		{"says nothing", plain, nil, nil, "", "names no responder"},
		{"not on the list", listed, root.list(t, nil, plain), nil, "", ""},
		{"on the list", listed, root.list(t, nil, plain, listed), nil, "has been revoked", "has been revoked"},
		{"no list there", listed, nil, nil, "", "answers 404"},
		{"no list", listed, []byte("<html>"), nil, "", "nobody says whether"},
		{"another's list", listed, sign(t, nil, authority("root")).list(t, nil, listed), nil, "", "x509: ECDSA verification failure"},
		{"good", both, nil, root.says(t, root, ocsp.Good, both, nil), "", ""},
		{"the responder counts first", both, root.list(t, nil, both), root.says(t, root, ocsp.Good, both, nil), "", ""},
		{"revoked", both, root.list(t, nil), root.says(t, root, ocsp.Revoked, both, nil), "has been revoked", "has been revoked"},
		{"the responder doesn't know, the list does", both, root.list(t, nil), root.says(t, root, ocsp.Unknown, both, nil), "", ""},
		{"the responder is away, it is on the list", both, root.list(t, nil, both), nil, "has been revoked", "has been revoked"},
		{"both are away", both, nil, nil, "", "answers 404"},
	} {
		for mode, want := range map[string]string{"IGNORE_CA_ERROR": c.lax, "STRICT": c.strict} {
			n := newFar()
			if c.crl != nil {
				n.pages[crlAt] = c.crl
			}
			if c.said != nil {
				n.pages[ocspAt] = c.said
			}
			i := &instance{CAs: []string{"root"}, Mode: mode, keep: time.Minute, env: &plugin.Env{Known: func() plugin.Known { return w }}, revoked: n.revocation()}
			for range 3 {
				_, err := i.verify([]*x509.Certificate{c.cert.Certificate})
				if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
					t.Errorf("%s, %s: %v", c.name, mode, err)
				}
			}
			if n.asked[crlAt] > 1 || n.asked[ocspAt] > 1 {
				t.Errorf("%s, %s: asked %v", c.name, mode, n.asked)
			}
		}
	}
}

// A certificate that was good is no more, once the list says so.
func TestTakenBack(t *testing.T) {
	root := sign(t, nil, authority("root"))
	leaf := sign(t, root, asking("leaf", true, false))
	w := &world{cas: map[string]*x509.Certificate{"root": root.Certificate}}
	n := newFar()
	n.put(crlAt, root.list(t, nil))
	i := &instance{CAs: []string{"root"}, Mode: "STRICT", keep: time.Hour, env: &plugin.Env{Known: func() plugin.Known { return w }}, revoked: n.revocation()}
	check := func() error { _, err := i.verify([]*x509.Certificate{leaf.Certificate}); return err }
	if err := check(); err != nil {
		t.Fatal(err)
	}
	n.put(crlAt, root.list(t, nil, leaf))
	if err := check(); err != nil {
		t.Error("asked too soon", err)
	}
	n.mu.Lock()
	n.now = n.now.Add(2 * time.Minute)
	n.mu.Unlock()
	for end := time.Now().Add(5 * time.Second); check() == nil; time.Sleep(time.Millisecond) { // asked in the background
		if time.Now().After(end) {
			t.Fatal("still good")
		}
	}
}

// Authorities in between are judged too; those of ours may be unknown.
func TestBetween(t *testing.T) {
	root := sign(t, nil, authority("root"))
	b := authority("between")
	b.CRLDistributionPoints = []string{crlAt}
	between := sign(t, root, b)
	leafAt := "http://between.test/crl"
	l := named("leaf")
	l.CRLDistributionPoints = []string{leafAt}
	leaf := sign(t, between, l)
	path := []*x509.Certificate{leaf.Certificate, between.Certificate, root.Certificate}
	for _, c := range []struct {
		name string
		crl  []byte
		cas  []*x509.Certificate
		want string
	}{
		{"good", root.list(t, nil), nil, ""},
		{"revoked", root.list(t, nil, between), nil, `"CN=between,O=o" has been revoked`},
		{"revoked, and ours", root.list(t, nil, between), path[1:], `"CN=between,O=o" has been revoked`},
		{"unknown", nil, path[2:], `nobody says whether "CN=between,O=o" is good`},
		{"unknown, and ours", nil, path[1:], ""},
	} {
		n := newFar()
		n.put(leafAt, between.list(t, nil))
		if c.crl != nil {
			n.put(crlAt, c.crl)
		}
		if err := n.revocation().judge(path, c.cas, true); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// RFC 5280, 6.3.3: what a list must be.
func TestReadList(t *testing.T) {
	root := sign(t, nil, authority("root"))
	leaf := sign(t, root, asking("leaf", true, false))
	noSign := authority("nosign")
	now := time.Now()
	for _, c := range []struct {
		name string
		der  []byte
		by   *signer
		want string
	}{
		{"good", root.list(t, nil, leaf), root, ""},
		{"cut", root.list(t, nil)[:100], root, "malformed"},
		{"another authority's", sign(t, nil, noSign).list(t, nil), root, "another authority"},
		{"old", root.list(t, func(r *x509.RevocationList) { r.ThisUpdate, r.NextUpdate = now.Add(-2*time.Hour), now.Add(-time.Hour) }), root, "too old"},
		{"of the future", root.list(t, func(r *x509.RevocationList) { r.ThisUpdate = now.Add(time.Minute) }), root, "of the future"},
		{"changes only", root.list(t, func(r *x509.RevocationList) {
			r.ExtraExtensions = []pkix.Extension{{Id: oidDelta, Critical: true, Value: []byte{2, 1, 1}}}
		}), root, "extension 2.5.29.27"},
		{"not understood", root.list(t, func(r *x509.RevocationList) {
			r.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}), root, "extension 1.2.3"},
		{"for users", root.list(t, point(t, crlAt, 1)), root, ""},
		{"indirect", root.list(t, point(t, "", 4)), root, "not understood"},
		{"of attributes", root.list(t, point(t, "", 5)), root, "not understood"},
	} {
		_, err := readList(c.der, c.by.Certificate, now)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// Which certificates a list is about.
	for _, c := range []struct {
		name   string
		change func(*x509.RevocationList)
		want   status
	}{
		{"all", nil, revoked}, {"this part", point(t, crlAt), revoked}, {"users", point(t, "", 1), revoked},
		{"another part", point(t, "http://ca.test/other"), unknown}, {"authorities", point(t, "", 2), unknown},
		{"removed", func(r *x509.RevocationList) { r.RevokedCertificateEntries[0].ReasonCode = removed }, good},
		{"on hold", func(r *x509.RevocationList) { r.RevokedCertificateEntries[0].ReasonCode = 6 }, revoked},
	} {
		n := newFar()
		n.put(crlAt, root.list(t, c.change, leaf))
		if got, err := n.revocation().onList(leaf.Certificate, root.Certificate); got != c.want || (err == nil) != (got != unknown) {
			t.Errorf("%s: %v %v", c.name, got, err)
		}
	}
}

// Whose answers count, and when.
func TestReadResponse(t *testing.T) {
	root := sign(t, nil, authority("root"))
	leaf, other := sign(t, root, asking("leaf", false, true)), sign(t, root, named("other"))
	d := named("responder")
	d.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
	delegate := sign(t, root, d)
	d.NotAfter = time.Now().Add(-time.Minute)
	gone := sign(t, root, d)
	stranger := sign(t, nil, d)
	for _, c := range []struct {
		name string
		der  []byte
		want string
	}{
		{"the issuer", root.says(t, root, ocsp.Good, leaf, nil), ""},
		{"who may", root.says(t, delegate, ocsp.Good, leaf, nil), ""},
		{"a client", root.says(t, other, ocsp.Good, leaf, nil), "may not"},
		{"who might before", root.says(t, gone, ocsp.Good, leaf, nil), "may not"},
		{"a stranger", root.says(t, stranger, ocsp.Good, leaf, nil), "bad OCSP signature"},
		{"of another one", root.says(t, root, ocsp.Good, other, nil), "no response matching"},
		{"old", root.says(t, root, ocsp.Good, leaf, func(r *ocsp.Response) { r.NextUpdate = time.Now().Add(-time.Second) }), "too old"},
		{"old, without an end", root.says(t, root, ocsp.Good, leaf, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = time.Now().Add(-25*time.Hour), time.Time{} }), "too old"},
		{"of the future", root.says(t, root, ocsp.Good, leaf, func(r *ocsp.Response) { r.ThisUpdate = time.Now().Add(time.Hour) }), "of the future"},
		{"unknown", root.says(t, root, ocsp.Unknown, leaf, nil), "does not know"},
		{"an error", ocsp.UnauthorizedErrorResponse, "unauthorized"},
		{"no answer", []byte("x"), "asn1"},
		{"long", bytes.Repeat([]byte{0}, mostResponse+1), "too long"},
	} {
		s, _, err := readResponse(c.der, leaf.Certificate, root.Certificate, time.Now())
		if (s == good) != (c.want == "") || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v %v", c.name, s, err)
		}
	}
}

// One asks for all; who does not answer is asked again after a while; too many things are
// forgotten.
func TestRecall(t *testing.T) {
	n := newFar()
	var mu sync.Mutex
	asked, fails := 0, true
	r := recall[int, string]{most: 10, fresh: time.Minute, wait: 5 * time.Second, start: func(f func()) { go f() }, now: n.time,
		ask: func(k int) (string, time.Time, error) {
			mu.Lock()
			defer mu.Unlock()
			asked++
			if fails {
				return "", time.Time{}, errors.New("away")
			}
			return fmt.Sprint(k), n.time().Add(time.Hour), nil
		}}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := r.get(1); err == nil || err.Error() != "away" {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	mu.Lock()
	if fails = false; asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	mu.Unlock()
	n.now = n.now.Add(again)
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) { // asked in the background
		v, err := r.get(1)
		if v == "1" && err == nil {
			break
		}
		if err == nil || err.Error() != "away" || time.Now().After(end) {
			t.Fatalf("%q %v", v, err)
		}
	}
	for k := range 100 {
		if _, err := r.get(k); err != nil {
			t.Error(k, err)
		}
	}
	if len(r.known) > 10 {
		t.Errorf("%d are remembered", len(r.known))
	}
}

// Lists and answers come from far away, and over HTTP.
func FuzzList(f *testing.F) {
	root := sign(f, nil, authority("root"))
	leaf := sign(f, root, named("leaf"))
	f.Add(root.list(f, nil, leaf))
	f.Add(root.list(f, point(f, crlAt, 1)))
	f.Fuzz(func(t *testing.T, der []byte) {
		if l, err := readList(der, root.Certificate, time.Now()); err == nil && !l.until.After(time.Now()) {
			t.Fatal("an old one")
		}
		l := new(list)
		if l.narrow(der) == nil && !l.users && !l.cas && l.points == nil {
			return // for nobody
		}
	})
}

func FuzzResponse(f *testing.F) {
	root := sign(f, nil, authority("root"))
	leaf := sign(f, root, named("leaf"))
	f.Add(root.says(f, root, ocsp.Revoked, leaf, nil))
	f.Fuzz(func(t *testing.T, der []byte) {
		if s, _, err := readResponse(der, leaf.Certificate, root.Certificate, time.Now()); s == good || err == nil && s != revoked {
			t.Fatalf("%v %v: nobody has said that it is good", s, err)
		}
	})
}
