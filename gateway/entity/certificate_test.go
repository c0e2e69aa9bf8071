package entity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
	"time"

	"moongate/gateway/schema"
)

func words(m map[string]any) string {
	return fmt.Sprint(m["protocol"], " ", m["host"], " ", m["port"], " ", m["path"])
}

// pair makes a certificate and its key.
func pair(t *testing.T, ca bool) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: ca, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
}

func TestCertificates(t *testing.T) {
	cert, key := pair(t, false)
	ca, otherKey := pair(t, true)
	s := empty()
	create := func(kind string, doc map[string]any) error {
		r, err := s.Apply([]Op{{Verb: Create, Kind: kind, Doc: doc}}, now)
		if err == nil {
			s = r.State
		}
		return err
	}
	for _, c := range []struct {
		kind string
		doc  map[string]any
		want string
	}{
		{"certificates", map[string]any{"cert": cert, "key": otherKey}, "schema violation (key: certificate does not match key)"},
		{"certificates", map[string]any{"cert": "x", "key": key}, "schema violation (cert: invalid certificate: there is no PEM block CERTIFICATE)"},
		{"certificates", map[string]any{"cert": cert, "key": cert}, "schema violation (key: invalid key: there is no PEM block of a private key)"},
		{"certificates", map[string]any{"cert": cert, "key": key, "cert_alt": cert}, "schema violation (all or none of these fields must be set: 'cert_alt', 'key_alt')"},
		{"ca_certificates", map[string]any{"cert": cert}, `schema violation (cert: certificate does not appear to be a CA because it is missing the "CA" basic constraint)`},
		{"ca_certificates", map[string]any{"cert": ca + ca}, "schema violation (cert: please submit only one certificate at a time)"},
	} {
		if err := create(c.kind, c.doc); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if err := create("certificates", map[string]any{"cert": cert, "key": key, "id": NamedID("certificates", "a")}); err != nil {
		t.Fatal(err)
	}
	if err := create("snis", map[string]any{"name": "a", "certificate": map[string]any{"id": NamedID("certificates", "a")}}); err != nil {
		t.Fatal(err)
	}
	if err := create("ca_certificates", map[string]any{"cert": ca}); err != nil {
		t.Fatal(err)
	}
	if err := create("ca_certificates", map[string]any{"cert": ca}); err == nil {
		t.Error("a CA is there twice")
	}
	var id string
	for d := range s.All("ca_certificates") {
		id = d.ID
	}
	if err := create("services", map[string]any{"name": "tls", "host": "h", "protocol": "https", "ca_certificates": []any{id}}); err != nil {
		t.Fatal(err)
	}
	refused(t, s, "an existing 'services' entity references this 'ca_certificates' entity", "DELETE ca_certificates/"+id)
	if s = apply(t, s, "DELETE certificates/"+NamedID("certificates", "a")); s.Len("snis") != 0 {
		t.Error("the SNI is left")
	}
}

func TestPlainServiceHasNoTLS(t *testing.T) {
	refused(t, empty(), "2 schema violations (failed conditional validation given value of field 'protocol'; tls_verify: value must be null)",
		`POST services {"host":"h","tls_verify":true}`)
}

func TestRelease(t *testing.T) {
	s := apply(t, empty(), `POST services {"name":"a","host":"h"}`, `POST services {"name":"b","host":"h"}`,
		`POST releases {"name":"r","service":{"name":"a"},"candidate":{"service":{"name":"b"}},
			"match":{"addresses":["192.168.40.0/24"],"lists":[{"redis":{"address":"127.0.0.1:6379","key":"gray"}}]},
			"ramp":[{"percentage":10,"duration":600},{"percentage":100}],"guard":{"max_error_rate":1.5}}`)
	r, err := Decode[Release](s.Find("releases", "r"))
	if err != nil {
		t.Fatal(err)
	}
	if r.State != "running" || r.Candidate.Service.ID != s.Find("services", "b").ID || r.Match.Lists[0].Redis.Type != "string" || *r.Guard.MaxErrorRate != 1.5 || r.Guard.MaxP95 != nil || r.Match.Mode != "any" {
		t.Errorf("%+v", r)
	}
	refused(t, s, "an existing 'releases' entity references this 'services' entity", "DELETE services/b")
	if s := apply(t, s, "DELETE services/a"); s.Len("releases") != 0 {
		t.Error("the release is left without its service")
	}
	refused(t, s, "schema violation (candidate: required field missing)", `POST releases {"name":"x","service":{"name":"a"}}`)
	refused(t, s, "schema violation (exactly one of these fields must be non-empty: 'service', 'upstream')", `POST releases {"name":"x","candidate":{"version":"v2"}}`)
	down := refused(t, s, "schema violation (ramp.2: 40 % is less than the step before, 50 %: clients would move back)",
		`PATCH releases/r {"ramp":[{"percentage":50,"duration":60},{"percentage":40,"duration":60},{"percentage":100}]}`)
	if len(down.Faults) != 1 || down.Faults[0].Pointer != "/ramp/1" {
		t.Errorf("%+v", down.Faults)
	}
	refused(t, s, "schema violation (ramp.1: only the last step may have no duration)", `PATCH releases/r {"ramp":[{"percentage":10},{"percentage":100}]}`)
	refused(t, s, "schema violation (match.addresses.1: invalid ip or cidr range: 'x')", `PATCH releases/r {"match":{"addresses":["x"]}}`)
}

// Nothing that a client sends makes the tables or the state panic, and what is
// accepted is complete: written again, it changes nothing.
func FuzzApply(f *testing.F) {
	m := NewModel(Outside{Plugins: fake{}})
	for i := range m.Kinds() {
		f.Add(uint8(i), []byte(`{"name":"a","host":"h","paths":["/"],"consumer":{"username":"u"},"target":"1:2","candidate":{"version":"x"}}`), []byte(`{"tags":["a"]}`))
	}
	base := apply(f, New(m), `POST consumers {"username":"u"}`, `POST services {"name":"s","host":"h"}`, `POST upstreams {"name":"up"}`)
	f.Fuzz(func(t *testing.T, kind uint8, raw, patch []byte) {
		k := m.Kinds()[int(kind)%len(m.Kinds())]
		doc, err := schema.DecodeObject(raw)
		if err != nil {
			return
		}
		r, err := base.Apply([]Op{{Verb: Create, Kind: k.Name, Doc: doc}}, now)
		if err != nil {
			return
		}
		d := r.Documents[0]
		again, err := r.State.Apply([]Op{{Verb: Put, Kind: k.Name, ID: d.ID, Doc: d.Fields()}}, now)
		if err != nil {
			t.Fatalf("not accepted again: %v\n%s", err, d.Raw)
		}
		if len(again.Changes) != 0 {
			t.Fatalf("changed by writing it again:\n%s\n%s", again.Changes[0].Old, again.Changes[0].New)
		}
		if p, err := schema.DecodeObject(patch); err == nil {
			r.State.Apply([]Op{{Verb: Patch, Kind: k.Name, ID: d.ID, Doc: p}}, now)
		}
	})
}
