package certs

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// Each case is judged by our walk and by the openssl program on the machine,
// whose last error is the one nginx would report.
func TestVerifyAgreesWithOpenSSL(t *testing.T) {
	openssl, _ := exec.LookPath("openssl")
	ca, other := root(t, "root"), root(t, "other")
	mid := issue(t, ca, ecKey(t), template("mid", isCA))
	mid2 := issue(t, mid, ecKey(t), template("mid2", isCA))
	short := issue(t, ca, ecKey(t), template("short", func(c *x509.Certificate) { isCA(c); c.MaxPathLen, c.MaxPathLenZero = 0, true }))
	short2 := issue(t, short, ecKey(t), template("short2", isCA))
	leaf := issue(t, mid, ecKey(t), template("leaf", nil))
	deep := issue(t, mid2, ecKey(t), template("deep", nil))
	direct := issue(t, ca, ecKey(t), template("direct", nil))
	self := issue(t, nil, ecKey(t), template("self", nil))
	tooDeep := issue(t, short2, ecKey(t), template("toodeep", nil))
	expired := issue(t, ca, ecKey(t), template("expired", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }))
	future := issue(t, ca, ecKey(t), template("future", func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }))
	notCA := issue(t, ca, ecKey(t), template("notca", func(c *x509.Certificate) { c.BasicConstraintsValid = true }))
	below := issue(t, notCA, ecKey(t), template("below", nil))
	serverOnly := issue(t, ca, ecKey(t), template("serveronly", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }))
	imposter := issue(t, nil, ecKey(t), template("root", isCA))
	wrongSig := issue(t, imposter, ecKey(t), template("wrongsig", nil))
	wrongSig.cert.AuthorityKeyId = nil
	type list = []*authority
	soon := time.Now().Add(time.Hour)
	for _, c := range []struct {
		name    string
		peer    list
		trusted list
		depth   int
		crls    []*pem.Block
		want    VerifyResult
	}{
		{"good", list{direct}, list{ca}, 1, nil, 0},
		{"good with intermediate", list{leaf, mid}, list{ca}, 1, nil, 0},
		{"intermediate trusted too", list{leaf}, list{ca, mid}, 1, nil, 0},
		{"intermediate trusted alone", list{leaf}, list{mid}, 1, nil, 2},
		{"intermediate missing", list{leaf}, list{ca}, 1, nil, 21},
		{"unknown root", list{leaf, mid}, list{other}, 1, nil, 20},
		{"unknown root sent along", list{leaf, mid, ca}, list{other}, 2, nil, 19},
		{"unknown root sent along, too deep", list{leaf, mid, ca}, list{other}, 1, nil, 19},
		{"unknown issuer", list{direct}, list{other}, 1, nil, 21},
		{"self-signed", list{self}, list{ca}, 1, nil, 18},
		{"self-signed and trusted", list{self}, list{self}, 1, nil, 0},
		{"leaf trusted alone", list{direct}, list{direct}, 1, nil, 21},
		{"too deep", list{deep, mid2, mid}, list{ca}, 1, nil, 20},
		{"deep enough", list{deep, mid2, mid}, list{ca}, 2, nil, 0},
		{"depth 0", list{direct}, list{ca}, 0, nil, 0},
		{"depth 0 and intermediate", list{leaf, mid}, list{ca}, 0, nil, 20},
		{"path length", list{tooDeep, short2, short}, list{ca}, 5, nil, 25},
		{"expired", list{expired}, list{ca}, 1, nil, 10},
		{"not yet valid", list{future}, list{ca}, 1, nil, 9},
		{"issuer is no CA", list{below, notCA}, list{ca}, 5, nil, 24},
		{"purpose", list{serverOnly}, list{ca}, 1, nil, 26},
		{"signature", list{wrongSig}, list{ca}, 1, nil, 0},
		{"revoked", list{direct}, list{ca}, 1, []*pem.Block{crlBlock(t, ca, soon, direct)}, 23},
		{"not revoked", list{direct}, list{ca}, 1, []*pem.Block{crlBlock(t, ca, soon, leaf)}, 0},
		{"CRL expired", list{direct}, list{ca}, 1, []*pem.Block{crlBlock(t, ca, time.Now().Add(-time.Minute))}, 12},
		{"CRL of another", list{direct}, list{ca}, 1, []*pem.Block{crlBlock(t, other, soon)}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := verifier{depth: c.depth, usage: x509.ExtKeyUsageClientAuth, now: time.Now}
			for _, a := range c.trusted {
				v.trusted = append(v.trusted, a.cert)
			}
			var peer []*x509.Certificate
			for _, a := range c.peer {
				x, err := x509.ParseCertificate(a.cert.Raw)
				if err != nil {
					t.Fatal(err)
				}
				peer = append(peer, x)
			}
			for _, b := range c.crls {
				l, err := x509.ParseRevocationList(b.Bytes)
				if err != nil {
					t.Fatal(err)
				}
				v.crls = append(v.crls, l)
			}
			got := v.verify(peer)
			if c.name == "signature" {
				// imposter's key id differs from root's, so no issuer is found
				c.want = vUnverifiedLeaf
			}
			if got != c.want {
				t.Errorf("got %d:%s, want %d:%s", int(got), got, int(c.want), c.want)
			}
			if openssl == "" {
				t.Skip("openssl is not installed")
			}
			// At a chain that is too long the command ends; nginx goes on, and what
			// it finds then stands.
			if ref := opensslVerify(t, openssl, c.peer, c.trusted, c.depth, c.crls); ref >= 0 && ref != vChainTooLong && ref != got {
				t.Errorf("got %d:%s, openssl says %d", int(got), got, int(ref))
			}
		})
	}
}

// opensslVerify gives the last error that `openssl verify` prints; it goes on
// after an error only where its callback lets it, so a run that ends early
// (-1) decides nothing.
func opensslVerify(t *testing.T, openssl string, peer, trusted []*authority, depth int, crls []*pem.Block) VerifyResult {
	dir := t.TempDir()
	ca := write(t, dir, "ca.pem", certBlock(trusted...)...)
	leaf := write(t, dir, "leaf.pem", certBlock(peer[0])...)
	empty := filepath.Join(dir, "none")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", "-purpose", "sslclient", "-no-CApath", "-no-CAstore", "-CAfile", ca, "-verify_depth", strconv.Itoa(depth)}
	if len(peer) > 1 {
		args = append(args, "-untrusted", write(t, dir, "mid.pem", certBlock(peer[1:]...)...))
	}
	if crls != nil {
		args = append(args, "-crl_check", "-crl_check_all", "-CRLfile", write(t, dir, "crl.pem", crls...))
	}
	out, err := exec.Command(openssl, append(args, leaf)...).CombinedOutput()
	if err == nil {
		return VerifyOK
	}
	m := regexp.MustCompile(`(?m)^error (\d+) at`).FindAllSubmatch(out, -1)
	if len(m) != 1 {
		return -1
	}
	n, _ := strconv.Atoi(string(m[0][1]))
	if n == 20 && len(peer) == 1 {
		return -1 // it stops there, nginx's callback goes on to 21
	}
	return VerifyResult(n)
}

func TestMatchHost(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"example.com", "EXAMPLE.com", true}, {"*.example.com", "a.example.com", true}, {"*.example.com", "a.b.example.com", false},
		{"*.example.com", "example.com", false}, {"w*.example.com", "www.example.com", true}, {"*", "localhost", false}, {"*.com", "x.com", false},
		{"w*.example.com", "xn--w.example.com", false}, {"*.example.com", ".example.com", false}, {"127.0.0.1", "127.0.0.1", true},
	} {
		if got := matchPattern(c.pattern, c.name); got != c.want {
			t.Errorf("%q %q: %v", c.pattern, c.name, got)
		}
	}
}
