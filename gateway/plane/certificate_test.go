package plane

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"testing"
	"time"
)

// pair is the document of a certificate that is its own authority.
func pair(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"cert":%q,"key":%q}`, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

func sniFor(name, certificate string) string {
	return fmt.Sprintf(`{"name":%q,%s}`, name, ref("certificate", certificate))
}

func (w *world) shown(name string) string {
	list := w.Now().Certificates(name)
	if list == nil {
		return ""
	}
	return list[0].Leaf.Subject.CommonName
}

func TestCertificates(t *testing.T) {
	w := newWorld(t)
	w.put([3]string{"certificates", "a", pair(t, "a")}, [3]string{"certificates", "b", pair(t, "b")}, [3]string{"certificates", "c", pair(t, "c")},
		[3]string{"snis", "s1", sniFor("One.test", "a")}, [3]string{"snis", "s2", sniFor("*.one.test", "b")}, [3]string{"snis", "s3", sniFor("www.*", "c")})
	check := func(want map[string]string) {
		t.Helper()
		for name, cn := range want {
			if got := w.shown(name); got != cn {
				t.Errorf("%q: %q, want %q", name, got, cn)
			}
		}
	}
	check(map[string]string{"one.test": "a", "ONE.TEST": "a", "x.one.test": "b", "y.x.one.test": "", "www.one.test": "b", "www.any": "c", "www.a.b": "", "": "", "test": "", ".": ""})
	w.put([3]string{"snis", "all", sniFor("*", "c")})
	check(map[string]string{"one.test": "a", "y.x.one.test": "c", "": "c", "test": "c"})
	// Two names change places in one revision, in either order.
	w.put([3]string{"snis", "s1", sniFor("*.one.test", "a")}, [3]string{"snis", "s2", sniFor("one.test", "b")})
	check(map[string]string{"one.test": "b", "x.one.test": "a"})
	// A certificate that can't be read takes nothing else with it.
	w.put([3]string{"certificates", "b", `{"cert":"x","key":"y"}`}, [3]string{"snis", "s3", sniFor("more.*", "c")})
	check(map[string]string{"one.test": "b", "more.any": "c"})
	w.put([3]string{"snis", "s2", ""}, [3]string{"snis", "all", ""})
	check(map[string]string{"one.test": "", "": ""})
}

// Handshakes look names up while these change.
func TestCertificatesHammer(t *testing.T) {
	w := newWorld(t)
	one, two := pair(t, "one"), pair(t, "two")
	w.put([3]string{"certificates", "a", one}, [3]string{"snis", "s", sniFor("x.test", "a")})
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if got := w.shown("x.test"); got != "one" && got != "two" {
						t.Errorf("%q", got)
						return
					}
				}
			}
		})
	}
	for i := range 300 {
		w.put([3]string{"certificates", "a", []string{one, two}[i%2]})
	}
	close(stop)
	all.Wait()
	if got := w.shown("x.test"); got != "two" {
		t.Errorf("at last %q", got)
	}
}
